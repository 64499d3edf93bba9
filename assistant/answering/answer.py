"""Evidence → answer, without any LLM: statements copied from the documents, or a refusal that says why."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering import compose
from assistant.answering.confidence import confidence, model
from assistant.answering.evidence import Candidate
from assistant.answering.lines import Said, section_of, short, statement
from assistant.answering.named import Named, absent, groups
from assistant.answering.penalties import penalties
from assistant.answering.scope import Source
from assistant.answering.sections import plans, reviews
from assistant.answering.several import each_told
from assistant.answering.wholeness import whole
from assistant.language import form, periods
from assistant.language.question import Question
from assistant.prompts import render
from assistant.reader.reading import Read
from assistant.types import Answer, Citation, Statement
from index.types import Hit

RELATED = 3
"""Nearest passages shown with a refusal."""
NEAR = 0.84
"""Cosine of a question with a sentence from which on it is shown as related, whatever words they share."""
SURE = 0.85
"""Share of the reader's best span from which on a sentence may answer whatever its form (创始于1996年, 归降了拓跋珪)."""

_OWN_ENUMERATOR = re.compile(
    r"^(?:[一二三四五六七八九十]+(?:是|要|、)|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．]"
    r"|第[一二三四五六七八九十百千〇零\d]+[条章节]|[①-⑳])"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a question: the candidates of the time and place asked for, and what was read.

    Without any, those of the time and of another place (``elsewhere``), or without these, those of any time.
    """

    question: Question
    asked: str
    query: str
    hits: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    anytime: tuple[Candidate, ...]
    reads: tuple[Read, ...] = ()
    named: tuple[Named, ...] = ()
    elsewhere: tuple[Candidate, ...] = ()


def write(finding: Finding, weight: Callable[[str], float], source: Callable[[str], Source]) -> Iterator[Answer]:
    """The answer in pieces, which add up to the whole (see ``Answer.__add__``), a line each."""
    question = finding.question
    lines: tuple[Said, ...] = ()
    found: Sequence[Candidate] = ()
    sure = 0.0
    for group in _groups(finding):
        found = fitting(question, group)
        sure = max(sure, one := confidence(question, found, weight, finding.reads) if found else 0.0)
        if finding.named and compose.article_asked(question, group):
            lines = compose.compose(question, group, weight, finding.reads)
            sure = 1.0
            break
        if one >= model(finding.reads).threshold:
            lines = penalties(question, found) or compose.compose(question, found, weight, finding.reads)
            break
    lines = whole(question, each_told(question, lines, found, weight))
    start = Answer(
        question=finding.asked,
        query=finding.query,
        text="",
        answered=bool(lines),
        kind=question.kind,
        confidence=sure,
        hits=finding.hits,
    )
    if lines:
        yield from _answered(replace(start, text=_note(finding, lines)), lines)
    else:
        yield _refused(start, finding)


def _note(finding: Finding, lines: Sequence[Said]) -> str:
    """What is said before an answer, a line, or nothing.

    Which named document it is not from; or that it tells of tasks where results of a year were asked for, or of results
    where its tasks were.
    """
    if missing := absent(finding.named):
        return f"{render('absent_citing', names=missing)}\n"
    question = finding.question
    other = {"done": ("planned", plans), "planned": ("done", reviews)}.get(question.tense)
    if other is None or not question.periods or question.kind not in {"list", "open"}:
        return ""
    name, tells = other
    if not all(tells(line.source, line.source.sections[line.section]) for line in lines):
        return ""
    return f"{render(name, asked='、'.join(map(periods.written, question.periods)))}\n"


def _groups(finding: Finding) -> Sequence[Sequence[Candidate]]:
    """The candidates in the groups in which they may answer; all at once if no document is named."""
    if not finding.named:
        return (finding.candidates,)
    return groups(finding.named, finding.question, finding.candidates)


def fitting(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that have what the kind of question wants, or of which the reader is sure.

    What is counted in another unit than is asked for never fits. A date must stand in the clause that tells. Where it is
    asked how something is done, no definition answers, and what one word answers stands in no heading.
    """
    least = 1.0 if question.kind == "date" else 0.5
    if form.asks_for_a_manner(question):
        found = [one for one in found if not form.defines(one.text)]
    if question.kind in compose.POINTS:
        found = [one for one in found if not _is_heading(one)]
    sure = math.inf if form.names_a_unit(question) else SURE
    return [one for one in found if one.features.form >= least or one.features.support >= sure]


def _is_heading(candidate: Candidate) -> bool:
    """Whether a candidate is the heading of a section, which tells nothing by itself."""
    section = candidate.source.sections[candidate.section]
    return section.kind in {"part", "chapter", "division", "heading"} and candidate.span.overlaps(section.head)


def _answered(start: Answer, lines: Sequence[Said]) -> Iterator[Answer]:
    """One piece a line; a citation comes with the first line that it bears out."""
    markers: dict[tuple[str, int, int], int] = {}
    items = [line for line in lines if not line.lead]
    numbered = (
        start.kind == "list"
        and len(items) > 1
        and not any(_OWN_ENUMERATOR.match(statement(line)) for line in items)
    )
    place = 0
    yield start
    for order, line in enumerate(lines):
        key = (line.source.document.id, line.quoted.start, line.quoted.end)
        new = key not in markers
        marker = markers.setdefault(key, len(markers) + 1)
        words = _flat(statement(line))
        place += not line.lead
        text = f"{place}. {words}" if numbered and not line.lead else words
        yield Answer.piece(
            text=("\n" if order else "") + f"{text}[{marker}]",
            statements=(Statement(words, marker, line.lead, _flat(short(line))),),
            citations=(cite(line, marker),) if new else (),
        )
    yield from _warnings(lines)


def _flat(text: str) -> str:
    """``text`` on one line."""
    return re.sub(r"\s*\n\s*", " ", text)


_OUTDATED = {"已修改": "已被修改", "已废止": "已废止", "失效": "已失效"}


def _warnings(lines: Sequence[Said]) -> Iterator[Answer]:
    """A line for each quoted document that is no longer in force as it stands."""
    documents = {line.source.document.id: line.source.document for line in lines}
    for document in documents.values():
        facts = document.facts
        if facts.status in _OUTDATED:
            replacement = f"，现行为《{facts.replaced_by}》" if facts.replaced_by else ""
            words = render("outdated", title=facts.title, status=_OUTDATED[facts.status], replacement=replacement)
            yield Answer.piece(text=f"\n{words}")


def cite(line: Said, marker: int) -> Citation:
    """The citation of the sentence that a line quotes."""
    heading = line.source.path(section_of(line).number)
    return Citation.of(line.source.document, line.quoted, heading, marker)


def _refused(start: Answer, finding: Finding) -> Answer:
    """A refusal: of another time or place, related but not answering, or nothing found."""
    question = finding.question
    near = [one for group in _groups(finding) for one in group] or finding.candidates or finding.elsewhere
    near = near or finding.anytime
    related = [
        candidate for candidate in near if candidate.features.own > 0.3 or candidate.features.sentence > NEAR
    ]
    lines = [
        Said(candidate.source, candidate.section, candidate.span, candidate.span)
        for candidate in related[:RELATED]
    ]
    citations = tuple(cite(line, marker) for marker, line in enumerate(lines, 1))
    missing = absent(finding.named)
    if missing:
        text, refusal = render("absent", names=missing), "nothing"
        if lines:
            text, refusal = render("absent_related", names=missing), "related"
    elif not lines:
        text, refusal = render("nothing"), "nothing"
    elif not finding.candidates and finding.elsewhere:
        scopes = sorted({candidate.source.document.facts.region or "全国" for candidate in related[:RELATED]})
        text = render("place", asked="、".join(question.places), found="、".join(scopes))
        refusal = "place"
    elif not finding.candidates and question.periods:
        times = sorted({candidate.period for candidate in related[:RELATED] if candidate.period})
        text = render(
            "period",
            asked="、".join(map(periods.written, question.periods)),
            found="、".join(map(periods.written, times)) or "其他时间",
        )
        refusal = "period"
    else:
        text, refusal = render("related"), "related"
    text += "".join(f"\n· {statement(line)}[{marker}]" for marker, line in enumerate(lines, 1))
    return start + Answer.piece(text=text, citations=citations, refusal=refusal)
