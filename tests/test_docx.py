import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor

from index.errors import EmptyDocument, UnreadableFile
from index.load import load
from index.load.numbering import written
from index.structure import sections

CORPUS = Path(__file__).parents[2] / "shared/corpus"

LEVELS = (
    ("chineseCountingThousand", "第%1条"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("upperRoman", "%3.%4"),
)


def number(document: object, levels: tuple[tuple[str, str], ...], id_: int, extra: str = "") -> None:
    """Add a list of these levels to a document made by python-docx."""
    part = document.part.numbering_part.element  # type: ignore[attr-defined]
    inner = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (form, pattern) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{id_}">{inner}</w:abstractNum>')
    part.insert(0, abstract)
    xml = f'<w:num {nsdecls("w")} w:numId="{id_}"><w:abstractNumId w:val="{id_}"/>{extra}</w:num>'
    part.append(parse_xml(xml))


def paragraph(document: object, text: str, id_: int, depth: int) -> None:
    element = document.add_paragraph(text)._p.get_or_add_pPr()  # type: ignore[attr-defined]
    element.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{id_}"/></w:numPr>')
    )


def saved(document: object, folder: Path, name: str = "文.docx") -> Path:
    path = folder / name
    document.save(str(path))  # type: ignore[attr-defined]
    return path


def test_numbers_that_word_generates_are_in_the_text(tmp_path: Path) -> None:
    document = Document()
    number(document, LEVELS, 71)
    for depth, text in (
        (0, "为了节水"),
        (0, "国家实行"),
        (1, "总量控制"),
        (2, "按年下达"),
        (3, "甲"),
        (2, "5万元"),
        (1, "乙"),
    ):
        paragraph(document, text, 71, depth)
    document.add_paragraph("不编号")
    paragraph(document, "附则", 71, 0)
    assert load(saved(document, tmp_path)).text.splitlines() == [
        "第一条 为了节水",
        "第二条 国家实行",
        "（一）总量控制",
        "1. 按年下达",
        "1.I 甲",
        "2. 5万元",
        "（二）乙",
        "不编号",
        "第三条 附则",
    ]


def test_a_list_that_starts_anew_and_one_that_goes_on(tmp_path: Path) -> None:
    document = Document()
    number(document, (("chineseCounting", "%1、"),), 72)
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    part = document.part.numbering_part.element
    for id_, extra in ((73, override), (74, "")):
        part.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{id_}"><w:abstractNumId w:val="72"/>{extra}</w:num>')
        )
    for id_, text in ((72, "甲"), (72, "乙"), (73, "丙"), (73, "丁"), (74, "戊")):
        paragraph(document, text, id_, 0)
    assert load(saved(document, tmp_path)).text == "一、甲\n二、乙\n一、丙\n二、丁\n三、戊"


