import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load import load
from index.structure import heading_path, sections

CORPUS = Path(__file__).parent / "corpus"
SEED = Path(__file__).parents[1] / "documents" / "2021年全国生态环境保护工作会议.txt"


RUN_ON = ["第一章 总 则", "·第一条", "·第二条", "第二章 罚则", "·第三条"]


def outline(text: str) -> list[str]:
    """One line a section: its depth in dots, kind, period, head, and the last six characters it covers."""
    found = sections(text)
    depth = {0: 0}
    lines = []
    for section in found[1:]:
        assert section.parent is not None
        depth[section.number] = depth[section.parent] + 1
        dots = "·" * (depth[section.number] - 1)
        head = " ".join(section.head.of(text).split())
        lines.append(f"{dots}{section.kind} {section.period} {head} … {section.span.of(text).rstrip()[-6:]}")
    return lines


def test_a_law_has_parts_chapters_divisions_and_articles_but_no_table_of_contents() -> None:
    assert outline(load(CORPUS / "节水条例.txt").text) == [
        "part  第一编 总 则 … 办理的除外。",
        "·article  第一条 … 制定本条例。",
        "·article  第二条 … 办理的除外。",
        "part  第二编 用水管理 … 1日起施行。",
        "·chapter  第一章 计划用水 … 使用再生水。",
        "··division  第一节 一般规定 … 务部门通报。",
        "···article  第三条 … 务部门通报。",
        "····list  用水单位应当履行下列义务： … 立用水台账。",
        "·····item  （一）安装计量设施； … 装计量设施；",
        "·····item  （二）定期开展水平衡测试； … 水平衡测试；",
        "·····item  （三）建立用水台账。 … 立用水台账。",
        "··division  第二节 工业用水 … 使用再生水。",
        "···article  第四条 … 重复利用率。",
        "···article  第四条之一 … 使用再生水。",
        "·chapter  第二章 法律责任 … 1日起施行。",
        "··article  第五条 … 元以下罚款。",
        "··article  第六条 … 1日起施行。",
    ]


def test_a_notice_has_five_levels_of_enumerators_and_a_closing_of_its_own() -> None:
    assert outline(load(CORPUS / "防汛通知.md").text) == [
        "item  一、落实责任 … 4小时值班。",
        "·item  （一）压实属地责任。 … ）巡查河道。",
        "··list  各区要明确责任人，重点做好以下工作： … ）巡查河道。",
        "···item  1. 公布责任人名单； … 责任人名单；",
        "···item  2. 开展巡查： … ）巡查河道。",
        "····item  （1）巡查水库； … ）巡查水库；",
        "····item  （2）巡查河道。 … ）巡查河道。",
        "·item  （二）加强值守。 … 4小时值班。",
        "item  二、储备物资 … ③照明设备。",
        "·list  各区要在5月底前完成储备，包括： … ③照明设备。",
        "··item  ①编织袋； … ①编织袋；",
        "··item  ②救生衣； … ②救生衣；",
        "··item  ③照明设备。 … ③照明设备。",
    ]


def test_a_notice_on_one_line_has_its_enumerators_but_not_its_cross_references_and_numbers() -> None:
    assert outline(load(CORPUS / "一行通知.txt").text) == [
        "item  一、加强要素保障 … 3.2万张。",
        "·item  1.保障用电用水。 … 低1.5%。",
        "·item  2.保障原料运输，发放通行证3.2万张。 … 3.2万张。",
        "item  二、加大金融支持 … 二）项办理。",
        "·item  （一）提供贷款贴息。 … 超过50%。",
        "·item  （二）延长还款期限。 … 二）项办理。",
        "item  三、优化服务 … ，一次办结。",
    ]


def test_the_lists_of_minutes_belong_to_the_sentences_and_years_that_announce_them() -> None:
    assert outline(load(CORPUS / "工作会议.txt").text) == [
        "list 2022 2022年,全市水务系统稳步推进各项工作。 … 成年度任务。",
        "·item 2022 一是完成管网改造。 … 120公里。",
        "·item 2022 二是治理黑臭水体。 … 成年度任务。",
        "list  成功经验主要体现为“两个坚持”: … ,严格执法。",
        "·item  坚持系统治理,统筹上下游。 … 统筹上下游。",
        "·item  坚持依法治水,严格执法。 … ,严格执法。",
        "list 2023 2023年是全面推进节水的一年,任务艰巨。要抓好以下重点任务。 … 产能5万吨。",
        "·item 2023 一是编制节水规划。 … 年前的目标。",
        "·item 2023 二是建设再生水厂。 … 产能5万吨。",
    ]


