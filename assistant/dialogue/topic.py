"""What a question is about, as the words in which it says so, and the same question about something else."""

from __future__ import annotations

import re
from itertools import accumulate

import rjieba

from assistant.language import periods
from assistant.language.kinds import kind
from assistant.language.question import Term, understand, unframed
from assistant.language.vocabulary import (
    actions,
    attributes,
    comparable,
    contrasts,
    places,
    policy_words,
    simplified,
    surnames,
)
from index.errors import InvalidQuestion
from index.types import Span

_TITLE = re.compile(r"《[^《》]+》")
_ASKED_OF_YOU = re.compile(
    r"^(?:那个|诶|哎)?(?:[你您]们?|我们?)(?:还|也|就|很|最|超|刚刚?|有没有|是不是)*"
    r"(?:知道|认识|喜欢|爱看|爱|觉得|想知道|想问一?下?|看过|听过|听说过|玩过|去过|用过|[想要]?[去看吃学玩买])"
)
_NUMBER = re.compile(r"[一-鿿]{1,8}[〔\[（(](?:19|20)\d{2}[〕\]）)]第?\d{1,4}号")
_WHO_IS = re.compile(r"([一-鿿]{2,4}?)(?:是谁|是什么人|是干什么的|的职务|担任什么)")
_FRAMED = re.compile(
    r"(?:都|还|又|分别|主要)?(?:有|是|叫|需要?|应该?|应当|可以|可|能|会|要)?"
    r"(?:哪[里儿些几个位一年天]|什么(?:时候|地方)?|多少[个项起次家人名吨亩条座件]?|多久|怎么样?|怎样|如何|为什么|谁|几[个项条]|有没有|是否|能否)"
)
_MODIFIERS = re.compile(r"^(?:的|有?哪些|重点|主要|具体|全部|总体|其他|各项)+")
_LEFT_OVER = re.compile(r"[?？。!！的了呢吗嘛么吧啊呀\s]+$|\s+")
_ASPECT = re.compile(r"[了过的](?=[一-鿿])")
_ASKING = re.compile(r"什么|哪|多少|谁|几|怎|如何|吗|是否|有没有")
_LONGEST_SHARED = 6
"""Characters with which a new topic and the old one may both end, the rest left unsaid (水污染 for 水污染防治)."""


def subject(text: str) -> tuple[Term, ...]:
    """The terms that ``text`` is about; empty where it has none."""
    try:
        return understand(text).subject
    except InvalidQuestion:
        return ()


def asks(text: str) -> bool:
    """Whether ``text`` asks something by itself, rather than name a topic."""
    return kind(text) != "open" and bool(subject(text)) and bool(_ASKING.search(text))


def is_question(text: str) -> bool:
    """Whether ``text`` has a question word and a subject of its own: 生育津贴怎么算."""
    return bool(_ASKING.search(text)) and bool(subject(text)) and not is_attribute(text)


def asked_differently(query: str, asked: str) -> str:
    """``query`` with ``asked`` at its end in place of its question words: …任务有哪些 → …任务有什么不同."""
    return f"{_LEFT_OVER.sub('', _FRAMED.sub('', query))}{asked}"


def of(query: str) -> str:
    """What ``query`` is about, without its time and its question words; empty if it is about nothing.

    处置了多少起环境应急事故 → 处置环境应急事故; of a document, its title or its number: 《大气污染防治法》什么时候施行 →
    《大气污染防治法》
    """
    query = _ASKED_OF_YOU.sub("", query)
    titled = _TITLE.search(query) or _NUMBER.search(query)
    if titled and all(term.text in actions() for term in subject(query.replace(titled[0], ""))):
        return titled[0]
    span = _span(query)
    said = _ASPECT.sub("", _unframed(span.of(query))) if span else _unframed(periods.without(query))
    return _LEFT_OVER.sub("", said)


def owner(query: str) -> str:
    """What ``query`` is about, without what is asked of it at its end: 公租房申请条件有哪些 → 公租房."""
    about = of(query)
    end = _tail_start(about)
    return about[:end] if end > 1 else about


def is_attribute(text: str) -> bool:
    """Whether ``text`` names only what is asked of a subject (有效期, 办理流程, 缴费), and no subject."""
    terms = subject(text)
    return all(_asked_of(term.text) for term in terms) and any(term.text not in actions() for term in terms)


def changed(query: str, topic: str) -> str:
    """``query`` with ``topic`` in place of its subject; its time, its document and its place stay.

    A place takes the place's place, and a document's title the title's. What is asked of the old subject is asked
    of the new one (see ``completed``); what is only asked of a subject is asked of the old one.
    """
    titled = _TITLE.search(query)
    if titled and topic not in titled[0]:
        if _TITLE.fullmatch(topic):
            return query.replace(titled[0], topic)
        return f"{titled[0]}{topic}" if asks(f"{titled[0]}{topic}") else f"{titled[0]}的{topic}{_rest(query)}"
    if topic in places():
        place = next((name for name in sorted(places(), key=len, reverse=True) if name in query), "")
        return query.replace(place, topic) if place else topic + query
    if is_attribute(topic) and not is_attribute(of(query)):
        return of_time(owner(query) + topic, query)
    span = _span(query)
    if span is None:
        return _general(query, topic)
    start = _after_place(query, span)
    piece = _named(query[start : span.end])
    old = piece.of(query[start : span.end])
    return query[: start + piece.start] + completed(topic, old) + query[start + piece.end :]


