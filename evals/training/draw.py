"""Drawing the samples of a round of training: ``python -m evals.training.draw --data ../shared/benchmarks``.

A fifth of the documents, by the lot of their ids, is kept out: nothing of it is trained on, not as what does not answer
either.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

from assistant.settings import Settings, settings
from evals.cases import FOLDER as CASES
from evals.cases import read as read_cases
from evals.collection import Collection, collect
from evals.folds import SEED, fold, may_be_seen, trained_on
from evals.memory import RememberingEncoder
from evals.sets import own, read
from evals.sets.policies import documents
from evals.sets.written import Written
from evals.sets.written import read as read_written
from evals.training import public, written
from evals.training.samples import PARTS, Sample, samples_file, write
from evals.types import Question, Task
from index.lexical import Lexical

PASSAGES = {
    "cmrc2018": 1300,
    "dureader_robust": 560,
    "dureader_checklist": 450,
    "drcd": 800,
    "cail2019": 1500,
}
"""How many questions of each reading set are taken for an epoch: many of those nearest to policy text."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Samples of the sets in the folder ``data``, of everything that is not in the fold ``out``."""

    data: Path
    out: int
    settings: Settings
    encoder: RememberingEncoder

    def part(self, name: str, lot: random.Random) -> Iterator[Sample]:
        """All samples of one of ``PARTS``, drawn once."""
        drawn: dict[str, Callable[[random.Random], Iterator[Sample]]] = {
            "ncp": self.ncp,
            "reading": self.reading,
            "stard": self.stard,
            "policies": self.policies,
            "own": self.own,
        }
        yield from drawn[name](lot)

    def ncp(self, lot: random.Random) -> Iterator[Sample]:
        """Notices of one spring, each asked about among all of them."""
        task = read("ncp", self.data / "ncp")
        with self._library(task) as collection:

            def seen(document_id: str) -> bool:
                return may_be_seen("ncp", collection.sources[document_id], self.out)

            yield from public.of_documents(self._seen(task), collection, seen, lot)
            yield from written.of_documents(self._written("ncp"), collection, seen, lot)

    def reading(self, lot: random.Random) -> Iterator[Sample]:
        """Passages, each asked about by itself."""
        questions = self._written("reading")
        for name, limit in PASSAGES.items():
            task = read("reading", self.data / "reading", name)
            texts = {source.id: source.text for source in task.sources}
            kept = self._seen(task)
            taken = lot.sample(kept, min(limit, len(kept)))
            yield from public.of_passages(taken, [texts[question.within[0]] for question in taken], lot)
            mine = {f"{name}/{source}": text for source, text in texts.items() if fold(text) != self.out}
            yield from written.of_passages(questions, mine, lot)

    def stard(self, lot: random.Random) -> Iterator[Sample]:
        """Lay questions to articles of law."""
        task = read("stard", self.data / "stard")
        lexical = Lexical.build(f"{source.title}\n{source.text}" for source in task.sources)
        yield from public.of_articles(self._seen(task), task.sources, lexical, lot)
        yield from written.of_articles(self._written("stard"), task.sources, lexical, lot)

    def policies(self, lot: random.Random) -> Iterator[Sample]:
        """Laws, reports, notices and guides of all kinds, in their own formats."""
        task = Task("policies", documents(self.data.parent / "corpus"), ())
        with self._library(task) as collection:
            yield from written.of_documents(self._written("policies"), collection, None, lot)

    def own(self, lot: random.Random) -> Iterator[Sample]:
        """Our own cases."""
        with self._library(own.read(CASES, "fresh")) as collection:
            yield from public.of_cases(read_cases(CASES / "fresh.jsonl"), collection.library, lot)

    def _written(self, part: str) -> Sequence[Written]:
        return [each for each in read_written(part) if may_be_seen(part, each.document, self.out)]

    def _seen(self, task: Task) -> list[Question]:
        trained = trained_on(task, self.out)
        return [question for question in task.questions if question in trained]

    def _library(self, task: Task) -> closing[Collection]:
        folder = self.settings.home / "evals" / "libraries"
        return closing(collect(task.name, task.sources, self.encoder, folder))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries and the samples are kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--epochs", default=2, help="how often questions are drawn anew; articles of law once")
@click.option("--round", "round_", default=0, help="which round of training they are for; each draws its own")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="all if none is named")
def main(data: Path, home: Path | None, out: int, epochs: int, round_: int, parts: tuple[str, ...]) -> None:
    """Draw the samples for the training that keeps one fold out."""
    chosen = settings(home=home)
    drawing = Drawing(data, out, chosen, RememberingEncoder.configured(chosen))
    for part in parts or PARTS:
        path = samples_file(chosen.home, part, out, round_)
        numbers = range(1 if part == "stard" else epochs)
        lots = [random.Random(f"{SEED}:{part}:{round_}:{number}") for number in numbers]  # noqa: S311
        every = (drawing.part(part, lot) for lot in lots)
        click.echo(f"{path}: {write(path, chain.from_iterable(every))} samples")


if __name__ == "__main__":
    main()
