from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language import vocabulary


def test_a_word_is_known_by_what_documents_write_for_it() -> None:
    assert "碳排放达峰" in vocabulary.synonyms()["碳达峰"]
    assert "细颗粒物" in vocabulary.synonyms()["pm2.5"]


def test_every_word_of_the_lexicon_is_written_once_and_whole() -> None:
    for table in (vocabulary.synonyms(), vocabulary.glossary()):
        for said, written in table.items():
            assert said.strip() == said != ""
            assert written
            assert all(word.strip() == word != "" for word in written)
    assert all(phrase == phrase.lower() for phrase in vocabulary.glossary())
    assert all(len(surname) in (1, 2) for surname in vocabulary.surnames())


def test_places_are_known_by_short_and_full_name() -> None:
    assert vocabulary.places()["北京市"] == vocabulary.places()["北京"] == "北京"


@pytest.mark.parametrize("word", ["任务", "具体内容", "重点任务"])
def test_generic_words_and_what_they_make_up_are_generic(word: str) -> None:
    assert vocabulary.is_generic(word)


@pytest.mark.parametrize("word", ["碳达峰", "", "任务碳"])
def test_words_of_a_subject_are_not_generic(word: str) -> None:
    assert not vocabulary.is_generic(word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("２０２１年碳達峰任務", "2021年碳达峰任务"),
        ("ＣＯＰ１５", "COP15"),
        ("後天干燥", "后天干燥"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified_in_their_places(text: str, expected: str) -> None:
    assert vocabulary.simplified(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“無廢城市” 建設", "无废城市建设"),
        ("ＰＭ２．５", "pm2.5"),
        ("1,234 家", "1234家"),
        ("《Ⅱ類》", "ii类"),
        ("\ud800", ""),
    ],
)
def test_texts_are_compared_without_width_case_script_quotes_and_space(text: str, expected: str) -> None:
    assert vocabulary.comparable(text) == expected


@given(st.text())
def test_simplified_text_is_as_long_as_it_was(text: str) -> None:
    assert len(vocabulary.simplified(text)) == len(text)


@given(st.text())
def test_what_is_comparable_stays_as_it_is(text: str) -> None:
    once = vocabulary.comparable(text)
    assert not any(map(str.isspace, once))
    assert not set(once) & set("“”《》\"'")


def test_what_is_asked_of_a_subject_and_what_contrasts_is_known() -> None:
    assert {"有效期", "缴费"} <= vocabulary.attributes()
    assert (False, ("住院", "门诊", "急诊")) in vocabulary.contrasts()
