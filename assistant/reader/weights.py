"""The reader's weights: what training changed of the bundled encoder, and the heads that it added.

The file (12 MB) is laid out as ``index.changes`` says. Merged, the matrices are written once into the cache, in
float16, beside the word embeddings and the tokenizer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import changes, model
from index.changes import Tensors
from index.errors import ReaderDamaged
from index.model import Weights

FILE = Path(__file__).with_name("reader.safetensors")
CARD = Path(__file__).with_name("reader.json")
"""The file's SHA-256, how it was trained, and what was fitted to it."""

HEADS = "heads"


def merged(weights: Weights, stored: Tensors) -> dict[str, npt.NDArray[Any]]:
    """The layers' tensors, the heads and the rest of the embeddings as the reader has them, float32."""
    own = {name: weights.floats(name) for name in weights.tensors if name != "emb.word"}
    return own | changes.grown(weights, stored)


def card(path: Path = CARD) -> dict[str, Any]:
    """What is known of the weights. Raises ``ReaderDamaged`` if the file is missing or no such thing."""
    return changes.card(path, damaged)


def verified(path: Path = FILE, about: Path = CARD) -> Path:
    """``path``, whose bytes are those that the card names. Raises ``ReaderDamaged`` if they are not."""
    return changes.verified(path, about, damaged)


def expand(cache: Path, path: Path = FILE) -> Path:
    """The folder (120 MB) in ``cache`` with merged.safetensors and tokenizer.json; see ``model.write_once``."""
    about = changes.beside(path)
    verified(path, about)
    digest = card(about)["sha256"][:12]
    return model.write_once(cache / f"reader-{digest}-1", lambda weights, to: _write(weights, path, to))


def _write(weights: Weights, path: Path, folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = {name: values.astype(np.float16) for name, values in merged(weights, load_file(path)).items()}
    words = weights.tensors["emb.word"]
    bytes_ = np.frombuffer(words.tobytes(), np.uint8).reshape(len(words), -1)
    save_file({**tensors, "words": bytes_}, folder / "merged.safetensors")
    (folder / "merged.safetensors").chmod(0o644)
    model.build_tokenizer(weights.vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    model.seal(folder)


def damaged(path: Path, reason: str) -> ReaderDamaged:
    """The error for a file of the reader that is missing or not what it was."""
    remedy, chinese = changes.remedy(path, FILE)
    return ReaderDamaged(
        f'the reader\'s file {path} cannot be used ({reason}); {remedy}, or set reader = "none"',
        f'阅读模型文件 {path} 无法使用（{reason}）；{chinese}，或设置 reader = "none"',
    )
