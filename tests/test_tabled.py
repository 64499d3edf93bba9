from __future__ import annotations

import pytest

from assistant.answering.compose import compose
from assistant.answering.evidence import candidates
from assistant.answering.lines import short, statement
from assistant.answering.scope import Source
from assistant.language.question import understand
from index.split import chunks
from index.structure import sections
from index.types import Document, Facts, Hit

BOILERS = (
    "1 范围\n本标准规定了锅炉颗粒物、二氧化硫的排放限值，燃煤锅炉自2014年7月1日起执行。\n"
    "表 1 在用锅炉排放限值（单位：mg/m³）\n"
    "颗粒物 · 限值 · 燃煤锅炉：80；限值 · 燃气锅炉：30；监控位置：烟囱；序号：1（单位：mg/m³）\n"
    "二氧化硫 · 限值 · 燃煤锅炉：400；限值 · 燃气锅炉：100；监控位置：烟囱；序号：2（单位：mg/m³）\n"
    "表 2 新建锅炉排放限值（单位：mg/m³）\n"
    "颗粒物 · 限值 · 燃煤锅炉：50；限值 · 燃气锅炉：20；监控位置：烟囱；序号：1（单位：mg/m³）\n"
    "二氧化硫 · 限值 · 燃煤锅炉：300；限值 · 燃气锅炉：50；监控位置：烟囱；序号：2（单位：mg/m³）\n"
)
WATER = (
    "表1 第二类污染物最高允许浓度（第一时段）\n"
    "化学需氧量 · 适用范围：纺织工业；一级标准：100；二级标准：150；序号：5\n"
    "化学需氧量 · 适用范围：其他单位；一级标准：100；二级标准：130；序号：5\n"
    "苯 · 适用范围：所有；一级标准：0.1；二级标准：0.2；序号：6\n"
    "苯系物 · 适用范围：所有；一级标准：0.4；二级标准：0.6；序号：7\n"
    "表2 第二类污染物最高允许浓度（第二时段）\n"
    "化学需氧量 · 适用范围：纺织工业；一级标准：90；二级标准：130；序号：5\n"
    "化学需氧量 · 适用范围：其他单位；一级标准：80；二级标准：110；序号：5\n"
    "苯 · 适用范围：所有；一级标准：0.1；二级标准：0.1；序号：6\n"
)
NOISE = "表 1 排放限值\n功能区类别：0；昼间：50；夜间：40\n功能区类别：2；昼间：60；夜间：50\n功能区类别：3；昼间：65；夜间：55\n"
CARE = "供养标准\n城关区 · 照料 · 全护理：1270；照料 · 半护理：640\n江北县 · 照料 · 全护理：1210；照料 · 半护理：610\n"
GLASS = (
    "表 1 大气污染物排放限值\n"
    "锡 · 限值 · 玻璃熔窑：—；限值 · 镀膜尾气：5；限值 · 碎玻璃设备：—\n"
    "铅 · 限值 · 玻璃熔窑：2；限值 · 镀膜尾气：—；限值 · 碎玻璃设备：—\n"
)
SHOES = (
    "表 1 VOCs 限值\n苯 · 浓度 · Ⅰ时段：1；浓度 · Ⅱ时段：1\n总 VOCs · 浓度 · Ⅰ时段：80；浓度 · Ⅱ时段：40\n"
    "表 2 监控点限值\n苯 · 限值：0.1\n"
)
STREETS = "八、各街道电话及地址\n石牌街 · 电话：87564410；地址：石牌东路127号\n员村街 · 电话：85548213；地址：新村街11号\n"


def said(question: str, text: str, title: str = "排放标准") -> list[str]:
    """The lines of the answer from a document, every chunk of which was found alike."""
    of = Source(Document("d", text, Facts(title=title), "d.txt", ""), sections(text))
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, of.sections)]
    asked = understand(question)
    lines = compose(asked, candidates(asked, hits, lambda _: of, lambda _: 1.0), lambda _: 1.0)
    return [f"{statement(line)}|{short(line)}" if short(line) else statement(line) for line in lines]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        # row, column and table are named
        (
            "新建燃煤锅炉颗粒物的限值是多少",
            BOILERS,
            ["表 2 新建锅炉排放限值（单位：mg/m³）", "颗粒物 · 限值 · 燃煤锅炉：50（单位：mg/m³）|50"],
        ),
        # no column is named: all of them, without the number of the row
        (
            "新建锅炉 颗粒物 排放限值",
            BOILERS,
            [
                "表 2 新建锅炉排放限值（单位：mg/m³）",
                "颗粒物 · 限值 · 燃煤锅炉：50；限值 · 燃气锅炉：20；监控位置：烟囱（单位：mg/m³）",
            ],
        ),
        # no table is named: every table that has the row, each below its caption
        (
            "燃气锅炉二氧化硫限值",
            BOILERS,
            [
                "表 1 在用锅炉排放限值（单位：mg/m³）",
                "二氧化硫 · 限值 · 燃气锅炉：100（单位：mg/m³）|100",
                "表 2 新建锅炉排放限值（单位：mg/m³）",
                "二氧化硫 · 限值 · 燃气锅炉：50（单位：mg/m³）|50",
            ],
        ),
        # 第二时段 is not told from 第一时段 by its words, which 第二类 has, too
        (
            "第二时段 一级标准 化学需氧量",
            WATER,
            [
                "表2 第二类污染物最高允许浓度（第二时段）",
                "化学需氧量 · 适用范围：纺织工业；一级标准：90|90",
                "化学需氧量 · 适用范围：其他单位；一级标准：80|80",
            ],
        ),
        (
            "第一时段苯的一级标准",
            WATER,
            ["表1 第二类污染物最高允许浓度（第一时段）", "苯 · 适用范围：所有；一级标准：0.1|0.1"],
        ),
        # 2 is no part of 250, nor of a value
        ("2类功能区夜间限值是多少", NOISE, ["表 1 排放限值", "功能区类别：2；夜间：50|50"]),
        # 全护理 is told from 半护理 by a pair of characters
        ("江北县全护理照料标准", CARE, ["供养标准", "江北县 · 照料 · 全护理：1210|1210"]),
        # the heading right above a table is its caption
        ("石牌街的电话是多少", STREETS, ["八、各街道电话及地址", "石牌街 · 电话：87564410|87564410"]),
    ],
)
def test_a_row_answers_with_what_is_asked_of_it(question: str, text: str, expected: list[str]) -> None:
    assert said(question, text) == expected


def test_a_word_of_the_title_names_no_column() -> None:
    assert said("平板玻璃工业锡的限值", GLASS, "平板玻璃工业排放标准") == GLASS.splitlines()[:2]


def test_a_row_is_named_by_words_that_its_caption_has_too() -> None:
    assert said("制鞋行业总VOCs浓度Ⅱ时段", SHOES, "制鞋行业排放标准") == [
        "表 1 VOCs 限值",
        "总 VOCs · 浓度 · Ⅱ时段：40|40",
    ]


def test_a_question_that_names_no_row_is_answered_by_the_table() -> None:
    assert said("各街道电话及地址有哪些", STREETS, "便民服务") == STREETS.splitlines()


def test_prose_answers_what_no_row_does() -> None:
    assert said("本标准规定了什么", BOILERS)[0].startswith("本标准规定了锅炉颗粒物")
