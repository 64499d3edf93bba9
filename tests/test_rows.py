from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load.tables import rows
from index.rows import is_row, masked, row, serial, tables, whole
from index.sentences import sentences
from index.split import chunks
from index.structure import heading_path, sections
from index.types import Span

LIMITS = (
    "4.3 新建锅炉执行表 2 规定的限值。\n"
    "表 2 新建锅炉排放浓度限值（单位：mg/m³）\n"
    "颗粒物 · 限值 · 燃煤锅炉：50；限值 · 燃气锅炉：20；监控位置：烟囱或烟道；序号：1（单位：mg/m³）\n"
    "二氧化硫 · 限值 · 燃煤锅炉：300；550(1)；限值 · 燃气锅炉：50；序号：2（单位：mg/m³）\n"
    "注：(1)在用锅炉执行该限值。\n"
    "4.4 重点地区另行规定。\n"
)


def found(text: str) -> list[tuple[str, int, str]]:
    """Each table's caption, the number of its rows, and its last six characters."""
    return [(one.caption.of(text), len(one.rows), one.span.of(text)[-6:]) for one in tables(text)]


def parts(line: str) -> tuple[str, list[tuple[str, str]], str]:
    """The name of a row, its cells and its unit."""
    taken = row(line, Span(0, len(line)))
    assert taken is not None
    cells = [(cell.heading.of(line), cell.value.of(line)) for cell in taken.cells]
    return taken.name.of(line), cells, taken.unit.of(line)


def test_a_table_goes_from_its_caption_to_its_last_note() -> None:
    assert found(LIMITS) == [("表 2 新建锅炉排放浓度限值（单位：mg/m³）", 2, "执行该限值。")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the note of the unit stands between
        ("低保标准\n单位：元/月\n城关区 · 城市：890；农村：730\n", [("低保标准", 1, "农村：730")]),
        # a sentence is no caption
        ("按下表执行。\n城关区 · 城市：890；农村：730\n", [("", 1, "农村：730")]),
        # headings that a page break has parted from their rows are none either
        ("表3 限值\n序号；污染物；限值\n氨 · 限值：20；序号：8\n", [("表3 限值", 1, "0；序号：8")]),
        # rows without a name are known by their neighbours
        ("类别：0；昼间：50\n类别：1；昼间：55\n", [("", 2, "；昼间：55")]),
        ("联系人：王某；电话：1234\n", []),
        # a heading over some of the rows stands between them
        (
            "表1 名录\n第一类\n第一类 · 总汞 · 限值：1\n第二类\n第二类 · 总铜 · 限值：2\n",
            [("表1 名录", 2, "· 限值：2")],
        ),
        # 表 2（续） and 续表 go on
        (
            "表 2 限值\n甲 · 限值：1\n表 2（续）\n乙 · 限值：2\n续表\n丙 · 限值：3\n",
            [("表 2 限值", 3, "· 限值：3")],
        ),
        # the next table is another one
        (
            "表 2 限值\n甲 · 限值：1\n表 3 限值\n乙 · 限值：2\n",
            [("表 2 限值", 1, "· 限值：1"), ("表 3 限值", 1, "· 限值：2")],
        ),
        ("执行表 1、表 2 的限值。\n联系电话：1234。\n", []),
        ("", []),
    ],
)
def test_tables_are_known_by_the_shape_of_their_rows(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "颗粒物 · 限值 · 燃煤锅炉：50；限值 · 燃气锅炉：20；序号：1（单位：mg/m³（黑度除外））",
            (
                "颗粒物",
                [("限值 · 燃煤锅炉", "50"), ("限值 · 燃气锅炉", "20"), ("序号", "1")],
                "（单位：mg/m³（黑度除外））",
            ),
        ),
        # a value of two parts, and one with a heading in brackets
        (
            "二氧化硫 · 限值：400；550(1)；位置（甲；乙）：烟道",
            ("二氧化硫", [("限值", "400；550(1)"), ("位置（甲；乙）", "烟道")], ""),
        ),
        # the name is what is left when the headings of the other columns are taken off
        ("皮革 · 猪皮 · 排水量：60；序号：9", ("皮革 · 猪皮", [("排水量", "60"), ("序号", "9")], "")),
        ("时段 · 昼间：50；时段 · 夜间：40", ("", [("时段 · 昼间", "50"), ("时段 · 夜间", "40")], "")),
        ("类别：2；昼间：60", ("", [("类别", "2"), ("昼间", "60")], "")),
    ],
)
def test_a_row_is_taken_apart_into_name_headings_values_and_unit(
    line: str, expected: tuple[str, list[tuple[str, str]], str]
) -> None:
    assert parts(line) == expected


