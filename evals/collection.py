"""A set's documents as a library, built once for each content and each version of the code that builds it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evals.provenance import data_hash, index_hash
from evals.types import Source
from index.library import Library, PassageEncoder, Progress
from index.metadata import SIDECAR
from index.types import Filters

_NOWHERE = ("no document",)
"""A filter that nothing passes: an empty one would let everything through."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A library with the names that a set has for its documents.

    ``sources`` maps the library's ids to the set's, ``ids`` the other way round and ``texts`` the library's ids
    to the documents' texts. ``failed`` holds the sources that could not be ingested, with the reason.
    """

    library: Library
    sources: dict[str, str]
    ids: dict[str, str]
    texts: dict[str, str]
    failed: tuple[tuple[str, str], ...] = ()

    def filters(self, within: Sequence[str]) -> Filters | None:
        """The filter that passes only the sources ``within``; ``None`` if there is no restriction."""
        if not within:
            return None
        return Filters(documents=tuple(self.ids[name] for name in within if name in self.ids) or _NOWHERE)

    def close(self) -> None:
        """Close the library."""
        self.library.close()


def collect(
    name: str,
    sources: Sequence[Source],
    encoder: PassageEncoder,
    folder: Path,
    progress: Progress | None = None,
) -> Collection:
    """The library of ``sources`` under ``folder``, made or completed if need be.

    It is found again by the content of the documents, the encoder and the code of ``index``; one of the same
    documents that older code made is deleted.
    """
    content = f"{name}-{data_hash(sources)}"
    home = folder / f"{content}-{index_hash(encoder.name)}"
    for old in folder.glob(f"{content}-*"):
        if old != home:
            shutil.rmtree(old)
    files = _write(sources, home / "documents")
    library = Library(home / "library", encoder)
    try:
        return _filled(library, files, home / "failed.json", progress)
    except BaseException:
        library.close()
        raise


def _filled(library: Library, files: dict[Path, str], done: Path, progress: Progress | None) -> Collection:
    if not done.exists():
        report = library.add(*files, progress=progress)
        failed = [(files[Path(path)], error.chinese) for path, error in report.failed]
        done.write_text(json.dumps(failed, ensure_ascii=False), encoding="utf-8")
    named = {str(path.resolve()): name for path, name in files.items()}
    sources = {summary.id: named[summary.path] for summary in library.documents() if summary.path in named}
    return Collection(
        library,
        sources,
        {name: key for key, name in sources.items()},
        {key: library.document(key).text for key in sources},
        tuple((name, why) for name, why in json.loads(done.read_text(encoding="utf-8"))),
    )


def _write(sources: Iterable[Source], folder: Path) -> dict[Path, str]:
    """Each source's file, written or copied under ``folder`` unless it is there, and the source's id."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Path, str] = {}
    for number, source in enumerate(sources):
        path = folder / f"{number:06}.txt"
        if source.path:
            path = folder / f"{number:06}" / Path(source.path).name
        files[path] = source.id
        if path.exists():
            continue
        sidecar = path.with_name(path.name + SIDECAR)
        if source.path:
            path.parent.mkdir(exist_ok=True)
            beside = Path(source.path + SIDECAR)
            if beside.is_file():
                shutil.copyfile(beside, sidecar)
            shutil.copyfile(source.path, path)
            continue
        if described := _described(source):
            sidecar.write_text(described, encoding="utf-8")
        path.write_text(source.text, encoding="utf-8", errors="replace", newline="")
    return files


def _described(source: Source) -> str:
    """What is known of the document beside its text, as TOML; a date that is none is left out."""
    lines = []
    if source.title:
        title = "".join(character for character in source.title if character.isprintable())
        lines.append(f"title = {json.dumps(title, ensure_ascii=False)}")
    with suppress(ValueError):
        lines.append(f"date = {date.fromisoformat(source.date).isoformat()}")
    return "".join(f"{line}\n" for line in lines)


def sample(
    sources: Sequence[Source], wanted: Iterable[str], size: int, draw: Callable[[str], str]
) -> tuple[Source, ...]:
    """``size`` of the sources, in their order: those ``wanted`` and, as far as there is room, others by lot.

    ``draw`` gives a source's lot by its id. All sources if ``size`` is 0.
    """
    if not size:
        return tuple(sources)
    needed = set(wanted)
    lots = sorted((source.id for source in sources if source.id not in needed), key=draw)
    kept = needed.union(lots[: max(0, size - len(needed))])
    return tuple(source for source in sources if source.id in kept)
