"""Wrong characters in a question, mended from the words of the library.

Chinese is typed by sound, so a wrong character mostly sounds like the right one: 碳达锋 for 碳达峰. Only a
character that forms no pair that stands anywhere in the library is suspect; one that belongs to a word of the
dictionary is replaced on stronger evidence alone. Digits and Latin letters are never touched.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

import rjieba
from pypinyin import Style, pinyin

from assistant.vocabulary import generic, synonyms

_RUN = re.compile(r"[㐀-鿿]+")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_FUNCTION = frozenset(
    "不没无让进来去起还只才却则而且或但因所跟比给叫使令谁哪几每某别又很太最之乎者哦嗯哈咋啥么嘛是的了吗呢吧在自以若如各省市县"
)
_SAME_SOUND = 4.0
_BOTH_SIDES = 2.0


class Speller:
    """Mends questions by the pairs and triples of characters that ``texts()`` hold.

    ``texts`` is called once, when a suspect character is first met; ``known`` says whether a pair of characters
    stands in them, so that most questions need no more than that.
    """

    def __init__(self, texts: Callable[[], Iterable[str]], known: Callable[[str], bool]) -> None:
        self._texts = texts
        self._known = known
        self._triples: Counter[str] = Counter()
        self._after: dict[str, set[str]] = {}
        self._before: dict[str, set[str]] = {}

    def mend(self, question: str) -> str:
        """``question`` with its wrong characters replaced; the same where there is nothing to mend."""
        return _RUN.sub(lambda run: self._mended(run[0]), question)

    def _mended(self, run: str) -> str:
        for _ in range(2):  # a wrong character or two
            choices = [self._better(run, place, word) for place, word in self._suspects(run)]
            _score, place, character = max(choices, default=(0.0, 0, ""))
            if not character:
                break
            run = run[:place] + character + run[place + 1 :]
        return run

    def _suspects(self, run: str) -> list[tuple[int, bool]]:
        """The places of characters that form no known pair, and whether each belongs to a dictionary word."""
        found, place = [], 0
        for word in rjieba.cut(run, False):
            for at in range(place, place + len(word)):
                around = [run[at - 1 : at + 1] if at else "", run[at : at + 2]]
                pairs = [pair for pair in around if len(pair) == 2]
                if pairs and not any(map(self._known, pairs)):
                    found.append((at, len(word) > 1))
            place += len(word)
        return found

    def _better(self, run: str, place: int, word: bool) -> tuple[float, int, str]:
        """The character that fits best at ``place``, with how well it fits; an empty one if none does.

        A character of the same sound fits if it forms known pairs on both sides, a known triple or a word; one of
        another sound, or in place of a function word, only if several known triples lie about it. In a ``word``
        of the dictionary only a character of the same sound amid a known triple fits.
        """
        if not self._after:
            self._learn()
        was = run[place]
        function = was in _FUNCTION or was in generic()
        before, after = run[place - 1] if place else "", run[place + 1 : place + 2]
        best = (0.0, place, "")
        for choice in sorted(self._after.get(before, set()) | self._before.get(after, set())):
            left, right = choice in self._after.get(before, ()), choice in self._before.get(after, ())
            around = (
                run[max(0, place - 2) : place] + choice,
                before + choice + after,
                choice + run[place + 1 : place + 3],
            )
            support = sum(len(triple) == 3 and triple in self._triples for triple in around)
            same = sounds_alike(choice, was)
            if word:
                fits = same and around[1] in self._triples
            elif function:
                fits = same and support > 1
            elif same:
                fits = support > 0 or (left and right) or _makes_word(run, place, choice)
            else:
                fits = left and right and support > 1
            if not fits:
                continue
            often = min(9, max(self._triples[triple] for triple in around)) / 10
            score = _SAME_SOUND * same + _BOTH_SIDES * (left and right) + support + often
            best = max(best, (score, place, choice))
        return best

    def _learn(self) -> None:
        after: dict[str, set[str]] = defaultdict(set)
        before: dict[str, set[str]] = defaultdict(set)
        for text in self._texts():
            for run in _RUN.findall(text):
                self._triples.update(run[place : place + 3] for place in range(len(run) - 2))
                for left, right in pairwise(run):
                    after[left].add(right)
                    before[right].add(left)
        self._after, self._before = dict(after), dict(before)


def _makes_word(run: str, place: int, choice: str) -> bool:
    """Whether ``choice`` at ``place`` makes a policy word of three characters or more (see ``synonyms``)."""
    mended = run[:place] + choice + run[place + 1 :]
    return any(
        mended[start : start + size] in synonyms()
        for size in (3, 4, 5, 6)
        for start in range(max(0, place - size + 1), place + 1)
    )


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
