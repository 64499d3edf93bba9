"""BM25 over characters and pairs of characters."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import write_arrays
from index.lexical import K1, B, Lexical, normalise, tokens


def test_chinese_gives_characters_and_adjacent_pairs() -> None:
    assert tokens("碳达峰") == ["碳", "达", "峰", "碳达", "达峰"]


def test_a_pair_never_crosses_punctuation_or_a_number() -> None:
    assert tokens("水，土") == ["水", "土"]
    assert tokens("第3条") == ["第", "3", "条"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("98.2%", ["98.2"]),
        ("９８．２％", ["98.2"]),
        ("1,234.5", ["1234.5"]),
        ("2021", ["2021"]),
        ("PM2.5", ["pm2.5", "pm", "2.5"]),
        ("COP15", ["cop15", "cop", "15"]),
        ("GB8978", ["gb8978", "gb", "8978"]),
        ("GB 8978", ["gb", "8978"]),
        ("end. 2", ["end", "2"]),
        ("a_b", ["a", "b"]),
        ("，。！ \x00", []),
        ("\ud800", []),
    ],
)
def test_words_and_numbers_stay_whole(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_traditional_and_full_width_match_simplified() -> None:
    assert tokens("碳達峰ＣＯＰ") == tokens("碳达峰cop")


def test_bm25_scores_are_those_of_the_formula() -> None:
    # Three rows of 1, 3 and 3 tokens (水 | 水 土 水土 | 气 体 气体): average length 7/3.
    # 水 stands in 2 of 3 rows: idf = ln(1 + (3 - 2 + .5) / (2 + .5)) = ln 1.6.
    # Weight of tf = 1 in a row of length n: idf / (1 + k1 · (1 - b + b · n / (7/3))).
    index = Lexical.build(["水", "水土", "气体"])
    idf = math.log(1.6)
    expected = [idf / (1 + K1 * (1 - B + B * n / (7 / 3))) for n in (1, 3)]
    assert index.scores("水") == pytest.approx([*expected, 0.0], rel=1e-5)
    assert index.idf("水") == pytest.approx(idf)


def test_a_token_repeated_in_the_query_counts_once() -> None:
    index = Lexical.build(["水土", "气体"])
    assert index.scores("水水水，水") == pytest.approx(index.scores("水"))


def test_idf_of_a_token_in_no_row_is_the_greatest() -> None:
    # ln(1 + (2 - 0 + .5) / (0 + .5)) = ln 6
    index = Lexical.build(["水土", "气体"])
    assert index.idf("金") == pytest.approx(math.log(6))
    assert "水土" in index
    assert "金" not in index
    assert (index.frequency("水"), index.frequency("金")) == (1, 0)


@pytest.mark.parametrize("texts", [[], [""], ["", "，"]])
def test_an_index_of_nothing_scores_nothing(texts: list[str]) -> None:
    assert Lexical.build(texts).scores("水").tolist() == [0.0] * len(texts)


ROWS = st.lists(st.sampled_from(["水土", "气体", "水", "", "GB 8978", "水土水土", "\ud800水", "?水"]), max_size=6)


@given(ROWS, ROWS)
def test_built_from_another_it_is_the_same_as_built_anew(earlier: list[str], texts: list[str]) -> None:
    before = Lexical.build(earlier)
    known = [before.scores(token).tolist() for token in ("水", "土", "gb")]
    changed, fresh = Lexical.build(texts, before), Lexical.build(texts)
    assert len(changed) == len(texts)
    for token in ("水", "土", "水土", "气体", "gb", "8978"):
        assert np.array_equal(changed.scores(token), fresh.scores(token))
        assert (changed.frequency(token), token in changed) == (fresh.frequency(token), token in fresh)
    assert [before.scores(token).tolist() for token in ("水", "土", "gb")] == known


def test_from_a_change_only_what_is_new_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Lexical.build(["水土", "气体", "水土"])
    counted: list[str] = []

    def counting(text: str) -> list[str]:
        counted.append(text)
        return tokens(text)

    monkeypatch.setattr("index.lexical.tokens", counting)
    # Of three times 水土 two were there before.
    Lexical.build(["气体", "水土", "水土", "水土", "噪声"], before)
    assert counted == ["水土", "噪声"]


@pytest.mark.parametrize("texts", [[], ["", "，"], ["碳达峰", "", "PM2.5 98.2%", "ﷺ"]])
def test_saved_and_loaded_it_is_the_same(texts: list[str], tmp_path: Path) -> None:
    built = Lexical.build(texts)
    built.save(tmp_path / "lexical.npz", "stamp")
    loaded = Lexical.load(tmp_path / "lexical.npz", "stamp")
    assert loaded is not None
    assert len(loaded) == len(texts)
    for query in ("碳", "pm2.5 达峰", "金"):
        assert np.array_equal(loaded.scores(query), built.scores(query))
        assert loaded.idf(query) == built.idf(query)
    assert [path.name for path in tmp_path.iterdir()] == ["lexical.npz"]


def test_another_stamp_a_missing_and_a_damaged_file_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "lexical.npz"
    assert Lexical.load(path, "stamp") is None
    Lexical.build(["碳达峰"] * 50).save(path, "stamp")
    assert Lexical.load(path, "other") is None
    whatever = Lexical.load(path, None)
    assert whatever is not None
    assert len(whatever) == 50
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert Lexical.load(path, "stamp") is None
    place = whole.index("碳\n达\n峰".encode())
    path.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
    assert Lexical.load(path, "stamp") is None
    path.write_bytes(b"")
    assert Lexical.load(path, "stamp") is None
    write_arrays(path, "stamp", {"data": np.zeros(1)})  # another version's
    assert Lexical.load(path, "stamp") is None


@given(st.text())
def test_any_text_can_be_indexed_and_searched(text: str) -> None:
    index = Lexical.build([text, "碳达峰"])
    assert (index.scores(text)[0] > 0) == bool(tokens(text))


@pytest.mark.parametrize(
    "query", ["ﷺ" * 10_000, "碳" * 100_000, "\ud800\x00" * 1000, "a" * 100_000, "9." * 50_000]
)
def test_hostile_queries_are_only_slow_in_proportion(query: str) -> None:
    assert len(Lexical.build(["碳达峰"]).scores(query)) == 1


def test_normalising_twice_changes_nothing() -> None:
    for text in ("１,２３４．５億元", "國發〔2021〕23號", "ﬁn", "㈠"):
        assert normalise(normalise(text)) == normalise(text)
