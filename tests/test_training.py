"""Training the reader: where answers stand, what is drawn around them, and the order of the batches."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from assistant.reader import weights
from evals.folds import FOLDS, fold, kept_out, trained_on
from evals.training import export
from evals.training.checkpoints import keep, resume
from evals.training.export import mean
from evals.training.network import HIDDEN, Batch, Reader, named, take_shipped
from evals.training.public import of_passages
from evals.training.samples import WINDOW, Sample, around, places, restored, samples_file, write
from evals.training.train import checkpoint, main, rate
from evals.types import Question, Source, Task
from index import model
from index.types import Span


def test_the_longest_answer_that_a_window_holds_is_found_wherever_it_stands() -> None:
    assert places(["甲", "甲乙"], "甲乙丙甲乙") == ((0, 2), (3, 5))
    assert places(["丁"], "甲乙") == ()
    assert places(["", "乙"], "甲乙") == ((1, 2),)


@given(st.integers(0, 3000), st.integers(1, WINDOW), st.integers(0, 99))
def test_a_window_holds_what_it_is_drawn_around(start: int, length: int, seed: int) -> None:
    text = "文" * 4000
    span = Span(start, start + length)
    window = around(span, text, random.Random(seed))
    assert window.covers(span)
    assert len(window) == WINDOW


def test_folds_are_about_even_and_do_not_change() -> None:
    counts = [sum(fold(str(number)) == each for number in range(1000)) for each in range(FOLDS)]
    assert min(counts) > 150
    assert [fold(str(number)) for number in range(5)] == [2, 2, 4, 0, 3]  # of SHA-256


def test_no_question_is_both_trained_on_and_kept_out_and_none_parts_from_its_document() -> None:
    questions = tuple(Question(str(n), "问", "span", documents=(str(n // 4),)) for n in range(400))
    task = Task("ncp", (), questions)
    out, seen = kept_out(task, 0), trained_on(task, 0)
    assert not seen.intersection(out)
    assert len(out) + len(seen) == 400
    assert not {one.documents for one in out} & {one.documents for one in seen}
    passages = Task("reading", (Source("p", text="文"),), (Question("q", "问", "span", within=("p",)),))
    assert kept_out(passages, fold("文")) == passages.questions
    assert kept_out(Task("rgb", (), questions), 0) == questions


def test_passages_give_their_answers_and_now_and_then_the_passage_of_another() -> None:
    questions = [
        Question(str(number), f"第{number}条是什么", "span", answers=(f"答案{number}。",), answerable=number != 2)
        for number in range(6)
    ]
    texts = [f"前文。答案{number}。後文。" for number in range(6)]
    drawn = list(of_passages(questions, texts, random.Random(3)))
    own = [one for one in drawn if one.relevant != 0.0]
    assert [one.window[slice(*one.spans[0])] for one in own if one.spans] == [
        f"答案{n}。" for n in (0, 1, 3, 4, 5)
    ]
    assert [one.relevant for one in own if not one.spans] == [None]
    assert "后文" in own[0].window
    assert all(not one.spans for one in drawn if one.relevant == 0.0)


def test_a_later_round_can_begin_with_the_weights_that_ship(cache: Path) -> None:
    reader = Reader(model.expand(cache))
    take_shipped(reader)
    shipped = weights.merged(model.read_weights(model.weights_file()), load_file(weights.verified()))
    for name, values in reader.state_dict().items():
        if "embeddings" not in name:
            np.testing.assert_array_equal(values.numpy(), shipped[named(name)])


@pytest.mark.parametrize(("told", "begins"), [((), "round-3"), (("--after", "2"), "round-2")])
def test_a_later_round_goes_on_from_the_one_before_or_the_one_that_is_named(
    told: tuple[str, ...], begins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr("evals.training.train.train", lambda *args: given.append(args[5]))
    monkeypatch.setattr("evals.training.train.expand", lambda _cache: tmp_path)
    checkpoint(tmp_path, 0, 2).parent.mkdir(parents=True)
    checkpoint(tmp_path, 0, 2).touch()
    write(samples_file(tmp_path, "own", 0, 4), [Sample("问", "上", "文中答", ((2, 3),), 1.0)])
    result = CliRunner().invoke(main, ["--home", str(tmp_path), "--round", "4", "--part", "own", *told])
    assert result.exit_code == 0, result.output
    assert [path.stem.endswith(begins) for path in given] == [True]
    for later in ("1", "4"):  # not at hand, or no earlier one
        assert CliRunner().invoke(main, ["--home", str(tmp_path), "--round", "4", "--after", later]).exit_code


def test_samples_come_back_as_they_were_written(tmp_path) -> None:
    samples = [Sample("问", "上", "文中答", ((2, 3),), 1.0), Sample("问", "", "文", (), None, read=False)]
    assert write(tmp_path / "deep" / "samples.jsonl", samples) == 2
    assert list(restored(tmp_path / "deep" / "samples.jsonl")) == samples


def test_the_weights_of_several_rounds_are_averaged_by_name_and_moments_left_behind(tmp_path: Path) -> None:
    layer = "weights.encoder.encoder.layer.0.attention.self.query.weight"
    for number, value in enumerate((1.0, 2.0, 6.0)):
        tensors = {
            layer: np.full((2, 2), value, np.float32),
            "weights.heads.bias": np.full(3, -value, np.float32),
            "moments.0.step": np.ones(1, np.float32),
        }
        save_file(tensors, tmp_path / str(number))
    found = mean([tmp_path / str(number) for number in range(3)])
    assert set(found) == {"l0.q.w", "heads.b"}
    np.testing.assert_allclose(found["l0.q.w"], 3.0)
    np.testing.assert_allclose(found["heads.b"], -3.0)


def test_the_learning_rate_rises_and_falls_to_what_is_to_be_left() -> None:
    shares = [rate(step, 100, last=0.5) for step in range(100)]
    assert max(shares) == shares[5] == 1.0
    assert shares == [*sorted(shares[:6]), *sorted(shares[6:], reverse=True)]
    assert 0.5 < shares[-1] < 0.51
    assert 0.0 < rate(99, 100) < 0.011


def test_a_share_of_the_tokens_is_hidden_and_never_what_begins_ends_or_pads_a_text() -> None:
    torch.manual_seed(0)
    ids = torch.randint(HIDDEN + 1, 1000, (8, 500))
    ids[:, 0], ids[:, 400], ids[:, 401:] = 0, 2, 1
    nothing = torch.zeros(8)
    given = Batch(ids, *(torch.zeros(8, 500) for _ in range(4)), nothing, nothing, nothing)
    assert (given.hidden(0.0).ids == ids).all()
    seen = given.hidden(0.1).ids
    assert ((seen == ids) | (seen == HIDDEN)).all()
    assert (seen[ids < HIDDEN] == ids[ids < HIDDEN]).all()
    assert 0.08 < float((seen == HIDDEN)[:, 1:400].float().mean()) < 0.12


def test_a_moving_average_goes_on_with_its_training(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    average = [torch.full_like(weight, 3.0) for weight in network.parameters()]
    keep(network, optimiser, tmp_path / "kept", 7, "this", average)
    fresh, taken = torch.nn.Linear(2, 2), [torch.zeros(2, 2), torch.zeros(2)]
    assert resume(fresh, torch.optim.AdamW(fresh.parameters()), tmp_path / "kept", "this", taken) == 7
    assert all((values == 3.0).all() for values in taken)
    torch.testing.assert_close(fresh.state_dict(), network.state_dict())


def test_a_temperature_cools_the_heads_and_nothing_else(tmp_path: Path) -> None:
    layer = "weights.encoder.encoder.layer.0.attention.self.query.weight"
    own = model.read_weights(model.weights_file()).floats("l0.q.w")
    tensors = {layer: own + 0.5, "weights.heads.weight": np.ones((3, 4), np.float32)}
    save_file(tensors, tmp_path / "checkpoint")
    for temperature, expected in ((1.0, 1.0), (1.6, 0.625)):
        export.write([tmp_path / "checkpoint"], tmp_path / "made.safetensors", 0, temperature=temperature)
        made = load_file(tmp_path / "made.safetensors")
        np.testing.assert_allclose(made["heads.w"], expected)
        np.testing.assert_allclose(np.abs(made["l0.q.w.scales"]), 0.5 / 7, rtol=1e-2)
