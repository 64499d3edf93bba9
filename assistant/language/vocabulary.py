"""Words the assistant knows: synonyms, English policy terms, surnames; and text made comparable.

The words are data, in the folder ``lexicon`` of the assistant; reading them is this module's only edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from string import ascii_letters, digits
from types import MappingProxyType

from opencc import OpenCC

from index import regions
from index.lexical import normalise

_LEXICON = files("assistant") / "lexicon"
_HALF_WIDTH = {code + 0xFEE0: code for code in map(ord, digits + ascii_letters)}
_QUOTES = str.maketrans("", "", "\"'“”‘’「」『』《》〈〉")


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """What people say, comparable → what documents write."""
    return MappingProxyType({comparable(said): written for said, written in _table("synonyms.tsv").items()})


@cache
def glossary() -> Mapping[str, tuple[str, ...]]:
    """English policy phrases, lower case → Chinese."""
    return _table("english.tsv")


@cache
def places() -> Mapping[str, str]:
    """Every known place name, short or full → its short name."""
    return MappingProxyType({name: place.short for name, place in regions.places().items()})


@cache
def surnames() -> frozenset[str]:
    """Common Chinese surnames, of one and two characters."""
    return frozenset(_lines("surnames.txt"))


@cache
def generic() -> frozenset[str]:
    """Words that stand in every policy question and tell little about its subject."""
    return _words("generic.txt")


@cache
def actions() -> frozenset[str]:
    """Words for what is done to a subject (治理, 编制), less telling than the subject."""
    return _words("actions.txt")


@cache
def attributes() -> frozenset[str]:
    """Words for what is asked of a subject (条件, 有效期, 缴费), which are no subject themselves."""
    return _words("attributes.txt")


@cache
def contrasts() -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """Groups of words that take each other's place in a follow-up (住院, 门诊).

    Each with whether what stands before the word goes with it: 小微企业 gives way to 个人, but of 职工医保住院 only 住院
    to 门诊.
    """
    rows = (line.split("\t") for line in _lines("contrasts.txt"))
    return tuple((sort == "whole", tuple(words.split())) for sort, words in rows)


@cache
def stopwords() -> frozenset[str]:
    """English words that say nothing about a question's subject."""
    return _words("stopwords.txt")


@cache
def policy_words() -> frozenset[str]:
    """Every Chinese policy word that the synonyms and the English glossary know."""
    known = {
        *synonyms(),
        *(word for table in (synonyms(), glossary()) for words in table.values() for word in words),
    }
    return frozenset(word for word in known if len(word) > 1 and not word.isascii())


@lru_cache(maxsize=20_000)
def is_generic(word: str) -> bool:
    """Whether ``word`` is generic, or made of nothing but generic words (具体 + 内容).

    A policy word of two characters is none for being made of two that are generic (讲 + 话).
    """
    if word in generic():
        return True
    if len(word) == 2 and word in policy_words():
        return False
    return any(word[:size] in generic() and is_generic(word[size:]) for size in range(1, len(word)))


def simplified(text: str) -> str:
    """``text`` in simplified characters, full-width letters and digits in the usual width; as long as before."""
    text = text.translate(_HALF_WIDTH)
    converted: str = _simplifier().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one := _simplifier().convert(was)) == 1 else was for was in text)


@lru_cache(maxsize=20_000)
def comparable(text: str) -> str:
    """``text`` as words are compared, never shown: normalised as for search, without white space and quotes."""
    return "".join(normalise(text).translate(_QUOTES).split())


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _lines(name: str) -> tuple[str, ...]:
    text = (_LEXICON / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _words(name: str) -> frozenset[str]:
    return frozenset(word for line in _lines(name) for word in line.split())


def _table(name: str) -> Mapping[str, tuple[str, ...]]:
    rows = (line.split("\t") for line in _lines(name))
    return MappingProxyType({key: tuple(values) for key, *values in rows})