@pytest.mark.parametrize(
    ("count", "form", "expected"),
    [
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (20, "chineseCounting", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"),
        (1010, "chineseCountingThousand", "一千零一十"),
        (105, "chineseCounting", "一〇五"),
        (10, "ideographDigital", "一〇"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (4, "ideographTraditional", "丁"),
        (14, "upperRoman", "XIV"),
        (9, "lowerRoman", "ix"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (7, "decimalZero", "07"),
        (12, "decimalEnclosedCircle", "⑫"),
        (21, "decimalEnclosedCircle", "21"),
        (12, "decimalFullWidth", "１２"),
        (3, "unknown", "3"),
        (3, "none", ""),
    ],
)
def test_every_format_writes_its_numbers(count: int, form: str, expected: str) -> None:
    assert written(count, form) == expected


def test_headings_without_an_enumerator_are_marked_and_others_stand_as_they_are(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("青州市节水办法", style="Title")
    document.add_heading("工作目标", 2)
    document.add_paragraph("到2025年，用水量不超过12亿立方米。")
    document.add_heading("二、主要任务", 2)
    document.add_paragraph("抓好落实。")
    loaded = load(saved(document, tmp_path))
    assert (
        loaded.text == "青州市节水办法\n## 工作目标\n到2025年，用水量不超过12亿立方米。\n二、主要任务\n抓好落实。"
    )
    assert loaded.title == "青州市节水办法"
    assert "工作目标" in {section.head.of(loaded.text) for section in sections(loaded.text)}


def test_tables_stand_where_they_are_with_headings_at_each_value(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("表1 排放限值")
    table = document.add_table(rows=3, cols=3)
    for row, cells in enumerate(
        (("污染物", "一级标准", "二级标准"), ("化学需氧量", "100", "150"), ("氨氮", "15", "25"))
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph("其后")
    boxed = document.add_table(rows=1, cols=1)
    boxed.cell(0, 0).text = "框中\n两段"
    assert load(saved(document, tmp_path)).text.splitlines() == [
        "表1 排放限值",
        "化学需氧量 · 一级标准：100；二级标准：150",
        "氨氮 · 一级标准：15；二级标准：25",
        "其后",
        "框中",
        "两段",
    ]


def test_rows_have_the_unit_that_stands_above_their_table(tmp_path: Path) -> None:
    document = Document()
    for line in ("城乡低保标准", "单位：元/月"):
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate((("地区", "标准"), ("城关区", "890"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    assert load(saved(document, tmp_path)).text.splitlines() == [
        "城乡低保标准",
        "单位：元/月",
        "城关区 · 标准：890（单位：元/月）",
    ]


def test_merged_cells_count_for_every_place_that_they_cover(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=4, cols=3)
    cells = (("类别", "限值", ""), ("", "昼间", "夜间"), ("1类", "55", "45"), ("2类", "60", "50"))
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2)).text = "限值"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "类别"
    assert load(saved(document, tmp_path)).text.splitlines() == [
        "1类 · 限值 · 昼间：55；限值 · 夜间：45",
        "2类 · 限值 · 昼间：60；限值 · 夜间：50",
    ]


BODY = """<w:p><w:r><w:t>留下</w:t></w:r><w:del w:id="1"><w:r><w:delText>删去</w:delText></w:r></w:del>
<w:ins w:id="2"><w:r><w:t>插入</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>
<w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>4</w:t></w:r>
<w:r><w:footnoteReference w:id="5"/></w:r><w:r><w:t>。</w:t></w:r></w:p>
<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>
<w:p><w:r><w:t>目录一行	1</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:sdt><w:sdtContent><w:p><w:r><w:t>控件中的字</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p>
</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p>
</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>框外</w:t><w:br/><w:t>下一行</w:t></w:r></w:p>"""
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
NOTES = f'<w:footnotes {NAMES}><w:footnote w:id="5"><w:p><w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>'


def package(folder: Path, parts: dict[str, str], name: str = "文.docx") -> Path:
    path = folder / name
    with ZipFile(path, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for part, text in parts.items():
            made.writestr(part, text)
    return path


def test_footnotes_boxes_controls_and_tracked_changes(tmp_path: Path) -> None:
    body = re.sub(r">\n<", "><", BODY)
    parts = {
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": NOTES,
    }
    assert load(package(tmp_path, parts)).text.splitlines() == [
        "留下插入10⁴[注1]。",
        "[注1] 见附件。",
        "控件中的字",
        "框外",
        "下一行",
        "框内",
    ]


def test_the_title_in_the_properties_counts_only_if_the_text_has_it(tmp_path: Path) -> None:
    document = Document()
    document.core_properties.title = "关于节约用水工作的通知"
    document.add_paragraph("青州市水务局文件")
    document.add_paragraph("关于节约用水\n工作的通知")
    assert load(saved(document, tmp_path)).title == "关于节约用水工作的通知"
    document.core_properties.title = "模板：会议纪要标题"
    assert load(saved(document, tmp_path)).title != "模板：会议纪要标题"


ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = (
        f"{declared}{ENTITY}<w:document {NAMES}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
    )
    path = tmp_path / "文.docx"
    with ZipFile(path, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", text.encode(encoding))
    with pytest.raises(UnreadableFile, match="document type") as raised:
        load(path)
    assert str(path) in raised.value.chinese


def test_a_document_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("节约用水。")
    data = saved(document, tmp_path).read_bytes()
    for end in (10, len(data) // 2, len(data) - 30):
        path = tmp_path / "断.docx"
        path.write_bytes(data[:end])
        with pytest.raises(UnreadableFile, match=r"断\.docx is damaged"):
            load(path)


def test_a_package_without_a_document_or_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no document inside"):
        load(package(tmp_path, {"word/styles.xml": "<styles/>"}))
    with pytest.raises(UnreadableFile, match="damaged"):
        load(package(tmp_path, {"word/document.xml": "<w:document>"}))
    with pytest.raises(EmptyDocument):
        load(saved(Document(), tmp_path, "空.docx"))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    made = io.BytesIO()
    with ZipFile(made, "w", 8) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("word/document.xml", b" " * (40 << 20))
    path = tmp_path / "弹.docx"
    path.write_bytes(made.getvalue())
    with pytest.raises(UnreadableFile, match="more than is allowed"):
        load(path)


def test_colour_and_runs_do_not_part_words(tmp_path: Path) -> None:
    document = Document()
    line = document.add_paragraph("化学需氧")
    line.add_run("量").font.color.rgb = RGBColor(255, 0, 0)
    line.add_run("不超过100毫克/升")
    assert load(saved(document, tmp_path)).text == "化学需氧量不超过100毫克/升"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_report_is_read() -> None:
    paths = sorted((CORPUS / "work_reports_docx").glob("*.docx"))
    for path in paths:
        document = load(path)
        assert len(document.text) > 10_000
        assert document.title == path.stem
    assert len(paths) == 12


def test_a_form_gives_its_names_and_their_values(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=4, cols=4)
    table.cell(0, 1).merge(table.cell(0, 3)).text = "非法排污案"
    for row, column, text in ((0, 0, "案由"), (1, 0, "企业名称"), (1, 2, "邮政编码"), (3, 0, "意见")):
        table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1)).text = "承办部门"
    table.cell(3, 1).merge(table.cell(3, 3)).text = "年   月   日"
    empty = document.add_table(rows=3, cols=2)
    empty.cell(0, 0).text, empty.cell(0, 1).text = "材料名称", "数量"
    assert load(saved(document, tmp_path)).text.splitlines() == [
        "案由：非法排污案",
        "企业名称；邮政编码",
        "承办部门",
        "意见：年 月 日",
        "材料名称；数量",
    ]
