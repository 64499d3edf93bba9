"""A document as the panel beside the chat shows it: its lines a window at a time, where a quote stands, what it finds.

A document may have ten million characters, so nothing here but ``matches`` looks at more of it than is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from index.structure import heading_path
from index.types import Document, Section, Span

WINDOW = 12_000
"""Characters that are sent at once."""
LONGEST = 2_000
"""Characters of a line; a longer one is shown in parts."""
OUTLINED = 1_500
"""Heads of an outline at most; of a document with more, the outer ones."""
FOUND = 5_000
"""Matches whose places are given."""
SOUGHT = 100
"""Characters of a text to look for."""
AROUND = 70
"""Characters shown on either side of a quote in its context."""
QUOTED = 240
"""Characters of the quote there."""
SAID = 40
"""Characters of a head in the outline."""

_BREAK = re.compile("\n")
_BLANKS = re.compile(r"\s*\n\s*")
_SIGN = re.compile(r"#{1,6}[ \t]+")
_HEADS = frozenset({"part", "chapter", "division", "article", "heading", "list"})


class Line(NamedTuple):
    """One line on the panel: its offset, its text, what kind of section it begins, and the page that begins at it."""

    at: int
    text: str
    kind: str
    page: int | None


class Head(NamedTuple):
    """One line of the outline: its offset, how deep it lies (from 0), and what it says."""

    at: int
    depth: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: the heads above it, the 条 that it belongs to (or empty), and its page (or ``None``)."""

    heading: str
    article: str
    page: int | None


class Context(NamedTuple):
    """A quote and the words around it, each on one line; of what is longer, the middle or the far end is left out."""

    before: str
    quote: str
    after: str


class Reading:
    """A document and its sections, made ready to be looked into at any offset."""

    def __init__(self, document: Document, sections: Sequence[Section]) -> None:
        self.document = document
        self.sections = sections
        self._markdown = document.path.lower().endswith((".md", ".markdown"))
        self._begins = [section.span.start for section in sections]
        self._breaks = [section.span.start for section in sections if section.kind not in ("document", "list")]
        heads = ((section.head.start, section.kind) for section in sections if len(section.head))
        self._kinds: dict[int, str] = {}
        for start, kind in heads:
            self._kinds.setdefault(start, kind)

    def place(self, span: Span) -> Place:
        """Where ``span`` stands."""
        number = self._innermost(span.start)
        article = ""
        at: int | None = number
        while at is not None and not article:
            article = self.sections[at].label if self.sections[at].kind == "article" else ""
            at = self.sections[at].parent
        path = heading_path(self.document.text, self.sections, number)
        return Place(path, article, self.document.page(span.start))

    def context(self, span: Span) -> Context:
        """The words of ``span`` and those around it."""
        text, quote = self.document.text, span.of(self.document.text)
        before = text[max(0, span.start - AROUND) : span.start]
        after = text[span.end : span.end + AROUND]
        if len(quote) > QUOTED:
            quote = f"{quote[: QUOTED * 2 // 3]}……{quote[-QUOTED // 3 :]}"
        return Context(
            ("…" if span.start > AROUND else "") + _BLANKS.sub(" ", before),
            _BLANKS.sub(" ", quote),
            _BLANKS.sub(" ", after) + ("…" if span.end + AROUND < len(text) else ""),
        )

    def around(self, span: Span) -> Span:
        """A window of whole lines with ``span`` in its upper part."""
        return self.window(max(0, span.start - WINDOW // 4), min(span.end + WINDOW, span.start + WINDOW))

    def window(self, start: int, end: int) -> Span:
        """From ``start`` to ``end``, widened to whole lines where a line is no longer than ``LONGEST``."""
        text = self.document.text
        start = max(0, min(start, len(text)))
        end = max(start, min(end, len(text), start + 2 * WINDOW))
        begin = text.rfind("\n", max(0, start - LONGEST), start) + 1
        finish = text.find("\n", end, end + LONGEST) + 1
        return Span(begin or max(0, start - LONGEST), finish or min(len(text), end + LONGEST))

    def lines(self, window: Span) -> tuple[Line, ...]:
        """The lines of a window: its text but for breaks, blank lines and the signs before Markdown's heads."""
        pages = self.document.pages
        found = []
        for span in self._lines(window):
            words = span.of(self.document.text)
            text = words.strip()
            at = span.start + len(words) - len(words.lstrip())
            sign = _SIGN.match(text) if self._markdown else None
            if sign:
                at, text = at + sign.end(), text[sign.end() :]
            first = bisect_left(pages, span.start)
            begins = first < len(pages) and pages[first] < span.end
            if text:
                found.append(
                    Line(at, text, self._kinds.get(at, "heading" if sign else ""), first + 1 if begins else None)
                )
        return tuple(found)

    def outline(self) -> tuple[Head, ...]:
        """The heads of the document; of too many, only those of the outer levels."""
        levels: list[int] = []
        heads = []
        for section in self.sections:
            above = -1 if section.parent is None else levels[section.parent]
            shown = section.kind in _HEADS and len(section.head) > 0 and not self._continues(section)
            levels.append(above + shown)
            if shown:
                heads.append(Head(section.head.start, above + 1, self._said(section)))
        deepest = max((head.depth for head in heads), default=0)
        while len(heads) > OUTLINED and deepest:
            heads = [head for head in heads if head.depth < deepest]
            deepest -= 1
        return tuple(heads[:OUTLINED])

    def matches(self, words: str) -> tuple[int, tuple[Span, ...]]:
        """How often ``words`` stand in the text, however it is broken into lines, and the places of the first ones."""
        letters = "".join(words.split())[:SOUGHT]
        if not letters:
            return 0, ()
        pattern = re.compile(r"\s*".join(map(re.escape, letters)), re.IGNORECASE)
        spans = [Span(*match.span()) for match in pattern.finditer(self.document.text)]
        return len(spans), tuple(spans[:FOUND])

    def _continues(self, section: Section) -> bool:
        """Whether a list is announced by an article's first words, which the outline says anyway."""
        above = None if section.parent is None else self.sections[section.parent]
        if above is None or above.kind != "article" or section.kind != "list":
            return False
        return 0 <= section.head.start - above.head.start < SAID

    def _said(self, section: Section) -> str:
        """What the outline says of a section: its head, of an article also how it begins."""
        span = section.span if section.kind == "article" else section.head
        begins = self.document.text[section.head.start : min(span.end, section.head.start + 2 * SAID)]
        words = " ".join((begins.strip().split("\n")[0] if section.kind == "article" else begins).split())
        return words if len(words) <= SAID else words[: SAID - 1] + "…"

    def _innermost(self, offset: int) -> int:
        """The number of the innermost section that covers the character at ``offset``."""
        at: int | None = bisect_right(self._begins, offset) - 1
        while at is not None and not self.sections[at].span.start <= offset < self.sections[at].span.end:
            at = self.sections[at].parent
        return at or 0

    def _lines(self, window: Span) -> list[Span]:
        """The spans of the lines: they end at breaks, before a section, and where they would be too long."""
        text = self.document.text
        breaks = [match.end() for match in _BREAK.finditer(text, window.start, window.end)]
        first, last = (bisect_left(self._breaks, edge) for edge in (window.start, window.end))
        edges = sorted({window.start, *breaks, *self._breaks[first:last], window.end})
        spans = []
        for start, end in pairwise(edges):
            while end - start > LONGEST:
                stop = text.rfind("。", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
                spans.append(Span(start, stop))
                start = stop
            spans.append(Span(start, end))
        return spans
