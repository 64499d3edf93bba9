from __future__ import annotations

import pytest

from assistant import topic


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("2021年碳达峰任务有哪些", "碳达峰"),
        ("2020年处置了多少起环境应急事故", "处置环境应急事故"),
        ("《大气污染防治法》什么时候施行", "《大气污染防治法》"),
        ("你知道碳市场吗", "碳市场"),
        ("2021年重点任务有哪些", "重点任务有"),
        ("？", ""),
    ],
)
def test_the_topic_is_what_is_asked_about(query: str, expected: str) -> None:
    assert topic.of(query) == expected


def test_what_a_new_topic_leaves_unsaid_comes_from_the_old_one() -> None:
    assert topic.completed("水污染", "大气污染防治") == "水污染防治"
    assert topic.completed("碳市场", "大气污染防治") == "碳市场"


def test_a_question_keeps_its_own_time() -> None:
    assert topic.of_time("碳市场建设", "2020年和2021年的任务") == "2020年和2021年碳市场建设"
    assert topic.of_time("2019年碳市场建设", "2020年的任务") == "2019年碳市场建设"
    assert topic.of_time("碳市场建设", "任务") == "碳市场建设"


@pytest.mark.parametrize(("text", "expected"), [("孙金龙是谁", "孙金龙"), ("碳市场", ""), ("", "")])
def test_a_person_is_known_without_a_title(text: str, expected: str) -> None:
    assert topic.person(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("碳达峰任务有哪些", True), ("谁讲话", True), ("碳达峰任务", False), ("为什么", False)]
)
def test_a_question_is_told_from_a_topic(text: str, expected: bool) -> None:
    assert topic.asks(text) is expected


def test_a_part_of_a_policy_word_is_no_person() -> None:
    assert topic.person("2021年碳达峰任务有哪些") == ""
