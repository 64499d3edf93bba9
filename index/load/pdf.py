"""PDF files: the text of every page in reading order, from its text layer or, where that fails, from its image."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from index.errors import MissingExtra, UnreadableFile
from index.load import ocr
from index.load.grid import MOST, Rule
from index.load.layout import Glyph, blocks
from index.load.paging import Page, paged
from index.load.reading import present
from index.load.symbols import UNKNOWN, meaning
from index.load.text import plausibility
from index.types import Content

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfMatrix, PdfObject, PdfPage

GLYPHS = 200_000  # characters of a page, of which the rest is not read
A4 = 842.0  # points of the longer side of a sheet, which lengths in points suppose
IMAGE = 1800  # pixels of the longer side of a page's image for recognition
BROKEN = 0.1  # the plausibility below which a text layer is not believed
UNMAPPED = 0.1  # the share of characters without a meaning above which it is not
FEW = 20  # characters: a page with fewer, and a picture over most of it, is a scan
NARROW = 0.95  # em: a full-width letter or digit that is set narrower is shown as a common one
_NARROWED = {0xFEE0 + code: code for code in range(0x21, 0x7F) if chr(code).isalnum() or chr(code) in "+-./%=<>@"}
HYPHEN = 2  # what pdfium makes of a hyphen that breaks a word at a line's end
THIN = 3.0  # points: a drawn thing no thicker is a stroke
DEPTH = 6  # of forms within forms that are looked into
_BUSY = Lock()  # pdfium may be called by one thread at a time


def pdf(data: bytes, path: Path) -> Content:
    """The text of a PDF file, page by page: paragraphs and table rows a line each, running heads left out.

    Pages without a usable text layer are read by character recognition, and the notes say which; without the
    extra they stay empty, and the notes say that. Raises UnreadableFile, naming ``path``, for a file that is
    damaged, locked by a password, too long, or all pictures without the extra.
    """
    import pypdfium2

    with _BUSY:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise _refused(error, path) from None
        try:
            return _content(document, path)
        finally:
            document.close()


def _content(document: PdfDocument, path: Path) -> Content:
    count = len(document)
    most = present().limits.pages
    if not 0 < count <= most:
        raise UnreadableFile(
            f"{path} has {count} pages, and 1 to {most} can be read; split it or check it, and add it again",
            f"{path} 共 {count} 页，可读取的页数为 1 至 {most}；请拆分或检查文件后重新添加",
        )
    pages: list[Page] = []
    by: dict[str, list[int]] = {"recognised": [], "missing": [], "damaged": [], "unknown": []}
    refused: MissingExtra | None = None
    for number in range(count):
        page, how = _damaged_or_read(document, number)
        if isinstance(how, MissingExtra):
            refused, how = how, "missing"
        if how:
            by[how].append(number + 1)
        pages.append(page)
        if any(UNKNOWN in block.text or UNKNOWN in str(block.rows) for block in page.blocks):
            by["unknown"].append(number + 1)
    if not any(page.blocks for page in pages):
        if refused:
            raise UnreadableFile(
                f"{path} has no text layer and needs character recognition; {refused}",
                f"{path} 没有文字层，需要文字识别；{refused.chinese}",
            )
        if by["damaged"]:
            raise UnreadableFile(
                f"{path} has no page that can be read; check that it opens and add it again",
                f"{path} 的所有页面都无法读取；请确认文件能正常打开后重新添加",
            )
    text, starts = paged(pages)
    return Content(text, pages=starts, notes=_notes(by, refused))


def _notes(by: dict[str, list[int]], refused: MissingExtra | None) -> tuple[str, ...]:
    notes = []
    if by["recognised"]:
        notes.append(f"第{_ranges(by['recognised'])}页经文字识别，可能有个别错字")
    if by["missing"] and refused:
        notes.append(f"第{_ranges(by['missing'])}页没有可用的文字层，未识别；{refused.chinese}")
    if by["damaged"]:
        notes.append(f"第{_ranges(by['damaged'])}页已损坏，未读取")
    if by["unknown"]:
        notes.append(f"第{_ranges(by['unknown'])}页有无法识别的字符，以{UNKNOWN}代替")
    return tuple(notes)


def _damaged_or_read(document: PdfDocument, number: int) -> tuple[Page, str | MissingExtra]:
    """A page, and how it was read: "" from its text layer, "recognised", "damaged", or what is missing."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Page((), 0.0, 1.0), "damaged"
    try:
        return _read(page)
    except pypdfium2.PdfiumError:
        return Page((), 0.0, 1.0), "damaged"
    finally:
        page.close()


