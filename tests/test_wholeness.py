"""Lines that are said with what they say nothing without; penalties among them."""

from __future__ import annotations

import pytest

from assistant.answering.answer import fitting
from assistant.answering.compose import compose
from assistant.answering.evidence import candidates
from assistant.answering.lines import Said, statement
from assistant.answering.penalties import penalties
from assistant.answering.scope import Source
from assistant.answering.wholeness import whole
from assistant.language.question import understand
from index.sentences import sentences, trimmed
from index.split import chunks
from index.structure import sections
from index.types import Document, Facts, Hit, Span

LAW = """云溪市水污染防治条例
第一条 禁止私设暗管排放水污染物。
第二条 违反本条例规定，有下列行为之一的，责令改正，处十万元以上一百万元以下的罚款：
（一）未取得许可排放水污染物的；
（二）私设暗管排放水污染物的。
第三条 违反本条例规定，向河道倾倒垃圾的，处一万元以下的罚款；拒不清除的，处五万元以下的罚款。
第四条 本条例所称湿地，是指常年或者季节性积水地带，自批准之日起满5年，方开工建设的，应当重新审核。
第六条 医药费用支出累计超过15000元的部分，由纳税人在年度汇算清缴时，在80000元限额内据实扣除。
第七条 年满60周岁的，乘坐公共汽车享受半价优惠。

65周岁以上的，免费享受前款优待。
第五条 今年主要预期目标是：生产总值增长5%左右；城镇新增就业1200万人以上。
"""


def of(text: str) -> Source:
    return Source(Document("d", text, Facts(title="云溪市水污染防治条例"), "d.txt", ""), sections(text))


def said(part: str) -> list[str]:
    """The lines that come of saying ``part`` alone, for a question of no sort."""
    source = of(LAW)
    start = LAW.index(part)
    span = Span(start, start + len(part))
    around = (trimmed(one, LAW) for one in sentences(LAW, 0, len(LAW)))
    quoted = next(one for one in around if one.overlaps(span))
    section = [one for one in source.sections if one.span.covers(quoted)][-1]
    return [statement(line) for line in whole(understand("什么"), [Said(source, section.number, span, quoted)])]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("是指常年或者季节性积水地带", ["第四条 本条例所称湿地，是指常年或者季节性积水地带"]),
        ("自批准之日起满5年", ["自批准之日起满5年，方开工建设的，应当重新审核"]),
        (
            "在80000元限额内据实扣除",
            ["第六条 医药费用支出累计超过15000元的部分，由纳税人在年度汇算清缴时，在80000元限额内据实扣除"],
        ),
        ("城镇新增就业1200万人以上", ["第五条 今年主要预期目标是：城镇新增就业1200万人以上"]),
        (
            "65周岁以上的，免费享受前款优待",
            ["第七条 年满60周岁的，乘坐公共汽车享受半价优惠。", "65周岁以上的，免费享受前款优待"],
        ),
        ("禁止私设暗管排放水污染物", ["禁止私设暗管排放水污染物"]),
        (
            "（二）私设暗管排放水污染物的",
            [
                "第二条 违反本条例规定，有下列行为之一的，责令改正，处十万元以上一百万元以下的罚款：",
                "（二）私设暗管排放水污染物的",
            ],
        ),
    ],
)
def test_a_line_is_said_with_what_it_needs(part: str, expected: list[str]) -> None:
    assert said(part) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "私设暗管排放水污染物怎么处罚",
            [
                "第二条 违反本条例规定，有下列行为之一的，责令改正，处十万元以上一百万元以下的罚款：",
                "（二）私设暗管排放水污染物的。",
            ],
        ),
        (
            "向河道倾倒垃圾罚多少钱",
            ["第三条 违反本条例规定，向河道倾倒垃圾的，处一万元以下的罚款；拒不清除的，处五万元以下的罚款。"],
        ),
        ("私设暗管是什么", []),
    ],
)
def test_a_penalty_is_told_whole(question: str, expected: list[str]) -> None:
    source = of(LAW)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", LAW, source.sections)]
    asked = understand(question)
    found = fitting(asked, candidates(asked, hits, lambda _: source, lambda _: 1.0))
    assert [statement(line) for line in whole(asked, penalties(asked, found))] == expected


def test_an_article_that_announces_something_is_told_with_it() -> None:
    text = (
        "第一章 子女教育\n第一条 子女教育按照每月一千元的标准扣除。\n第二章 赡养老人\n"
        "第二条 赡养老人的支出按照以下标准扣除：\n（一）独生子女每月二千元；\n（二）其他子女每月一千元。\n"
        "第三条 本办法所称老人是指年满60岁的父母。\n"
    )
    source = of(text)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, source.sections)]
    asked = understand("赡养老人怎么扣除")
    lines = compose(asked, candidates(asked, hits, lambda _: source, lambda _: 1.0), lambda _: 1.0)
    said = "".join(map(statement, lines))
    assert "独生子女每月二千元" in said
    assert "其他子女每月一千元" in said
    assert "子女教育" not in said


ACT = (
    "第一条 违反本条例规定，未办理许可证，擅自采砂的，由县级以上地方人民政府水行政主管部门依据职权责令停止违法行为，"
    "没收违法开采的砂石和违法所得以及采砂船舶和"
    "挖掘机械等作业设备、工具，并处违法开采的砂石货值金额二倍以上二十倍以下的罚款；"
)
GRAVER = "货值金额不足十万元的，并处二十万元以上二百万元以下的罚款；构成犯罪的，依法追究刑事责任。"
SAND = (
    f"云溪市采砂条例\n{ACT}{GRAVER}\n\n"
    "第二条 违反本条例规定，未按照许可证规定的要求采砂的，责令停止违法行为，并处违法开采的砂石货值金额一倍以上二倍以下的罚款。\n"
)


def test_a_penalty_is_told_with_the_graver_cases_of_the_same_act() -> None:
    # the long sentence of 第一条 is parted at its first semicolon
    source = of(SAND)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", SAND, source.sections)]
    asked = understand("未办理许可证擅自采砂怎么处罚")
    found = fitting(asked, candidates(asked, hits, lambda _: source, lambda _: 1.0))
    assert [statement(line) for line in whole(asked, penalties(asked, found))] == [ACT, GRAVER]


MEANINGS = """云溪市配额条例
第一条 本条例下列用语的含义：
（一）配额，是指分配给单位的额度。1个配额相当于1吨。
（二）清缴，是指缴纳配额的行为。
"""


def test_what_a_term_means_needs_no_announcement() -> None:
    source = of(MEANINGS)
    start = MEANINGS.index("（二）")
    span = Span(start, MEANINGS.index("\n", start))
    section = [one for one in source.sections if one.span.covers(span)][-1]
    lines = whole(understand("清缴是什么"), [Said(source, section.number, span, span)])
    assert [statement(line) for line in lines] == ["（二）清缴，是指缴纳配额的行为。"]
