"""Five folds of ncp: ``python -m evals.training.cross_validation --data ../shared/benchmarks``.

What the weights that ship score on the documents that they were trained without could be the luck of one fold. Here a
reader is trained for each fifth of the documents, without it, and asked about it, so that each question is asked once, of
weights that have not seen its document; those whose document another fold repeats are left out. To pay for that, the
folds go on from one reader that has seen none of ncp, each learns from a part of the samples that the weights that ship
have learnt from, and the question side is one that has seen none of ncp. What ranks and picks is weighed as it ships,
fitted on fold 0, and the windows that do not answer were found with the question side that ships.

An interrupted run goes on where it stopped; a fold that another commit has asked is asked again.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click
import torch
from rich.console import Console

from assistant.settings import Settings, settings
from evals.folds import FOLDS, SEED
from evals.memory import RememberingEncoder
from evals.provenance import commit
from evals.report import Report, load, markdown, save, table
from evals.run import UNSEEN, run
from evals.sets import read
from evals.training import export, questions
from evals.training.draw import Drawing
from evals.training.samples import Sample
from evals.training.train import train
from evals.types import Plan
from index.model import expand

COMMON = 8000
"""Samples that the common reader learns from, none of them of ncp."""
OWN = 2500
"""Samples of ncp that the reader of a fold learns from after it."""
ELSEWHERE = 0
"""The fold of the other sets that nothing learns from."""
SETS = ("ncp",)
"""The sets of which the weights have not seen what their cards say: of the others they have seen all folds but one."""


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """The weights and reports of the folds, in ``folder``."""

    data: Path
    settings: Settings
    folder: Path

    def report(self, out: int) -> Report:
        """What the weights that have not seen fold ``out`` answer to its questions."""
        path = self.folder / f"fold-{out}.json"
        if not path.exists() or load(path).about["commit"] != commit():
            mine = replace(self.settings, reader=str(self._reader(out)), questions=str(self._questions()))
            done = run(Plan(read("ncp", self.data / "ncp"), split=UNSEEN), mine)
            save(done.report, path)
            done.checkpoint.unlink()
        return load(path)

    def _reader(self, out: int) -> Path:
        path = self.folder / f"reader-{out}.safetensors"
        if not path.exists():
            common, checkpoint = self._common(), self.folder / f"reader-{out}.checkpoint.safetensors"
            self._train(self._drawn(out, ("ncp",), OWN), checkpoint, common)
            export.write([checkpoint], path, out, SETS)
            checkpoint.unlink()
        return path

    def _common(self) -> Path:
        path, checkpoint = self.folder / "common.safetensors", self.folder / "common.checkpoint.safetensors"
        if not path.exists():
            self._train(self._drawn(ELSEWHERE, ("reading", "stard", "own"), COMMON), checkpoint, None)
            checkpoint.rename(path)
        return path

    def _questions(self) -> Path:
        path, checkpoint = self.folder / "questions.safetensors", self.folder / "questions.checkpoint.safetensors"
        if not path.exists():
            pools = questions.pools(self.data, ELSEWHERE, self.settings, ("stard", "policies", "reading"))
            questions.train(pools, expand(self.settings.cache), checkpoint, self.settings.threads)
            export.write([checkpoint], path, None, SETS)
            checkpoint.unlink()
        return path

    def _train(self, samples: list[Sample], checkpoint: Path, before: Path | None) -> None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        train(samples, expand(self.settings.cache), checkpoint, self.settings.threads, device, before)

    def _drawn(self, out: int, parts: tuple[str, ...], most: int) -> list[Sample]:
        lot = random.Random(f"{SEED}:cross-validation")  # noqa: S311
        with closing(RememberingEncoder.configured(self.settings)) as encoder:
            drawing = Drawing(self.data, out, self.settings, encoder)
            every = [sample for part in parts for sample in drawing.part(part, lot)]
        return lot.sample(every, min(most, len(every)))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries and the weights are kept")
def main(data: Path, home: Path | None) -> None:
    """Train and ask fold by fold; print the figures of each, and keep those of all together as Markdown."""
    chosen = settings(home=home)
    folder = chosen.home / "training" / "cross-validation"
    folder.mkdir(parents=True, exist_ok=True)
    validation, console = CrossValidation(data, chosen, folder), Console(width=140)
    reports = []
    for out in range(FOLDS):
        reports.append(validation.report(out))
        console.print(table(reports[-1]))
    records = tuple(record for report in reports for record in report.records)
    weights = {f"fold {out}": report.about["weights"] for out, report in enumerate(reports)}
    about = {**reports[0].about, "split": f"{FOLDS} folds", "questions": len(records), "weights": weights}
    together = Report(about, records)
    save(together, folder / "folds.json")
    (folder / "folds.md").write_text(markdown(together), encoding="utf-8")
    console.print(table(together))


if __name__ == "__main__":
    main()
