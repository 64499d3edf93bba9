"""What an amount or a date is of: each by hand, the rival in the quote's other half."""

from __future__ import annotations

import pytest

from assistant.llm.amounts import Amount, amounts
from assistant.llm.binding import bound, dated, same_rate, same_time, same_way
from assistant.llm.moments import covered, moments
from assistant.llm.plain import plain


def blotted(text: str) -> tuple[str, tuple[Amount, ...]]:
    """A plain text with its amounts blotted out, and the amounts."""
    counted = amounts(plain(text))
    rest = plain(text)
    for one in counted:
        rest = rest[: one.start] + "＃" * (one.end - one.start) + rest[one.end :]
    return rest, counted


def is_bound(sentence: str, quote: str) -> bool:
    """Whether the first amount of the sentence is of what some equal amount of the quote is of."""
    (said, mine), (source, theirs) = blotted(sentence), blotted(quote)
    equal = [one for one in theirs if (one.value, one.unit) == (mine[0].value, mine[0].unit)]
    return any(bound(mine[0], said, mine, one, source, theirs) for one in equal)


REGIONS = "南区每户补贴400元，北区每户补贴300元。"
ROW = "甲县、乙县产量分别为20万吨、30万吨。"
CHANGE = "补贴标准由每人720元提高到780元。"
TERMS = "接到异议之日起20个工作日内完成调查核实，有特殊情况的，可以延长10个工作日。"


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("南区补贴400元。", REGIONS, True),
        ("北区补贴400元。", REGIONS, False),
        ("乙县产量为30万吨。", ROW, True),
        ("甲县产量为30万吨。", ROW, False),
        ("补贴标准提高到780元。", CHANGE, True),
        ("补贴标准由780元提高。", CHANGE, False),
        ("调查核实可再延长10个工作日。", TERMS, True),
        ("10个工作日内完成调查核实。", TERMS, False),
        ("补贴400元。", "每户补贴400元。", True),  # no rival
        ("第二十条规定如下。", "第二十条、第三十条规定如下。", True),  # ordinals have no rivals
    ],
)
def test_an_amount_is_of_what_it_is_of_in_the_quote(sentence: str, quote: str, expected: bool) -> None:
    assert is_bound(sentence, quote) == expected


PENALTIES = "未办理备案，拒不改正的，处5万元罚款。未悬挂执照，拒不改正的，处3万元罚款。"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("未办理备案，拒不改正的，处5万元罚款。", True), ("未办理备案，拒不改正的，处3万元罚款。", False)],
)
def test_an_amount_belongs_to_its_whole_sentence(sentence: str, expected: bool) -> None:
    assert is_bound(sentence, PENALTIES) == expected


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("2021年建成甲站。", "2021年，全市建成甲站；2022年，全市建成乙桥梁。", True),
        ("2021年全市建成乙桥梁。", "2021年，全市建成甲站；2022年，全市建成乙桥梁。", False),
        ("1955年收入占预算的48%。", "1956年收入占预算的48%，比1955年增长26%。", False),
        ("比1955年增长26%。", "1956年收入占预算的48%，比1955年增长26%。", True),
    ],
)
def test_a_date_is_of_what_the_quote_tells_of_it(sentence: str, quote: str, expected: bool) -> None:
    said, source = plain(sentence), plain(quote)
    mine, theirs = moments(said), moments(source)
    equal = [one for one in theirs if mine[0].within(one)]
    said, source = covered(said, mine), covered(source, theirs)
    assert any(dated(mine[0], said, mine, one, source, theirs) for one in equal) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("1956年增加161万吨。", True), ("1956年增加150万吨。", False), ("增加150万吨。", True)],
)
def test_an_amount_is_told_of_its_own_time(sentence: str, expected: bool) -> None:
    said, source = plain(sentence), plain("前期共增加150万吨，而1956年增加161万吨。")
    mine, theirs = moments(said), moments(source)
    said, source = covered(said, mine), covered(source, theirs)
    (amount,), others = amounts(said), amounts(source)
    other = next(one for one in others if one.value == amount.value)
    assert same_time(amount, (said, mine), other, (source, theirs), others) == expected


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("每月补贴1000元。", "按每月1000元给予补贴。", True),
        ("每年补贴1000元。", "按每月1000元给予补贴。", False),
        ("补贴1000元。", "按每月1000元给予补贴。", True),
        ("补贴1000元/月。", "每人每月补贴1000元。", True),
    ],
)
def test_an_amount_for_a_month_is_none_for_a_year(sentence: str, quote: str, expected: bool) -> None:
    said, source = plain(sentence), plain(quote)
    assert same_rate(amounts(said)[0], said, amounts(source)[0], source) == expected


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("期满前3个月申请。", "期满前3个月提出申请。", True),
        ("期满后3个月申请。", "期满前3个月提出申请。", False),
        ("3个月内申请。", "期满前3个月提出申请。", True),
    ],
)
def test_a_term_before_is_none_after(sentence: str, quote: str, expected: bool) -> None:
    said, source = plain(sentence), plain(quote)
    assert same_way(amounts(said)[0], said, amounts(source)[0], source) == expected
