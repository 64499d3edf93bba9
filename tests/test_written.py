"""Questions written for the training: which texts they are asked of, and the windows that are made of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import HashedEncoder

from evals.collection import collect
from evals.sets.written import FOLDER, Written, known, mark, read
from evals.training import written
from evals.training.samples import WINDOW
from evals.types import Source
from index.lexical import Lexical
from index.types import Span

NOISE = "各地要加强组织领导，落实工作责任，确保各项措施落到实处。\n"
ANSWER = "补贴标准为每人每月一千元"
TEXT = NOISE * 20 + f"二、标准\n{ANSWER}，按季发放。\n" + NOISE * 20
START = TEXT.index(ANSWER)


def asked(document: str, questions: tuple[str, ...], start: int, end: int, *, answered: bool = True) -> Written:
    return Written(document, questions, Span(start, end), answered, mark(TEXT[start:end]))


def test_a_question_is_asked_only_of_the_text_that_it_was_written_for() -> None:
    questions = (asked("甲", ("补贴多少",), START, START + 12), asked("乙", ("补贴多少",), START, START + 12))
    assert list(known(questions, {"甲": TEXT, "乙": f"改{TEXT}"}.get)) == [(questions[0], TEXT)]
    assert list(known(questions, {}.get)) == []


@pytest.mark.parametrize("part", ["ncp", "stard", "reading", "policies"])
def test_every_line_has_wordings_and_a_range(part: str) -> None:
    questions = read(part)
    assert len(questions) > 1000
    for each in questions:
        assert 1 <= len(each.questions) <= 2
        assert all(question == question.strip() != "" for question in each.questions)
        assert len(each.span) > 0
        assert len(each.mark) == 8
    assert len({(each.document, each.questions) for each in questions}) == len(questions)


def test_no_line_holds_a_text() -> None:
    lines = (FOLDER / "ncp.jsonl").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) < 400


def test_windows_of_documents_hold_the_answer_or_keep_clear_of_it(tmp_path: Path) -> None:
    collection = collect("补贴", (Source("甲", text=TEXT),), HashedEncoder(), tmp_path)
    text = collection.texts[collection.ids["甲"]]
    start = text.index(ANSWER)
    span = Span(start, start + len(ANSWER))
    answering = Written("甲", ("补贴标准是多少", "一个月给多少钱"), span, True, mark(ANSWER))
    part = Span(0, 200)
    silent = Written("甲", ("补贴由谁发放",), part, False, mark(part.of(text)))
    drawn = [
        sample
        for seed in range(6)
        for sample in written.of_documents((answering, silent), collection, None, random.Random(seed))
    ]
    with_answer = [one for one in drawn if one.spans]
    assert {one.question for one in with_answer} == set(answering.questions)
    assert all(one.window[slice(*one.spans[0])] == ANSWER for one in with_answer)
    without = [one for one in drawn if not one.spans]
    assert silent.questions[0] in {one.question for one in without} <= {*answering.questions, *silent.questions}
    assert len(without) > 6  # more than the silent question itself
    assert all(ANSWER not in one.window and one.relevant is None for one in without)
    assert all(len(one.window) <= WINDOW for one in drawn)
    collection.close()


def test_an_answer_longer_than_a_window_teaches_the_relevance_alone() -> None:
    text = "长" * (WINDOW + 50)
    each = Written("甲", ("问",), Span(0, len(text)), True, mark(text))
    (sample,) = written.of_passages((each,), {"甲": text}, random.Random(0))
    assert (sample.spans, sample.relevant, sample.read) == ((), 1.0, False)


def test_articles_that_are_like_the_right_one_teach_the_relevance_alone() -> None:
    sources = [Source(str(number), f"第{number}条", f"租赁合同第{number}种情形应当赔偿。") for number in range(5)]
    lexical = Lexical.build(source.text for source in sources)
    text = sources[2].text
    each = Written("2", ("房东要不要赔",), Span(0, len(text)), True, mark(text))
    right, *others = written.of_articles((each,), sources, lexical, random.Random(0), silent=2)
    assert (right.window, right.spans, right.relevant) == (text, ((0, len(text)),), 1.0)
    assert [(one.relevant, one.read, one.window != text) for one in others] == [(0.0, False, True)] * 2
