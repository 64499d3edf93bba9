"""What the cover of a standard says: its number (GB 13271-2014), title, issuers, and when it is in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from index.days import DAY, day
from index.issuers import organs
from index.types import Facts

NUMBER = (
    r"(?:GB|HJ|DB\s?\d{2}|SL|CJJ?|NY|JGJ|HY|LY|SY|QX)\s?(?:/\s?[TZ]?)?\s?\d{2,6}(?:\.\d+)?\s?[-—–－]\s?"
    r"(?:(?:19|20)\d{2}|[5-9]\d(?!\d))"
)
"""A regular expression for a standard's number with its year (of two digits before 1995 or so), without groups."""

COVER = 30  # lines at the start among which the cover's stand

_NUMBER = re.compile(rf"(?<![A-Za-z]){NUMBER}(?!\d)")
_MARK = re.compile(r"(?:国家|地方|行业)(?:职业卫生|环境保护)?标准$")
_TITLE = re.compile(r"[\u4e00-\u9fff][^。，；：]{3,40}(?:标准|限值|规范|规程|方法|技术要求|导则|指南)")
_FOREWORD = re.compile(r"(?:前\s*言|目\s*[次录]|\d\s+(?:适用)?范围)$")
_PUBLISHED = re.compile(rf"({DAY})\s*(?:发布|批准)")
_EFFECTIVE = re.compile(rf"({DAY})\s*(?:实施|施行)")


def cover(lines: Sequence[str]) -> Facts:
    """The facts on a standard's cover, in the first of its ``lines``; empty for what is no standard."""
    page = list(takewhile(lambda line: not _FOREWORD.match(line), lines[:COVER]))
    if not any(_MARK.search(line) for line in page):
        return Facts()
    numbered = next((found for line in page if (found := _NUMBER.match(line))), None)
    if numbered is None:
        return Facts()
    title = next((line for line in page if _TITLE.fullmatch(line) and not _MARK.search(line)), "")
    text = "\n".join(page)
    published, effective = _PUBLISHED.search(text), _EFFECTIVE.search(text)
    issued = [organ for line in page for organ in organs(line.removesuffix("发布"))]
    when = day(published.group(1)) if published else None
    return Facts(
        title=title,
        issuer="、".join(dict.fromkeys(issued)),
        number=" ".join(numbered.group().split()),
        date=when,
        kind="标准",
        published=when,
        effective=day(effective.group(1)) if effective else None,
    )