def test_the_seed_document_has_both_years_lists_the_experience_and_the_principles() -> None:
    text = load(SEED).text
    found = sections(text)
    top = [(section.kind, section.period) for section in found if section.parent == 0]
    assert top == [
        ("heading", ""),
        ("heading", ""),
        ("heading", ""),
        ("list", "2020"),
        ("list", "十三五"),
        ("list", "十四五"),
        ("list", "2021"),
    ]
    lists = [section.number for section in found if section.kind == "list"]
    labels = [[section.label for section in found if section.parent == number] for number in lists]
    spoken = ["一是", "二是", "三是", "四是", "五是", "六是", "七是", "八是"]
    assert labels == [spoken[:6], [""] * 6, [""] * 5, spoken]
    second = next(s for s in found if s.parent == lists[3] and s.label == "二是")
    assert (
        heading_path(text, found, second.number)
        == "2021年…要抓好以下重点任务 › 二是编制实施2030年前碳排放达峰行动方案"
    )
    assert second.span.of(text).startswith("二是编制实施2030年前碳排放达峰行动方案。 加快建立")
    assert second.span.of(text).rstrip().endswith("扎实推进气候变化南南合作。")
    last_of_2020 = [s for s in found if s.parent == lists[0]][-1]
    assert last_of_2020.span.of(text).rstrip().endswith("努力建设高素质专业化干部队伍。")
    assert heading_path(text, found, 1) == "把握新发展阶段"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依照本法第二十条的规定办理。\n第三条规定的情形除外。\n", []),
        ("第一条 甲。\n第二条规定的除外。\n第二条 乙。\n第三条规定的除外。", ["第一条", "第二条"]),
        ("第一條甲。\n第二條乙。", ["第一條", "第二條"]),
        ("办法 第一章 总 则 第一条 甲。 第二条 乙。 第二章 罚则 第三条 丙。", RUN_ON),
        ("下降1.5%，上升2.3个百分点。\n3.2亿元。\n2021.年底\n", []),
        ("大型连锁企业和一、二级批发市场。一、二季度增长。三、四季度回落。", []),
        ("三、只有第三项\n五、又有第五项\n", []),
        ("一、仅有一项，不成其为列举。", []),
        (
            "一、甲\n正文。\n二、乙\n正文。\n一、丙\n正文。\n二、丁\n正文。",
            ["一、甲", "二、乙", "一、丙", "二、丁"],
        ),
        ("（一）甲\n1.乙\n2.丙\n（二）丁\n3.戊\n", ["（一）甲", "·1.乙", "·2.丙", "（二）丁", "·3.戊"]),
        (
            "（一）甲\n正文：\n一、乙；\n二、丙。\n（二）丁",
            ["（一）甲", "·正文：", "··一、乙；", "··二、丙。", "（二）丁"],
        ),
        ("第1条 甲。\n第2条 乙。\n第10条 丙。", ["第1条", "第2条", "第10条"]),
        ("# 标题\n\n## 背景\n\n文字。\n\n### 目标\n\n文字。\n\n## 附则\n\n文字。", ["背景", "·目标", "附则"]),
        (
            "（一）扩大销售。包括两项措施，一是办展会；二是减费用。\n（二）优化服务。\n某局 2020年2月1日",
            ["（一）扩大销售。", "·包括两项措施，", "··一是办展会；", "··二是减费用。", "（二）优化服务。"],
        ),
        ("正文。\n附件1\n一、甲\n二、乙\n附件2\n", ["附件1", "·一、甲", "·二、乙", "附件2"]),
    ],
)
def test_only_enumerators_that_are_a_sequence_make_sections(text: str, expected: list[str]) -> None:
    found = sections(text)
    depth = {0: -1}
    heads = []
    for section in found[1:]:
        assert section.parent is not None
        depth[section.number] = depth[section.parent] + 1
        heads.append("·" * depth[section.number] + section.head.of(text))
    assert heads == expected


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("一、2024年工作回顾", "2024"),
        ("一、“十四五”时期主要目标", "十四五"),
        ("一、关于2024年预算执行情况", "2024"),
        ("一、编制2030年前碳达峰方案", ""),
        ("一、到2035年的远景目标", ""),
        ("一、2023年工作回顾和2024年工作安排", ""),
    ],
)
def test_a_period_is_read_from_a_heading_and_inherited_but_a_target_is_none(heading: str, period: str) -> None:
    found = sections(f"{heading}\n正文：\n（一）甲；\n（二）乙。\n二、其他\n正文。")
    assert [section.period for section in found] == ["", period, period, period, period, ""]


