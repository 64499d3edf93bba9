"""Words in the place of others, and words turned round in one character; each by hand."""

from __future__ import annotations

import pytest

from assistant.llm.swaps import contrary, crossed, swapped

TAX = "对增值税、企业所得税实缴的小微企业，按复工后2个月所缴纳的增值税地方留成部分给予补助。"
LOANS = "放开小额支付系统业务限额，确保各项大额资金的汇划及时处理。"
SHORES = "在保护区内从事网箱养殖、旅游、垂钓等活动的，责令停止。"


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("按复工后2个月所缴纳的企业所得税地方留成部分给予补助。", TAX, ["企业所得税 for 增值税"]),
        ("按复工后2个月所缴纳的增值税地方留成部分给予补助。", TAX, []),
        ("放开大额支付系统业务限额。", LOANS, ["大额 for 小额"]),
        ("放开小额支付系统业务限额。", LOANS, []),
        ("在保护区内从事垂钓、旅游等活动的。", SHORES, []),  # members of a list may change places
        ("资金拨付后由中央财政统一分配。", "中央财政资金拨付后由地方财政统一分配。", ["中央财政 for 地方财政"]),
        ("待第2名安排后，再进行第1名的录取。", "待第1名安排后，再进行第2名的录取。", ["第2 for 第1"]),
        ("由职工承担的费用。", "由员工承担的费用，职工不必理会。", []),  # the same in other words
        ("", TAX, []),
    ],
)
def test_what_stands_in_the_place_of_another_is_found(sentence: str, quote: str, expected: list[str]) -> None:
    found = list(swapped(sentence, quote))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("按调整前的安排执行。", "按调整后的安排执行。", True),
        ("发现新传出的病虫害。", "发现新传入的病虫害。", True),
        ("按调整后的安排执行。", "按调整后的安排执行。", False),
        ("调整前后的安排。", "调整前的安排和调整后的安排。", False),
        ("", "按调整后的安排执行。", False),
    ],
)
def test_a_word_turned_round_in_one_character_is_found(sentence: str, quote: str, expected: bool) -> None:
    assert bool(list(contrary(sentence, quote))) == expected


RULES = "情节严重的，十年内禁止从业；构成犯罪的，终身禁止从业。未办理的，责令改正。"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("情节严重的，十年内禁止从业。", False),
        ("情节严重的，终身禁止从业。", True),
        ("构成犯罪的，责令改正。", True),
        ("构成犯罪的，禁止从业。", False),
        ("终身禁止从业。", False),
        ("", False),
    ],
)
def test_an_outcome_of_another_condition_is_found(sentence: str, found: bool) -> None:
    assert bool(list(crossed(sentence, RULES))) == found
