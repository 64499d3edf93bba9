"""From evidence to statements: which sentences are said, and in what shape.

A list question gets a whole section under its head, or every sentence that bears on its subject; a number, a
date or a person gets the clause that has it; everything else gets the best sentence and those that belong to
it. Every statement is copied from the document, and quotes the sentence that it was copied from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import rjieba

from assistant import form, matching
from assistant.evidence import Candidate, Source, clauses, head, innermost, residual
from assistant.question import Question
from assistant.reader.boundaries import whole
from assistant.reader.reading import Read
from assistant.vocabulary import actions, comparable
from index.search import references
from index.sentences import sentences, trimmed
from index.types import Section, Span

AGREEMENT = 0.5
"""What a point of the best sentence's score is worth beside the reader's logits for a span of it."""
POINTS = frozenset({"number", "date", "person", "place"})
"""Kinds of question that one word answers; it is said in its clause, since 98.2% alone tells nothing."""
SURE = 0.8
"""Share of the subject that a clause covers, from which on it answers those by itself."""
NEAR = 0.8
"""A sentence is said beside the best one if its subject is covered this well, relative to the best."""
EQUAL = 0.98
"""As ``NEAR``, for a sentence of another time, where neither a time nor a tense was asked for."""
MOST = 8
"""Sentences of an answer that is not one whole section."""
BRIEF = 60
"""Characters up to which a sentence is said whole instead of its telling clause."""
LONG_LEAD = 100
"""Characters above which an announcement is shortened to its last sentence, or left out."""
SHORTEST = 4
"""Characters of the shortest clause that can be a measure (加强监管)."""
SHORT_ITEM = 80
"""Characters up to which the items of a list are said whole instead of by their heads."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of an answer: the range that is said, inside the sentence that is quoted for it."""

    source: Source
    section: int
    said: Span
    quoted: Span
    lead: bool = False


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
    article = _article(question, found)
    if article is not None:
        return tuple(_plain(article[0], article[1], article[1].span))
    if question.kind in {"list", "open", "definition", "reason"}:
        section = _whole_section(question, found, weight) or _headed(question, best)
        if section is not None:
            return _section(*section)
    if question.kind in {"list", "open", "reason"} and (led := _led(best)):
        return led
    if _wants_reading(question, best) and (read := spoken(found, reads)):
        return tuple(map(_in_clause, read)) if question.kind in POINTS else read
    if question.kind in {"list", "open", "reason"}:
        return _sentences(question, found)
    if question.kind in POINTS:
        return (_clause(question, best, weight),)
    return (_sentence(best),)


def _wants_reading(question: Question, best: Candidate) -> bool:
    """Whether the reader may say where in the best sentence the answer stands.

    Words that are all in one clause of the sentence tell better than it does: on our own cases for development that
    keeps 15 right answers of 466, on public questions it costs two points of ROUGE-L.
    """
    return best.features.clause < (SURE if question.kind in POINTS else 1.0)


def _article(question: Question, found: Sequence[Candidate]) -> tuple[Source, Section] | None:
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


def _whole_section(
    question: Question, found: Sequence[Candidate], weight: Callable[[str], float]
) -> tuple[Source, Section] | None:
    """The section that the question asks for as a whole, or ``None`` if single sentences answer better.

    That is the section whose head covers the subject about as well as the best sentence does. Of a question
    without a subject of its own ("2021年重点任务有哪些") it is the list whose head covers its weak terms best, and
    if it asks for the second item, that item.
    """
    best: tuple[float, tuple[Source, Section]] | None = None
    reached = max(candidate.features.own for candidate in found[:MOST])
    for order, candidate in enumerate(found[: 2 * MOST]):
        source = candidate.source
        terms = residual(question, source)
        general = all(term.weak for term in terms)
        section: Section | None = source.sections[candidate.section]
        while section is not None and section.kind != "document":
            cover = matching.coverage(terms, comparable(head(source, section)), weight)
            if general:
                fits = section.kind == "list" and (cover > 0.5 or section.period in question.periods)
            else:
                fits = order < MOST and cover > 0.5 and cover - 0.05 * order >= NEAR * reached
            if fits and (best is None or cover - 0.05 * order > best[0]):
                best = cover - 0.05 * order, (source, section)
            section = source.sections[section.parent] if section.parent is not None else None
    if best is None:
        return None
    source, section = best[1]
    return source, _asked_item(question, source, section)


