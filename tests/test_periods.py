from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language import periods


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年碳达峰任务有哪些", ("2021",)),
        ("21年碳达峰任务有哪些", ("2021",)),
        ("二〇二一年的任务", ("2021",)),
        ("二零二一年的任务", ("2021",)),
        ("2020年和2021年碳市场工作对比", ("2020", "2021")),
        ("2020-2021年的任务", ("2020", "2021")),
        ("2021年1月21日，2021年", ("2021",)),
        ("What are the tasks for 2021?", ("2021",)),
        ("近20年来", ()),
        ("长江10年禁渔", ()),
        ("建党100周年", ()),
        ("全长2000公里，共2020万元", ()),
        ("98.2021%", ()),
        ("“十四五”期间", ()),
    ],
)
def test_years_are_told_from_other_numbers(text: str, expected: tuple[str, ...]) -> None:
    assert periods.years(text) == expected


def test_plans_are_named_with_and_without_quotation_marks() -> None:
    assert periods.plans("“十三五”和十四五规划，“九五”以来") == ("十三五", "十四五", "九五")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年碳达峰任务有哪些", ("2021",)),
        ("2030年前碳达峰怎么做", ()),
        ("到2035年的目标", ()),
        ("《国家适应气候变化战略2035》是什么", ()),
        ("2035年远景目标", ()),
        ("2020年前三季度完成了多少", ("2020",)),
        ("从2015年到2020年做了什么", ("2015", "2020")),
        ("2021年怎样谋划“十四五”", ("2021",)),
        ("“十四五”的总体思路", ("十四五",)),
        ("碳达峰任务有哪些", ()),
    ],
)
def test_a_question_is_confined_to_the_times_it_asks_for_not_to_targets(
    text: str, expected: tuple[str, ...]
) -> None:
    assert periods.asked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("去年做了什么", "2025年做了什么"),
        ("今年和明年的任务", "2026年和2027年的任务"),
        ("前年的任务", "2024年的任务"),
        ("大前年", "2023年"),
        ("What was done last year?", "What was done 2025?"),
        ("以前年度、前年度的文明年会", "以前年度、前年度的文明年会"),
        ("2024年政府工作报告提出的今年目标是什么", "2024年政府工作报告提出的2024年目标是什么"),
        ("2024年报告说去年增长多少", "2024年报告说2023年增长多少"),
        ("2021年的补贴今年还有吗", "2021年的补贴2026年还有吗"),
        ("河南今年（2025年）打算换多少辆车", "河南2025年打算换多少辆车"),
    ],
)
def test_relative_years_become_years(text: str, expected: str) -> None:
    assert periods.absolute(text, date(2026, 11, 23)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020年,在党中央领导下", "2020"),
        (" 在2021年", "2021"),
        ("“十三五”时期", "十三五"),
        ("继续做好2021年工作", ""),
        ("20年来", ""),
        ("", ""),
    ],
)
def test_a_sentence_is_of_the_time_it_begins_with(text: str, expected: str) -> None:
    assert periods.leading(text) == expected


@pytest.mark.parametrize("text", ["2020年", "去年", "十四五", "“十四五”期间", "2020年和2021年", "在2020", "20年"])
def test_a_time_alone_is_known(text: str) -> None:
    assert periods.alone(text)


@pytest.mark.parametrize("text", ["2020年的任务", "和", "", "水污染", "2000公里"])
def test_what_names_more_or_less_than_a_time_is_no_time_alone(text: str) -> None:
    assert not periods.alone(text)


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("2021年碳达峰任务有哪些", "2020年", "2020年碳达峰任务有哪些"),
        ("碳达峰任务有哪些", "2020年", "2020年碳达峰任务有哪些"),
        ("去年碳达峰任务有哪些", "2020年", "2020年碳达峰任务有哪些"),
        ("2021年怎样谋划“十四五”", "2020年", "2020年怎样谋划“十四五”"),
        ("“十四五”时期的任务", "2020年", "2020年的任务"),
        ("2030年前碳达峰任务", "2020年", "2020年2030年前碳达峰任务"),
    ],
)
def test_a_question_is_put_into_another_time(text: str, written: str, expected: str) -> None:
    assert periods.replaced(text, written) == expected


def test_times_are_taken_out_but_not_the_number_in_a_name() -> None:
    assert periods.without("在2021年度“十四五”时期谋划战略2035") == "谋划战略2035"


@pytest.mark.parametrize(("period", "expected"), [("2021", "2021年"), ("十四五", "“十四五”时期")])
def test_a_period_is_written_as_people_write_it(period: str, expected: str) -> None:
    assert periods.written(period) == expected
    assert periods.asked(expected) == (period,)


@given(st.text(alphabet=st.one_of(st.sampled_from("2019年至到前十四五“”去今〇二一在 和"), st.characters())))
def test_any_text_can_be_read_for_times(text: str) -> None:
    found = periods.years(text) + periods.plans(text)
    assert all(len(period) == 4 or period.endswith("五") for period in found)
    assert set(periods.asked(text)) <= set(found)
    assert len(periods.without(text)) <= len(text)
    assert periods.replaced(text, "2020年").count("2020年") >= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年，装备齐全。", "2025"),
        ("力争到2030年底前，基本建成。", "2030"),
        ("2025年，装备齐全。", ""),
        ("自2019年到2025年，装备齐全。", ""),
        ("", ""),
    ],
)
def test_a_paragraph_may_begin_with_the_year_of_a_target(text: str, expected: str) -> None:
    assert periods.term(text) == expected
