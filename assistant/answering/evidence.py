"""From hits to evidence: every sentence that might answer, with what speaks for and against it.

A candidate is one sentence of a hit. Its features are shares in [0, 1] (cosines in [-1, 1]); ``score`` is
their weighted sum. A sentence of another time than the question's is never a candidate: 2020's results do
not pass for 2021's tasks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from assistant.answering import values
from assistant.answering.scope import (
    Source,
    agrees,
    elsewhere,
    innermost,
    last_of_series,
    of_waters,
    series,
    time,
    year_of,
)
from assistant.language import form, matching, periods
from assistant.language.question import Question, Term
from assistant.language.vocabulary import comparable
from assistant.reader.reading import Read
from index import validity
from index.rows import Row, row
from index.sentences import trimmed
from index.types import Hit, Section, Span


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a candidate.

    ``own`` is the coverage of the subject by the sentence alone, ``clause`` by the best two clauses of it that
    stand together (of the row of a table, by one of its values: caption and headings are part of what a row says),
    ``context`` by the sentence with its heading path and title, ``head`` by the head of its
    section, ``weak`` the coverage of the question's weak terms in context; ``sentence`` and ``passage`` are cosines
    with the question; ``rank`` is 1 for the best hit, falling to 0; ``form`` is 1 if the sentence has what the kind
    of question wants (a number, a date, a person), ``tense`` 1, 0.5 (not known) or 0; ``period`` 1 if its time is
    the one asked for, 0.5 if none was. ``support`` is how likely the trained reader finds an answer in the sentence,
    ``relevance`` how likely it finds that what stands around it bears on the question, in (0, 1); 0 if it was not
    read.
    """

    own: float
    clause: float
    context: float
    head: float
    weak: float
    sentence: float
    passage: float
    rank: float
    form: float
    tense: float
    period: float
    support: float = 0.0
    relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that might answer, best understood with its ``features``; ``period`` is its time.

    ``behind`` is what its score has lost because of its document: one that is outdated, or of another place.
    """

    source: Source
    section: int
    span: Span
    text: str
    period: str
    features: Features
    score: float
    behind: float = 0.0

    @property
    def key(self) -> tuple[str, int]:
        """Which sentence this is, comparable between candidates: document id and start."""
        return self.source.document.id, self.span.start


WEIGHTS: Mapping[str, float] = {
    "own": 0.8,
    "clause": 1.2,
    "context": 2.0,
    "head": 0.1,
    "weak": 0.85,
    "sentence": 2.55,
    "passage": 1.05,
    "rank": 2.15,
    "form": 1.8,
    "tense": 4.0,
    "period": 0.3,
    "support": 4.15,
}
"""Fitted by ``python -m evals.training.weigh`` (November 2026), then brought to the spread of scores that what is below
was set for. It would have own, clause and tense at 0.15, 0.55 and 2.1: then another meeting's date answers 会议什么时候开的, and
what is to be done 臭水沟治理得怎么样了."""

UNREAD: Mapping[str, float] = {
    "own": 2.0,
    "clause": 2.5,
    "context": 1.0,
    "head": 0.5,
    "weak": 0.4,
    "sentence": 3.0,
    "passage": 1.0,
    "rank": 0.5,
    "form": 1.5,
    "tense": 3.0,
    "period": 0.3,
}
"""Without a reader: set by hand, and kept."""

SOFT = 4.0
"""What the reader's logits are divided by: they are too sure of themselves, and a share should tell good from best."""

OUTDATED = 2.0
"""What a sentence loses if its document is no longer in force as it stands, and the question names none of its time."""
EARLIER = 4.0
"""What a sentence of an earlier one of several texts of the same title loses (the reports of each year), where no time is
asked for and the last one tells as much."""
OVERTAKEN = 4.0
"""What a target loses where a result is asked for, or a result where a target is, if another sentence has what is wanted."""
AS_MUCH = 0.9
"""The share of a subject that such a sentence covers at least, relative to the other."""
LOCAL = 2.5
"""What a sentence of one place loses beside those of the whole country, where the question names no place."""

SHORT = 12
"""Characters up to which a clause is no statement of its own, but belongs to its neighbour ("1月21日,")."""


