"""Five folds of ncp: ``python -m evals.training.cross --data ../shared/benchmarks``.

What the shipped weights score on the documents that they were trained without could be the luck of one fold. Here a
reader is trained anew for each fifth of the documents, without it, and asked about it, so that each question is asked
once, of weights that have not seen its document. To pay for that, the folds go on from one reader that has seen none of
ncp, and each learns from a fraction of what the shipped one has; the question side is one that has seen none of ncp. A
run that is interrupted goes on where it stopped.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click
import torch
from rich.console import Console

from assistant.settings import Settings, settings
from evals.folds import FOLDS, SEED
from evals.memory import RememberingEncoder
from evals.report import Report, load, save, table
from evals.run import UNSEEN, run
from evals.sets import read
from evals.training import export, questions
from evals.training.draw import Drawing
from evals.training.samples import Sample
from evals.training.train import train
from evals.types import Plan
from index.model import expand

COMMON = 8000
"""Samples of the public sets but ncp, and of our own cases, that the common reader learns from."""
OWN = 2500
"""Samples of ncp that the reader of each fold learns from after it."""


class Crossing:
    """Weights and reports of the folds, under the folder training/cross of the home."""

    def __init__(self, data: Path, chosen: Settings) -> None:
        self.data = data
        self.settings = chosen
        self.folder = chosen.home / "training" / "cross"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"

    def report(self, out: int) -> Report:
        """What the weights without the fold ``out`` answer to its questions."""
        path = self.folder / f"{out}.json"
        if not path.exists():
            mine = replace(self.settings, reader=str(self._reader(out)), questions=str(self._questions()))
            save(run(Plan(read("ncp", self.data / "ncp"), split=UNSEEN), mine).report, path)
        return load(path)

    def _reader(self, out: int) -> Path:
        path = self.folder / f"reader-{out}.safetensors"
        if not path.exists():
            common = self._common()
            checkpoint = self.folder / f"checkpoint-{out}.safetensors"
            self._train(self._drawn(out, ("ncp",), OWN), checkpoint, common)
            export.write([checkpoint], path, out)
        return path

    def _common(self) -> Path:
        checkpoint, done = self.folder / "common.safetensors", self.folder / "common.done"
        if not done.exists():
            self._train(self._drawn(0, ("reading", "stard", "own"), COMMON), checkpoint, None)
            done.touch()
        return checkpoint

    def _questions(self) -> Path:
        path = self.folder / "questions.safetensors"
        if not path.exists():
            checkpoint = self.folder / "checkpoint-questions.safetensors"
            pools = questions.pools(self.data, 0, self.settings, ("stard", "policies", "reading"))  # none of ncp
            questions.train(pools, expand(self.settings.cache), checkpoint, self.settings.threads)
            export.write([checkpoint], path, None)
        return path

    def _train(self, samples: list[Sample], checkpoint: Path, before: Path | None) -> None:
        train(samples, expand(self.settings.cache), checkpoint, self.settings.threads, self._device, before)

    def _drawn(self, out: int, parts: tuple[str, ...], most: int) -> list[Sample]:
        lot = random.Random(f"{SEED}:cross")  # noqa: S311
        with closing(RememberingEncoder.configured(self.settings)) as encoder:
            drawing = Drawing(self.data, out, self.settings, encoder)
            every = [sample for part in parts for sample in drawing.part(part, lot)]
        return lot.sample(every, min(most, len(every)))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries and the weights are kept")
def main(data: Path, home: Path | None) -> None:
    """Train and ask fold by fold, and print the figures of each and of all together."""
    crossing = Crossing(data, settings(home=home))
    console = Console(width=140)
    reports = []
    for out in range(FOLDS):
        reports.append(crossing.report(out))
        console.print(table(reports[-1]))
    every = tuple(record for report in reports for record in report.records)
    console.print(table(Report({**reports[0].about, "split": "five folds", "questions": len(every)}, every)))


if __name__ == "__main__":
    main()
