from __future__ import annotations

import pytest

from assistant.language import english


@pytest.mark.parametrize("text", ["What are the tasks?", "Who is 孙金龙?", "carbon market", "Is COP15 planned"])
def test_english_questions_are_known(text: str) -> None:
    assert english.is_english(text)


@pytest.mark.parametrize("text", ["PM2.5", "VOCs治理", "COP15筹备情况", "碳达峰", "O3 污染", "", "a"])
def test_chinese_questions_with_latin_names_are_not_english(text: str) -> None:
    assert not english.is_english(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What are the carbon peaking tasks for 2021?", ["什么", "碳达峰", "任务"]),
        ("the regulations", ["条例"]),
        ("zero-waste cities", ["无废城市"]),
        ("PM2.5 and COP15", ["PM2.5", "cop15"]),
        ("Who is 孙金龙?", ["谁", "孙金龙"]),
    ],
)
def test_policy_phrases_are_given_in_chinese(text: str, expected: list[str]) -> None:
    found = list(english.words(text))
    assert [word.lower() for word in found] == [word.lower() for word in expected]


def test_an_unknown_word_stays_so_that_nothing_covers_it() -> None:
    assert "gold" in list(english.words("What is the price of gold?"))


def test_stop_words_and_years_give_nothing() -> None:
    assert list(english.words("Please tell me about it, in 2021")) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("policies", "polic"),
        ("policy", "polic"),
        ("planned", "plan"),
        ("reducing", "reduc"),
        ("reduce", "reduc"),
        ("emissions", "emission"),
        ("access", "access"),
        ("red", "red"),
        ("filling", "fill"),
    ],
)
def test_endings_fall_away(word: str, expected: str) -> None:
    assert english.stem(word) == expected


def test_the_subject_stands_between_its_first_and_last_telling_word() -> None:
    question = "What are the carbon peaking tasks for 2021?"
    assert english.about(question) == "carbon peaking"
    assert english.changed(question, "nuclear safety") == "What are the nuclear safety tasks for 2021?"
    assert english.about("What is it?") == ""
