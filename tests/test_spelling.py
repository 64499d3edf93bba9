from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language.spelling import Neighbours, Speller, sounds_alike
from index.lexical import tokens
from index.sentences import sentences

TEXT = Path("documents/2021年全国生态环境保护工作会议.txt").read_text(encoding="utf-8")
KNOWN = frozenset(tokens(TEXT))
SPELLER = Speller(lambda: [TEXT], KNOWN.__contains__)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("2021年碳达锋任务有哪些", "2021年碳达峰任务有哪些"),
        ("黑臭水题消除比例", "黑臭水体消除比例"),
        ("黑丑水体消除比例", "黑臭水体消除比例"),
        ("核与副射安全", "核与辐射安全"),
        ("排污许可全复盖", "排污许可全覆盖"),
        ("碳达锋行动方按", "碳达峰行动方案"),
    ],
)
def test_a_wrong_character_that_sounds_right_is_mended(wrong: str, right: str) -> None:
    assert SPELLER.mend(wrong) == right


@pytest.mark.parametrize(
    "question",
    [
        "2021年碳达峰任务有哪些",
        "全国碳排放配额总量",
        "写一首诗",
        "谁是美国总统",
        "火星探测",
        "PM2.5和O3",
        "",
        "锋",
        "黑臭水体消除罚多少钱",
        "地级及以上城市最多补多少年",
        "65岁以上老人坐城市地铁",
        "穗府办规〔2025〕8号有效期多久",
    ],
)
def test_what_is_right_or_about_something_else_is_left_alone(question: str) -> None:
    assert SPELLER.mend(question) == question


@pytest.mark.parametrize("span", sentences(TEXT, 0, len(TEXT)), ids=lambda span: str(span.start))
def test_every_sentence_of_the_document_is_left_as_it_is(span) -> None:  # type: ignore[no-untyped-def]
    sentence = span.of(TEXT)
    assert SPELLER.mend(sentence) == sentence


CHINESE = st.sampled_from([one for one in TEXT if "一" <= one <= "鿿"])
TYPED = st.text(alphabet=st.one_of(CHINESE, st.sampled_from("2021PM.5O3 ,。“”ⅡＡ"), st.characters()), max_size=40)


@given(TYPED)
@settings(deadline=None)
def test_only_chinese_characters_change_and_the_length_never_does(question: str) -> None:
    mended = SPELLER.mend(question)
    assert len(mended) == len(question)
    for was, now in zip(question, mended, strict=True):
        assert was == now or ("㐀" <= was <= "鿿" and "㐀" <= now <= "鿿")


@pytest.mark.parametrize("question", ["锋" * 2_000, "碳锋" * 1_000, TEXT[:2_000], "甲乙丙丁戊己庚辛壬癸" * 200])
def test_a_long_question_is_read_at_once(question: str) -> None:
    SPELLER.mend("碳达锋")  # the neighbours are learnt once
    started = time.perf_counter()
    SPELLER.mend(question)
    assert time.perf_counter() - started < 0.5


def test_texts_are_read_only_when_a_character_is_suspect() -> None:
    read = []

    def texts() -> list[str]:
        read.append(True)
        return [TEXT]

    speller = Speller(texts, KNOWN.__contains__)
    speller.mend("达峰行动方案")
    assert not read
    speller.mend("碳达锋")
    speller.mend("碳达锋")
    assert len(read) == 1


def test_neighbours_are_those_that_stand_side_by_side_in_one_run_of_chinese() -> None:
    beside = Neighbours(["碳达峰碳达标", "峰，会", ""])
    assert beside.after("达") == {"峰", "标"}
    assert beside.before("达") == {"碳"}
    assert beside.before("碳") == {"峰"}
    assert beside.after("峰") == {"碳"}  # not 会, behind a comma
    assert beside.after("") == beside.before("") == frozenset()
    assert [beside.count(triple) for triple in ("碳达峰", "峰碳达", "峰，会", "达标峰", "碳达")] == [1, 1, 0, 0, 0]


def test_no_text_has_no_neighbours() -> None:
    for texts in ([], [""], ["a"], ["碳"]):
        assert Neighbours(texts).after("碳") == frozenset()
        assert Neighbours(texts).count("碳达峰") == 0


@given(st.text(alphabet="碳达峰，a", max_size=30))
def test_every_pair_of_a_text_is_found_from_both_sides(text: str) -> None:
    beside = Neighbours([text])
    for one, other in pairwise(text):
        if one in "碳达峰" and other in "碳达峰":
            assert other in beside.after(one)
            assert one in beside.before(other)


@pytest.mark.parametrize(("one", "other"), [("峰", "锋"), ("是", "四"), ("金", "京"), ("长", "常")])
def test_characters_that_are_typed_alike_sound_alike(one: str, other: str) -> None:
    assert sounds_alike(one, other)
    assert sounds_alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("峰", "碳"), ("峰", "峰")])
def test_other_characters_do_not(one: str, other: str) -> None:
    assert not sounds_alike(one, other)
