"""The reader as a PyTorch network: the bundled encoder with three small heads, and what its errors cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from assistant.reader import weights
from assistant.reader.tokens import Encoded, encode
from assistant.reader.weights import HEADS
from evals.training import attention
from evals.training.samples import Sample
from index import model

PADDING = 1
"""The token <pad>, which the mask hides."""
HIDDEN = 3
"""The token <unk>, which stands for what is hidden: the bundled vocabulary has no token of its own for it."""
OUTPUTS = 3
"""Start of the answer, end of the answer, relevance of the window."""
_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
"""PyTorch's names of a layer's parts, and those of the bundled file."""


def encoder(folder: Path, dropout: float = 0.0) -> BertModel:
    """The bundled encoder in ``folder`` as it is trained: its embeddings as they are, ``dropout`` of the layers' outputs."""
    # Dropout of attention would cost more than all the rest: without it attention runs as one fused kernel.
    config = BertConfig.from_pretrained(
        folder, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0, local_files_only=True
    )
    made: BertModel = BertModel.from_pretrained(
        folder,
        config=config,
        add_pooling_layer=False,
        local_files_only=True,
        attn_implementation=attention.implementation(),
    )
    made.embeddings.requires_grad_(requires_grad=False)
    return made


class Reader(nn.Module):
    """Logits of start and end for each token, and of relevance for each window.

    The first token stands for "no answer here": its start and end logits are those of an empty span.
    """

    def __init__(self, folder: Path, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = encoder(folder, dropout)
        self.heads = nn.Linear(self.encoder.config.hidden_size, OUTPUTS)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, tokens) int64 twice to start (n, tokens), end (n, tokens) and relevance (n), float32."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        logits = self.heads(states).float()
        return logits[..., 0], logits[..., 1], logits[:, 0, 2]


def named(name: str) -> str:
    """The name in the bundled file of a weight of the training network."""
    *path, kind = name.split(".")
    if path == [HEADS]:
        return f"{HEADS}.{kind[0]}"
    _, _, _, layer, *part = path  # weights of encoder.encoder.layer.N
    return f"l{layer}.{_PARTS['.'.join(part)]}.{kind[0]}"


def take_shipped(reader: Reader) -> None:
    """Give the network the weights that ship. Raises ``ReaderDamaged`` if they are missing or not what they were."""
    tensors = weights.merged(model.read_weights(model.weights_file()), load_file(weights.verified()))
    reader.load_state_dict(
        {name: torch.from_numpy(tensors[named(name)]) for name in reader.state_dict() if "embeddings" not in name},
        strict=False,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples as tensors.

    ``starts`` and ``ends`` (n, tokens) are 1 where a right span begins and ends, ``allowed`` where one may at
    all: on the window's tokens and on the first. ``read`` and ``judged`` (n) say which samples have a span, or
    the lack of one, and which a ``relevant``.
    """

    ids: Tensor
    mask: Tensor
    starts: Tensor
    ends: Tensor
    allowed: Tensor
    read: Tensor
    relevant: Tensor
    judged: Tensor

    def hidden(self, share: float) -> Batch:
        """The batch with so large a share of its tokens hidden, by lot; those that begin, end and pad a text are not."""
        shown = (self.ids <= HIDDEN) | (torch.rand(self.ids.shape, device=self.ids.device) >= share)
        return replace(self, ids=torch.where(shown, self.ids, HIDDEN))

    def to(self, device: str) -> Batch:
        """The batch on ``device``."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def batch(samples: Sequence[Sample], tokenizer: Tokenizer) -> Batch:
    """The samples as one batch, padded to the longest, and to a multiple of 32: each length costs compiled kernels."""
    encoded = [encode(tokenizer, sample.question, sample.context, sample.window) for sample in samples]
    longest = max(len(each.ids) for each in encoded)
    shape = (len(samples), 32 * math.ceil(longest / 32))
    ids = torch.full(shape, PADDING, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    starts, ends, allowed = (torch.zeros(shape) for _ in range(3))
    read = torch.zeros(len(samples))
    for row, (sample, each) in enumerate(zip(samples, encoded, strict=True)):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        mask[row, : len(each.ids)] = 1
        allowed[row, 0] = 1
        allowed[row, each.first : each.first + len(each.places)] = 1
        spans = [found for span in sample.spans if (found := tokens(each, *span))]
        read[row] = sample.read and bool(spans) == bool(sample.spans)
        for first, last in spans or [(0, 0)]:
            starts[row, first] = ends[row, last] = 1
    relevant = torch.tensor([sample.relevant or 0.0 for sample in samples])
    judged = torch.tensor([float(sample.relevant is not None) for sample in samples])
    return Batch(ids, mask, starts, ends, allowed, read, relevant, judged)


def tokens(encoded: Encoded, start: int, end: int) -> tuple[int, int] | None:
    """The first and the last token of the characters [start, end) of the window; ``None`` if it was cut before."""
    inside = [place for place, (first, last) in enumerate(encoded.places) if first < end and start < last]
    if not inside or encoded.places[-1][1] < end:
        return None
    return encoded.first + inside[0], encoded.first + inside[-1]


def loss(reader: Reader, given: Batch) -> Tensor:
    """Negative log-likelihood of the right starts and ends, all places of an answer counted, and of relevance."""
    start, end, relevance = reader(given.ids, given.mask)
    span = (_missed(start, given.starts, given.allowed) + _missed(end, given.ends, given.allowed)) / 2
    judged = nn.functional.binary_cross_entropy_with_logits(relevance, given.relevant, reduction="none")
    return (span * given.read).sum() / given.read.sum().clamp(min=1) + 0.5 * (
        judged * given.judged
    ).sum() / given.judged.sum().clamp(min=1)


def _missed(logits: Tensor, right: Tensor, allowed: Tensor) -> Tensor:
    logits = logits.masked_fill(allowed == 0, -1e4)
    every = torch.logsumexp(logits, dim=1)
    return every - torch.logsumexp(logits.masked_fill(right == 0, -1e4), dim=1)
