"""Whole sections: what a report plans for its year is told by its items, and what it looks back on is not."""

from __future__ import annotations

import pytest

from assistant.answering.compose import compose
from assistant.answering.confidence import confidence
from assistant.answering.evidence import candidates
from assistant.answering.lines import statement
from assistant.answering.sections import _is_programme
from assistant.language.question import understand
from index.split import chunks
from index.types import Hit
from tests.test_evidence import even, source

MORE = "各部门各负其责，把各项措施落到实处。" * 5
REPORT = (
    f"一、2023年工作回顾\n过去一年，我们主要做了以下工作。\n一是治理河道。{MORE}\n二是节约用水。{MORE}\n"
    f"三是修建水厂。{MORE}\n二、{{heading}}\n（一）着力改善水质。{MORE}\n（二）推进管网改造。{MORE}\n"
    f"（三）强化用水管理。{MORE}\n三、加强自身建设\n重点任务是转变作风。\n"
)
PLANNED = ["（一）着力改善水质。", "（二）推进管网改造。", "（三）强化用水管理。"]


def answered(question: str, text: str) -> tuple[list[str], float]:
    of = source(text, title="2024年甲市政府工作报告", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", of.document.text, of.sections)]
    asked = understand(question)
    found = candidates(asked, hits, lambda _: of, even)
    return [statement(line) for line in compose(asked, found, even)], confidence(asked, found, even)


def programmes(question: str, text: str) -> tuple[list[str], str]:
    of = source(text, title="2024年甲市政府工作报告", day=None)
    asked = understand(question)
    return [one.head.of(of.document.text) for one in of.sections if _is_programme(asked, of, one)], text


@pytest.mark.parametrize(
    "heading", ["2024年重点工作", "2024年政府工作任务", "对今年政府工作的建议", "2024年工作安排"]
)
@pytest.mark.parametrize("question", ["2024年重点任务有哪些", "甲市2024年的工作重点", "2024年政府要做哪些工作"])
def test_the_tasks_of_a_year_are_the_items_of_its_programme(heading: str, question: str) -> None:
    said, _ = answered(question, REPORT.format(heading=heading))
    assert said == [f"二、{heading}", *PLANNED]


def test_a_programme_may_hold_its_items_in_a_list() -> None:
    heading = "2024年重点任务\n重点抓好以下三项工作："
    said, _ = answered("2024年有哪些重点任务", REPORT.format(heading=heading))
    assert said == ["重点抓好以下三项工作：", *PLANNED]


@pytest.mark.parametrize("question", ["2024年的主要目标有哪些", "2024年政府工作的思路是什么"])
def test_a_programme_answers_for_tasks_alone(question: str) -> None:
    text = REPORT.format(heading="2024年重点工作").replace("三、加强自身建设", "三、2024年主要目标和思路")
    assert not set(PLANNED) <= set(answered(question, text)[0])


def test_the_whole_programme_is_told_and_not_one_item_of_it() -> None:
    items = f"1.推进价格改革。{MORE}\n2.推进医药改革。{MORE}\n3.推进教育改革。{MORE}\n"
    text = REPORT.format(heading="2024年工作安排").replace(
        "（一）着力改善水质。", f"（一）聚焦重点领域改革。\n{items}"
    )
    said, _ = answered("2024年重点任务有哪些", text)
    assert said[1:] == ["（一）聚焦重点领域改革。", *PLANNED[1:]]


@pytest.mark.parametrize(
    "heading", ["2023年重点任务执行情况", "2023年重点工作", "过去一年的重点工作", "明年重点工作安排"]
)
def test_what_is_told_of_another_year_is_no_task_of_the_year(heading: str) -> None:
    asked = "2024年重点任务有哪些" if heading.startswith("明年") else "2023年重点任务有哪些"
    found, source_ = programmes(asked, REPORT.format(heading=heading))
    assert found == [], source_


def test_what_was_done_is_no_task() -> None:
    said, _ = answered("2023年做了哪些工作", REPORT.format(heading="2024年重点工作"))
    assert said[1:] == ["一是治理河道。", "二是节约用水。", "三是修建水厂。"]
    assert answered("2023年有哪些重点任务", REPORT.format(heading="2024年重点工作"))[1] == 0.0


def test_one_sentence_of_another_report_does_not_tell_all_the_tasks_of_a_year() -> None:
    text = "去年完成了水厂建设。\n做好2025年运动会筹备工作，落实各项任务。\n"
    assert answered("2025年的工作任务有哪些", text)[1] == 0.0
    assert answered("2024年的主要任务有哪些", "2024年的主要任务是：稳增长、促改革、调结构。\n")[1] > 0.9
    assert answered("2024年的重点任务有哪些", REPORT.format(heading="2024年重点工作"))[1] > 0.0


MARKET = (
    "一、市场\n深化改革。坚持问题导向。抓好重点任务落实。\n加快统一大市场建设。制定建设标准指引。推动产权保护。开展地方保护整治。\n"
    "二、财税\n推进税收改革。加大预算公开。\n"
)


def test_the_paragraph_that_is_headed_by_what_is_asked_for_is_told_whole() -> None:
    said, _ = answered("2024年在统一大市场建设方面有哪些任务", MARKET)
    assert said == ["加快统一大市场建设。", "制定建设标准指引。", "推动产权保护。", "开展地方保护整治。"]


def test_a_paragraph_of_two_sentences_is_not_headed() -> None:
    said, _ = answered("2024年税收改革有哪些任务", MARKET)
    assert said == ["推进税收改革。"]
