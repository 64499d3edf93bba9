"""Days as policy texts write them: 2021年1月21日, 2021-01-21, 二〇二一年一月二十一日."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from index.numerals import value

DAY = (
    r"(?:(?:19|20)\d{2}\s?(?:年\s?\d{1,2}\s?月\s?\d{1,2}\s?日?|[-–—./]\s?\d{1,2}\s?[-–—./]\s?\d{1,2}(?!\d))"
    r"|[一二][九〇○Ｏ零][〇○Ｏ零一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
"""A regular expression for one day, without groups."""

_DAY = re.compile(DAY)


class Day(NamedTuple):
    """A day and the range of the text in which it is written."""

    start: int
    end: int
    date: date


def days(text: str, start: int = 0, end: int | None = None) -> Iterator[Day]:
    """Every day that is written in ``text[start:end]``, in order; what is no day of the calendar is left out."""
    for match in _DAY.finditer(text, start, len(text) if end is None else end):
        found = _date(match.group())
        if found is not None:
            yield Day(match.start(), match.end(), found)


def day(text: str) -> date | None:
    """The first day that is written in ``text``, or ``None``."""
    return next((found.date for found in days(text)), None)


def last_day(first: date, years: int, months: int = 0) -> date:
    """The last day of a period of ``years`` and ``months`` that begins on ``first``.

    2021-03-01 and 5 years give 2026-02-28; where the month is too short its last day counts.
    """
    total = first.year * 12 + first.month - 1 + years * 12 + months
    year, month = divmod(total, 12)
    for past in range(4):
        try:
            return date(year, month + 1, first.day - past) - timedelta(days=0 if past else 1)
        except ValueError:
            continue
    raise ValueError(f"{first} has no month {months} months later")


def _date(written: str) -> date | None:
    parts = re.findall(r"\d+", written) or re.findall("[^年月日]+", written)
    year, month, day_ = (value(part) or 0 for part in parts)
    try:
        return date(year, month, day_)
    except ValueError:
        return None
