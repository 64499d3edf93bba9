"""What is asked: the kind of answer wanted, the time, the places and names, and the subject.

understand("2021年碳达峰任务有哪些")  →  kind list, periods ("2021",), terms 碳达峰 (and, weakly, 任务)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

import rjieba

from assistant.language import english, kinds, periods
from assistant.language.naming import without_numbers
from assistant.language.vocabulary import comparable, is_generic, places, policy_words, simplified
from index.errors import InvalidQuestion

LONGEST = 2_000
"""Characters of a question that are read; a longer one is cut, since no question needs more."""

_LONGEST_PLACE = 8
_LONGEST_POLICY_WORD = 5
"""Segmented words that may together be one policy word."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question's subject, comparable (see ``vocabulary.comparable``).

    ``weak`` marks a word that stands in every policy question (任务, 情况) and says little about the subject.
    """

    text: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A standalone question, taken apart.

    ``text`` is the question in simplified Chinese, or as asked where it is English; ``kind`` one of list,
    number, date, person, place, yesno, definition, reason, open; ``periods`` the years or plans to which the
    answer is confined; ``names`` what stood in quotation marks or brackets; ``articles`` labels such as
    第二十条; ``tense`` is "done" when results are asked for, "planned" when tasks are, else empty.
    """

    text: str
    kind: str
    periods: tuple[str, ...]
    places: tuple[str, ...]
    names: tuple[str, ...]
    articles: tuple[str, ...]
    terms: tuple[Term, ...]
    tense: str

    @property
    def subject(self) -> tuple[Term, ...]:
        """The terms that tell what the question is about."""
        return tuple(term for term in self.terms if not term.weak)

    @property
    def chinese(self) -> str:
        """The question in Chinese: its text, or of an English one the Chinese for its words, asked as its kind is."""
        if not english.is_english(self.text):
            return self.text
        years = "".join(f"{period}年" for period in self.periods if period.isdecimal())
        said = "".join(term.text for term in self.terms if unframed(term.text))
        return f"{years}{said}{_ASKED_AS[self.kind]}"


