"""The library: documents go in, come out and are searched. SQLite holds the truth, the rest is derived."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock, RLock
from typing import NamedTuple

import filelock
import numpy as np

from index.deriving import derived, documents
from index.duplicates import letters
from index.errors import EncoderMismatch, InvalidQuestion, LibraryError, LoadError, PolicyError, UnknownDocument
from index.ingest import OVERHEAD, Batch, Found, attempt, found
from index.ingest import PassageEncoder as PassageEncoder
from index.ingest import Progress as Progress
from index.ingest import Report as Report
from index.lexical import Lexical
from index.load import Limits, archive
from index.parsing import Parsed, prepared
from index.search import CANDIDATES, Scored, Snapshot, rank, references
from index.store import Failure, Known, Store, Summary, blank, busy, faults, read_only_error
from index.types import Chunk, Document, Filters, Hit, Section
from index.workers import Source, Workers

WRITER_PATIENCE = 5.0
"""Seconds that a writer waits for another one to end."""

BESIDE = 2
"""Times that what search needs is derived beside all other reading, before a writer that goes on makes it wait."""

_MOST = 3 * CANDIDATES
"""More than a search ever ranks."""


class _Listed(NamedTuple):
    """The documents as they stand on ``day``, each with its validity, in the library's state of ``stamp``."""

    stamp: str
    day: date
    documents: Mapping[str, Summary]


