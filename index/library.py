"""The library: documents go in, come out and are searched. SQLite holds the truth, the rest is derived."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import RLock
from typing import NamedTuple, Protocol

import filelock
import numpy as np

from index.embed import Passage
from index.errors import (
    EncoderMismatch,
    InvalidQuestion,
    LibraryError,
    PolicyError,
    UnknownDocument,
    UnreadableFile,
)
from index.lexical import Lexical
from index.load import files, load
from index.search import Snapshot, context, rank, references
from index.split import chunks
from index.store import Entry, Store, Summary, blank, busy, faults, read_only_error
from index.structure import sections
from index.types import Chunk, Document, Filters, Hit, Section, Span
from index.validity import repeals, validity, with_validity
from index.vectors import Vectors

Progress = Callable[[float, int, str], None]
"""Called with the files done (a part of one counts as its share), how many there are, and the present one."""

WRITER_PATIENCE = 5.0
"""Seconds that a writer waits for another one to end."""

_TOGETHER = 64
"""Chunks of several small documents that are encoded at once; what an interruption can lose."""

_log = logging.getLogger(__name__)


class PassageEncoder(Protocol):
    """What the library needs of an encoder (``index.embed.Encoder``)."""

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
class Report:
    """What became of the files: ids of documents, and the paths that failed with the reason."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, PolicyError], ...] = ()


class _Listed(NamedTuple):
    """The documents as they stand on ``day``, each with its validity, in the library's state of ``stamp``."""

    stamp: str
    day: date
    documents: Mapping[str, Summary]


