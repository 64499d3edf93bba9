"""Which section of a document answers a question as a whole: a list, an item, or what a report plans for its year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answering.evidence import Candidate, head, residual
from assistant.answering.scope import Source, time
from assistant.language import form, matching
from assistant.language.question import Question
from assistant.language.vocabulary import comparable
from index.numerals import value
from index.sentences import sentences, trimmed
from index.types import Section, Span

LISTED = frozenset({"list", "open", "definition", "reason"})
"""Kinds of question that a whole section may answer."""
FIRST = 8
"""The best sentences, of which a section whose head covers the subject must hold one; of a question without a subject,
one of twice as many."""
BEHIND = 0.05
"""What a section counts less for each sentence that is better than the one of it."""
NEAR = 0.8
"""A head covers the subject this well, relative to the best sentence."""
DISTINCT = 0.2
"""What announces a list covers so much more of the subject than any of its items does, for all of them to be told."""
PROGRAMME, FEWEST, HEADING = 0.9, 3, 60
"""What a programme counts for, beside the share of weak terms that a list's head covers; how many items it has at least,
and how many characters its heading at most."""


def whole_section(
    question: Question, found: Sequence[Candidate], weight: Callable[[str], float]
) -> tuple[Source, Section] | None:
    """The section that the question asks for as a whole, or ``None`` if single sentences answer better.

    That is the section whose head covers the subject about as well as the best sentence does, and that says more than
    a sentence which is not the best one. Of a question without a subject of its own ("2021年重点任务有哪些") it is the
    list whose head covers its weak terms best, or a report's programme, and if it asks for the second item, that item.
    """
    best: tuple[float, Source, Section] | None = None
    reached = max(candidate.features.own for candidate in found[:FIRST])
    for order, candidate in enumerate(found[: 2 * FIRST]):
        source, terms = candidate.source, residual(question, candidate.source)
        for section in _around(candidate):
            cover = matching.coverage(terms, comparable(head(source, section)), weight)
            if all(term.weak for term in terms):
                answering, cover = _of_a_time(question, source, section, cover)
            elif order < FIRST and cover > 0.5 and cover - BEHIND * order >= NEAR * reached:
                answering = _of_a_subject(question, source, section, candidate if order else None)
            else:
                continue
            if answering is not None and (best is None or cover - BEHIND * order > best[0]):
                best = cover - BEHIND * order, source, answering
    if best is None:
        return None
    _, source, section = best
    return source, _asked_item(question, source, section)


def is_listed(question: Question, found: Sequence[Candidate], weight: Callable[[str], float]) -> bool:
    """Whether a whole section answers ``question``."""
    return question.kind in LISTED and whole_section(question, found, weight) is not None


def _around(candidate: Candidate) -> Iterator[Section]:
    """The sections around a candidate, the innermost first, without the document itself."""
    sections = candidate.source.sections
    section = sections[candidate.section]
    while section.kind != "document":
        yield section
        if section.parent is None:
            return
        section = sections[section.parent]


def _of_a_subject(question: Question, source: Source, section: Section, other: Candidate | None) -> Section | None:
    """The section, unless it is a definition where a manner is asked for, or says no more than the ``other`` sentence."""
    text = source.document.text
    if form.asks_for_a_manner(question) and form.defines(section.head.of(text)):
        return None
    alone = other is not None and other.span.covers(trimmed(section.span, text))
    return None if alone else section


def _of_a_time(question: Question, source: Source, section: Section, cover: float) -> tuple[Section | None, float]:
    """The section that answers a question without a subject, if this one does or holds it, and what it counts for."""
    if (programme := _programme(question, source, section)) is not None:
        return programme, PROGRAMME
    fits = section.kind == "list" and (cover > 0.5 or section.period in question.periods)
    reviews = question.tense == "planned" and bool(_REVIEWS.search(source.path(section.number)))
    return (section if fits and not reviews else None), cover


_PLANS = re.compile("任务|重点|安排|部署|打算|工作(?:的?建议|思路|要点)")
_REVIEWS = re.compile("回顾|总结|成绩|成效|完成情况|进展|做了")


def _programme(question: Question, source: Source, section: Section) -> Section | None:
    """The section, or the one list in it, if a report of the time asked for says in it what is to be done, or has been.

    三、2024年政府工作任务, with at least ``FEWEST`` items.
    """
    title, inside = section.head.of(source.document.text), source.children(section.number)
    if section.kind == "list" or len(title) > HEADING:
        return None
    reviews = bool(_REVIEWS.search(title))
    if reviews != (question.tense == "done") or not (reviews or _PLANS.search(title)):
        return None
    if question.periods and time(source, section, title) not in question.periods:
        return None
    if len(inside) == 1 and inside[0].kind == "list":
        section, inside = inside[0], source.children(inside[0].number)
    return section if sum(len(child.head) > 0 for child in inside) >= FEWEST else None


_ITEM = re.compile(r"(?:第([一二三四五六七八九十]|\d{1,2})|(最后一))[项个条点大](?!季度|方面军)")


def _asked_item(question: Question, source: Source, section: Section) -> Section:
    """The item that the question asks for by its place in the list (第二项, 最后一项), else the section."""
    match = _ITEM.search(question.text)
    inside = [child for child in source.children(section.number) if child.kind == "item"]
    if not match or not inside:
        return section
    place = value(match[1] or str(len(inside))) or 0
    return inside[place - 1] if 0 < place <= len(inside) else section


def headed(best: Candidate) -> tuple[Source, Section] | None:
    """The item or list that the best sentence heads; ``None`` if it heads none.

    An item is headed by its first sentence, a list by the one that announces it, the last of its head.
    """
    for section in reversed(best.source.sections[: best.section + 1]):
        if section.kind in {"item", "heading"} and section.number == best.section:
            heads = best.span.covers(section.head)
        elif section.kind == "list":
            heads = best.span.end == section.head.end
        else:
            continue
        if heads and len(trimmed(section.span, best.source.document.text)) > len(best.span):
            return best.source, section
    return None


def around_item(
    question: Question, best: Candidate, weight: Callable[[str], float]
) -> tuple[Source, Section] | None:
    """The list of which the best sentence is an item, if what announces it bears more on the subject than any item.

    积累了哪些经验 → 宝贵经验主要体现为“六个必须”: all six, although the reader picks one of them.
    """
    source, text = best.source, best.source.document.text
    item = source.sections[best.section]
    while item.kind == "item" and item.parent is not None and source.sections[item.parent].kind != "list":
        item = source.sections[item.parent]
    if question.kind != "list" or item.kind != "item" or item.parent is None:
        return None
    section = source.sections[item.parent]
    items = [whole_sentences(source, child, child.span).of(text) for child in source.children(section.number)]
    shares = [matching.coverage(question.subject, comparable(item), weight) for item in items]
    lead = matching.coverage(residual(question, source), comparable(head(source, section)), weight)
    return (source, section) if len(shares) > 1 and max(DISTINCT, *shares) < lead else None


def whole_sentences(source: Source, section: Section, span: Span) -> Span:
    """``span`` widened to whole sentences of ``section``."""
    text = source.document.text
    parts = [part for part in sentences(text, section.span.start, section.span.end) if part.overlaps(span)]
    return trimmed(Span(parts[0].start, parts[-1].end), text) if parts else trimmed(span, text)
