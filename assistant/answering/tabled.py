"""The answer that a table gives: the rows that hold what is asked for, each with the values asked for.

A question names the row (化学需氧量), often the column (一级标准), and often the table (新建锅炉). What it names it gets
alone; what it leaves open it gets whole: every column of the row, every table that has such a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from assistant.answering import values
from assistant.answering.evidence import Candidate, residual, row_of
from assistant.answering.scope import Source
from assistant.language import matching
from assistant.language.question import Question, Term
from assistant.language.vocabulary import comparable
from index.rows import Cell, Row, row
from index.sentences import sentences, trimmed
from index.types import Section, Span

EQUAL = 0.98
"""A row is said beside the best one if it covers the question this well, relative to the best."""
LEAST = 0.5
"""Share of the subject that the best row covers at least, its caption and the headings above it included."""
MOST = 24
"""Rows that are said; a question that fits more has not said what it is after."""

_ASIDE = re.compile(r"^\d{1,2}[.．、]|[(（][^()（）]*[)）]|\s[a-z](?:,[a-z])*$")


class Line(NamedTuple):
    """A line of an answer: the sentence that it quotes, and the ranges of it that are said, in order.

    ``value`` is what answers by itself, where one value was asked for.
    """

    section: int
    quoted: Span
    pieces: tuple[Span, ...]
    lead: bool = False
    value: Span | None = None


class _Fit(NamedTuple):
    """A row of a table, and what it says with the headings above it, comparable."""

    table: Section
    row: Row
    said: str


def lines(question: Question, best: Candidate, weight: Callable[[str], float]) -> tuple[Line, ...]:
    """The rows that answer ``question``, each table's below its caption, in the order of the document.

    Empty if the best evidence is no row of a table, or if the question names no row: then the table as a whole, or
    something else, is asked for.
    """
    source = best.source
    if row_of(source, source.sections[best.section], best.span) is None:
        return ()
    every = _rows(source)
    subject = tuple(term for term in residual(question, source) if not term.weak)
    shares = [matching.coverage(subject, fit.said, weight) for fit in every]
    reached = max(shares, default=0.0)
    if reached < LEAST:
        return ()
    fits = [fit for fit, share in zip(every, shares, strict=True) if share >= EQUAL * reached]
    fits = _named(question, source, _of_tables(question, source, fits))
    whole = {fit.table.number: sum(one.table == fit.table for one in every) for fit in fits}
    told = {number: sum(fit.table.number == number for fit in fits) for number in whole}
    if len(fits) > MOST or all(1 < whole[number] == told[number] for number in whole):
        return ()
    return tuple(_written(question, source, fits, subject, weight))


def _rows(source: Source) -> list[_Fit]:
    """Every row of every table of a document."""
    text = source.document.text
    found = []
    for table in source.sections:
        if table.kind != "table":
            continue
        above = f"{source.path(table.number)}；{source.caption(table).of(text)}；"
        for sentence in sentences(text, table.head.end, table.span.end):
            taken = row(text, trimmed(sentence, text))
            if taken is not None:
                found.append(_Fit(table, taken, comparable(above) + comparable(taken.span.of(text))))
    return found


def _of_tables(question: Question, source: Source, fits: Sequence[_Fit]) -> list[_Fit]:
    """The rows of those tables whose captions say most of what the question says and neither title nor row does.

    Pairs of characters tell 第一时段 from 第二时段 in tables of 第二类污染物, which words do not.
    """
    text = source.document.text
    known = _pairs(source.document.title).union(*(_pairs(fit.row.span.of(text)) for fit in fits))
    asked = _pairs(question.text) - known
    shares = [len(asked & _pairs(source.caption(fit.table).of(text))) for fit in fits]
    return [fit for fit, share in zip(fits, shares, strict=True) if share == max(shares)]


def _pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, as they are compared."""
    plain = comparable(text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def _named(question: Question, source: Source, fits: Sequence[_Fit]) -> list[_Fit]:
    """The rows of which most of the name stands in the question: 苯, not 苯系物; all of them if none's does."""
    asked = comparable(question.text)
    text = source.document.text

    def said(fit: _Fit) -> int:
        cells = [cell.value for cell in values.cells(text, fit.row)]
        return sum(_said(part, asked) for span in (fit.row.name, *cells) for part in span.of(text).split(" · "))

    most = max(map(said, fits))
    return [fit for fit in fits if said(fit) == most]


def _said(name: str, asked: str) -> int:
    """How many characters of ``asked`` are the name of a row or a part of it, notes aside; 0 if it does not say it."""
    bare = comparable(_ASIDE.sub("", name))
    single = len(bare) == 1 and not bare.isascii() and bare in asked  # 苯, 氨
    return len(bare) if bare and (single or matching.covered(bare, asked) == 1.0) else 0


def _written(
    question: Question,
    source: Source,
    fits: Sequence[_Fit],
    subject: Sequence[Term],
    weight: Callable[[str], float],
) -> list[Line]:
    text = source.document.text
    found: list[Line] = []
    captions: set[Span] = set()
    for fit in fits:
        caption = source.caption(fit.table)
        if caption and caption not in captions:
            captions.add(caption)
            found.append(Line(fit.table.number, caption, (caption,), lead=True))
        told, said = _cells(question, source, fit, subject, weight)
        pieces = values.pieces(
            text, fit.row, tuple(cell for cell in fit.row.cells if cell in told or cell in said)
        )
        numbers = [cell.value for cell in said if values.is_numbered(text, cell)]
        value = numbers[0] if len(numbers) == 1 else None
        found.append(Line(fit.table.number, fit.row.span, pieces, value=value))
    return found


def _cells(
    question: Question, source: Source, fit: _Fit, subject: Sequence[Term], weight: Callable[[str], float]
) -> tuple[list[Cell], list[Cell]]:
    """The cells that tell a row from others, and those that are asked for: all the others, if none is named.

    What names the row or the table names no column. Among the columns with numbers, whatever tells one from the
    others counts.
    """
    text = source.document.text
    every = values.cells(text, fit.row)
    first = values.telling(text, fit.row)
    told = [one for one in every if one in first or _said(one.value.of(text), comparable(question.text))]
    rest = [one for one in every if one not in told] or list(every)
    caption = source.caption(fit.table).of(text)
    around = comparable("；".join([caption, fit.row.name.of(text), *(cell.span.of(text) for cell in told)]))
    open_terms = [term for term in subject if matching.covered(term.text, around) < matching.ABBREVIATION]
    kept = _best(rest, open_terms, text, weight)
    numbers = [cell for cell in kept if values.is_numbered(text, cell)]
    known = comparable(source.document.title)
    terms = [term for term in question.terms if matching.covered(term.text, known) < matching.SYNONYM]
    terms += [Term(period, weak=True) for period in question.periods]
    apart = [term for term in terms if 0 < sum(_heads(term, cell, text) for cell in numbers) < len(numbers)]
    asked = _pairs(question.text) - _pairs(known) - _pairs(around)
    chosen = _apart(asked, _best(numbers, apart, text, weight), text) if numbers else kept
    return told, chosen if len(chosen) < len(numbers) else kept


def _best(cells: Sequence[Cell], terms: Sequence[Term], text: str, weight: Callable[[str], float]) -> list[Cell]:
    """The cells whose headings cover the terms best; all of them if none covers any."""
    shares = [matching.coverage(terms, comparable(cell.heading.of(text)), weight) for cell in cells]
    most = max(shares, default=0.0)
    return [cell for cell, share in zip(cells, shares, strict=True) if share >= EQUAL * most]


def _apart(asked: frozenset[str], cells: Sequence[Cell], text: str) -> list[Cell]:
    """The cells whose headings have most of the ``asked`` pairs that not all of them have: 全护理, not 半护理."""
    headings = [_pairs(cell.heading.of(text)) for cell in cells]
    telling = asked - frozenset.intersection(*headings)
    shares = [len(telling & pairs) for pairs in headings]
    return [cell for cell, share in zip(cells, shares, strict=True) if share == max(shares)]


def _heads(term: Term, cell: Cell, text: str) -> bool:
    return matching.covered(term.text, comparable(cell.heading.of(text))) >= matching.SYNONYM
