"""What a penalty question is answered with: the acts that are punished, as exactly as they are named, whole.

未取得排污许可证排放污染物怎么处罚 → 有下列行为之一的,…处20万元以上100万元以下的罚款:(一)未取得排污许可证排放污染物
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.evidence import Candidate
from assistant.answering.lines import Said
from assistant.language import form
from assistant.language.question import Question

MOST = 3
"""Acts that are told: what is punished in several ways stands in several articles."""
EQUAL = 0.95
"""An act is told beside the one that is named best if it is named this well, relative to it."""
LEAST = 0.5
"""Share of the subject that it covers at least."""


def penalties(question: Question, found: Sequence[Candidate]) -> tuple[Said, ...]:
    """The sentences of one document that punish what is asked for, in its order; empty if another sort is asked for.

    Of acts that are named alike the briefest are told, since they name nothing else.
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
    told = sorted(inside, key=lambda one: (len(one.text), -one.score))[:MOST]
    return tuple(
        Said(one.source, one.section, one.span, one.span) for one in sorted(told, key=lambda one: one.span)
    )
