"""Several things asked for at once (粮食种植面积和棉花总产的目标分别是什么): each of them is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.compose import clause, is_row, stands_beside
from assistant.answering.evidence import Candidate, residual
from assistant.answering.lines import Said, statement
from assistant.answering.scope import Source
from assistant.language import matching, periods
from assistant.language.question import Question, Term
from assistant.language.vocabulary import comparable
from index.types import Span

MOST = 5
"""Things that are told apart."""
TOLD = 0.5
"""The share of a thing's own words that a line covers at least, to tell of it."""

_EACH = re.compile(r"分别|各自|各(?=是|为|有(?:多少|哪些|几))")
_JOINS = re.compile(r"以及|[、和与及]")
_BEFORE = re.compile(r".*[，,]")
"""What a question says before it comes to the things (按照发展规划，…)."""


def each_told(
    question: Question, lines: Sequence[Said], found: Sequence[Candidate], weight: Callable[[str], float]
) -> tuple[Said, ...]:
    """The lines with what tells of what they leave out, in the order of the documents that they quote.

    ``found`` are the sentences that may answer, best first. What is added is of these documents, and of the time and
    the tense of the best one.
    """
    quoted = {line.source.document.id: order for order, line in reversed(list(enumerate(lines)))}
    if not lines or lines[0].pieces or not found:
        return tuple(lines)
    told = list(lines)
    for terms in things(question, found[0].source):
        if any(matching.coverage(terms, comparable(statement(line)), weight) > TOLD for line in told):
            continue
        for one in found:
            covers = matching.coverage(terms, comparable(one.text), weight) > TOLD
            if covers and one.source.document.id in quoted and _tells(one, found[0]):
                told = _with(told, clause(replace(question, terms=terms), one, weight))
                break
    if told == list(lines):
        return tuple(lines)
    return tuple(sorted(told, key=lambda line: (quoted[line.source.document.id], line.said)))


def _tells(candidate: Candidate, best: Candidate) -> bool:
    """Whether a sentence may be told beside the best one: a statement with what was asked for, of the same time."""
    return (
        candidate.features.form >= TOLD
        and candidate.period == best.period
        and stands_beside(candidate, best)
        and not is_row(candidate)
        and not candidate.text.endswith(("：", ":"))
    )


def _with(lines: Sequence[Said], line: Said) -> list[Said]:
    """The lines with one more, or with the one that quotes the same sentence said as far as it goes."""
    for place, other in enumerate(lines):
        if other.source.document.id == line.source.document.id and other.quoted == line.quoted:
            said = Span(min(other.said.start, line.said.start), max(other.said.end, line.said.end))
            return [*lines[:place], replace(other, said=said), *lines[place + 1 :]]
    return [*lines, line]


def things(question: Question, source: Source) -> tuple[tuple[Term, ...], ...]:
    """The words of each of the things that a question asks for at once: those that no other has, or else all of its own.

    What the title of ``source`` says belongs to none of them. Empty where the question does not ask for each of several,
    or one of them has no word.
    """
    match = _EACH.search(question.text)
    if match is None:
        return ()
    said = _BEFORE.sub("", periods.without(question.text[: match.start()]))
    names = [comparable(name) for name in _JOINS.split(said)]
    terms = [term for term in residual(question, source) if not term.weak]
    if any(term.text in comparable(said) and not any(term.text in name for name in names) for term in terms):
        return ()  # what joins them stands within a word
    own = [tuple(term for term in terms if term.text in name) for name in names]
    alone = [tuple(term for term in each if sum(term in other for other in own) == 1) for each in own]
    own = [single or each for single, each in zip(alone, own, strict=True)]
    return tuple(own) if 1 < len(own) <= MOST and all(own) else ()
