"""New words of a sentence: which tell something, and which are another way of saying the same; each by hand."""

from __future__ import annotations

import pytest

from assistant.llm.novelty import novelties, places

QUOTE = "定点医疗机构应当在三日内对参保人员提交的资料进行核实，并向社会公布结果。"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (QUOTE, ()),
        ("定点医疗机构应当快速核实参保人员递来的资料。", ()),  # verbs, and what stands beside them
        ("定点药店应当核实参保人员提交的资料。", ("药店",)),  # a thing
        ("定点医疗机构应当鉴定参保人员提交的资料。", ("鉴定",)),  # an act that is a matter by itself
        ("ICU应当公布结果。", ("ICU",)),
        ("", ()),
    ],
)
def test_things_and_acts_tell_something_new(sentence: str, expected: tuple[str, ...]) -> None:
    assert novelties(sentence, QUOTE) == expected


def test_an_office_is_not_what_it_is_the_office_of() -> None:
    assert "国务院办" in novelties("国务院办公布结果。", "国务院公布结果。")


def test_a_verb_and_whether_it_can_be_done_are_one() -> None:
    assert novelties("避不开的，应当公开。", "无法避让的，应当公开。") == ()


def test_what_stands_above_the_quote_is_not_new() -> None:
    assert novelties("药店应当公布结果。", QUOTE) == ("药店",)
    assert novelties("药店应当公布结果。", QUOTE, "药店管理办法") == ()


def test_the_first_characters_of_words_abbreviate_them() -> None:
    assert novelties("环评应当公开。", "环境影响评价应当公开。") == ()
    assert novelties("环保应当公开。", "环境影响评价应当公开。") != ()


def test_a_place_that_nothing_names_is_found() -> None:
    assert places("武汉市公布结果。", QUOTE) == ("武汉市",)
    assert places("武汉市公布结果。", QUOTE, "武汉市政府") == ()
