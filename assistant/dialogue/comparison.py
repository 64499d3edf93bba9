"""Comparisons: a question about times, documents, places or two subjects is answered for each, side by side.

    2020年和2021年的碳达峰任务有什么不同  →  2020年的碳达峰任务有哪些 · 2021年的碳达峰任务有哪些

Each side is searched and answered on its own, so that the facts of one never pass for the other's, and a side of
which the documents say nothing says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.answering.likely import joined
from assistant.dialogue import topic
from assistant.language import periods
from assistant.language.vocabulary import places, policy_words
from assistant.prompts import render
from assistant.types import Answer, Citation
from index import regions
from index.types import Span


class Side(NamedTuple):
    """One side of a comparison: the words that stand above its answer, and the question that it asks."""

    label: str
    query: str


class Named(NamedTuple):
    """Two or more things of one sort that a text names side by side, and where."""

    names: tuple[str, ...]
    span: Span


MOST = 5
"""Sides that are told apart; of more, only the first are."""
_JOINERS = "和与跟同及、"
_ASKED = r"(?:什么|哪些|哪里|何|啥|怎样的|了)*"
_DIFFERENCE = r"(?:不同(?:点|之处)?|区别|差别|差异|差距|变化|异同点?|不一样(?:的地方)?)"
_AGAINST_ALL = r"(?:之间|两者|二者|相比|比较|对比|比起来|比)*"
_BESIDES = r"相比|比较|对比|比起来|比(?=[呢怎如哪谁]|$)"
_DEGREES = r"高|低|多|少|大|小|好|严|快|早|晚|长|严格|优惠|怎么样|如何"
_SOFTENED = r"(?:一些|一点)?(?:呢|吗)?[?？。]*$"
_CUE = re.compile(
    rf"{_AGAINST_ALL}(?:都|又|到底|究竟)?(?:有|是|存在|发生了?)?{_ASKED}的?{_DIFFERENCE}"
    r"(?:在哪里?|是什么|有哪些|有多大|大吗|吗|呢)?[?？。]*$"
    rf"|(?:{_BESIDES})+(?:更|比较|要)?(?:{_DEGREES})?{_SOFTENED}"
    rf"|(?:{_BESIDES})*(?:谁|哪(?:个|边|一?年|里|省|市|部))(?:更|比较|要)?(?:{_DEGREES}){_SOFTENED}"
    r"|(?:怎么|如何)(?:比较|对比)[?？。]*$"
)
"""How a question asks for what is different; it ends the question."""
_OPENS = re.compile(r"^(?:请|帮我|麻烦)?(?:比较|对比|比对)(?:一?下)?")
_EACH = re.compile(r"分别|各自|各(?=[有是])")
_BESIDE = r"(?:相比较?|相较|对比|比较|比起来|比(?![例率重值]))(?:之下|起来)?[，,]?"
_COMPARED = re.compile(rf"^(?:之间)?{_BESIDE}")
_AGAINST = re.compile(rf"[{_JOINERS}较](?P<other>[^，,。？?{_JOINERS}]{{2,20}}?){_BESIDE}")
_TITLE = re.compile(r"《[^《》]+》")
_TITLES = re.compile(rf"{_TITLE.pattern}(?:[{_JOINERS}]{_TITLE.pattern})+")
_COUNTED = re.compile(r"(?:率|比例|标准|金额|数量?|额|浓度|占比|价格?|费用?|工资|收入|人数|面积|年限|天数)$")
_LISTED = re.compile(
    r"(?:任务|措施|工作|重点|内容|要求|目标|政策|规定|条件|优惠|补贴|处罚|职责|原则|待遇|材料|程序|流程|举措|成效|指标)$"
)
_LONGEST = 24
"""Characters of a subject that is compared."""
_LONGEST_PLACE = 8
_LONGEST_SHARED = 6
_MARKER = re.compile(r"\[(\d+)\]$", re.MULTILINE)


def sides(query: str) -> tuple[Side, ...]:
    """The sides that ``query`` compares, in its order; empty if it compares nothing."""
    text = query.strip()
    compared = _OPENS.sub("", text)
    rest = _CUE.sub("", compared)
    cued = rest != text
    found = _named(rest)
    if found is None:
        return (_against(compared) or _of_subjects(rest)) if cued else ()
    if not (cued or _EACH.search(text) or periods.alone(found.names[0])):
        return ()
    return _apart(rest, found, _completed if cued else str)


def write(asked: str, query: str, answers: Sequence[tuple[str, Iterator[Answer]]]) -> Iterator[Answer]:
    """The answers of the sides, each under its label, as one answer in pieces; nothing if no side is answered.

    The markers of the citations go on from one side to the next.
    """
    started = [(label, next(pieces), pieces) for label, pieces in answers]
    if not any(first.answered for _, first, _ in started):
        return
    best = max((first for _, first, _ in started if first.answered), key=lambda first: first.confidence)
    hits = joined(*(first.hits for _, first, _ in started))
    yield replace(best, question=asked, query=query, text="", statements=(), citations=(), hits=hits)
    cited = 0
    for order, (label, first, pieces) in enumerate(started):
        yield Answer.piece(("\n" if order else "") + render("side", label=label) + "\n")
        if not first.answered:
            yield Answer.piece(render("side_nothing"))
            continue
        said = 0
        for piece in (first, *pieces):
            yield _moved(piece, cited)
            said += len(piece.citations)
        cited += said


def _moved(piece: Answer, by: int) -> Answer:
    """What ``piece`` says, its markers ``by`` higher."""
    return Answer.piece(
        _MARKER.sub(lambda marker: f"[{int(marker[1]) + by}]", piece.text),
        tuple(replace(one, marker=one.marker + by) for one in piece.statements),
        tuple(_renumbered(one, by) for one in piece.citations),
    )


def _renumbered(citation: Citation, by: int) -> Citation:
    return replace(citation, marker=citation.marker + by)


def _named(text: str) -> Named | None:
    """The titles, times or places that ``text`` names side by side: two, or as many as go on behind them."""
    titles = _TITLES.search(text)
    if titles:
        return Named(tuple(_TITLE.findall(titles[0])), Span(*titles.span()))
    for joint in _joints(text):
        found = _beside(text, joint)
        if found is None:
            continue
        while text[found.span.end : found.span.end + 1] in set(_JOINERS):
            more = _beside(text, found.span.end)
            if more is None or more.names[0] != found.names[-1]:
                break
            found = Named((*found.names, more.names[1]), Span(found.span.start, more.span.end))
        return found
    return None


def _beside(text: str, joint: int) -> Named | None:
    """The two times or places on either side of the character at ``joint``."""
    times = periods.beside(text, joint)
    return Named(times[:2], times[2]) if times else _places_beside(text, joint)


def _joints(text: str) -> list[int]:
    """Where ``text`` joins two things: its joining characters that belong to no policy word (碳中和)."""
    words = [word for word in policy_words() if word in text and any(one in word for one in _JOINERS)]
    inside = {
        place for word in words for match in re.finditer(re.escape(word), text) for place in range(*match.span())
    }
    return [place for place, letter in enumerate(text) if letter in _JOINERS and place not in inside]


def _places_beside(text: str, joint: int) -> Named | None:
    starts = range(max(0, joint - _LONGEST_PLACE), joint - 1)
    ends = range(min(len(text), joint + 1 + _LONGEST_PLACE), joint + 2, -1)
    first = next((text[start:joint] for start in starts if text[start:joint] in places()), "")
    second = next((text[joint + 1 : end] for end in ends if text[joint + 1 : end] in places()), "")
    if not first or not second:
        return None
    return Named((first, second), Span(joint - len(first), joint + 1 + len(second)))


def _apart(text: str, named: Named, asked: Callable[[str], str]) -> tuple[Side, ...]:
    """``text`` about each of those ``named``."""
    before, after = text[: named.span.start], _COMPARED.sub("", _EACH.sub("", text[named.span.end :]))
    return tuple(Side(label, asked(f"{before}{label}{after}".strip(" ，,：:"))) for label in named.names[:MOST])


def _of_subjects(text: str) -> tuple[Side, ...]:
    """The sides of two subjects joined by 和: 职工医保和居民医保(的)住院报销比例.

    The second ends at 的, or where the words end with which the first does too.
    """
    for joint in _joints(text):
        first, second = text[:joint], text[joint + 1 :]
        first = periods.without(first[max(map(first.rfind, "，,：:")) + 1 :]).strip("的")
        size = second.find("的") if "的" in second[1:] else len(second)
        for shared in range(min(len(first) - 1, _LONGEST_SHARED), 0, -1):
            place = second.find(first[-shared:])
            if place > 0 and place + shared <= size:
                size = place + shared
                break
        second = second[:size]
        if all(2 <= len(one) <= _LONGEST and topic.subject(one) for one in (first, second)):
            span = Span(joint - len(first), joint + 1 + size)
            return _apart(text, Named((first, second), span), _completed)
    return ()


def _against(compared: str) -> tuple[Side, ...]:
    """The sides of a question that names the other one apart: 2021年的任务和2020年相比有什么变化."""
    match = _AGAINST.search(compared)
    if not match:
        return ()
    other = match["other"].strip("的")
    one = _CUE.sub("", f"{compared[: match.start()]}{compared[match.end() :]}")
    if periods.alone(other):
        own = periods.asked(one)
        if len(own) != 1:
            return ()
        label, second = periods.written(own[0]), periods.replaced(one, other)
    else:
        label, second = _same_sort(one, other), topic.changed(one, other)
        if second == one:
            return ()
    return Side(label, _completed(one)), Side(other, _completed(second))


def _same_sort(text: str, other: str) -> str:
    """What ``text`` names of the sort that ``other`` is: its place, its title, else its subject."""
    titled = _TITLE.search(text)
    if titled and _TITLE.fullmatch(other):
        return titled[0]
    named = [place.short for place in regions.named(text)]
    return named[0] if named and other in places() else topic.of(text) or text


def _completed(side: str) -> str:
    """``side`` as a question: 2020年的碳达峰任务 → 2020年的碳达峰任务有哪些; a bare title asks for its contents."""
    side = side.strip(" ，,：:的")
    if _TITLE.fullmatch(side):
        return f"{side}的主要内容"
    if _COUNTED.search(side):
        return f"{side}是多少"
    return f"{side}有哪些" if _LISTED.search(side) else side
