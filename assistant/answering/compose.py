"""From evidence to statements: which sentences are said, and in what shape.

A list question gets a whole section under its head, or every sentence that bears on its subject; a number, a
date or a person gets the clause that has it; everything else gets the best sentence and those that belong to
it. Every statement is copied from the document, and quotes the sentence that it was copied from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from assistant.answering import tabled
from assistant.answering.evidence import Candidate, announced, clauses, residual, row_of
from assistant.answering.lines import Said, bare, whole_within
from assistant.answering.measures import parallel
from assistant.answering.picking import Pick, in_clause, marked, picked
from assistant.answering.scope import Source
from assistant.answering.sections import (
    LISTED,
    around_item,
    headed,
    headed_paragraph,
    whole_section,
    whole_sentences,
)
from assistant.language import form, matching
from assistant.language.question import Question
from assistant.language.vocabulary import comparable
from assistant.reader.reading import Read
from index.search import references
from index.sentences import sentences, trimmed
from index.types import Section, Span

POINTS = frozenset({"number", "date", "person", "place"})
"""Kinds of question that one word answers; it is said in its clause, since 98.2% alone tells nothing."""
SURE = 0.8
"""Share of the subject that a clause covers, from which on it answers those by itself."""
OVERRULING = 0.0
"""Logits from which on the reader's pick is said although it does not stand in the best sentence."""
ALIKE = 0.6
"""Share of the subject that such a pick covers, relative to the best sentence: without it 284 of 313 answers to our own
development questions are right, 287 with it, and ncp loses half a point of ROUGE-L."""
NEAR = 0.8
"""A sentence is said beside the best one if its subject is covered this well, relative to the best."""
CLOSE, MORE = 1.0, 0.25
"""By how much a row may be worse than the best sentence, and what more of the subject it says, to be told for it: of
新建锅炉 二氧化硫 the limit, not what the standard is about. And by how much an item may be, to be told beside what the
reader picked."""
SUPPORTED = 0.5
"""And if the reader finds an answer in it at least so much as likely."""
NEAR_LISTED = 0.9
"""An item of a list is said for the best sentence if its subject is covered this well with its announcement."""
EQUAL = 0.98
"""As ``NEAR``, for a sentence of another time, where neither a time nor a tense was asked for."""
MOST = 8
"""Sentences of an answer that is not one whole section."""
BRIEF = 60
"""Characters up to which a sentence is said whole instead of its telling clause."""
LONG_LEAD = 100
"""Characters above which an announcement is shortened to its last sentence, or left out."""
WHOLE = 400
"""Characters up to which an article that announces something is said with it, and not by its first sentence alone."""
DISTINCT = 0.2
"""An item of a list is asked for alone if with its announcement it covers so much more of the subject than the others."""
MANY = 6
"""Clauses side by side, of which those of something else than the subject are left out; fewer may go on one about another.
Set by hand on the development cases (November 2026)."""
SHORT_ITEM = 80
"""Characters up to which the items of a list are said whole instead of by their heads."""
TITLE, FULL = 4, 800
"""Characters of an item's head that tells nothing by itself (4.安全检查。), and of the longest list of such that is told
whole."""


