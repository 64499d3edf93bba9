"""Presentations (.pptx): each slide a page, its shapes from top to bottom, tables and speaker's notes included."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.load.package import checked, opened
from index.load.tables import rows
from index.load.text import normalised
from index.types import Content

DEPTH = 50  # groups of shapes inside each other


def presentation(data: bytes, path: Path) -> Content:
    """The text of a presentation; hidden slides are left out of the text, not of the count of pages.

    Raises UnreadableFile, naming ``path``, if the package is damaged.
    """
    from pptx import Presentation

    with opened(data, path) as package:
        checked(package, path)
    text = ""
    pages: list[int] = []
    pictures = 0
    for slide in Presentation(io.BytesIO(data)).slides:
        pages.append(len(text))
        if slide._element.get("show") == "0":
            continue
        lines = list(_lines(slide.shapes, DEPTH))
        pictures += sum(hasattr(shape, "image") for shape in slide.shapes)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            spoken = slide.notes_slide.notes_text_frame.text.strip()
            lines += [f"备注：{spoken}"] if spoken else []
        text += "".join(f"{line}\n" for line in map(normalised, lines) if line)
    notes = (f"演示文稿含图片{pictures}幅，图片中的文字未读取",) if pictures else ()
    return Content(text, pages=tuple(pages), notes=notes)


def _lines(shapes: Iterable[Any], depth: int) -> Iterator[str]:
    """The lines of the shapes, the title first and the others from top to bottom."""
    for shape in sorted(shapes, key=_place):
        if shape.shape_type == 6 and depth:  # a group
            yield from _lines(shape.shapes, depth - 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield from rows(_grid(shape.table)).splitlines()
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                yield paragraph.text.replace("\v", "\n").strip()


def _place(shape: Any) -> tuple[bool, int, int]:
    title = shape.is_placeholder and shape.placeholder_format.idx == 0
    return not title, shape.top or 0, shape.left or 0


def _grid(table: Any) -> list[list[str]]:
    """The table with merged cells in every place that they cover."""
    grid = [[cell.text.replace("\v", " ").replace("\n", " ") for cell in row.cells] for row in table.rows]
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells.cells):
            if cell.is_merge_origin:
                for below in range(row, min(row + cell.span_height, len(grid))):
                    for beside in range(column, min(column + cell.span_width, len(grid[below]))):
                        grid[below][beside] = grid[row][column]
    return grid