class Library:
    """The documents under ``home``, which is made if need be; a context manager.

    One handle may be shared by threads. Reading never waits for a writer, in this process or another, and sees what is
    committed when it begins; only a search waits for what it needs to be derived anew after a change. Where ``home``
    cannot be written, an existing library is read all the same and writing raises ``LibraryReadOnly``, as it does with
    ``read_only``.
    """

    def __init__(
        self, home: Path, encoder: PassageEncoder, *, read_only: bool = False, limits: Limits | None = None
    ) -> None:
        self.home = home
        self.limits = limits or Limits()
        self.read_only = read_only
        self._encoder = encoder
        self._path = home / "library.sqlite"
        self._lock = RLock()
        self._deriving = Lock()
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

    def add(self, *paths: Path | str, progress: Progress | None = None, retry: bool = False) -> Report:
        """Add the files, and all files in the folders, at ``paths``; a document whose file changed is replaced.

        Each document is committed by itself: whatever ends the process, those before it stay, and running again
        goes on from there. A file that cannot be read within ``limits`` is reported and keeps no other from being added;
        one of the same size and time as before is not read again, nor, without ``retry``, one that could not be.
        Raises ``LibraryBusy`` when another process writes for longer than ``WRITER_PATIENCE``.
        """
        added: list[str] = []
        replaced: list[str] = []
        unchanged: list[str] = []
        failed: list[tuple[str, PolicyError]] = []
        with self._writing() as store, Workers(self.limits) as workers:
            known = store.known()
            every = {each.resolved: each for each in map(found, workers.files(map(Path, paths)))}
            attempts = {each.resolved: attempt(each, self.limits) for each in every.values()}
            before = store.failures()
            again = {} if retry else before
            skipped = [each for each in every.values() if _failed(again, each, attempts)]
            failed += [(str(each.path), again[each.resolved].error) for each in skipped]
            untried = tuple(str(each.path) for each in skipped)
            fresh = [each for each in every.values() if not (_same(each, known) or each in skipped)]
            unchanged += [known[each.resolved].id for each in every.values() if _same(each, known)]
            weight = OVERHEAD * len(every) + sum(each.size for each in fresh)
            batch = Batch(self._encoder, store, len(every), weight, progress)
            if unchanged or skipped:
                batch.skip("", OVERHEAD * (len(unchanged) + len(skipped)))
            sources = (Source(each.path, each.size, _hash(known, each)) for each in fresh)
            for each, (_, parsed) in zip(fresh, workers.parsed(sources), strict=True):
                cost = OVERHEAD + each.size
                if isinstance(parsed, LoadError) and attempts[each.resolved]:
                    store.fail(each.resolved, Failure(attempts[each.resolved], parsed))
                elif each.resolved in before:
                    store.fail(each.resolved, None)
                if isinstance(parsed, PolicyError):
                    failed.append((str(each.path), parsed))
                    batch.skip(str(each.path), cost)
                elif parsed is None:
                    store.note(known[each.resolved].id, each.state)
                    unchanged.append(known[each.resolved].id)
                    batch.skip(str(each.path), cost)
                else:
                    self._check_encoder(store)
                    (replaced if each.resolved in known else added).append(parsed.document.id)
                    batch.take(parsed, each.state, cost)
            batch.flush()
        return Report(
            *(tuple(added), tuple(replaced), tuple(unchanged), tuple(failed), tuple(batch.arrivals)),
            untried=untried,
        )

    def prune(self, *folders: Path | str) -> tuple[str, ...]:
        """Remove the documents whose file under ``folders`` (or in the archives) is gone; their paths.

        One whose folder or archive cannot be read stays, and so does everything under a folder that is gone itself.
        """
        roots = [os.path.realpath(folder) for folder in folders if os.path.exists(folder)]
        removed: list[str] = []
        with self._writing() as store, Workers(self.limits) as workers:
            present: dict[Path, frozenset[Path]] = {}
            for path, document in store.known().items():
                outer, inside = archive.split(Path(path))
                if not any(Path(path).is_relative_to(root) or str(outer) == root for root in roots):
                    continue
                gone = _gone(outer)
                if inside and not gone:
                    if outer not in present:
                        present[outer] = frozenset(workers.files([outer]))
                    gone = not present[outer] & {outer, Path(path)}
                if gone and store.delete(document.id):
                    removed.append(path)
        return tuple(removed)

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
        with self._writing() as store, Workers(self.limits) as workers:
            _discard(fresh)
            try:
                target = Store(fresh, writable=True, must_exist=False)
                try:
                    known = store.known()
                    every = {path: found(Path(path)) for path in known}
                    weight = sum(OVERHEAD + each.size for each in every.values())
                    batch = Batch(self._encoder, target, len(every), weight, progress)
                    sources = [Source(Path(path), each.size) for path, each in every.items()]
                    for source, parsed in workers.parsed(sources):
                        path, state = str(source.path), every[str(source.path)].state
                        if not isinstance(parsed, Parsed):
                            if isinstance(parsed, PolicyError) and not _gone(archive.split(source.path)[0]):
                                failed.append((path, parsed))
                            document = store.document(known[path].id)
                            if document is None:
                                continue
                            parsed, state = prepared(document), ""
                        batch.take(parsed, state, OVERHEAD + source.size)
                    batch.flush()
                finally:
                    target.close()
                store.take(fresh, encoder=self._encoder.name)
            finally:
                _discard(fresh)
        return Report(
            replaced=tuple(each.id for each in known.values()),
            failed=tuple(failed),
            arrivals=tuple(batch.arrivals),
        )

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
    def stamp(self) -> str:
        """What only this state of this library has: another after every change that is committed."""
        with self._lock:
            return self._store.meta("stamp")

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
        with self._searched() as snapshot:
            return snapshot.lexical

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
        with self._searched() as snapshot:
            labels = references(query).articles
            articles = np.searchsorted(snapshot.ids, self._store.articles(labels)) if labels else None
            ranked = self._without_twins(snapshot, rank(snapshot, query, vector, _MOST, filters, articles), k)
            ids = [snapshot.ids[scored.row] for scored in ranked]
            return tuple(
                Hit(chunk, scored.score, scored.lexical, scored.dense, tuple((vectors[1:] @ vector).tolist()))
                for scored, chunk, vectors in zip(
                    ranked, self._store.chunks_by_id(ids), self._store.vectors(ids), strict=True
                )
            )

    def _without_twins(self, snapshot: Snapshot, ranked: Sequence[Scored], k: int) -> list[Scored]:
        """The first ``k`` of those that say something that no better one's document says, as far as duplicates go."""
        kept: list[Scored] = []
        seen: dict[str, None] = {}
        texts: dict[str, str] = {}
        for scored in ranked:
            if len(kept) == k:
                break
            document = snapshot.documents[snapshot.owner[scored.row]]
            better = [twin for twin in document.same_as if twin in seen]
            if better:
                (chunk,) = self._store.chunks_by_id([snapshot.ids[scored.row]])
                said = letters(chunk.text)
                for twin in better:
                    if twin not in texts:
                        texts[twin] = letters(self._store.text(twin))
                if any(said in texts[twin] for twin in better):
                    continue
            kept.append(scored)
            seen[document.id] = None
        return kept

    @contextmanager
    def _searched(self) -> Iterator[Snapshot]:
        """The library as search sees it, in a transaction of which it is the state; derived anew if something changed."""
        for _ in range(BESIDE):
            with self._lock, self._store.snapshot():
                snapshot = self._present()
                if snapshot is not None:
                    yield snapshot
                    return
            with self._deriving:
                store = Store(self._path)
                try:
                    with store.snapshot():
                        if self._snapshot is None or self._snapshot.stamp != store.meta("stamp"):
                            self._snapshot = self._derived(store)
                finally:
                    store.close()
        with self._lock, self._store.snapshot():
            snapshot = self._snapshot = self._present() or self._derived(self._store)
            yield snapshot

    def _derived(self, store: Store) -> Snapshot:
        self._check_encoder(store)
        before = self._snapshot.lexical if self._snapshot else None
        return derived(store, self.home, before, keep=not self.read_only)

    def _present(self) -> Snapshot | None:
        """What was derived, if it is of the state of the transaction that is open, with the validity as of today."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.stamp != self._store.meta("stamp"):
            return None
        documents = tuple(self._present_documents().values())
        if snapshot.documents != documents:
            snapshot = self._snapshot = replace(snapshot, documents=documents)
        return snapshot

    def _present_documents(self) -> Mapping[str, Summary]:
        """All documents, with their validity as of today, in the transaction that is open, by their ids."""
        stamp, today = self._store.meta("stamp"), date.today()
        if self._listed is None or self._listed[:2] != (stamp, today):
            self._listed = _Listed(stamp, today, documents(self._store, today))
        return self._listed.documents


def _same(file: Found, known: Mapping[str, Known]) -> bool:
    """Whether the library has the file as it is, as far as its size and time tell."""
    return bool(file.state) and file.resolved in known and known[file.resolved].state == file.state


def _failed(before: Mapping[str, Failure], file: Found, attempts: Mapping[str, str]) -> bool:
    """Whether the file could not be read before, and nothing has changed since then."""
    return file.resolved in before and before[file.resolved].attempt == attempts[file.resolved]


def _hash(known: Mapping[str, Known], file: Found) -> str:
    return known[file.resolved].content_hash if file.resolved in known else ""


def _gone(path: Path) -> bool:
    """Whether there is no such file; one that cannot be looked at is not known to be gone."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _discard(path: Path) -> None:
    """Delete the SQLite file at ``path`` with its companions, if they are there."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _unknown(document_id: str) -> UnknownDocument:
    return UnknownDocument(
        f"no document has the id {document_id!r}; 'policyqa documents' lists those there are",
        f"没有编号为 {document_id!r} 的文档；可用 policyqa documents 查看全部文档",
    )
