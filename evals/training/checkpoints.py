"""Checkpoints: a network's weights, without the embeddings, and its optimiser's moments in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


def keep(network: nn.Module, optimiser: torch.optim.Optimizer, path: Path, step: int) -> None:
    """Write weights and moments, all or nothing."""
    tensors = {
        f"weights.{name}": value for name, value in network.state_dict().items() if "embeddings" not in name
    }
    for group, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"moments.{group}.{name}": value for name, value in moments.items()}
    fresh = path.with_suffix(".new")
    save_file({name: value.contiguous() for name, value in tensors.items()}, fresh, {"step": str(step)})
    fresh.replace(path)


def take(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give the network the weights of a checkpoint."""
    weights = {name.removeprefix("weights."): value for name, value in tensors.items() if name[0] == "w"}
    network.load_state_dict(weights, strict=False)


def resume(network: nn.Module, optimiser: torch.optim.Optimizer, path: Path) -> int:
    """Take up a checkpoint if there is one; the step to go on with."""
    if not path.exists():
        return 0
    tensors = load_file(path)
    take(network, tensors)
    state: dict[int, dict[str, Any]] = {}
    for name, value in tensors.items():
        if name.startswith("moments."):
            _, number, what = name.split(".")
            state.setdefault(int(number), {})[what] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    with safe_open(path, "pt") as file:
        return int(file.metadata()["step"])
