"""The files that the documents were made of: whether they are still there, their bytes, and those sent from the page."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from index.errors import LoadError, UnknownFormat
from index.load import LARGEST, SUFFIXES, archive, content_hash, present, too_large
from index.metadata import SIDECAR
from index.store import faults
from index.types import Document

UPLOADS = "uploads"
"""The folder, in the home, for files that were sent from the page."""
LONGEST = 180
"""Bytes of a file's name; file systems take 255."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')


def state(document: Document) -> str:
    """What became of the document's file: "there" as it was read, "changed" since, or "gone"."""
    path = Path(document.path)
    try:
        if not present(path):
            return "gone"
        return "there" if content_hash(path) == document.content_hash else "changed"
    except (LoadError, OSError):
        return "gone"


def content(document: Document) -> bytes:
    """The bytes of the document's file. Raises ``OSError`` or ``LoadError`` when they cannot be read any more."""
    path = Path(document.path)
    return archive.member(path) if archive.split(path)[1] else path.read_bytes()


def safe(name: str) -> str:
    """The name under which a file that was sent is kept: no folder, nothing hidden, not too long.

    Raises ``UnknownFormat`` for a type of file that cannot be read.
    """
    name = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ._") or "文件"
    stem, suffix = os.path.splitext(name)
    if suffix.lower() not in SUFFIXES or name.endswith(SIDECAR):
        known = " ".join(SUFFIXES)
        raise UnknownFormat(
            f"{name} is of an unknown type; convert it to one of {known}",
            f"{name} 的格式无法识别；请转换为以下格式之一：{known}",
        )
    while len(os.fsencode(stem + suffix)) > LONGEST:
        stem = stem[:-1]
    return stem + suffix


class Sent:
    """A file that was sent, under a name of its own until it is added to the library."""

    def __init__(self, path: Path, held: Path) -> None:
        self.path = path
        self.held = held
        self.accepted = False

    @contextmanager
    def placed(self) -> Iterator[Path]:
        """The file at its path, in the place of one of the same name, which comes back unless this is ``accepted``."""
        before = self.held.with_name(self.held.name + ".before")
        if self.path.exists():
            os.replace(self.path, before)
        os.replace(self.held, self.path)
        try:
            yield self.path
        finally:
            if not self.accepted:
                self.path.unlink()
                if before.exists():
                    os.replace(before, self.path)
            before.unlink(missing_ok=True)


async def receive(home: Path, name: str, body: AsyncIterator[bytes]) -> Sent:
    """The file, once its last byte has come.

    Raises ``UnknownFormat``, ``UnreadableFile`` for one that is too large, and ``LibraryReadOnly``.
    """
    folder = home / UPLOADS
    path = folder / safe(name)
    with faults(home):
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            try:
                size = 0
                async for part in body:
                    size += len(part)
                    if size > LARGEST:
                        raise too_large(path, LARGEST)
                    file.write(part)
            except BaseException:
                os.unlink(file.name)
                raise
    return Sent(path, Path(file.name))


def discard(home: Path, path: str, others: frozenset[str]) -> None:
    """Delete the file at ``path``, and its sidecar, if it was sent from the page and no document of ``others`` needs it."""
    outer = archive.split(Path(path))[0]
    folder = (home / UPLOADS).resolve()
    needed = any(archive.split(Path(other))[0] == outer for other in others)
    if outer.parent == folder and not needed:
        outer.unlink(missing_ok=True)
        outer.with_name(outer.name + SIDECAR).unlink(missing_ok=True)