def candidates(
    question: Question,
    hits: Sequence[Hit],
    source: Callable[[str], Source],
    weight: Callable[[str], float],
    reads: Sequence[Read] = (),
) -> tuple[Candidate, ...]:
    """Every sentence of ``hits`` that speaks of the time asked for, best first.

    ``source`` gives a document by id; ``weight`` how telling a word is (its inverse document frequency); ``reads``
    is what the trained reader made of some of the hits, nothing if there is no reader.
    """
    found = []
    weighed = WEIGHTS if reads else UNREAD
    check = form.wanted(question)
    may_be = form.may_be_told(question) if reads else None  # the reader knows better which of them answers
    central = any(source(hit.chunk.document_id).document.facts.level == "中央" for hit in hits)
    weak = tuple(term for term in question.terms if term.weak)
    subjects: dict[str, tuple[Term, ...]] = {}
    paths: dict[tuple[str, int], str] = {}
    for place, hit in enumerate(hits):
        of = source(hit.chunk.document_id)
        subject = subjects.get(of.document.id) or subjects.setdefault(of.document.id, residual(question, of))
        asked = _Asked(question, subject, weak, check, may_be, weight)
        for number, span in enumerate(hit.chunk.sentences):
            span = trimmed(span, of.document.text)
            if not span:
                continue
            text = span.of(of.document.text)
            if not any(character.isalnum() for character in text) or text == of.document.title:
                continue
            section = innermost(of.sections, span)
            period = time(of, section, text)
            matched = agrees(question, period, text, of, span)
            if matched is None or elsewhere(question, text, of):
                continue
            cosine = hit.sentences[number] if hit.sentences else hit.dense
            key = of.document.id, section.number
            path = paths.get(key) or paths.setdefault(key, _path(of, section))
            sentence = _Sentence(of, section, span, text, path, period)
            standing = _Standing(cosine, hit.dense, 1.0 - place / len(hits), matched)
            features = _features(asked, sentence, standing, reads)
            score = sum(share * getattr(features, name) for name, share in weighed.items())
            behind = OUTDATED * _passed_over(question, of) + LOCAL * _is_local(question, of, central)
            found.append(Candidate(of, section.number, span, text, period, features, score - behind, behind))
    told = max((one.features.own for one in found if one.features.tense == one.features.form == 1), default=0.0)
    found = [
        _behind(one, OVERTAKEN) if one.features.tense == 0 and told >= AS_MUCH * one.features.own > 0 else one
        for one in found
    ]
    if not question.periods:
        found = _by_series(found)
    return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.key)))


def _behind(candidate: Candidate, by: float) -> Candidate:
    """``candidate``, further behind."""
    return replace(candidate, score=candidate.score - by, behind=candidate.behind + by)


