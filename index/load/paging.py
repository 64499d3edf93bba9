"""From the blocks of all pages to one text: without running heads, with the offset at which each page begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from index.load.layout import Block, joined
from index.load.tables import headings, rows, unit
from index.load.text import normalised

MARGIN = 0.13  # of a page's height at its top and bottom: where running heads and page numbers stand
SHARE = 0.3  # of the pages that repeat a line at one height before it is a running head
OVERLAY = 0.6  # of the pages, of at least three, that repeat a line in one place anywhere: a watermark

_NUMBER = re.compile(
    r"[-—–－·•.\s第共页]*(?:\d{1,4}|[IVXivxⅠ-ⅿ]{1,6})(?:\s*[/／]\s*\d{1,4}|\s*页(?:\s*[,，]?\s*共\s*\d+\s*页)?)?[-—–－·•.\s]*"
)
_DIGITS = re.compile(r"[\dIVXivxⅠ-ⅿ]+")
_TITLE = re.compile(r"(?:续?表|附表)\s*[A-Z]?[.．\-]?\s*\d|.{0,12}(?:一览表|明细表|目录表)$|.{2,40}表$")
_CONTINUED = re.compile(r"续\s*表|[（(]续[表）)]")
_UNIT = re.compile(r"[（(]?\s*(?:计量)?单位(?:\s*[:：]|为)\s*\S.{0,50}")
_STAGE = re.compile(r"[（(][^（）()]{1,20}[）)]")


class Page(NamedTuple):
    """A page's blocks in reading order, and its lower and upper edge."""

    blocks: tuple[Block, ...]
    bottom: float
    top: float


def paged(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The normalised text of the pages, and the offset at which each begins, one a page, the empty ones too.

    A block a line; a paragraph that a page break parts is one line, a table that it parts keeps its headings and
    its unit, and a row that it parts stands on the page on which it begins.
    """
    repeated = _repeated(pages)
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    before: Block | None = None
    heads: tuple[tuple[str, ...], ...] = ()
    measure = ""
    for kept in _mended([_kept(page, repeated) for page in pages]):
        starts.append(length)
        for at, block in enumerate(kept):
            if block in _titles(kept, at):
                continue
            text = normalised(block.text)
            if block.rows:
                title = _title(kept, at)
                heads, measure = (heads, measure) if block.flush else ((), "")
                measure = unit(title)[1] or measure
                text, heads = _written(block, title, heads, measure)
            if not text.strip():
                continue
            if at == 0 and before and before.goes_on and block.flush and not before.rows and not block.rows:
                mended = joined(pieces[-1].rstrip("\n"), text)[: -len(text)]
                length += len(mended) - len(pieces[-1])
                pieces[-1] = mended
                starts = [min(start, length) for start in starts]
            piece = text if text.endswith("\n") else f"{text}\n"
            pieces.append(piece)
            length += len(piece)
            before = block
    return "".join(pieces), tuple(starts)


def _mended(pages: list[list[Block]]) -> list[list[Block]]:
    """The pages with tables that go on from one to the next marked so, and rows that a page break parts made whole."""
    for first, second in pairwise(pages):
        at = next((at for at, block in enumerate(second[:2]) if block.rows), None)
        if at is None or not first or not first[-1].rows or (at == 1 and not _CONTINUED.search(second[0].text)):
            continue
        upper, lower = first[-1].rows, second[at].rows
        if len(upper[0]) != len(lower[0]):
            continue
        if at == 0 and not lower[0][0] and sum(map(bool, lower[0])) * 2 <= len(lower[0]):
            whole = tuple(joined(*cells) for cells in zip(upper[-1], lower[0], strict=True))
            upper, lower = (*upper[:-1], whole), lower[1:]
        ends = zip(*upper[-2:], strict=True) if len(upper) > 1 else ()
        spanning = [len(set(cells)) == 1 for cells in ends]
        first[-1] = first[-1]._replace(rows=upper, goes_on=True)
        second[at] = second[at]._replace(rows=_filled(lower, upper[-1], spanning), flush=True)
        if not lower:
            del second[at]
    return pages


def _filled(
    table: tuple[tuple[str, ...], ...], above: tuple[str, ...], spanning: Sequence[bool]
) -> tuple[tuple[str, ...], ...]:
    """The rows with the empty places at the top of a column filled from a merged cell that reaches down to them."""
    rows_ = [list(row) for row in table]
    for column, reaches in enumerate(spanning):
        for row in rows_:
            if row[column] or not reaches:
                break
            row[column] = above[column]
    return tuple(map(tuple, rows_))


def _written(
    block: Block, title: str, heads: tuple[tuple[str, ...], ...], measure: str
) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """A table as lines, and its rows of headings; one without its own has those of the page before."""
    table = block.rows
    if heads and table[: len(heads)] != heads:
        whole = rows(heads + table, header_rows=len(heads), title=title, measure=measure, goes_on=True)
        return normalised(whole), heads
    count = 1 if len(table) == 1 and block.goes_on else headings(table)
    return normalised(rows(table, header_rows=count, title=title, measure=measure)), table[:count]


def _titles(blocks: Sequence[Block], at: int) -> list[Block]:
    """The block itself if it is part of the title of the table that follows it."""
    table = next((index for index in range(at + 1, min(at + 4, len(blocks))) if blocks[index].rows), None)
    return [blocks[at]] if table is not None and blocks[at] in _above(blocks, table) else []


def _title(blocks: Sequence[Block], table: int) -> str:
    return " ".join(normalised(block.text) for block in _above(blocks, table))


def _above(blocks: Sequence[Block], table: int) -> list[Block]:
    """The lines right above a table that are its title and the note of its unit."""
    found: list[Block] = []
    titled = False
    for block in reversed(blocks[max(table - 3, 0) : table]):
        title = bool(_TITLE.match(block.text)) and not titled
        if block.rows or block.lines > 2 or len(block.text) > 60:
            break
        if not (title or _UNIT.match(block.text) or (not titled and _STAGE.fullmatch(block.text))):
            break
        titled = titled or title
        found.insert(0, block)
    found = [block for block in found if titled or _UNIT.match(block.text)]
    return sorted(found, key=lambda block: bool(_UNIT.match(block.text)))


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
