"""Tables as text: one row a line, each value with the headings of its row and of its column.

A search for "颗粒物 排放限值" finds the number because both words stand beside it, and a quoted line says what
its numbers mean: it names row, columns and unit, whatever table it was cut from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.load.reading import present

LINE = 140  # characters of the longest line that is not parted; sentences.LONG, and the room for its end
MOSTLY = 0.8  # of a column's cells that are numerals, and it numbers the rows
CAPTION = 60  # characters of the longest line above a table that may be its caption
HEADS = 3  # columns at most that name a row
NOTE = 30  # characters: a longer text across the whole table is a note, not a heading of the rows below it

_CJK = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_BETWEEN = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}()])|(?<=[()])\s+(?=[{_CJK}])")
_VALUE = re.compile(r"[\s≤≥<>＜＞≦≧±~～≈+\-—－/．.,，%％‰℃°×()（）\d]*\d[^\u4e00-\u9fff]{0,12}|[-—－/无／]+")
_SERIAL = re.compile(r"[(（]?\d{1,3}[)）.．、]?|[一二三四五六七八九十]{1,3}、?")
_RANGE = re.compile(r"[<>＜＞≤≥~～]\s*\d")
_NUMBER = re.compile(r"(?!(?:19|20)\d\d$)[<>＜＞≤≥]?\s*[\d０-９.]+(?:\s*[~～-]\s*[<＜≤]?[\d０-９.]+)?")
_UNIT = re.compile(r"[(（]?\s*(?:计量)?单位(?:\s*[:：]\s*|为)([^()（）]+(?:[(（][^()（）]*[)）])?)\s*[)）]?")
_REMARK = re.compile(r"[(（]?\s*(?:注|备注|说明|[a-z]\s*[)）]|\*)")
_ENDS = "。；;，, "


def rows(
    table: Sequence[Sequence[str]],
    *,
    header_rows: int | None = None,
    title: str = "",
    measure: str = "",
    goes_on: bool = False,
) -> str:
    """The table as lines of "row heading · column heading：value；column heading：value", each ended by a newline.

    A merged cell may stand in every place that it covers or in the first alone. ``header_rows`` says how many
    rows at the top hold headings (found by their shape if ``None``). The ``title`` goes before, with the unit
    that it or a row across the whole table names; every row repeats the unit, or the
    ``measure`` that the title does not tell, at its end. A row too long for
    one sentence becomes several lines, each with the row's heading. Empty text without any value. What ``goes_on``
    from a page before is not counted as another table.
    """
    grid = _grid(table)
    title, own = unit(_cell(title))
    while grid and len(_distinct(grid[0])) == 1 and (len(grid[0]) > 1 or len(grid) > 1):
        if header_rows:
            header_rows -= 1
        note, found = unit(_cell(_distinct(grid.pop(0))[0]))
        own = own or found
        title = f"{title} {note}".strip()
    grid = _grid(grid)
    if not grid:
        return f"{title}\n" if title else ""
    present().tables += not goes_on
    count = headings(grid) if header_rows is None else min(header_rows, len(grid))
    heads = _heads(grid[:count], len(grid[0]))
    lines = [f"{title}（单位：{own}）" if own and title else title or (f"单位：{own}" if own else "")]
    measure = own or measure
    ending = f"（单位：{measure}）" if measure else ""
    if count == len(grid):
        lines += ["；".join(_distinct(row)) for row in grid]
    elif _paired(grid):
        lines += [_pairs(row) for row in grid]
    else:
        lines += _body(grid[count:], heads, ending)
    return "".join(f"{line}\n" for line in lines if line)


def headings(table: Sequence[Sequence[str]]) -> int:
    """How many rows at the top hold headings, by their shape; 0 for pairs of a name and its value.

    The first row does, and the one below another if it parts a merged cell of that and has nothing new elsewhere.
    """
    if len(table) < 2 or _paired(table):
        return 0
    if sum(map(_is_value, table[0][1:])) * 2 > len(table[0][1:]) > 0 and not _years(table[0]):
        return _ranged(table)
    count = 1
    while count < len(table) - 1 and _parts(_filled(table[count - 1]), table[count]):
        count += 1
    return count


def _body(body: Sequence[Sequence[str]], heads: Sequence[str], ending: str) -> list[str]:
    """The lines of the rows below the headings."""
    serial = [column for column in range(len(heads)) if _is_serial(body, heads, column)]
    body = _downward(body, [column for column in range(len(heads)) if column not in serial][:HEADS])
    names = _names(body, serial, heads)
    if names and heads[names[0]]:
        numbers = [at for at, head in enumerate(heads) if all(map(_NUMBER.fullmatch, head.split(" · ")))]
        heads = [f"{heads[names[0]]} {head}" if at in numbers else head for at, head in enumerate(heads)]
    lines: list[str] = []
    group = ""
    for row in body:
        distinct = _distinct(row)
        if len(distinct) == 1 and len(heads) > 2:
            if _REMARK.match(distinct[0]) or len(distinct[0]) > NOTE:
                lines.append(distinct[0])
                continue
            group = distinct[0]
            lines.append(group)
            continue
        alike = [column for column in names if heads[column] in ("", heads[names[0]])]
        if heads[names[0]] and all(_is_value(row[column]) for column in alike):
            alike = []
        name = " · ".join(_distinct([group, *(row[column] for column in alike)]))
        rest = _values(row, heads, [column for column in names if column not in alike])
        order = [column for column in range(len(heads)) if column not in (*names, *serial)]
        told = [column for column in order if row[column] == row[column - 1] and column - 1 in names]
        order = [column for column in order if column not in told]
        lines += _parted(name, rest, _values(row, heads, order + serial), ending)
    return lines


def _values(row: Sequence[str], heads: Sequence[str], order: Sequence[int]) -> list[str]:
    """The row's values, each after its heading; those side by side below one heading after it together."""
    values: list[str] = []
    last = ""
    for column in order:
        cell = row[column].rstrip(_ENDS)
        if cell and heads[column] and heads[column] == last:
            if not values[-1].endswith((f"：{cell}", f" · {cell}")):
                values[-1] += f" · {cell}"
        elif cell:
            values.append(f"{heads[column]}：{cell}" if heads[column] else cell)
            last = heads[column]
    return values


