"""OFD files (GB/T 33190), the format of China's electronic official documents: zipped XML, page by page.

A page is its text objects, each with the places of its characters, and the paths drawn around them; those of its
template come with it. Lengths in the file are millimetres with y downwards.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from lxml import etree

from index.errors import UnreadableFile
from index.load.grid import MOST, Rule
from index.load.labels import day
from index.load.layout import Glyph, blocks
from index.load.numbering import children, local
from index.load.package import damaged, opened, xml
from index.load.paging import Page, paged
from index.load.reading import present
from index.load.text import normalised
from index.types import Content, Facts

GLYPHS = 100_000  # of one page
POINT = 72 / 25.4  # points in a millimetre
THIN = 1.0  # millimetres: a filled box no thicker is a stroke
SHEET = (0.0, 0.0, 210.0, 297.0)  # A4, where a file gives no size

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DRAWN = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


class _Sheet(NamedTuple):
    """A page's lower left and upper right corner in points, and where its top edge lies in millimetres."""

    left: float
    top: float
    height: float

    def x(self, millimetres: float) -> float:
        return (millimetres - self.left) * POINT

    def y(self, millimetres: float) -> float:
        return (self.top + self.height - millimetres) * POINT


def official(data: bytes, path: Path) -> Content:
    """The text of an OFD file, page by page, and the title and date that its information states.

    Raises UnreadableFile, naming ``path``, if it is damaged, has no document or too many pages.
    """
    with opened(data, path) as package:
        root = xml(package, "OFD.xml", path)
        bodies = children(root, "DocBody") if root is not None else []
        if not bodies:
            raise damaged(path, "no document inside")
        pages: list[Page] = []
        pictures = 0
        for body in bodies:
            name = _text(body, "DocRoot")
            document = xml(package, name, path) if name else None
            if document is None:
                raise damaged(path, f"no {name or 'DocRoot'} inside")
            for page, images in _pages(package, document, posixpath.dirname(name.lstrip("/")), path):
                pages.append(page)
                pictures += images
                if len(pages) > (most := present().limits.pages):
                    raise UnreadableFile(
                        f"{path} has more than {most} pages; split it and add the parts",
                        f"{path} 超过 {most} 页；请拆分后重新添加",
                    )
    text, starts = paged(pages)
    notes = (f"文档含图片{pictures}幅，图片中的文字未读取",) if pictures else ()
    return Content(text, _facts(bodies[0], text), starts, notes)


def _pages(package: ZipFile, document: etree._Element, folder: str, path: Path) -> Iterator[tuple[Page, int]]:
    """The pages of a document, each with the number of its images."""
    common = next(iter(children(document, "CommonData")), document)
    usual = _box(common, "PageArea") or SHEET
    templates = {
        str(node.get("ID")): _join(folder, str(node.get("BaseLoc"))) for node in children(common, "TemplatePage")
    }
    for listed in children(document, "Pages"):
        for entry in children(listed, "Page"):
            page = xml(package, _join(folder, str(entry.get("BaseLoc"))), path)
            if page is None:
                raise damaged(path, f"page {entry.get('BaseLoc')} is missing")
            left, top, _, height = _box(page, "Area") or usual
            sheet = _Sheet(left, top, height)
            layers = [page]
            for used in children(page, "Template"):
                name = templates.get(str(used.get("TemplateID")))
                template = xml(package, name, path) if name else None
                if template is not None:
                    layers.append(template)
            glyphs: list[Glyph] = []
            rules: list[Rule] = []
            images = 0
            for layer in layers:
                for drawn in layer.iter():
                    kind = local(drawn)
                    if kind == "TextObject" and len(glyphs) < GLYPHS:
                        glyphs += _glyphs(drawn, sheet)
                    elif kind == "PathObject" and len(rules) <= MOST:
                        rules += _rules(drawn, sheet)
                    images += kind == "ImageObject"
            found = blocks(glyphs, rules if len(rules) <= MOST else [])
            yield Page(tuple(found), 0.0, height * POINT), images


def _glyphs(drawn: etree._Element, sheet: _Sheet) -> Iterator[Glyph]:
    """The characters of a text object with their boxes."""
    if drawn.get("Visible") == "false":
        return
    box = _numbers(drawn.get("Boundary"))
    matrix = _matrix(drawn.get("CTM"))
    if len(box) < 4:
        return
    size = (_numbers(drawn.get("Size")) or [0.0])[0]
    wide = (_numbers(drawn.get("HScale")) or [1.0])[0]
    x = y = 0.0
    for code in children(drawn, "TextCode"):
        x = (_numbers(code.get("X")) or [x])[0]
        y = (_numbers(code.get("Y")) or [y])[0]
        text = code.text or ""
        across, down = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
        at_x, at_y = x, y
        spaced = False
        for place, character in enumerate(text):
            step = across[place] if place < len(across) else 0.0 if down else _advance(character) * size * wide
            if character.isspace():
                spaced = True
            else:
                width = step if 0 < step <= 1.2 * size else _advance(character) * size * wide
                yield _glyph(character, at_x, at_y, size, width, box, matrix, sheet, spaced)
                spaced = False
            at_x += step
            at_y += down[place] if place < len(down) else 0.0


