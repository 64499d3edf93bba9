from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import MissingExtra, UnreadableFile
from index.load import ocr
from index.load.layout import Block
from index.load.ocr import numbered
from index.load.pdf import pdf

PATH = Path("扫描件.pdf")
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
installed = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="the extra ocr (rapidocr) is not installed"
)
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def picture(lines: dict[tuple[int, int], str], rules: tuple[tuple[int, int, int, int], ...] = ()) -> Image.Image:
    """A page of 1240 × 1754 pixels with words at places, and rules."""
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for place, words in lines.items():
        draw.text(place, words, fill="black", font=ImageFont.load_default(size=36))
    for rule in rules:
        draw.line(rule, fill="black", width=3)
    return image


def scanned(*images: Image.Image) -> bytes:
    """A PDF file with a picture a page, and no text."""
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", resolution=150, save_all=True, append_images=images[1:])
    return buffer.getvalue()


WORDS = picture({(200, 300): "GB 13271-2014", (200, 600): "Emission limits for boilers"})
TABLE = picture(
    {
        (120, 220): "Item",
        (520, 220): "Limit",
        (120, 320): "Dust",
        (520, 320): "80",
        (120, 420): "SO2",
        (520, 420): "400",
    },
    tuple((100, 200 + 100 * row, 900, 200 + 100 * row) for row in range(4))
    + tuple((100 + 400 * column, 200, 100 + 400 * column, 500) for column in range(3)),
)


@installed
def test_the_lines_of_a_picture_come_in_reading_order() -> None:
    assert ocr.read(WORDS).replace(" ", "") == "GB13271-2014\nEmissionlimitsforboilers\n"
    assert ocr.read(np.asarray(WORDS)) == ocr.read(WORDS)


@installed
def test_a_picture_without_text_gives_none() -> None:
    assert ocr.read(picture({})) == ""


@installed
def test_a_table_in_a_picture_becomes_rows() -> None:
    assert ocr.read(TABLE) == "Dust · Limit：80\nSO2 · Limit：400\n"


@installed
def test_a_scanned_page_is_read_and_the_notes_say_so() -> None:
    content = pdf(scanned(WORDS, picture({}), TABLE), PATH)
    assert content.text.endswith("Dust · Limit：80\nSO2 · Limit：400\n")
    assert content.pages[1:] == (content.text.index("Dust"),) * 2
    assert content.notes == ("第1-3页经文字识别，可能有个别错字",)


@installed
def test_a_text_layer_in_a_wrong_encoding_is_read_from_the_picture() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(80, 700, "ÖÐ»ªÈËÃñ¹²ºÍ¹ú´óÆøÎÛÈ¾·ÀÖÎ·¨")  # GB 18030 taken for Latin-1
    canvas.save()
    assert pdf(buffer.getvalue(), PATH).notes == ("第1页经文字识别，可能有个别错字",)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if rapidocr were not installed."""
    ocr.engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)


@pytest.mark.usefixtures("without")
def test_without_the_extra_the_error_is_the_command_that_installs_it() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'policy-assistant\[ocr\]'"):
        ocr.read(WORDS)


@pytest.mark.usefixtures("without")
def test_without_the_extra_a_file_of_pictures_alone_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"扫描件\.pdf has no text layer") as raised:
        pdf(scanned(WORDS), PATH)
    assert raised.value.chinese == (
        "扫描件.pdf 没有文字层，需要文字识别；安装文字识别组件：pip install 'policy-assistant[ocr]'"
    )


@pytest.mark.usefixtures("without")
def test_without_the_extra_a_page_stays_empty_and_the_notes_name_it() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(80, 700, "一、本办法自发布之日起施行。")
    canvas.showPage()
    canvas.drawInlineImage(WORDS, 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    content = pdf(buffer.getvalue(), PATH)
    assert (content.text, content.pages) == ("一、本办法自发布之日起施行。\n", (0, 15))
    assert content.notes == (
        "第2页没有可用的文字层，未识别；安装文字识别组件：pip install 'policy-assistant[ocr]'",
    )


@installed
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
def test_a_real_scan_is_read() -> None:
    import pypdfium2

    with pypdfium2.PdfDocument(CORPUS / "standards_pdf_scanned" / "GB-18483-2001.pdf") as document:
        text = ocr.read(document[3].render(scale=2).to_pil())
    assert "1.2.1 本标准适用于城市建成区。\n" in text
    assert "本标准规定了饮食业单位油烟的最高允许排放浓度和油烟净化设施的最低去除效率。\n" in text


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            ("序号", "项目", "1类", "1类", "【类", "N类", "V类"),
            ("序号", "项目", "Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类"),
        ),
        (("I级", "II级", "1级", "IV级"), ("Ⅰ级", "Ⅱ级", "Ⅲ级", "Ⅳ级")),
        (("1类", "1类", "N类"), ("1类", "1类", "N类")),  # Ⅳ in the place of Ⅲ: no such run
        (("1类", "1类", "1类"), ("1类", "1类", "1类")),  # nothing tells that these are not figures
        (("1类", "项目", "N类", "V类"), ("1类", "项目", "N类", "V类")),
    ],
)
def test_a_run_of_roman_classes_is_told_by_its_order(row: tuple[str, ...], expected: tuple[str, ...]) -> None:
    (block,) = numbered([Block("", 0, 0, 1, 1, rows=(row, ("1", "铜", *row[2:])))])
    assert block.rows == (expected, ("1", "铜", *row[2:]))