def compose(
    question: Question,
    found: Sequence[Candidate],
    weight: Callable[[str], float],
    reads: Sequence[Read] = (),
) -> tuple[Said, ...]:
    """The lines that answer ``question``, in the order of the document; empty without candidates.

    ``reads`` is what the trained reader made of the passages, nothing if there is no reader.
    """
    if not found:
        return ()
    best = found[0]
    article = article_asked(question, found)
    if article is not None:
        return tuple(_plain(article[0], article[1], article[1].span))
    telling = next((one for one in found[:MOST] if is_row(one) and _says_more(one, best)), best)
    if rows := tabled.lines(question, telling, weight):
        return tuple(_row(telling.source, row) for row in rows)
    check = form.wanted(question) if question.kind == "number" else None
    pick = picked([one for one in found if stands_beside(one, best)], reads, check=check)
    stressed = pick if question.kind != "list" else None  # of a list every item is the answer
    if question.kind == "number" and (amounts := _amounts(question, best, weight)):
        return marked(_section(best.source, amounts), pick)
    if question.kind in LISTED:
        section = whole_section(question, found, weight)
        if section is None and question.kind in {"list", "open"}:
            section = headed(best) or around_item(question, best, weight)
        if section is not None:
            return marked(_section(*section), stressed)
        if (paragraph := headed_paragraph(question, found, weight)) is not None:
            return marked(_paragraph(*paragraph), stressed)
    if question.kind in {"person", "place", "yesno"} and _LEADS.search(best.text) and (listed := headed(best)):
        return marked(_section(*listed), stressed)
    if (question.kind in {"list", "open", "reason"} or _ASKS.search(best.text)) and (led := _led(best)):
        return marked(led, stressed)
    if pick is not None and _outdoes(pick, question, best):
        beside = _beside(question, found) if question.kind == "list" else ()
        if _is_one_of(pick, beside):
            return beside
        return tuple(_told(question, line) for line in pick.lines)
    if question.kind in POINTS:
        lines: tuple[Said, ...] = (clause(question, best, weight),)
    elif question.kind in {"list", "open", "reason"}:
        lines = _sentences(question, found)
    else:
        lines = (_sentence(best),)
    return lines if question.kind == "list" and _several(lines) else marked(lines, pick)


def _told(question: Question, line: Said) -> Said:
    """What the reader picked, in its clause, or in its sentence where it is asked whether: what says so may follow."""
    whole = question.kind == "yesno" and len(line.quoted) <= BRIEF
    return replace(line, said=bare(line.quoted, line.source.document.text)) if whole else in_clause(line)


def _beside(question: Question, found: Sequence[Candidate]) -> tuple[Said, ...]:
    """The best sentence with those that are about as good."""
    return _sentences(question, [one for one in found if one.score >= found[0].score - CLOSE])


def _several(lines: Sequence[Said]) -> bool:
    return len({line.quoted for line in lines}) > 1


def _is_one_of(pick: Pick, lines: Sequence[Said]) -> bool:
    """Whether what the reader picked stands in the sentences that are quoted, and others do, too."""
    return _several(lines) and all(any(part.said.overlaps(line.quoted) for line in lines) for part in pick.lines)


def is_row(candidate: Candidate) -> bool:
    """Whether a candidate is the row of a table."""
    section = candidate.source.sections[candidate.section]
    return row_of(candidate.source, section, candidate.span) is not None


def _says_more(candidate: Candidate, best: Candidate) -> bool:
    """Whether a candidate that is about as good as the best one says clearly more of the subject."""
    return candidate.score >= best.score - CLOSE and candidate.features.own >= best.features.own + MORE


def stands_beside(candidate: Candidate, best: Candidate) -> bool:
    """Whether a candidate may be said for the best: no target for a result, nothing of another place, nothing outdated.

    Nor an item of a list that says of its items what was not asked for (“情节严重”, not “严重污染环境”).
    """
    if candidate.features.tense < best.features.tense or candidate.behind > best.behind:
        return False
    listed = announced(candidate.source, candidate.source.sections[candidate.section]) is not None
    return not listed or candidate.features.own >= NEAR_LISTED * best.features.own


def _row(source: Source, row: tabled.Line) -> Said:
    said = Span(row.pieces[0].start, row.pieces[-1].end)
    return Said(source, row.section, said, row.quoted, row.lead, row.value, row.pieces)


def _outdoes(pick: Pick, question: Question, best: Candidate) -> bool:
    """Whether what the reader picked is said, and not what rules find in the best sentence.

    In that sentence it is unless words that are all in one clause tell better where the answer stands; another
    sentence is said for it if an answer there is likelier than none, and if it speaks of about the same.
    """
    if pick.within(best):
        return best.features.clause < (SURE if question.kind in POINTS else 1.0)
    return pick.score >= OVERRULING and pick.context >= ALIKE * best.features.context


