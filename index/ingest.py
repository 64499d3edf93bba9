"""What an ingest does with files: tell which changed, encode what was parsed, and report what came of it."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from index.embed import Passage
from index.errors import PolicyError
from index.load import Limits, archive, files
from index.metadata import SIDECAR
from index.parsing import Parsed
from index.search import context
from index.store import Entry, Store
from index.types import Chunk, Document, Span

Progress = Callable[[float, int, str], None]
"""Called with the files done (weighted by their sizes, a part of one counting as its share), how many there are, and
the present one.
"""

TOGETHER = 64
CHARACTERS = 200_000
"""Chunks, and characters, of several small documents that are encoded at once; what an interruption can lose.

Groups of 256 encode articles of law a quarter faster, since those of like length go together, but lose four times as much.
"""

PART = 1024
"""Chunks of one large document whose vectors are in memory at once."""

OVERHEAD = 16 << 10
"""Bytes that a file's weight in the progress has besides its size."""

SETTLED = 2.0
"""Seconds since a file's last change before its time tells that it did not change again: FAT keeps two seconds."""

_RECOGNISED = re.compile("第([0-9、-]+)页经文字识别")


class PassageEncoder(Protocol):
    """What an ingest and a search need of an encoder (``index.embed.Encoder``)."""

    @property
    def name(self) -> str:
        """What the vectors are made by."""

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """A row of length 1 for each text."""

    def encode_passages(
        self, passages: Sequence[Passage], progress: Callable[[int], None] | None = None
    ) -> list[np.ndarray]:
        """For each passage its own row and then one for each of its sentences, all of length 1."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document that came in: its id, title and path, how much of it there is, and what people should know.

    ``pages`` is 0 in a format without pages, ``recognised`` the number of those read by OCR, ``tables`` what was found
    when the file was read. ``same_as`` are the ids
    of the documents of the library that say the same.
    """

    id: str
    title: str
    path: str
    characters: int
    pages: int = 0
    sections: int = 0
    tables: int = 0
    recognised: int = 0
    notes: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the files: ids of documents, and the paths that failed with the reason.

    ``arrivals`` tell more of those added and replaced, in their order. ``untried`` are the paths of those failed that
    were not tried again, since nothing has changed since they failed.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, PolicyError], ...] = ()
    arrivals: tuple[Arrival, ...] = field(default=())
    untried: tuple[str, ...] = ()

    @property
    def duplicates(self) -> tuple[Arrival, ...]:
        """Those that say the same as another document."""
        return tuple(arrival for arrival in self.arrivals if arrival.same_as)


class Found(NamedTuple):
    """A file to ingest: the path as it was given, the one by which the library knows it, its bytes, and its state.

    ``state`` is empty if it cannot be told, or may change without a trace.
    """

    path: Path
    resolved: str
    size: int
    state: str


def found(path: Path) -> Found:
    """What the file system says of the file at ``path``, or of the archive that it is in; sidecars count."""
    try:
        resolved = os.path.realpath(path)
        stat = os.stat(archive.split(path)[0])
        beside = path.with_name(path.name + SIDECAR)
        described = os.stat(beside) if os.path.exists(beside) else None
    except (OSError, ValueError):
        return Found(path, str(path), 0, "")
    parts = [stat, described] if described else [stat]
    state = ":".join(f"{part.st_size}:{part.st_mtime_ns}" for part in parts)
    recent = time.time() - max(part.st_mtime for part in parts) < SETTLED
    return Found(path, resolved, stat.st_size, "" if recent else state)


def attempt(file: Found, limits: Limits) -> str:
    """All that decides whether ``file`` can be read, as far as it can be told; empty if it cannot.

    That is the file and who may read it, the limits, and the software, recognition of characters included.
    """
    try:
        owned = os.stat(archive.split(file.path)[0])
        file.resolved.encode()  # what is no text cannot be remembered
    except (OSError, ValueError):
        return ""
    software = (version("policy-assistant"), find_spec("rapidocr") is not None)
    given = (file.state, owned.st_ctime_ns, owned.st_mode, os.geteuid(), astuple(limits), *software)
    return hashlib.sha256(repr(given).encode()).hexdigest() if file.state else ""


