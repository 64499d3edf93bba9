"""What training changed of the bundled encoder, in 4 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import changes, model
from index.errors import ModelError


@pytest.fixture(scope="module")
def bundled() -> model.Weights:
    return model.read_weights(model.weights_file())


def damaged(path: Path, reason: str) -> ModelError:
    return ModelError(f"{path.name}: {reason}", "")


def test_a_change_comes_back_to_a_fourteenth_of_the_largest_in_its_block(bundled: model.Weights) -> None:
    lot = np.random.default_rng(0)
    own = bundled.floats("l3.fi.w")
    trained = {
        "l3.fi.w": own + lot.normal(0, 0.01, own.shape).astype(np.float32),
        "heads.b": np.ones(3, np.float32),
    }
    found = changes.grown(bundled, changes.shrink(bundled, trained))
    off = np.abs(found["l3.fi.w"] - trained["l3.fi.w"]).reshape(len(own), -1, changes.BLOCK).max(2)
    most = np.abs(trained["l3.fi.w"] - own).reshape(len(own), -1, changes.BLOCK).max(2)
    assert found.keys() == trained.keys()
    assert (off <= most / 14 + 1e-4).all()
    assert (found["heads.b"] == 1).all()


def test_what_did_not_change_comes_back_as_it_was(bundled: model.Weights) -> None:
    own = bundled.floats("l0.q.w")
    assert (changes.grown(bundled, changes.shrink(bundled, {"l0.q.w": own}))["l0.q.w"] == own).all()


def test_the_card_knows_the_file_and_keeps_what_it_said(tmp_path: Path) -> None:
    path, about = tmp_path / "some.safetensors", tmp_path / "some.json"
    changes.write(path, {"heads.b": np.ones(3, np.float32)}, fold=0)
    changes.write(path, {"heads.b": np.zeros(3, np.float32)}, rounds=2)
    assert changes.verified(path, about, damaged) == path
    assert {**changes.card(about, damaged), "sha256": ""} == {"sha256": "", "fold": 0, "rounds": 2}


def test_a_file_that_is_missing_or_another_is_named(tmp_path: Path) -> None:
    path, about = tmp_path / "some.safetensors", tmp_path / "some.json"
    with pytest.raises(ModelError, match=r"some\.safetensors: No such file"):
        changes.verified(path, about, damaged)
    changes.write(path, {"heads.b": np.ones(3, np.float32)})
    path.write_bytes(b"other")
    with pytest.raises(ModelError, match=r"some\.safetensors: its SHA-256 is "):
        changes.verified(path, about, damaged)
    about.write_text("no JSON", encoding="utf-8")
    with pytest.raises(ModelError, match=r"some\.json"):
        changes.verified(path, about, damaged)
