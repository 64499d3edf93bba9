from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import UnreadableFile
from index.load.pdf import pdf
from index.load.reading import Limits, reading
from index.types import Content, Document, Facts

SONG = "STSong-Light"  # a font that every reader has: no file of it is needed
PATH = Path("文件.pdf")
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
LEFT, EM, PITCH = 80, 12, 20  # of a page of A4, in points

pdfmetrics.registerFont(UnicodeCIDFont(SONG))

Draw = Callable[[Canvas], None]


def made(pages: Sequence[Draw], **options: object) -> bytes:
    """A PDF file of pages drawn one by one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def written(lines: Sequence[str], *, left: float = LEFT, top: float = 740, size: float = EM) -> Draw:
    """Lines of Chinese below each other; each full-width space at a line's start indents it."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(SONG, size)
        for at, line in enumerate(lines):
            indent = len(line) - len(line.lstrip("　"))
            canvas.drawString(left + indent * size, top - at * PITCH, line.lstrip("　"))

    return draw


def both(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


def page_texts(content: Content) -> list[str]:
    edges = [*content.pages, len(content.text)]
    return [content.text[start:end] for start, end in pairwise(edges)]


FULL = "各级人民政府应当加强对节约用水工作的领导将节约用水纳入国民经"  # 30 characters: a full line


def test_lines_are_joined_into_paragraphs_and_headings_stand_alone() -> None:
    lines = [
        "1 范围",
        "　　" + FULL[:28],
        "济和社会发展规划。",
        "　　本标准适用于节水型企业。",
        "4.1.2 用水定额",
        "　　" + FULL[:28],
        FULL,
        "济。",
    ]
    assert pdf(made([written(lines)]), PATH).text == (
        f"1 范围\n{FULL[:28]}济和社会发展规划。\n本标准适用于节水型企业。\n4.1.2 用水定额\n{FULL[:28]}{FULL}济。\n"
    )


def test_a_word_broken_at_a_line_end_is_mended_and_words_keep_their_spaces() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", EM)
        canvas.drawString(LEFT, 740, "This standard sets the limits of air pollutant emis-")
        canvas.drawString(LEFT, 720, "sions from boilers.")

    assert (
        pdf(made([draw]), PATH).text == "This standard sets the limits of air pollutant emissions from boilers.\n"
    )


def test_every_character_knows_its_page_and_a_paragraph_goes_on_across_the_break() -> None:
    first = ["一、总体要求", *(["　　" + FULL[:28]] + [FULL] * 3)]
    second = ["济和社会发展规划。", "二、主要任务", "　　推进节水。"]
    content = pdf(made([written(first), lambda canvas: None, written(second)]), PATH)
    assert content.text == f"一、总体要求\n{FULL[:28]}{FULL * 3}济和社会发展规划。\n二、主要任务\n推进节水。\n"
    document = Document("1", content.text, Facts(), "", "", content.pages)
    assert [document.page(content.text.index(words)) for words in ("总体", "济和社会发展", "主要任务")] == [
        1,
        3,
        3,
    ]
    assert document.page(content.text.index("济和社会") - 1) == 1
    assert len(content.pages) == 3


def test_running_heads_page_numbers_and_watermarks_are_left_out() -> None:
    def furnished(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.setFont(SONG, 10)
            canvas.drawString(60 if number % 2 else 460, 800, "DB 44/26—2001")
            canvas.drawString(290, 30, f"— {number} —")
            canvas.saveState()
            canvas.rotate(45)
            canvas.setFont(SONG, 60)
            canvas.drawString(300, 100, "内部资料")
            canvas.restoreState()
            written([f"{number}.1 第{'一二三四五'[number - 1]}节的标题", f"　　本节规定{number}号事项。"])(canvas)

        return draw

    content = pdf(made([furnished(number) for number in range(1, 6)]), PATH)
    assert page_texts(content) == [
        f"{number}.1 第{'一二三四五'[number - 1]}节的标题\n本节规定{number}号事项。\n" for number in range(1, 6)
    ]


def test_two_columns_are_read_one_after_the_other_below_their_common_title() -> None:
    words = "本市加快建设节水型社会推进农业节水增效工业节水减排"[:17]
    left = ["　　左栏开头" + words[:11], *[words] * 10, "左栏结束。"]
    right = ["　　右栏开头" + words[:11], *[words] * 10, "右栏结束。"]
    content = pdf(
        made(
            [
                both(
                    written(["关于加快建设节水型社会全面推进各领域节约用水的意见"], left=150, top=780),
                    written(left, left=60, top=720),
                    written(right, left=310, top=720),
                )
            ]
        ),
        PATH,
    )
    assert content.text == (
        "关于加快建设节水型社会全面推进各领域节约用水的意见\n"
        f"左栏开头{words[:11]}{words * 10}左栏结束。\n右栏开头{words[:11]}{words * 10}右栏结束。\n"
    )


def ruled(cells: Sequence[Sequence[str]], *, top: float = 700, merged: bool = False, width: int = 120) -> Draw:
    """A table with all its rules; with ``merged``, the heads of the columns 2 and 3 share a cell above them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(SONG, 10)
        columns, height = len(cells[0]), 24
        right, bottom = LEFT + columns * width, top - len(cells) * height
        for row in range(len(cells) + 1):
            start = LEFT + width if merged and row == 1 else LEFT
            canvas.line(start, top - row * height, right, top - row * height)
        for column in range(columns + 1):
            begin = top - height if merged and column == 2 else top
            canvas.line(LEFT + column * width, begin, LEFT + column * width, bottom)
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                canvas.drawString(LEFT + column * width + 6, top - row * height - 16, value)

    return draw


def test_a_ruled_table_becomes_rows_with_headings_title_and_unit() -> None:
    cells = [
        ["污染物项目", "限值", ""],
        ["", "燃煤锅炉", "燃气锅炉"],
        ["颗粒物", "80", "30"],
        ["二氧化硫", "400", "100"],
    ]
    before = written(
        ["　　锅炉执行表1规定的限值。", "表1 锅炉排放限值", "　　　　　　　　　　　　单位：mg/m3"], top=770
    )
    after = written(["　　本表自发布之日起执行。"], top=560)
    assert pdf(made([both(before, ruled(cells, merged=True), after)]), PATH).text == (
        "锅炉执行表1规定的限值。\n"
        "表1 锅炉排放限值（单位：mg/m3）\n"
        "颗粒物 · 限值 · 燃煤锅炉：80；限值 · 燃气锅炉：30（单位：mg/m3）\n"
        "二氧化硫 · 限值 · 燃煤锅炉：400；限值 · 燃气锅炉：100（单位：mg/m3）\n"
        "本表自发布之日起执行。\n"
    )


def test_a_table_that_goes_on_on_the_next_page_keeps_its_headings_and_its_unit() -> None:
    first = both(
        written(["表2 排放限值", "单位：mg/L"], top=740),
        ruled([["项目", "一级", "二级"], ["氨氮", "10", "15"], ["总磷", "0.5", "1.0"]]),
    )
    second = ruled([["总氮", "20", "30"], ["石油类", "5", "10"]], top=780)
    content = pdf(made([first, second]), PATH)
    assert page_texts(content) == [
        "表2 排放限值（单位：mg/L）\n氨氮 · 一级：10；二级：15（单位：mg/L）\n总磷 · 一级：0.5；二级：1.0（单位：mg/L）\n",
        "总氮 · 一级：20；二级：30（单位：mg/L）\n石油类 · 一级：5；二级：10（单位：mg/L）\n",
    ]


def test_raised_figures_of_units_are_written_raised() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(SONG, EM)
        canvas.drawString(LEFT, 740, "限值为80 mg/m")
        end = LEFT + pdfmetrics.stringWidth("限值为80 mg/m", SONG, EM)
        canvas.setFont(SONG, 7)
        canvas.drawString(end, 746, "3")
        canvas.setFont(SONG, EM)
        canvas.drawString(end + 4, 740, "。")

    assert pdf(made([draw]), PATH).text == "限值为80 mg/m³。\n"


def test_a_table_of_contents_is_left_out() -> None:
    lines = ["目　次", "1 范围" + "…" * 20 + "1", "2 术语和定义" + "…" * 17 + "3"]
    content = pdf(made([written(lines), written(["1 范围", "　　本标准规定了限值。"])]), PATH)
    assert page_texts(content) == ["", "1 范围\n本标准规定了限值。\n"]


def test_a_page_on_its_side_is_read_like_any_other() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.translate(0, -595)
        written(["附件：任务分工表", "　　一是推进节水。"], top=500)(canvas)

    assert pdf(made([draw]), PATH).text == "附件：任务分工表\n一是推进节水。\n"


def locked(user: str) -> bytes:
    return made(
        [written(["　　本办法自发布之日起施行。"])], encrypt=StandardEncryption(user, ownerPassword="owner")
    )


def test_an_encrypted_file_opens_with_an_empty_password_and_no_other() -> None:
    assert pdf(locked(""), PATH).text == "本办法自发布之日起施行。\n"
    with pytest.raises(UnreadableFile, match=r"文件\.pdf is locked by a password") as raised:
        pdf(locked("secret"), PATH)
    assert "文件.pdf 设有密码；请解密" in raised.value.chinese


WHOLE = made([written(["　　本办法自发布之日起施行。"])])
LOOP = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj
trailer<</Root 1 0 R>>
%%EOF"""
NONE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.4", b"no pdf at all" * 100, WHOLE[: len(WHOLE) // 3], LOOP, NONE, bytes(5000)]
)
def test_a_damaged_file_is_named_and_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"文件\.pdf") as raised:
        pdf(data, PATH)
    assert raised.value.chinese.startswith("文件.pdf ")


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 97))
def test_a_file_cut_anywhere_is_read_or_refused(cut: int) -> None:
    try:
        text = pdf(WHOLE[:cut], PATH).text
    except UnreadableFile:
        return
    assert text in ("", "本办法自发布之日起施行。\n")


