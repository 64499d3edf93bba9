"""Whether a sentence says no more, and nothing else, than the quote that it cites.

The same quote and sentence always get the same verdict: there is no model in it. Amounts, dates, names, numbers of
documents and articles, places, words of force (不得, 应当, 可以), negations and exceptions must be those of the
quote, and no other words may be new than paraphrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assistant.llm import limits, novelty, replaced, roles, swaps, turns, wording
from assistant.llm.amounts import Amount, amounts
from assistant.llm.binding import bound, dated, same_part, same_rate, same_time, same_way
from assistant.llm.moments import Moment, covered, moments
from assistant.llm.plain import clauses, plain, shortened
from assistant.llm.respective import given, shares
from index.names import name, number


class Problem(NamedTuple):
    """What is wrong with a sentence: a kind (amount, date, name, number, place, force, limit, turned, swap, role, new)."""

    kind: str
    what: str


_TITLE = re.compile(r"《([^《》]+)》")
_NUMBER = re.compile(r"[一-鿿]{1,12}〔(?:19|20)\d{2}〕第?\d+号")
_STANDARD = re.compile(r"[A-Z]{2,5}(?:/[A-Z])?\d+(?:\.\d+)*(?:[-—–](?:19|20)\d{2})?")
_ENUMERATOR = re.compile(
    r"(?:^|(?<=[。；;：:]))(?:[一二三四五六七八九十]{1,3}是(?=[一-鿿])|第[一二三四五六七八九十],)"
)

_FIRST = frozenset(("第个", "第次", "第批", "第位", "第家"))
"""Units of which the first may be said with 首: 第一次, 首次."""
_COUNTED = frozenset(("个", "家", "所", "座", "处", "件", "条", "栋", "间", "场", "支", "台"))
"""Units that 个 may stand for."""


class _Claims(NamedTuple):
    """What a plain text claims, apart: ``rest`` is the text with its amounts, dates and numbers blotted out."""

    text: str
    rest: str
    amounts: tuple[Amount, ...]
    moments: tuple[Moment, ...]
    titles: tuple[str, ...]
    numbers: tuple[str, ...]


def check(sentence: str, quote: str, context: str = "") -> tuple[Problem, ...]:
    """What a sentence says that the quote does not bear out; empty if it bears out all of it.

    ``context`` is what stands above the quote (title, headings, issuer): names and words may come from it, and a
    year where the quote has none, but no amount.
    """
    said, source, around = _claims(sentence), _claims(quote), _claims(context)
    if not said.text:
        return (Problem("new", "nothing"),)
    return tuple(
        Problem(kind, what)
        for kind, found in (
            ("amount", _amounts(said, source, around)),
            ("date", _moments(said, source, around)),
            ("name", _titles(said, source, around)),
            ("number", _numbers(said, source, around)),
            ("place", novelty.places(said.text, source.text, around.text)),
            ("force", wording.force(said.rest, source.rest)),
            ("limit", limits.limits(said.rest, source.rest)),
            ("turned", limits.turned(said.text, source.text)),
            ("limit", replaced.widened(shortened(said.text), shortened(source.text), around.text)),
            ("turned", swaps.contrary(said.text, source.text)),
            ("swap", swaps.swapped(shortened(said.text), shortened(source.text))),
            ("swap", swaps.crossed(shortened(said.text), shortened(source.text))),
            ("swap", turns.reversed_relations(shortened(said.text), shortened(source.text))),
            ("swap", replaced.replaced(shortened(said.text), shortened(source.text))),
            ("limit", replaced.tried_only(said.text, source.text)),
            ("swap", replaced.mixed(shortened(said.text), shortened(source.text))),
            ("swap", replaced.out_of_order(shortened(said.text), shortened(source.text))),
            ("role", roles.roles(shortened(said.text), shortened(source.text))),
            ("new", novelty.novelties(said.rest, source.text, around.text)),
        )
        for what in found
    )


@lru_cache(maxsize=4_000)
def _claims(text: str) -> _Claims:
    text = _ENUMERATOR.sub("", plain(text))
    numbers = tuple(match[0] for pattern in (_NUMBER, _STANDARD) for match in pattern.finditer(text))
    bare = text
    for written in numbers:
        bare = bare.replace(written, "＃" * len(written))
    found = moments(bare)
    rest = covered(bare, found)
    counted = amounts(rest)
    for amount in counted:
        if not amount.article:
            rest = rest[: amount.start] + "＃" * (amount.end - amount.start) + rest[amount.end :]
    return _Claims(text, rest, counted, found, tuple(_TITLE.findall(text)), numbers)


def _amounts(said: _Claims, source: _Claims, around: _Claims) -> Iterator[str]:
    row = shares(source.text, source.amounts)
    for amount in said.amounts:
        written = said.text[amount.start : amount.end]
        owner = given(amount, _clause(said.text, amount.start), row)
        rivals = [one for one in source.amounts if one.unit == amount.unit]
        alike = [
            one for one in source.amounts if _alike(amount, one) or (not rivals and _counted_alike(amount, one))
        ]
        ordinals = [one for one in around.amounts if amount.unit.startswith("第") and _alike(amount, one)]
        if not alike:
            if amount.value == 1 and amount.unit in _FIRST and "首" in source.text:
                continue
            if not ordinals and not (amount.article and (not rivals or said.text[: amount.start].endswith("年"))):
                yield written
        elif not any(one.side == amount.side for one in alike):
            yield f"side of {written}"
        elif owner is False or not (
            owner or any(bound(amount, said.rest, said.amounts, one, source.rest, source.amounts) for one in alike)
        ):
            yield f"{written} of another thing"
        elif not any(same_way(amount, said.rest, one, source.rest) for one in alike):
            yield f"{written} the other way"
        elif not any(same_part(amount, said.text, one, source.text, said.moments) for one in alike):
            yield f"{written}, with which it is compared"
        elif not any(same_rate(amount, said.rest, one, source.rest) for one in alike):
            yield f"{written} for another time"
        elif not any(
            same_time(amount, (said.rest, said.moments), one, (source.rest, source.moments), source.amounts)
            for one in alike
        ):
            yield f"{written} of another time"


def _clause(text: str, place: int) -> str:
    """The clause that stands at ``place``."""
    return next((one.text for one in clauses(text) if one.start <= place < one.end), "")


def _alike(one: Amount, other: Amount) -> bool:
    if one.value != other.value:
        return False
    units = {one.unit, other.unit}
    return len(units) == 1 or ("" in units and not any(unit.startswith("第") for unit in units))


def _counted_alike(one: Amount, other: Amount) -> bool:
    """Whether as many are counted with 个 and with the measure word of a thing: 4个医院, 4家医院."""
    units = {one.unit, other.unit}
    return one.value == other.value and "个" in units and units <= _COUNTED


def _moments(said: _Claims, source: _Claims, around: _Claims) -> Iterator[str]:
    years = {one.year for one in source.moments if one.year}
    for moment in said.moments:
        written = said.text[moment.start : moment.end]
        alike = [one for one in source.moments if moment.within(one)]
        if not alike and moment.month:
            without = [one for one in source.moments if not one.year and _month(moment, one)]
            known = years or {one.year for one in around.moments}
            alike = without if moment.year in known else []
        if not alike:
            fits = [one for one in around.moments if moment.within(one)]
            if not fits or (moment.year and years) or (moment.plan and any(one.plan for one in source.moments)):
                yield written
        elif not any(_same_side(moment, one) for one in alike):
            yield f"side of {written}"
        elif not any(dated(moment, said.rest, said.moments, one, source.rest, source.moments) for one in alike):
            yield f"{written} of another thing"


def _month(one: Moment, other: Moment) -> bool:
    return one.month == other.month and (not one.day or one.day == other.day)


def _same_side(one: Moment, other: Moment) -> bool:
    if one.side == other.side:
        return True
    return (one.until or other.until) and {one.side, other.side} == {0, -1}


def _titles(said: _Claims, source: _Claims, around: _Claims) -> Iterator[str]:
    known = name(shortened(source.text)) + "\n" + name(shortened(around.text))
    for title in said.titles:
        if name(shortened(title)) not in known:
            yield title


def _numbers(said: _Claims, source: _Claims, around: _Claims) -> Iterator[str]:
    known = number(source.text) + "\n" + number(around.text)
    for written in said.numbers:
        if not any(number(written[place:]) in known for place in range(max(1, written.find("〔")))):
            yield written
