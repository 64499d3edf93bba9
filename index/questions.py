"""The bundled encoder's question side, trained: questions to where the passages that answer them lie.

Passages are encoded as ever, so that a library stays what it is; only questions go through other weights, which were
trained against the vectors of passages (see questions.md). A question's vector is then no longer that of the same
words in a passage, and is not to be compared with other questions'.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index import changes, graph, model
from index.errors import WeightsDamaged
from index.model import Weights

FILE = Path(__file__).with_name("questions.safetensors")
CARD = Path(__file__).with_name("questions.json")
"""The file's SHA-256, and how it was trained."""


def expand(cache: Path, path: Path = FILE) -> Path:
    """The folder in ``cache`` with model.onnx and tokenizer.json for questions; see ``model.write_once``.

    Raises ``WeightsDamaged`` when the file that ships is missing or not what it was.
    """
    about = changes.beside(path)
    changes.verified(path, about, _damaged)
    digest = card(about)["sha256"][:12]
    return model.write_once(
        cache / f"questions-{digest}-1", lambda weights, folder: graph.write_folder(trained(weights, path), folder)
    )


def card(path: Path = CARD) -> dict[str, Any]:
    """What is known of the weights. Raises ``WeightsDamaged`` if the file is missing or no such thing."""
    return changes.card(path, _damaged)


def trained(weights: Weights, path: Path = FILE) -> Weights:
    """``weights`` with what training changed; its matrices are float32."""
    from safetensors.numpy import load_file

    return Weights(weights.shape, weights.vocabulary, weights.tensors | changes.grown(weights, load_file(path)))


def _damaged(path: Path, reason: str) -> WeightsDamaged:
    remedy, chinese = changes.remedy(path, FILE)
    return WeightsDamaged(
        f"the file {path} of the encoder's question side cannot be used ({reason}); {remedy}, or set "
        'questions = "plain"',
        f'向量模型的提问部分 {path} 无法使用（{reason}）；{chinese}，或设置 questions = "plain"',
    )
