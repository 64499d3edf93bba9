"""The lines of an answer: ranges of a document that are said, each inside the sentence that is quoted for it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.scope import Source, innermost
from index.sentences import sentences, trimmed
from index.types import Section, Span

_OUTER = "，,；;。"
"""What is not said at either end of a clause."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of an answer: the range that is said, inside the sentence that is quoted for it.

    ``short`` is the part of it that answers by itself, where that is known. Of the row of a table only ``pieces`` of
    the range are said, in their order: its name, the values asked for and the unit.
    """

    source: Source
    section: int
    said: Span
    quoted: Span
    lead: bool = False
    short: Span | None = None
    pieces: tuple[Span, ...] = ()


def statement(line: Said) -> str:
    """The words of a line."""
    text = line.source.document.text
    return "".join(piece.of(text) for piece in line.pieces or (line.said,))


def short(line: Said) -> str:
    """The words of a line that answer by themselves; empty where they are not known."""
    return line.short.of(line.source.document.text) if line.short else ""


def section_of(line: Said) -> Section:
    """The innermost section in which the quoted sentence stands."""
    return innermost(line.source.sections, line.quoted)


def bare(span: Span, text: str) -> Span:
    """``span`` without outer white space and the comma or full stop at its end."""
    start, end = span.start, span.end
    while end > start and (text[end - 1].isspace() or text[end - 1] in _OUTER):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in _OUTER):
        start += 1
    return Span(start, end)


def whole_within(text: str, start: int, end: int) -> list[Span]:
    """The sentences between ``start`` and ``end`` without outer white space; none that is nothing but that."""
    return [part for part in (trimmed(one, text) for one in sentences(text, start, end)) if len(part)]
