"""Word documents (.docx): paragraphs with their generated numbers, tables, footnotes and text boxes in their order.

What was deleted with changes tracked, hidden text, tables of contents, headers and footers are left out. A heading
without an enumerator of its own is marked as in Markdown (## 工作目标), so that the outline knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from lxml import etree

from index.load.numbering import Numbering, child_value, children, int_, local, numbering, value
from index.load.package import damaged, opened, xml
from index.load.script import raised
from index.load.tables import measure, rows
from index.load.text import normalised
from index.types import Content, Facts

CELLS = 100_000  # of one table

_SKIPPED = {
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "delInstrText",
    "pPr",
    "rPr",
    "rt",
    "Fallback",
    "sdtPr",
    "tblPr",
}
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0FD": "☒", "F054": "☒", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FC": "√"}
_ENUMERATED = re.compile(
    r"[（(]?[一二三四五六七八九十百零〇\d]{1,5}[、.．)）\s]|第[一二三四五六七八九十百千零〇\d]{1,6}[编章节条]|附[件录则]"
)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_HEADED = re.compile(r"heading (\d)|标题 (\d)", re.IGNORECASE)
_TITLED = re.compile(r"title|标题", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name, its list and level if it has one, and the style that it is based on."""

    name: str = ""
    based_on: str = ""
    number: str = ""
    depth: int | None = None


@dataclass(slots=True)
class _Reading:
    """A document while it is read: what its other parts say, and what waits to be put after a paragraph."""

    styles: dict[str, Style]
    lists: Numbering
    notes: dict[tuple[str, str], etree._Element]
    boxes: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    count: int = 0
    pictures: int = 0


def word(data: bytes, path: Path) -> Content:
    """The text of a Word document, a line for each paragraph and each row of a table.

    Raises UnreadableFile, naming ``path``, if it is no Word document or damaged.
    """
    with opened(data, path) as package:
        part = _main(xml(package, "_rels/.rels", path))
        folder = part.rpartition("/")[0]
        document = xml(package, part, path)
        if document is None:
            raise damaged(path, "no document inside")
        notes: dict[tuple[str, str], etree._Element] = {}
        for kind in ("footnote", "endnote"):
            root = xml(package, f"{folder}/{kind}s.xml", path)
            if root is not None:
                notes.update({(kind, value(node, "id")): node for node in children(root, kind)})
        lists = numbering(xml(package, f"{folder}/numbering.xml", path))
        reading = _Reading(_styles(xml(package, f"{folder}/styles.xml", path)), lists, notes)
        core = xml(package, "docProps/core.xml", path)
    body = next(iter(children(document, "body")), document)
    lines = [line for line in _blocks(body, reading) if line]
    text = normalised("\n".join(lines))
    title = "".join(reading.titles) or _stated_title(core, text)
    pictures = (f"文档含图片{reading.pictures}幅，图片中的文字未读取",) if reading.pictures else ()
    return Content(text, Facts(title=normalised(title)), notes=pictures)


def _main(relations: etree._Element | None) -> str:
    """The name of the main part."""
    for relation in relations if relations is not None else ():
        if value(relation, "Type").endswith("/officeDocument"):
            return value(relation, "Target").lstrip("/")
    return "word/document.xml"


def _styles(root: etree._Element | None) -> dict[str, Style]:
    found: dict[str, Style] = {}
    for node in children(root, "style") if root is not None else ():
        number, depth = "", None
        for properties in children(node, "pPr"):
            number, depth = _list(properties)
        style = Style(child_value(node, "name"), child_value(node, "basedOn"), number, depth)
        found[value(node, "styleId")] = style
    return found


def _list(properties: etree._Element) -> tuple[str, int | None]:
    """The list and the level that paragraph properties name."""
    for node in children(properties, "numPr"):
        depth = child_value(node, "ilvl")
        return child_value(node, "numId"), int_(depth) if depth else None
    return "", None


