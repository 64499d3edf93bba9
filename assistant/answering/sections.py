"""Which section of a document answers a question as a whole: a list, an item, or what a report plans for its year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answering.evidence import Candidate, head, residual
from assistant.answering.lines import whole_within
from assistant.answering.scope import Source, series, time
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
NAMED = 0.3
"""How much of the subject the head of a list that names what is asked for (哪些经验) covers more than; of another section it is
a half. Set by hand on the development cases (November 2026)."""
COVERING = 0.8
"""A head covers the subject this well, relative to the best sentence."""
OPENING = 20
"""Characters of the first sentence of a paragraph that is like a heading."""
LEADING = 0.2
"""What announces a list covers so much of the subject, and more than any of its items does, for all of them to be told."""
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
    reached = max((candidate.features.own for candidate in found[:FIRST]), default=0.0)
    for order, candidate in enumerate(found[: 2 * FIRST]):
        source, terms = candidate.source, residual(question, candidate.source)
        for section in _around(source, candidate.section):
            if form.asks_for_a_manner(question) and form.defines(section.head.of(source.document.text)):
                continue
            headed_by = comparable(head(source, section))
            cover = matching.coverage(terms, headed_by, weight)
            if all(term.weak for term in terms):
                answering, cover = _of_a_time(question, source, section, cover)
            elif (
                order < FIRST
                and cover > (NAMED if _names_what_is_asked(question, section, headed_by) else 0.5)
                and cover - BEHIND * order >= COVERING * reached
            ):
                answering = section if not order or _says_more(source, section, candidate) else None
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


def _names_what_is_asked(question: Question, section: Section, headed_by: str) -> bool:
    """Whether a list's comparable head, ``headed_by``, has what is asked for: the word behind 哪些, or the last one.

    十三五环保工作积累了哪些经验 → 宝贵经验主要体现为“六个必须”
    """
    if question.kind != "list" or section.kind != "list" or not question.subject:
        return False
    behind = question.text.rpartition("哪些")[2]
    asked = next((term for term in question.subject if behind.startswith(term.text)), question.subject[-1])
    return matching.covered(asked.text, headed_by) >= matching.SYNONYM


def _around(source: Source, number: int) -> Iterator[Section]:
    """The sections around the section with that number and itself, the innermost first, without the document."""
    section: Section | None = source.sections[number]
    while section is not None and section.kind != "document":
        yield section
        section = source.sections[section.parent] if section.parent is not None else None


def _says_more(source: Source, section: Section, candidate: Candidate) -> bool:
    """Whether a section says more than the sentence of ``candidate``."""
    return not candidate.span.covers(trimmed(section.span, source.document.text))


def _of_a_time(question: Question, source: Source, section: Section, cover: float) -> tuple[Section | None, float]:
    """The section that answers a question without a subject, if this one does or holds it, and what it counts for."""
    outer = [one for one in _around(source, section.number) if _is_programme(question, source, one)]
    if outer and outer[-1] is section:
        return _listing(source, section), PROGRAMME
    period = _period(source, section)
    fits = section.kind == "list" and (
        period in question.periods or (cover > 0.5 and not (period and question.periods))
    )
    contrary = {"planned": reviews, "done": plans}.get(question.tense)
    return (section if fits and not (contrary and contrary(source, section)) else None), cover


_TASKS_ASKED = re.compile("任务|工作|重点|安排|部署|举措|措施|打算|计划")
_ELSE_ASKED = re.compile("目标(?!任务)|指标|思路|要求|原则|内容|条件|意义|背景")
_PLANS = re.compile("任务|重点|安排|部署|打算|计划|工作(?:的?建议|思路|要点)")
_REVIEWS = re.compile(
    "回顾|总结|(?:完成|执行|落实|进展|工作|主要)情况|(?:主要|工作|取得的?)(?:成绩|成效|进展)|全面完成|取得(?:了|新|明显|积极|显著)"
)
_REVIEWED = re.compile("(?:做|完成|取得|开展|推进|抓)了")
_PLANNED = re.compile("(?:要|重点|着力|全力|应)[抓做]好|[抓做]好(?:以下|如下)")
_LATER = re.compile("明年|下一?年|下一步|下一阶段|下阶段|今后")


def _is_programme(question: Question, source: Source, section: Section) -> bool:
    """Whether a report of the time asked for says in a section what is to be done, or has been (三、2024年政府工作任务)."""
    title = section.head.of(source.document.text)
    if section.kind == "list" or len(title) > HEADING or _listing(source, section) is None:
        return False
    if not _TASKS_ASKED.search(question.text) or _ELSE_ASKED.search(question.text):
        return False
    if question.periods and _period(source, section) not in question.periods:
        return False
    reviewing = reviews(source, section)
    return reviewing if question.tense == "done" else bool(_PLANS.search(title)) and not reviewing


def _listing(source: Source, section: Section) -> Section | None:
    """The section with at least ``FEWEST`` items that is told for a programme: itself, or the one list in it."""
    inside = source.children(section.number)
    if len(inside) == 1 and inside[0].kind == "list":
        section, inside = inside[0], source.children(inside[0].number)
    return section if sum(len(child.head) > 0 for child in inside) >= FEWEST else None


def _period(source: Source, section: Section) -> str:
    """The time that a section tells of; what a text of a year says of later (明年, 下一步) is not of its year."""
    title = section.head.of(source.document.text)
    own, year = time(source, section, title), series(source.document.title)[1]
    return str(int(year) + 1) if own == year != "" and _LATER.search(title) else own


def reviews(source: Source, section: Section) -> bool:
    """Whether a section tells of what has been done: by its words, or since it is of a year before its document's."""
    period, year = _period(source, section), series(source.document.title)[1]
    return _says(source, section, _REVIEWS, _REVIEWED) or (period.isdigit() and period < year)


