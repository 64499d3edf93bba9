"""FAISS over the chunks' vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.vectors import Vectors

ROWS = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float16)
EAST = np.array([1, 0], dtype=np.float32)


def test_the_nearest_come_first() -> None:
    # Cosines with (1, 0): 1, .6, 0, -1.
    index = Vectors.build(ROWS)
    assert index.nearest(EAST, 3).tolist() == [0, 1, 2]
    assert index.scores(EAST, np.array([3, 1, 0])) == pytest.approx([-1, 0.6, 1], abs=1e-3)


def test_fewer_rows_than_asked_for_give_all_of_them() -> None:
    assert Vectors.build(ROWS).nearest(EAST, 9).tolist() == [0, 1, 2, 3]


def test_rows_that_do_not_pass_are_left_out_before_ranking() -> None:
    index = Vectors.build(ROWS)
    assert index.nearest(EAST, 1, np.array([False, False, False, True])).tolist() == [3]
    assert index.nearest(EAST, 9, np.array([False, True, False, True])).tolist() == [1, 3]
    assert index.nearest(EAST, 9, np.zeros(4, dtype=bool)).tolist() == []


def test_a_filter_works_beyond_the_first_eight_rows() -> None:
    vectors = np.zeros((20, 20), dtype=np.float32)
    np.fill_diagonal(vectors, 1)
    passing = np.zeros(20, dtype=bool)
    passing[[3, 17]] = True
    assert Vectors.build(vectors).nearest(vectors[17], 2, passing).tolist() == [17, 3]


def test_an_empty_index_finds_nothing() -> None:
    index = Vectors.build(np.zeros((0, 2)))
    assert index.nearest(EAST, 3).tolist() == []
    assert index.scores(EAST, np.zeros(0, dtype=np.int64)).tolist() == []


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    Vectors.build(ROWS).save(path, "stamp")
    loaded = Vectors.load(path, "stamp")
    assert loaded is not None
    assert loaded.nearest(EAST, 4).tolist() == [0, 1, 2, 3]
    assert [found.name for found in tmp_path.iterdir()] == ["vectors.npz"]


def test_another_stamp_a_missing_and_a_damaged_file_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    assert Vectors.load(path, "stamp") is None
    Vectors.build(ROWS).save(path, "stamp")
    assert Vectors.load(path, "other") is None
    whole = bytearray(path.read_bytes())
    place = whole.index(b"IxFI")
    whole[place + 10] ^= 0xFF
    path.write_bytes(whole)
    assert Vectors.load(path, "stamp") is None
