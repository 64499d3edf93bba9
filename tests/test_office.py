import datetime
import io
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font
from pptx import Presentation
from pptx.util import Inches

from index.errors import EmptyDocument, LoadError, UnreadableFile
from index.load import load
from index.load.spreadsheet import shown


def workbook(folder: Path, name: str = "表.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "排放限值"
    for row in (
        ("污染物", "限值（mg/L）", "完成率", "起始日"),
        ("化学需氧量", 60, 0.853, datetime.date(2021, 7, 1)),
        ("氨氮", 5.5, 1, None),
    ):
        sheet.append(row)
    sheet["B1"].font = Font(bold=True)
    sheet["C2"].number_format = "0.0%"
    sheet["C3"].number_format = "0%"
    hidden = book.create_sheet("草稿")
    hidden.append(["不该出现"])
    hidden.sheet_state = "hidden"
    book.create_sheet("空表")
    other = book.create_sheet("Sheet3")
    other.append(["项目", "数量"])
    other.append(["水厂", 3])
    path = folder / name
    book.save(path)
    return path


def test_each_sheet_is_a_table_of_values_as_they_are_shown(tmp_path: Path) -> None:
    document = load(workbook(tmp_path))
    assert document.text == (
        "排放限值\n"
        "化学需氧量 · 限值（mg/L）：60；完成率：85.3%；起始日：2021-07-01\n"
        "氨氮 · 限值（mg/L）：5.5；完成率：100%\n"
        "水厂 · 数量：3\n"
    )
    assert document.notes == ("隐藏的工作表未读取：草稿",)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (12.3456, "0.00", "12.35"),
        (12.3456, "General", "12.3456"),
        (0.1 + 0.2, "General", "0.3"),
        (3.0, "General", "3"),
        (1234567, "#,##0", "1234567"),
        (7, "000", "007"),
        (0.5, "0%;[Red]-0%", "50%"),
        (5, '0"%"', "5"),
        (True, "General", "是"),
        (None, "General", ""),
        (datetime.datetime(2021, 3, 1, 9, 30), "", "2021-03-01 09:30"),
        (datetime.datetime(2021, 3, 1), "", "2021-03-01"),
        (datetime.time(8, 5), "", "08:05"),
        ("010", "@", "010"),
    ],
)
def test_a_value_is_written_as_the_sheet_shows_it(value: object, form: str, text: str) -> None:
    assert shown(value, form) == text


