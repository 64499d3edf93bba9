"""The tables in a text: where they stand, under which caption, and their rows taken apart again.

``index.load.tables`` writes a row as a line in which each value has its headings:

    颗粒物 · 限值 · 燃煤锅炉：50；限值 · 燃油锅炉：30（单位：mg/m³）

Nothing but the line tells that it is a row, so whatever reads the text knows it by its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.types import Span

LONGEST = 300  # characters: a longer row, one with prose in a cell, is parted into its sentences

_JOINT = " · "  # between the name of a row, the headings of a column above each other, and what is below them
_CAPTION = 60  # characters of the longest caption, its unit aside
_HEADING = 40  # characters of the longest heading of a column, brackets aside
_GROUP = 30  # characters of the longest heading over some of the rows
_NOTES = 8  # lines of notes below a table that belong to it
_SERIAL = frozenset(("序号", "编号", "项次", "No."))

_NAMED = re.compile(r"[^\n：]{1,160}? · [^\n：]{0,160}：[^\n]*")
_UNIT = re.compile(r"（单位：[^\n]*）$")
_MEASURE = re.compile(r"[(（]?\s*(?:计量)?单位(?:\s*[:：]|为)[^\n]{1,40}")
_BARE = re.compile(r"[^\n；。：]{1,40}；[^\n。：]+")  # headings without values
_HEADED = re.compile(r"；(?:[^；：。（）()]|[（(][^（）()]*[)）]){1,40}：")
_NOTE = re.compile(r"注\s?[:：\d]|备注|说明[:：]|[(（]?[a-z][)）]?\s|\*|[(（]\d[)）]")
_NUMBERED = re.compile(r"(?:续?表|附表)\s*([A-Z]?[.．\-]?\s*\d{1,3}(?:[.．\-]\d{1,2})*)")
_CONTINUED = re.compile(r"续\s*表|[（(]\s*续[^（()）]{0,3}[）)]")
_ENDS = tuple("。；;，,！!？?、")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with the headings of its column; ``heading`` is empty where the column has none."""

    heading: Span
    value: Span

    @property
    def span(self) -> Span:
        """From the first heading to the value's end."""
        return Span(min(self.heading.start, self.value.start), self.value.end)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what names it (empty where nothing does), its cells, and the note of its unit (empty if none)."""

    span: Span
    name: Span
    cells: tuple[Cell, ...]
    unit: Span


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a text: its caption (empty if it has none), its rows, and the range of all of it with its notes.

    A table that a page break parts is one, under the first of its captions.
    """

    caption: Span
    rows: tuple[Span, ...]
    span: Span


def tables(text: str, taken: Sequence[int] = ()) -> tuple[Table, ...]:
    """The tables of ``text`` in order; a line that begins at one of ``taken`` is a heading, and no caption."""
    every = list(_lines(text))
    found: list[Table] = []
    floor = 0  # the first line that may still be a caption
    for first, last in _blocks(text, every):
        caption = _caption(text, every, first, floor, frozenset(taken))
        start = caption if caption is not None else first
        end = _below(text, every, last)
        head = every[start] if caption is not None else Span(every[start].start, every[start].start)
        lines = tuple(line for line in every[first:last] if _may_be_row(line.of(text)))
        table = Table(head, lines, Span(every[start].start, every[end - 1].end))
        if found and _goes_on(text, found[-1], table):
            before = found.pop()
            table = Table(before.caption, before.rows + lines, Span(before.span.start, table.span.end))
        found.append(table)
        floor = end
    return tuple(found)


def is_row(line: str) -> bool:
    """Whether a line by itself is a row of a table: it has a name or a heading above its cells, or a unit."""
    if _NAMED.match(line):
        return True
    unit = _UNIT.search(line)
    return bool(unit and "：" in line[: unit.start()] and not _NUMBERED.match(line))


def whole(text: str, start: int, end: int) -> list[Span]:
    """The rows in ``text[start:end]`` that are one sentence each, being no longer than ``LONGEST``."""
    if text.find(_JOINT, start, end) < 0 and text.find("（单位：", start, end) < 0:
        return []
    lines = (Span(*match.span()) for match in re.finditer(r"[^\n]+", text[start:end]))
    return [
        Span(start + line.start, start + line.end)
        for line in lines
        if len(line) <= LONGEST and is_row(text[start + line.start : start + line.end])
    ]


def masked(text: str) -> str:
    """``text`` with its rows blotted out, each character by one, for those who look for enumerators."""
    return re.sub(r"[^\n]+", lambda line: "·" * len(line[0]) if is_row(line[0]) else line[0], text)


def row(text: str, span: Span) -> Row | None:
    """The row that the line at ``span`` is, without its line break; ``None`` if it is none."""
    line = span.of(text).rstrip()
    if not _may_be_row(line):
        return None
    unit = _UNIT.search(line)
    end = unit.start() if unit else len(line)
    parts = _parted(line, end)
    at = span.start
    cells = [_cell(line, start, stop, at) for start, stop in parts]
    name = _name(line, *parts[0], {_first(cell.heading.of(text)) for cell in cells[1:]})
    if name:
        heading = cells[0].heading
        cells[0] = Cell(Span(min(at + name + len(_JOINT), heading.end), heading.end), cells[0].value)
    return Row(
        Span(at, at + len(line)),
        Span(at, at + name),
        tuple(cells),
        Span(at + end, at + len(line)),
    )


