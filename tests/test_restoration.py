"""What is unsaid is put back from the turn before; what is whole, or not known to lack anything, stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dialogue.restoration import LONGEST, applied, phrases, places, restored, scored, tagged, weights


@pytest.mark.parametrize(
    ("before", "answer", "question", "expected"),
    [
        ("你知道羽生结弦吗", "不知道", "他好看吗", "羽生结弦好看吗"),
        ("你认识易烊千玺吗", "认识", "超级帅的是不是", "易烊千玺超级帅的是不是"),
        ("四大名著了解一下", "四大你了解吗", "没读过", "没读过四大名著"),
    ],
)
def test_what_is_unsaid_is_put_back(before: str, answer: str, question: str, expected: str) -> None:
    assert restored(question, (before, answer)) == expected


@pytest.mark.parametrize(
    "question",
    ["居民医保缴费标准是多少", "生育津贴怎么算", "水污染防治", "公租房租金多少", "", "好" * (LONGEST + 1)],
)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    assert restored(question, ("2021年碳达峰任务有哪些", "二是编制实施2030年前碳排放达峰行动方案。")) == question


def test_the_score_is_the_sum_of_the_weights() -> None:
    # 1 for the phrase's size, 2 for the gap at the start, 4 for the noun in front of the adjective.
    known = {"size 2": 1.0, "gap start": 2.0, "x g>a n": 4.0}
    found = {text: score for score, text in scored("好吗", ("苹果",), known)}
    assert found["好吗"] == 0.0
    assert found["苹果好吗"] == 7.0
    assert found["好吗苹果"] == 1.0


def test_a_pronoun_gives_way_wherever_it_stands() -> None:
    (phrase,) = phrases(("苹果",), "他说他好")
    edit = next(edit for edit in places(tagged("他说他好")) if edit.end > edit.start)
    assert applied("他说他好", phrase, edit) == "苹果说苹果好"


def test_a_policy_word_is_one_word() -> None:
    assert "碳达峰" in [word.text for word in tagged("碳达峰任务有哪些")]


def test_every_feature_has_a_weight_that_is_a_number() -> None:
    assert len(weights()) > 1_000
    assert all(abs(weight) < 20 for weight in weights().values())


ANY = st.text(alphabet=st.one_of(st.sampled_from("他这吗苹果好了"), st.characters(codec=None)))


@given(ANY, ANY)
@settings(deadline=None)
def test_any_question_is_restored(question: str, before: str) -> None:
    assert isinstance(restored(question, (before, before)), str)
