"""What is left of a set's documents when those that answer a question are taken out."""

from __future__ import annotations

import pytest

from evals.silence import silent
from evals.types import Question, Source

TOLD = "据市水务局消息，自2021年3月1日起，居民用水价格为每立方米三元。请互相转告。"
GOLD = Source("水", "供水", TOLD)
POWER = Source("电", "供电", "居民用电价格为每度五角。")


def asked(answer: str, *others: Source, within: tuple[str, ...] = ()) -> tuple[Question, ...]:
    question = Question("q1", "水价多少", "number", answers=(answer,), documents=("水",), within=within)
    return silent([question], [GOLD, POWER, *others])


def test_a_question_is_asked_once_more_of_all_documents_but_its_own() -> None:
    (again,) = asked("三元")
    assert (again.id, again.question, again.within) == ("q1-silent", "水价多少", ("电",))
    assert not again.answerable
    assert (again.documents, again.evidence, again.answers) == ((), (), ())


def test_nothing_is_asked_again_whose_document_is_unknown_or_given() -> None:
    assert silent([Question("q2", "问", "open")], [GOLD]) == ()
    assert asked("三元", within=("水",)) == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("记者获悉：居民用水价格为每立方米3元！", False),  # the same clause, written otherwise
        ("居民用水价格为每立方米四元。", True),
        (
            "自2021年3月1日起，用气价格为每立方米三元。",
            True,
        ),  # another clause of the sentence, and the bare answer
    ],
)
def test_a_document_that_repeats_the_clause_of_the_answer_is_left_out_too(text: str, left: bool) -> None:
    (again,) = asked("三元", Source("报", "消息", text))
    assert again.within == (("电", "报") if left else ("电",))


@pytest.mark.parametrize(("text", "left"), [("自2021年3月1日起，水价要变", False), ("居民用水价格会变", True)])
def test_of_an_answer_of_many_clauses_half_must_be_repeated(text: str, left: bool) -> None:
    (again,) = asked("据市水务局消息，自2021年3月1日起", Source("报", "消息", text))  # 7 and 11 characters
    assert again.within == (("电", "报") if left else ("电",))


def test_an_answer_whose_clauses_are_short_is_known_by_its_sentence() -> None:
    gold = Source("水", "供水", "水价，三元，不含税；现予公布。")
    question = Question("q", "水价多少", "number", answers=("三元",), documents=("水",))
    copy, other = (
        Source("报", "报", "通知说，水价，三元，不含税；现予公布！"),
        Source("刊", "刊", "油价，三元，不含税。"),
    )
    assert silent([question], [gold, copy, other])[0].within == ("刊",)
    elsewhere = Question("q", "水价多少", "number", answers=("水价三元不含税现予公布",), documents=("水",))
    assert silent([elsewhere], [gold, copy])[0].within == ()  # the answer is no passage of its document
