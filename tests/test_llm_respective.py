"""Amounts of a row, each with what it is of; by hand."""

from __future__ import annotations

import pytest

from assistant.llm.amounts import amounts
from assistant.llm.respective import given, shares

ROW = "网络货运量、交易额分别增长3.5倍和2.5倍，新增企业9家。"
INCOME = "农村居民人均纯收入和城镇居民人均可支配收入，2000年分别达到2253元和6280元。"


def test_each_amount_of_a_row_is_given_to_its_own_thing() -> None:
    assert [(one.amount.value, one.mark, one.others) for one in shares(ROW, amounts(ROW))] == [
        (3.5, "运量", ("易额",)),
        (2.5, "易额", ("运量",)),
    ]


def test_a_row_whose_things_and_amounts_are_not_as_many_is_none() -> None:
    text = "甲企业、乙企业、丙企业分别增长3倍和2倍。"
    assert shares(text, amounts(text)) == ()
    assert shares("", ()) == ()


@pytest.mark.parametrize(
    ("clause", "quote", "expected"),
    [
        ("网络货运量增长3.5倍", ROW, True),
        ("网络货运交易额增长3.5倍", ROW, False),
        ("增长3.5倍", ROW, None),
        ("新增企业9家", ROW, None),
        ("农村居民人均纯收入达到6280元", INCOME, False),
        ("城镇居民人均可支配收入达到6280元", INCOME, True),
    ],
)
def test_an_amount_is_not_given_to_another_thing(clause: str, quote: str, expected: bool | None) -> None:
    counted = amounts(quote.replace("2000年", "＃" * 5))
    (amount,) = amounts(clause)
    assert given(amount, clause, shares(quote, counted)) is expected
