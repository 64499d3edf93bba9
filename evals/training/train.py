"""Training the reader: ``python -m evals.training.train``.

The encoder's embeddings stay as they are; its twelve layers and the heads are trained with AdamW, the learning
rate rising over the first 6 % of the steps and falling to nothing after. A later round goes on from the weights of
the one before, or from those that ship where these are not at hand, on samples of its own and at half the rate.
Everything follows from the seed, and a run that was interrupted goes on from its last checkpoint.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from assistant.reader import weights
from assistant.settings import settings
from evals.errors import SeenByTraining
from evals.folds import SEED
from evals.training.checkpoints import digest, keep, resume, take
from evals.training.network import Reader, batch, loss, take_shipped
from evals.training.samples import PARTS, Sample, restored, samples_file
from index.model import expand

BATCH = 16
POOL = 64
"""Batches whose samples are sorted by length before they are cut, so that little is padded."""
RATE, HEAD_RATE = 1.5e-4, 1e-3
LATER = 0.5
"""What the rates of a later round are of those of the first."""
RISING = 0.06
DECAY = 0.01
CLIPPED = 1.0
KEPT = 100
"""Steps between two checkpoints."""


def batches(samples: Sequence[Sample], seed: str) -> Iterator[list[Sample]]:
    """All samples once, in batches of alike lengths, in an order that the seed decides."""
    lot = random.Random(seed)  # noqa: S311
    order = list(samples)
    lot.shuffle(order)
    for start in range(0, len(order), BATCH * POOL):
        pool = sorted(order[start : start + BATCH * POOL], key=lambda sample: len(sample.window))
        cut = [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
        lot.shuffle(cut)
        yield from cut


def rate(step: int, steps: int) -> float:
    """The share of the learning rate at a step: up in a line, down in a line."""
    rising = max(1, int(RISING * steps))
    return (step + 1) / rising if step < rising else max(0.0, (steps - step) / (steps - rising))


def checkpoint(home: Path, out: int, round_: int) -> Path:
    """Where the weights of a round of the training that keeps fold ``out`` out are kept."""
    return home / "training" / f"reader-without-{out}-round-{round_}.safetensors"


def train(
    samples: Sequence[Sample], folder: Path, kept: Path, threads: int, device: str, before: Path | None = None
) -> Reader:
    """The trained network; ``folder`` holds the encoder and ``kept`` the checkpoint that is gone on from.

    ``before`` is the checkpoint of the round before, ``None`` for the first round.
    """
    torch.manual_seed(int.from_bytes(SEED.encode()[:7], "big"))
    torch.set_num_threads(threads)
    reader = Reader(folder).to(device)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    trained = [weight for weight in reader.encoder.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": trained, "lr": RATE}, {"params": list(reader.heads.parameters()), "lr": HEAD_RATE}],
        weight_decay=DECAY,
        fused=True,
    )
    if before is not None:
        take(reader, load_file(before)) if before.exists() else take_shipped(reader)
    rates = [group["lr"] * (LATER if before else 1.0) for group in optimiser.param_groups]
    plan = list(batches(samples, SEED))
    of = digest(plan, before.name if before else "", rates)
    begun = resume(reader, optimiser, kept, of)
    started, cost = time.monotonic(), 0.0
    reader.train()
    for step in range(begun, len(plan)):
        for group, full in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = full * rate(step, len(plan))
        given = batch(plan[step], tokenizer).to(device)
        with torch.autocast(device, torch.bfloat16):
            missed = loss(reader, given)
        missed.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(reader.parameters(), CLIPPED)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        cost = missed.item() if step == begun else 0.98 * cost + 0.02 * missed.item()
        if (step + 1) % KEPT == 0 or step + 1 == len(plan):
            keep(reader, optimiser, kept, step + 1, of)
            speed = BATCH * (step + 1 - begun) / (time.monotonic() - started)
            click.echo(f"step {step + 1} of {len(plan)}, loss {cost:.3f}, {speed:.1f} samples/s")
    return reader


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="where the samples lie and the checkpoint is kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--round", "round_", default=0, help="0, or the number of the round before and one")
@click.option(
    "--samples", "most", default=0, help="train on so many samples of each part, drawn by lot; all of them for 0"
)
def main(home: Path | None, out: int, round_: int, most: int) -> None:
    """Train the reader on the samples that keep one fold out."""
    chosen = settings(home=home)
    lot, every = random.Random(SEED), []  # noqa: S311
    for part in PARTS:
        found = list(restored(samples_file(chosen.home, part, out, round_)))
        every += lot.sample(found, min(most, len(found)) if most else len(found))
    lot.shuffle(every)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kept = checkpoint(chosen.home, out, round_)
    before = checkpoint(chosen.home, out, round_ - 1) if round_ else None
    if before is not None and not before.exists() and weights.card()["fold"] != out:
        raise SeenByTraining(
            f"{before} is not there, and the weights that ship have seen fold {out}; train the round before first",
            f"没有 {before}，而随包的权重见过第 {out} 折；请先训练前一轮",
        )
    train(every, expand(chosen.cache), kept, chosen.threads, device, before)
    click.echo(f"trained; the weights are in {kept}")


if __name__ == "__main__":
    main()