class Library:
    """The documents under ``home``, which is made if need be; a context manager.

    One handle may be shared by threads. Reading never waits for a writer, in this process or another, and sees
    what is committed when it begins. Where ``home`` cannot be written, an existing library is read all the same
    and writing raises ``LibraryReadOnly``, as it does with ``read_only``.
    """

    def __init__(self, home: Path, encoder: PassageEncoder, *, read_only: bool = False) -> None:
        self.home = home
        self.read_only = read_only
        self._encoder = encoder
        self._path = home / "library.sqlite"
        self._lock = RLock()
        self._snapshot: Snapshot | None = None
        self._listed: _Listed | None = None
        if blank(self._path):
            if read_only:
                raise LibraryError(
                    f"{home} holds no library; run 'policyqa ingest' first",
                    f"{home} 中没有文档库；请先运行 policyqa ingest",
                )
            with self._writing():
                pass
        self._store = Store(self._path)

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the library cannot be used after."""
        with self._lock:
            self._store.close()

    # writing

    def add(self, *paths: Path | str, progress: Progress | None = None) -> Report:
        """Add the files, and all files in the folders, at ``paths``; a document whose file changed is replaced.

        Each document is committed by itself: whatever ends the process, those before it stay, and running again
        goes on from there. A file that cannot be read is reported and keeps no other from being added. Raises
        ``LibraryBusy`` when another process writes for longer than ``WRITER_PATIENCE``.
        """
        found = files([Path(path) for path in paths])
        added: list[str] = []
        replaced: list[str] = []
        unchanged: list[str] = []
        failed: list[tuple[str, PolicyError]] = []
        with self._writing() as store:
            known = store.content_hashes()
            batch = _Batch(self._encoder, store, len(found), progress)
            for path in found:
                try:
                    document = _readable(load(path))
                except PolicyError as error:
                    failed.append((str(path), error))
                    batch.skip(str(path))
                    continue
                if known.get(document.id) == document.content_hash:
                    unchanged.append(document.id)
                    batch.skip(str(path))
                    continue
                self._check_encoder(store)
                (replaced if document.id in known else added).append(document.id)
                known[document.id] = document.content_hash
                batch.take(document)
            batch.flush()
        return Report(tuple(added), tuple(replaced), tuple(unchanged), tuple(failed))

    def remove(self, document_id: str) -> None:
        """Take the document out; no search or citation finds it again. Raises ``UnknownDocument``."""
        with self._writing() as store:
            if not store.delete(document_id):
                raise _unknown(document_id)

    def rebuild(self, progress: Progress | None = None) -> Report:
        """Read every document's file again and encode it with the present encoder.

        A document whose file is gone or can no longer be read keeps its stored text; the latter is reported as
        failed, too. The old state is searched until the new one is whole, and kept if anything fails.
        """
        fresh = self.home / "rebuild.sqlite"
        failed: list[tuple[str, PolicyError]] = []
        with self._writing() as store:
            _discard(fresh)
            try:
                target = Store(fresh, writable=True, must_exist=False)
                try:
                    summaries = store.summaries()
                    batch = _Batch(self._encoder, target, len(summaries), progress)
                    for summary in summaries:
                        document = store.document(summary.id)
                        if document is None:
                            continue
                        if Path(document.path).exists():
                            try:
                                document = replace(_readable(load(Path(document.path))), id=document.id)
                            except PolicyError as error:
                                failed.append((document.path, error))
                        batch.take(document)
                    batch.flush()
                finally:
                    target.close()
                store.take(fresh, encoder=self._encoder.name)
            finally:
                _discard(fresh)
        return Report(replaced=tuple(summary.id for summary in summaries), failed=tuple(failed))

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """A connection that may write, while no other process or thread has one."""
        if self.read_only:
            raise read_only_error(self.home)
        with faults(self.home):
            self.home.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.home / "library.lock", timeout=WRITER_PATIENCE)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                raise busy(self.home) from error
        try:
            store = Store(self._path, writable=True, must_exist=False)
            try:
                yield store
                store.settle()
            finally:
                store.close()
        finally:
            lock.release()

    def _check_encoder(self, store: Store) -> None:
        built = store.meta("encoder")
        if built and built != self._encoder.name:
            raise EncoderMismatch(
                f"{self.home} was built with {built}, but {self._encoder.name} is configured; "
                "run 'policyqa ingest --rebuild' or change the model",
                f"{self.home} 由模型 {built} 建立，而当前配置的是 {self._encoder.name}；"
                "请运行 policyqa ingest --rebuild，或改回原来的模型",
            )

    # reading

    @property
    def version(self) -> int:
        """A number that grows with every change that is committed."""
        with self._lock:
            return int(self._store.meta("version"))

    @property
    def encoder_name(self) -> str:
        """What the vectors were made by; empty as long as there are none."""
        with self._lock:
            return self._store.meta("encoder")

    def documents(self) -> tuple[Summary, ...]:
        """All documents without their texts, by title and then by path, with their validity as of today."""
        with self._lock, self._store.snapshot():
            return tuple(self._present_documents().values())

    def document(self, document_id: str) -> Document:
        """The document of that id, with its validity as of today. Raises ``UnknownDocument``."""
        with self._lock, self._store.snapshot():
            found = self._store.document(document_id)
            if found is None:
                raise _unknown(document_id)
            return replace(found, facts=self._present_documents()[document_id].facts)

    def sections(self, document_id: str) -> tuple[Section, ...]:
        """The document's sections, the root first. Raises ``UnknownDocument``."""
        with self._lock:
            found = self._store.sections(document_id)
        if not found:
            raise _unknown(document_id)
        return found

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The document's chunks in the order of the text. Raises ``UnknownDocument``."""
        with self._lock, self._store.snapshot():
            found = self._store.chunks(document_id)
        if not found:
            raise _unknown(document_id)
        return found

    def sentence_vectors(self, chunk: Chunk) -> np.ndarray:
        """One row of length 1 for each of the chunk's sentences, float16. Raises ``UnknownDocument``."""
        with self._lock, self._store.snapshot():
            id_ = self._store.chunk_id(chunk.document_id, chunk.number)
            if id_ is None:
                raise _unknown(chunk.document_id)
            (vectors,) = self._store.vectors([id_])
        return vectors[1:]

    @property
    def lexical(self) -> Lexical:
        """The present lexical index, for how telling a token is."""
        with self._lock, self._store.snapshot():
            return self._present().lexical

    def search(self, query: str, k: int = 5, filters: Filters | None = None) -> tuple[Hit, ...]:
        """Up to ``k`` hits, best first, among the documents that ``filters`` let through.

        Raises ``InvalidQuestion`` for a query without a letter or digit, or a date in ``filters`` that is none,
        and ``EncoderMismatch``.
        """
        if not any(character.isalnum() for character in query):
            raise InvalidQuestion(
                "the query is empty; write what you are looking for", "检索词为空；请输入要查找的内容"
            )
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        with self._lock:
            if not self._store.meta("encoder"):
                return ()
            self._check_encoder(self._store)
        vector = self._encoder.encode_queries([query])[0]
        with self._lock, self._store.snapshot():
            snapshot = self._present()
            labels = references(query).articles
            articles = np.searchsorted(snapshot.ids, self._store.articles(labels)) if labels else None
            found = rank(snapshot, query, vector, k, filters, articles)
            ids = [snapshot.ids[scored.row] for scored in found]
            return tuple(
                Hit(chunk, scored.score, scored.lexical, scored.dense, tuple((vectors[1:] @ vector).tolist()))
                for scored, chunk, vectors in zip(
                    found, self._store.chunks_by_id(ids), self._store.vectors(ids), strict=True
                )
            )

    def _present(self) -> Snapshot:
        """The library as it is in the transaction that is open, made anew only when something changed."""
        stamp = self._store.meta("stamp")
        documents = tuple(self._present_documents().values())
        if self._snapshot is None or self._snapshot.stamp != stamp:
            self._check_encoder(self._store)
            self._snapshot = self._read(stamp, documents)
        elif self._snapshot.documents != documents:
            self._snapshot = replace(self._snapshot, documents=documents)
        return self._snapshot

    def _present_documents(self) -> Mapping[str, Summary]:
        """All documents, with their validity as of today, in the transaction that is open, by their ids."""
        stamp, today = self._store.meta("stamp"), date.today()
        if self._listed is None or self._listed[:2] != (stamp, today):
            summaries = self._store.summaries()
            stored = {summary.id: summary.facts for summary in summaries}
            known = validity(stored, self._store.repeals(), today)
            self._listed = _Listed(
                *(stamp, today),
                {one.id: replace(one, facts=with_validity(one.facts, known.get(one.id))) for one in summaries},
            )
        return self._listed.documents

    def _read(self, stamp: str, documents: tuple[Summary, ...]) -> Snapshot:
        ordinals = {document.id: place for place, document in enumerate(documents)}
        titles = {document.id: document.title for document in documents}
        places = self._store.places()
        lexical_path, vectors_path = self.home / "lexical.npz", self.home / "vectors.npz"
        lexical = Lexical.load(lexical_path, stamp)
        if lexical is None:
            texts = (
                f"{context(titles[chunk.document_id], chunk.heading)}\n{chunk.text}"
                for chunk in self._store.every_chunk()
            )
            lexical = Lexical.build(texts)
            self._keep(lexical, lexical_path, stamp)
        vectors = Vectors.load(vectors_path, stamp)
        if vectors is None:
            vectors = Vectors.build(self._store.first_vectors())
            self._keep(vectors, vectors_path, stamp)
        return Snapshot(
            stamp=stamp,
            ids=np.array([place[0] for place in places], dtype=np.int64),
            owner=np.array([ordinals[place[1]] for place in places], dtype=np.int64),
            periods=np.array([place[2] for place in places], dtype=np.str_),
            documents=documents,
            lexical=lexical,
            vectors=vectors,
        )

    def _keep(self, derived: Lexical | Vectors, path: Path, stamp: str) -> None:
        """Save what was derived for the next process; where that cannot be, it lives in memory alone."""
        if self.read_only:
            return
        try:
            derived.save(path, stamp)
        except OSError as error:
            _log.info("%s is not kept on disk: %s", path, error)


