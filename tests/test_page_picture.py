"""The picture of a page: its size, and where the quote on it is marked, however the page is turned."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from pages import RIVERS, SONG, pdf
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assistant.page.picture import HIGH, WIDE, Picture, picture
from index.errors import UnreadableFile


def page(turned: int = 0, size: tuple[float, float] = (600, 800)) -> bytes:
    """A page with one line of 10 characters of 20 points each, at 100 from the left and 600 from the bottom."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    canvas.setFont(SONG, 20)
    canvas.drawString(100, 600, "在河道内禁止倾倒垃圾")
    canvas.showPage()
    canvas.save()
    document = pypdfium2.PdfDocument(buffer.getvalue())
    document[0].set_rotation(turned)
    saved = io.BytesIO()
    document.save(saved)
    document.close()
    return saved.getvalue()


def marked(shown: Picture) -> tuple[tuple[int, int], tuple[int, int, int, int] | None]:
    """The picture's size, and the box around what is yellow in it, by its left, top, right and bottom."""
    image = Image.open(io.BytesIO(shown.png)).convert("RGB")
    pixels = np.asarray(image).astype(int)
    far = Image.fromarray(((pixels[:, :, 0] - pixels[:, :, 2] > 100) * 255).astype(np.uint8))
    return image.size, far.getbbox()


def near(found: tuple[int, int, int, int] | None, expected: tuple[float, ...]) -> bool:
    return found is not None and all(abs(a - b) <= 14 for a, b in zip(found, expected, strict=True))


def test_the_quote_is_marked_where_it_stands() -> None:
    # 1100 pixels for 600 points: 1.833 each. "禁止倾倒" is the 5th to the 8th character: 180 to 260 points from the
    # left, and 183 to 203 from the top, the baseline being at 200.
    size, box = marked(picture(page(), 1, "禁止倾倒"))
    assert size == (WIDE, 1467)
    assert near(box, (180 * 1.833, 183 * 1.833, 260 * 1.833, 203 * 1.833))


def test_how_far_down_the_mark_begins_is_told() -> None:
    # 183 of 800 points; turned upside down, 597 of 800.
    assert picture(page(), 1, "禁止倾倒").mark == pytest.approx(183 / 800, abs=0.01)
    assert picture(page(180), 1, "禁止倾倒").mark == pytest.approx(597 / 800, abs=0.01)
    assert picture(page(), 1, "另一份文件里的一句话").mark is None


def test_a_row_of_a_table_is_marked_by_its_name_and_values() -> None:
    # On the page the row "在河道内 禁止倾 倒" stands without the headings that its text has. The last value,
    # which another row has, stands elsewhere: the first eight characters are marked, 100 to 260 points from the left.
    _, box = marked(picture(page(), 1, "在河道内 · 行为：禁止倾；行为 · 二：倒；备注：无（单位：元）"))
    assert near(box, (100 * 1.833, 183 * 1.833, 260 * 1.833, 203 * 1.833))
    _, other = marked(picture(page(), 1, "在河道外 · 行为：禁止倾；行为 · 二：倒（单位：元）"))
    assert other is None


@pytest.mark.parametrize(
    ("turned", "size", "expected"),
    [
        # Turned clockwise, what was 183 to 203 from the top is as far from the right, what was left is the top; an
        # 800 points wide page has 1.375 pixels a point.
        (90, (1100, 825), (597 * 1.375, 180 * 1.375, 617 * 1.375, 260 * 1.375)),
        (180, (1100, 1467), (340 * 1.833, 597 * 1.833, 420 * 1.833, 617 * 1.833)),
        (270, (1100, 825), (183 * 1.375, 340 * 1.375, 203 * 1.375, 420 * 1.375)),
    ],
)
def test_on_a_turned_page_the_mark_is_turned_with_it(
    turned: int, size: tuple[int, int], expected: tuple[float, ...]
) -> None:
    assert marked(picture(page(turned), 1, "禁止倾倒"))[0] == size
    assert near(marked(picture(page(turned), 1, "禁止倾倒"))[1], expected)


def test_without_a_quote_or_with_one_that_is_not_there_nothing_is_marked() -> None:
    assert marked(picture(page(), 1))[1] is None
    assert marked(picture(page(), 1, "另一份文件里的一句话"))[1] is None


def test_of_a_quote_that_goes_on_the_part_on_the_page_is_marked() -> None:
    whole = "".join(RIVERS[0][-2:]) + RIVERS[1][0]
    assert marked(picture(pdf(RIVERS), 1, whole))[1] is not None
    assert marked(picture(pdf(RIVERS), 2, whole))[1] is not None
    assert marked(picture(pdf(RIVERS), 3, whole))[1] is None


def test_an_enormous_page_makes_no_enormous_picture() -> None:
    (width, height), _ = marked(picture(page(size=(700, 14_000)), 1))
    assert width <= WIDE
    assert height <= HIGH


@pytest.mark.parametrize(("content", "number"), [(b"%PDF-1.4 nothing", 1), (page(), 2), (page(), 0)])
def test_what_cannot_be_shown_is_refused(content: bytes, number: int) -> None:
    with pytest.raises(UnreadableFile, match="cannot be shown"):
        picture(content, number)