def test_an_old_workbook_reads_the_same_and_fills_merged_cells(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("限值")
    for column, text in enumerate(("类别", "污染物", "限值", "起始日")):
        sheet.write(0, column, text)
    sheet.write_merge(1, 2, 0, 0, "工业废水")
    sheet.write(1, 1, "化学需氧量")
    sheet.write(2, 1, "氨氮")
    sheet.write(1, 2, 0.5, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(2, 2, 15)
    sheet.write(1, 3, datetime.date(2021, 7, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    path = tmp_path / "表.xls"
    book.save(str(path))
    title, first, second = load(path).text.splitlines()
    assert title == "限值"
    for line, values in (
        (first, ("化学需氧量", "限值：50.0%", "起始日：2021-07-01")),
        (second, ("氨氮", "限值：15")),
    ):
        assert line.startswith("工业废水 · ")
        assert all(value in line for value in values)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separated_values_in_any_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "表.csv"
    lines = (("区县", "用水量（万立方米）", "人口（万人）"), ("东城区", "120", "35"), ("西城区", '"8\n0"', "20"))
    path.write_bytes("\r\n".join(map(delimiter.join, lines)).encode(encoding))
    assert load(path).text == (
        "东城区 · 用水量（万立方米）：120；人口（万人）：35\n西城区 · 用水量（万立方米）：8 0；人口（万人）：20\n"
    )


def slides(folder: Path) -> Path:
    made = Presentation()
    first = made.slides.add_slide(made.slide_layouts[1])
    first.placeholders[1].text = "到2025年用水量不超过12亿立方米\n节水型社会基本建成"
    first.shapes.title.text = "节水目标"
    second = made.slides.add_slide(made.slide_layouts[5])
    second.shapes.title.text = "分区指标"
    table = second.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, cells in enumerate((("区", "指标", "指标"), ("东城", "1.2", "1.1"), ("西城", "0.8", "0.7"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(0, 1).text = "上限"
    table.cell(0, 2).text = "目标"
    second.notes_slide.notes_text_frame.text = "单位为亿立方米"
    hidden = made.slides.add_slide(made.slide_layouts[5])
    hidden.shapes.title.text = "隐藏页"
    hidden._element.set("show", "0")
    group = made.slides.add_slide(made.slide_layouts[6]).shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "组中的字"
    path = folder / "汇报.pptx"
    made.save(str(path))
    return path


def test_slides_are_pages_with_tables_and_notes(tmp_path: Path) -> None:
    document = load(slides(tmp_path))
    assert document.text == (
        "节水目标\n到2025年用水量不超过12亿立方米\n节水型社会基本建成\n"
        "分区指标\n东城 · 上限：1.2；目标：1.1\n西城 · 上限：0.8；目标：0.7\n备注：单位为亿立方米\n"
        "组中的字\n"
    )
    assert len(document.pages) == 4
    assert document.page(document.text.index("东城")) == 2
    assert document.page(document.text.index("节水型")) == 1
    assert document.page(document.text.index("组中")) == 4


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>节水手册</dc:title></metadata><manifest><item id="b" href="text/2.xhtml"/><item id="a" href="text/%E4%B8%80.xhtml"/>
<item id="gone" href="none.xhtml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>"""


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    path = tmp_path / "书.epub"
    page = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html><head><title>x</title></head><body>{}</body></html>'
    with ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("META-INF/container.xml", CONTAINER)
        made.writestr("OEBPS/a.opf", OPF)
        made.writestr("OEBPS/text/一.xhtml", page.format("<h1>第一章 总则</h1><p>节约用水。</p>"))
        made.writestr("OEBPS/text/2.xhtml", page.format("<h1>第二章 措施</h1><p>计量收费。</p>"))
    document = load(path)
    assert document.text == "第一章 总则\n节约用水。\n第二章 措施\n计量收费。"
    assert document.title == "节水手册"
    broken = tmp_path / "坏.epub"
    with ZipFile(broken, "w") as made:
        made.writestr("META-INF/container.xml", CONTAINER)
    with pytest.raises(UnreadableFile, match="no package document"):
        load(broken)


def test_files_cut_short_anywhere_are_refused_in_one_line(tmp_path: Path) -> None:
    sources = [workbook(tmp_path), slides(tmp_path)]
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "b")
    book.save(str(tmp_path / "旧.xls"))
    sources.append(tmp_path / "旧.xls")
    for source in sources:
        data = source.read_bytes()
        for share in (0.01, 0.3, 0.6, 0.95):
            path = tmp_path / f"断{source.suffix}"
            path.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(LoadError, match=path.name) as raised:
                load(path)
            assert str(path) in raised.value.chinese
            assert "\n" not in str(raised.value)


def test_an_office_file_with_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "密.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableFile, match="protected by a password") as raised:
        load(path)
    assert "已加密" in raised.value.chinese


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_entities_in_a_workbook_are_refused(tmp_path: Path, part: str) -> None:
    source = workbook(tmp_path)
    data = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with ZipFile(source) as old, ZipFile(data, "w") as made:
        for name in old.namelist():
            text = old.read(name)
            made.writestr(name, bomb + text if name == part else text)
    source.write_bytes(data.getvalue())
    with pytest.raises(UnreadableFile, match="document type"):
        load(source)


def test_a_workbook_without_values_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(EmptyDocument):
        load(path)
