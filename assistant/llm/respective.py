"""What each amount is of where a text says several at once: 运量、交易额分别增长3.5倍和2.5倍."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.llm.amounts import Amount
from assistant.llm.plain import bigrams, clauses

_NAMES = re.compile(r"、|和|及|与|以及")
_RESPECTIVELY = "分别"


class Share(NamedTuple):
    """An amount of a row, the pair of characters by which what it is of is known, and those of the others."""

    amount: Amount
    mark: str
    others: tuple[str, ...]


def shares(text: str, amounts: Sequence[Amount]) -> tuple[Share, ...]:
    """The amounts of a plain text that its 分别 gives to as many things, each with its own."""
    found: list[Share] = []
    parts = clauses(text)
    for place, clause in enumerate(parts):
        before, word, _ = clause.text.partition(_RESPECTIVELY)
        if not word:
            continue
        behind = clause.start + len(before) + len(word)
        row = [one for one in amounts if behind <= one.start < clause.end]
        if place and not _NAMES.search(before):
            before = parts[place - 1].text
        names = [name for name in _NAMES.split(before) if name]
        marks = [_mark(at, names) for at in range(len(names))]
        if len(names) == len(row) > 1 and all(marks):
            found += [
                Share(amount, mark, tuple(other for other in marks if other != mark))
                for amount, mark in zip(row, marks, strict=True)
            ]
    return tuple(found)


def given(amount: Amount, clause: str, row: Sequence[Share]) -> bool | None:
    """Whether a clause gives an amount to what a row gives it to; ``None`` if it is not of the row, or does not tell."""
    alike = [one for one in row if (one.amount.value, one.amount.unit) == (amount.value, amount.unit)]
    if any(one.mark in clause for one in alike):
        return True
    if any(other in clause for one in alike for other in one.others):
        return False
    return None


def _mark(place: int, names: Sequence[str]) -> str:
    """The last pair of characters of a name that none of the others has; an empty string if there is none."""
    name = names[place]
    rest = frozenset[str]().union(*(bigrams(other) for at, other in enumerate(names) if at != place))
    pairs = (name[at : at + 2] for at in range(len(name) - 2, -1, -1))
    return next((pair for pair in pairs if pair in bigrams(name) and pair not in rest), "")