def changes(paths: Sequence[Path], every: float) -> Iterator[tuple[Path, ...]]:
    """The files and archives under ``paths`` that are new or changed since the call, again and again, without end.

    They are looked at every so many seconds; a file is given when it is ``SETTLED``. One that is gone gives an empty
    tuple.
    """
    before = _states(paths)

    def seen() -> Iterator[tuple[Path, ...]]:
        nonlocal before
        while True:
            time.sleep(every)
            now = _states(paths)
            changed = tuple(path for path, state in now.items() if state and state != before.get(path))
            gone = before.keys() - now.keys()
            before = {path: state or before.get(path, "") for path, state in now.items()}
            if changed or gone:
                yield changed

    return seen()


def _states(paths: Iterable[Path]) -> dict[Path, str]:
    return {path: found(path).state for path in files(paths, lambda archive: (archive,))}


class Batch:
    """Documents waiting to be encoded together; each is then committed by itself.

    ``weights`` holds the sizes of the files that are still to be read, of which there are ``total``.
    """

    def __init__(
        self, encoder: PassageEncoder, store: Store, total: int, weight: int, progress: Progress | None
    ) -> None:
        self.arrivals: list[Arrival] = []
        self._encoder = encoder
        self._store = store
        self._total = total
        self._weight = max(weight, 1)
        self._progress = progress
        self._done = 0.0
        self._waiting: list[tuple[Parsed, str, int]] = []

    def skip(self, path: str, weight: int) -> None:
        """Count a file that needs no work."""
        self._tell(self._done + weight, path)

    def take(self, parsed: Parsed, state: str, weight: int) -> None:
        """Put the document in the queue, and work the queue off when it is long enough."""
        self._waiting.append((parsed, state, weight))
        if (
            sum(len(each.chunks) for each, _, _ in self._waiting) >= TOGETHER
            or sum(len(each.document.text) for each, _, _ in self._waiting) >= CHARACTERS
        ):
            self.flush()

    def flush(self) -> None:
        """Encode and commit everything that waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        chunks = [(parsed.document, chunk) for parsed, _, _ in waiting for chunk in parsed.chunks]
        share = sum(weight for _, _, weight in waiting) / max(len(chunks), 1)
        end = self._done + sum(weight for _, _, weight in waiting)
        vectors = self._vectors(chunks, share)
        if chunks:  # whatever fails in the encoder at first fails before the library is touched
            vectors = chain((next(vectors),), vectors)
        for parsed, state, _ in waiting:
            document = parsed.document
            own = (next(vectors) for _ in parsed.chunks)
            entry = Entry(
                *(document, parsed.sections, parsed.chunks, own),
                repeals=parsed.repeals,
                fingerprint=parsed.fingerprint,
                state=state,
            )
            twins = self._store.put(entry, self._encoder.name)
            self.arrivals.append(
                Arrival(
                    *(document.id, document.title, document.path, len(document.text), len(document.pages)),
                    *(len(parsed.sections) - 1, parsed.tables, recognised(document.notes)),
                    *(document.notes, twins),
                )
            )
        self._tell(end, waiting[-1][0].document.path)

    def _vectors(self, chunks: Sequence[tuple[Document, Chunk]], share: float) -> Iterator[np.ndarray]:
        """Each chunk's vectors, made for a number of chunks at a time, so that a large document takes no more room."""
        for start in range(0, len(chunks), PART):
            some = chunks[start : start + PART]
            path = some[0][0].path

            def advance(count: int, path: str = path) -> None:
                self._tell(self._done + share * count, path)

            yield from self._encoder.encode_passages([passage(*each) for each in some], advance)

    def _tell(self, done: float, path: str) -> None:
        self._done = done
        if self._progress is not None:
            self._progress(self._total * (done / self._weight), self._total, path)


def recognised(notes: Iterable[str]) -> int:
    """How many pages the notes of a document say to be read by OCR: 第1、3-5页经文字识别 are 4."""
    count = 0
    for listed in (match[1] for note in notes if (match := _RECOGNISED.search(note))):
        for run in listed.split("、"):
            first, _, last = run.partition("-")
            count += int(last or first) - int(first) + 1
    return count


def passage(document: Document, chunk: Chunk) -> Passage:
    """The chunk as it is encoded."""
    relative = tuple(Span(span.start - chunk.start, span.end - chunk.start) for span in chunk.sentences)
    return Passage(context(document.title, chunk.heading), chunk.text, relative)
