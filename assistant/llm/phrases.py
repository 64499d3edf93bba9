"""Words by which a paraphrase is told from another statement: those that mean the same, the opposite, or nothing new.

The words are data, in the folder ``lexicon`` of the assistant; reading them is this module's only edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_LEXICON = files("assistant") / "lexicon"


@cache
def paraphrases() -> Mapping[str, frozenset[str]]:
    """Words that may be said for each other in a policy text (公布, 发布), each with the others."""
    found: dict[str, frozenset[str]] = {}
    for line in _lines("paraphrase.txt"):
        group = frozenset(line.split())
        for word in group:
            found[word] = found.get(word, frozenset()) | (group - {word})
    return MappingProxyType(found)


@cache
def opposites() -> tuple[tuple[str, str], ...]:
    """Words that say the opposite of each other (增长, 下降), in both orders."""
    pairs = [(one, other) for one, other in (line.split() for line in _lines("opposites.txt"))]
    return (*pairs, *((other, one) for one, other in pairs))


@cache
def light() -> frozenset[str]:
    """Words that carry no fact: they join, refer or report."""
    return frozenset(word for line in _lines("light.txt") for word in line.split())


@cache
def ordinary() -> frozenset[str]:
    """Verbs, adverbs and adjectives of everyday use: a few of them may be new in what says the same."""
    return frozenset(word for line in _lines("ordinary.txt") for word in line.split())


@cache
def telling() -> frozenset[str]:
    """Verbs and adjectives that are a matter by themselves (登记, 吊销): another one is another matter."""
    return frozenset(word for line in _lines("telling.txt") for word in line.split())


@cache
def contraries() -> frozenset[tuple[str, str]]:
    """Characters that turn a word into its opposite where it differs in them alone (传入, 传出), in both orders."""
    pairs = [(one, other) for one, other in (line.split() for line in _lines("contraries.txt"))]
    return frozenset((*pairs, *((other, one) for one, other in pairs)))


def _lines(name: str) -> tuple[str, ...]:
    text = (_LEXICON / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