def _parted(name: str, told: Sequence[str], values: Sequence[str], ending: str) -> list[str]:
    """A row as one line, or as several if it is too long; each begins with its name and what else tells it apart.

    What tells it apart at length, in prose, stands in the first line alone.
    """
    if len(name) + len("；".join(told)) > LINE // 2:
        told, values = (), [*told, *values]
    lead = f"{name} · " if name and (told or values) else name
    lines: list[str] = []
    held = list(told)
    for value in values:
        if len(held) > len(told) and len(lead + "；".join([*held, value]) + ending) > LINE:
            lines.append(lead + "；".join(held) + ending)
            held = list(told)
        held.append(value)
    return [*lines, lead + "；".join(held) + (ending if held else "")]


def _names(body: Sequence[Sequence[str]], serial: Sequence[int], heads: Sequence[str]) -> list[int]:
    """The leading columns that name the rows: as many as tell them apart, values and serial numbers left out."""
    names: list[int] = []
    for column in range(len(heads)):
        if column in serial:
            continue
        cells = [row[column] for row in body if row[column]]
        if names and (sum(map(_is_value, cells)) * 2 >= len(cells) or column == len(heads) - 1):
            break
        names.append(column)
        if len(names) == HEADS or len({tuple(row[at] for at in names) for row in body}) == len(body):
            break
    return names


def _is_serial(body: Sequence[Sequence[str]], heads: Sequence[str], column: int) -> bool:
    """Whether the column numbers the rows: 序号, or the first column with numerals alone."""
    cells = [row[column] for row in body if row[column] and len(_distinct(row)) > 1]
    counted = sum(_SERIAL.fullmatch(cell) is not None for cell in cells)
    return 0 < len(cells) * MOSTLY <= counted and (
        heads[column] in ("序号", "编号", "项次", "No.") or (column == 0 and not heads[column])
    )


def _heads(top: Sequence[Sequence[str]], width: int) -> list[str]:
    """The heading of each column: those of its rows, from the top, joined."""
    filled = [list(row) for row in top]
    for upper, lower in zip(filled, top[1:], strict=False):
        for column in range(1, width):
            if not upper[column] and lower[column]:
                upper[column] = upper[column - 1]
    return [" · ".join(_distinct([row[column].rstrip("：:") for row in filled])) for column in range(width)]


