"""Checkpoints: a network's weights, without the embeddings, and its optimiser's moments in one file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from evals.errors import CheckpointOfAnother


def digest(*parts: object) -> str:
    """Twelve hexadecimal digits that tell one training from another: of what it learns from, in which order, after what."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def keep(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    path: Path,
    step: int,
    of: str,
    average: Sequence[Tensor] = (),
) -> None:
    """Write weights, their moving ``average`` and moments of the training ``of`` that digest, all or nothing."""
    tensors = {
        f"weights.{name}": value for name, value in network.state_dict().items() if "embeddings" not in name
    }
    for group, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"moments.{group}.{name}": value for name, value in moments.items()}
    tensors |= {f"average.{number}": value for number, value in enumerate(average)}
    fresh = path.with_suffix(".new")
    save_file({name: value.contiguous() for name, value in tensors.items()}, fresh, {"step": str(step), "of": of})
    fresh.replace(path)


def take(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give the network the weights of a checkpoint."""
    weights = {name.removeprefix("weights."): value for name, value in tensors.items() if name[0] == "w"}
    network.load_state_dict(weights, strict=False)


def resume(
    network: nn.Module, optimiser: torch.optim.Optimizer, path: Path, of: str, average: Sequence[Tensor] = ()
) -> int:
    """Take up a checkpoint if there is one, the moving ``average`` in place; the step to go on with.

    Raises ``CheckpointOfAnother`` if it is not of the training with the digest ``of``.
    """
    if not path.exists():
        return 0
    with safe_open(path, "pt") as file:
        about = file.metadata()
    if about.get("of") != of:
        raise CheckpointOfAnother(
            f"{path} was made by a training on other samples; delete it to train anew",
            f"{path} 是用另一批样本训练的；要重新训练请先删除它",
        )
    tensors = load_file(path)
    take(network, tensors)
    for place, values in enumerate(average):
        values.copy_(tensors[f"average.{place}"])
    state: dict[int, dict[str, Any]] = {}
    for name, value in tensors.items():
        if name.startswith("moments."):
            _, number, what = name.split(".")
            state.setdefault(int(number), {})[what] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    return int(about["step"])
