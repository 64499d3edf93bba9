"""Titles and numbers as they are compared: 国发[2021]23号 with 国发〔2021〕23号, 《水法》 with 中华人民共和国水法."""

from __future__ import annotations

import re
from functools import lru_cache

from index.lexical import normalise

_OPENING = str.maketrans("[(【", "〔〔〔")
_CLOSING = str.maketrans("])】", "〕〕〕")
_DASH = re.compile("[—–－―]")
_STANDARD = re.compile("([a-z]{2,4}[a-z0-9/.]*[0-9])-(?:[0-9]{2}|[0-9]{4})")
_VERSION = re.compile("〔[^〔〕]*〕|《|》|\\s")


def brackets(text: str) -> str:
    """``text`` as it is matched, with brackets of every kind made alike: 国发[2021]23号 → 国发〔2021〕23号."""
    return normalise(text).translate(_OPENING).translate(_CLOSING)


@lru_cache(maxsize=20_000)
def number(text: str) -> str:
    """A 发文字号, or a standard's number, as it is compared: brackets and dashes made alike, no blanks."""
    return _DASH.sub("-", re.sub(r"\s", "", brackets(text)))


@lru_cache(maxsize=20_000)
def edition(text: str) -> str:
    """A standard's number as it is compared, without the year of its edition (GB 8978-1996 → gb8978); else empty."""
    found = _STANDARD.fullmatch(number(text))
    return found[1] if found else ""


@lru_cache(maxsize=20_000)
def name(title: str) -> str:
    """A title as it is compared: without 《》, 中华人民共和国, blanks, or a version in brackets."""
    return _VERSION.sub("", brackets(title)).removeprefix("中华人民共和国")
