"""The library's SQLite file: the one place that reads and writes it.

Everything that cannot be worked out again is here: documents, sections, chunks and their vectors. A change is
one transaction and gives the library a new ``stamp``, by which readers and derived indexes know what they saw.
"""

from __future__ import annotations

import errno
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np

from index.duplicates import ALIKE, SHARED, Fingerprint, distinct, resemblance
from index.errors import (
    EmptyDocument,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryFull,
    LibraryReadOnly,
    LibraryTooNew,
    LoadError,
    UnknownFormat,
    UnreadableFile,
)
from index.types import DAYS, Chunk, Document, Facts, Section, Span
from index.validity import Repeal

SCHEMA_VERSION = 2
"""Raised whenever the tables, or the meaning of what they hold, change."""

_APPLICATION = 0x504F4C51
"""SQLite's application id of our files: "POLQ"."""

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, path TEXT NOT NULL, content_hash TEXT NOT NULL, state TEXT NOT NULL,
    fingerprint TEXT NOT NULL, added TEXT NOT NULL,
    title TEXT NOT NULL, facts TEXT NOT NULL, pages TEXT NOT NULL, notes TEXT NOT NULL,
    characters INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TABLE sections (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    parent INTEGER, kind TEXT NOT NULL, label TEXT NOT NULL, head_start INTEGER NOT NULL,
    head_end INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, period TEXT NOT NULL,
    PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE INDEX articles ON sections (label, document_id) WHERE kind = 'article';
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    section INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT NOT NULL,
    sentences BLOB NOT NULL, UNIQUE (document_id, number)
);
CREATE TABLE repeals (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    title TEXT NOT NULL, number TEXT NOT NULL, effective TEXT NOT NULL
);
CREATE TABLE sketches (
    value INTEGER NOT NULL, document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (value, document_id)
) WITHOUT ROWID;
CREATE INDEX sketched ON sketches (document_id);
CREATE TABLE twins (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    twin TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (document_id, twin)
) WITHOUT ROWID;
CREATE INDEX twinned ON twins (twin);
CREATE INDEX repealing ON repeals (document_id);
CREATE TABLE vectors (chunk INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE, data BLOB NOT NULL);
"""


_ADDED = """
CREATE TABLE IF NOT EXISTS failures (
    path TEXT PRIMARY KEY, attempt TEXT NOT NULL, kind TEXT NOT NULL, english TEXT NOT NULL, chinese TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS fingerprints ON documents (fingerprint)
"""
"""What a library of this format may lack, since it was made before."""
_KINDS = {kind.__name__: kind for kind in (EmptyDocument, UnknownFormat, UnreadableFile, LoadError)}


@dataclass(frozen=True, slots=True)
class Summary:
    """A document without its text: its length in ``characters`` and its number of ``chunks`` instead.

    ``same_as`` are the ids of the documents that say the same (``index.duplicates``); ``pages`` is 0 in a format
    without pages.
    """

    id: str
    title: str
    path: str
    facts: Facts
    characters: int
    chunks: int
    same_as: tuple[str, ...] = ()
    pages: int = 0


class Known(NamedTuple):
    """What the library knows of a file: its document's id and content hash, and the state in which it was read."""

    id: str
    content_hash: str
    state: str


class Failure(NamedTuple):
    """Why a file could not be read, and the circumstances of the ``attempt``."""

    attempt: str
    error: LoadError


_UNCOMPARED = Fingerprint("", ())


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored: ``vectors`` gives one array (1 + sentences, dimension) for each chunk.

    ``repeals`` are those that it speaks of other documents, ``state`` is what the file system told of its file.
    """

    document: Document
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
    vectors: Iterable[np.ndarray]
    repeals: tuple[Repeal, ...] = ()
    fingerprint: Fingerprint = _UNCOMPARED
    state: str = ""


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say of ``path`` into this software's errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path) from error
        if error.errno in (
            *(errno.EACCES, errno.EPERM, errno.EROFS),
            *(errno.ENOTDIR, errno.EEXIST, errno.ENOENT),
        ):
            raise read_only_error(path) from error
        raise


def read_only_error(path: Path) -> LibraryReadOnly:
    """The error for a library that cannot be written."""
    return LibraryReadOnly(
        f"{path} cannot be written; make its folder writable, or choose another one with --home",
        f"{path} 不可写；请修改目录权限，或用 --home 另选目录",
    )


def busy(path: Path) -> LibraryBusy:
    """The error for a library that another process is writing."""
    return LibraryBusy(
        f"another process is writing {path}; wait until it has ended and run the command again",
        f"另一个进程正在写入 {path}；请等它结束后重新运行",
    )


def _full(path: Path) -> LibraryFull:
    return LibraryFull(
        f"the disk that holds {path} is full; nothing was lost, free some space and run the command again",
        f"{path} 所在磁盘已满；已入库的内容没有丢失，请清理磁盘后重新运行",
    )


def _damaged(path: Path, reason: str) -> LibraryDamaged:
    return LibraryDamaged(
        f"{path} is not a sound library ({reason}); restore a copy, or move it away and ingest again",
        f"{path} 不是完好的文档库（{reason}）；请恢复备份，或移走后重新入库",
    )


def _translated(error: sqlite3.Error, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return read_only_error(path)
    return _damaged(path, str(error))


def blank(path: Path) -> bool:
    """Whether nothing was ever stored at ``path``: no file, or one without a table."""
    with faults(path):
        if not path.exists() or not path.stat().st_size:
            return True
        connection = _connect(path, writable=False, must_exist=True)
        try:
            return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        finally:
            connection.close()


class Store:
    """One open connection to the file. Not for two threads at once: give each its own, or hold a lock."""

    def __init__(self, path: Path, *, writable: bool = False, must_exist: bool = True) -> None:
        self.path = path
        with faults(path):
            self.connection = _connect(path, writable=writable, must_exist=must_exist)
        try:
            with faults(path):
                if writable:
                    self._create()
                self._check()
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def settle(self) -> None:
        """Move what was written from the log into the file, so that the file alone is the library.

        Where a reader is in the way it stays in the log, and nothing is lost.
        """
        with faults(self.path):
            self.connection.execute("PRAGMA busy_timeout = 200")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _create(self) -> None:
        """Lay out an empty file, and add to one of ours what it lacks; any other is left as it is."""
        with self.transaction():
            if not self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in _SCHEMA.split(";\n"):
                    self.connection.execute(statement)
                self.connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                self._set(version="0", stamp=secrets.token_hex(8), encoder="", dimension="0")
            if self._known() == (_APPLICATION, SCHEMA_VERSION):
                for statement in _ADDED.split(";\n"):
                    self.connection.execute(statement)

    def _known(self) -> tuple[int, int]:
        """Which program's file it is, and of which format."""
        return tuple(
            self.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )

    def _check(self) -> None:
        application, found = self._known()
        if application != _APPLICATION:
            raise _damaged(self.path, "another program's file")
        if found > SCHEMA_VERSION:
            raise LibraryTooNew(
                f"{self.path} has format {found}, this software knows only up to {SCHEMA_VERSION}; "
                "upgrade policy-assistant",
                f"{self.path} 的格式版本为 {found}，本软件只支持到 {SCHEMA_VERSION}；请升级 policy-assistant",
            )
        if found < SCHEMA_VERSION:
            raise LibraryError(
                f"{self.path} was made by an earlier version of this software (format {found}, now "
                f"{SCHEMA_VERSION}); delete it and run 'policyqa ingest' again",
                f"{self.path} 由本软件的旧版本建立（格式版本 {found}，现为 {SCHEMA_VERSION}）；"
                "请删除该文件后重新运行 policyqa ingest",
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written at once or, on any exception, not at all."""
        with faults(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is from one state of the library, whatever others write meanwhile."""
        with faults(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("ROLLBACK")

    # meta

    def meta(self, name: str) -> str:
        """The value of ``version``, ``stamp``, ``encoder`` or ``dimension``."""
        with faults(self.path):
            row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise _damaged(self.path, f"its {name} is missing")
        return str(row[0])

    def _set(self, **values: str) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def _changed(self) -> None:
        self._set(version=str(int(self.meta("version")) + 1), stamp=secrets.token_hex(8))

    # writing

    def put(self, entry: Entry, encoder: str) -> tuple[str, ...]:
        """Add the document, or put it in the place of the one with its id, in one transaction.

        Gives the ids of the documents that say the same.
        """
        with self.transaction():
            self._insert(entry)
            self._set(encoder=encoder)
            twins = self._relate(entry)
            self._changed()
        return twins

    def note(self, document_id: str, state: str) -> None:
        """Remember the state of the document's file, whose content has not changed."""
        with self.transaction():
            self.connection.execute("UPDATE documents SET state = ? WHERE id = ?", (state, document_id))

    def fail(self, path: str, failure: Failure | None) -> None:
        """Remember why the file could not be read; with ``None`` forget it."""
        with self.transaction():
            self.connection.execute("DELETE FROM failures WHERE path = ?", (path,))
            if failure is not None:
                error = failure.error
                values = (path, failure.attempt, type(error).__name__, str(error), error.chinese)
                self.connection.execute("INSERT INTO failures VALUES (?, ?, ?, ?, ?)", values)

    def delete(self, document_id: str) -> bool:
        """Remove the document with all that belongs to it; whether there was one."""
        with self.transaction():
            found = self.connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0
            if found:
                if not self.connection.execute("SELECT count(*) FROM documents").fetchone()[0]:
                    self._set(encoder="", dimension="0")
                self._changed()
        return found

    def take(self, other: Path, encoder: str) -> None:
        """Put what the library file ``other`` holds, made by ``encoder``, in the place of this one's."""
        with faults(self.path):
            self.connection.execute("ATTACH ? AS other", (str(other),))
        try:
            with self.transaction():
                self.connection.execute("DELETE FROM documents")
                (last,) = self.connection.execute(
                    "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'chunks'"
                ).fetchone()
                self.connection.execute("INSERT INTO documents SELECT * FROM other.documents")
                self.connection.execute("INSERT INTO sections SELECT * FROM other.sections")
                for table in ("repeals", "sketches", "twins"):
                    self.connection.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")  # noqa: S608
                self.connection.execute(
                    "INSERT INTO chunks SELECT id + ?, document_id, number, section, start, end, heading,"
                    " sentences FROM other.chunks",
                    (last,),
                )
                self.connection.execute("INSERT INTO vectors SELECT chunk + ?, data FROM other.vectors", (last,))
                kept = dict(self.connection.execute("SELECT name, value FROM other.meta"))
                self._set(encoder=encoder, dimension=kept["dimension"])
                self._changed()
        finally:
            with faults(self.path):
                self.connection.execute("DETACH other")

    def _insert(self, entry: Entry) -> None:
        document, facts = entry.document, entry.document.facts
        self.connection.execute("DELETE FROM documents WHERE id = ?", (document.id,))
        added = datetime.now(UTC).isoformat(timespec="seconds")
        self.connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(document.id, document.path, document.content_hash, entry.state, entry.fingerprint.whole, added),
                *(facts.title, _facts_json(facts), json.dumps(document.pages), json.dumps(document.notes)),
                *(len(document.text), document.text),
            ),
        )
        self.connection.executemany(
            "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(document.id, section.number, section.parent, section.kind, section.label),
                    *(section.head.start, section.head.end, section.span.start, section.span.end),
                    section.period,
                )
                for section in entry.sections
            ),
        )
        self.connection.executemany(
            "INSERT INTO repeals VALUES (?, ?, ?, ?)",
            (
                (
                    document.id,
                    repeal.title,
                    repeal.number,
                    repeal.effective.isoformat() if repeal.effective else "",
                )
                for repeal in entry.repeals
            ),
        )
        for chunk, vectors in zip(entry.chunks, entry.vectors, strict=True):
            (id_,) = self.connection.execute(
                "INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    *(document.id, chunk.number, chunk.section, chunk.start, chunk.end, chunk.heading),
                    _blob(chunk.sentences),
                ),
            ).fetchone()
            data = vectors.astype("<f2").tobytes()
            self.connection.execute("INSERT INTO vectors VALUES (?, ?)", (id_, data))
            dimension = vectors.shape[1]
        if entry.chunks:
            self._set(dimension=str(dimension))

    def _relate(self, entry: Entry) -> tuple[str, ...]:
        """Store the document's sketch, and which documents are its twins."""
        document, sketch = entry.document, entry.fingerprint.sketch
        rows = self.connection.execute(
            "SELECT id, facts, text, title, fingerprint FROM documents WHERE id <> ?1 AND id IN ("
            "SELECT id FROM documents WHERE fingerprint = ?2 AND ?2 <> ''"
            " UNION SELECT document_id FROM sketches WHERE value IN (SELECT value FROM json_each(?3))"
            " GROUP BY document_id HAVING count(*) >= ?4) ORDER BY id",
            (document.id, entry.fingerprint.whole, json.dumps(sketch), max(1, SHARED * len(sketch))),
        ).fetchall()
        twins = tuple(
            row["id"]
            for row in rows
            if row["fingerprint"] == entry.fingerprint.whole
            or (not distinct(document.facts, _facts(row)) and resemblance(document.text, row["text"]) >= ALIKE)
        )
        both = [pair for twin in twins for pair in ((document.id, twin), (twin, document.id))]
        self.connection.executemany("INSERT INTO twins VALUES (?, ?)", both)
        values = [(value, document.id) for value in sketch]
        self.connection.executemany("INSERT INTO sketches VALUES (?, ?)", values)
        return twins

    # reading

    def document(self, document_id: str) -> Document | None:
        """The document of that id, or ``None``."""
        with faults(self.path):
            row = self.connection.execute("SELECT * FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return None
        return Document(
            *(row["id"], row["text"], _facts(row), row["path"], row["content_hash"]),
            *(tuple(json.loads(row["pages"])), tuple(json.loads(row["notes"]))),
        )

    def known(self) -> dict[str, Known]:
        """What is known of each document's file, by its path."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT path, id, content_hash, state FROM documents ORDER BY rowid"
            ).fetchall()
        return {path: Known(id_, content_hash, state) for path, id_, content_hash, state in rows}

    def failures(self) -> dict[str, Failure]:
        """What is remembered of files that could not be read, by their paths."""
        with faults(self.path):
            rows = self.connection.execute("SELECT * FROM failures").fetchall()
        return {
            row["path"]: Failure(
                row["attempt"], _KINDS.get(row["kind"], LoadError)(row["english"], row["chinese"])
            )
            for row in rows
        }

    def summaries(self) -> tuple[Summary, ...]:
        """All documents, by title and then by path."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT id, path, title, facts, characters, json_array_length(pages) AS pages,"
                " (SELECT count(*) FROM chunks WHERE document_id = documents.id) AS chunks"
                " FROM documents ORDER BY title, path, id"
            )
            twins: dict[str, list[str]] = {}
            for one, twin in self.connection.execute("SELECT document_id, twin FROM twins ORDER BY 1, 2"):
                twins.setdefault(one, []).append(twin)
            return tuple(
                Summary(
                    *(row["id"], row["title"], row["path"], _facts(row), row["characters"], row["chunks"]),
                    *(tuple(twins.get(row["id"], ())), row["pages"]),
                )
                for row in rows
            )

    def repeals(self) -> tuple[tuple[str, Repeal], ...]:
        """Every repeal that a document speaks, with the document's id, in the order in which they came."""
        with faults(self.path):
            rows = self.connection.execute("SELECT * FROM repeals ORDER BY rowid").fetchall()
        return tuple(
            (
                row["document_id"],
                Repeal(
                    row["title"],
                    row["number"],
                    date.fromisoformat(row["effective"]) if row["effective"] else None,
                ),
            )
            for row in rows
        )

    def sections(self, document_id: str) -> tuple[Section, ...]:
        """The document's sections in the order of their numbers; empty for an unknown id."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT * FROM sections WHERE document_id = ? ORDER BY number", (document_id,)
            )
            return tuple(map(_section, rows))

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The document's chunks in the order of the text; empty for an unknown id."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT * FROM chunks WHERE document_id = ? ORDER BY number", (document_id,)
            ).fetchall()
            text = self.text(document_id)
        return tuple(_chunk(row, text) for row in rows)

    def chunks_by_id(self, ids: Sequence[int]) -> tuple[Chunk, ...]:
        """The chunks of these ids, in the order given. To be read in the snapshot that the ids come from."""
        with faults(self.path):
            rows = [
                self.connection.execute("SELECT * FROM chunks WHERE id = ?", (int(id_),)).fetchone() for id_ in ids
            ]
            texts = {owner: self.text(owner) for owner in {row["document_id"] for row in rows}}
        return tuple(_chunk(row, texts[row["document_id"]]) for row in rows)

    def every_chunk(self) -> Iterator[Chunk]:
        """All chunks in the order of their ids."""
        text, owner = "", ""
        for row in self.connection.execute("SELECT * FROM chunks ORDER BY id"):
            if row["document_id"] != owner:
                owner = row["document_id"]
                text = self.text(owner)
            yield _chunk(row, text)

    def places(self) -> list[tuple[int, str, str]]:
        """The id of every chunk, its document's, and its section's period, in the order of the chunks' ids."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT chunks.id, chunks.document_id, coalesce(period, '') FROM chunks LEFT JOIN sections"
                " ON sections.document_id = chunks.document_id AND sections.number = chunks.section"
                " ORDER BY chunks.id"
            )
            return [(id_, owner, period) for id_, owner, period in rows]

    def articles(self, labels: Sequence[str]) -> tuple[int, ...]:
        """The ids, ascending, of the chunks of any document that hold a part of an article (条) so labelled."""
        with faults(self.path):
            rows = self.connection.execute(
                "SELECT DISTINCT chunks.id FROM sections JOIN chunks"
                " ON chunks.document_id = sections.document_id"
                " AND chunks.start < sections.end AND chunks.end > sections.start"
                " WHERE kind = 'article' AND label IN (SELECT value FROM json_each(?)) ORDER BY chunks.id",
                (json.dumps(labels),),
            )
            return tuple(id_ for (id_,) in rows)

    def chunk_id(self, document_id: str, number: int) -> int | None:
        """The id of the document's chunk of that number, or ``None``."""
        with faults(self.path):
            row = self.connection.execute(
                "SELECT id FROM chunks WHERE document_id = ? AND number = ?", (document_id, number)
            ).fetchone()
        return None if row is None else int(row["id"])

    def vectors(self, ids: Iterable[int]) -> tuple[np.ndarray, ...]:
        """The vectors of these chunks, float16 (1 + sentences, dimension) each: first the chunk's own."""
        dimension = int(self.meta("dimension"))
        found = []
        with faults(self.path):
            for id_ in ids:
                (data,) = self.connection.execute(
                    "SELECT data FROM vectors WHERE chunk = ?", (int(id_),)
                ).fetchone()
                found.append(np.frombuffer(data, dtype="<f2").reshape(-1, dimension))
        return tuple(found)

    def first_vectors(self) -> np.ndarray:
        """The chunks' own vectors, float16 (chunks, dimension), in the order of the chunks' ids."""
        dimension = int(self.meta("dimension"))
        with faults(self.path):
            (count,) = self.connection.execute("SELECT count(*) FROM vectors").fetchone()
            found = np.empty((count, dimension), dtype="<f2")
            rows = self.connection.execute(
                "SELECT substr(data, 1, ?) FROM vectors ORDER BY chunk", (2 * dimension,)
            )
            for place, (data,) in enumerate(rows):
                found[place] = np.frombuffer(data, dtype="<f2")
        return found

    def text(self, document_id: str) -> str:
        """The document's text; empty for an unknown id."""
        row = self.connection.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchone()
        return "" if row is None else str(row["text"])


