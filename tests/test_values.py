from __future__ import annotations

import pytest

from assistant.answering.values import cells, measures, pieces, statements, telling
from assistant.language import form
from assistant.language.question import understand
from index.rows import Row, row
from index.types import Span

LIMIT = "氨氮 · 适用范围：合成氨工业；一级标准：40；二级标准：50；序号：11（单位：mg/L）"


def taken(line: str) -> Row:
    found = row(line, Span(0, len(line)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LIMIT, ["适用范围：合成氨工业"]),
        ("颗粒物 · 限值：50；位置：烟囱", []),
        ("类别：2；昼间：60；夜间：50", ["类别：2"]),  # what has no name is told by its first cell
        ("水利 · 项目：水库加固；投资：9800；单位：水务局", ["项目：水库加固"]),
        ("签约 · 指标：1.覆盖率；标准：较上年增加；2023年：80%", ["指标：1.覆盖率", "标准：较上年增加"]),
        ("锡 · 熔窑：—；镀膜：5", []),  # a dash stands in a number's place
        ("烷基汞 · 直接：不得检出；间接：不得检出", []),
        ("氨 · 方法：滴定法；编号：HJ", []),  # words alone: none of them tells more than another
    ],
)
def test_what_stands_before_the_first_number_tells_a_row_from_others(line: str, expected: list[str]) -> None:
    assert [cell.span.of(line) for cell in telling(line, taken(line))] == expected


def test_a_row_says_each_value_with_its_caption_its_name_its_heading_and_its_unit() -> None:
    assert statements(LIMIT, taken(LIMIT), "表2 限值") == (
        "表2 限值氨氮适用范围：合成氨工业；一级标准：40（单位：mg/L）",
        "表2 限值氨氮适用范围：合成氨工业；二级标准：50（单位：mg/L）",
    )


def test_the_number_of_the_row_is_no_value() -> None:
    assert [cell.heading.of(LIMIT) for cell in cells(LIMIT, taken(LIMIT))] == ["适用范围", "一级标准", "二级标准"]


@pytest.mark.parametrize(
    ("question", "line", "expected"),
    [
        ("氨氮的限值是多少", LIMIT, True),
        ("氨氮的限值是多少", "氨氮 · 方法：分光光度法（单位：mg/L）", False),
        ("低保标准是多少元", "城关区 · 低保标准：890（单位：元/月）", True),
        ("低保标准是多少吨", "城关区 · 低保标准：890（单位：元/月）", False),
        ("租金是多少元", "一类 · 租金（元/月）：12.5", True),
        ("完成了多少亿元", "收入 · 单位：亿元；完成：92.6", True),
        ("增长率是多少", "收入 · 增长（%）：6.1", True),
        ("责任单位是谁", "水库 · 责任单位：市水务局", True),
    ],
)
def test_a_value_has_the_unit_that_its_table_gives_it(question: str, line: str, expected: bool) -> None:
    asked = understand(question)
    check = form.wanted(asked)
    assert check is not None
    assert measures(check, asked.kind, line, taken(line)) is expected


def test_the_pieces_of_a_row_are_its_name_the_chosen_cells_and_the_unit() -> None:
    found = taken(LIMIT)
    chosen = (found.cells[0], found.cells[2])
    said = [piece.of(LIMIT) for piece in pieces(LIMIT, found, chosen)]
    assert "".join(said) == "氨氮 · 适用范围：合成氨工业；二级标准：50（单位：mg/L）"
    bare = taken("类别：2；昼间：60；夜间：50")
    assert [one.start for one in pieces("类别：2；昼间：60；夜间：50", bare, bare.cells[1:2])] == [5]
