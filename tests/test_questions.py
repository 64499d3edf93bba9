"""The encoder's question side: the file that ships, and what it makes of a question."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from index import model, questions
from index.embed import Encoder, Passage
from index.errors import WeightsDamaged


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One expanded encoder for the whole run, shared by the modules that need it."""
    return tmp_path_factory.getbasetemp() / "encoder"


def test_only_questions_change_and_the_library_stays_what_it_is(cache: Path) -> None:
    plain, trained = (
        Encoder(cache=cache, backend="onnx"),
        Encoder(cache=cache, backend="onnx", questions="trained"),
    )
    assert trained.name == plain.name
    given = [Passage("标题", "节水优先。")]
    assert (trained.encode_passages(given)[0] == plain.encode_passages(given)[0]).all()
    asked, before = trained.encode_queries(["怎样节水"])[0], plain.encode_queries(["怎样节水"])[0]
    assert np.linalg.norm(asked) == pytest.approx(1.0, abs=1e-5)
    assert 0.95 < asked @ before < 0.999


def test_the_graph_computes_what_the_trained_weights_say(cache: Path, tmp_path: Path) -> None:
    """Against Sentence Transformers on the same weights in float32."""
    from sentence_transformers import SentenceTransformer

    weights = questions.trained(model.read_weights(model.weights_file()))
    model.write_folder(weights, tmp_path)
    original = SentenceTransformer(str(tmp_path), device="cpu", local_files_only=True)
    texts = ["2021年碳达峰任务有哪些", "企业未按规定进行节能审查的，怎么处罚？", "谁"]
    found = Encoder(cache=cache, questions="trained").encode_queries(texts)
    expected = original.encode(texts, prompt_name="query", normalize_embeddings=True)
    assert ((found * expected).sum(1) > 0.999).all()


def test_a_file_that_is_missing_or_another_is_named_with_the_remedy(tmp_path: Path) -> None:
    path, about = tmp_path / "questions.safetensors", tmp_path / "questions.json"
    with pytest.raises(WeightsDamaged, match=r'questions\.safetensors.*questions = "plain"'):
        questions.expand(tmp_path, path)
    shutil.copy(questions.CARD, about)
    path.write_bytes(b"other")
    with pytest.raises(WeightsDamaged, match="SHA-256"):
        questions.expand(tmp_path, path)


def test_it_weighs_little() -> None:
    assert questions.FILE.stat().st_size < 13_000_000
