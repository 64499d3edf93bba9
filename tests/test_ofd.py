from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from index.errors import EmptyDocument, UnreadableFile
from index.load import load
from index.load.ofd import _deltas, _outlines

NAME = 'xmlns:ofd="http://www.ofdspec.org/2016"'
ROOT = (
    f'<ofd:OFD {NAME} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:Title>关于节约用水的通知</ofd:Title>'
    "<ofd:ReleaseDate>2021-03-02</ofd:ReleaseDate></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    "</ofd:DocBody></ofd:OFD>"
)


def words(x: float, y: float, text: str, size: float = 5.6, **given: str) -> str:
    """A text object: a line of text whose box begins at (x, y) millimetres."""
    delta = given.pop("delta", f"g {len(text) - 1} {size}")
    extra = "".join(f' {key}="{value}"' for key, value in given.items())
    return (
        f'<ofd:TextObject ID="1" Font="1" Size="{size}" Boundary="{x} {y} 170 {size}"{extra}>'
        f'<ofd:TextCode X="0" Y="{size * 0.8}" DeltaX="{delta}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def stroke(x: float, y: float, wide: float, high: float) -> str:
    return (
        f'<ofd:PathObject ID="9" Boundary="{x} {y} {max(wide, 0.1)} {max(high, 0.1)}">'
        f"<ofd:AbbreviatedData>M 0 0 L {wide} {high}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def ofd(folder: Path, pages: list[str], template: str = "", parts: dict[str, str] | None = None) -> Path:
    path = folder / "文.ofd"
    listed = "".join(
        f'<ofd:Page ID="{number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(len(pages))
    )
    document = (
        f"<ofd:Document {NAME}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        '</ofd:PageArea><ofd:TemplatePage ID="50" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    written = {"OFD.xml": ROOT, "Doc_0/Document.xml": document}
    if template:
        written["Doc_0/Tpls/Tpl_0/Content.xml"] = (
            f"<ofd:Page {NAME}><ofd:Content><ofd:Layer>{template}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    for number, content in enumerate(pages):
        used = '<ofd:Template TemplateID="50" ZOrder="Background"/>' if template else ""
        written[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"<ofd:Page {NAME}>{used}<ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    with ZipFile(path, "w") as made:
        for name, text in {**written, **(parts or {})}.items():
            made.writestr(name, text)
    return path


LINE = "为落实最严格水资源管理制度，各区人民政府要把节约用水放在优先位置"  # 32 characters

FIRST = [
    words(80, 40, "关于节约用水的通知"),
    # the second half of a line comes first in the file
    words(25 + 15 * 5.0, 70, LINE[15:30], 5.0),
    words(35 - 10, 70, LINE[:15], 5.0),
    words(25, 78, LINE[30:] + "，严格控制用水总量。", 5.0),
    words(35, 90, "一、总体要求", 5.0),
]


def test_lines_are_put_together_by_their_places_and_pages_are_counted(tmp_path: Path) -> None:
    second = words(35, 40, "二、2025年用水总量不超过12亿立方米。", 5.0)
    document = load(ofd(tmp_path, ["".join(FIRST), second]))
    assert document.text.splitlines() == [
        "关于节约用水的通知",
        LINE + "，严格控制用水总量。",
        "一、总体要求",
        "二、2025年用水总量不超过12亿立方米。",
    ]
    assert document.title == "关于节约用水的通知"
    assert document.facts.published == date(2021, 3, 2)
    assert document.page(document.text.index("总体要求")) == 1
    assert document.page(document.text.index("12亿")) == 2


def test_a_template_is_part_of_its_pages(tmp_path: Path) -> None:
    document = load(ofd(tmp_path, [words(35, 90, "正文一句。")], template=words(60, 30, "青州市水务局文件")))
    assert document.text.split() == ["青州市水务局文件", "正文一句。"]


def test_strokes_make_a_table(tmp_path: Path) -> None:
    lines = "".join(stroke(30, y, 120, 0) for y in (100, 110, 120)) + "".join(
        stroke(x, 100, 0, 20) for x in (30, 90, 150)
    )
    cells = (
        words(32, 102, "污染物", 5.0)
        + words(92, 102, "排放限值", 5.0)
        + words(32, 112, "化学需氧量", 5.0)
        + words(92, 112, "60", 5.0, delta="2.5")
    )
    document = load(ofd(tmp_path, [words(35, 80, "限值如下：", 5.0) + lines + cells]))
    assert document.text.splitlines()[-1] == "化学需氧量 · 排放限值：60"


def test_a_matrix_and_a_moved_box_place_the_text(tmp_path: Path) -> None:
    # the size of 1 is scaled by 5; the two halves stand side by side at x = 30 and 30 + 4 × 5
    halves = words(30, 60, "节约用水", 1.0, CTM="5 0 0 5 0 0") + words(50, 60, "人人有责", 1.0, CTM="5 0 0 5 0 0")
    assert load(ofd(tmp_path, [halves])).text.strip() == "节约用水人人有责"


def test_hidden_text_is_left_out_and_images_are_told_of(tmp_path: Path) -> None:
    page = words(30, 60, "看得见的。") + words(30, 70, "看不见", Visible="false") + '<ofd:ImageObject ID="3"/>'
    document = load(ofd(tmp_path, [page]))
    assert document.text.strip() == "看得见的。"
    assert document.notes == ("文档含图片1幅，图片中的文字未读取",)


def test_the_notations_of_steps_and_paths() -> None:
    assert _deltas("g 3 5.5 2 g 2 -1e1", 99) == [5.5, 5.5, 5.5, 2.0, -10.0, -10.0]
    assert _deltas("g 999999999 5", 4) == [5.0] * 4
    assert _deltas("g", 4) == []
    assert _outlines("M 0 0 L 10 0 L 10 5 C") == [[], [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 0.0)]]
    assert _outlines("S 1 1 L 2 1 B 1 2 3 4 5 6 M 7 7 L 8 7") == [
        [],
        [(1.0, 1.0), (2.0, 1.0)],
        [],
        [(7.0, 7.0), (8.0, 7.0)],
    ]


def test_what_is_missing_damaged_or_hostile_is_refused(tmp_path: Path) -> None:
    path = ofd(tmp_path, [words(30, 60, "正文。")])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableFile, match=r"文\.ofd"):
        load(path)
    entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ofd:Page {NAME}>&a;</ofd:Page>'
    with pytest.raises(UnreadableFile, match="document type"):
        load(ofd(tmp_path, [""], parts={"Doc_0/Pages/Page_0/Content.xml": entity}))
    with pytest.raises(UnreadableFile, match=r"Doc_0/Document\.xml|damaged"):
        load(ofd(tmp_path, [], parts={"Doc_0/Document.xml": "<a"}))
    with pytest.raises(UnreadableFile, match="no document"):
        load(ofd(tmp_path, [], parts={"OFD.xml": "<OFD/>"}))
    with pytest.raises(EmptyDocument):
        load(ofd(tmp_path, [""]))