def _blocks(parent: etree._Element, reading: _Reading) -> Iterator[str]:
    """The lines of the paragraphs and tables below ``parent``, in their order."""
    above: list[str] = []
    for node in parent:
        name = local(node)
        if name == "p":
            paragraph = list(_paragraph(node, reading))
            above = [*above, *filter(None, paragraph)][-2:]
            yield from paragraph
        elif name == "tbl":
            yield from _table(node, reading, measure(above))
            yield from _waiting(reading)
        elif name == "sdt" and _is_contents(node):
            continue
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _blocks(node, reading)
        elif name == "AlternateContent":
            yield from _blocks(_chosen(node), reading)


def _paragraph(node: etree._Element, reading: _Reading) -> Iterator[str]:
    """The paragraph's lines, then those of its text boxes and footnotes."""
    properties = next(iter(children(node, "pPr")), None)
    style = child_value(properties, "pStyle") if properties is not None else ""
    names = [each.name for each in _bases(style, reading)]
    if any(_CONTENTS.match(name) for name in names):
        return
    text = "".join(_runs(node, reading))
    label = _label(properties, style, reading) if text.strip() else ""
    lines = [line.strip() for line in (label + text.lstrip()).split("\n")]
    if names and _TITLED.fullmatch(names[0]) and text.strip() and len(reading.titles) < 4:
        reading.titles.append("".join(lines))
    level = next((found[1] or found[2] for name in names if (found := _HEADED.match(name))), "")
    if level and lines[0] and not _ENUMERATED.match(lines[0]):
        lines[0] = f"{'#' * min(max(int(level), 1), 6)} {lines[0]}"
    yield from lines
    yield from _waiting(reading)


def _waiting(reading: _Reading) -> Iterator[str]:
    """The text boxes and footnotes met since the last paragraph."""
    boxes, noted = reading.boxes, reading.noted
    reading.boxes, reading.noted = [], []
    yield from boxes
    yield from noted


def _bases(style: str, reading: _Reading) -> list[Style]:
    """The style and those that it is based on, nearest first."""
    found: list[Style] = []
    while style in reading.styles and len(found) < 12:
        found.append(reading.styles[style])
        style = found[-1].based_on
    return found


def _label(properties: etree._Element | None, style: str, reading: _Reading) -> str:
    """The number that Word writes before a paragraph, by its own properties or those of its style."""
    number, depth = _list(properties) if properties is not None else ("", None)
    linked = reading.lists.styles.get(style)
    for each in _bases(style, reading):
        number = number or each.number
        depth = each.depth if depth is None and each.number else depth
    if linked and (depth is None and linked[0] == number):
        depth = linked[1]
    return reading.lists.label(number, depth or 0) if number and number != "0" else ""


def _runs(parent: etree._Element, reading: _Reading) -> Iterator[str]:
    """The pieces of text in a paragraph."""
    for node in parent:
        name = local(node)
        if name in _SKIPPED or (name == "sdt" and _is_contents(node)):
            continue
        if name == "t":
            yield node.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            yield "" if value(node, "type") in ("page", "column") else "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "sym":
            yield _SYMBOLS.get(value(node, "char").upper(), "")
        elif name in ("footnoteReference", "endnoteReference"):
            yield _noted(node, name.removesuffix("Reference"), reading)
        elif name == "r":
            yield from _run(node, reading)
        elif name == "AlternateContent":
            yield from _runs(_chosen(node), reading)
        elif name == "txbxContent":
            lines = [line for line in _blocks(node, reading) if line]
            reading.boxes.extend(lines)
        elif name == "f" and children(node, "den"):
            yield "/".join(
                "".join(_runs(part, reading)) for part in (*children(node, "num"), *children(node, "den"))
            )
        elif name in ("pic", "imagedata"):
            reading.pictures += 1
        else:
            yield from _runs(node, reading)


def _run(node: etree._Element, reading: _Reading) -> Iterator[str]:
    """The pieces of one run: nothing if it is hidden, superior characters if it is raised."""
    for properties in children(node, "rPr"):
        if any(value(each) not in ("0", "false", "off") for each in children(properties, "vanish")):
            return
        if child_value(properties, "vertAlign") == "superscript":
            yield raised("".join(_runs(node, reading)))
            return
    yield from _runs(node, reading)


