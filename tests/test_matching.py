from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.matching import ABBREVIATION, PAIRS, SYNONYM, WEAK, coverage, covered
from assistant.language.question import Term


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("碳市场", "推进碳市场建设", 1.0),
        ("碳市场", "推进碳排放权交易市场建设", SYNONYM),
        ("水治理", "水环境治理", ABBREVIATION),
        # 土壤 and 壤污 of the three pairs 土壤, 壤污, 污染 stand in the text: the characters of the word are not in order
        ("土壤污染", "染指土壤污", PAIRS * 2 / 3),
        ("碳", "碳市场", 0.0),
        ("gold", "碳市场", 0.0),
        ("pm2.5", "加强细颗粒物控制", SYNONYM),
        ("核电", "煤电", 0.0),
        ("碳市场", "", 0.0),
        ("2", "类别:2;昼间:60", 1.0),
        ("2", "昼间:250;夜间:3.2", 0.0),  # no number inside another
        ("i", "ii时段", 0.0),
        ("gb", "gb13271", 1.0),
        ("13271", "gb13271", 1.0),
    ],
)
def test_a_word_is_covered_whole_by_its_synonyms_abbreviated_or_in_part(
    word: str, text: str, expected: float
) -> None:
    assert covered(word, text) == pytest.approx(expected)


def test_an_abbreviation_is_of_one_short_stretch() -> None:
    # three characters may spread over ⌊2.5 × 3⌋ + 1 = 8
    assert covered("水治理", "水一二三四五治理") == ABBREVIATION
    assert covered("水治理", "水一二三四五六治理") == pytest.approx(PAIRS / 2)  # 治理 of 水治, 治理


def test_coverage_is_the_share_of_what_the_words_weigh() -> None:
    weights = {"核安全": 1.0, "火星": 0.5, "任务": 1.0}
    terms = (Term("核安全"), Term("火星"), Term("任务", weak=True))
    # found 1 of 1 + 0.5 + 0.15 × 1
    assert coverage(terms, "确保核安全", weights.__getitem__) == pytest.approx(1 / (1.5 + WEAK))


def test_nothing_covers_nothing() -> None:
    assert coverage((), "核安全", lambda _: 1.0) == 0.0
    assert coverage((Term("核"),), "核安全", lambda _: 1.0) == 0.0


@given(st.text(), st.text())
def test_coverage_is_a_share(word: str, text: str) -> None:
    assert 0.0 <= covered(word, text) <= 1.0
    assert 0.0 <= coverage((Term(word),), text, lambda _: 0.7) <= 1.0