def test_an_item_whose_first_sentence_is_long_is_headed_by_its_first_clause() -> None:
    # the clause has 2 + 30 characters, the sentence 2 + 30 + 1 + 40 + 1, more than 60
    text = f"一、{'甲' * 30}，{'乙' * 40}。后文。\n二、丙。"
    assert sections(text)[1].head.of(text) == "一、" + "甲" * 30


def test_the_last_item_ends_where_the_others_let_expect() -> None:
    lines = "主要做了以下工作。\n一是甲。后文。\n二是乙。后文。\n今后还要努力。"
    assert [s.span.of(lines).strip() for s in sections(lines)[2:]] == ["一是甲。后文。", "二是乙。后文。"]
    spoken = "主要做了以下工作。一是甲。二是乙。今后还要努力。"
    assert [s.span.of(spoken) for s in sections(spoken)[2:]] == ["一是甲。", "二是乙。"]
    signed = "一、甲。\n二、乙。\n某市某局 2020年2月1日"
    assert [s.span.of(signed).strip() for s in sections(signed)[1:]] == ["一、甲。", "二、乙。"]
    on_one_line = "一、甲事项。后文。 二、乙事项。后文。 某市某局 2020年2月1日"
    assert [s.span.of(on_one_line).strip() for s in sections(on_one_line)[1:]] == [
        "一、甲事项。后文。",
        "二、乙事项。后文。",
    ]


def test_a_heading_path_shortens_each_head_to_40_characters() -> None:
    text = f"第一章　总　　则\n一、{'甲' * 50}。\n二、乙。"
    found = sections(text)
    # 39 characters and the ellipsis: "一、" and 37 of the 50
    assert heading_path(text, found, 2) == f"第一章 总则 › 一、{'甲' * 37}…"
    assert heading_path(text, found, 0) == ""


POLICY = st.text(
    st.one_of(
        st.sampled_from(
            [
                "\n",
                " ",
                "。",
                "：",
                "“",
                "一",
                "二",
                "三",
                "、",
                "是",
                "（",
                "）",
                "第",
                "条",
                "章",
                "#",
                "1",
                "2",
                ".",
                "甲",
                "—",
            ]
        ),
        st.characters(),
    ),
    max_size=200,
)
PARTS = st.sampled_from(
    [
        "一、",
        "二、",
        "（一）",
        "（二）",
        "1.",
        "2.",
        "①",
        "②",
        "一是",
        "二是",
        "第一条\u3000",
        "第二条\u3000",
        "第一章\u3000甲\n",
        "2021年",
        "以下：",
        "。",
        "甲乙丙丁",
        "必须甲。",
        "必须乙。",
        "甲乙丙——\n",
        "会议强调\u3000",
        "附件\n",
        "附录 A\n",
        "A.1 ",
        "1 范围\n",
        "1.1 ",
        "1.2\n",
        "2 甲乙\n",
        "2.1 ",
        "问：",
        "答：",
        "\n",
        "\u3000",
        "#\t",
    ]
)


@given(st.one_of(POLICY, st.lists(PARTS, max_size=40).map("".join)))
def test_sections_nest_in_the_order_of_any_text(text: str) -> None:
    found = sections(text)
    assert (found[0].kind, found[0].span.start, found[0].span.end) == ("document", 0, len(text))
    for before, section in pairwise(found):
        assert section.number == before.number + 1
        assert section.span.start >= before.span.start
        assert section.parent is not None
        parent = found[section.parent]
        assert parent.number < section.number
        assert parent.span.covers(section.span)
        assert section.span.covers(section.head)
        assert len(section.span)
        siblings = [other for other in found[1 : section.number] if other.parent == section.parent]
        assert not any(other.span.overlaps(section.span) for other in siblings)
        assert heading_path(text, found, section.number) is not None


@pytest.mark.parametrize(
    "unit",
    [
        *("一、甲。二、乙。", "1.甲\n2.乙\n", "第一条 甲\n", "# 甲\n", "甲乙丙： ", "一是甲。二是乙。"),
        *("问：甲？答：乙。\n", "问：甲？", "1 范围\n1.1 甲\n", "1.1 甲\n1.2\n", "一、甲\n问：乙\n答：丙\n"),
    ],
)
def test_ten_thousand_enumerators_take_linear_time(unit: str) -> None:
    text = unit * 10_000
    began = time.process_time()
    assert sections(text)[0].span.end == len(text)
    assert time.process_time() - began < 40  # under a second; a quadratic one would take minutes