def test_what_tables_are_written_as_is_read_back() -> None:
    table = [["项目", "限值", "限值"], ["项目", "燃煤", "燃气"], ["烟尘", "30", "20"], ["汞", "0.05", "—"]]
    text = rows(table, title="表1 限值 单位：mg/m³")
    (only,) = tables(text)
    assert only.caption.of(text) == "表1 限值（单位：mg/m³）"
    read = [row(text, line) for line in only.rows]
    assert [one.name.of(text) for one in read if one] == ["烟尘", "汞"]
    values = [[(cell.heading.of(text), cell.value.of(text)) for cell in one.cells] for one in read if one]
    assert values == [
        [("限值 · 燃煤", "30"), ("限值 · 燃气", "20")],
        [("限值 · 燃煤", "0.05"), ("限值 · 燃气", "—")],
    ]


def test_prose_is_no_row() -> None:
    for line in (
        "会议指出：要抓好落实；会议强调：要压实责任。",
        "表 1 限值（单位：mg/m³）",
        "电话：1234",
        "约翰·史密斯说：好",
    ):
        assert not is_row(line)
    assert row("会议指出，要抓好落实。", Span(0, 11)) is None


def test_the_number_of_a_row_says_no_more() -> None:
    taken = row("氨 · 限值：20；序号：8", Span(0, 14))
    assert taken is not None
    assert [serial("氨 · 限值：20；序号：8", cell) for cell in taken.cells] == [False, True]


def test_the_caption_heads_the_rows_below_it() -> None:
    outline = sections(LIMITS)
    table = next(section for section in outline if section.kind == "table")
    assert heading_path(LIMITS, outline, table.number).endswith("表 2 新建锅炉排放浓度限值（单位：mg/m³）")
    of_rows = [chunk for chunk in chunks("d", LIMITS, outline) if "二氧化硫" in chunk.text]
    assert all("表 2" in chunk.heading or "表 2" in chunk.text for chunk in of_rows)


def test_a_row_is_one_sentence_and_its_numbers_open_no_list() -> None:
    text = (
        "指标及分值表\n"
        "加分 · 指标：学历；分值：1. 本科（30分）。 2. 专科（20分）。 3. 高中（10分）；备注：只取最高分。不累计\n"
        "加分 · 指标：公益；分值：1. 献血。 2. 志愿服务\n"
    )
    assert [span.of(text) for span in sentences(text, 0, len(text))] == text.splitlines(keepends=True)
    assert [section.kind for section in sections(text)] == ["document", "table"]


def test_a_row_with_prose_in_a_cell_has_its_sentences() -> None:
    text = f"任务 · 内容：{'推进河道清淤，建设生态护岸，' * 22}。完成年度任务。\n"
    assert len(text) > 300
    assert whole(text, 0, len(text)) == []
    assert len(sentences(text, 0, len(text))) > 1


@given(st.text(st.sampled_from("甲乙1. ·：；（）单位序号\n表"), max_size=80))
def test_whatever_is_read_lies_in_the_text_in_order(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert masked(text).count("\n") == text.count("\n")
    end = 0
    for table in tables(text):
        assert end <= table.span.start <= table.span.end <= len(text)
        assert all(table.span.covers(line) for line in table.rows)
        end = table.span.end
        for line in table.rows:
            taken = row(text, line)
            assert taken is not None
            assert all(taken.span.covers(cell.span) for cell in taken.cells)
    assert "".join(span.of(text) for span in sentences(text, 0, len(text))) == text
