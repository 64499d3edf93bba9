"""One file into what the library stores of it, vectors aside; and the body of the process in which that is done.

Nothing here is imported that takes long: a worker process starts in under a second.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from index.duplicates import Fingerprint, fingerprint
from index.errors import PolicyError, UnreadableFile
from index.load import LIMITS, Limits, content_hash, loaded, members
from index.load.reading import reading
from index.split import chunks
from index.structure import sections
from index.types import Chunk, Document, Section
from index.validity import Repeal, repeals

if sys.platform != "win32":
    import resource

GRACE = 10
"""Seconds after its time that a worker ends itself, when the process that should end it is gone."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document ready to be encoded and stored; ``tables`` is how many its file has, 0 if it was not read anew."""

    document: Document
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
    repeals: tuple[Repeal, ...]
    fingerprint: Fingerprint
    tables: int = 0


class Task(NamedTuple):
    """One call that a worker makes: a name in ``TASKS`` and its arguments."""

    name: str
    arguments: tuple[Any, ...]


def parse(path: Path, known: str = "", limits: Limits = LIMITS) -> Parsed | None:
    """The document in the file at ``path``, parsed; ``None`` if its content hash is the one ``known``.

    Raises what ``load`` raises, and UnreadableFile for a path or text that cannot be stored as UTF-8.
    """
    if known and content_hash(path, limits.largest) == known:
        return None
    document, tables = loaded(path, limits)
    return prepared(_readable(document), tables)


def prepared(document: Document, tables: int = 0) -> Parsed:
    """All that is derived from the document's text."""
    outline = sections(document.text)
    return Parsed(
        document,
        outline,
        chunks(document.id, document.text, outline),
        repeals(document.text, document.facts),
        fingerprint(document.text),
        tables,
    )


def inside(path: Path, limits: Limits) -> tuple[Path, ...]:
    """The files in the archive at ``path``; itself if it has none, or cannot be opened within ``limits``."""
    with reading(limits):
        return tuple(members(path))


TASKS: dict[str, Callable[..., Any]] = {"parse": parse, "members": inside}


def serve() -> None:
    """Answer the tasks on standard input, one after the other, until it ends.

    Limits come first, and the answer to them is that this process has started. Any other answer is what the task
    returns or the ``PolicyError`` that it raises; after a ``MemoryError``, which is answered as such, the process
    ends.
    """
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a converter which runs is ended, too
    _confine(pickle.load(requests))  # noqa: S301 - from the process that started this one
    replies.write(pickle.dumps("started"))
    replies.flush()
    while True:
        try:
            task, seconds = pickle.load(requests)  # noqa: S301
        except EOFError:
            return
        if sys.platform != "win32":
            signal.alarm(int(seconds) + GRACE)
        answer = _answer(task)
        replies.write(answer)
        replies.flush()
        if sys.platform != "win32":
            signal.alarm(0)
        if answer == _OUT_OF_MEMORY:
            return


_OUT_OF_MEMORY = pickle.dumps(MemoryError())


def _answer(task: Task) -> bytes:
    try:
        try:
            return pickle.dumps(TASKS[task.name](*task.arguments))
        except PolicyError as error:
            return pickle.dumps(error)
    except MemoryError:
        return _OUT_OF_MEMORY


def _confine(limits: Limits) -> None:
    """Keep this process, and those that it starts, within ``limits.memory``, where the system can."""
    if sys.platform == "win32":
        return
    for what, most in ((resource.RLIMIT_DATA, limits.memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, hard))


def _readable(document: Document) -> Document:
    """``document``, unless its path or text cannot be stored as UTF-8."""
    try:
        (document.path + document.text).encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(document.path).decode("utf-8", "replace")
        raise UnreadableFile(
            f"{shown} has a name or a text that is not valid Unicode; rename it or save it as UTF-8",
            f"{shown} 的文件名或内容不是有效的 Unicode；请改名或另存为 UTF-8",
        ) from error
    return document
