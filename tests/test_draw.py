"""Drawing samples: of a document that is kept out no word is trained on, and no checkpoint of another training is taken."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from conftest import HashedEncoder

from assistant.settings import Settings, settings
from evals.errors import CheckpointOfAnother, SeenByTraining
from evals.folds import fold, is_test, kept_out, may_be_seen, repeated
from evals.run import _fold
from evals.training.checkpoints import digest, keep, resume
from evals.training.draw import Drawing
from evals.training.questions import pools
from evals.types import Question, Source, Task

PLACES = "东西南北中前后左右上下内外"
NAMES = [f"{one}{other}市" for one in PLACES for other in PLACES][:60]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "benchmarks" / "ncp"
    folder.mkdir(parents=True)
    rows = [
        {"id": str(number), "text": f"{name}复工补贴标准为每人{number + 100}元。{name}各企业按季申领。" * 3}
        for number, name in enumerate(NAMES)
    ]
    asked = [
        {"id": f"q{n}", "question": f"{name}复工补贴标准", "document": str(n), "answer": f"每人{n + 100}元"}
        for n, name in enumerate(NAMES)
    ]
    for name, lines in (("documents", rows), ("questions", asked)):
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "benchmarks"


def test_no_word_of_a_document_that_is_kept_out_is_trained_on(data: Path, tmp_path: Path) -> None:
    drawing = Drawing(data, 0, settings(home=tmp_path / "home"), HashedEncoder())  # type: ignore[arg-type]
    drawn = list(drawing.part("ncp", random.Random(0)))
    out = {name for number, name in enumerate(NAMES) if fold(str(number)) == 0}
    assert out
    assert {sample.relevant for sample in drawn} >= {0.0, 1.0}
    assert not [one for one in drawn for name in out if name in one.window or name in one.question]


def test_passages_of_a_document_that_is_kept_out_are_no_wrong_ones_either(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.training.questions.RememberingEncoder.configured", lambda _: _Closing())
    (pool,) = pools(data, 0, settings(home=tmp_path / "home"), ("ncp",))
    kept = [number for number in range(len(NAMES)) if fold(str(number)) != 0]
    assert (len(pool.asked), len(pool.vectors)) == (len(kept), len(kept))


class _Closing(HashedEncoder):
    def close(self) -> None:
        """Nothing to close."""


def test_a_document_that_another_fold_repeats_is_not_unseen() -> None:
    ids = [str(number) for number in range(200)]
    out, seen = (next(id_ for id_ in ids if (fold(id_) == 0) is inside) for inside in (True, False))
    other = next(id_ for id_ in ids if fold(id_) == 0 and id_ != out)
    text = "".join(f"第{number}条各级人民政府应当加强管理。" for number in range(20))
    sources = (
        Source(out, text=text),
        Source(seen, text=f"转载：{text}"),
        Source(other, text="另一份通知的全部内容。" * 3),
    )
    questions = tuple(Question(each.id, "问", "span", documents=(each.id,)) for each in sources)
    task = Task("ncp", sources, questions)
    assert repeated(task, 0) == {out}
    assert kept_out(task, 0) == (questions[2],)


def test_the_test_documents_are_trained_on_by_no_fold() -> None:
    names = [f"文件{number}" for number in range(300)]
    test = [name for name in names if is_test(name)]
    assert 15 < len(test) < 50
    assert not any(may_be_seen("policies", name, out) for name in test for out in range(5))
    assert all(may_be_seen("policies", name, 0) for name in names if fold(name) != 0)


def test_a_checkpoint_of_another_training_is_refused_by_name(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    path = tmp_path / "kept.safetensors"
    assert resume(network, optimiser, path, digest("甲")) == 0
    keep(network, optimiser, path, 7, digest("甲"))
    assert resume(network, optimiser, path, digest("甲")) == 7
    with pytest.raises(CheckpointOfAnother, match=r"kept\.safetensors.*delete"):
        resume(network, optimiser, path, digest("乙"))


def _weights(folder: Path, name: str, card: str) -> str:
    (folder / f"{name}.json").write_text(card, encoding="utf-8")
    return str(folder / f"{name}.safetensors")


def test_what_is_unseen_is_what_all_weights_in_use_have_not_seen(tmp_path: Path) -> None:
    third = _weights(tmp_path, "third", '{"fold": 3, "sha256": ""}')
    none = _weights(tmp_path, "none", '{"fold": null, "sha256": ""}')
    silent = _weights(tmp_path, "silent", '{"sha256": ""}')
    assert _fold(Settings(reader=third, questions="plain"), "ncp") == 3
    assert _fold(Settings(reader=third, questions=none), "ncp") == 3
    assert _fold(Settings(reader="none", questions="plain"), "ncp") == 0
    for questions in ("trained", silent):
        with pytest.raises(SeenByTraining, match="set 'reader' and 'questions'"):
            _fold(Settings(reader=third, questions=questions), "ncp")


def test_weights_that_hold_for_some_sets_are_asked_of_no_other(tmp_path: Path) -> None:
    own = _weights(tmp_path, "own", '{"sha256": "", "fold": 3, "sets": ["ncp"]}')
    assert _fold(Settings(reader=own, questions="plain"), "ncp") == 3
    with pytest.raises(SeenByTraining, match="not said"):
        _fold(Settings(reader=own, questions="plain"), "stard")
