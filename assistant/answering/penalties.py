"""What a penalty question is answered with: the acts that are punished, as exactly as they are named, whole.

未取得排污许可证排放污染物怎么处罚 → 有下列行为之一的,…处20万元以上100万元以下的罚款:(一)未取得排污许可证排放污染物
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answering.evidence import Candidate
from assistant.answering.lines import Said
from assistant.language import form
from assistant.language.question import Question
from index.sentences import sentences, trimmed
from index.types import Span

MOST = 3
"""Acts that are told: what is punished in several ways stands in several articles."""
EQUAL = 0.95
"""An act is told beside the one that is named best if it is named this well, relative to it."""
LEAST = 0.5
"""Share of the subject that it covers at least."""

_GRADE = re.compile(
    r"(?:情节|拒不|逾期|造成|构成犯罪|没有违法所得|违法所得不足|货值|对其?直接负责|单位(?:有|因)前|有前款|触犯刑律|尚未|并(?:处|可))"
)
"""How the sentence begins that goes on from a penalty to a graver or a lighter case of the same act."""
_BEFORE_THE_ACT = re.compile(
    r"(?:第[零〇一二三四五六七八九十百]+条\s*)?(?:违反[^，,。；;]{2,40}?(?:规定|要求)[，,])?"
)
_BEHIND_THE_ACT = re.compile(r"的[，,].*", re.DOTALL)


def penalties(question: Question, found: Sequence[Candidate]) -> tuple[Said, ...]:
    """The sentences of one document that punish what is asked for, in its order; empty if another sort is asked for.

    Of acts that are named alike those in the fewest words are told, since they name nothing else.
    """
    if not form.is_of_penalty(question):
        return ()
    punishing = [one for one in found if one.features.form >= 1.0]
    least = min((one.behind for one in punishing if one.features.own >= LEAST), default=0.0)
    standing = [one for one in punishing if one.behind <= least]
    reached = max((one.features.own for one in standing), default=0.0)
    if reached < LEAST:
        return ()
    alike = [one for one in standing if one.features.own >= EQUAL * reached]
    document = alike[0].source.document.id
    inside = [one for one in alike if one.source.document.id == document]
    told = sorted(inside, key=lambda one: (len(_act(one.text)), -one.score))[:MOST]
    lines = [line for one in sorted(told, key=lambda one: one.span) for line in _graded(one)]
    return tuple({line.quoted: line for line in lines}.values())


def _act(text: str) -> str:
    """The part of a sentence that names the act: 违反本法规定,未取得许可证采砂的,处…罚款 → 未取得许可证采砂."""
    return _BEHIND_THE_ACT.sub("", _BEFORE_THE_ACT.sub("", text, count=1))


def _graded(candidate: Candidate) -> Iterator[Said]:
    """The sentence of a candidate with those of its paragraph that it goes on from, and that go on from it."""
    text, span = candidate.source.document.text, candidate.span
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    around = [trimmed(one, text) for one in sentences(text, start, end if end >= 0 else len(text))]
    place = next((at for at, one in enumerate(around) if one.overlaps(span)), None)
    if place is None:
        yield Said(candidate.source, candidate.section, span, span)
        return
    first, last = place, place + 1
    while first and _is_grade(text, around[first]):
        first -= 1
    while last < len(around) and _is_grade(text, around[last]):
        last += 1
    for one in around[first:last]:
        yield Said(candidate.source, candidate.section, one, one)


def _is_grade(text: str, span: Span) -> bool:
    return _GRADE.match(text, span.start) is not None