_NAMES = re.compile(
    r"《([^《》]{2,60})》|“([^“”]{2,30})”|\"([^\"]{2,30})\"|「([^「」]{2,30})」|『([^『』]{2,30})』"
)
_ARTICLES = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[条章节编款项](?:之[一二三四五六七八九十])?")
_CJK = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"([A-Za-z0-9]+(?:[.\-][A-Za-z0-9]+)*)")
_UNUSABLE = frozenset(("Cc", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode categories of what no question needs: control, surrogate, private and unassigned characters, separators."""

_ASKING = (
    r"什么(?:时候|时间|地方|人|是|叫)|(?:是|有|为|做|干)?什么|何[时日地处人谓种]|为[何啥]|有?啥(?:时候)?",
    r"多少[个项起次家人名吨亩条座件]?|多[大高久]|多长(?:时间)?|几[个项条次起家类种点级周天年月号日]",
    r"怎么[样做办]?|怎样|如何|有没有|是不是|能不能|会不会|是否|能否|可否",
    r"哪[里儿些几个位一年月天]|谁",
)
_POLITE = (r"请问|麻烦|帮我|给我|告诉我|我?想知道",)
_POLITENESS = re.compile(
    r"(?:您好|你好)[，,！!。\s]*|谢谢(?:您|你|了)?|麻烦(?:您|你)?(?:了|帮我?)?|(?:我?想)?(?:请教|咨询|了解|请问|问)(?:一下|下)"
    r"|我?想(?:请教|咨询|了解|知道|问)|(?:^|[，,])我们?(?:在|是|写|要写|正在|这边)[^，,。]{0,12}(?=[，,。]|$)|帮我[^，,。]{1,5}一下"
    r"|(?:按条|一条一条|一项一项)?(?:列|说|写|讲)(?:出来|一下|清楚)?(?:就行|即可|就好)"
)
"""What is said to be polite or of oneself, and asks nothing."""
_NAMELESS = frozenset("rucdpfqyeokm")
"""Parts of speech that name nothing: pronouns, particles, adverbs, prepositions, positions, measures and the like."""
_NAMES_ALL_THE_SAME = frozenset(
    ["立法", "频次", "难点", "初中", "两会", "二胎", "三胎", "一把手", "二把手", "大连"]
)
"""Words that name something though the tagger takes them for adverbs or numbers; of the policy words there are no more."""
_SUFFIXES = frozenset("率")
"""What makes a measure of the word before it: 赤字率, not the deficit."""
_FRAMES = re.compile("|".join((*_ASKING, *_POLITE)))
_ASKED_AS = {
    "list": "有哪些",
    "number": "是多少",
    "date": "是什么时候",
    "person": "是谁",
    "place": "在哪里",
    "yesno": "了吗",
    "definition": "是什么",
    "reason": "是为什么",
    "open": "怎么样",
}
"""How a question of each kind ends."""


def understand(text: str) -> Question:
    """``text``, a standalone question, taken apart; ``InvalidQuestion`` if there is nothing to ask in it."""
    plain = simplified(clean(text))
    foreign = english.is_english(plain)
    said = ((word, False) for word in english.words(plain)) if foreign else _said(_POLITENESS.sub(" ", plain))
    words: dict[str, bool] = {}
    for word, weak in said:
        plain_word = comparable(word)
        if any(map(str.isalnum, plain_word)):
            words.setdefault(plain_word, weak or is_weak(plain_word))
    return Question(
        text=plain,
        kind=kinds.kind(plain),
        periods=periods.asked(without_numbers(plain)),
        places=tuple(dict.fromkeys(_places(plain))),
        names=_names(plain),
        articles=tuple(dict.fromkeys(_ARTICLES.findall(plain))),
        terms=tuple(Term(word, weak) for word, weak in words.items()),
        tense=kinds.tense(plain),
    )


def settled(question: Question, today: date) -> Question:
    """``question`` asking for results where it asks for a figure of years that are over and says nothing of a plan."""
    over = bool(question.periods) and all(one.isdigit() and int(one) < today.year for one in question.periods)
    return (
        replace(question, tense="done") if over and not question.tense and question.kind == "number" else question
    )


def clean(text: str) -> str:
    """``text`` as a question can be: without control characters, lone surrogates and outer space.

    ``InvalidQuestion`` if no letter, digit or Chinese character is left.
    """
    usable = (" " if unicodedata.category(one) in _UNUSABLE else one for one in text[:LONGEST])
    text = " ".join("".join(usable).split())
    if not any(map(str.isalnum, text)):
        raise InvalidQuestion(
            "the question is empty; ask something about the documents", "问题是空的；请输入要查询的内容"
        )
    return text


def unframed(text: str) -> str:
    """``text`` without its question words: 处置了多少起事故 → 处置了事故."""
    return _FRAMES.sub("", text)


def is_weak(word: str) -> bool:
    """Whether ``word`` tells little about a question's subject, as a single Chinese character does too."""
    return is_generic(word) or (len(word) == 1 and bool(_CJK.match(word)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for groups in _NAMES.findall(text) for name in groups if name)


def _said(text: str) -> Iterator[tuple[str, bool]]:
    """The names of ``text``, then its words without times and question words; whether each can only be weak."""
    yield from ((name, False) for name in _names(text))
    yield from _words(_FRAMES.sub(" ", _ARTICLES.sub(" ", periods.without(_NAMES.sub(" ", text)))))


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of ``text``; neighbours that together are one policy word (碳 + 中 + 和) stay together.

    What is written in Latin letters and digits is one word up to the next space or Chinese character (PM2.5). A
    word that by its part of speech names nothing (这项, 一些, 里头, 就) can only be weak.
    """
    parts = enumerate(_LATIN.split(text))
    tagged = [pair for place, part in parts for pair in ([(part, "nx")] if place % 2 else rjieba.tag(part, False))]
    place = 0
    while place < len(tagged):
        for size in range(_LONGEST_POLICY_WORD, 0, -1):
            joined = "".join(word for word, _ in tagged[place : place + size])
            if size == 1 or joined in policy_words():
                if size == 1 and place + 1 < len(tagged) and tagged[place + 1][0] in _SUFFIXES:
                    yield joined + tagged[place + 1][0], False
                    place += 2
                    break
                nameless = tagged[place][1][0] in _NAMELESS and joined not in _NAMES_ALL_THE_SAME
                yield joined, size == 1 and nameless
                place += size
                break


def _places(text: str) -> Iterator[str]:
    """The short names of the places that ``text`` names, the longest at each position: none in 给环保定的指标."""
    begun = set(accumulate(map(len, rjieba.cut(text)), initial=0))
    place = 0
    while place < len(text):
        for size in range(_LONGEST_PLACE, 1, -1):
            if place in begun and text[place : place + size] in places():
                yield places()[text[place : place + size]]
                place += size
                break
        else:
            place += 1
