from __future__ import annotations

from pathlib import Path

import pytest

from assistant.language.question import understand
from assistant.language.words import Words
from index.library import Library

TEXT = "生态环境部部长黄润秋出席会议并作工作报告。编制碳达峰行动方案，推进碳达峰工作，治理黑臭水体。"


@pytest.fixture
def words(library: Library, tmp_path: Path) -> Words:
    add(library, tmp_path / "一.txt", TEXT)
    return Words(library)


def add(library: Library, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    library.add(path)


def test_a_question_is_mended_from_the_words_of_the_library(words: Words) -> None:
    assert words.mended("碳達鋒行动方案") == "碳达峰行动方案"


def test_a_document_in_traditional_characters_mends_questions_too(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "一.txt", "推進碳達峰行動方案，治理黑臭水體。")
    assert Words(library).mended("碳达锋行动方案") == "碳达峰行动方案"


def test_a_person_in_pinyin_is_written_as_the_documents_do(words: Words) -> None:
    assert words.mended("Who is Huang Runqiu?") == "Who is 黄润秋?"
    assert words.mended("Who is Sun Jinlong?") == "Who is Sun Jinlong?"


def test_changes_of_the_library_are_followed(words: Words, library: Library, tmp_path: Path) -> None:
    assert words.mended("谁是孙金泷") == "谁是孙金泷"
    add(library, tmp_path / "二.txt", "党组书记孙金龙出席会议并讲话。孙金龙强调。")
    assert words.mended("谁是孙金泷") == "谁是孙金龙"
    assert words.mended("Who is Sun Jinlong?") == "Who is 孙金龙?"


def test_a_word_that_no_document_holds_is_searched_by_its_synonyms(words: Words) -> None:
    assert words.expanded(understand("雾霾")).startswith("雾霾 ")
    assert "细颗粒物" in words.expanded(understand("雾霾"))
    assert words.expanded(understand("碳达峰")) == "碳达峰"


def test_an_english_question_is_searched_in_chinese_too(words: Words) -> None:
    assert words.expanded(understand("carbon peaking tasks")).split()[:5] == [
        "carbon",
        "peaking",
        "tasks",
        "碳达峰",
        "任务",
    ]


def test_a_rare_word_tells_more_than_a_common_one_and_an_action_half(words: Words) -> None:
    assert 0 < words.weight("碳达峰") < words.weight("火星") == 1.0
    assert words.weight("查处") == 0.5  # an action in no document: half of 1
