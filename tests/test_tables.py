from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load.tables import headings, measure, rows, unit
from index.sentences import sentences

LIMITS = [
    ["污染物项目", "限值", "", "", "污染物排放\n监控位置"],
    ["", "燃煤锅炉", "燃油锅炉", "燃气锅炉", ""],
    ["颗粒物", "80", "60", "30", "烟囱或烟道"],
    ["二氧化硫", "400", "300", "100", ""],
]


def test_each_value_stands_with_its_row_and_column_heading_and_the_unit() -> None:
    assert rows(LIMITS, title="表1 在用锅炉排放浓度限值 单位：mg/m³") == (
        "表1 在用锅炉排放浓度限值（单位：mg/m³）\n"
        "颗粒物 · 限值 · 燃煤锅炉：80；限值 · 燃油锅炉：60；限值 · 燃气锅炉：30；"
        "污染物排放监控位置：烟囱或烟道（单位：mg/m³）\n"
        "二氧化硫 · 限值 · 燃煤锅炉：400；限值 · 燃油锅炉：300；限值 · 燃气锅炉：100（单位：mg/m³）\n"
    )


def test_a_merged_cell_may_stand_in_every_place_or_in_the_first_alone() -> None:
    filled = [
        ["污染物项目", "限值", "限值", "限值", "污染物排放监控位置"],
        ["污染物项目", "燃煤锅炉", "燃油锅炉", "燃气锅炉", "污染物排放监控位置"],
        *LIMITS[2:],
    ]
    assert rows(filled) == rows(LIMITS)


def test_a_name_that_covers_several_rows_is_told_in_each_and_the_number_of_the_row_last() -> None:
    table = [
        ["序号", "污染物", "适用范围", "一级", "二级"],
        ["5", "化学需氧量\n(COD)", "味精工业", "100", "300"],
        ["", "", "其他排污单位", "100", "150"],
        ["6", "石油类", "一切排污单位", "5.0", "10"],
    ]
    assert rows(table) == (
        "化学需氧量(COD) · 适用范围：味精工业；一级：100；二级：300；序号：5\n"
        "化学需氧量(COD) · 适用范围：其他排污单位；一级：100；二级：150\n"
        "石油类 · 适用范围：一切排污单位；一级：5.0；二级：10；序号：6\n"
    )


@pytest.mark.parametrize(
    ("table", "count"),
    [
        (LIMITS, 2),
        (
            [["项目", "限值", "限值", "位置"], ["项目", "平板", "电子", "排气筒"], ["烟尘", "30", "20", "排气筒"]],
            2,
        ),
        ([["指标", "2020年", "2021年"], ["产值", "1", "2"]], 1),
        ([["指标", "2020", "2021"], ["产值", "1", "2"]], 1),  # years head columns, though they are numbers
        ([["颗粒物", "20", "30"], ["二氧化硫", "50", "80"]], 0),
        ([["索引号：", "1234", "主题分类：", "环保"], ["发文机关：", "水务局", "日期：", "2021年"]], 0),
        ([["容量", "<1", "1~2"], ["容量", "<0.7", "0.7~1.4"], ["高度", "20", "25"]], 2),  # ranges head columns
        ([["一行"]], 0),
    ],
)
def test_the_rows_of_headings_are_known_by_their_shape(table: list[list[str]], count: int) -> None:
    assert headings(table) == count


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            [["索引号：", "1234", "主题分类：", "环保"], ["发文机关：", "水务局", "日期：", "2021年"]],
            "索引号：1234；主题分类：环保\n发文机关：水务局；日期：2021年\n",
        ),
        ([["容量", "<1", "1~2"], ["高度", "20", "25"]], "高度 · 容量 <1：20；容量 1~2：25\n"),
        ([["类别", "昼间", "夜间"], ["0", "50", "40"]], "类别：0；昼间：50；夜间：40\n"),
        ([["项目", "限值", ""], ["", "", ""], ["甲", "1", ""]], "甲 · 限值：1\n"),  # nothing in row and column
        ([["甲", "乙"]], "甲 · 乙\n"),
        (
            [["行业", "行业", "限值"], ["炼油", "燃料型", "1"], ["炼油", "综合型", "2"]],
            "炼油 · 燃料型 · 限值：1\n炼油 · 综合型 · 限值：2\n",
        ),
        ([], ""),
        ([["", ""], ["", ""]], ""),
    ],
)
def test_tables_of_every_shape_have_their_words(table: list[list[str]], text: str) -> None:
    assert rows(table) == text


