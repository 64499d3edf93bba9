"""The picture of a PDF's page, with a quote marked on it where the page's text layer tells its place."""

from __future__ import annotations

import sys
import unicodedata
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from index.errors import UnreadableFile
from index.rows import is_row, row
from index.types import Span

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage, PdfTextPage

WIDE = 1100
"""Pixels of a picture's width."""
HIGH = 2200
"""Pixels of its height at most."""
TELLING = 6
"""Letters of a quote that must stand on the page one after the other to be marked."""
ROW = 4
"""Letters of a row that must do so."""
MARK = (255, 226, 110)
"""The colour of the mark, with which the page is multiplied."""

_BUSY = Lock()  # pdfium may be called by one thread at a time


class Picture(NamedTuple):
    """A page as PNG, and how far down the mark begins, as a share of its height; ``None`` where nothing is marked."""

    png: bytes
    mark: float | None


def picture(data: bytes, number: int, quote: str = "") -> Picture:
    """The page of that number (from 1) of the PDF file ``data``, ``quote`` marked on it.

    Raises ``UnreadableFile`` for a file or a page that cannot be shown.
    """
    import pypdfium2

    with _BUSY:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                page = document[number - 1]
                try:
                    return _drawn(page, quote)
                finally:
                    page.close()
            finally:
                document.close()
        except (pypdfium2.PdfiumError, IndexError, ValueError, MemoryError) as error:
            raise UnreadableFile(
                f"page {number} cannot be shown ({error}); open the file itself",
                f"第{number}页无法显示；请下载原件查看",
            ) from error


def _drawn(page: PdfPage, quote: str) -> Picture:
    width, height = page.get_size()
    scale = min(WIDE / max(width, 1), HIGH / max(height, 1))
    image: Image = page.render(scale=scale).to_pil().convert("RGB")
    boxes = _boxes(image, page, _rectangles(page, quote), scale) if quote else []
    buffer = BytesIO()
    (_marked(image, boxes) if boxes else image).quantize(64).save(buffer, "PNG")
    return Picture(buffer.getvalue(), max(0.0, min(box[1] for box in boxes) / image.height) if boxes else None)


def _boxes(
    image: Image, page: PdfPage, rectangles: list[tuple[float, ...]], scale: float
) -> list[tuple[float, float, float, float]]:
    """The rectangles, which are in the page's points, in the picture's pixels: left, top, right, bottom."""
    matrix = _matrix(page, image, scale)
    boxes = []
    for left, bottom, right, top in rectangles:
        (x0, x1), (y0, y1) = (sorted(axis) for axis in zip(matrix(left, bottom), matrix(right, top), strict=True))
        boxes.append((x0 - 1, y0 - 2, x1 + 1, y1 + 2))
    return boxes


def _marked(image: Image, boxes: list[tuple[float, float, float, float]]) -> Image:
    """The picture multiplied with the mark's colour where the boxes lie."""
    from PIL import Image as Images
    from PIL import ImageChops, ImageDraw

    layer = Images.new("RGB", image.size, (255, 255, 255))
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        draw.rectangle(box, fill=MARK)
    return ImageChops.multiply(image, layer)


def _matrix(page: PdfPage, image: Image, scale: float) -> Any:
    """From the page's points to the picture's pixels, the page's rotation and crop included."""
    left, bottom, right, top = page.get_cropbox()
    turned = page.get_rotation()

    def pixel(x: float, y: float) -> tuple[float, float]:
        right_of, below = (x - left) * scale, (top - y) * scale
        if turned == 90:
            return (y - bottom) * scale, right_of
        if turned == 180:
            return image.width - right_of, image.height - below
        if turned == 270:
            return (top - y) * scale, (right - x) * scale
        return right_of, below

    return pixel


def _rectangles(page: PdfPage, quote: str) -> list[tuple[float, ...]]:
    """Where the quote, or the part of it that is on this page, stands; none where the text layer does not have it."""
    text = page.get_textpage()
    try:
        letters, places = _letters(text)
        start, length = _row(quote, letters) or _longest(_plain(quote), letters)
        if not length:
            return []
        first, last = places[start], places[start + length - 1]
        count = text.count_rects(first, last - first + 1)
        return [text.get_rect(each) for each in range(count)]
    finally:
        text.close()


def _letters(text: PdfTextPage) -> tuple[str, list[int]]:
    """The letters of the page as they are compared, and the index of each among the page's characters."""
    from pypdfium2.raw import FPDFText_GetUnicode

    letters: list[str] = []
    places: list[int] = []
    for index in range(text.count_chars()):
        code = FPDFText_GetUnicode(text.raw, index)
        plain = _plain(chr(code)) if code <= sys.maxunicode else ""
        letters.append(plain)
        places += [index] * len(plain)
    return "".join(letters), places


def _plain(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isalnum())


def _row(quote: str, letters: str) -> tuple[int, int] | None:
    """The start and the length of a table's row among the letters, where its values follow on its name.

    The text of a row has the headings of the columns in it, the page has not. Of the values the last may stand
    elsewhere, being written once for several rows.
    """
    taken = row(quote, Span(0, len(quote))) if is_row(quote) else None
    if taken is None:
        return None
    values = [_plain(cell.value.of(quote)) for cell in taken.cells]
    for told in range(len(values), 0, -1):
        words = "".join([_plain(taken.name.of(quote)), *values[:told]])
        at = letters.find(words)
        if at >= 0 and len(words) >= ROW:
            return at, len(words)
    return None


def _longest(quote: str, letters: str) -> tuple[int, int]:
    """The start and the length of the quote among the letters: the whole, its beginning at their end, or its end."""
    at = letters.find(quote)
    if at >= 0:
        return at, len(quote)
    for length in range(len(quote) - 1, TELLING - 1, -1):
        if letters.endswith(quote[:length]):
            return len(letters) - length, length
        if letters.startswith(quote[-length:]):
            return 0, length
    return _beginning(quote, letters)


def _beginning(quote: str, letters: str) -> tuple[int, int]:
    """The longest beginning of the quote that stands among the letters, if it is telling."""
    length = len(quote)
    while length >= TELLING:
        at = letters.find(quote[:length])
        if at >= 0:
            return at, length
        length = length * 3 // 4
    return 0, 0
