"""Provinces and cities (省级和地级行政区): what they are called, and which a text names.

The table is data, in the folder ``lexicon`` beside this module; reading it is this module's only edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple


class Place(NamedTuple):
    """A province or a city: its short and its full name, and the short name of its province (its own if one)."""

    short: str
    full: str
    province: str

    @property
    def is_province(self) -> bool:
        """Whether it is of the rank of a province (省, 自治区, 直辖市, 特别行政区)."""
        return self.short == self.province


@cache
def places() -> Mapping[str, Place]:
    """Every province and city by its short and by its full name."""
    text = (files("index") / "lexicon" / "places.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    found = [Place(*row) for row in rows]
    named = {place.short: place for place in found} | {place.full: place for place in found}
    return MappingProxyType(named)


def named(text: str) -> tuple[Place, ...]:
    """The places that ``text`` names, each once, in order; of 湖北省武汉市 the city alone."""
    found = dict.fromkeys(places()[match.group(1)] for match in _names().finditer(text))
    inner = {place.province for place in found if not place.is_province}
    return tuple(place for place in found if not (place.is_province and place.short in inner))


def within(region: str, wanted: str) -> bool:
    """Whether ``region`` is, or lies in, what ``wanted`` names: 武汉市 is within 湖北, but 湖北 not within 武汉.

    Both may be short or full names, and ``region`` several; a name that is no known place must be a part of
    the region's.
    """
    if wanted in region:
        return True
    place = places().get(wanted)
    if place is None:
        return False
    return any(place == other or (place.is_province and other.province == place.short) for other in named(region))


@cache
def _names() -> re.Pattern[str]:
    # the longest name first; 上海合作组织, 北京时间, 中山大学 and the like speak of no place
    longest = sorted(places(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest))})(?!合作组织|时间|大学|奥运|冬奥|路|街)")
