"""Small SQLite files for what people leave behind: users, conversations, feedback.

Each is a file of its own in the home, in WAL mode, created with its first write and readable by its owner alone.
Any number of threads and processes may use it at once; a write is one transaction, on the disk when it returns.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from index.errors import StorageBusy, StorageDamaged, StorageError, StorageTooNew, StorageUnwritable

WAIT = 10.0
"""Seconds that a writer waits for another."""
KEPT = 8
"""Connections kept open while nobody uses them."""


class Database:
    """Connections to one file, handed out to one thread at a time.

    ``layouts`` are the statements that lead from each version of the tables to the next, the first from nothing;
    ``application`` is SQLite's application id of such a file, by which another program's is told apart.
    """

    def __init__(self, path: Path, application: int, layouts: Sequence[str]) -> None:
        self.path = path
        self._application = application
        self._layouts = layouts
        self._idle: list[sqlite3.Connection] = []
        self._creating = threading.Lock()

    def close(self) -> None:
        """Close the connections that nobody uses; the next use opens new ones."""
        while self._idle:
            self._idle.pop().close()

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return bool(self._idle) or self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection on which everything read is of one state; the file must exist."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection on which all is written at once or, on any exception, not at all."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def settle(self) -> None:
        """Fold the log into the file, so that what was deleted is in neither.

        Where a reader is in the way that is left to whoever writes or closes next.
        """
        with self._faults(), self._lent() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._faults(), self._lent() as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        """An idle connection, or a new one, until it is given back."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._opened()
        try:
            yield connection
        finally:
            if len(self._idle) < KEPT:
                self._idle.append(connection)
            else:
                connection.close()

    def _opened(self) -> sqlite3.Connection:
        """A new connection; the file is made if it is not there."""
        with self._creating:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            address = f"file:{quote(str(self.path.absolute()))}?mode=rw"
            connection = sqlite3.connect(
                address, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False
            )
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                self._version(connection)  # another program's file is left as it is
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                self._lay_out(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        """Create the tables, or bring those of an earlier version up to date."""
        if self._version(connection) == len(self._layouts):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            for layout in self._layouts[self._version(connection) :]:
                for statement in layout.split(";\n"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {self._application}")
            connection.execute(f"PRAGMA user_version = {len(self._layouts)}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _version(self, connection: sqlite3.Connection) -> int:
        """The version of the file's tables, 0 for none."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != self._application and (application or tables):
            raise self._damaged("another program's file")
        if version > len(self._layouts):
            raise StorageTooNew(
                f"{self.path} has format {version}, this software knows only up to {len(self._layouts)}; "
                "upgrade policy-assistant",
                f"{self.path} 的格式版本为 {version}，本软件只支持到 {len(self._layouts)}；请升级 policy-assistant",
            )
        return int(version)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into this software's errors."""
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
            raise  # a mistake of ours, not of the file
        except sqlite3.Error as error:
            raise self._translated(error) from error
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR):
                raise self._unwritable(os.strerror(error.errno)) from error
            raise

    def _translated(self, error: sqlite3.Error) -> StorageError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StorageBusy(
                f"another process has been writing {self.path} for {WAIT:.0f} seconds; try again",
                f"另一个进程正在写入 {self.path}（已等待 {WAIT:.0f} 秒）；请稍后再试",
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL):
            return self._unwritable(str(error))
        return self._damaged(str(error))

    def _unwritable(self, reason: str) -> StorageUnwritable:
        return StorageUnwritable(
            f"{self.path} cannot be written ({reason}); make its folder writable, free some space, "
            "or choose another folder with --home",
            f"{self.path} 无法写入（{reason}）；请修改目录权限、清理磁盘，或用 --home 另选目录",
        )

    def _damaged(self, reason: str) -> StorageDamaged:
        return StorageDamaged(
            f"{self.path} is not sound ({reason}); restore a copy, or move it away to begin anew",
            f"{self.path} 不是完好的数据文件（{reason}）；请恢复备份，或移走它以重新开始",
        )


class Stored:
    """What is kept in one such file, which is closed with it. A context manager."""

    _database: Database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()
