"""Several things asked for at once (粮食种植面积和棉花总产的目标分别是什么): each of them is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.compose import clause
from assistant.answering.evidence import Candidate
from assistant.answering.lines import Said, statement
from assistant.language import matching, periods
from assistant.language.question import Question, Term
from assistant.language.vocabulary import comparable

MOST = 5
"""Things that are told apart."""
TOLD = 0.5
"""The share of a thing's own words that a line covers at least, to tell of it."""

_EACH = re.compile(r"分别|各(?=[是为有])")
_JOINS = re.compile(r"以及|[、和与及，,]")


def each_told(
    question: Question, lines: Sequence[Said], found: Sequence[Candidate], weight: Callable[[str], float]
) -> tuple[Said, ...]:
    """The lines with those, from the documents that they quote, that tell of what they leave out; in the documents' order.

    ``found`` are the sentences that may answer, best first.
    """
    quoted = {line.source.document.id: order for order, line in reversed(list(enumerate(lines)))}
    if not lines or lines[0].pieces:
        return tuple(lines)
    more = list(lines)
    for terms in things(question):
        if any(matching.coverage(terms, comparable(statement(line)), weight) > TOLD for line in more):
            continue
        about = replace(question, terms=terms)
        for one in found:
            inside = one.source.document.id in quoted and one.features.form >= TOLD
            if inside and matching.coverage(terms, comparable(one.text), weight) > TOLD:
                more.append(clause(about, one, weight))
                break
    if len(more) == len(lines):
        return tuple(lines)
    return tuple(sorted(more, key=lambda line: (quoted[line.source.document.id], line.said)))


def things(question: Question) -> tuple[tuple[Term, ...], ...]:
    """The words of each of the things that a question asks for at once, those that none of the others has.

    Empty where it does not ask for each of several, or one of them has no word of its own.
    """
    match = _EACH.search(question.text)
    names = (
        [comparable(name) for name in _JOINS.split(periods.without(question.text[: match.start()]))]
        if match
        else []
    )
    own = [
        tuple(
            term
            for term in question.subject
            if term.text in name and not any(term.text in other for at, other in enumerate(names) if at != place)
        )
        for place, name in enumerate(names)
    ]
    return tuple(own) if 1 < len(own) <= MOST and all(own) else ()
