"""English questions: the Chinese words for theirs, by a glossary of policy terms.

A word that is neither in the glossary nor a stop word stays as it is. No Chinese document has it, so that a question
about something else ("the price of gold") is not taken for one about the little that was understood of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from assistant.language.vocabulary import glossary, is_generic, stopwords
from index.types import Span

_LETTERS = re.compile(r"[A-Za-z]")
_CJK = re.compile(r"[㐀-鿿]")
_TOKENS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]*|[㐀-鿿]+")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_LONGEST_PHRASE = 6


def is_english(text: str) -> bool:
    """Whether a question is English: Latin letters that outnumber its Chinese characters, with English words among them."""
    letters, chinese = len(_LETTERS.findall(text)), len(_CJK.findall(text))
    if letters > 6 and letters > 3 * chinese:
        return True
    return letters > chinese and any(
        word.lower() in stopwords() for word in _TOKENS.findall(text) if len(word) > 1
    )


def words(text: str) -> Iterator[str]:
    """The Chinese for the phrases of ``text``, longest phrase first; numbers, Chinese and unknown words as they are.

    Years and stop words give nothing.
    """
    return (chinese for _, chinese in _phrases(text))


def about(text: str) -> str:
    """What ``text`` is about: from its first to its last word that is not generic; empty if it has none."""
    spans = [span for span, chinese in _phrases(text) if not is_generic(chinese)]
    return text[spans[0].start : spans[-1].end] if spans else ""


def changed(text: str, topic: str) -> str:
    """``text`` about ``topic`` instead of what it is about."""
    was = about(text)
    return text.replace(was, topic, 1) if was else f"{topic} {text}"


def _phrases(text: str) -> Iterator[tuple[Span, str]]:
    """The phrases of ``text`` that say something, each with its place and its Chinese."""
    tokens = list(_TOKENS.finditer(text))
    said = [token[0].lower().rstrip(".") for token in tokens]
    place = 0
    while place < len(said):
        size, chinese = _longest(said[place : place + _LONGEST_PHRASE])
        if not chinese and not _YEAR.fullmatch(said[place]) and not _stopped(said[place]):
            chinese = said[place]
        if chinese:
            yield Span(tokens[place].start(), tokens[place + size - 1].end()), chinese
        place += size


def _longest(said: list[str]) -> tuple[int, str]:
    """The number of words of the longest phrase with which ``said`` begins, and its Chinese; (1, "") if none is known."""
    for size in range(len(said), 0, -1):
        phrase = " ".join(said[:size])
        found = _unhyphened().get(phrase) or _stemmed().get(" ".join(map(stem, said[:size])))
        if found:
            return size, found[0]
    return 1, ""


def _stopped(word: str) -> bool:
    return len(word) == 1 or word in stopwords() or stem(word) in _stop_stems()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """``word`` without its ending: policies, planned, reducing → polic, plan, reduc."""
    for ending in ("ies", "ied", "ing", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            bare = word.removesuffix(ending)
            doubled = ending in ("ing", "ed") and bare[-1] == bare[-2] and bare[-1] not in "ls"
            return bare[:-1] if doubled else bare
    return word


@cache
def _unhyphened() -> Mapping[str, tuple[str, ...]]:
    """The glossary, its phrases without hyphens."""
    return MappingProxyType({phrase.replace("-", " "): chinese for phrase, chinese in glossary().items()})


@cache
def _stemmed() -> Mapping[str, tuple[str, ...]]:
    """The glossary by the stems of its phrases; of two with the same stems, the first."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase, chinese in _unhyphened().items():
        found.setdefault(" ".join(map(stem, phrase.split())), chinese)
    return MappingProxyType(found)


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(map(stem, stopwords()))
