"""The small SQLite files: made late, private, whole at any moment, and never mistaken for another's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.records import database as module
from assistant.records.database import Database
from index.errors import StorageBusy, StorageDamaged, StorageTooNew, StorageUnwritable

LAYOUTS = ("CREATE TABLE words (word TEXT NOT NULL)", "ALTER TABLE words ADD COLUMN length INTEGER")
OURS = 0x12345678


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "words.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, OURS, LAYOUTS[:1])
    yield opened
    opened.close()


def words(database: Database) -> list[str]:
    with database.reading() as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY rowid")]


def write(database: Database, word: str) -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO words (word) VALUES (?)", (word,))


def test_the_file_is_made_by_the_first_write_for_its_owner_alone(database: Database, path: Path) -> None:
    assert not database.exists
    assert not path.parent.exists()
    write(database, "一")
    assert database.exists
    assert words(database) == ["一"]
    assert path.stat().st_mode & 0o777 == 0o600
    database.close()
    assert sorted(one.name for one in path.parent.iterdir()) == ["words.sqlite"]
    assert words(database) == ["一"]


def test_an_exception_takes_back_all_that_was_written(database: Database) -> None:
    write(database, "一")
    with pytest.raises(sqlite3.ProgrammingError), database.writing() as connection:
        connection.executemany("INSERT INTO words (word) VALUES (?)", [("二",), ("三", "四")])
    assert words(database) == ["一"]


def test_what_is_read_is_of_one_moment(database: Database, path: Path) -> None:
    write(database, "一")
    other = Database(path, OURS, LAYOUTS[:1])
    with database.reading() as connection:
        before = connection.execute("SELECT count(*) FROM words").fetchone()[0]
        write(other, "二")
        assert connection.execute("SELECT count(*) FROM words").fetchone()[0] == before == 1
    other.close()
    assert words(database) == ["一", "二"]


def test_a_crowd_leaves_few_connections_behind(database: Database) -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda place: write(database, str(place)), range(100)))
    assert len(words(database)) == 100
    assert len(database._idle) <= module.KEPT


def test_an_earlier_versions_file_is_brought_up_to_date_and_a_later_ones_refused(
    database: Database, path: Path
) -> None:
    write(database, "一")
    database.close()
    newer = Database(path, OURS, LAYOUTS)
    with newer.writing() as connection:
        connection.execute("UPDATE words SET length = 1")
    newer.close()
    with pytest.raises(StorageTooNew, match="has format 2, this software knows only up to 1"):
        words(database)


def test_a_writer_that_waited_in_vain_says_who_is_in_the_way(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT", 0.05)
    write(database, "一")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusy, match=r"another process has been writing .*words\.sqlite"):
        write(database, "二")
    assert words(database) == ["一"]
    other.execute("ROLLBACK")
    other.close()
    write(database, "二")


def test_a_full_disk_loses_nothing_that_was_there(database: Database) -> None:
    write(database, "一")
    with database.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageUnwritable, match="free some space"):
        write(database, "长" * 100_000)
    assert words(database) == ["一"]


def test_anothers_file_is_left_as_it_is(database: Database, path: Path) -> None:
    path.parent.mkdir()
    for content in (b"no database at all" * 100, _theirs(path)):
        path.write_bytes(content)
        with pytest.raises(StorageDamaged, match=r"words\.sqlite is not sound"):
            write(database, "一")
        assert path.read_bytes() == content


def _theirs(path: Path) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    content = path.read_bytes()
    path.unlink()
    return content
