"""What a sentence puts in the place of something else of the quote, between words that are the same in both.

The quote says 按缴纳的增值税给予补助 and speaks of 企业所得税 elsewhere: 按缴纳的企业所得税给予补助 has only words of the quote,
and is false. Texts are ``plain`` and ``shortened``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from assistant.llm.phrases import contraries, light, ordinary, paraphrases
from assistant.llm.plain import Clause, bigrams, clauses

_SIDE = 2
"""Characters on each side that must be the same; fewer only where a clause begins or ends."""
_AROUND = 5
"""Characters on both sides together that must be the same, where the beginning or end of a clause counts as two."""
_LONGEST = 12
"""Characters of the longest that is looked at in the place of something else."""
_WORDS = 4
"""Words of the longest that is looked at."""
_OPENING = re.compile(r"(?:其中|同时|另外|此外|[则并且但]|应当?|须|需|可以?|要|由|对|是|[^一-鿿])*")
"""What a clause may begin with before its first word."""
_LISTED = "、和及与或"
_PART = re.compile(r"[；;。]")


def swapped(sentence: str, quote: str) -> Iterator[str]:
    """Words of the quote that stand in the sentence where the quote has others."""
    parts = clauses(quote)
    for clause in clauses(sentence):
        if clause.text in quote:
            continue
        for start, end in _stretches(clause.text):
            words, left, right = clause.text[start:end], clause.text[:start], clause.text[end:]
            if (
                words not in quote
                or (left and left[-_SIDE:] + words in quote)
                or (not left and words + right[:_SIDE] in quote)
            ):
                continue
            found = [(other, part) for part in parts for other in _between(left, right, part)]
            if found and all(_other(words, other, clause.text, part.text) for other, part in found):
                yield f"{words} for {found[0][0]}"
                break


def contrary(sentence: str, quote: str) -> Iterator[str]:
    """Words that differ from the quote's in one character, which makes them its opposite: 调整前 for 调整后."""
    turned = contraries()
    for clause in clauses(sentence):
        text = clause.text
        for place, character in enumerate(text):
            for one, other in turned:
                if one != character:
                    continue
                for start, end in ((place - 2, place + 1), (place, place + 3), (place - 1, place + 2)):
                    if start < 0 or end > len(text):
                        continue
                    said = text[start:end]
                    written = said[: place - start] + other + said[place - start + 1 :]
                    if said not in quote and written in quote and written not in sentence:
                        yield f"{said} for {written}"


def crossed(sentence: str, quote: str) -> Iterator[str]:
    """What a sentence says follows from one condition, and the quote from another: A的，甲；B的，乙 as A的，乙."""
    rules = [rule for part in _PART.split(quote) if (rule := _rule(part))]
    said = _rule(sentence)
    if not said or len(rules) < 2:
        return
    own = [_own(place, [condition for condition, _ in rules]) for place in range(len(rules))]
    theirs = [_own(place, [outcome for _, outcome in rules]) for place in range(len(rules))]
    meant = max(range(len(rules)), key=lambda place: len(said[0] & own[place]))
    told = max(range(len(rules)), key=lambda place: len(said[1] & theirs[place]))
    sure = min(len(said[0] & own[meant]), len(said[1] & theirs[told])) >= _SIDE
    if sure and meant != told and not said[0] & own[told] and not said[1] & theirs[meant]:
        yield f"another outcome: {sentence}"


