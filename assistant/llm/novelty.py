"""What a sentence says in words that stand neither in the quote nor around it: names above all."""

from __future__ import annotations

import re
from functools import lru_cache

import rjieba

from assistant.llm.amounts import COMPARISONS
from assistant.llm.phrases import light, ordinary, paraphrases, telling
from assistant.llm.plain import shortened
from index import regions

_FUNCTION = frozenset(
    "的了着过和与及或并且而则即也都还又再更很最其此该这那各每等等之以于在对把被将由从到至向按为是有会将就所使令让给同跟比较如若"
    "因故所要可应须需能受一二三四五六七八九十中内上下前后时间里者们地得个项条种类件次共分别均已仍凡经据自起止达约近余多人日年月元额"
)
"""Characters that say nothing new by themselves."""
_NEGATORS = frozenset("不未无非没免勿否")
_TELLING = _NEGATORS | frozenset(
    "省市县区乡镇村国州盟旗甲乙丙丁东西南北外男女新旧老大小高低单双前后左右买卖借贷春夏秋冬"
)
"""Characters that make another thing of the word in which they stand, even alone."""
_EXCEPT = re.compile(r"除[^，。；]{0,40}?外")
_BEHIND_VERB = frozenset("由上过来去了着到给出成好完掉回进下起人")
"""What makes no other word of a verb of one character behind which it stands: 交由, 去过."""
_POTENTIAL = re.compile(r"[一-鿿][不得](?:到|了|上|开|下|起|住|动|完|通)(?![^，。；的]{0,4}[日年])")
"""Whether something can be done: 避不开, 够不上, 查得到."""
_ROMAN = re.compile("[Ⅰ-Ⅻ①-⑳]")
_FREE = 5
"""Characters of a sentence for each of which one ordinary word may be new."""
_LONGEST = 4
"""Characters of the longest ordinary word."""
_LOOSE = frozenset(("v", "vd", "d", "ad", "a", "z", "zg", "p", "c", "r", "u", "q", "y", "m", "e", "o"))
"""Tags of words of which another may be said for the same, if they are not telling: verbs and what stands beside them.

Of 379 new words of pairs.txt to sixth.txt the tag told those of rewordings from those of errors with an AUC of .83
(cross-validated by document), with the similarity of the bundled encoder's vectors .87; of whole sentences both
together let pass hardly more rewordings at as many errors than the tag alone (November 2026)."""
_OFFICE = re.compile(r"(?:国务院|政府|党委|[省市区县]委)办(?![理好法事学])")
_COMPARED = re.compile(rf"(?:{COMPARISONS.pattern})(?=[^，。；]{{0,4}}＃)")
"""Words that say on which side of an amount a thing is, which is compared by itself."""
_CJK = re.compile(r"[一-鿿]")
_NAMED = re.compile(r"个人|本人|他人|人大|下级|中级|每[年月日周]|每季度")
_ORGAN_END = (
    r"(?:部门|机关|机构|(?<![格布结])局|厅|署|委(?![托派任员])|(?<![全内外东西南北中干])部(?![分署队门委]))"
)
_ORGAN = re.compile(rf"([一-鿿]{{2}}){_ORGAN_END}")
_ANY_ORGAN = re.compile(
    r"主管|有关|相关|管理|监管|行政|职能|上级|下级|业务|所属|执法|监督|负责|地方|各级|[的该各由向经和与]"
)
"""What stands before the name of a kind of body without telling which."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.+/-]*")


def novelties(sentence: str, quote: str, context: str = "") -> tuple[str, ...]:
    """The words of a plain sentence that neither the plain quote nor its context has, or a paraphrase of them.

    A few ordinary words may be new in a sentence of some length. Amounts and dates, which are compared by value, are to
    be blotted out before.
    """
    said = shortened(sentence)
    source = shortened(quote) + "\n" + shortened(context)
    denying = any(character in _NEGATORS for character in source)
    known = [not _CJK.match(one) or (denying and one in _NEGATORS) for one in said]
    _mark_pairs(said, source, known)
    _mark_words(said, source, known)
    words = _words(said)
    runs = [run for run in _runs(said, known) if not _excused(said, run, source, words)]
    new = [said[start:end] for start, end in runs if not _everyday(said, start, end) and _tells(said, start, end)]
    if len(runs) - len(new) > len(said) // _FREE:
        new = [said[start:end] for start, end in runs]
    foreign = [
        match[0] for match in _WORD.finditer(said) if match[0].lower() not in source.lower() and len(match[0]) > 1
    ]
    foreign += [match[0] for match in _ROMAN.finditer(said) if match[0] not in source]
    foreign += [match[0] for match in _OFFICE.finditer(said) if match[0] not in source]
    return (*new, *_persons(said, source), *_organs(said, source), *foreign)


def places(sentence: str, quote: str, context: str = "") -> tuple[str, ...]:
    """The provinces and cities that a sentence names, and neither the quote nor its context."""
    around = quote + context
    return tuple(place.full for place in regions.named(sentence) if place.short not in around)


def _everyday(said: str, start: int, end: int) -> bool:
    """Whether what is new is part of an ordinary word."""
    words = _words(said)
    return any(
        said[first:last] in ordinary() and (last - first > 1 or set(words[first][1:]) <= _BEHIND_VERB)
        for first in range(max(0, end - _LONGEST), start + 1)
        for last in range(end, first + _LONGEST + 1)
    )


def _tells(said: str, start: int, end: int) -> bool:
    """Whether what is new is part of a word that tells something: of a thing, or of an act that is a matter by itself."""
    place = 0
    for word, tag in _tagged(said):
        place += len(word)
        if place > start and place - len(word) < end and _word_tells(word, tag):
            return True
    return False


@lru_cache(maxsize=4_000)
def _tagged(said: str) -> tuple[tuple[str, str], ...]:
    """The words of a sentence, each with its tag."""
    return tuple((word, tag) for word, tag in rjieba.tag(said))


def _word_tells(word: str, tag: str) -> bool:
    if word in ordinary() or word in light():
        return False
    return (
        tag not in _LOOSE
        or any(character in _TELLING for character in word)
        or any(word[at:to] in telling() for at in range(len(word)) for to in range(at + 2, len(word) + 1))
    )


def _persons(said: str, source: str) -> list[str]:
    """The words for persons, made of characters that say nothing new by themselves, that the source does not have."""
    found = [match[0] for match in _NAMED.finditer(said)]
    found += [word for word in rjieba.cut(said) if len(word) > 2 and word[-1] == "人"]
    return [word for word in found if word not in source and not _paraphrased(word, source)]


def _organs(said: str, source: str) -> list[str]:
    """The bodies that a sentence names, and the source does not, in no form of their names."""
    return [
        match[0]
        for match in _ORGAN.finditer(said)
        if not _ANY_ORGAN.search(match[1]) and not re.search(f"{match[1]}[一-鿿]{{0,8}}?{_ORGAN_END}", source)
    ]


def _paraphrased(word: str, source: str) -> bool:
    return any(_has(source, other, word) for other in paraphrases().get(word, ()))


def _has(source: str, other: str, word: str) -> bool:
    """Whether the source has what is said for ``word``; a single character only as a word, or a part of ``word``."""
    return other in source and (len(other) > 1 or other in word or other in _cut(source))


@lru_cache(maxsize=2_000)
def _cut(source: str) -> frozenset[str]:
    return frozenset(rjieba.cut(source))


def _mark_pairs(said: str, source: str, known: list[bool]) -> None:
    for place in range(len(said) - 1):
        if said[place : place + 2] in source:
            known[place] = known[place + 1] = True


def _mark_words(said: str, source: str, known: list[bool]) -> None:
    """Mark what paraphrases a word of the source, and words that carry no fact."""
    for word, others in paraphrases().items():
        if word in said and any(_has(source, other, word) for other in others):
            _mark(said, word, known)
    for match in _EXCEPT.finditer(said):
        known[match.start()] = known[match.end() - 1] = True
    for match in _POTENTIAL.finditer(said):
        known[match.start()] = known[match.end() - 1] = True
    for match in _COMPARED.finditer(said):
        known[match.start() : match.end()] = [True] * len(match[0])
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


def _excused(said: str, run: tuple[int, int], source: str, words: tuple[str, ...]) -> bool:
    """Whether a run abbreviates what the source has (发改委), or is one character that makes no new word."""
    text = said[run[0] : run[1]]
    if len(text) == 1:
        word = words[run[0]]
        return (
            text not in _TELLING
            and text in source
            and (len(word) == 1 or word in source or _abbreviates(word, source))
        )
    shortened_to = _abbreviates(text, source) and (len(text) > 2 or _begins_word(text[0], source))
    return (shortened_to or _initials(text, source)) and not regions.named(text)


@lru_cache(maxsize=20_000)
def _begins_word(character: str, source: str) -> bool:
    """Whether a word of the source begins with the character: 依法惩治 is not shortened to 法治."""
    return any(source[start] == character for start in _starts(source))


@lru_cache(maxsize=20_000)
def _initials(text: str, source: str) -> bool:
    """Whether the characters begin words of the source that stand close together: 环评 of 环境影响评价."""
    pattern = "[一-鿿]{0,4}".join(map(re.escape, text))
    starts = _starts(source)
    return any(
        all(
            any(match.start() <= start < match.end() and source[start] == character for start in starts)
            for character in text
        )
        for match in re.finditer(pattern, source)
    )


@lru_cache(maxsize=2_000)
def _starts(source: str) -> frozenset[int]:
    """Where the words of the source begin."""
    starts, place = set(), 0
    for word in rjieba.cut(source):
        starts.add(place)
        place += len(word)
    return frozenset(starts)


@lru_cache(maxsize=20_000)
def _abbreviates(text: str, source: str) -> bool:
    """Whether the characters stand in order in the source, never more than two others between them."""
    pattern = "[一-鿿]{0,2}".join(map(re.escape, text))
    return re.search(pattern, source) is not None


@lru_cache(maxsize=4_000)
def _words(said: str) -> tuple[str, ...]:
    """The word in which each character stands."""
    return tuple(word for word in rjieba.cut(said) for _ in word)