def _read(page: PdfPage) -> tuple[Page, str | MissingExtra]:
    """The page's blocks from its text layer, or from its picture if that says more."""
    glyphs, box, turn, unmapped = _glyphs(page)
    if not _broken(glyphs, unmapped) and not (len(glyphs) < FEW and _pictured(page)):
        found = blocks(glyphs, list(_rules(page, turn)))
        return Page(tuple(found), box[1], box[3]), ""
    width, height = page.get_size()
    try:
        recognised, rules = ocr.page(page.render(scale=IMAGE / max(width, height, 1)).to_pil())
    except MissingExtra as missing:
        return Page((), box[1], box[3]), missing
    scale, height = A4 / IMAGE, height * A4 / max(width, height, 1)  # some scans have a point for a pixel
    scaled = [Glyph(glyph.text, *_scaled(glyph, scale, height), glyph.spaced) for glyph in recognised]
    lines = [Rule(*_scaled(rule, scale, height)) for rule in rules]
    return Page(tuple(ocr.numbered(blocks(scaled, lines))), 0.0, height), "recognised"


def _scaled(box: Glyph | Rule, scale: float, height: float) -> tuple[float, float, float, float]:
    """A box of pixels, y downwards, in points, y upwards."""
    return box.left * scale, height - box.bottom * scale, box.right * scale, height - box.top * scale


def _glyphs(page: PdfPage) -> tuple[list[Glyph], tuple[float, float, float, float], int, int]:
    """The characters of the text layer that stand upright in the page's main direction, turned upright.

    With them the page's box, turned alike, the quarter turns made, and the number of characters without meaning.
    """
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    handle = textpage.raw
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    found: list[tuple[int, Glyph]] = []
    spaced, unmapped = False, 0
    for index in range(min(textpage.count_chars(), GLYPHS)):
        code = raw.FPDFText_GetUnicode(handle, index)
        code = ord("-") if code == HYPHEN else code
        if raw.FPDFText_IsGenerated(handle, index) or not 32 < code < 0x110000 or 0xD800 <= code < 0xE000:
            spaced = spaced or code == 32
            unmapped += code == 0
            continue
        character = chr(code)
        if character.isspace():
            spaced = True
            continue
        if unicodedata.category(character) in ("Co", "Cn", "Cc") or code == 0xFFFD:
            character = meaning(code, _font(handle, index))
            unmapped += character == UNKNOWN
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        raw.FPDFText_GetMatrix(handle, index, matrix)
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        quarter = _quarter(matrix.a, matrix.b)
        if quarter is None:
            continue
        left, bottom, right, top = _turn((box.left, box.bottom, box.right, box.top), quarter)
        size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(matrix.c, matrix.d)
        size = min(size, top - bottom) if top - bottom > 1 else size
        base = _turn((x.value, y.value, x.value, y.value), quarter)[1]
        if right - left < NARROW * size:
            character = character.translate(_NARROWED)
        glyph = Glyph(character, left, base - 0.2 * size, max(right, left), base + 0.8 * size, spaced)
        found.append((quarter, glyph))
        spaced = False
    turn = Counter(quarter for quarter, _ in found).most_common(1)[0][0] if found else 0
    edges = _turn(page.get_cropbox(), turn)
    glyphs = [glyph for quarter, glyph in found if quarter == turn and _within(glyph, edges)]
    return glyphs, edges, turn, unmapped