class _Batch:
    """Documents waiting to be encoded together; each is then committed by itself."""

    def __init__(self, encoder: PassageEncoder, store: Store, total: int, progress: Progress | None) -> None:
        self._encoder = encoder
        self._store = store
        self._total = total
        self._progress = progress
        self._done = 0.0
        self._waiting: list[tuple[Document, tuple[Section, ...], tuple[Chunk, ...]]] = []

    def skip(self, path: str) -> None:
        """Count a file that needs no work."""
        self._tell(self._done + 1, path)

    def take(self, document: Document) -> None:
        """Put the document in the queue, and work the queue off when it is long enough."""
        outline = sections(document.text)
        self._waiting.append((document, outline, chunks(document.id, document.text, outline)))
        if sum(len(pieces) for _, _, pieces in self._waiting) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Encode and commit everything that waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        passages = [_passage(document, chunk) for document, _, pieces in waiting for chunk in pieces]
        before, path, encoded = self._done, waiting[0][0].path, 0

        def advance(count: int) -> None:
            nonlocal encoded
            encoded += count
            self._tell(before + len(waiting) * encoded / len(passages), path)

        vectors = iter(self._encoder.encode_passages(passages, advance))
        for document, outline, pieces in waiting:
            repealed = repeals(document.text, document.facts)
            encoded_pieces = tuple(next(vectors) for _ in pieces)
            self._store.put(Entry(document, outline, pieces, encoded_pieces, repealed), self._encoder.name)
        self._tell(before + len(waiting), waiting[-1][0].path)

    def _tell(self, done: float, path: str) -> None:
        self._done = done
        if self._progress is not None:
            self._progress(done, self._total, path)


def _passage(document: Document, chunk: Chunk) -> Passage:
    """The chunk as it is encoded."""
    relative = tuple(Span(span.start - chunk.start, span.end - chunk.start) for span in chunk.sentences)
    return Passage(context(document.title, chunk.heading), chunk.text, relative)


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


def _discard(path: Path) -> None:
    """Delete the SQLite file at ``path`` with its companions, if they are there."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _unknown(document_id: str) -> UnknownDocument:
    return UnknownDocument(
        f"no document has the id {document_id!r}; 'policyqa documents' lists those there are",
        f"没有编号为 {document_id!r} 的文档；可用 policyqa documents 查看全部文档",
    )
