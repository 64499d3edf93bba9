"""What is asked: the kind of answer wanted, the time, the places and names, and the subject.

understand("2021年碳达峰任务有哪些")  →  kind list, periods ("2021",), terms 碳达峰 (and, weakly, 任务)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba

from assistant import periods
from assistant.vocabulary import comparable, english, is_generic, places, simplified
from assistant.vocabulary import terms as policy_words
from index.errors import InvalidQuestion

LONGEST = 2_000
"""Characters of a question that are read; a longer one is cut, since no question needs more."""


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


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("reason", r"为什么|为何|原因|凭什么|怎么会|\bwhy\b"),
        (
            "date",
            r"什么时候|什么时间|何时|哪一?[年天日月]|几[月号日](?!内)|多会儿|啥时候|哪年|时间(是|为)|(召开|开会|举行|印发|施行|实施|生效|发布|成立)(的)?(时间|日期)|日期"
            r"|\bwhen\b|\bwhat (date|year|day)\b|\bwhich (year|day)\b",
        ),
        (
            "number",
            r"多少|几(?!乎|点|方面|种|大|条|项|点|个方面)|比例|比率|占比|百分之|率(是|为|有|达|怎|如|呢|情|$|[?？])|数量|多大|多高|总数|次数|数字|数据是"
            r"|\bhow (many|much|large|high)\b|\bwhat (percentage|percent|proportion|share|ratio|rate|number)\b|\b(ratio|rate|percentage|proportion) of\b",
        ),
        (
            "place",
            r"哪里|哪儿|在哪(?!些|个|一?[年月日天])|什么地方|何地|何处|哪个(城市|省|地方|县)|地点|\bwhere\b",
        ),
        (
            "person",
            r"谁|哪位|何人|什么人|哪些人|哪些领导|是哪个(部门|单位|机构)|哪(个|些)(部门|单位|机构)|(部长|书记|主任|局长|省长|市长)(是|叫)|姓名|什么职务|职务"
            r"|\bwho(m|se)?\b",
        ),
        (
            "yesno",
            r"是否|有没有|是不是|能否|可否|能不能|会不会|要不要|完成没|了没|对不对|对吗|有无|(了|过|的)?吗[?？]?$|没有[?？]?$"
            r"|^\s*(is|are|was|were|did|does|do|has|have|had|can|will|should)\b",
        ),
        (
            "definition",
            r"什么是|(?<!任务|措施|内容|目标|要求|重点|工作|结果|时间|标准|依据|职责|主题|原则|思路|数量|成果|成效|进展|做法|经验|意义|作用|方针|情况|特点|方向|安排|部署|地点|日期)(分别)?(是|指的?是?|叫)(什么|啥)(?!时|样|人|地|级|日|会议|时候)|什么意思|是什么(会议|组织|东西|污染物|物质)|含义|何谓|何为|定义|指的是|怎么理解|如何理解|\bwhat does .* mean\b|\bmeaning of\b|\bdefin",
        ),
        (
            "list",
            r"列全|哪些|哪几|有什么|有啥|什么(任务|措施|工作|内容|要求|目标|举措|成果|成效|成绩|进展|部署|安排)|(任务|措施|内容|目标|要求|重点|工作|举措|原则|思路|成果|成效|安排)(分别|都|主要)?(是|有)?(什么|啥)"
            r"|几(点|方面|种|大|条|项|个方面)|分别|列出|列举|罗列|清单|包括|干了(什么|啥)|做了(什么|啥|哪)|做(什么|啥)|干(什么|啥)|要抓(什么|啥)|怎么(做|抓|干|办|推进|部署|安排|治|落实)|如何(做|抓|推进|部署|落实|开展|治)|任务[?？]?$|措施[?？]?$|举措[?？]?$|要求[?？]?$|重点[?？]?$"
            r"|[一二三四五六七八九十两]个[一-鿿]{2}[”\"]?(是|有|包|$|[?？])"
            r"|\b(tasks|measures|actions|steps|goals|targets|achievements|priorities|requirements|list)\b",
        ),
    )
)
_DONE = re.compile(
    r"了(什么|啥|哪|吗|没|多少|几)|做了|完成|取得|成效|成绩|成果|成就|进展|怎么样|怎样了|如何了|情况|过(什么|哪|吗)|已经?|达到|回顾|总结|过去"
    r"|\b(did|was|were|achieve\w*|accomplish\w*|complet\w+|progress|results?|done|have been|has been)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"任务|要(做|抓|干|怎|如何|开展|推进|完成|重点)|将|打算|计划|下一步|今后|安排|部署|准备(?!金)|怎么(做|抓|干|办)|措施|目标|要求|\b(will|plan\w*|tasks?|should|going to|next|priorit\w+)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"《([^《》]{2,60})》|“([^“”]{2,30})”|\"([^\"]{2,30})\"|「([^「」]{2,30})」|『([^『』]{2,30})』"
)
_ARTICLES = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[条章节编款项](?:之[一二三四五六七八九十])?")
_FRAMES = re.compile(
    r"什么时候|什么时间|什么地方|什么人|什么是|是什么|有什么|为什么|做什么|干什么|什么|何时|何地|何处|何人|何谓|为何|多少[个项起次家人名吨亩条座件]?|多少|多大|多高|怎么样|怎么做|怎么办|怎么|怎样|如何"
    r"|有没有|是不是|能不能|会不会|是否|能否|可否|哪里|哪儿|哪些|哪几|哪个|哪位|哪一|哪年|哪月|哪天|谁|几[个项条次起家类种点级周天年]|啥时候|啥|请问|麻烦|帮我|给我|告诉我|我想知道|想知道"
)
_CJK = re.compile(r"[㐀-鿿]")


def understand(text: str) -> Question:
    """``text``, a standalone question, taken apart; ``InvalidQuestion`` if there is nothing to ask in it."""
    text = clean(text)
    plain = simplified(text)
    foreign = is_english(plain)
    names = tuple(next(filter(None, groups)) for groups in _NAMES.findall(plain))
    articles = tuple(dict.fromkeys(_ARTICLES.findall(plain)))
    terms = _english_terms(plain) if foreign else _terms(plain)
    found = dict.fromkeys(places()[name] for name in _place_names(plain))
    return Question(
        text=plain,
        kind=kind(plain),
        periods=periods.asked(plain),
        places=tuple(found),
        names=names,
        articles=articles,
        terms=terms,
        tense=tense(plain),
    )


def clean(text: str) -> str:
    """``text`` as a question can be: without control characters, lone surrogates and outer space.

    ``InvalidQuestion`` if no letter, digit or Chinese character is left.
    """
    text = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} else character
        for character in text[:LONGEST]
    )
    text = re.sub(r"\s+", " ", text).strip()
    if not any(character.isalnum() for character in text):
        raise InvalidQuestion(
            "the question is empty; ask something about the documents", "问题是空的；请输入要查询的内容"
        )
    return text


def is_english(text: str) -> bool:
    """Whether a question is written in a Latin script: it has letters and hardly a Chinese character."""
    letters = len(re.findall(r"[A-Za-z]", text))
    return letters > 6 and letters > 3 * len(_CJK.findall(text))


def kind(text: str) -> str:
    """The kind of answer that a question wants; "open" where no word tells."""
    for name, pattern in _KINDS:
        if pattern.search(text):
            return name
    return "open"


def tense(text: str) -> str:
    """Whether results ("done") or tasks ("planned") are asked for; empty where nothing tells."""
    done, planned = bool(_DONE.search(text)), bool(_PLANNED.search(text))
    if done == planned:
        return ""
    return "done" if done else "planned"


def unframed(text: str) -> str:
    """``text`` without its question words: 处置了多少起事故 → 处置了事故."""
    return _FRAMES.sub("", text)


def _terms(text: str) -> tuple[Term, ...]:
    names = [name for groups in _NAMES.findall(text) for name in groups if name]
    bare = _FRAMES.sub(" ", _ARTICLES.sub(" ", periods.without(_NAMES.sub(" ", text))))
    words = [comparable(name) for name in names]
    words += (word for word in map(comparable, _words(bare)) if any(map(str.isalnum, word)))
    return tuple(Term(word, weak=is_weak(word)) for word in dict.fromkeys(words))


def _words(text: str) -> Iterator[str]:
    """The words of ``text``; neighbours that together are one policy word (碳 + 中 + 和) stay together."""
    words = rjieba.cut(text, False)
    place = 0
    while place < len(words):
        for size in (5, 4, 3, 2):
            joined = "".join(words[place : place + size])
            if place + size <= len(words) and joined in policy_words():
                yield joined
                place += size
                break
        else:
            yield words[place]
            place += 1


def is_weak(word: str) -> bool:
    """Whether ``word`` tells little about a question's subject, as a single Chinese character does too."""
    return is_generic(word) or (len(word) == 1 and bool(_CJK.match(word)))