def _font(textpage: Any, index: int) -> str:
    """The name of the font of a character."""
    import pypdfium2.raw as raw

    name = ctypes.create_string_buffer(100)
    raw.FPDFText_GetFontInfo(textpage, index, name, len(name), ctypes.c_int())
    return name.value.decode("utf-8", "replace")


def _quarter(a: float, b: float) -> int | None:
    """The direction of writing in quarter turns, or ``None`` if it is aslant, as watermarks are."""
    turns = math.atan2(b, a) / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.1 else None


def _turn(box: Sequence[float], quarters: int) -> tuple[float, float, float, float]:
    """A box turned clockwise by so many quarters."""
    left, bottom, right, top = box
    for _ in range(quarters):
        left, bottom, right, top = bottom, -right, top, -left
    return left, bottom, right, top


def _within(glyph: Glyph, edges: Sequence[float]) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
    return edges[0] <= x <= edges[2] and edges[1] <= y <= edges[3] and glyph.top - glyph.bottom > 0.5


def _broken(glyphs: Sequence[Glyph], unmapped: int) -> bool:
    """Whether a text layer is not what people see: characters without meaning, or in a wrong encoding."""
    words = "".join(glyph.text for glyph in glyphs if glyph.text.isalnum())
    if len(words) < FEW:
        return unmapped > len(words)
    return unmapped > UNMAPPED * len(glyphs) or plausibility(words) < BROKEN


def _pictured(page: PdfPage) -> bool:
    """Whether pictures, or outlines without end, cover most of the page."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    covered, paths = 0.0, 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH], max_depth=DEPTH):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = _placed(item).on_rect(*item.get_bounds())
            covered += (right - left) * (top - bottom)
        else:
            paths += 1
    return covered > 0.3 * width * height or paths > 100


def _rules(page: PdfPage, turn: int) -> Iterator[Rule]:
    """The straight strokes and thin bars drawn on the page, turned as its text."""
    import pypdfium2.raw as raw

    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=DEPTH):
        placed = _placed(item)
        left, bottom, right, top = placed.on_rect(*item.get_bounds())
        if min(right - left, top - bottom) < THIN:
            if max(right - left, top - bottom) > THIN:
                yield Rule(*_turn((left, bottom, right, top), turn))
        elif raw.FPDFPath_CountSegments(item) < MOST:
            yield from (Rule(*_turn(line, turn)) for line in _strokes(item, placed))


def _placed(item: PdfObject) -> PdfMatrix:
    """How the forms that hold an object place it on the page."""
    from pypdfium2 import PdfMatrix

    placed = PdfMatrix()
    holder = item.container
    while holder is not None:
        placed = placed.multiply(holder.get_matrix())
        holder = holder.container
    return placed


def _strokes(item: PdfObject, placed: PdfMatrix) -> Iterator[tuple[float, float, float, float]]:
    """The level and upright lines of a path that is stroked."""
    import pypdfium2.raw as raw

    path = item.raw
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not stroke.value:
        return
    matrix = item.get_matrix().multiply(placed)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            start = last = point
            continue
        for end in [point, start] if raw.FPDFPathSegment_GetClose(segment) else [point]:
            if min(abs(end[0] - last[0]), abs(end[1] - last[1])) < 1:
                yield min(last[0], end[0]), min(last[1], end[1]), max(last[0], end[0]), max(last[1], end[1])
            last = end


def _ranges(numbers: Sequence[int]) -> str:
    """Page numbers in order as 1、3-5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _refused(error: Exception, path: Path) -> UnreadableFile:
    """The error for a file that pdfium does not open."""
    import pypdfium2.raw as raw

    if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
        return UnreadableFile(
            f"{path} is locked by a password; save a copy without one and add it again",
            f"{path} 设有密码；请解密另存后重新添加",
        )
    return UnreadableFile(
        f"{path} is not a PDF file or is damaged ({error}); check that it opens and add it again",
        f"{path} 不是 PDF 文件或已损坏；请确认文件能正常打开后重新添加",
    )