def _headed(question: Question, best: Candidate) -> tuple[Source, Section] | None:
    """The item or list that the best sentence heads, for a question that wants more than one sentence; else ``None``.

    An item is headed by its first sentence, a list by the one that announces it, the last of its head.
    """
    if question.kind not in {"list", "open"}:
        return None
    for section in reversed(best.source.sections[: best.section + 1]):
        if section.kind in {"item", "heading"} and section.number == best.section:
            headed = best.span.covers(section.head)
        elif section.kind == "list":
            headed = best.span.end == section.head.end
        else:
            continue
        if headed and len(section.span) > len(best.span):
            return best.source, section
    return None


_ITEM = re.compile(r"(?:第([一二三四五六七八九十]|\d{1,2})|(最后一))[项个条点大](?!季度|方面军)")
_NUMERALS = "零一二三四五六七八九十"


def _asked_item(question: Question, source: Source, section: Section) -> Section:
    """The item that the question asks for by its place in the list (第二项, 最后一项), else the section."""
    match = _ITEM.search(question.text)
    items = [child for child in source.children(section.number) if child.kind == "item"]
    if not match or not items:
        return section
    written = match[1] or str(len(items))
    place = int(written) if written.isdigit() else _NUMERALS.index(written)
    return items[place - 1] if 0 < place <= len(items) else section


def _section(source: Source, section: Section) -> tuple[Said, ...]:
    """A whole section: its head, then its items, or its sentences clause by clause."""
    text = source.document.text
    lead = _lead(source, section)
    lines = [lead] if lead else []
    children = source.children(section.number)
    if children:
        short = all(len(child.span) <= SHORT_ITEM for child in children)
        for child in children:
            if not len(child.head) or (short and not child.label.endswith("是")):
                lines += _plain(source, child, child.span)
            else:
                quoted = _quoted(source, child, child.head)
                lines.append(Said(source, child.number, quoted, quoted))
        return tuple(lines)
    start = lead.quoted.end if lead else section.span.start
    for sentence in sentences(text, start, section.span.end):
        quoted = trimmed(sentence, text)
        if len(quoted):
            lines += [Said(source, section.number, clause, quoted) for clause in parallel(text, quoted)]
    return tuple(lines)


def _lead(source: Source, section: Section) -> Said | None:
    """The line that introduces a section; of a long announcement its last sentence alone, if that one is brief."""
    if not len(section.head):
        return None
    text = source.document.text
    quoted = _quoted(source, section, section.head)
    if len(quoted) > LONG_LEAD:
        quoted = trimmed(sentences(text, quoted.start, quoted.end)[-1], text)
        if len(quoted) > LONG_LEAD:
            return None
    return Said(source, section.number, quoted, quoted, lead=True)


def _plain(source: Source, section: Section, span: Span) -> list[Said]:
    text = source.document.text
    spans = (trimmed(sentence, text) for sentence in sentences(text, span.start, span.end))
    return [Said(source, section.number, quoted, quoted) for quoted in spans if len(quoted)]


def _quoted(source: Source, section: Section, span: Span) -> Span:
    """``span`` widened to whole sentences."""
    text = source.document.text
    parts = [part for part in sentences(text, section.span.start, section.span.end) if part.overlaps(span)]
    return trimmed(Span(parts[0].start, parts[-1].end), text) if parts else trimmed(span, text)


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
        if candidate.features.own >= max((EQUAL if other else NEAR) * best.features.own, 0.5):
            chosen.append(candidate)
    lines = []
    for candidate in sorted(chosen, key=lambda one: one.span):
        text = candidate.source.document.text
        clauses = parallel(text, candidate.span) if question.kind == "list" else (candidate.span,)
        lines += [Said(candidate.source, candidate.section, clause, candidate.span) for clause in clauses]
    return tuple(lines)


def spoken(found: Sequence[Candidate], reads: Sequence[Read], agreement: float = AGREEMENT) -> tuple[Said, ...]:
    """What the reader takes for the answer, a line for each sentence of it; empty if it finds none.

    A span counts only if it stands in the best candidate, at least in part, and if each of its sentences is a
    candidate: none of another time or place.
    """
    best: tuple[float, tuple[Said, ...]] = (-math.inf, ())
    document_id = found[0].source.document.id
    inside = [one for one in found if one.source.document.id == document_id]
    for read in reads:
        if read.window.document_id != document_id:
            continue
        for span, score in read.spans:
            if not span.overlaps(found[0].span):
                continue
            of = sorted((one for one in inside if one.span.overlaps(span)), key=lambda one: one.span)
            total = score + agreement * max(one.score for one in of)
            if total > best[0] and (lines := _lines(span, of)):
                best = total, lines
    return best[1]


