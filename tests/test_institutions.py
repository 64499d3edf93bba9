"""An institution's name is found at a question's beginning, and put back where later questions leave it unsaid."""

from __future__ import annotations

import pytest

from assistant.dialogue.institutions import added, in_full, named, owner
from assistant.dialogue.rewrite import standalone
from assistant.types import Turn


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("云溪市水务局负责什么", "云溪市水务局"),
        ("2021年云溪市水务局负责什么", "云溪市水务局"),
        ("云溪大学文学院前身是什么", "云溪大学文学院"),
        ("社会与人口学院成立于哪一年", "社会与人口学院"),
        ("社区卫生服务中心的收费标准是多少", "社区卫生服务中心"),
        ("应届大学生创业补贴有哪些", ""),
        ("布局建设哪些中心", ""),
        ("以经济建设为中心是什么时候提出的", ""),
        ("加强数据中心建设的措施有哪些", ""),
        ("公租房申请条件有哪些", ""),
    ],
)
def test_a_name_is_found_with_those_before_it(query: str, expected: str) -> None:
    assert named(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("云溪市水务局负责什么", "云溪市水务局"),
        ("云溪大学文学院前身是什么", "云溪大学文学院"),
        ("哲学院有哪些本科专业", ""),
        ("云溪市水务局的节水目标是什么", ""),
    ],
)
def test_a_question_about_the_institution_itself_is_told_from_one_about_something_of_it(
    query: str, expected: str
) -> None:
    assert owner(query) == expected


@pytest.mark.parametrize(
    ("question", "queries", "expected"),
    [
        ("学院有多少位教师", ["哲学院有哪些专业"], "哲学院有多少位教师"),
        # The turn between names no college.
        ("学院毕业生有什么优势", ["哲学院有哪些专业", "数据科学学位怎么取得"], "哲学院毕业生有什么优势"),
        ("该局由谁领导", ["云溪市水务局负责什么"], "云溪市水务局由谁领导"),
        # The time of the turn before is not asked for again.
        ("学院与谁合作", ["2022年哲学院有哪些成就"], "哲学院与谁合作"),
        ("学院有多少位教师", ["公租房申请条件有哪些"], ""),
        ("谁可以申请", ["哲学院有哪些专业"], ""),
    ],
)
def test_a_short_name_is_told_in_full(question: str, queries: list[str], expected: str) -> None:
    assert in_full(question, queries) == expected


@pytest.mark.parametrize(
    ("question", "queries", "expected"),
    [
        ("毕业生主要做什么", ["哲学院有哪些专业"], "哲学院毕业生主要做什么"),
        ("学生的就业去向是哪些", ["哲学院有哪些专业", "逻辑学怎么学"], "哲学院学生的就业去向是哪些"),
        ("保研率是多少", ["哲学院有哪些专业"], "哲学院保研率是多少"),
        ("有哪些内设机构", ["云溪市水务局负责什么"], "云溪市水务局有哪些内设机构"),
        # What has no subject asks about the last turn alone.
        ("有哪些条件", ["云溪市水务局负责什么", "公租房怎么申请"], ""),
        # Not the college's own graduates, nor pupils of an office.
        ("毕业生就业补贴怎么申请", ["哲学院有哪些专业"], ""),
        ("学生的医保怎么交", ["云溪市水务局负责什么"], ""),
        ("2021年有哪些任务", ["云溪市水务局负责什么"], ""),
    ],
)
def test_a_name_that_is_left_unsaid_is_added(question: str, queries: list[str], expected: str) -> None:
    assert added(question, queries) == expected


def test_a_conversation_about_an_institution_keeps_it_to_its_end() -> None:
    asked = [
        "云溪大学文学院前身是什么",
        "它成立于哪一年",
        "汉语言专业侧重什么",
        "学院始于哪一年办会",
        "本科生的就业情况如何",
    ]
    history = [Turn(question, "略。") for question in asked]
    assert standalone("学生的主要就业领域是哪些", history) == "云溪大学文学院学生的主要就业领域是哪些"
    assert standalone("低保怎么申请", history) == "低保怎么申请"