def test_too_many_pages_are_refused_before_any_is_read() -> None:
    with reading(Limits(pages=3)), pytest.raises(UnreadableFile, match="has 4 pages, and 1 to 3 can be read"):
        pdf(made([written(["甲"])] * 4), PATH)


def test_a_page_without_anything_is_no_fault() -> None:
    content = pdf(made([lambda canvas: None, written(["　　本办法自发布之日起施行。"])]), PATH)
    assert (content.text, content.pages, content.notes) == ("本办法自发布之日起施行。\n", (0, 0), ())


def test_a_hundred_pages_take_seconds_and_not_minutes() -> None:
    page = written([f"{row}.1 条文标题" if row % 6 == 0 else FULL for row in range(30)])
    data = made([page] * 100)
    begun = time.process_time()
    pdf(data, PATH)
    assert time.process_time() - begun < 40


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
@pytest.mark.parametrize(
    ("name", "page", "line"),
    [
        (
            "standards_pdf/GB-13271-2014.pdf",
            6,
            "颗粒物 · 限值 · 燃煤锅炉：80；限值 · 燃油锅炉：60；限值 · 燃气锅炉：30；"
            "污染物排放监控位置：烟囱或烟道（单位：mg/m³）",
        ),
        (
            "standards_pdf/DB-44-26-2001.pdf",
            11,
            "化学需氧量 · 适用范围：其他排污单位；一级标准：100；二级标准：130；三级标准：500；序号：5"
            "（单位：毫克每升（pH、粪大肠菌群、大肠菌群除外)）",
        ),
        ("standards_pdf/GB-22337-2008.pdf", 8, "4.1 边界噪声排放限值"),
        ("standards_pdf/GB-31573-2015.pdf", 8, "3.28 排水量 effluent volume"),
        ("standards_pdf/gwrrlml.pdf", 2, "焦炭 · 含硫量(St,d)：0.5%；灰分(Ad)：10.0%；挥发分(Vdaf)：5.0%"),
        ("standards_pdf_encrypted/GB-11806-2019.pdf", 5, "1 范围"),
    ],
)
def test_lines_of_real_standards_are_read_as_printed(name: str, page: int, line: str) -> None:
    path = CORPUS / name
    assert line in page_texts(pdf(path.read_bytes(), path))[page - 1].splitlines()
