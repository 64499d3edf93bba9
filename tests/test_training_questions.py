"""Training the encoder's question side: what is right, what it costs, and the order of the batches."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
import torch
from conftest import HashedEncoder
from hypothesis import given
from hypothesis import strategies as st

from evals.training.questions import (
    BATCH,
    PIECE,
    TEMPERATURE,
    Asked,
    Pool,
    batches,
    cut,
    holding,
    loss,
    of_passages,
)
from evals.types import Question, Source, Task


def test_the_cost_is_that_of_the_right_ones_among_all() -> None:
    # Cosines 1, 0 and 0.01 with three passages. Right is the first: -ln(e^100 / (e^100 + e^0 + e^1)), next to nothing.
    # Right is the third: its share is e^1 / (e^100 + 1 + e^1), so 99. Right are all: nothing.
    asked = torch.tensor([[1.0, 0.0]])
    pool = torch.tensor([[1.0, 0.0], [0.0, 1.0], [TEMPERATURE, 0.0]])
    assert loss(asked, pool, [Asked("", (0,), 0, 3)]).item() == pytest.approx(0.0, abs=1e-6)
    assert loss(asked, pool, [Asked("", (2,), 0, 3)]).item() == pytest.approx(99.0, abs=1e-4)
    assert loss(asked, pool, [Asked("", (0, 1, 2), 0, 3)]).item() == pytest.approx(0.0, abs=1e-6)
    # Asked of the last two alone, the third has e^1 / (e^0 + e^1).
    within = loss(asked, pool, [Asked("", (2,), 1, 3)]).item()
    assert within == pytest.approx(math.log(1 + math.exp(-1)), abs=1e-5)
    # Two alike, one of them right: ln 2.
    assert loss(asked, pool[[0, 0]], [Asked("", (1,), 0, 2)]).item() == pytest.approx(math.log(2), abs=1e-5)


def test_a_batch_is_of_one_pool_and_no_question_comes_twice() -> None:
    pools = [
        Pool(torch.zeros(1, 2), (Asked("问", (0,), 0, 1),) * size, torch.zeros(size, 2))
        for size in (BATCH - 1, 3 * BATCH + 5)
    ]
    drawn = list(batches(pools, random.Random(0)))
    assert [pool is pools[1] for pool, _ in drawn] == [True] * 3
    assert [len(places) for _, places in drawn] == [BATCH] * 3
    assert len({place for _, places in drawn for place in places}) == 3 * BATCH


def test_the_chunk_that_holds_most_of_an_answer_is_right() -> None:
    chunks = [(0, 10, 7), (10, 20, 8), (20, 30, 9)]
    assert holding(chunks, 8, 6) == [(10, 20, 8)]
    assert holding(chunks, 8, 3) == [(0, 10, 7)]
    assert holding(chunks, -1, 3) == []
    assert holding(chunks, 30, 3) == []


@given(st.integers(0, 5000))
def test_pieces_tile_a_text_and_none_is_much_longer_than_wanted(length: int) -> None:
    ranges = list(cut(length))
    assert "".join("x" * (end - start) for start, end in ranges) == "x" * length
    assert all(start == before for (_, before), (start, _) in pairwise(ranges))
    assert all(end - start <= 1.5 * PIECE for start, end in ranges)


def test_questions_of_passages_know_the_piece_in_which_their_answer_begins() -> None:
    text = "甲" * 400 + "節水灌溉" + "乙" * 300
    kept = Question("q", "如何節水", "span", answers=("節水灌溉",), within=("p",))
    others = (
        Question("silent", "问", "span", answerable=False, within=("p",)),
        Question("out", "问", "span", answers=("節水灌溉",), within=("p",)),
        Question("nowhere", "问", "span", answers=("丙",), within=("p",)),
    )
    task = Task("reading", (Source("p", text=text),), (kept, *others))
    pool = of_passages(task, frozenset((kept, others[0], others[2])), HashedEncoder(), 5)
    # 704 characters are two pieces of 352; the answer begins at 400, in simplified characters.
    assert pool.asked == (Asked("如何节水", (1,), 0, 2),)
    assert (len(pool.vectors), len(pool.plain)) == (2, 1)
