"""A comparison becomes two questions, and their answers one, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant
from assistant.dialogue.comparison import sides, write
from assistant.types import Citation, Statement


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("2020年和2021年的碳达峰任务有什么不同", "2020年的碳达峰任务有哪些", "2021年的碳达峰任务有哪些"),
        ("比较2020年和2021年的碳达峰任务", "2020年的碳达峰任务有哪些", "2021年的碳达峰任务有哪些"),
        ("2021年碳达峰任务跟2020年比有什么不同", "2021年碳达峰任务有哪些", "2020年碳达峰任务有哪些"),
        (
            "2020年与2021年相比，水污染防治任务有什么变化",
            "2020年水污染防治任务有哪些",
            "2021年水污染防治任务有哪些",
        ),
        ("2020年和2021年碳达峰任务分别有哪些", "2020年碳达峰任务有哪些", "2021年碳达峰任务有哪些"),
        ("“十三五”和“十四五”的目标有什么变化", "“十三五”时期的目标有哪些", "“十四五”时期的目标有哪些"),
        ("比较湖北省和湖南省的节水目标", "湖北省的节水目标有哪些", "湖南省的节水目标有哪些"),
        ("湖北省和湖南省的最低工资标准哪个高", "湖北省的最低工资标准是多少", "湖南省的最低工资标准是多少"),
        ("北京的购房补贴和上海比有什么不同", "北京的购房补贴有哪些", "上海的购房补贴有哪些"),
        ("《水法》与《森林法》的处罚有什么不同", "《水法》的处罚有哪些", "《森林法》的处罚有哪些"),
        ("《水法》和《森林法》有什么区别", "《水法》的主要内容", "《森林法》的主要内容"),
        ("职工医保和居民医保住院报销比例的差别", "职工医保住院报销比例是多少", "居民医保住院报销比例是多少"),
        ("碳中和和碳达峰有什么区别", "碳中和", "碳达峰"),
    ],
)
def test_each_side_is_asked_on_its_own(query: str, first: str, second: str) -> None:
    assert tuple(side.query for side in sides(query)) == (first, second)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (
            "比较2023年、2024年和2025年的就业目标",
            ["2023年的就业目标有哪些", "2024年的就业目标有哪些", "2025年的就业目标有哪些"],
        ),
        (
            "湖北、湖南和江西的节水目标有什么不同",
            ["湖北的节水目标有哪些", "湖南的节水目标有哪些", "江西的节水目标有哪些"],
        ),
        (
            "《水法》、《森林法》和《草原法》的处罚有什么区别",
            ["《水法》的处罚有哪些", "《森林法》的处罚有哪些", "《草原法》的处罚有哪些"],
        ),
    ],
)
def test_more_than_two_are_each_asked_on_their_own(query: str, asked: list[str]) -> None:
    assert [side.query for side in sides(query)] == asked


@pytest.mark.parametrize(
    "query",
    [
        "水污染和大气污染由谁负责",
        "水和大气的牵头部门是哪个",
        "2021年碳达峰任务有哪些",
        "核与辐射安全任务有哪些",
        "PM2.5和O3协同控制有哪些措施",
        "2021年任务有什么变化",
        "从2020年到2021年有什么变化",
        "会议和以前有什么不同",
        "污染防治攻坚战和蓝天保卫战是什么关系",
        "和",
        "",
    ],
)
def test_what_compares_nothing_has_no_sides(query: str) -> None:
    assert sides(query) == ()


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("2020年和1与比较有什么不同的《》水法北京上海"), st.characters(codec=None)
        )
    )
)
@settings(deadline=None)
def test_any_text_has_two_sides_or_none(query: str) -> None:
    assert len(sides(query)) in (0, 2)


CITED = Citation(1, "d", "题", "", "", None, "", "", None, 0, 2, "排污", "d.txt")


def told(word: str, *, answered: bool = True) -> Iterator[Answer]:
    yield Answer("问", "问", "", answered, "list", 0.9)
    yield Answer.piece(f"{word}[1]", (Statement(word, 1),), (replace(CITED, quote=word),))


def test_the_markers_go_on_from_side_to_side() -> None:
    answer = reduce(add, write("问", "甲和乙", [("甲", told("排污")), ("乙", told("国发[1]"))]))
    assert answer.text == "【甲】\n排污[1]\n【乙】\n国发[1][2]"
    assert [one.marker for one in answer.citations] == [one.marker for one in answer.statements] == [1, 2]
    assert (answer.question, answer.query, answer.answered) == ("问", "甲和乙", True)


def test_a_side_without_an_answer_says_so() -> None:
    answer = reduce(add, write("问", "甲和乙", [("甲", told("无", answered=False)), ("乙", told("排污"))]))
    assert answer.text == "【甲】\n已收录的文件中没有能回答这一方面的内容。\n【乙】\n排污[1]"
    assert len(answer.citations) == 1


def test_without_any_answer_there_is_nothing_to_compare() -> None:
    assert list(write("问", "甲和乙", [("甲", told("无", answered=False))])) == []
    assert list(write("问", "问", [])) == []


def test_two_years_stand_side_by_side(assistant: Assistant) -> None:
    question = "2020年和2021年的碳达峰任务有什么不同"
    answer = reduce(add, assistant.stream(question))
    before, after = answer.text.split("【2021年】")
    assert before.startswith("【2020年】\n")
    assert "启动编制" in before
    assert "项目库" not in before
    assert "项目库" in after
    assert "启动编制" not in after
    for one in answer.citations:
        assert assistant.library.document(one.document_id).text[one.start : one.end] == one.quote
    assert replace(assistant.ask(question), seconds=0.0) == replace(answer, seconds=0.0)


def test_two_years_of_which_nothing_is_known_are_refused(assistant: Assistant) -> None:
    answer = assistant.ask("2022年和2023年的碳达峰任务有什么不同")
    assert (answer.answered, answer.refusal) == (False, "period")
