"""The checks of a sentence against the quote that it cites: each kind by hand, and how many errors are caught."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planting import Pair, by_hand, by_rule

from assistant.llm.amounts import amounts, value
from assistant.llm.checking import check
from assistant.llm.moments import moments
from assistant.llm.plain import clauses, plain

SHARED = Path(__file__).parents[2] / "shared"
HALVES = ["tuned on", "reported"]


def kinds(sentence: str, quote: str, context: str = "") -> set[str]:
    return {problem.kind for problem in check(sentence, quote, context)}


@pytest.mark.parametrize(
    ("numeral", "expected"),
    [
        ("12.5", Fraction(25, 2)),
        ("一百二十三", Fraction(123)),
        ("二〇二一", Fraction(2021)),
        ("两千三百万", Fraction(23_000_000)),
        ("三点五", Fraction(7, 2)),
        ("六百一十二点八亿", Fraction(61_280_000_000)),
        ("十", Fraction(10)),
        ("二十亿零三", Fraction(2_000_000_003)),
        ("万", None),
        ("三五十", None),
    ],
)
def test_a_numeral_has_its_value(numeral: str, expected: Fraction | None) -> None:
    assert value(numeral) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("补贴2亿元", [(200_000_000, "元", 0)]),
        ("补贴20000万元", [(200_000_000, "元", 0)]),
        ("补贴二亿元", [(200_000_000, "元", 0)]),
        ("百分之二十以上", [(20, "%", 1)]),
        ("不低于20%", [(20, "%", 1)]),
        ("不得超过三十日", [(30, "日", -1)]),
        ("30天内", [(30, "日", -1)]),
        ("15个工作日内", [(15, "工作日", -1)]),
        ("三分之一", [(Fraction(1, 3), "分之", 0)]),
        ("八成以上", [(80, "%", 1)]),
        ("10-20万吨", [(100_000, "吨", 1), (200_000, "吨", -1)]),
        ("由10至20万吨", [(100_000, "吨", 0), (200_000, "吨", 0)]),
        ("依照第二十条", [(20, "第条", 0)]),
        ("下降1.8个百分点", [(Fraction(9, 5), "个百分点", 0)]),
        ("千方百计统一一律进一步", []),
    ],
)
def test_an_amount_has_its_value_its_unit_and_its_side(
    text: str, expected: list[tuple[Fraction | int, str, int]]
) -> None:
    assert [(one.value, one.unit, one.side) for one in amounts(plain(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年1月21日", [(2021, 1, 21, "", 0)]),
        ("二〇二一年一月二十一日起", [(2021, 1, 21, "", 1)]),
        ("2021-01-21", [(2021, 1, 21, "", 0)]),
        ("2030年前碳排放达峰", [(2030, 0, 0, "", -1)]),
        ("6月底前", [(0, 6, 0, "", -1)]),
        ("2024年至2026年", [(2024, 0, 0, "", 0), (2026, 0, 0, "", 0)]),
        ("“十四五”时期", [(0, 0, 0, "十四五", 0)]),
        ("6个月", []),
        ("满3年", []),
    ],
)
def test_a_date_has_its_parts_and_its_side(text: str, expected: list[tuple[int, int, int, str, int]]) -> None:
    assert [(one.year, one.month, one.day, one.plan, one.side) for one in moments(plain(text))] == expected


def test_clauses_end_at_commas_colons_and_stops() -> None:
    assert [(one.text, one.start) for one in clauses("甲，乙；丙。")] == [("甲", 0), ("乙", 2), ("丙", 4)]
    assert clauses("") == ()


QUOTE = "市教育局应当在2024年6月底前安排专项资金20万元，不得用于其他用途，抢险救灾除外。"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("市教育局应当安排专项资金30万元。", "amount"),
        ("市教育局应当安排专项资金20亿元。", "amount"),
        ("市教育局应当在2025年6月底前安排专项资金。", "date"),
        ("市教育局应当在2024年6月底后安排专项资金。", "date"),
        ("市教育局可以安排专项资金20万元。", "force"),
        ("专项资金可以用于其他用途，抢险救灾除外。", "force"),
        ("专项资金不得用于其他用途。", "limit"),
        ("市水利局应当安排专项资金20万元。", "new"),
        ("武汉市教育局应当安排专项资金20万元。", "place"),
        ("《预算法》要求市教育局应当安排专项资金。", "name"),
        ("按照教财〔2024〕5号，市教育局应当安排专项资金。", "number"),
        ("根据第五条，市教育局应当安排专项资金。", "amount"),
        ("", "new"),
    ],
)
def test_each_kind_of_error_is_found(sentence: str, kind: str) -> None:
    assert kind in kinds(sentence, QUOTE)


def test_a_quote_bears_itself_out() -> None:
    assert check(QUOTE, QUOTE) == ()
    for pair in by_hand():
        assert check(pair.quote, pair.quote) == (), pair.quote


def test_names_and_years_may_come_from_above_the_quote_but_no_amounts() -> None:
    quote, context = "一是编制行动方案，二是安排资金20万元。", "2021年全省生态环境工作会议 › 第三条 重点任务"
    assert check("2021年，全省要编制行动方案。", quote, context) == ()
    assert kinds("2022年，要编制行动方案。", quote, context) == {"date"}
    assert "amount" in kinds("安排资金30万元。", quote, context + "30万元")
    dated = "2020年编制行动方案。"
    assert kinds("2021年编制行动方案。", dated, context) == {"date"}


def test_an_abbreviation_and_a_full_name_are_one() -> None:
    assert check("国家发改委牵头制定方案。", "国家发展和改革委员会牵头制定方案。") == ()
    assert check("国家发展和改革委员会牵头制定方案。", "国家发展改革委牵头制定方案。") == ()
    assert kinds("国家能源局牵头制定方案。", "国家发展改革委牵头制定方案。") == {"new"}


def missed_and_false(pairs: Sequence[Pair]) -> tuple[float, float, list[str]]:
    """The share of errors that are not found, that of paraphrases that are taken for errors, and all of them."""
    wrong = [pair for pair in pairs if (not check(pair.sentence, pair.quote)) != pair.supported]
    planted = sum(not pair.supported for pair in pairs)
    missed = sum(not pair.supported for pair in wrong)
    told = [f"{pair.kind}: {pair.sentence} ← {pair.quote}" for pair in wrong]
    return missed / planted, (len(wrong) - missed) / (len(pairs) - planted), told


def test_there_are_enough_pairs_by_hand() -> None:
    pairs = by_hand()
    assert len(pairs) >= 400
    assert len({(pair.quote, pair.sentence) for pair in pairs}) == len(pairs)
    assert sum(pair.supported for pair in pairs) >= 150


@pytest.mark.parametrize(
    ("name", "errors", "rewordings"),
    [
        ("pairs", 0.05, 0.05),
        ("reported", 0.05, 0.1),
        ("third", 0.05, 0.1),
        ("fourth", 0.05, 0.1),
        ("fifth", 0.05, 0.1),
        ("sixth", 0.1, 0.15),
        ("seventh", 0.1, 0.4),
        ("eighth", 0.1, 0.2),
        ("ninth", 0.1, 0.3),
        ("tenth", 0.1, 0.4),
        ("eleventh", 0.1, 0.5),
        ("twelfth", 0.1, 0.5),
        ("thirteenth", 0.05, 0.1),
        ("fourteenth", 0.06, 0.15),
        ("fifteenth", 0.05, 0.05),
    ],
)
def test_errors_planted_by_hand_are_caught_and_paraphrases_pass(
    name: str, errors: float, rewordings: float
) -> None:
    """Most of them tuned on by now; what was wrong when each was first seen stands at the head of its file."""
    missed, false, told = missed_and_false(by_hand(name))
    assert missed <= errors, "\n".join(told)
    assert false <= rewordings, "\n".join(told)


def shared_quotes(count: int) -> list[str]:
    """Sentences of public documents, drawn by a fixed seed: laws, reports, notices."""
    texts = [
        path.read_text(encoding="utf-8")
        for folder in ("laws_md", "state_council_reports")
        for path in sorted((SHARED / "corpus" / folder).iterdir())
    ]
    lines = (SHARED / "benchmarks" / "ncp" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    texts += [json.loads(line)["text"] for line in lines]
    found = {quote.strip() for text in texts for quote in re.findall(r"(?:^|(?<=[。\n]))[^。\n]{25,140}。", text)}
    return random.Random(1).sample(sorted(found), count)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public documents in ../shared are not there")
@pytest.mark.parametrize("reported", [False, True], ids=HALVES)
def test_errors_planted_in_public_documents_are_caught_and_paraphrases_pass(reported: bool) -> None:
    pairs = [pair for pair in by_rule(shared_quotes(1_000)) if pair.reported == reported]
    assert len(pairs) >= 400
    missed, false, told = missed_and_false(pairs)
    assert missed <= 0.02, "\n".join(told)
    assert false <= 0.02, "\n".join(told)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_gets_a_verdict(sentence: str, quote: str) -> None:
    check(sentence, quote)
