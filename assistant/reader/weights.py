"""The reader's weights: what training changed of the bundled encoder, and the heads that it added.

The file holds, for each matrix of the twelve layers, the difference from the encoder's own in 4 bits (blocks of 32
along the rows, one float16 scale each, the largest of a block at ±7) and all vectors as they are: 12 MB. Merged,
the matrices are written once into the cache, in float16, beside the word embeddings and the tokenizer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import model
from index.errors import ReaderDamaged
from index.model import Weights

FILE = Path(__file__).with_name("reader.safetensors")
CARD = Path(__file__).with_name("reader.json")
"""The file's SHA-256, how it was trained, and what was fitted to it."""

BLOCK = 32
LARGEST = 7
HEADS = "heads"

Tensors = Mapping[str, npt.NDArray[Any]]


def shrink(weights: Weights, trained: Tensors) -> dict[str, npt.NDArray[Any]]:
    """What the file holds of ``trained`` (float32, by the names of ``weights`` and heads.w, heads.b)."""
    made: dict[str, npt.NDArray[Any]] = {}
    for name, values in trained.items():
        if not model.is_packed(name):
            made[name] = values.astype(np.float32)
            continue
        change = (values - weights.floats(name)).reshape(len(values), -1, BLOCK)
        scales = (np.abs(change).max(2) / LARGEST).astype(np.float16)
        units = np.maximum(scales.astype(np.float32), np.finfo(np.float32).tiny)[..., None]
        steps = np.clip(np.rint(change / units), -LARGEST, LARGEST).astype(np.int8) + 8
        halves = steps.astype(np.uint8).reshape(len(values), -1)
        made[f"{name}.change"] = halves[:, 0::2] | (halves[:, 1::2] << np.uint8(4))
        made[f"{name}.scales"] = scales
    return made


def merged(weights: Weights, stored: Tensors) -> dict[str, npt.NDArray[Any]]:
    """The layers' tensors, the heads and the rest of the embeddings as the reader has them, float32."""
    found = {name: weights.floats(name) for name in weights.tensors if name != "emb.word"}
    for name in stored:
        if name.endswith(".change"):
            matrix = name.removesuffix(".change")
            found[matrix] = found[matrix] + _change(stored[name], stored[f"{matrix}.scales"])
        elif not name.endswith(".scales"):
            found[name] = stored[name]
    return found


def _change(packed: npt.NDArray[np.uint8], scales: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    steps = np.stack([packed & np.uint8(15), packed >> np.uint8(4)], axis=-1).reshape(*scales.shape, BLOCK)
    change = (steps.astype(np.float32) - 8) * scales.astype(np.float32)[..., None]
    return change.reshape(len(packed), -1)


def card(path: Path = CARD) -> dict[str, Any]:
    """What is known of the weights. Raises ``ReaderDamaged`` if the file is missing or no such thing."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error
    return read


def verified(path: Path = FILE, about: Path = CARD) -> Path:
    """``path``, whose bytes are those that the card names. Raises ``ReaderDamaged`` if they are not."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if found != card(about).get("sha256"):
        raise damaged(path, f"its SHA-256 is {found[:12]}…")
    return path


def expand(cache: Path) -> Path:
    """The folder (120 MB) in ``cache`` with merged.safetensors and tokenizer.json; see ``model.write_once``."""
    path = verified()
    return model.write_once(
        cache / f"reader-{card()['sha256'][:12]}-1", lambda weights, to: _write(weights, path, to)
    )


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
    return ReaderDamaged(
        f'the reader\'s file {path} cannot be used ({reason}); install the package again, or set reader = "none"',
        f'阅读模型文件 {path} 无法使用（{reason}）；请重新安装本软件，或设置 reader = "none"',
    )
