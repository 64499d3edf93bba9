"""What a sentence says in words that stand neither in the quote nor around it: names above all."""

from __future__ import annotations

import re
from functools import lru_cache

import rjieba

from assistant.llm.phrases import light, paraphrases
from assistant.llm.plain import shortened
from index import regions

_FUNCTION = frozenset(
    "的了着过和与及或并且而则即也都还又再更很最其此该这那各每等等之以于在对把被将由从到至向按为是有会将就所使令让给同跟比较如若"
    "因故所要可应须需能受一二三四五六七八九十中内上下前后时间里者们地得个项条种类件次共分别均已仍凡经据自起止达约近余多人日年月元"
)
"""Characters that say nothing new by themselves."""
_NEGATORS = frozenset("不未无非没免勿否")
_TELLING = _NEGATORS | frozenset(
    "省市县区乡镇村国州盟旗甲乙丙丁东西南北外男女新旧老大小高低单双前后左右买卖借贷春夏秋冬"
)
"""Characters that make another thing of the word in which they stand, even alone."""
_EXCEPT = re.compile(r"除[^，。；]{1,40}?外")
_ROMAN = re.compile("[Ⅰ-Ⅻ①-⑳]")
_TOLERATED = frozenset(("d", "ad", "z", "c", "p", "r"))
"""Parts of speech of a word that may be new, one in a sentence: adverbs and what joins, never a noun or a verb."""
_ENOUGH = 14
"""Characters of a sentence that may have a new adverb."""
Words = tuple[tuple[str, str], ...]
_CJK = re.compile(r"[一-鿿]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.+/-]*")


def novelties(sentence: str, quote: str, context: str = "") -> tuple[str, ...]:
    """The words of a plain sentence that neither the plain quote nor its context has, or a paraphrase of them.

    One adverb may be new in a sentence of some length. Amounts and dates, which are compared by value, are to
    be blotted out before.
    """
    said = shortened(sentence)
    source = shortened(quote) + "\n" + shortened(context)
    known = [not _CJK.match(character) for character in said]
    _mark_pairs(said, source, known)
    _mark_words(said, source, known)
    words = _words(said)
    runs = [run for run in _runs(said, known) if not _excused(said, run, source, words)]
    foreign = [
        match[0] for match in _WORD.finditer(said) if match[0].lower() not in source.lower() and len(match[0]) > 1
    ]
    foreign += [match[0] for match in _ROMAN.finditer(said) if match[0] not in source]
    new = [(said[start:end], tuple(tag for _, tag in words[start:end])) for start, end in runs]
    serious = [text for text, tag in new if not _slight(text, tag)]
    if len(said) >= _ENOUGH and len(new) - len(serious) <= 1:
        return (*serious, *foreign)
    return (*(text for text, _ in new), *foreign)


def places(sentence: str, quote: str, context: str = "") -> tuple[str, ...]:
    """The provinces and cities that a sentence names, and neither the quote nor its context."""
    around = quote + context
    return tuple(place.full for place in regions.named(sentence) if place.short not in around)


def _slight(text: str, tag: tuple[str, ...]) -> bool:
    return len(text) <= 2 and set(tag) <= _TOLERATED and not any(character in _NEGATORS for character in text)


def _mark_pairs(said: str, source: str, known: list[bool]) -> None:
    for place in range(len(said) - 1):
        if said[place : place + 2] in source:
            known[place] = known[place + 1] = True


def _mark_words(said: str, source: str, known: list[bool]) -> None:
    """Mark what paraphrases a word of the source, and words that carry no fact."""
    for word, others in paraphrases().items():
        if word in said and any(other in source for other in others):
            _mark(said, word, known)
    for match in _EXCEPT.finditer(said):
        known[match.end() - 1] = True
    for word in light():
        if word in said:
            _mark(said, word, known)


def _mark(said: str, word: str, known: list[bool]) -> None:
    place = said.find(word)
    while place >= 0:
        known[place : place + len(word)] = [True] * len(word)
        place = said.find(word, place + 1)


def _runs(said: str, known: list[bool]) -> list[tuple[int, int]]:
    """The runs of characters that are not known, without the function characters around and between them."""
    found: list[tuple[int, int]] = []
    for place, character in enumerate(said):
        if known[place] or character in _FUNCTION:
            continue
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _excused(said: str, run: tuple[int, int], source: str, words: Words) -> bool:
    """Whether a run abbreviates what the source has (发改委), or is one character that makes no new word."""
    text = said[run[0] : run[1]]
    if len(text) == 1:
        if text in _NEGATORS and _denied(said[run[1] : run[1] + 2], source):
            return True
        word, _ = words[run[0]]
        return (
            text not in _TELLING
            and text in source
            and (len(word) == 1 or word in source or _abbreviates(word, source))
        )
    return _abbreviates(text, source) and not regions.named(text)


def _denied(pair: str, source: str) -> bool:
    """Whether ``pair`` stands behind some negator in the source: 不提交 is 未提交."""
    return len(pair) == 2 and any(negator + pair in source for negator in "不未没")


@lru_cache(maxsize=20_000)
def _abbreviates(text: str, source: str) -> bool:
    """Whether the characters stand in order in the source, never more than two others between them."""
    pattern = "[一-鿿]{0,2}".join(map(re.escape, text))
    return re.search(pattern, source) is not None


def _words(said: str) -> Words:
    """The word in which each character stands, and its part of speech."""
    return tuple((word, tag) for word, tag in rjieba.tag(said) for _ in word)
