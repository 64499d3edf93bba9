"""What the trained reader picks: of all the spans that it found the likeliest, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.answering.evidence import Candidate, clauses
from assistant.answering.lines import Said, bare, statement
from assistant.language.form import Check
from assistant.reader.boundaries import whole
from assistant.reader.reading import Read
from index.types import Span


class Weights(NamedTuple):
    """What is added to a span's logits: so much of its best sentence's score, and of its window's hit's."""

    sentence: float
    search: float


WEIGHTS = Weights(1.0, 1.0)
"""Fitted by ``python -m evals.training.fit`` (November 2026), which found no use for the window's relevance."""


@dataclass(frozen=True, slots=True)
class Pick:
    """The answer that the reader picks: a line for each sentence of it, and the logits of its span.

    ``context`` is how much of the subject its sentences cover with what stands above them, the best of them.
    """

    lines: tuple[Said, ...]
    score: float
    context: float

    def within(self, candidate: Candidate) -> bool:
        """Whether a part of it stands in the sentence of ``candidate``."""
        return any(
            line.source.document.id == candidate.source.document.id and line.quoted.overlaps(candidate.span)
            for line in self.lines
        )


def picked(
    found: Sequence[Candidate],
    reads: Sequence[Read],
    weights: Weights = WEIGHTS,
    check: Check | None = None,
) -> Pick | None:
    """The likeliest span each of whose sentences is a candidate, none of another time or place; ``None`` without one.

    One whose clauses hold what ``check`` looks for (a share, where a rate is asked for) is picked before any other.
    """
    ranked = sorted(_totals(found, reads, weights), key=lambda each: -each[0])
    picks = [Pick(lines, score, context) for _, span, score, context, of in ranked if (lines := _lines(span, of))]
    if check is not None:
        fits = (pick for pick in picks if any(check(statement(in_clause(line))) for line in pick.lines))
        return next(fits, next(iter(picks), None))
    return next(iter(picks), None)


def _totals(
    found: Sequence[Candidate], reads: Sequence[Read], weights: Weights
) -> Iterator[tuple[float, Span, float, float, list[Candidate]]]:
    """Of every span: its total, the span, its logits, how much its sentences cover, and these sentences."""
    for read in reads:
        inside = [one for one in found if one.source.document.id == read.window.document_id]
        window = weights.search * read.window.score
        for span, score in read.spans:
            of = sorted((one for one in inside if one.span.overlaps(span)), key=lambda one: one.span)
            if of:
                context = max(one.features.context for one in of)
                yield score + window + weights.sentence * max(one.score for one in of), span, score, context, of


def _lines(span: Span, of: Sequence[Candidate]) -> tuple[Said, ...]:
    """The parts of ``span`` in each of its sentences; empty if a word of it stands in none of them."""
    text = of[0].source.document.text
    span = whole(span, text)
    lines = []
    reached = span.start
    for candidate in of:
        if bare(Span(reached, max(reached, candidate.span.start)), text):
            return ()
        if not candidate.span.overlaps(span):  # what it shared with the span were outer marks
            continue
        said = bare(Span(max(span.start, candidate.span.start), min(span.end, candidate.span.end)), text)
        reached = candidate.span.end
        if said:
            lines.append(Said(candidate.source, candidate.section, said, candidate.span, short=said))
    return _within_item(lines) if reached >= span.end else ()


def _within_item(lines: Sequence[Said]) -> tuple[Said, ...]:
    """The lines up to the end of the item in the midst of which they begin: what the next item says is something else."""
    first = lines[0] if lines else None
    if first is None:
        return ()
    item = first.source.sections[first.section]
    begins = item.kind != "item" or first.quoted.overlaps(item.head)
    return tuple(line for line in lines if begins or item.span.covers(line.quoted))


def marked(lines: Sequence[Said], pick: Pick | None) -> tuple[Said, ...]:
    """The lines, each with what of it was picked as its ``short``."""
    return tuple(replace(line, short=_picked_of(line, pick)) for line in lines) if pick else tuple(lines)


def _picked_of(line: Said, pick: Pick) -> Span | None:
    for part in pick.lines:
        if part.source.document.id == line.source.document.id and part.said.overlaps(line.said):
            start, end = max(part.said.start, line.said.start), min(part.said.end, line.said.end)
            return bare(Span(start, end), line.source.document.text)
    return None


def in_clause(line: Said) -> Said:
    """The line with the whole of the clauses that it stands in."""
    text = line.source.document.text
    parts = [part for part in clauses(text, line.quoted) if part.overlaps(line.said)]
    return replace(line, said=bare(Span(parts[0].start, parts[-1].end), text))
