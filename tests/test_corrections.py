"""What was meant takes the place of what was understood; what corrects nothing is left alone."""

from __future__ import annotations

import pytest

from assistant.dialogue.corrections import corrected

TASKS = "2021年水污染防治任务有哪些"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("我问的是2020年", "2020年水污染防治任务有哪些"),
        ("我问的是2020年的任务", "2020年水污染防治任务有哪些"),
        ("不是2021年，是2020年", "2020年水污染防治任务有哪些"),
        ("不是水，是大气", "2021年大气污染防治任务有哪些"),
        ("我说的是大气，不是水", "2021年大气污染防治任务有哪些"),
        ("不对，我要查的是土壤污染", "2021年土壤污染防治任务有哪些"),
        ("你理解错了，应该是“十三五”", "“十三五”时期水污染防治任务有哪些"),
    ],
)
def test_what_was_meant_is_asked(question: str, expected: str) -> None:
    assert corrected(question, TASKS) == expected


def test_what_stands_in_front_already_is_not_said_twice() -> None:
    assert corrected("不是耕地，是污染地块", "受污染耕地安全利用率是多少") == "受污染地块安全利用率是多少"


@pytest.mark.parametrize(
    "question", ["水污染防治任务有哪些", "不是本地户口能申请吗", "是否需要环评", "是什么", "不是吧", ""]
)
def test_what_corrects_nothing_is_left_alone(question: str) -> None:
    assert corrected(question, TASKS) == ""
