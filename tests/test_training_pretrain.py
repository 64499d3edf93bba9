"""Going on with reading as such: what is masked, what is learnt, and what stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from evals.training import attention
from evals.training.network import Reader
from evals.training.pretrain import END, masked, pretrain, stream
from index import model


def test_a_fifth_is_hidden_in_runs_and_only_what_is_hidden_changes() -> None:
    torch.manual_seed(0)
    ids = torch.arange(64 * 256).reshape(64, 256)
    shown, hidden = masked(ids, 64 * 256)
    assert 0.15 < hidden.float().mean() < 0.22
    assert not hidden[:, 0].any()
    assert torch.equal(shown[~hidden], ids[~hidden])
    kinds = [(shown[hidden] == -1), (shown[hidden] == ids[hidden])]
    assert [round(kind.float().mean().item(), 1) for kind in kinds] == [0.8, 0.1]
    assert (hidden[:, 1:] & hidden[:, :-1]).float().mean() > 2 * hidden.float().mean() ** 2


def test_texts_follow_each_other_and_the_layers_learn_from_them_while_the_embeddings_stay(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = (attention._probabilities, attention._of_scores)
    monkeypatch.setattr(attention, "_compiled", lambda: plain)  # to compile takes longer than all the rest
    folder = model.expand(cache)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens = stream(["到2025年，绿色 食品\n产业", "做好碳达峰工作"], tokenizer)
    assert (tokens == END).nonzero().flatten().tolist()[-1] == len(tokens) - 1
    assert (tokens == END).sum() == 2
    reader = Reader(folder)
    before = {name: values.clone() for name, values in reader.state_dict().items()}
    pretrain(reader, tokens, "cpu", steps=1, batch=2)
    changed = {name for name, values in reader.state_dict().items() if not torch.equal(values, before[name])}
    assert changed
    assert all(".layer." in name for name in changed)