def _connect(path: Path, *, writable: bool, must_exist: bool) -> sqlite3.Connection:
    """A connection in which transactions are begun by hand and any thread may read."""
    mode = "ro" if not writable else "rw" if must_exist else "rwc"
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = _open(address)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if writable:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if writable or error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        log = path.with_name(path.name + "-wal")
        if not path.exists() or (log.exists() and log.stat().st_size):
            raise
        # A folder that cannot be written has no room for the shared memory of a log, and no writer either.
        return _open(f"{address}&immutable=1")
    return connection


def _open(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _facts(row: sqlite3.Row) -> Facts:
    """The facts in a row of the table of documents."""
    stored = json.loads(row["facts"])
    known: dict[str, Any] = {
        name: date.fromisoformat(value) if name in DAYS else value for name, value in stored.items()
    }
    return Facts(**known)


def _facts_json(facts: Facts) -> str:
    """The facts that are known, as JSON; days as ISO dates."""
    known = {name: value for name, value in asdict(facts).items() if value}
    return json.dumps(known, ensure_ascii=False, default=date.isoformat)


def _section(row: sqlite3.Row) -> Section:
    return Section(
        number=row["number"],
        parent=row["parent"],
        kind=row["kind"],
        label=row["label"],
        head=Span(row["head_start"], row["head_end"]),
        span=Span(row["start"], row["end"]),
        period=row["period"],
    )


def _chunk(row: sqlite3.Row, text: str) -> Chunk:
    """The chunk in a row of their table; ``text`` is its document's."""
    spans = np.frombuffer(row["sentences"], dtype="<i4").reshape(-1, 2).tolist()
    return Chunk(
        document_id=row["document_id"],
        number=row["number"],
        section=row["section"],
        start=row["start"],
        end=row["end"],
        text=text[row["start"] : row["end"]],
        heading=row["heading"],
        sentences=tuple(Span(start, end) for start, end in spans),
    )


def _blob(spans: Iterable[Span]) -> bytes:
    return np.array([(span.start, span.end) for span in spans], dtype="<i4").tobytes()
