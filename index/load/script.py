"""Raised characters: 10 with a raised 4 is written 10⁴, never 104."""

from __future__ import annotations

_RAISED = dict(zip("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ", strict=True))


def raised(text: str) -> str:
    """``text`` in superior characters; as it is, where there is none for one of them."""
    return "".join(map(_RAISED.__getitem__, text)) if text and all(each in _RAISED for each in text) else text
