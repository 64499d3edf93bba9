"""Whole numbers, read and written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.numerals import digits, numeral, value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12", 12),
        ("０7", 7),
        ("⑫", 12),
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百〇五", 105),
        ("一百一十", 110),
        ("一百十", 110),
        ("三千", 3000),
        ("一万二千三百四十五", 12345),
        ("十五万", 150_000),
        ("三亿五千万", 350_000_000),
        ("二十亿零三", 2_000_000_003),
        ("两万亿", 2_000_000_000_000),
        ("六万万五千万", 650_000_000),  # 6 × 10⁴ × 10⁴ + 5000 × 10⁴, as reports of the 1950s write 六亿五千万
        ("二〇二一", 2021),
        ("二○二一", 2021),  # with the circle of other keyboards
        ("二Ｏ二一", 2021),  # with a full-width letter
        ("二0二一", 2021),
        ("", None),
        ("甲", None),
        ("-1", None),
        ("1.5", None),
        ("3十", None),
        ("十四五", None),  # a five-year plan, not a number
        ("三五十", None),
        ("十十", None),
        ("百", None),  # as in 百姓
        ("千万", None),  # as in 千万不要
        ("万亿", None),
        ("亿", None),
    ],
)
def test_a_numeral_has_its_value_and_what_is_none_has_none(written: str, expected: int | None) -> None:
    assert value(written) == expected


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (1260, "一千二百六十"),
        (9999, "九千九百九十九"),
    ],
)
def test_numerals_are_written_as_in_laws(number: int, written: str) -> None:
    assert numeral(number) == written


@given(st.integers(1, 9999))
def test_what_is_written_is_read_as_the_same_number(number: int) -> None:
    assert value(numeral(number)) == number


@pytest.mark.parametrize(
    ("written", "expected"), [("二〇二一", "2021"), ("零五", "05"), ("两", "2"), ("十二", "十2"), ("", "")]
)
def test_digits_are_read_one_by_one_and_all_else_stays(written: str, expected: str) -> None:
    assert digits(written) == expected


@given(st.text(max_size=50) | st.text("〇一二两九十百千万亿零", max_size=50))
@example("²")
def test_any_text_has_a_number_that_is_not_below_zero_or_none(text: str) -> None:
    number = value(text)
    assert number is None or number >= 0