def article_asked(question: Question, found: Sequence[Candidate]) -> tuple[Source, Section] | None:
    """The article or chapter that the question names (第二十条), in the document of the best candidate within one."""
    labels = {*question.articles, *references(question.text).articles}
    if not labels:
        return None
    for candidate in found:
        section: Section | None = candidate.source.sections[candidate.section]
        while section is not None:
            if section.label in labels:
                return candidate.source, section
            section = candidate.source.sections[section.parent] if section.parent is not None else None
    return None


def _amounts(question: Question, best: Candidate, weight: Callable[[str], float]) -> Section | None:
    """The short list of which the best sentence is an item, if all its items tell an amount and none alone is asked for.

    赡养老人可以扣多少 → 按照以下标准定额扣除:(一)独生子女…每月2000元;(二)非独生子女…
    """
    source = best.source
    section = announced(source, source.sections[best.section])
    check = form.wanted(question)
    if section is None or check is None or len(section.span) > WHOLE:
        return None
    text = source.document.text
    lead = section.head.of(text)
    items = [whole_sentences(source, child, child.head).of(text) for child in source.children(section.number)]
    shares = [matching.coverage(question.subject, comparable(lead + item), weight) for item in items]
    alike = len(items) > 1 and all(map(check, items)) and max(shares) - min(shares) < DISTINCT
    return section if alike else None


def _section(source: Source, section: Section) -> tuple[Said, ...]:
    """A whole section: its head, then its items, or its sentences clause by clause."""
    text = source.document.text
    lead = _lead(source, section)
    lines = [lead] if lead else []
    children = source.children(section.number)
    if children:
        short = all(len(child.span) <= SHORT_ITEM for child in children)
        titled = len(section.span) <= FULL and all(_is_title(child, text) for child in children)
        for child in children:
            announces = len(child.span) <= WHOLE and _LEADS.search(
                whole_sentences(source, child, child.head).of(text)
            )
            if not len(child.head) or announces or titled or (short and not child.label.endswith("是")):
                lines += _plain(source, child, child.span)
            else:
                quoted = whole_sentences(source, child, child.head)
                lines.append(Said(source, child.number, quoted, quoted))
        return tuple(lines)
    start = lead.quoted.end if lead else section.span.start
    for quoted in whole_within(text, start, section.span.end):
        lines += [Said(source, section.number, clause, quoted) for clause in parallel(text, quoted)]
    return tuple(lines)


def _paragraph(source: Source, section: Section, parts: Sequence[Span]) -> tuple[Said, ...]:
    """The first sentence of a paragraph, which heads it, and the others."""
    return tuple(Said(source, section.number, part, part, lead=part is parts[0]) for part in parts[: 2 * MOST])


def _is_title(item: Section, text: str) -> bool:
    """Whether the head of an item is a mere title, and no statement (一是节约用水)."""
    return (
        not item.label.endswith("是")
        and len(item.head.of(text).removeprefix(item.label).strip("。.:：、 　")) <= TITLE
    )


def _lead(source: Source, section: Section) -> Said | None:
    """The line that introduces a section; of a long announcement its last sentence alone, if that one is brief."""
    if not len(section.head):
        return None
    text = source.document.text
    quoted = whole_sentences(source, section, section.head)
    if len(quoted) > LONG_LEAD:
        quoted = trimmed(sentences(text, quoted.start, quoted.end)[-1], text)
        if len(quoted) > LONG_LEAD:
            return None
    return Said(source, section.number, quoted, quoted, lead=True)


def _plain(source: Source, section: Section, span: Span) -> list[Said]:
    text = source.document.text
    return [Said(source, section.number, quoted, quoted) for quoted in whole_within(text, span.start, span.end)]


