"""Going on with reading as such: ``python -m evals.training.pretrain --data ../shared/benchmarks``.

The bundled encoder was last trained to compare whole texts. Before it learns to find answers it goes on with masked language
modelling (Devlin et al., "BERT", 2018) on the texts of the sets, those of the fold that is kept out left out: a fifth of
the tokens, in runs of one to three, are to be told from those around them. The embeddings stay as they are. A GPU does it in
less than a minute; without one the training of the reader does well enough without it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import torch
from opencc import OpenCC
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from assistant.settings import settings
from evals.folds import fold
from evals.sets import read
from evals.sets.policies import documents
from evals.training.draw import PASSAGES
from evals.training.network import HIDDEN, Reader
from evals.training.train import BETAS, CLIPPED, DECAY, HEAD_RATE, pretrained, rate, seed
from index.model import expand

STEPS = 1000
BATCH, TOKENS = 128, 256
RATE = 3e-4
MASKED = 0.1
"""The share of tokens with which a masked run begins."""
LONGEST = 3
"""Tokens of the longest run."""
END = 2
"""The token </s>, which stands between two texts."""


class Guesser(nn.Module):
    """BERT's head: the states of masked tokens to logits of all tokens that the texts have."""

    def __init__(self, words: Tensor) -> None:
        super().__init__()
        width = words.shape[1]
        self.words = words
        self.inner, self.norm = nn.Linear(width, width), nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(len(words)))

    def forward(self, states: Tensor) -> Tensor:
        """(n, hidden) to (n, tokens of the texts), float32."""
        inner = self.norm(nn.functional.gelu(self.inner(states)))
        logits: Tensor = (inner @ self.words.to(inner.dtype).T + self.bias).float()
        return logits


def texts(data: Path, out: int) -> Iterator[str]:
    """The texts of the sets that may be seen when fold ``out`` is kept out."""
    simplified = OpenCC("t2s").convert
    yield from (source.text for source in read("ncp", data / "ncp").sources if fold(source.id) != out)
    for name in PASSAGES:
        passages = {source.text for source in read("reading", data / "reading", name).sources}
        yield from (simplified(text) for text in sorted(passages) if fold(text) != out)
    yield from (source.text for source in documents(data.parent / "corpus") if fold(source.id) != out)
    yield from (f"{source.title} {source.text}" for source in read("stard", data / "stard").sources)


def stream(every: Iterable[str], tokenizer: Tokenizer) -> Tensor:
    """The tokens of all texts in a row, int64."""
    encoded = tokenizer.encode_batch([" ".join(text.split()) for text in every], add_special_tokens=False)
    return torch.tensor([token for each in encoded for token in (*each.ids, END)])


def masked(ids: Tensor, kinds: int) -> tuple[Tensor, Tensor]:
    """What the network sees of ``ids`` (n, tokens), and which are hidden (bool); never the first token.

    Of the hidden ones 80 % are shown as -1, 10 % as any of ``kinds`` tokens and 10 % as they are.
    """
    count, tokens = ids.shape
    starts = torch.rand(count, tokens, device=ids.device).argsort(1)[:, : int(MASKED * tokens)]
    runs = torch.randint(1, LONGEST + 1, starts.shape, device=ids.device)
    hidden = torch.zeros(count, tokens + LONGEST, dtype=torch.bool, device=ids.device)
    for further in range(LONGEST):
        hidden.scatter_(1, starts + further * (runs > further), True)
    hidden = hidden[:, :tokens]
    hidden[:, 0] = False
    lot = torch.rand(count, tokens, device=ids.device)
    shown = torch.where(hidden & (lot < 0.8), -1, ids)
    return torch.where(hidden & (lot > 0.9), torch.randint(kinds, ids.shape, device=ids.device), shown), hidden


def pretrain(reader: Reader, tokens: Tensor, device: str, steps: int = STEPS, batch: int = BATCH) -> None:
    """Train the encoder of ``reader`` in place; ``tokens`` is what ``stream`` made."""
    torch.manual_seed(seed())
    reader.to(device).train()
    known, places = torch.unique(tokens, return_inverse=True)
    known, places = known.to(device), places.to(device)
    guesser = Guesser(reader.encoder.embeddings.word_embeddings.weight[known].detach()).to(device)
    trained = [weight for weight in reader.encoder.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": trained, "lr": RATE}, {"params": list(guesser.parameters()), "lr": HEAD_RATE}],
        weight_decay=DECAY,
        betas=BETAS,
        fused=True,
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    everywhere = torch.ones(batch, min(TOKENS, len(tokens)), dtype=torch.long, device=device)
    row, begun = torch.arange(everywhere.shape[1], device=device), time.monotonic()
    for step in range(steps):
        for group, full in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = full * rate(step, steps)
        at = torch.randint(len(tokens) - len(row) + 1, (batch, 1), device=device)
        right = places[at + row]
        shown, hidden = masked(right, len(known))
        ids = torch.where(shown < 0, HIDDEN, known[shown.clamp(min=0)])
        with torch.autocast(device, torch.bfloat16):
            states = reader.encoder(input_ids=ids, attention_mask=everywhere).last_hidden_state
            guessed = guesser(states[hidden])
        missed = nn.functional.cross_entropy(guessed, right[hidden])
        missed.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, CLIPPED)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if (step + 1) % 100 == 0:
            click.echo(f"step {step + 1} of {steps}, loss {missed.item():.3f}, {time.monotonic() - begun:.0f} s")


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the weights are kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--steps", default=STEPS, help=f"of {BATCH} pieces of {TOKENS} tokens")
def main(data: Path, home: Path | None, out: int, steps: int) -> None:
    """Go on with masked language modelling, and keep the weights."""
    chosen = settings(home=home)
    folder = expand(chosen.cache)
    tokens = stream(texts(data, out), Tokenizer.from_file(str(folder / "tokenizer.json")))
    click.echo(f"{len(tokens)} tokens")
    reader = Reader(folder)
    pretrain(reader, tokens, "cuda" if torch.cuda.is_available() else "cpu", steps)
    to = pretrained(chosen.home, out)
    to.parent.mkdir(parents=True, exist_ok=True)
    weights = {f"weights.{name}": value for name, value in reader.state_dict().items() if "embeddings" not in name}
    save_file({name: value.contiguous().cpu() for name, value in weights.items()}, to)
    click.echo(f"{to}: {to.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
