"""Wrong characters in a question, mended from the words of the library.

Chinese is typed by sound, so a wrong character mostly sounds like the right one: 碳达锋 for 碳达峰. Only a
character that forms no pair that stands anywhere in the library is suspect; one that belongs to a word of the
dictionary is replaced on stronger evidence alone. Digits and Latin letters are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import rjieba
from pypinyin import Style, pinyin

from assistant.language.vocabulary import generic, synonyms

WRONG = 2
"""Characters of one run that are mended: a question with more is not misspelt, but about something else."""
SUSPECT = 12
"""Suspect characters of a question above which it is left alone, for the same reason."""

_RUN = re.compile(r"(?<=\d)[㐀-鿿]|[㐀-鿿]+")
"""Chinese that stands together; what counts a number (8号) is known by the number."""
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_FUNCTION = frozenset(
    "不没无让进来去起还只才却则而且或但因所跟比给叫使令谁哪几每某别又很太最之乎者哦嗯哈咋啥么嘛是的了吗呢吧在自以若如各省市县"
)
_SAME_SOUND = 4.0
_BOTH_SIDES = 2.0
_OFTEN = 10
"""Times that three characters stand together beyond which more count no more."""
_BITS = 21
"""Bits of a Unicode character."""


class _Suspect(NamedTuple):
    """A character that forms no known pair: where it stands, whether inside a word of the dictionary, or a verb itself."""

    place: int
    in_word: bool
    verb: bool = False


class _Choice(NamedTuple):
    """A character that fits at a place, with how well; the greater is the better."""

    score: float
    place: int
    character: str


class Speller:
    """Mends questions by the pairs and triples of characters that ``texts()`` hold.

    ``texts`` is called once, when a suspect character is first met; ``known`` says whether a pair of characters
    stands in them, so that most questions need no more than that.
    """

    def __init__(self, texts: Callable[[], Iterable[str]], known: Callable[[str], bool]) -> None:
        self._texts = texts
        self._known = known
        self._neighbours: Neighbours | None = None

    def mend(self, question: str) -> str:
        """``question`` with its wrong characters replaced; the same where there is nothing to mend."""
        suspects = sum(len(self._suspects(run)) for run in _RUN.findall(question))
        if not 0 < suspects <= SUSPECT:
            return question
        if self._neighbours is None:
            self._neighbours = Neighbours(self._texts())
        neighbours = self._neighbours
        return _RUN.sub(lambda run: self._mended(run[0], neighbours), question)

    def _mended(self, run: str, neighbours: Neighbours) -> str:
        for _ in range(WRONG):
            choices = [choice for suspect in self._suspects(run) for choice in _choices(run, suspect, neighbours)]
            if not choices:
                break
            _score, place, character = max(choices)
            run = run[:place] + character + run[place + 1 :]
        return run

    def _suspects(self, run: str) -> list[_Suspect]:
        found, place = [], 0
        for word, tag in rjieba.tag(run, False):
            for at in range(place, place + len(word)):
                pairs = [pair for pair in (run[max(0, at - 1) : at + 1], run[at : at + 2]) if len(pair) == 2]
                if pairs and not any(map(self._known, pairs)):
                    found.append(_Suspect(at, len(word) > 1, tag == "v" and len(word) == 1))
            place += len(word)
        return found


class Neighbours:
    """Which Chinese characters stand side by side in texts, and how often three in a row."""

    def __init__(self, texts: Iterable[str]) -> None:
        codes = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
        chinese = (codes >= 0x3400) & (codes <= 0x9FFF)
        first, second, third = codes[:-2], codes[1:-1], codes[2:]
        left, right = codes[:-1], codes[1:]
        pairs = chinese[:-1] & chinese[1:]
        triples = chinese[:-2] & chinese[1:-1] & chinese[2:]
        self._after = np.unique((left << _BITS | right)[pairs])
        self._before = np.unique((right << _BITS | left)[pairs])
        keys = (first << 2 * _BITS | second << _BITS | third)[triples]
        self._triples, self._counts = np.unique(keys, return_counts=True)

    def after(self, character: str) -> frozenset[str]:
        """The characters that stand behind ``character``; none for an empty string."""
        return _beside(self._after, character)

    def before(self, character: str) -> frozenset[str]:
        """The characters that stand in front of ``character``; none for an empty string."""
        return _beside(self._before, character)

    def count(self, triple: str) -> int:
        """How often the three characters of ``triple`` stand in a row; 0 for fewer characters."""
        if len(triple) != 3:
            return 0
        key = ord(triple[0]) << 2 * _BITS | ord(triple[1]) << _BITS | ord(triple[2])
        place = int(np.searchsorted(self._triples, key))
        return int(self._counts[place]) if place < len(self._triples) and self._triples[place] == key else 0


def _beside(pairs: np.ndarray, character: str) -> frozenset[str]:
    if not character:
        return frozenset()
    start, end = np.searchsorted(pairs, [ord(character) << _BITS, ord(character) + 1 << _BITS])
    return frozenset(map(chr, (pairs[start:end] & (1 << _BITS) - 1).tolist()))


def _choices(run: str, suspect: _Suspect, neighbours: Neighbours) -> list[_Choice]:
    """The characters that fit in place of a suspect one.

    A character of the same sound fits if it forms known pairs on both sides, a known triple or a word; one of
    another sound, or in place of a function word, only if several known triples lie about it. In a word of the
    dictionary only a character of the same sound amid a known triple fits.
    """
    place, was = suspect.place, run[suspect.place]
    before, after = run[max(0, place - 1) : place], run[place + 1 : place + 2]
    on_left, on_right = neighbours.after(before), neighbours.before(after)
    function = was in _FUNCTION or was in generic()
    found = []
    for choice in on_left | on_right:
        around = (
            run[max(0, place - 2) : place] + choice,
            before + choice + after,
            choice + run[place + 1 : place + 3],
        )
        counts = [neighbours.count(triple) for triple in around]
        support = sum(count > 0 for count in counts)
        same, both = sounds_alike(choice, was), choice in on_left and choice in on_right
        if suspect.in_word:
            fits = same and counts[1] > 0
        elif suspect.verb:  # 罚多少, 坐地铁: what the documents do not say may still be asked
            fits = same and (_makes_word(run, place, choice) or counts[1] > 0)
        elif function:
            fits = same and support > 1
        elif same:
            fits = _makes_word(run, place, choice) or ((support > 0 or both) and _joins(run, place, choice))
        else:
            fits = both and support > 1 and _joins(run, place, choice)
        if fits:
            often = min(_OFTEN - 1, max(counts)) / _OFTEN
            score = _SAME_SOUND * same + _BOTH_SIDES * both + support + often
            found.append(_Choice(score, place, choice))
    return found


def _makes_word(run: str, place: int, choice: str) -> bool:
    """Whether ``choice`` at ``place`` makes a policy word of three characters or more (see ``synonyms``)."""
    mended = run[:place] + choice + run[place + 1 :]
    return any(
        mended[start : start + size] in synonyms()
        for size in (3, 4, 5, 6)
        for start in range(max(0, place - size + 1), place + 1)
    )


def _joins(run: str, place: int, choice: str) -> bool:
    """Whether ``choice`` at ``place`` is part of a longer word: 罚 and 补 are words themselves, 峰 in 达峰 is none."""
    at = 0
    for word in rjieba.cut(run[:place] + choice + run[place + 1 :], False):
        if at <= place < at + len(word):
            return len(word) > 1
        at += len(word)
    return False


def sounds_alike(one: str, other: str) -> bool:
    """Whether two characters can be typed alike: a syllable in common, whatever the tone; zh/z and ng/n are one."""
    return one != other and not _sounds(one).isdisjoint(_sounds(other))


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> frozenset[str]:
    found = set()
    for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
        for written, plain in _ALIKE:
            sound = sound.replace(written, plain)
        found.add(sound)
    return frozenset(found)