def _glyph(
    character: str,
    x: float,
    y: float,
    size: float,
    width: float,
    box: Sequence[float],
    matrix: Matrix,
    sheet: _Sheet,
    spaced: bool,
) -> Glyph:
    a, b, c, d, e, f = matrix
    left, base = box[0] + a * x + c * y + e, box[1] + b * x + d * y + f
    em = size * (abs(d) or abs(c) or 1.0)
    width *= abs(a) or abs(b) or 1.0
    return Glyph(
        character,
        sheet.x(left),
        sheet.y(base) - 0.2 * em * POINT,
        sheet.x(left + width),
        sheet.y(base) + 0.8 * em * POINT,
        spaced,
    )


def _rules(drawn: etree._Element, sheet: _Sheet) -> Iterator[Rule]:
    """The level and upright strokes of a path; a thin box that is filled counts as one."""
    box = _numbers(drawn.get("Boundary"))
    a, b, c, d, e, f = _matrix(drawn.get("CTM"))
    if len(box) < 4:
        return
    points: list[list[tuple[float, float]]] = []
    for data in children(drawn, "AbbreviatedData"):
        points += _outlines(data.text or "")
    for outline in points:
        placed = [(box[0] + a * x + c * y + e, box[1] + b * x + d * y + f) for x, y in outline]
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        if not placed:
            continue
        if len(placed) > 2 and min(max(xs) - min(xs), max(ys) - min(ys)) <= THIN:
            placed = [(min(xs), min(ys)), (max(xs), max(ys))]
        for (x1, y1), (x2, y2) in pairwise(placed):
            if min(abs(x1 - x2), abs(y1 - y2)) <= THIN and max(abs(x1 - x2), abs(y1 - y2)) > THIN:
                left, right = sorted((sheet.x(x1), sheet.x(x2)))
                bottom, top = sorted((sheet.y(y1), sheet.y(y2)))
                yield Rule(left, bottom, right, top)


def _outlines(data: str) -> list[list[tuple[float, float]]]:
    """The polygons of a path in the notation of the standard (S, M: move, L: line, C: close); curves end them."""
    found: list[list[tuple[float, float]]] = [[]]
    held: list[float] = []
    command = ""
    for token in _DRAWN.findall(data):
        if token.isalpha():
            command, held = token, []
            if command == "C" and found[-1]:
                found[-1].append(found[-1][0])
            elif command in "BQA":
                found.append([])
            continue
        held.append(float(token))
        if len(held) == 2 and command in ("S", "M", "L"):
            if command != "L":
                found.append([])
            found[-1].append((held[0], held[1]))
            held = []
    return found


def _deltas(text: str | None, most: int) -> list[float]:
    """The steps from each character to the next; "g 3 5.5" stands for 5.5 three times."""
    steps: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            count, step = next(words, ""), _numbers(next(words, ""))
            if count.isdecimal():
                steps += step[:1] * max(min(int(count[:9]), most - len(steps)), 0)
        else:
            steps += _numbers(word)[:1]
        if len(steps) >= most:
            break
    return steps


def _advance(character: str) -> float:
    """How wide a character is, in em."""
    return 0.5 if character.isascii() else 1.0


def _box(parent: etree._Element, name: str) -> tuple[float, float, float, float] | None:
    """The physical box of a page area."""
    for area in children(parent, name):
        numbers = _numbers(_text(area, "PhysicalBox"))
        if len(numbers) == 4:
            return numbers[0], numbers[1], numbers[2], numbers[3]
    return None


def _matrix(text: str | None) -> Matrix:
    numbers = _numbers(text)
    return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]) if len(numbers) == 6 else _SAME


def _numbers(text: str | None) -> list[float]:
    return [number for found in _NUMBER.findall(text or "") if abs(number := float(found)) < 1e6]


def _text(parent: etree._Element, name: str) -> str:
    return next(((node.text or "").strip() for node in children(parent, name)), "")


def _join(folder: str, location: str) -> str:
    return (
        location.lstrip("/") if location.startswith("/") else posixpath.normpath(posixpath.join(folder, location))
    )


def _facts(body: etree._Element, text: str) -> Facts:
    """What the document information states; a title only if the text opens with it, as it may be a file's name."""
    for information in children(body, "DocInfo"):
        title = normalised(" ".join(_text(information, "Title").split()))
        opening = "".join(text[:500].split())
        stated = title if len(title) > 5 and "".join(title.split()) in opening else ""
        return Facts(title=stated, published=day(_text(information, "ReleaseDate")))
    return Facts()
