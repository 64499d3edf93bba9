"""Attention whose gradient is quick on a CPU.

PyTorch's own CPU kernel for that gradient takes half of a training step. Here the forward pass is PyTorch's, and the
backward pass is that of FlashAttention (Dao et al. 2022, algorithm 4) in matrix products of a few samples at a time,
which stay in the cache: probabilities are computed again from the scores and their kept log-sum-exp.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

NAME = "quick_on_cpu"
TOGETHER = 2
"""Samples whose matrices are multiplied together: 1, 2, 4 and 16 took 74, 59, 112 and 124 ms, PyTorch's own 148."""


def _probabilities(scores: Tensor, total: Tensor, mask: Tensor, scale: float) -> Tensor:
    return torch.exp(scores.float() * scale + mask - total.unsqueeze(-1)).to(scores.dtype)


def _of_scores(probabilities: Tensor, gradient: Tensor, own: Tensor, scale: float) -> Tensor:
    return (probabilities.float() * (gradient.float() - own.unsqueeze(-1)) * scale).to(gradient.dtype)


@cache
def _compiled() -> tuple[Callable[..., Tensor], Callable[..., Tensor]]:
    """Both functions, each as one loop over its matrices instead of several."""
    return torch.compile(_probabilities, dynamic=True), torch.compile(_of_scores, dynamic=True)


class _Attention(torch.autograd.Function):
    """Attention over ``query``, ``key`` and ``value`` (n, heads, tokens, width); ``mask`` (n, 1, 1, tokens) is added."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
        out, total = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            query, key, value, attn_mask=mask.to(query.dtype), scale=scale
        )
        ctx.save_for_backward(query, key, value, mask, out, total)
        ctx.scale = scale
        return out  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        query, key, value, mask, out, total = ctx.saved_tensors
        gradient = gradients[0].contiguous()
        probable, scored = _compiled()
        own = (gradient.float() * out.float()).sum(-1)
        of_query, of_key, of_value = map(torch.empty_like, (query, key, value))
        for start in range(0, len(query), TOGETHER):
            part = slice(start, start + TOGETHER)
            scores = query[part] @ key[part].transpose(-1, -2)
            probabilities = probable(scores, total[part], mask[part], ctx.scale)
            of_value[part] = probabilities.transpose(-1, -2) @ gradient[part]
            onward = gradient[part] @ value[part].transpose(-1, -2)
            of_scores = scored(probabilities, onward, own[part], ctx.scale)
            of_query[part] = of_scores @ key[part]
            of_key[part] = of_scores.transpose(-1, -2) @ query[part]
        return of_query, of_key, of_value, None, None


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **_: object,
) -> tuple[Tensor, None]:
    """Attention as transformers calls it: (n, heads, tokens, width) to (n, tokens, heads, width)."""
    tokens = key.shape[2]
    hidden = torch.zeros((len(query), 1, 1, tokens))
    if attention_mask is not None:
        seen = attention_mask[:, :1, :1, :tokens]
        hidden = hidden.masked_fill(~seen, -1e9) if seen.dtype == torch.bool else seen.float()
    parts = (part.contiguous() for part in (query, key, value))
    out: Tensor = _Attention.apply(*parts, hidden, scaling)  # type: ignore[no-untyped-call]
    return out.transpose(1, 2).contiguous(), None


def implementation() -> str:
    """What transformers is to attend with: this module on a CPU with a C++ compiler, else PyTorch's own."""
    if torch.cuda.is_available() or not (shutil.which("g++") or shutil.which("clang++")):
        return "sdpa"
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    return NAME
