"""What a question is about, as the words in which it says so, and the same question about something else."""

from __future__ import annotations

import re

import rjieba

from assistant import periods
from assistant.kinds import kind
from assistant.question import Term, understand, unframed
from assistant.vocabulary import actions, comparable, places, policy_words, simplified
from index.errors import InvalidQuestion
from index.types import Span

_TITLE = re.compile(r"《[^《》]+》")
_ASKED_OF_YOU = re.compile(
    r"^(?:那个|诶|哎)?(?:[你您]们?|我们?)(?:还|也|就|很|最|超|刚刚?|有没有|是不是)*"
    r"(?:知道|认识|喜欢|爱看|爱|觉得|想知道|想问一?下?|看过|听过|听说过|玩过|去过|用过|[想要]?[去看吃学玩买])"
)
_LEFT_OVER = re.compile(r"[?？。!！的了呢吗嘛么吧啊呀\s]+$|\s+")
_ASPECT = re.compile(r"[了过的](?=[一-鿿])")
_ASKING = re.compile(r"什么|哪|多少|谁|几|怎|如何|吗|是否|有没有")
_ENDINGS = (4, 3, 2)
"""Lengths of the ending that a new topic may leave unsaid (水污染 for 水污染防治), longest first."""


def subject(text: str) -> tuple[Term, ...]:
    """The terms that ``text`` is about; empty where it has none."""
    try:
        return understand(text).subject
    except InvalidQuestion:
        return ()


def asks(text: str) -> bool:
    """Whether ``text`` asks something by itself, rather than name a topic."""
    return kind(text) != "open" and bool(subject(text)) and bool(_ASKING.search(text))


def of(query: str) -> str:
    """What ``query`` is about, without its time and its question words; empty if it is about nothing.

    处置了多少起环境应急事故 → 处置环境应急事故; of a document, its title: 《大气污染防治法》什么时候施行 → 《大气污染防治法》
    """
    query = _ASKED_OF_YOU.sub("", query)
    titled = _TITLE.search(query)
    if titled and all(term.text in actions() for term in subject(_TITLE.sub("", query))):
        return titled[0]
    span = _span(query)
    said = _ASPECT.sub("", unframed(span.of(query))) if span else unframed(periods.without(query))
    return _LEFT_OVER.sub("", said)


def changed(query: str, topic: str) -> str:
    """``query`` with ``topic`` in place of its subject; its time, its document and its place stay.

    A place takes the place's place, and a document's title the title's.
    """
    titled = _TITLE.search(query)
    if titled and topic not in titled[0]:
        if _TITLE.fullmatch(topic):
            return query.replace(titled[0], topic)
        return f"{titled[0]}{topic}" if asks(f"{titled[0]}{topic}") else f"{titled[0]}的{topic}{_tail(query)}"
    if topic in places():
        place = next((name for name in sorted(places(), key=len, reverse=True) if name in query), "")
        return query.replace(place, topic) if place else topic + query
    span = _span(query)
    if span is None:
        return f"{topic}{query}" if len(query) < 4 else of_time(topic, query)
    start = _after_place(query, span)
    return query[:start] + completed(topic, query[start : span.end]) + query[span.end :]


def completed(topic: str, old: str) -> str:
    """``topic`` with what it leaves unsaid at its end taken from the ``old`` one: 水污染 beside 大气污染防治."""
    for size in _ENDINGS:
        ending = old[-size:]
        if len(old) > size + 1 and topic.endswith(old[-size - 2 : -size]) and ending not in topic:
            return topic + ending
    return topic


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


def _tail(query: str) -> str:
    """What ``query`` asks behind its subject: 有哪些."""
    span = _span(query)
    return query[span.end :] if span and comparable(query[span.end :]) else ""