def _sentences(question: Question, found: Sequence[Candidate]) -> tuple[Said, ...]:
    """The best sentence and those that cover the subject about as well, in the order of the document."""
    best = found[0]
    chosen = [best]
    for candidate in found[1 : 3 * MOST]:
        if candidate.source.document.id != best.source.document.id or len(chosen) == MOST:
            continue
        other = candidate.period != best.period and not question.periods
        if other and (question.tense or question.kind != "open"):
            continue
        near = candidate.features.own >= max((EQUAL if other else NEAR) * best.features.own, 0.5)
        unread = candidate.features.relevance == 0.0
        if near and (unread or candidate.features.support >= SUPPORTED * best.features.support):
            chosen.append(candidate)
    lines = []
    for candidate in sorted(chosen, key=lambda one: one.span):
        clauses = _of_the_subject(question, candidate) if question.kind == "list" else (candidate.span,)
        lines += [Said(candidate.source, candidate.section, clause, candidate.span) for clause in clauses]
    return tuple(lines)


def _of_the_subject(question: Question, candidate: Candidate) -> Sequence[Span]:
    """The parallel clauses of a sentence; of many, if the first tells of something else, those of the subject.

    黄河流域有哪些安排: of 开展土壤污染防治行动,…,开展黄河流域“清废行动”,… that one.
    """
    text = candidate.source.document.text
    parts = parallel(text, candidate.span)
    if len(parts) < MANY:
        return parts
    subject = [term for term in residual(question, candidate.source) if not term.weak]
    shares = [matching.coverage(subject, comparable(part.of(text)), lambda _: 1.0) for part in parts]
    if shares[0] > 0 or max(shares) < SURE:
        return parts
    return [part for part, share in zip(parts, shares, strict=True) if share >= SURE]


_LEADS = re.compile(r"[:：](?:\s*——)?$")
_ASKS = re.compile(r"[?？]$")
_SPEAKS = re.compile(
    r"^(?:会议|报告|通知|讲话|文件|他|她|[一-鿿]{2,4})?(?:强调|指出|要求|认为|提出|明确)[\s,，:：]?"
)
_GOES_ON = re.compile(r"^(?:要|应|必须|坚持|务必|不得)")


def _led(best: Candidate) -> tuple[Said, ...]:
    """The sentences that the best one leads in, with it; empty if it leads nothing in.

    A sentence that ends in a colon leads in the rest of its section; one that asks, what stands up to the next that
    asks; "会议强调 要…" leads in what goes on with 要.
    """
    source, text = best.source, best.source.document.text
    section = source.sections[best.section]
    end = min(
        [child.span.start for child in source.children(section.number) if child.span.start >= best.span.end]
        or [section.span.end]
    )
    after = whole_within(text, best.span.end, end)
    if _LEADS.search(best.text):
        led = after
    elif _ASKS.search(best.text):
        led = list(takewhile(lambda part: not _ASKS.search(part.of(text)), after))
    elif _SPEAKS.search(best.text):
        going = takewhile(lambda part: _GOES_ON.match(part.of(text)), after)
        led = list(going)
    else:
        led = []
    if not led:
        return ()
    return tuple(Said(source, best.section, part, part) for part in (best.span, *led[: 2 * MOST]))


def _sentence(candidate: Candidate) -> Said:
    return Said(candidate.source, candidate.section, candidate.span, candidate.span)


def clause(question: Question, candidate: Candidate, weight: Callable[[str], float]) -> Said:
    """The clauses that cover the subject best, and with them the nearest one that has what was asked for."""
    if len(candidate.span) <= BRIEF:
        return _sentence(candidate)
    text = candidate.source.document.text
    parts = clauses(text, candidate.span)
    scores = [matching.coverage(question.subject, comparable(part.of(text)), weight) for part in parts]
    best = max(scores)
    if best < 0.5:
        return _sentence(candidate)
    telling = [place for place, score in enumerate(scores) if score == best]
    first, last = telling[0], telling[-1]
    check = form.wanted(question)
    if check is not None and not check(text[parts[first].start : parts[last].end]):
        having = [place for place, part in enumerate(parts) if check(part.of(text))]
        if not having:
            return _sentence(candidate)
        nearest = min(having, key=lambda place: (min(abs(place - first), abs(place - last)), place))
        first, last = min(first, nearest), max(last, nearest)
    span = trimmed(Span(parts[first].start, parts[last].end), text)
    return Said(candidate.source, candidate.section, bare(span, text), candidate.span)