def completed(topic: str, old: str) -> str:
    """``topic`` with what it leaves unsaid taken from the ``old`` one.

    水污染 beside 大气污染防治 → 水污染防治; 门诊 beside 职工医保住院报销比例 → 职工医保门诊报销比例; 公园 beside
    高新技术企业认定条件 → 公园认定条件
    """
    contrasted = _contrasted(topic, old)
    if contrasted:
        return contrasted
    ends = _word_ends(old)
    for size in range(min(len(topic), _LONGEST_SHARED), 0, -1):
        end = old.find(topic[-size:]) + size
        if end >= size and (size > 1 or end in ends) and old[end:] and old[end:] not in topic:
            return topic + old[end:]
    tail = _tail_start(old)
    return topic + old[tail:] if 0 < tail < len(old) and not is_attribute(topic) else topic


def alike(one: str, other: str) -> bool:
    """Whether two questions name a word in common, generic ones among them (任务)."""
    said = {word for word in rjieba.cut(one) if len(word) > 1}
    return any(word in other and not _ASKING.search(word) for word in said)


def of_time(query: str, before: str) -> str:
    """``query`` of the time of the one ``before`` it, unless it names its own."""
    times = periods.asked(before)
    if periods.asked(query) or not times:
        return query
    return "和".join(map(periods.written, times)) + query


def person(query: str) -> str:
    """The first person whom ``query`` names, with or without a title; empty if none.

    A word that belongs to a policy word is no name: 达峰 in 碳达峰 is not.
    """
    asked = _WHO_IS.match(query)
    if asked and (asked[1][:1] in surnames() or asked[1][:2] in surnames()):
        return asked[1]
    words = "".join(term.text for term in subject(query))
    names = (word for word, tag in rjieba.tag(query) if tag == "nr" and len(word) > 1)
    return next((name for name in names if not any(name in word for word in policy_words() if word in words)), "")


def _span(query: str) -> Span | None:
    """From the first to the last character of the subject's words in ``query``."""
    plain = simplified(query).lower()
    found = [(place, place + len(term.text)) for term in subject(query) if (place := plain.find(term.text)) >= 0]
    if not found:
        return None
    start, end = min(place for place, _ in found), max(place for _, place in found)
    if start and plain[start - 1] in "“《":
        start -= 1
    if end < len(plain) and plain[end] in "”》":
        end += 1
    return Span(start, end)


def _after_place(query: str, span: Span) -> int:
    """Where the subject begins behind the place with which it begins (北京|落户政策); all of it if it is no more."""
    for size in range(8, 1, -1):
        end = span.start + size
        if end < span.end and query[span.start : end] in places():
            return end
    return span.start


def _rest(query: str) -> str:
    """What ``query`` asks behind its subject: 有哪些."""
    span = _span(query)
    return query[span.end :] if span and comparable(query[span.end :]) else ""


def _unframed(text: str) -> str:
    return unframed(_FRAMED.sub("", text))


def _named(text: str) -> Span:
    """The part of ``text`` that names the subject, before or behind the question words within it.

    小微企业|有哪些税收优惠, 失业保险金|怎么申领; of 什么是碳达峰 the part behind them.
    """
    match = _FRAMED.search(text)
    if not match:
        return Span(0, len(text))
    return Span(0, match.start()) if match.start() > 1 else Span(match.end(), len(text))


def _general(query: str, topic: str) -> str:
    """A question without a subject (2021年重点任务有哪些) about ``topic``: 2021年 + topic + 任务有哪些."""
    if len(query) < len("有哪些？"):
        return f"{topic}{query}"
    rest = _MODIFIERS.sub("", periods.without(query).strip("，, 的"))
    return of_time(f"{topic}{rest}", query)


def _contrasted(topic: str, old: str) -> str:
    """``old`` with ``topic`` in place of the word that it contrasts with; empty if there is none."""
    for whole, words in contrasts():
        mine = max((word for word in words if topic.endswith(word)), key=len, default="")
        theirs = max((word for word in words if word in old and word not in topic), key=len, default="")
        if not mine or not theirs or mine in old:
            continue
        start = old.find(theirs)
        if whole or topic != mine:
            start, was = 0, old[: start + len(theirs)]
        else:
            was = theirs
        return old[:start] + topic + old[start + len(was) :]
    return ""


def _word_ends(text: str) -> set[int]:
    """The offsets in ``text`` at which a word ends."""
    return set(accumulate(len(word) for word in rjieba.cut(text, False)))


def _asked_of(word: str) -> bool:
    """Whether ``word`` is asked of a subject: an attribute, or one of what is done (申请条件)."""
    if word in attributes() or word in actions():
        return True
    return any(
        word[:size] in actions() | attributes() and word[size:] in attributes() for size in range(1, len(word))
    )


def _tail_start(text: str) -> int:
    """Where what is asked of the subject begins at the end of ``text`` (高新技术企业|认定条件); its length if nowhere.

    A tail is one attribute with the verbs before it.
    """
    ends = sorted({0, *_word_ends(text)})
    starts = [start for start in ends[:-1] if text[start:] in attributes()]
    if not starts:
        return len(text)
    place = ends.index(starts[0])
    while place > 0 and text[ends[place - 1] : ends[place]] in actions() | attributes():
        place -= 1
    return ends[place]
