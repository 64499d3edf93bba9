"""The reader's network at work: a BERT encoder with three heads, in bfloat16 where the processor has it.

PyTorch and not ONNX Runtime: with AMX, eight windows take it a fifth of the time (November 2026).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index import model

if TYPE_CHECKING:
    from torch import Tensor

LAYERS, ATTENTIONS, EPSILON = 12, 12, 1e-12


class Network:
    """Logits of start, end and relevance; ``folder`` is that of ``weights.expand``."""

    def __init__(self, folder: Path, threads: int) -> None:
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")  # as in index.embed
        import torch
        from safetensors.torch import load_file

        torch.set_num_threads(threads)
        processor = torch.cpu.get_capabilities()
        half = processor.get("amx_bf16") or processor.get("avx512_bf16")
        self._type = torch.bfloat16 if half else torch.float32
        tensors = load_file(folder / "merged.safetensors")
        self._words = tensors.pop("words").numpy()
        self._tensors = {name: values.to(self._type) for name, values in tensors.items()}
        for layer in range(LAYERS):
            for kind in "wb":
                parts = [self._tensors.pop(f"l{layer}.{name}.{kind}") for name in "qkv"]
                self._tensors[f"l{layer}.qkv.{kind}"] = torch.cat(parts)

    def __call__(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(n, tokens) ids and mask to the three logits of each token, float32 (n, tokens, 3)."""
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            seen = torch.from_numpy(mask)[:, None, None].bool()
            state = self._embedded(ids)
            for layer in range(LAYERS):
                state = self._layer(state, seen, f"l{layer}.")
            heads = functional.linear(
                state.float(), self._tensors["heads.w"].float(), self._tensors["heads.b"].float()
            )
            logits: npt.NDArray[np.float32] = heads.numpy()
        return logits

    def _embedded(self, ids: npt.NDArray[np.int64]) -> Tensor:
        import torch

        blocks = np.ascontiguousarray(self._words[ids]).view(model.BLOCKS)
        halves = model.unpack(blocks).astype(np.float32) - 8
        words = (halves * blocks["scale"].astype(np.float32)[..., None]).reshape(*ids.shape, -1)
        places = self._tensors["emb.pos"][: ids.shape[1]] + self._tensors["emb.type"][0]
        return self._norm(torch.from_numpy(words).to(self._type) + places, "emb.ln")

    def _layer(self, state: Tensor, seen: Tensor, at: str) -> Tensor:
        from torch.nn import functional

        n, tokens, hidden = state.shape
        joined = self._linear(state, f"{at}qkv").view(n, tokens, 3, ATTENTIONS, -1).permute(2, 0, 3, 1, 4)
        query, key, value = joined.unbind(0)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        middle = self._linear(attended.transpose(1, 2).reshape(n, tokens, hidden), f"{at}ao")
        middle = self._norm(middle + state, f"{at}aln")
        wide = functional.gelu(self._linear(middle, f"{at}fi"))
        return self._norm(self._linear(wide, f"{at}fo") + middle, f"{at}oln")

    def _linear(self, state: Tensor, name: str) -> Tensor:
        from torch.nn import functional

        return functional.linear(state, self._tensors[f"{name}.w"], self._tensors[f"{name}.b"])

    def _norm(self, state: Tensor, name: str) -> Tensor:
        from torch.nn import functional

        weight, bias = self._tensors[f"{name}.w"], self._tensors[f"{name}.b"]
        return functional.layer_norm(state, weight.shape, weight, bias, EPSILON)
