from __future__ import annotations

import pytest

from assistant.dialogue import topic


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("2021年碳达峰任务有哪些", "碳达峰"),
        ("2020年处置了多少起环境应急事故", "处置环境应急事故"),
        ("《大气污染防治法》什么时候施行", "《大气污染防治法》"),
        ("你知道碳市场吗", "碳市场"),
        ("2021年重点任务有哪些", "重点任务"),
        ("？", ""),
    ],
)
def test_the_topic_is_what_is_asked_about(query: str, expected: str) -> None:
    assert topic.of(query) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("水污染", "大气污染防治", "水污染防治"),
        ("碳市场", "大气污染防治", "碳市场"),
        ("居民医保", "职工医保住院报销比例", "居民医保住院报销比例"),
        ("门诊", "职工医保住院报销比例", "职工医保门诊报销比例"),
        ("个人", "小微企业税收优惠", "个人税收优惠"),
        ("创新券", "高新技术企业认定条件", "创新券认定条件"),
        ("有效期", "排污许可证办理流程", "有效期"),
    ],
)
def test_what_a_new_topic_leaves_unsaid_comes_from_the_old_one(new: str, old: str, expected: str) -> None:
    assert topic.completed(new, old) == expected


def test_what_is_asked_of_a_subject_is_parted_from_it() -> None:
    assert topic.owner("公租房申请条件有哪些") == "公租房"
    assert topic.is_attribute("办理流程")
    assert not topic.is_attribute("公租房")
    assert not topic.is_attribute("监测")


def test_a_question_is_asked_differently() -> None:
    assert topic.asked_differently("2021年任务有哪些", "有什么不同") == "2021年任务有什么不同"


def test_two_questions_are_alike_if_they_share_a_word() -> None:
    assert topic.alike("水污染防治任务", "大气污染防治任务有哪些")
    assert not topic.alike("生育津贴怎么算", "碳达峰任务有哪些")


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