STANDARD = """云州市地方标准
目 次
1 范围 1
2 规范性引用文件 1
3 术语和定义 2
4 排放控制要求 3
1 范围
本标准规定了排放限值。
2 规范性引用文件
GB 1 标准编写规则
3 术语和定义
3.1
污水 wastewater
指排放的水。
3.2 排水量
指排放的总量，见 4.1 条。
4 排放控制要求
4.1 新建企业自 2020 年起执行表 1 规定的限值。
表 1 排放限值
1 化学需氧量 60
2 氨氮 8
5 总磷 1
4.2 现有企业按照
4.1 的规定执行，限值为
4.3 倍。
4.2.1 现有企业应当监测。
5 监测
5.1 采样
采样按照规定。
附录 A
A.1 适用范围
适用于企业。
A.2 计算方法
按下式计算。
"""


def test_a_standard_has_numbered_headings_but_no_contents_no_rows_and_no_references() -> None:
    assert outline(STANDARD) == [
        "heading  1 范围 … 了排放限值。",
        "heading  2 规范性引用文件 … 标准编写规则",
        "heading  3 术语和定义 … 4.1 条。",
        "·heading  3.1 污水 wastewater … 指排放的水。",
        "·heading  3.2 排水量 … 4.1 条。",
        "heading  4 排放控制要求 … 业应当监测。",
        "·item  4.1 新建企业自 2020 年起执行表 1 规定的限值。 … 5 总磷 1",
        "·heading  4.2 现有企业按照 … 业应当监测。",
        "··item  4.2.1 现有企业应当监测。 … 业应当监测。",
        "heading  5 监测 … 样按照规定。",
        "·heading  5.1 采样 … 样按照规定。",
        "heading  附录 A … 按下式计算。",
        "·heading  A.1 适用范围 … 适用于企业。",
        "·heading  A.2 计算方法 … 按下式计算。",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1 化学需氧量\n2 氨氮\n3 总磷\n",
        "2.1 甲\n2.2 乙\n",
        "1 甲\n1.5 万吨\n1.6 亿元\n",
        "1 甲\n1.1%的企业\n",
        "1.5 倍\n2.3 个百分点\n",
    ],
)
def test_numbers_at_the_starts_of_lines_are_no_headings(text: str) -> None:
    assert sections(text)[1:] == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "常见问题\n问：如何申请？\n答：网上申请。\n需要材料：\n1.身份证；\n2.户口簿。\n问：何时办结？\n答：十日内。",
            [
                "heading  问：如何申请？ … 2.户口簿。",
                "·list  需要材料： … 2.户口簿。",
                "··item  1.身份证； … 1.身份证；",
                "··item  2.户口簿。 … 2.户口簿。",
                "heading  问：何时办结？ … 答：十日内。",
            ],
        ),
        (
            "Q1：如何申请？\nA1：网上申请。\nQ2：何时办结？\nA：十日内。",
            ["heading  Q1：如何申请？ … ：网上申请。", "heading  Q2：何时办结？ … A：十日内。"],
        ),
        (
            "解答 问：能进吗？ 答：能。 问：要什么证明？要几份？ 答：身份证，一份。",
            ["heading  问：能进吗？ … ？ 答：能。", "heading  问：要什么证明？要几份？ … 份证，一份。"],
        ),
        ("【问】如何申请？\n【答】网上申请。", ["heading  【问】如何申请？ … 】网上申请。"]),
        ("有人问：“能进吗？”\n没有回答。", []),
        ("问：能进吗？\n下一段。", []),
        (
            "一、总体要求\n问：为什么？\n答：为了节水。\n二、具体要求\n问：怎么办？\n答：装水表。",
            [
                "item  一、总体要求 … ：为了节水。",
                "·heading  问：为什么？ … ：为了节水。",
                "item  二、具体要求 … 答：装水表。",
                "·heading  问：怎么办？ … 答：装水表。",
            ],
        ),
    ],
)
def test_a_question_heads_its_answer(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


def test_tables_named_in_running_text_are_no_items() -> None:
    assert sections("执行表 1、表 2 的限值。\n执行表 2、表 3 的限值。")[1:] == ()


def test_a_term_with_a_long_english_name_heads_its_definition() -> None:
    text = (
        "1 适用范围\n本标准适用于玻璃。\n2 术语\n2.1\n冷修 cold repair\n指停火修理。\n2.2\n"
        "大气污染物排放浓度 emission concentration of air pollutants from furnaces\n指质量浓度的平均值。\n"
        "3 要求\n3.1 一般要求\n应达标。\n"
    )
    headings = [section.head.of(text) for section in sections(text) if section.kind == "heading"]
    assert headings[2:4] == [
        "2.1\n冷修 cold repair",
        "2.2\n大气污染物排放浓度 emission concentration of air pollutants from furnaces",
    ]
