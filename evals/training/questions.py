"""Training the encoder's question side: ``python -m evals.training.questions --data ../shared/benchmarks``.

Passages keep the vectors that they have, so a step costs no more than encoding a few questions, and every passage of
a set stands against each of its questions: the loss is the cross-entropy of its right passages among all of them
("InfoNCE", van den Oord et al. 2018, with all negatives in place of a batch's), and what a question's vector has left
behind of its own. A fifth of the documents of each set is kept out, as for the reader. Everything follows from the seed;
a run that was interrupted goes on after its last epoch.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import torch
from opencc import OpenCC
from tokenizers import Tokenizer
from torch import Tensor, nn

from assistant.settings import Settings, settings
from evals.collection import collect
from evals.folds import SEED, may_be_seen, trained_on
from evals.memory import RememberingEncoder
from evals.sets import read
from evals.sets.policies import documents
from evals.sets.written import Written, known
from evals.sets.written import read as read_written
from evals.training.checkpoints import digest, keep, resume
from evals.training.export import write
from evals.training.network import encoder
from evals.training.train import rate, seed
from evals.types import Question, Task
from index import model
from index.embed import Passage
from index.ingest import passage
from index.questions import FILE

SETS = ("ncp", "stard", "policies", "reading")
BATCH = 32
EPOCHS = 2
RATE = 5e-5
DECAY = 0.01
CLIPPED = 1.0
TEMPERATURE = 0.01
"""What cosines are divided by before they compete."""
NEAR = 20.0
"""What a question pays for leaving its plain vector: so many times what its cosine with it lacks of 1.

Without it cosines of questions and passages fall from .8–.9 to .1–.3, and all that was fitted to them with them; with
it they keep their range, and one or two of 118 questions of ncp find their document a place later (November 2026).
"""
TOKENS = 128
"""Tokens of the longest question; what is longer is cut."""
STEP = 16
"""Lengths are padded to a multiple of it: each length costs compiled kernels."""
PIECE = 350
"""Characters of the pieces into which the passages of the reading sets are cut."""
READING = {"cmrc2018": 700, "dureader_robust": 700, "dureader_checklist": 700, "drcd": 700, "cail2019": 700}
"""Of each reading set so many passages, drawn by lot."""


class Asked(NamedTuple):
    """A question with the places of its ``right`` passages among those from ``start`` to ``stop`` of its pool."""

    question: str
    right: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Pool:
    """The passages of a set, ``vectors`` (n, dimension), and questions that they answer.

    ``plain`` are the questions' vectors before training.
    """

    vectors: Tensor
    asked: tuple[Asked, ...]
    plain: Tensor


class Asker(nn.Module):
    """The bundled encoder as questions go through it: the mean of the tokens' states, brought to length 1."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = encoder(folder)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(n, tokens) int64 twice to (n, hidden) float32."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        pooled = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return nn.functional.normalize(pooled, dim=1)


def loss(vectors: Tensor, pool: Tensor, asked: Sequence[Asked]) -> Tensor:
    """The mean negative log-likelihood of the right ones among the passages of each question; several count together."""
    logits = vectors @ pool.T / TEMPERATURE
    wrong = torch.ones_like(logits, dtype=torch.bool)
    outside = torch.ones_like(logits, dtype=torch.bool)
    for row, each in enumerate(asked):
        wrong[row, list(each.right)] = False
        outside[row, each.start : each.stop] = False
    logits = logits.masked_fill(outside, -1e4)
    return (torch.logsumexp(logits, 1) - torch.logsumexp(logits.masked_fill(wrong, -1e4), 1)).mean()


def batches(pools: Sequence[Pool], lot: random.Random) -> Iterator[tuple[Pool, list[int]]]:
    """All questions once, in whole batches of one pool each, in an order that the lot decides."""
    cut: list[tuple[Pool, list[int]]] = []
    for pool in pools:
        order = list(range(len(pool.asked)))
        lot.shuffle(order)
        cut += [(pool, order[at : at + BATCH]) for at in range(0, len(order) - BATCH + 1, BATCH)]
    lot.shuffle(cut)
    yield from cut