def _rule(part: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The words of the last condition of a sentence (…的，) and of all that follows from it."""
    found = clauses(part)
    last = max((place for place, clause in enumerate(found[:-1]) if clause.text.endswith("的")), default=-1)
    if last < 0:
        return None
    return bigrams(found[last].text), bigrams(part[found[last].end :])


def _own(place: int, all_words: list[frozenset[str]]) -> frozenset[str]:
    """The words that only the one at ``place`` has."""
    return all_words[place] - frozenset[str]().union(*all_words[:place], *all_words[place + 1 :])


@lru_cache(maxsize=4_000)
def _stretches(text: str) -> tuple[tuple[int, int], ...]:
    """The runs of a few words of a clause, each from where it begins to where it ends."""
    ends = [0]
    for word in rjieba.cut(text):
        ends.append(ends[-1] + len(word))
    return tuple(
        (start, end)
        for place, start in enumerate(ends)
        for end in ends[place + 1 : place + 1 + _WORDS]
        if 2 <= end - start <= _LONGEST
    )


def _between(left: str, right: str, part: Clause) -> Iterator[str]:
    """What stands in a clause of the quote between the same words as ``left`` and ``right``."""
    text = part.text
    ahead = [_agree_left(left, text[:place]) for place in range(len(text) + 1)]
    behind = [_agree_right(right, text[place:]) for place in range(len(text) + 1)]
    for start, alike in enumerate(ahead):
        for end in range(start + 2, min(start + _LONGEST, len(text)) + 1) if alike >= _SIDE else ():
            if behind[end] >= _SIDE and alike + behind[end] >= _AROUND:
                yield text[start:end]


def _agree_left(one: str, other: str) -> int:
    """Characters in which two texts end alike; the beginning of both counts as two."""
    alike = 0
    while alike < min(len(one), len(other)) and one[-1 - alike] == other[-1 - alike]:
        alike += 1
    opened = all(_OPENING.fullmatch(text[: len(text) - alike]) for text in (one, other))
    return alike + (_SIDE if opened else 0)


def _agree_right(one: str, other: str) -> int:
    """Characters in which two texts begin alike; the end of both counts as two."""
    alike = 0
    while alike < min(len(one), len(other)) and one[alike] == other[alike]:
        alike += 1
    return alike + (_SIDE if alike == len(one) == len(other) else 0)


def _other(words: str, found: str, clause: str, part: str) -> bool:
    """Whether what was found is a thing of the same kind, and another one: no form of it, no synonym, none of its list."""
    mine, theirs = _BARE.sub("", words), _BARE.sub("", found)
    if not mine or not theirs or mine in theirs or theirs in mine:
        return False
    if theirs in light() or theirs in ordinary() or mine.replace("的", "") in theirs.replace("的", ""):
        return False
    if clause.count(theirs) >= part.count(theirs) and _in_place(theirs, clause, part):
        return False
    if _kind(mine) != _kind(theirs) or not _kind(mine):
        return False
    mine, theirs = _apart(mine, theirs)
    if min(len(mine), len(theirs)) < _SIDE:
        return False
    if max(len(mine), len(theirs)) > 2 * min(len(mine), len(theirs)):
        return False
    for word, others in paraphrases().items():
        if word in words and any(len(other) > 1 and other in found for other in others):
            return False
    return not (_listed(words, part) and _listed(found, part))


def _in_place(words: str, clause: str, part: str) -> bool:
    """Whether words stand in a clause beside something beside which they stand in the quote's."""
    return any(
        clause[max(0, match.start() - _SIDE) : match.end()] in part
        or clause[match.start() : match.end() + _SIDE] in part
        for match in re.finditer(re.escape(words), clause)
    )


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two texts without what they end in alike: of 中央财政 and 地方财政, 中央 and 地方."""
    alike = next(
        (count for count, pair in enumerate(zip(one[::-1], other[::-1], strict=False)) if len(set(pair)) > 1), 0
    )
    return (one[:-alike], other[:-alike]) if alike >= _SIDE else (one, other)


_BARE = re.compile(r"^[本其该各的]|[的]$")


_THINGS = re.compile("(?:预算|决算|规划|计划|补贴|补助|津贴|贷款|报告|规定|标准|收费|保险|建设)$")
"""Ends of names of things that the tagger takes for what is done."""


@lru_cache(maxsize=20_000)
def _kind(words: str) -> str:
    """Whether words name a thing, something that is done, or a time; an empty string if they do neither."""
    if re.fullmatch(r"[\d年月日前后底]+", words):
        return "time"
    if re.match(r"第[\d一二三四五六七八九十]", words):
        return "place in a row"
    tagged = rjieba.tag(words)
    head = tagged[-1][1]
    named = head[0] in "njsrl" or _THINGS.search(words)
    if named and not any(tag[0] in "pdc" for _, tag in tagged):
        return "thing"
    return "act" if len(tagged) == 1 and head in ("v", "vn") else ""


def _listed(words: str, part: str) -> bool:
    """Whether words stand in a clause as a member of a list."""
    return any(
        part[match.start() - 1 : match.start()] in tuple(_LISTED)
        or part[match.end() : match.end() + 1] in tuple(_LISTED)
        for match in re.finditer(re.escape(words), part)
    )