def _in_clause(line: Said) -> Said:
    """The line with the whole of the clauses that it stands in."""
    text = line.source.document.text
    parts = [part for part in clauses(text, line.quoted) if part.overlaps(line.said)]
    return replace(line, said=_bare(Span(parts[0].start, parts[-1].end), text))


def _lines(span: Span, of: Sequence[Candidate]) -> tuple[Said, ...]:
    """The parts of ``span`` in each of its sentences; empty if a word of it stands in none of them."""
    text = of[0].source.document.text
    span = whole(span, text)
    lines = []
    reached = span.start
    for candidate in of:
        if _bare(Span(reached, max(reached, candidate.span.start)), text):
            return ()
        said = _bare(Span(max(span.start, candidate.span.start), min(span.end, candidate.span.end)), text)
        reached = candidate.span.end
        if said:
            lines.append(Said(candidate.source, candidate.section, said, candidate.span))
    return tuple(lines) if reached >= span.end else ()


_LEADS = re.compile(r"[:：](?:\s*——)?$")
_SPEAKS = re.compile(
    r"^(?:会议|报告|通知|讲话|文件|他|她|[一-鿿]{2,4})?(?:强调|指出|要求|认为|提出|明确)[\s,，:：]?"
)
_GOES_ON = re.compile(r"^(?:要|应|必须|坚持|务必|不得)")


def _led(best: Candidate) -> tuple[Said, ...]:
    """The sentences that the best one leads in, with it; empty if it leads nothing in.

    A sentence that ends in a colon leads in the rest of its section; "会议强调 要…" leads in what goes on with 要.
    """
    source, text = best.source, best.source.document.text
    section = source.sections[best.section]
    end = min(
        [child.span.start for child in source.children(section.number) if child.span.start >= best.span.end]
        or [section.span.end]
    )
    after = [trimmed(part, text) for part in sentences(text, best.span.end, end)]
    after = [part for part in after if len(part)]
    if _LEADS.search(best.text):
        led = after
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


def _clause(question: Question, candidate: Candidate, weight: Callable[[str], float]) -> Said:
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
    return Said(candidate.source, candidate.section, _bare(span, text), candidate.span)


def parallel(text: str, span: Span) -> tuple[Span, ...]:
    """The measures that a sentence lists, one span each without its comma; the sentence itself if it lists none.

    It lists measures if it has several clauses, each of at least four characters and each beginning with a verb
    or an adverb: "加快建立…,深化…,强化…".
    """
    parts = clauses(text, span)
    if len(parts) < 2 or not all(_measure(part.of(text)) for part in parts):
        return (span,)
    return tuple(_bare(part, text) for part in parts)


def _measure(clause: str) -> bool:
    """Whether a clause is a measure: it begins with a verb (深化, 研究编制), or with how it is done (扎实, 进一步)."""
    clause = _ENUMERATOR.sub("", clause.strip(" \n\t，,；;。"))
    if len(clause) < SHORTEST:
        return False
    _word, tag = rjieba.tag(clause)[0]
    return tag[0] in {"v", "d", "a", "i", "l"} or clause[:2] in actions() or clause[:2] in _MANNERS


_ENUMERATOR = re.compile(r"^[一二三四五六七八九十]+(?:是|要)")
_MANNERS = frozenset(
    [
        "全面",
        "综合",
        "严格",
        "依法",
        "分类",
        "同步",
        "重点",
        "逐步",
        "大力",
        "深入",
        "持续",
        "继续",
        "稳步",
        "着力",
        "加快",
        "积极",
        "扎实",
        "认真",
        "切实",
        "坚决",
        "有效",
    ]
)


def _bare(span: Span, text: str) -> Span:
    """``span`` without outer white space and the comma or full stop at its end."""
    start, end = span.start, span.end
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,；;。"):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in "，,；;。"):
        start += 1
    return Span(start, end)


def statement(line: Said) -> str:
    """The words of a line."""
    return line.said.of(line.source.document.text)


def section_of(line: Said) -> Section:
    """The innermost section in which the quoted sentence stands."""
    return innermost(line.source.sections, line.quoted)