def _english_terms(text: str) -> tuple[Term, ...]:
    """The Chinese for the English phrases of ``text``, longest phrase first; numbers and acronyms as they are."""
    found: list[str] = []
    words = [word.lower() for word in re.findall(r"[A-Za-z0-9.\-']+", text)]
    place = 0
    while place < len(words):
        for length in range(min(6, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + length]).strip(".")
            translated = english().get(phrase) or english().get(_singular(phrase))
            if translated:
                found.extend(translated[:1])
                place += length
                break
        else:
            word = words[place].strip(".'")
            if re.search(r"\d", word) and not re.fullmatch(r"(19|20)\d{2}", word):
                found.append(word)
            place += 1
    return tuple(Term(word, weak=is_weak(word)) for word in dict.fromkeys(map(comparable, found)))


def _singular(phrase: str) -> str:
    if phrase.endswith("ies"):
        return phrase[:-3] + "y"
    if phrase.endswith(("sses", "ches", "shes")):
        return phrase[:-2]
    return phrase.removesuffix("s")


def _place_names(text: str) -> list[str]:
    found = []
    place = 0
    while place < len(text):
        for length in (8, 7, 6, 5, 4, 3, 2):
            if text[place : place + length] in places():
                found.append(text[place : place + length])
                place += length
                break
        else:
            place += 1
    return found