def _noted(node: etree._Element, kind: str, reading: _Reading) -> str:
    """The mark of a footnote, whose text is put after the paragraph."""
    note = reading.notes.get((kind, value(node, "id")))
    if note is None:
        return ""
    reading.count += 1
    mark = f"[注{reading.count}]"
    text = " ".join(line for line in _blocks(note, _Reading(reading.styles, Numbering(), {})) if line)
    reading.noted.append(f"{mark} {text}")
    return mark


def _chosen(node: etree._Element) -> etree._Element:
    """Of alternatives the one meant for present-day programs; without one, that for old ones."""
    return next(iter((*children(node, "Choice"), *children(node, "Fallback"))), node)


def _is_contents(node: etree._Element) -> bool:
    """Whether a content control is a table of contents."""
    return any(
        "Table of Contents" in value(gallery)
        for properties in children(node, "sdtPr")
        for part in children(properties, "docPartObj")
        for gallery in children(part, "docPartGallery")
    )


def _table(node: etree._Element, reading: _Reading, unit: str) -> Iterator[str]:
    """The rows of a table, whose ``unit`` stands above it; one of a single column lays out text, given as it stands."""
    grid: list[list[str]] = []
    layouts: list[tuple[int, ...]] = []
    plain: list[str] = []
    heads = total = 0
    for row in _rows(node):
        cells: list[str] = []
        layout: list[int] = []
        for properties in children(row, "trPr"):
            cells.extend([""] * min(int_(child_value(properties, "gridBefore")), 100))
            if children(properties, "tblHeader") and heads == len(grid):
                heads += 1
        for cell in _cells(row):
            wide, continued = 1, False
            for properties in children(cell, "tcPr"):
                wide = min(max(int_(child_value(properties, "gridSpan")), 1), 1000)
                continued = any(value(merged) in ("", "continue") for merged in children(properties, "vMerge"))
            lines = [line for line in _blocks(cell, reading) if line]
            plain += lines
            at = len(cells)
            above = grid[-1][at] if continued and grid and at < len(grid[-1]) else ""
            cells.extend([" ".join(lines) or above] * wide)
            layout.append(wide)
            total += wide
        grid.append(cells)
        layouts.append(tuple(layout))
        if total > CELLS:
            break
    if max(map(len, grid), default=0) <= 1 or len(grid) == 1 == len(set(filter(None, grid[0]))):
        yield from plain
    elif _is_form(grid, layouts):
        yield from filter(None, map(_form_row, grid))
    else:
        yield from rows(grid, header_rows=heads or None, measure=unit).splitlines()


def _is_form(grid: list[list[str]], layouts: list[tuple[int, ...]]) -> bool:
    """Whether a table is a form to fill in: no two of its parts have the same columns, or it has no values."""
    parted = [layout for layout in layouts if len(layout) > 1]
    lower = [layout for layout in layouts[len(layouts) // 2 :] if len(layout) > 1]
    blank = all(len(set(filter(None, row))) <= 1 for row in grid[1:])
    return (len(set(parted)) > 2 and len(set(lower)) > 1) or blank


def _form_row(row: list[str]) -> str:
    """A row of a form: a name with the wider cell beside it, its value, or what stands side by side."""
    cells = [(" ".join(cell.split()), len(list(places))) for cell, places in groupby(row)]
    if len(cells) == 2 and all(cell for cell, _ in cells) and cells[0][1] < cells[1][1]:
        return f"{cells[0][0].rstrip('：:')}：{cells[1][0]}"
    return "；".join(cell for cell, _ in cells if cell)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for node in table:
        name = local(node)
        if name == "tr":
            if not any(children(properties, "del") for properties in children(node, "trPr")):
                yield node
        elif name in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(node)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for node in row:
        name = local(node)
        if name == "tc":
            yield node
        elif name in ("sdt", "sdtContent", "customXml"):
            yield from _cells(node)


def _stated_title(core: etree._Element | None, text: str) -> str:
    """The title in the document's properties, if its opening has it, too; these are often left from a template."""
    for node in core if core is not None else ():
        title = " ".join((node.text or "").split()) if local(node) == "title" else ""
        if len(title) >= 6 and "".join(title.split()) in "".join(text[:500].split()):
            return title
    return ""
