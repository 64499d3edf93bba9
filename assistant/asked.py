"""What the chain takes: a question, the turns before it, and which documents may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.types import Turn
from index.types import Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """What the chain takes: a question, the turns before it, and which documents may answer."""

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters | None = None


def asked(given: Any) -> Asked:
    """``given`` as it is asked: an ``Asked``, a plain string, or a mapping of plain values or objects."""
    if isinstance(given, Asked):
        return given
    if isinstance(given, str):
        return Asked(given)
    filters = given.get("filters")
    if isinstance(filters, Mapping):
        filters = Filters(**{**filters, "documents": tuple(filters.get("documents", ()))})
    return Asked(given["question"], _turns(given.get("history") or ()), filters)


def _turns(history: Sequence[Any]) -> tuple[Turn, ...]:
    return tuple(turn if isinstance(turn, Turn) else Turn(turn["question"], turn["answer"]) for turn in history)