def plans(source: Source, section: Section) -> bool:
    """Whether a section, by its words or those above it, tells of what is to be done, and not of what has been."""
    return _says(source, section, _PLANS, _PLANNED) and not reviews(source, section)


def _says(source: Source, section: Section, heading: re.Pattern[str], announcement: re.Pattern[str]) -> bool:
    """Whether the heading of a section, or of one around it, is like ``heading``, or what announces it, if it is a list."""
    text = source.document.text
    return any(
        (announcement if around.kind == "list" else heading).search(around.head.of(text))
        for around in _around(source, section.number)
    )


_ITEM = re.compile(r"(?:第([一二三四五六七八九十]|\d{1,2})|(最后一))[项个条点大件](?!季度|方面军)")


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
    return (source, section) if len(shares) > 1 and max(LEADING, *shares) < lead else None


def headed_paragraph(
    question: Question, found: Sequence[Candidate], weight: Callable[[str], float]
) -> tuple[Source, Section, tuple[Span, ...]] | None:
    """The sentences of the paragraph whose first one is like a heading and covers the subject, and their section.

    加快全国统一大市场建设。制定标准指引。着力推动产权保护…: the first alone says nothing, one of the others not all.
    """
    if question.kind not in {"list", "open"}:
        return None
    reached = max((candidate.features.own for candidate in found[:FIRST]), default=0.0)
    for order, candidate in enumerate(found[:FIRST]):
        source, text = candidate.source, candidate.source.document.text
        section = source.sections[candidate.section]
        start = max(text.rfind("\n", 0, candidate.span.start) + 1, section.span.start)
        end = text.find("\n", start, section.span.end)
        parts = whole_within(text, start, end if end >= 0 else section.span.end)
        if len(parts) < FEWEST or len(parts[0]) > OPENING or not parts[0].of(text).endswith("。"):
            continue
        cover = matching.coverage(residual(question, source), comparable(parts[0].of(text)), weight)
        if cover > 0.5 and cover - BEHIND * order >= COVERING * reached:
            return source, section, tuple(parts)
    return None


def whole_sentences(source: Source, section: Section, span: Span) -> Span:
    """``span`` widened to whole sentences of ``section``."""
    text = source.document.text
    parts = [part for part in sentences(text, section.span.start, section.span.end) if part.overlaps(span)]
    return trimmed(Span(parts[0].start, parts[-1].end), text) if parts else trimmed(span, text)
