"""From the blocks of all pages to one text: without running heads, with the offset at which each page begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from index.load.layout import Block, joined
from index.load.tables import headings, rows
from index.load.text import normalised

MARGIN = 0.13  # of a page's height at its top and bottom: where running heads and page numbers stand
SHARE = 0.3  # of the pages that repeat a line at one height before it is a running head
OVERLAY = 0.6  # of the pages, of at least three, that repeat a line in one place anywhere: a watermark

_NUMBER = re.compile(
    r"[-—–－·•.\s第共页]*(?:\d{1,4}|[IVXivxⅠ-Ⅻ]{1,6})(?:\s*[/／]\s*\d{1,4}|\s*页(?:\s*[,，]?\s*共\s*\d+\s*页)?)?[-—–－·•.\s]*"
)
_DIGITS = re.compile(r"[\dIVXivxⅠ-Ⅻ]+")
_TITLE = re.compile(r"(?:续?表|附表)\s*[A-Z]?[.．\-]?\s*\d|.{0,12}(?:一览表|明细表|目录表)$|.{2,40}表$")
_UNIT = re.compile(r"[（(]?\s*(?:计量)?单位(?:\s*[:：]|为)\s*\S.{0,50}")
_STAGE = re.compile(r"[（(][^（）()]{1,20}[）)]")


class Page(NamedTuple):
    """A page's blocks in reading order, and its lower and upper edge."""

    blocks: tuple[Block, ...]
    bottom: float
    top: float


def paged(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The normalised text of the pages, and the offset at which each begins, one a page, the empty ones too.

    A block a line; a paragraph that a page break parts is one line, a table that it parts keeps its headings.
    """
    repeated = _repeated(pages)
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    before: Block | None = None
    heads: tuple[tuple[str, ...], ...] = ()
    for page in pages:
        starts.append(length)
        kept = _kept(page, repeated)
        for at, block in enumerate(kept):
            if block.rows:
                title = _title(kept, at)
                continued = at == 0 and heads and len(heads[0]) == len(block.rows[0])
                text, heads = _written(block.rows, title, heads if continued else ())
            elif block in _titles(kept, at):
                continue
            else:
                text = normalised(block.text)
                heads = heads if at == 0 and len(kept) > 1 and kept[1].rows and _TITLE.match(text) else ()
            if not text.strip():
                continue
            if at == 0 and before and before.goes_on and block.flush and not block.rows:
                ending = pieces[-1].rstrip("\n")
                whole = joined(ending, text)
                mended = whole[: len(whole) - len(text)]
                length += len(mended) - len(pieces[-1])
                starts[-1] = length
                starts[:] = [min(start, length) for start in starts]
                pieces[-1] = mended
            piece = text if text.endswith("\n") else f"{text}\n"
            pieces.append(piece)
            length += len(piece)
            before = block
    return "".join(pieces), tuple(starts)


def _written(
    table: tuple[tuple[str, ...], ...], title: str, heads: tuple[tuple[str, ...], ...]
) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """A table as lines, and its rows of headings; one without its own has those of the page before."""
    if heads and table[: len(heads)] != heads:
        return normalised(rows(heads + table, header_rows=len(heads), title=title)), heads
    count = headings(table)
    return normalised(rows(table, header_rows=count, title=title)), table[:count]


def _titles(blocks: Sequence[Block], at: int) -> list[Block]:
    """The block itself if it is part of the title of the table that follows it."""
    table = next((index for index in range(at + 1, min(at + 4, len(blocks))) if blocks[index].rows), None)
    return [blocks[at]] if table is not None and blocks[at] in _above(blocks, table) else []


def _title(blocks: Sequence[Block], table: int) -> str:
    return " ".join(normalised(block.text) for block in _above(blocks, table))


def _above(blocks: Sequence[Block], table: int) -> list[Block]:
    """The lines right above a table that are its title and the note of its unit."""
    found: list[Block] = []
    for block in reversed(blocks[max(table - 3, 0) : table]):
        if block.rows or block.lines > 2 or len(block.text) > 60:
            break
        if _TITLE.match(block.text):
            return [block, *found]
        if not (_UNIT.match(block.text) or _STAGE.fullmatch(block.text)):
            break
        found.insert(0, block)
    return [block for block in found if _UNIT.match(block.text)]


def _kept(page: Page, repeated: frozenset[tuple[str, int, int]]) -> list[Block]:
    """The page's blocks without running heads, page numbers and watermarks."""
    height = page.top - page.bottom
    kept = [block for block in page.blocks if not _places(page, block) & repeated]
    for side in (1, -1):
        edge = max(kept, key=lambda block: side * (block.bottom + block.top), default=None)
        if edge and _margin(page, edge, height) and edge.lines == 1 and _NUMBER.fullmatch(edge.text):
            kept.remove(edge)
    return kept


def _repeated(pages: Sequence[Page]) -> frozenset[tuple[str, int, int]]:
    """The shapes and places of lines that pages repeat."""
    counts = Counter(place for page in pages for block in page.blocks for place in _places(page, block))
    return frozenset(
        place
        for place, count in counts.items()
        if count
        >= max(3 if place[2] >= 0 or len(pages) > 4 else 2, (OVERLAY if place[2] >= 0 else SHARE) * len(pages))
    )


def _places(page: Page, block: Block) -> set[tuple[str, int, int]]:
    """Where a single line stands: by height alone in the margins, by height and left edge elsewhere."""
    height = page.top - page.bottom
    if block.rows or block.lines > 1 or len(block.text) > 80:
        return set()
    y = (block.top + block.bottom) / 2 - page.bottom
    if _margin(page, block, height):
        shape = _DIGITS.sub("#", block.text.replace(" ", ""))
        return {(shape, round(y / height * 50 + nudge), -1) for nudge in (-0.25, 0.25)}
    return {(block.text, round(y / height * 100), round(block.left / 5))}


def _margin(page: Page, block: Block, height: float) -> bool:
    y = (block.top + block.bottom) / 2 - page.bottom
    return y < MARGIN * height or y > (1 - MARGIN) * height
