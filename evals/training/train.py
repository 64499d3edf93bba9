"""Training the reader: ``python -m evals.training.train``.

The encoder's embeddings stay as they are; its twelve layers and the heads are trained with AdamW, the learning
rate rising over the first 6 % of the steps and falling in a line after. The first round goes on from what
``evals.training.pretrain`` kept, if it did, a later one from the weights of the one before, or from those that ship where
these are not at hand, on samples of its own and at half the rate. Everything follows from the seed, and a run that was
interrupted goes on from its last checkpoint.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from assistant.reader import weights
from assistant.settings import settings
from evals.errors import SeenByTraining
from evals.folds import SEED
from evals.training.checkpoints import digest, keep, resume, take
from evals.training.network import Reader, batch, loss, take_shipped
from evals.training.samples import PARTS, Sample, restored, samples_file
from index.model import expand

POOL = 64
"""Batches whose samples are sorted by length before they are cut, so that little is padded."""
HEAD_RATE = 1e-3
RISING = 0.06
DECAY = 0.01
BETAS = (0.9, 0.98)
CLIPPED = 1.0
KEPT = 100
"""Steps between two checkpoints."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a round goes; as it stands, the first one on two processors.

    ``last`` is the share of the learning rates that is left at the end, ``hidden`` the share of tokens that are hidden.
    ``averaged``: the weights that are kept are a moving average that keeps so much of itself at each step (0: the last ones).
    """

    batch: int = 16
    rate: float = 1.5e-4
    head_rate: float = HEAD_RATE
    last: float = 0.0
    dropout: float = 0.0
    hidden: float = 0.0
    averaged: float = 0.0


FIRST, LATER = Recipe(), Recipe(rate=0.75e-4, head_rate=HEAD_RATE / 2)
"""The first round, and a later one."""


def batches(samples: Sequence[Sample], seed: str, size: int = FIRST.batch) -> Iterator[list[Sample]]:
    """All samples once, in batches of alike lengths, in an order that the seed decides."""
    lot = random.Random(seed)  # noqa: S311
    order = list(samples)
    lot.shuffle(order)
    for start in range(0, len(order), size * POOL):
        pool = sorted(order[start : start + size * POOL], key=lambda sample: len(sample.window))
        cut = [pool[at : at + size] for at in range(0, len(pool), size)]
        lot.shuffle(cut)
        yield from cut


def rate(step: int, steps: int, last: float = 0.0) -> float:
    """The share of the learning rate at a step: up in a line, down in a line to ``last``."""
    rising = max(1, int(RISING * steps))
    if step < rising:
        return (step + 1) / rising
    return last + (1 - last) * max(0.0, (steps - step) / (steps - rising))


def seed() -> int:
    """The seed as PyTorch takes it."""
    return int.from_bytes(SEED.encode()[:7], "big")


def pretrained(home: Path, out: int) -> Path:
    """Where the weights are kept that the training without fold ``out`` begins with."""
    return home / "training" / f"pretrained-without-{out}.safetensors"


def checkpoint(home: Path, out: int, round_: int) -> Path:
    """Where the weights of a round of the training that keeps fold ``out`` out are kept."""
    return home / "training" / f"reader-without-{out}-round-{round_}.safetensors"


def train(
    samples: Sequence[Sample],
    folder: Path,
    kept: Path,
    threads: int,
    device: str,
    before: Path | None = None,
    recipe: Recipe | None = None,
) -> Reader:
    """The trained network; ``folder`` holds the encoder and ``kept`` the checkpoint that is gone on from.

    ``before`` is the checkpoint of the round before, ``None`` for one that begins with the encoder as it comes.
    """
    recipe = recipe or (LATER if before else FIRST)
    torch.manual_seed(seed())
    torch.set_num_threads(threads)
    reader = Reader(folder, recipe.dropout).to(device)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    trained = [weight for weight in reader.encoder.parameters() if weight.requires_grad]
    heads = list(reader.heads.parameters())
    learnt = trained + heads
    optimiser = torch.optim.AdamW(
        [{"params": trained, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}],
        weight_decay=DECAY,
        betas=BETAS,
        fused=True,
    )
    if before is not None:
        take(reader, load_file(before)) if before.exists() else take_shipped(reader)
    average = [weight.detach().clone() for weight in learnt] if recipe.averaged else []
    plan = list(batches(samples, SEED, recipe.batch))
    of = digest(plan, before.name if before else "", recipe)
    begun = resume(reader, optimiser, kept, of, average)
    started, cost = time.monotonic(), 0.0
    reader.train()
    for step in range(begun, len(plan)):
        for group, full in zip(optimiser.param_groups, (recipe.rate, recipe.head_rate), strict=True):
            group["lr"] = full * rate(step, len(plan), recipe.last)
        given = batch(plan[step], tokenizer).to(device).hidden(recipe.hidden)
        with torch.autocast(device, torch.bfloat16):
            missed = loss(reader, given)
        missed.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(reader.parameters(), CLIPPED)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        cost = missed.item() if step == begun else 0.98 * cost + 0.02 * missed.item()
        _drawn_near(average, learnt, 1 - recipe.averaged)
        if (step + 1) % KEPT == 0 or step + 1 == len(plan):
            keep(reader, optimiser, kept, step + 1, of, average)
            speed = recipe.batch * (step + 1 - begun) / (time.monotonic() - started)
            click.echo(f"step {step + 1} of {len(plan)}, loss {cost:.3f}, {speed:.1f} samples/s")
    if average:
        _drawn_near(learnt, average, 1.0)
        keep(reader, optimiser, kept, len(plan), of, average)
    return reader


@torch.no_grad()
def _drawn_near(these: Sequence[Tensor], those: Sequence[Tensor], share: float) -> None:
    """Move each of ``these``, in place, by that share of its way to its match in ``those``; none of none."""
    for mine, other in zip(these, those, strict=False):
        mine.lerp_(other, share)


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="where the samples lie and the checkpoint is kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--round", "round_", default=0, help="0, or the number of the round before and one")
@click.option("--after", type=int, help="the earlier round that it goes on from, the one before if not told")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="all if none is named")
@click.option(
    "--samples", "most", default=0, help="train on so many samples of each part, drawn by lot; all of them for 0"
)
@click.option("--batch", type=int, help=f"samples of a step, {FIRST.batch} if not told")
@click.option("--rate", type=float, help=f"learning rate, {FIRST.rate}, and half of it in a later round")
@click.option("--head-rate", type=float, help="that of the heads")
@click.option("--last", type=float, help="the share of the rates that is left at the end, none if not told")
@click.option("--dropout", type=float, help="share of activations that are dropped, none if not told")
@click.option("--hidden", type=float, help="share of tokens that are hidden, none if not told")
@click.option("--averaged", type=float, help="keep a moving average of the weights with this decay")
def main(
    home: Path | None, out: int, round_: int, after: int | None, parts: tuple[str, ...], most: int, **told: Any
) -> None:
    """Train the reader on the samples that keep one fold out.

    Rounds that begin with the same weights, each on its own drawing, may be averaged (``evals.training.export``).
    """
    chosen = settings(home=home)
    lot, every = random.Random(SEED), []  # noqa: S311
    for part in parts or PARTS:
        found = list(restored(samples_file(chosen.home, part, out, round_)))
        every += lot.sample(found, min(most, len(found)) if most else len(found))
    lot.shuffle(every)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kept = checkpoint(chosen.home, out, round_)
    last = round_ - 1 if after is None else after
    before = checkpoint(chosen.home, out, last) if round_ else pretrained(chosen.home, out)
    if after is not None and not (after < round_ and before.exists()):
        raise click.BadParameter(
            f"{before} is not there, or {after} is no earlier round; train it first", param_hint="--after"
        )
    if round_ and not before.exists() and weights.card()["fold"] != out:
        raise SeenByTraining(
            f"{before} is not there, and the weights that ship have seen fold {out}; train the round before first",
            f"没有 {before}，而随包的权重见过第 {out} 折；请先训练前一轮",
        )
    begins = before if round_ or before.exists() else None
    recipe = replace(
        LATER if round_ else FIRST, **{name: value for name, value in told.items() if value is not None}
    )
    train(every, expand(chosen.cache), kept, chosen.threads, device, begins, recipe)
    click.echo(f"trained; the weights are in {kept}")


if __name__ == "__main__":
    main()