def test_a_row_across_the_table_is_a_unit_a_group_or_a_note() -> None:
    table = [
        ["单位：mg/L"] * 3,
        ["项目", "一级", "二级"],
        ["第一类"] * 3,
        ["总汞", "0.05", "0.05"],
        ["注：一级适用于新建企业。\n注：二级适用于其他企业。"] * 3,
    ]
    assert rows(table) == (
        "单位：mg/L\n第一类\n第一类 · 总汞 · 一级：0.05；二级：0.05（单位：mg/L）\n"
        "注：一级适用于新建企业。\n注：二级适用于其他企业。\n"
    )


def test_a_long_row_becomes_lines_of_one_sentence_each_with_its_name() -> None:
    heads = ["地区", *(f"第{number}项约束性指标的完成情况" for number in range(1, 13))]
    text = rows([heads, ["南山区", *("已经完成" for _ in heads[1:])]])
    lines = text.splitlines()
    assert len(lines) > 1
    assert all(line.startswith("南山区 · 第") for line in lines)
    assert [span.of(text) for span in sentences(text, 0, len(text))] == text.splitlines(keepends=True)
    assert text.count("已经完成") == 12


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("表1 限值（单位：mg/m³）", ("表1 限值", "mg/m³")),
        ("表1 限值 单位：mg/L（pH值除外）", ("表1 限值", "mg/L（pH值除外）")),
        ("单位为毫克每升", ("", "毫克每升")),
        ("排污单位名录", ("排污单位名录", "")),
    ],
)
def test_the_unit_is_taken_from_the_title(title: str, parts: tuple[str, str]) -> None:
    assert unit(title) == parts


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (["低保标准", "单位：元/月"], "元/月"),
        (["单位：元/月", "低保标准"], "元/月"),
        (["表2 投资计划（单位：万元）"], "万元"),
        (["单位：元/月", "标准按下表执行。"], ""),  # a sentence between: the unit is of what is above it
        (["低保标准"], ""),
        ([], ""),
    ],
)
def test_the_unit_may_stand_on_the_lines_above_the_table(above: list[str], expected: str) -> None:
    assert measure(above) == expected


def test_prose_that_tells_rows_of_one_name_apart_is_not_repeated_on_each_of_their_lines() -> None:
    first, second = ("推进河道清淤，建设生态护岸，" * 6 + end for end in ("完成清淤。", "完成护岸。"))
    text = rows(
        [
            ["任务", "内容", "牵头单位", "配合单位"],
            ["治水", first, "水务局", "住建局"],
            ["治水", second, "园林局", "住建局"],
        ]
    )
    assert text.splitlines() == [
        f"治水 · 内容：{first[:-1]}；牵头单位：水务局；配合单位：住建局",
        f"治水 · 内容：{second[:-1]}；牵头单位：园林局；配合单位：住建局",
    ]


def test_ranges_in_two_units_are_told_with_what_they_are_ranges_of() -> None:
    table = [["容量", "<0.7", "0.7~1.4"], ["容量", "<1", "1~2"], ["高度", "20", "25"]]
    assert rows(table) == "高度 · 容量 <0.7 · <1：20；容量 0.7~1.4 · 1~2：25\n"


CELLS = st.text(st.sampled_from("甲乙丙丁123.~：；\n "), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6))
def test_no_table_fails_and_every_line_ends(table: list[list[str]]) -> None:
    text = rows(table)
    assert text == "" or text.endswith("\n")
    assert "\n\n" not in text
