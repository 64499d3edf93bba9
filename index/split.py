"""Sections into chunks: whole sentences that join back to the text, each within one section where it can be."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.sentences import sentences
from index.structure import heading_path
from index.types import Chunk, Section, Span

SIZE = 300  # characters that a chunk aims at
TINY = 60  # articles shorter than this may share a chunk
_CUT = re.compile(r"[，,、；;：:\s]")


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of sentences on the way to a chunk, and the section whose text it is, its parts' included."""

    sentences: tuple[Span, ...]
    section: int
    whole: bool  # whether it is a whole section, or text of its own between sections
    small: bool  # whether it may still be joined by a small neighbour

    @property
    def span(self) -> Span:
        return Span(self.sentences[0].start, self.sentences[-1].end)


def chunks(document_id: str, text: str, sections: Sequence[Section], size: int = SIZE) -> tuple[Chunk, ...]:
    """The chunks of ``text`` in order; they tile it, and an empty text gives none.

    A chunk holds about ``size`` characters, and more than twice that only where a heading goes with it.
    It stays within one section; only small sections that follow one another under one parent share a chunk, and
    a heading goes with the first text below it. A sentence longer than two chunks is cut at its commas.
    """
    if not text:
        return ()
    children: dict[int, list[Section]] = {}
    for section in sections[1:]:
        children.setdefault(section.parent or 0, []).append(section)
    blocks = [
        replace(block, section=_innermost(block.section, block.span, children))
        for block in _blocks(text, sections[0], children, size)
    ]
    paths = {block.section: heading_path(text, sections, block.section) for block in blocks}
    return tuple(
        Chunk(
            document_id=document_id,
            number=number,
            section=block.section,
            start=block.span.start,
            end=block.span.end,
            text=block.span.of(text),
            heading=paths[block.section],
            sentences=block.sentences,
        )
        for number, block in enumerate(blocks)
    )


def _innermost(section: int, span: Span, children: dict[int, list[Section]]) -> int:
    """The number of the innermost section, at or below ``section``, that covers the span."""
    while parts := children.get(section):
        part = parts[max(bisect_right(parts, span.start, key=_start) - 1, 0)]
        if not part.span.covers(span):
            break
        section = part.number
    return section


def _start(section: Section) -> int:
    return section.span.start


def _blocks(text: str, section: Section, children: dict[int, list[Section]], size: int) -> list[_Block]:
    """The blocks of a section: one if it is short enough, else those of its parts, small neighbours joined."""
    limit = size * 3 // 2 if section.kind == "item" else size
    if section.kind != "document" and len(section.span) <= limit:
        return [_Block(_tiled(text, section, children), section.number, True, len(section.span) <= size // 3)]
    blocks: list[_Block] = []
    heading: tuple[Span, ...] = ()
    position = section.span.start
    for child in (*children.get(section.number, ()), None):
        end = child.span.start if child else section.span.end
        if position < end:
            own = heading + _cut(text, sentences(text, position, end), size)
            words = text[max(position, section.head.end) : end].strip()
            titled = position == 0 and len(words) <= TINY and "\n" not in words and words[-1:] not in "。；：:！？"
            bare = child and (not words or titled)
            if bare and (section.kind != "list" or len(section.head) <= size // 3):
                heading = own
            else:
                blocks += _filled(text, own, section.number, size)
                heading = ()
        if child is None:
            break
        parts = _blocks(text, child, children, size)
        if len(parts) > 1 or parts[0].section != child.number:
            parts = [replace(part, whole=False) for part in parts]
        if heading:
            small = section.kind == "list" and parts[0].small
            parts[0] = _Block(heading + parts[0].sentences, section.number, small, small)
            heading = ()
        blocks += parts
        position = child.span.end
    if heading:
        blocks.append(_Block(heading, section.number, False, False))
    return _joined(blocks, section, _articles(children.get(section.number, ())), size)


def _articles(parts: Sequence[Section]) -> frozenset[int]:
    """The numbers of the articles among ``parts``."""
    return frozenset(part.number for part in parts if part.kind == "article")


def _tiled(text: str, section: Section, children: dict[int, list[Section]]) -> tuple[Span, ...]:
    """The sentences of a section; none of them goes past the start or the end of a section inside it."""
    edges = {section.span.start, section.span.end}
    inside = list(children.get(section.number, ()))
    while inside:
        part = inside.pop()
        edges |= {part.span.start, part.span.end}
        inside += children.get(part.number, ())
    ordered = sorted(edges)
    pieces = (sentences(text, start, end) for start, end in pairwise(ordered))
    return tuple(sentence for piece in pieces for sentence in piece)


def _cut(text: str, spans: Sequence[Span], size: int) -> tuple[Span, ...]:
    """The sentences, those longer than two chunks cut at a comma or white space, else anywhere."""
    pieces: list[Span] = []
    for span in spans:
        start = span.start
        while span.end - start > 2 * size:
            commas = [match.end() for match in _CUT.finditer(text, start + size // 2, start + size)]
            comma = None if commas else _CUT.search(text, start + size, start + 2 * size)
            cut = commas[-1] if commas else comma.end() if comma else start + 2 * size
            pieces.append(Span(start, cut))
            start = cut
        if start < span.end:
            pieces.append(Span(start, span.end))
    return tuple(pieces)


def _filled(text: str, spans: Sequence[Span], section: int, size: int) -> list[_Block]:
    """Sentences gathered up to ``size`` characters; a paragraph stays whole where it fits."""
    blocks: list[_Block] = []
    run: list[Span] = []
    length = 0
    ends = [index for index, span in enumerate(spans) if "\n" in text[span.start : span.end]]
    for index, span in enumerate(spans):
        fits = length + len(span) <= size
        if run and fits and text[span.start - 1] == "\n" and length >= size // 2:
            paragraph = bisect_left(ends, index)
            end = spans[ends[paragraph]].end if paragraph < len(ends) else spans[-1].end
            fits = length + end - span.start <= size
        if run and not fits:
            blocks.append(_Block(tuple(run), section, False, False))
            run, length = [], 0
        run.append(span)
        length += len(span)
    if run and blocks and length <= size // 6 and len(blocks[-1].span) + length <= size * 5 // 4:
        before = blocks.pop()
        run = [*before.sentences, *run]
        length += len(before.span)
    if run:
        blocks.append(_Block(tuple(run), section, True, length <= size // 3))
    return blocks


def _joined(blocks: Sequence[_Block], parent: Section, articles: frozenset[int], size: int) -> list[_Block]:
    """The blocks with small neighbours under one parent joined up to ``size`` characters."""
    joined: list[_Block] = []
    for block in blocks:
        if joined and _may_join(joined[-1], block, articles, size):
            before = joined.pop()
            block = _Block(before.sentences + block.sentences, parent.number, True, True)
        joined.append(block)
    return joined


def _may_join(before: _Block, block: _Block, articles: frozenset[int], size: int) -> bool:
    if not (before.whole and block.whole and before.small and block.small):
        return False
    if before.section in articles or block.section in articles:
        return len(before.span) < TINY and len(block.span) < TINY
    return len(before.span) + len(block.span) <= size
