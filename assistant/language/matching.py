"""How well a text covers a question's words, between 0 and 1, without any model.

Policy language abbreviates: 碳达峰 stands for 碳排放达峰, 碳市场 for 碳排放权交易市场. So a word also counts as
covered by its synonyms, by its characters in order within a short stretch, and in part by its character pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.language.question import Term
from assistant.language.vocabulary import comparable, synonyms

SYNONYM = 0.95
ABBREVIATION = 0.85
PAIRS = 0.7
"""What a word is covered by its synonym, by its characters in order, and by its pairs, if they all stand there.

Set by hand on the development cases (evals/cases/dev.jsonl, November 2026).
"""
WEAK = 0.15
"""Weight of a weak term against a term of the subject."""

_CJK_WORD = re.compile(r"^[㐀-鿿]+$")


def coverage(terms: Sequence[Term], text: str, weight: Callable[[str], float]) -> float:
    """The weighted share of ``terms`` that the comparable ``text`` covers; 0 without terms.

    A single Chinese character counts only by its synonyms (开 → 召开), since it stands in every other word.
    """
    total = found = 0.0
    for term in terms:
        if len(term.text) == 1 and _CJK_WORD.match(term.text) and not _equivalents(term.text):
            continue
        share = weight(term.text) * (WEAK if term.weak else 1.0)
        total += share
        found += share * covered(term.text, text)
    return found / total if total else 0.0


@lru_cache(maxsize=200_000)
def covered(word: str, text: str) -> float:
    """How well the comparable ``text`` covers one comparable ``word``."""
    if word in text and not (len(word) == 1 and _CJK_WORD.match(word)) and _stands(word, text):
        return 1.0
    if any(written in text for written in _equivalents(word)):
        return SYNONYM
    if not _CJK_WORD.match(word) or len(word) < 3:
        return 0.0
    if _abbreviated(word, text):
        return ABBREVIATION
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    return PAIRS * sum(pair in text for pair in pairs) / len(pairs)


def _stands(word: str, text: str) -> bool:
    """Whether ``word``, which is in ``text``, begins and ends there where a number or a Latin word may.

    2 is not in 250 nor in 3.2, and i (Ⅰ时段) not in ii; 20% is in 达到20%.
    """
    if not word or not (word[0].isascii() or word[-1].isascii()):
        return True
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (
            _runs_on(text[max(0, start - 2) : start], word[0]) or _runs_on(text[end : end + 2][::-1], word[-1])
        ):
            return True
        start = text.find(word, start + 1)
    return False


def _runs_on(beside: str, edge: str) -> bool:
    """Whether the character at a word's edge goes on in what stands ``beside`` it, nearest last."""
    last = beside[-1:]
    if edge.isdigit():
        return last.isdigit() or (last == "." and beside[:1].isdigit() and len(beside) == 2)
    return edge.isascii() and edge.isalpha() and last.isascii() and last.isalpha()


@lru_cache(maxsize=20_000)
def _equivalents(word: str) -> tuple[str, ...]:
    return tuple(comparable(written) for written in synonyms().get(word, ()))


def _abbreviated(word: str, text: str) -> bool:
    """Whether the characters of ``word`` stand in order in a stretch of at most 2.5 times its length and 1."""
    longest = int(2.5 * len(word)) + 1
    start = text.find(word[0])
    while start >= 0:
        place = start
        for character in word[1:]:
            place = text.find(character, place + 1, start + longest)
            if place < 0:
                break
        else:
            return True
        start = text.find(word[0], start + 1)
    return False
