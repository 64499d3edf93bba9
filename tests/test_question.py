from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language.question import LONGEST, clean, understand, unframed
from index.errors import InvalidQuestion


def words(text: str) -> list[str]:
    """The telling words of a question, then ~ and the weak ones."""
    terms = understand(text).terms
    return [term.text for term in terms if not term.weak] + ["~"] + [term.text for term in terms if term.weak]


def test_a_question_is_taken_apart() -> None:
    asked = understand("2021年碳达峰任务有哪些")
    assert (asked.kind, asked.periods, asked.tense) == ("list", ("2021",), "planned")
    assert [term.text for term in asked.subject] == ["碳达峰"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年碳达峰任務有哪些", "2021年碳达峰任务有哪些"),
        ("When was the carbon market conference held in 2021?", "2021年碳市场会议召开是什么时候"),
        ("Has the carbon market been established?", "碳市场建立了吗"),
        ("Why carbon trading?", "碳排放权交易是为什么"),
    ],
)
def test_an_english_question_is_asked_in_chinese_too(text: str, expected: str) -> None:
    assert understand(text).chinese == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑臭水体消除比例是多少", ["黑臭水体", "消除", "比例", "~", "是"]),
        ("2021年重点任务有哪些", ["~", "重点任务"]),
        ("PM2.5治理", ["pm2.5", "治理", "~"]),
        ("“无废城市”试点", ["无废城市", "试点", "~"]),
    ],
)
def test_the_subject_is_told_from_what_stands_in_every_question(text: str, expected: list[str]) -> None:
    found = words(text)
    weak = found.index("~")
    assert found[:weak] == expected[: expected.index("~")]
    assert set(found[weak:]) >= set(expected[expected.index("~") :]) - {"是", "有"}


def test_traditional_and_simplified_questions_are_understood_alike() -> None:
    assert understand("2021年碳達峰任務有哪些") == understand("2021年碳达峰任务有哪些")


def test_full_width_characters_are_understood_as_their_usual_ones() -> None:
    asked = understand("２０２１年ＣＯＰ１５筹备")
    assert asked.periods == ("2021",)
    assert asked.subject[0].text == "cop15"


def test_places_names_and_articles_are_found() -> None:
    asked = understand("《大气污染防治法》第二十条对北京市和武汉怎么规定")
    assert asked.names == ("大气污染防治法",)
    assert asked.articles == ("第二十条",)
    assert asked.places == ("北京", "武汉")


def test_a_place_begins_where_a_word_does() -> None:
    assert understand("十三五给环保定的硬指标有几项").places == ()
    assert understand("保定市2021年环保指标有几项").places == ("保定",)


def test_a_rate_is_another_thing_than_what_it_is_of() -> None:
    assert [term.text for term in understand("2024年财政赤字率").subject] == ["财政赤字率"]


def test_an_english_question_has_chinese_terms_and_keeps_its_words() -> None:
    asked = understand("What are the carbon peaking tasks for 2021?")
    assert asked.text == "What are the carbon peaking tasks for 2021?"
    assert [term.text for term in asked.subject] == ["碳达峰"]
    assert asked.periods == ("2021",)


@pytest.mark.parametrize("text", ["", " \n\t", "？？！", "\0\0", "\ud800", "…——“”", "\u200b", "😀"])
def test_what_has_nothing_to_ask_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="the question is empty") as caught:
        clean(text)
    assert "问题是空的" in caught.value.chinese


def test_control_characters_and_lone_surrogates_become_spaces() -> None:
    assert clean("\0碳\ud800达\n峰\u2028 ") == "碳 达 峰"


def test_no_more_than_the_longest_question_is_read() -> None:
    assert len(clean("碳" * 100_000)) == LONGEST


def test_question_words_are_taken_out() -> None:
    assert unframed("处置了多少起事故") == "处置了事故"


@pytest.mark.parametrize(
    "unit", ["ﷺ", "年", "的", "“", "任务", "2021年", "a ", "《", "第一条", "A", "、", "𠀀", "e\u0301"]
)
def test_a_long_question_is_understood_at_once(unit: str) -> None:
    understand("碳达峰")  # what is read once
    started = time.process_time()
    try:
        understand(unit * 100_000)
    except InvalidQuestion:
        assert not any(map(str.isalnum, unit))
    assert time.process_time() - started < 5  # a tenth of a second; what is quadratic would take minutes


TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("2021年碳达峰任务有哪些？“”《》呢the of\0 "), st.characters(codec=None))
)


@given(TEXTS)
@settings(deadline=None)
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        asked = understand(text)
    except InvalidQuestion:
        assert not any(one.isalnum() for one in text[:LONGEST] if one.isprintable())
    else:
        assert all(term.text for term in asked.terms)
        assert not any("\ud800" <= one <= "\udfff" for one in asked.text)


def test_a_word_that_the_tagger_takes_for_an_adverb_can_be_the_subject() -> None:
    assert [term.text for term in understand("2020年在立法上办成了哪些事").subject] == ["立法"]
