"""The library's SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryDamaged, LibraryFull, LibraryReadOnly, LibraryTooNew
from index.store import SCHEMA_VERSION, Entry, Store, blank
from index.types import Chunk, Document, Facts, Section, Span

FACTS = Facts("水法", "水利部", "水〔2021〕1号", date(2021, 1, 31), "现行", "全国", "会议")


def entry(id_: str = "a", text: str = "节水。治水。") -> Entry:
    """A document of two sentences in one chunk; 4-dimensional vectors that float16 holds exactly."""
    half = len(text) // 2
    whole = Section(0, None, "document", "", Span(0, 0), Span(0, len(text)))
    article = Section(1, 0, "article", "第一条", Span(0, half), Span(0, len(text)), "2021")
    chunk = Chunk(id_, 0, 1, 0, len(text), text, "节水", (Span(0, half), Span(half, len(text))))
    vectors = np.array([[1, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 0, -1]], dtype=np.float32)
    return Entry(Document(id_, text, FACTS, f"/{id_}.txt", "hash"), (whole, article), (chunk,), (vectors,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "library.sqlite", writable=True, must_exist=False)
    yield made
    made.close()


@pytest.mark.parametrize("text", ["节水。治水。", "a\x00b\x00", "𠀀😀e\u0301​", "﷽" * 1000, "\ufeff\r\n\u2028"])
def test_everything_comes_back_as_it_was_put(store: Store, text: str) -> None:
    put = entry(text=text)
    store.put(put, "model")
    assert store.document("a") == put.document
    assert store.sections("a") == put.sections
    assert store.chunks("a") == put.chunks
    (id_,) = (place[0] for place in store.places())
    assert store.chunks_by_id([id_]) == put.chunks
    assert np.array_equal(store.vectors([id_])[0], put.vectors[0])
    assert np.array_equal(store.first_vectors(), [[1, 0, 0, 0]])
    assert store.places() == [(id_, "a", "2021")]
    assert store.articles(["第一条"]) == (id_,)
    assert store.articles(["第二条"]) == ()
    (summary,) = store.summaries()
    assert (summary.characters, summary.chunks, summary.facts) == (len(text), 1, FACTS)


def test_every_change_has_a_version_and_a_stamp_of_its_own(store: Store) -> None:
    seen = [(store.meta("version"), store.meta("stamp"))]
    for change in (
        lambda: store.put(entry(), "model"),
        lambda: store.put(entry(), "model"),
        lambda: store.delete("a"),
    ):
        change()
        seen.append((store.meta("version"), store.meta("stamp")))
    assert [version for version, _ in seen] == ["0", "1", "2", "3"]
    assert len({stamp for _, stamp in seen}) == 4


def test_deleting_leaves_nothing_of_the_document(store: Store) -> None:
    store.put(entry("a"), "model")
    store.put(entry("b"), "model")
    assert store.delete("a")
    assert not store.delete("a")
    for table in ("documents", "sections", "chunks", "vectors"):
        count = {"documents": 1, "sections": 2, "chunks": 1, "vectors": 1}[table]
        assert store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count


def test_the_id_of_a_chunk_is_never_used_again(store: Store) -> None:
    store.put(entry(), "model")
    first = store.places()
    store.put(entry(), "model")
    assert store.places()[0][0] > first[0][0]


def test_a_change_that_fails_leaves_all_as_it_was(store: Store) -> None:
    store.put(entry(), "model")
    before = (store.document("a"), store.meta("stamp"))
    whole = entry(text="新。文。")
    with pytest.raises(ValueError, match="shorter"):
        store.put(Entry(whole.document, whole.sections, whole.chunks, ()), "model")
    assert (store.document("a"), store.meta("stamp")) == before


def test_a_full_disk_is_named_and_loses_nothing(store: Store) -> None:
    store.put(entry(), "model")
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryFull, match="full"):
        store.put(entry("b", "水" * 100_000), "model")
    assert [summary.id for summary in store.summaries()] == ["a"]


def test_another_programs_file_is_not_a_library(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name)")
    other.close()
    with pytest.raises(LibraryDamaged, match="another program's file"):
        Store(path)
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryDamaged, match="not a database"):
        Store(path)


def test_a_harmed_file_is_called_damaged(store: Store) -> None:
    for id_ in "abcdefgh":
        store.put(entry(id_, "水土保持。" * 2000), "model")
    store.settle()
    store.close()
    content = bytearray(store.path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    store.path.write_bytes(content)
    with pytest.raises(LibraryDamaged, match=r"library\.sqlite"):
        Store(store.path).summaries()


def test_a_newer_format_is_refused_by_number(store: Store) -> None:
    store.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    store.close()
    with pytest.raises(LibraryTooNew, match=f"format {SCHEMA_VERSION + 1}"):
        Store(store.path)


def test_what_says_the_same_is_found_without_reading_every_document(store: Store) -> None:
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    store.put(entry(), "model")
    store.connection.set_trace_callback(None)
    (query,) = (statement for statement in asked if "json_each" in statement)
    plan = [row["detail"] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert [step for step in plan if step.startswith("SCAN documents")] == []


def test_a_library_made_before_gets_what_it_lacks(store: Store) -> None:
    store.put(entry(), "model")
    store.connection.execute("DROP INDEX fingerprints")
    store.connection.execute("DROP TABLE failures")
    store.close()
    again = Store(store.path, writable=True)
    there = {row["name"] for row in again.connection.execute("SELECT name FROM sqlite_master")}
    again.close()
    assert {"fingerprints", "failures"} <= there


def test_a_reading_connection_cannot_write(store: Store) -> None:
    reader = Store(store.path)
    with pytest.raises(LibraryReadOnly):
        reader.put(entry(), "model")


def test_a_file_without_a_table_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    assert blank(path)
    path.touch()
    assert blank(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert blank(path)
    Store(path, writable=True).close()
    assert not blank(path)


def test_taking_another_file_replaces_everything_at_once(store: Store, tmp_path: Path) -> None:
    store.put(entry("a"), "old")
    store.put(entry("b"), "old")
    last = store.places()[-1][0]
    fresh = Store(tmp_path / "fresh.sqlite", writable=True, must_exist=False)
    fresh.put(entry("c"), "new")
    fresh.close()
    store.take(fresh.path, encoder="new")
    assert [summary.id for summary in store.summaries()] == ["c"]
    assert store.meta("encoder") == "new"
    assert store.places()[0][0] > last
    assert np.array_equal(store.first_vectors(), [[1, 0, 0, 0]])