def _may_be_row(line: str) -> bool:
    """Whether a line in a table is a row: it is by itself, or all its parts have headings."""
    return is_row(line) or len(_headings(line)) > 1


def serial(text: str, cell: Cell) -> bool:
    """Whether a cell numbers its row and says no more."""
    return cell.heading.of(text) in _SERIAL


def _lines(text: str) -> Iterator[Span]:
    """The lines that are not blank, without their breaks."""
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        yield Span(*match.span())


def _blocks(text: str, lines: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The runs of rows, as ranges of lines; a heading over some of them stands between."""
    rows = [is_row(line.of(text)) for line in lines]
    alike = [_headings(line.of(text)) for line in lines]
    for at, (one, other) in enumerate(pairwise(alike)):
        if len(one) > 1 and one == other:
            rows[at] = rows[at + 1] = True
    at = 0
    while at < len(lines):
        if not rows[at]:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (rows[end] or _is_group(text, lines, rows, end)):
            end += 1
        yield at, end
        at = end


def _is_group(text: str, lines: Sequence[Span], rows: Sequence[bool], at: int) -> bool:
    """Whether a line between two rows heads those below it, each of which begins with it."""
    head = lines[at].of(text).strip()
    return (
        len(head) <= _GROUP
        and at + 1 < len(lines)
        and rows[at + 1]
        and lines[at + 1].of(text).startswith(head + _JOINT)
    )


def _caption(text: str, lines: Sequence[Span], first: int, floor: int, taken: frozenset[int]) -> int | None:
    """The line above a table that is its caption: a short one that is no sentence.

    A note of the unit may stand between, headings that a page break has parted from their rows, or one over the first.
    """
    at = first - 1
    while at >= max(floor, first - 3) and _is_between(text, lines, at):
        at -= 1
    if at < floor or lines[at].start in taken:
        return None
    line = lines[at].of(text).strip()
    bare = _UNIT.sub("", line)
    if (_NUMBERED.match(line) or _CONTINUED.match(line)) and not line.endswith("。"):
        return at
    if len(bare) > _CAPTION or len(bare) < 3 or bare.endswith((*_ENDS, "：", ":")) or _NOTE.match(line):
        return None
    return at


def _is_between(text: str, lines: Sequence[Span], at: int) -> bool:
    """Whether a line can stand between a caption and its rows: a unit, headings, or a heading over the first rows."""
    line, below = lines[at].of(text).strip(), lines[at + 1].of(text)
    return bool(_MEASURE.match(line) or _BARE.fullmatch(line)) or below.startswith(line + _JOINT)


def _below(text: str, lines: Sequence[Span], last: int) -> int:
    """The line after the notes of a table whose rows end before ``last``."""
    end = last
    while end < min(len(lines), last + _NOTES) and _NOTE.match(lines[end].of(text).strip()):
        end += 1
    return end


def _goes_on(text: str, before: Table, table: Table) -> bool:
    """Whether a table is the rest of the one before it: 表 2（续）."""
    caption = table.caption.of(text)
    number, first = _NUMBERED.search(caption), _NUMBERED.search(before.caption.of(text))
    if not _CONTINUED.search(caption):
        return False
    return number is None or (first is not None and number[1].split() == first[1].split())


def _headings(line: str) -> tuple[str, ...]:
    """The headings of the cells of a line; empty if one of its parts has none, or a long one."""
    found = []
    for start, stop in _parted(line.rstrip(), len(line.rstrip())):
        heading, colon, value = line[start:stop].partition("：")
        if not colon or not value or not 0 < len(heading) <= _HEADING or "。" in heading:
            return ()
        found.append(heading)
    return tuple(found)


def _parted(line: str, end: int) -> list[tuple[int, int]]:
    """The ranges of the cells in ``line[:end]``: they end at semicolons that a heading follows."""
    edges = [0]
    depth = 0
    for at in range(end):
        depth += (line[at] in "（(") - (line[at] in "）)")
        if line[at] == "；" and depth <= 0:
            depth = 0
            if _HEADED.match(line, at, end):
                edges.append(at + 1)
    return [(start, stop - 1) for start, stop in pairwise([*edges, end + 1])]


def _cell(line: str, start: int, stop: int, offset: int) -> Cell:
    """The cell in ``line[start:stop]``."""
    depth = 0
    for at in range(start, stop):
        depth += (line[at] in "（(") - (line[at] in "）)")
        if line[at] == "：" and depth <= 0:
            return Cell(Span(offset + start, offset + at), Span(offset + at + 1, offset + stop))
    return Cell(Span(offset + start, offset + start), Span(offset + start, offset + stop))


def _name(line: str, start: int, stop: int, others: set[str]) -> int:
    """Where the name of a row ends, given its first cell and the first headings of the others."""
    colon = line.find("：", start, stop)
    parts = line[start : colon if colon >= 0 else stop].split(_JOINT)
    kept = next((count for count, part in enumerate(parts) if part in others), len(parts) - 1)
    return len(_JOINT.join(parts[:kept]))


def _first(heading: str) -> str:
    return heading.partition(_JOINT)[0]