def _filled(row: Sequence[str]) -> list[str]:
    """The row with the places that are empty filled from the left, as a merged cell covers them."""
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _downward(body: Sequence[Sequence[str]], columns: Sequence[int]) -> list[list[str]]:
    """The rows with empty places of the leading columns filled from above, as a merged cell covers them."""
    filled: list[list[str]] = []
    for row in body:
        cells = list(row)
        for column in columns:
            if cells[column] or len(_distinct(row)) <= 1 or not filled or len(_distinct(filled[-1])) <= 1:
                break
            cells[column] = filled[-1][column]
        filled.append(cells)
    return filled


def _parts(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the lower row parts merged cells of the upper one and says nothing new below the others.

    Below the others it may if it begins with the same cell and has no values: rules are drawn carelessly.
    """
    merged = [
        upper[column] == upper[column - 1 if column else -1] or upper[column] == upper[(column + 1) % len(upper)]
        for column in range(len(upper))
    ]
    merged[0] = len(upper) > 1 and upper[0] == upper[1]
    merged[-1] = len(upper) > 1 and upper[-1] == upper[-2]
    rest = all(cell in ("", above) for cell, above, within in zip(lower, upper, merged, strict=True) if not within)
    new = [cell for cell, above, within in zip(lower, upper, merged, strict=True) if within and cell != above]
    named = lower[0] != "" and lower[0] == upper[0] and not any(map(_is_value, lower))
    return (rest or named) and any(new)


def _paired(table: Sequence[Sequence[str]]) -> bool:
    """Whether the rows are pairs of a name, ended by a colon, and its value."""
    names = [row[column] for row in table for column in range(0, len(row), 2) if row[column]]
    return bool(names) and sum(name.endswith(("：", ":")) for name in names) * 3 >= len(names) * 2


def _pairs(row: Sequence[str]) -> str:
    """A row of pairs of a name and its value."""
    cells = _distinct(row)
    pairs = [cell if cell.endswith(("：", ":")) else f"{cell}；" for cell in cells]
    return "".join(pairs).rstrip("；").replace(":；", "：；")


def _grid(table: Sequence[Sequence[str]]) -> list[list[str]]:
    """The table with rows of one width, without those rows and columns that hold nothing."""
    width = max((len(row) for row in table), default=0)
    cells = [_row(row) + [""] * (width - len(row)) for row in table]
    cells = [row for row in cells if any(row)]
    held = [column for column in range(width) if any(row[column] for row in cells)]
    return [[row[column] for column in held] for row in cells]


def _row(row: Sequence[str]) -> list[str]:
    """The cells of a row; the lines of one text across the whole table stay apart."""
    if len(row) > 1 and len(set(row)) == 1:
        return ["\n".join(filter(None, map(_cell, row[0].splitlines())))] * len(row)
    return [_cell(cell) for cell in row]


def _cell(text: str) -> str:
    """A cell's text on one line, without the spaces that set its characters apart."""
    return _BETWEEN.sub("", " ".join(text.split()))


def unit(text: str) -> tuple[str, str]:
    """A title without its note of the unit, and the unit; empty where there is none."""
    found = _UNIT.search(text)
    if not found:
        return text, ""
    return (text[: found.start()] + text[found.end() :]).strip(), found.group(1).strip()


def measure(above: Sequence[str]) -> str:
    """The unit that the lines right above a table name, in a note of its own or in the caption; else empty."""
    for line in reversed([line.strip() for line in above if line.strip()][-2:]):
        bare, found = unit(line)
        if found and len(bare) <= CAPTION and not bare.endswith("。"):
            return found
        if len(bare) > CAPTION or bare.endswith(("。", "；", "：", ":")):
            break
    return ""


def _distinct(cells: Sequence[str]) -> list[str]:
    """The cells that hold something, one that repeats its neighbour once."""
    held = [cell for cell in cells if cell]
    return [cell for at, cell in enumerate(held) if at == 0 or cell != held[at - 1]]


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def _ranged(table: Sequence[Sequence[str]]) -> int:
    """How many rows at the top name the columns by ranges of numbers (<0.7, 0.7~1.4): those with one first cell."""
    ranges = [cell for cell in table[0] if _RANGE.search(cell)]
    if len(ranges) * 2 < len(table[0]):
        return 0
    count = next((at for at, row in enumerate(table) if row[0] not in ("", table[0][0])), 0)
    return count if count < len(table) else 0


def _years(row: Sequence[str]) -> bool:
    """Whether the numbers of a row are years, as a heading has them."""
    return all(re.fullmatch(r"(?:19|20)\d\d年?", cell) for cell in row[1:] if _is_value(cell))
