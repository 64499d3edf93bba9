"""What training changed of the bundled encoder: a small file instead of another model.

The file holds, for each matrix that was trained, the difference from the encoder's own in 4 bits (blocks of 32 along
the rows, one float16 scale each, the largest of a block at ±7), and all vectors as they are: 1 MB a layer. Beside it
stands a card, a JSON object with the file's SHA-256 and how it was trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import model
from index.errors import PolicyError
from index.model import Weights

BLOCK = 32
LARGEST = 7

Tensors = Mapping[str, npt.NDArray[Any]]
Damaged = Callable[[Path, str], PolicyError]
"""The error for a file that is missing, or not what it was, and the reason."""


def shrink(weights: Weights, trained: Tensors) -> dict[str, npt.NDArray[Any]]:
    """What the file holds of ``trained`` (float32, by the names of ``weights``, or names of its own)."""
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
        made[f"{name}.change"] = model.pack(halves)
        made[f"{name}.scales"] = scales
    return made


def grown(weights: Weights, stored: Tensors) -> dict[str, npt.NDArray[np.float32]]:
    """What ``shrink`` was given, as near as 4 bits come to it."""
    found: dict[str, npt.NDArray[np.float32]] = {}
    for name, values in stored.items():
        if name.endswith(".change"):
            matrix = name.removesuffix(".change")
            found[matrix] = weights.floats(matrix) + _change(values, stored[f"{matrix}.scales"])
        elif not name.endswith(".scales"):
            found[name] = values
    return found


def _change(packed: npt.NDArray[np.uint8], scales: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    steps = np.stack([packed & np.uint8(15), packed >> np.uint8(4)], axis=-1).reshape(*scales.shape, BLOCK)
    change = (steps.astype(np.float32) - 8) * scales.astype(np.float32)[..., None]
    return change.reshape(len(packed), -1)


def named(setting: str, shipped: Path) -> Path | None:
    """The file that a setting names: the one that ships for "trained", none for "none" or "plain", else a path."""
    if setting in ("none", "plain"):
        return None
    return shipped if setting == "trained" else Path(setting)


def beside(path: Path) -> Path:
    """Where the card of the file at ``path`` stands."""
    return path.with_suffix(".json")


def remedy(path: Path, shipped: Path) -> tuple[str, str]:
    """What to do about a file that cannot be used, or its card, in English and in Chinese."""
    if path in (shipped, beside(shipped)):
        return "install the package again", "请重新安装本软件"
    return (
        "name weights whose card, a .json file, stands beside them",
        "请指定旁边有同名 .json 说明文件的权重",
    )


def card(path: Path, damaged: Damaged) -> dict[str, Any]:
    """What is known of the weights. Raises ``damaged`` if the card is missing or no such thing."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error
    return read


def verified(path: Path, about: Path, damaged: Damaged) -> Path:
    """``path``, whose bytes are those that the card at ``about`` names. Raises ``damaged`` if they are not."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if found != card(about, damaged).get("sha256"):
        raise damaged(path, f"its SHA-256 is {found[:12]}…")
    return path


def write(path: Path, tensors: Tensors, **about: Any) -> None:
    """Write the file and its card, which keeps what else it said before."""
    from safetensors.numpy import save_file

    fresh, about_it = path.with_suffix(".new"), beside(path)
    save_file(dict(tensors), fresh)
    fresh.chmod(0o644)  # it is made readable by its owner alone
    before = json.loads(about_it.read_text(encoding="utf-8")) if about_it.exists() else {}
    told = {**before, "sha256": hashlib.sha256(fresh.read_bytes()).hexdigest(), **about}
    about_it.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)  # last, so that weights are never there without their card
