"""What the row of a table says: its caption, its name and its headings stand with each of its values.

A row alone ("颗粒物 · 限值 · 燃煤锅炉：50") does not say what it is a limit of; its caption does (表 2 新建锅炉…).
"""

from __future__ import annotations

import re

from assistant.language import form
from index.rows import Cell, Row, serial
from index.types import Span

_NUMERAL = re.compile(r"\d")
_MEASURE = re.compile(r"[≤≥<>＜＞≦≧±~～\s-]*\d(?!\d?[.．、]\s?[^\d\s])|[-—－/／]+$|无$|不得")
"""A number at the start of a value, but not that of an item (1.培训); or what stands in a number's place."""
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]|/\s*([^\s·]+)$")
_UNIT_OF = re.compile(r"(?:计量)?单位$")


def cells(text: str, row: Row) -> tuple[Cell, ...]:
    """The cells of a row without the number of the row."""
    return tuple(cell for cell in row.cells if not serial(text, cell))


def telling(text: str, row: Row) -> tuple[Cell, ...]:
    """The first cells of a row as far as they tell it from others of its name: those before the first number.

    Of a row without a name the first cell is its name. Never all of the cells.
    """
    every = cells(text, row)
    found = every[: 0 if row.name else 1]
    for cell in every[len(found) :]:
        if is_measure(text, cell) or not cell.heading:
            break
        found += (cell,)
    return found if len(found) < len(every) else every[: 0 if row.name else 1]


def statements(text: str, row: Row, caption: str) -> tuple[str, ...]:
    """What a row says, a text for each value: the caption, what tells the row from others, heading and value."""
    lead = caption + row.name.of(text)
    first = telling(text, row)
    lead += "".join(cell.span.of(text) for cell in first)
    rest = [cell for cell in cells(text, row) if cell not in first]
    return tuple(f"{lead}；{cell.span.of(text)}{row.unit.of(text)}" for cell in rest) or (lead,)


def is_measure(text: str, cell: Cell) -> bool:
    """Whether a cell's value begins with a number, or stands in a number's place: —, 无, 不得检出."""
    return _MEASURE.match(cell.value.of(text)) is not None


def is_numbered(text: str, cell: Cell) -> bool:
    """Whether a cell's value has a number anywhere, or stands in a number's place."""
    return is_measure(text, cell) or _NUMERAL.search(cell.value.of(text)) is not None


def measures(check: form.Check, asked: str, text: str, row: Row) -> bool:
    """Whether a value of a row, with the unit that the table gives it, is what was asked for.

    ``check`` is the test for a text of its own, ``asked`` the question's kind. Where any unit will do, a numeral does.
    """
    if asked == "number" and all(map(check, ("7元", "7吨", "7%"))):
        return any(_NUMERAL.search(cell.value.of(text)) for cell in cells(text, row))
    return any(check(said) for cell in cells(text, row) for said in _measured(text, row, cell, asked))


def _measured(text: str, row: Row, cell: Cell, asked: str) -> tuple[str, ...]:
    """A cell's value with each of the units that its row, its heading or a cell beside it names."""
    heading, value = cell.heading.of(text), cell.value.of(text)
    if asked != "number":
        return (f"{heading}：{value}",)
    if not _NUMERAL.search(value):
        return ()
    units = [found[1] or found[2] for found in _IN_BRACKETS.finditer(heading)]
    units += [beside.value.of(text) for beside in row.cells if _UNIT_OF.search(beside.heading.of(text))]
    units += [row.unit.of(text)[len("（单位：") : -1]]
    return (value, *(value + unit for unit in units))


def pieces(text: str, row: Row, chosen: tuple[Cell, ...]) -> tuple[Span, ...]:
    """The ranges of a row that say the ``chosen`` cells, in order: name, cells and unit, with what parts them."""
    found = [Span(row.span.start, row.cells[0].span.start)] if row.name else []
    for cell in chosen:
        joined = 1 if cell is not chosen[0] else 0
        found.append(Span(cell.span.start - joined, cell.span.end))
    return (*found, row.unit) if row.unit else tuple(found)