def _by_series(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, those of the earlier reports behind where the last report tells as much."""
    of = [series(one.source.document.title) for one in found]
    last = last_of_series(one.source.document.title for one in found)
    told: dict[tuple[str, float], float] = {}
    for one, (name, year) in zip(found, of, strict=True):
        if year and year == last[name]:
            key = name, one.features.form
            told[key] = max(told.get(key, 0.0), one.features.own)
    return [
        _behind(one, EARLIER)
        if year < last[name] and told.get((name, one.features.form), 0.0) >= AS_MUCH * one.features.own > 0
        else one
        for one, (name, year) in zip(found, of, strict=True)
    ]


def _passed_over(question: Question, source: Source) -> bool:
    """Whether a document stands back because it is outdated; one of the year asked for, or named with it, does not."""
    facts = source.document.facts
    return facts.status in validity.OUTDATED and year_of(facts.date) not in question.periods


def _is_local(question: Question, source: Source, central: bool) -> bool:
    """Whether a document is of one place where others are of the whole country and the question names no place.

    A law of one river or plateau is, too, where the question names neither.
    """
    return central and not question.places and bool(source.document.facts.region or of_waters(question, source))


def announced(source: Source, section: Section) -> Section | None:
    """The innermost list around a section whose announcement its items need to say anything (有下列行为之一的…:)."""
    while section.parent is not None:
        if section.kind == "list":
            return section if _ANNOUNCES.search(section.head.of(source.document.text)) else None
        section = source.sections[section.parent]
    return None


_ANNOUNCES = re.compile(r"下列|之一[的，,:：]|(?:以下|如下)(?:基本)?(?:条件|情形|行为|标准|材料|程序|方式)")


def _read(reads: Sequence[Read], document_id: str, span: Span) -> tuple[float, float]:
    """What the reader found in a sentence and around it, as shares; zeros if it has not read it."""
    over = [read for read in reads if read.window.document_id == document_id and read.window.span.overlaps(span)]
    if not over:
        return 0.0, 0.0
    return share(max(read.support(span) for read in over)), share(max(read.relevance for read in over))


def share(logit: float) -> float:
    """A logit of the reader as a share in (0, 1), softened by ``SOFT``."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, logit) / SOFT))


def residual(question: Question, source: Source) -> tuple[Term, ...]:
    """The question's terms, those that the document's title, number, issuer or region covers made weak.

    What these say holds of every sentence, and so tells none from another.
    """
    facts = source.document.facts
    title = comparable(f"{source.document.title}；{facts.number}；{facts.issuer}；{facts.region}")
    return tuple(
        replace(term, weak=term.weak or matching.covered(term.text, title) >= matching.SYNONYM)
        for term in question.terms
    )


def head(source: Source, section: Section) -> str:
    """The head of a section; of a list, the clause that announces it, shortened as in a heading path."""
    if section.kind == "list":
        return source.path(section.number).rpartition(" › ")[2]
    return section.head.of(source.document.text)


def _pairs(text: str, lead: str) -> list[str]:
    """Every two neighbouring clauses of a sentence, behind what announces it; the sentence itself if it has at most two."""
    parts = [part.of(text) for part in clauses(text, Span(0, len(text)))]
    if len(parts) < 3:
        return [lead + text]
    return [lead + one + other for one, other in pairwise(parts)]


def _form(asked: _Asked, text: str) -> float:
    """How well a sentence has what was asked for.

    1 if the clause that tells of the subject has it, or a short one beside it; 0.6 if another clause has it, 0 if
    none; 0.5 if nothing particular was asked for, or what may be an answer, too, stands there.
    """
    check = asked.check
    if check is None:
        return 0.5
    parts = [part.of(text) for part in clauses(text, Span(0, len(text)))]
    shares = [matching.coverage(asked.subject, comparable(part), asked.weight) for part in parts]
    for place, share in enumerate(shares):
        if share < 0.8 * max(shares):
            continue
        start, end = place, place + 1
        while start > 0 and len(parts[start - 1]) <= SHORT:
            start -= 1
        while end < len(parts) and (len(parts[end]) <= SHORT or parts[end].startswith(("是指", "为", "即"))):
            end += 1
        if check("".join(parts[start:end])):
            return 1.0
    if check(text):
        return 0.6
    return 0.5 if asked.may_be and asked.may_be(text) else 0.0


def row_of(source: Source, section: Section, span: Span) -> Row | None:
    """The row of a table that the sentence at ``span`` is; ``None`` if it is none, as a caption or a note is not."""
    return row(source.document.text, span) if section.kind == "table" else None


def _fits(check: form.Check | None, question: Question, source: Source, tabled: Row) -> float:
    """As ``_form`` for the row of a table, whose values have their units beside them."""
    if check is None:
        return 0.5
    return float(values.measures(check, question.kind, source.document.text, tabled))


def clauses(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses of a sentence, which tile it: they end at commas outside quotation marks and brackets."""
    ends, depth = [], 0
    for place in range(span.start, span.end):
        character = text[place]
        if character in "（(《“「":
            depth += 1
        elif character in "）)》”」":
            depth = max(0, depth - 1)
        elif depth == 0 and character in "，,；;" and not _in_number(text, place):
            ends.append(place + 1)
    bounds = [span.start, *(end for end in ends if end < span.end), span.end]
    return tuple(Span(start, end) for start, end in pairwise(bounds))


def _in_number(text: str, place: int) -> bool:
    """Whether the comma at ``place`` parts the thousands of a number (1,200)."""
    return text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def _path(source: Source, section: Section) -> str:
    """What stands above the sentences of a section, comparable."""
    return comparable(f"{source.document.title}；{source.path(section.number)}；")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is put to the sentences of one document: its terms, and the form of an answer."""

    question: Question
    subject: tuple[Term, ...]
    weak: tuple[Term, ...]
    check: form.Check | None
    may_be: form.Check | None
    weight: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with what stands above it; ``path`` is that in words to compare, ``period`` the sentence's time."""

    source: Source
    section: Section
    span: Span
    text: str
    path: str
    period: str


class _Standing(NamedTuple):
    """The features that a sentence has from its hit and its time."""

    sentence: float
    passage: float
    rank: float
    period: float


def _features(asked: _Asked, sentence: _Sentence, standing: _Standing, reads: Sequence[Read]) -> Features:
    source, section, text = sentence.source, sentence.section, sentence.text
    question, subject, check, weight = asked.question, asked.subject, asked.check, asked.weight
    tabled = row_of(source, section, sentence.span)
    caption = source.caption(section).of(source.document.text) if tabled else ""
    above = None if tabled else announced(source, section)
    lead = "" if above is None or sentence.span.start < above.head.end else above.head.of(source.document.text)
    own = comparable(f"{caption}；{text}" if tabled else f"{lead}{text}")
    parts = values.statements(source.document.text, tabled, caption) if tabled else _pairs(text, lead)
    fits = _fits(check, question, source, tabled) if tabled else _form(asked, text)
    if check is not None and form.is_of_penalty(question):  # it is said whole
        fits = float(check(text) or bool(lead and check(lead)))
    elif form.asks_who_is_in_charge(question) and not form.tells_who_is_in_charge(text):
        fits = min(fits, 0.6)
    support, relevance = _read(reads, source.document.id, sentence.span)
    return Features(
        own=matching.coverage(subject, own, weight),
        clause=max(matching.coverage(subject, comparable(part), weight) for part in parts),
        context=matching.coverage(subject, sentence.path + own, weight),
        head=matching.coverage(subject, comparable(head(source, section)), weight),
        weak=matching.coverage(asked.weak, sentence.path + own, weight),
        sentence=standing.sentence,
        passage=standing.passage,
        rank=standing.rank,
        form=fits,
        tense=_tense(question.tense, sentence.period, source),
        period=standing.period,
        support=support,
        relevance=relevance,
    )


def _tense(asked: str, period: str, source: Source) -> float:
    """1 if a text of ``period`` tells what is ``asked`` (results or tasks), 0 if the other, 0.5 if unknown.

    A document reports on the years before its own date and plans for its own and those after it.
    """
    dated = year_of(source.document.facts.date) or next(iter(periods.years(source.document.title)), "")
    if not asked or not dated or not period.isdigit():
        return 0.5
    told = "done" if period < dated else "planned"
    return float(told == asked)
