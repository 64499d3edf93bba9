"""Five folds: each is asked of a reader that was trained without it, and nothing is done twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.settings import Settings
from evals.folds import FOLDS
from evals.report import Report
from evals.training import cross_validation
from evals.training.cross_validation import CrossValidation
from evals.training.samples import Sample


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is trained, exported and asked, with the training and the asking themselves left out."""
    did: list[Any] = []

    def train(samples: list[Sample], folder: Path, kept: Path, *_: object) -> None:
        did.append(("train", kept.name, len(samples)))
        kept.touch()

    def export(_: list[Path], to: Path, out: int | None, sets: tuple[str, ...]) -> None:
        did.append(("export", to.name, out, sets))
        to.touch()

    def run(_: object, chosen: Settings) -> object:
        did.append(("ask", Path(chosen.reader).name, Path(chosen.questions).name))
        checkpoint = Path(chosen.reader).with_suffix(".asked")
        checkpoint.touch()
        return SimpleNamespace(report=Report({"commit": "now", "weights": {}}, ()), checkpoint=checkpoint)

    monkeypatch.setattr(cross_validation, "train", train)
    monkeypatch.setattr(cross_validation.export, "write", export)
    monkeypatch.setattr(cross_validation.questions, "pools", lambda *_: [])
    monkeypatch.setattr(cross_validation.questions, "train", lambda _, __, kept, ___: kept.touch())
    monkeypatch.setattr(cross_validation, "expand", lambda cache: cache)
    monkeypatch.setattr(cross_validation, "read", lambda *_: None)
    monkeypatch.setattr(cross_validation, "run", run)
    monkeypatch.setattr(cross_validation, "commit", lambda: "now")
    monkeypatch.setattr(CrossValidation, "_drawn", lambda _, out, parts, most: [Sample(str(out), "", "")] * 3)
    return did


def test_every_fold_is_asked_of_weights_that_have_not_seen_it(done: list[Any], tmp_path: Path) -> None:
    validation = CrossValidation(tmp_path, Settings(home=tmp_path), tmp_path)
    for out in range(FOLDS):
        validation.report(out)
    asked = [what for what in done if what[0] == "ask"]
    assert asked == [("ask", f"reader-{out}.safetensors", "questions.safetensors") for out in range(FOLDS)]
    exported = {what[1]: what[2:] for what in done if what[0] == "export"}
    assert exported["reader-3.safetensors"] == (3, ("ncp",))
    assert exported["questions.safetensors"] == (None, ("ncp",))


def test_what_is_there_is_not_done_again(done: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    validation = CrossValidation(tmp_path, Settings(home=tmp_path), tmp_path)
    validation.report(0)
    assert [what[1] for what in done if what[0] == "train"] == [
        "common.checkpoint.safetensors",
        "reader-0.checkpoint.safetensors",
    ]
    done.clear()
    validation.report(0)
    assert done == []
    monkeypatch.setattr(cross_validation, "commit", lambda: "later")
    validation.report(0)
    assert [what[0] for what in done] == ["ask"]
    assert not list(tmp_path.glob("*checkpoint*"))
