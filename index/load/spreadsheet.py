"""Spreadsheets (.xlsx .xls .csv): each sheet a table, its values as the sheet shows them, hidden sheets left out."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from index.load.package import checked, damaged, opened, protected
from index.load.tables import rows
from index.load.text import decoded, normalised
from index.types import Content

CELLS = 500_000  # of one file; what is below is left out, and a note says so

_DEFAULT_NAME = re.compile(r"(?:Sheet|工作表|表)\s?\d*", re.IGNORECASE)
_PLACES = re.compile(r"0(?:\.(0+))?")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def workbook(data: bytes, path: Path) -> Content:
    """The sheets of an Excel workbook (.xlsx), each under its name.

    Raises UnreadableFile, naming ``path``, if the package is damaged.
    """
    from openpyxl import load_workbook

    with opened(data, path) as package:
        checked(package, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that hold no text: styles, validations, extensions
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets: list[tuple[str, list[list[str]]]] = []
        hidden: list[str] = []
        left = CELLS
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                hidden.append(sheet.title)
                continue
            sheet.reset_dimensions()
            grid: list[list[str]] = []
            for cells in sheet.iter_rows():
                line = [shown(cell.value, cell.number_format or "") for cell in cells]
                if any(line):
                    grid.append(line)
                    left -= len(line)
                if left < 0:
                    break
            sheets.append((sheet.title, grid))
        book.close()
    return _content(sheets, hidden, cut=left < 0)


def old_workbook(data: bytes, path: Path) -> Content:
    """The same of a workbook of Excel 97 to 2003 (.xls); merged cells count for every place that they cover."""
    import xlrd
    from xlrd.biffh import XLRDError

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except XLRDError as error:
        raise (protected(path) if "encrypted" in str(error) else damaged(path, str(error))) from error
    sheets: list[tuple[str, list[list[str]]]] = []
    hidden: list[str] = []
    left = CELLS
    for sheet in book.sheets():
        if sheet.visibility:
            hidden.append(sheet.name)
            continue
        grid = []
        for row in range(sheet.nrows):
            grid.append([_old(book, sheet.cell(row, column)) for column in range(sheet.row_len(row))])
            left -= len(grid[-1])
            if left < 0:
                break
        for top, bottom, first, last in sheet.merged_cells:
            for row in range(top, min(bottom, len(grid))):
                if first < len(grid[top]):
                    end = min(last, len(grid[row]))
                    grid[row][first:end] = [grid[top][first]] * max(end - first, 0)
        sheets.append((sheet.name, grid))
    return _content(sheets, hidden, cut=left < 0)


def separated(data: bytes, path: Path) -> Content:
    """A table of separated values (.csv), by commas, semicolons or tabs, in any encoding that ``decoded`` knows."""
    text = decoded(data, path)
    opening = text[:5000].splitlines()[:20]
    delimiter = max(",;\t，", key=lambda sign: sum(line.count(sign) for line in opening))
    grid: list[list[str]] = []
    left = CELLS
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            grid.append(line)
            left -= len(line)
            if left < 0:
                break
    except csv.Error as error:
        raise damaged(path, str(error)) from error
    return _content([("", grid)], [], cut=left < 0)


def shown(value: object, form: str) -> str:
    """A cell's value as the sheet shows it in a number format: 0.85 in 0.0% is 85.0%, a day is 2021-03-01."""
    if value is None or value is False or value is True:
        return {None: "", True: "是", False: "否"}[value]
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, int | float):
        return _number(value, _QUOTED.sub("", form).split(";")[0])
    return str(value)


def _number(value: float, form: str) -> str:
    places = _PLACES.search(form)
    decimals = len(places[1] or "") if places else None
    if "%" in form:
        return f"{value * 100:.{decimals or 0}f}%"
    if decimals is not None and "E" not in form and not re.fullmatch(r"0{2,}", form):
        return f"{value:.{decimals}f}"
    if re.fullmatch(r"0{2,}", form):
        return f"{value:0{len(form)}.0f}"
    return f"{value:.15g}" if abs(value) >= 1e15 or value != int(value) else str(int(value))


def _old(book: Any, cell: Any) -> str:
    """A cell of an old workbook: dates are numbers that only their format tells apart."""
    import xlrd

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value), "")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return shown(xlrd.xldate_as_datetime(cell.value, book.datemode), "")
        except (ValueError, OverflowError):
            return shown(cell.value, "")
    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str if cell.xf_index is not None else ""
    return shown(cell.value, form)


def _content(
    sheets: Iterable[tuple[str, Sequence[Sequence[str]]]], hidden: Sequence[str], *, cut: bool
) -> Content:
    text = "".join(
        rows(grid, title="" if _DEFAULT_NAME.fullmatch(name) else name)
        for name, grid in sheets
        if any(map(any, grid))
    )
    notes = [f"表格超过{CELLS}个单元格，其后的内容未读取"] if cut else []
    if hidden:
        notes.append(f"隐藏的工作表未读取：{'、'.join(hidden)}")
    return Content(normalised(text), notes=tuple(notes))
