"""The quick attention of the training has the values and the gradients of PyTorch's own."""

from __future__ import annotations

import pytest
import torch

from evals.training import attention


@pytest.mark.parametrize("samples", [1, attention.TOGETHER, 2 * attention.TOGETHER + 1])
def test_values_and_gradients_are_those_of_pytorch(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = (attention._probabilities, attention._of_scores)
    monkeypatch.setattr(attention, "_compiled", lambda: plain)  # to compile takes longer than all the rest
    torch.manual_seed(0)
    parts = [torch.randn(samples, 2, 7, 4, requires_grad=True) for _ in range(3)]
    seen = torch.ones(samples, 1, 1, 7, dtype=torch.bool)
    seen[0, ..., 5:] = False
    expected = torch.nn.functional.scaled_dot_product_attention(*parts, attn_mask=seen, scale=0.5).transpose(1, 2)
    towards = torch.randn_like(expected)
    wanted = torch.autograd.grad(expected, parts, towards)
    found, _ = attention.attend(torch.nn.Identity(), *parts, seen, 0.5)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    for mine, theirs in zip(torch.autograd.grad(found, parts, towards), wanted, strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


def test_without_a_mask_every_token_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "_compiled", lambda: (attention._probabilities, attention._of_scores))
    parts = [torch.randn(2, 2, 5, 4) for _ in range(3)]
    expected = torch.nn.functional.scaled_dot_product_attention(*parts, scale=0.5).transpose(1, 2)
    found, _ = attention.attend(torch.nn.Identity(), *parts, None, 0.5)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
