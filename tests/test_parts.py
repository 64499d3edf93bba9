from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.dialogue.parts import parts


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("节约用水条例什么时候施行，由谁负责", ["节约用水条例什么时候施行", "节约用水条例由谁负责"]),
        ("人才公寓一共多少套，租金多少", ["人才公寓一共多少套", "人才公寓租金多少"]),
        ("失业金怎么申领？每月多少钱？能领几个月？", ["失业金怎么申领", "失业金每月多少钱", "失业金能领几个月"]),
        ("高新技术企业怎么认定，小微企业有哪些优惠", ["高新技术企业怎么认定", "小微企业有哪些优惠"]),
        # one question
        ("符合条件的，怎么申请", []),
        ("2021年碳达峰任务有哪些", []),
        ("多少？", []),
        ("谁作工作报告，会议什么时候开的", ["谁作工作报告", "会议什么时候开的"]),
        ("怎么防范环境风险，有哪几条措施", []),
        ("我问的是谁讲话，不是谁作报告", []),
    ],
)
def test_several_questions_are_told_apart(query: str, expected: list[str]) -> None:
    assert [one.query for one in parts(query)] == expected


def test_each_is_answered_under_its_own_words(assistant: Assistant) -> None:
    answer = assistant.ask("黑臭水体消除比例是多少，谁作工作报告")
    assert answer.answered
    assert answer.text.splitlines()[::2] == ["【黑臭水体消除比例是多少】", "【谁作工作报告】"]
    assert "98.2%" in answer.text
    assert "黄润秋" in answer.text
    assert [citation.marker for citation in answer.citations] == [1, 2]