def train(pools: Sequence[Pool], folder: Path, kept: Path, threads: int) -> Asker:
    """The trained network; ``folder`` holds the encoder and ``kept`` the checkpoint that is gone on from."""
    torch.manual_seed(seed())
    torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    asker = Asker(folder).to(device)
    pools = [replace(pool, vectors=pool.vectors.to(device), plain=pool.plain.to(device)) for pool in pools]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>", pad_to_multiple_of=STEP)  # noqa: S106, no password
    weights = [weight for weight in asker.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY, fused=True)
    steps = EPOCHS * sum(len(pool.asked) // BATCH for pool in pools)
    of = digest([pool.asked for pool in pools], EPOCHS)
    begun, step, started, cost = resume(asker, optimiser, kept, of), 0, time.monotonic(), 0.0
    for epoch in range(EPOCHS):
        for pool, places in batches(pools, random.Random(f"{SEED}:questions:{epoch}")):  # noqa: S311
            step += 1
            if step <= begun:
                continue
            for group in optimiser.param_groups:
                group["lr"] = RATE * rate(step - 1, steps)
            encoded = tokenizer.encode_batch(
                [model.PROMPTS["query"] + pool.asked[place].question for place in places]
            )
            ids = torch.tensor([each.ids for each in encoded], device=device)
            mask = torch.tensor([each.attention_mask for each in encoded], device=device)
            with torch.autocast(device, torch.bfloat16):
                vectors = asker(ids, mask)
            missed = loss(vectors, pool.vectors, [pool.asked[place] for place in places])
            missed = missed + NEAR * (1 - (vectors * pool.plain[places]).sum(1)).mean()
            missed.backward()
            torch.nn.utils.clip_grad_norm_(weights, CLIPPED)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            cost = missed.item() if step == begun + 1 else 0.98 * cost + 0.02 * missed.item()
        if step > begun:
            keep(asker, optimiser, kept, step, of)
            click.echo(f"epoch {epoch + 1} of {EPOCHS}, loss {cost:.3f}, {time.monotonic() - started:.0f} s")
    return asker


def of_documents(
    task: Task,
    seen: frozenset[Question],
    written: Iterable[Written],
    encoder: RememberingEncoder,
    folder: Path,
    out: int,
    *,
    within: bool = False,
) -> Pool:
    """The chunks of a set's library, with the set's questions that are ``seen`` and those ``written`` for training.

    None of a document in the fold ``out``, not even as a passage that does not answer.

    Right are those that hold most of an answer or, where answers are not told word for word, all of the right documents.
    ``within``: the second wordings are asked of their own document's chunks alone, since they do not name it.
    """
    collection = collect(task.name, task.sources, encoder, folder)
    passages: list[Passage] = []
    found: dict[str, list[tuple[int, int, int]]] = {}
    for id_, name in collection.sources.items():
        if not may_be_seen(task.name, name, out):
            continue
        document = collection.library.document(id_)
        for chunk in collection.library.chunks(id_):
            found.setdefault(name, []).append((chunk.start, chunk.end, len(passages)))
            passages.append(passage(document, chunk))
    asked = []
    for question in task.questions:
        if question not in seen or not question.answerable:
            continue
        own = [each for name in question.documents for each in found.get(name, ())]
        if question.evidence:
            text = collection.texts.get(collection.ids.get(question.documents[0], ""), "")
            own = holding(own, text.find(question.evidence[0]), len(question.evidence[0]))
        if own:
            asked.append(Asked(question.question, tuple(place for *_, place in own), 0, len(passages)))
    texts = {name: collection.texts[collection.ids[name]] for name in found}
    for each, _ in known(written, texts.get):
        chunks = found[each.document]
        own = holding(chunks, each.span.start, len(each.span)) if each.answered else []
        for wording, everywhere in zip(each.questions, (True, not within), strict=False):
            if own:
                first, last = (0, len(passages)) if everywhere else (chunks[0][2], chunks[-1][2] + 1)
                asked.append(Asked(wording, (own[0][2],), first, last))
    collection.close()
    return _pool(encoder, passages, asked)


def holding(chunks: Sequence[tuple[int, int, int]], start: int, length: int) -> list[tuple[int, int, int]]:
    """The chunk (start, end, place) that holds most of the range of ``length`` from ``start``; none if that is -1."""
    end = start + length
    over = [each for each in chunks if start >= 0 and each[0] < end and start < each[1]]
    return [max(over, key=lambda each: min(each[1], end) - max(each[0], start))] if over else []


def of_passages(task: Task, seen: frozenset[Question], encoder: RememberingEncoder, limit: int) -> Pool:
    """The passages of a reading set in pieces; right is the one in which the answer begins."""
    simplified = OpenCC("t2s").convert
    texts = {source.id: simplified(source.text) for source in task.sources}
    lot = random.Random(f"{SEED}:{task.sources[0].id}")  # noqa: S311
    drawn = lot.sample(sorted(texts), min(limit, len(texts)))
    passages: list[Passage] = []
    pieces: dict[str, list[tuple[int, int, int]]] = {}
    for name in drawn:
        for start, end in cut(len(texts[name])):
            pieces.setdefault(name, []).append((start, end, len(passages)))
            passages.append(Passage("", texts[name][start:end]))
    asked = []
    for question in task.questions:
        if question in seen and question.answerable and question.answers and question.within[0] in pieces:
            at = texts[question.within[0]].find(simplified(question.answers[0]))
            if own := holding(pieces[question.within[0]], at, 1):
                asked.append(Asked(simplified(question.question), (own[0][2],), 0, len(passages)))
    return _pool(encoder, passages, asked)


def cut(length: int) -> Iterator[tuple[int, int]]:
    """Ranges of about ``PIECE`` that tile a text of ``length``."""
    size = -(-length // max(1, round(length / PIECE)))
    for start in range(0, length, max(1, size)):
        yield start, min(length, start + size)


def _pool(encoder: RememberingEncoder, passages: Sequence[Passage], asked: Sequence[Asked]) -> Pool:
    vectors = np.stack([rows[0] for rows in encoder.encode_passages(passages)])
    plain = torch.from_numpy(encoder.encode_queries([each.question for each in asked]))
    return Pool(torch.from_numpy(vectors), tuple(asked), plain)


def pools(data: Path, out: int, chosen: Settings, sets: Sequence[str]) -> list[Pool]:
    """The pools of ``sets``, of everything that is not in the fold ``out``."""
    with closing(RememberingEncoder.configured(replace(chosen, questions="plain"))) as encoder:
        return list(_pools(data, out, chosen, sets, encoder))


def _pools(
    data: Path, out: int, chosen: Settings, sets: Sequence[str], encoder: RememberingEncoder
) -> Iterator[Pool]:
    folder = chosen.home / "evals" / "libraries"
    for name in sets:
        if name == "reading":
            for part, limit in READING.items():
                task = read("reading", data / "reading", part)
                yield of_passages(task, trained_on(task, out), encoder, limit)
            continue
        apart = name != "policies"
        task = read(name, data / name) if apart else Task(name, documents(data.parent / "corpus"), ())
        seen = trained_on(task, out)
        yield of_documents(task, seen, read_written(name), encoder, folder, out, within=not apart)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries and the checkpoint are kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--to", type=click.Path(path_type=Path), default=FILE, help="the file to be written")
def main(data: Path, home: Path | None, out: int, to: Path) -> None:
    """Train the question side, and write what training changed."""
    chosen = settings(home=home)
    made = pools(data, out, chosen, SETS)
    click.echo(f"{sum(len(pool.asked) for pool in made)} questions")
    kept = chosen.home / "training" / f"questions-without-{out}.safetensors"
    kept.parent.mkdir(parents=True, exist_ok=True)
    train(made, model.expand(chosen.cache), kept, chosen.threads)
    write([kept], to, out)
    click.echo(f"{to}: {to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
