from __future__ import annotations

import re

import pytest

from assistant.language import kinds

QUESTIONS = {
    "list": """2021年碳达峰任务有哪些 2021年要抓哪几项重点任务 去年做了什么 列出六个必须 六个必须是哪些 土壤污染防治怎么做
        身份证哪几位代表出生年月 企业要落实哪些要求 申请补贴需要什么条件 作出何种部署 第九十九条规定了什么 2021年碳达峰任务
        要抓啥""",
    "number": """黑臭水体消除比例是多少 查了多少家 一共几起事故 耕地安全利用率有多高 污染地块安全利用率
        环评要多久能批下来 有效期多长 医护人员的数量 抽查比例""",
    "date": "会议什么时候开的 本办法何时施行 本办法自何日起施行 哪一年实现碳中和 啥时候印发 会议日期",
    "person": "放宽比例要求由哪些部门负责 谁作工作报告 哪位领导讲话 会上领导是谁 由哪个部门负责 部长叫什么 副部长有哪几位",
    "place": "会议在哪里召开 在哪儿开的会 哪个城市是试点 会议地点",
    "yesno": "普查完成了没有 是否取消环评审批 洋垃圾还能不能进口 完成了吗",
    "definition": """什么是碳达峰 什么叫无废城市 碳达峰是什么意思 “六稳”指的是什么 如何理解减污降碳 何谓无废城市
        外呼系统的定义是什么""",
    "reason": "为什么要修订固废法 为啥限行 修订的原因",
    "open": "碳市场 黑臭水体治理 会议精神 迟报的人员如何处置 智能外呼系统的优势是什么 缴费政策是什么",
}
ENGLISH = {
    "What are the carbon peaking tasks for 2021?": "list",
    "How many cases were handled?": "number",
    "When was it held?": "date",
    "Who delivered the report?": "person",
    "Where was it held?": "place",
    "Was the survey completed?": "yesno",
    "What does zero-waste city mean?": "definition",
    "Why was the law revised?": "reason",
    "Carbon market": "open",
    "How long does approval take?": "number",
    "Which department is responsible?": "person",
}


@pytest.mark.parametrize(
    ("question", "expected"),
    [(question, name) for name, line in QUESTIONS.items() for question in line.split()] + list(ENGLISH.items()),
)
def test_the_words_of_a_question_tell_what_kind_of_answer_it_wants(question: str, expected: str) -> None:
    assert kinds.kind(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2020年取得了哪些成绩", "done"),
        ("臭水沟治理得怎么样了", "done"),
        ("What was achieved in 2020?", "done"),
        ("2021年重点任务有哪些", "planned"),
        ("下一步打算", "planned"),
        ("What will be done", ""),
        ("碳市场", ""),
        ("任务完成情况", ""),
        ("2022年预计全年退税减税多少", "planned"),
    ],
)
def test_results_and_tasks_are_told_apart_where_words_tell(question: str, expected: str) -> None:
    assert kinds.tense(question) == expected


def test_every_cue_is_a_pattern_that_wants_at_least_one_character() -> None:
    for cue in (cue for cues in (*kinds.KINDS.values(), kinds.DONE, kinds.PLANNED) for cue in cues):
        assert not re.search(cue, "")
