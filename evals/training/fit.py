"""How the reader's scores join those of the search: ``python -m evals.training.fit --data ../shared/benchmarks``.

On the questions whose documents the reader was not trained on. Each figure is cross-fitted: the weights with which a
fifth of the questions is answered are those that are best for the other four. Printed are the weights that are
best for all of them, which assistant/reader/ranking.py and assistant/compose.py hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from assistant import compose, evidence
from assistant.question import Question, understand
from assistant.reader import ranking
from assistant.reader.reading import Read, Reader
from assistant.reader.windows import windows
from assistant.settings import settings
from assistant.sources import Sources
from assistant.words import Words
from evals.collection import collect
from evals.folds import FOLDS, kept_out
from evals.memory import RememberingEncoder
from evals.metrics import rouge_l
from evals.sets import read
from index.embed import Encoder
from index.library import Library
from index.types import Hit

PASSAGES = 24
SPAN = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
RELEVANCE = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6)
AGREEMENT = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)

Weights = TypeVar("Weights")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found and read for it; ``gold`` is the document that answers, ``answer`` its words."""

    question: Question
    hits: tuple[Hit, ...]
    reads: tuple[Read, ...]
    gold: str
    answer: str


def cross_fitted(
    choices: Sequence[Weights], score: Callable[[Weights, Case], float], cases: Sequence[Case]
) -> tuple[Weights, float]:
    """The choice with the best mean score over all cases, and the mean score of cross-fitting."""
    table = np.array([[score(choice, case) for case in cases] for choice in choices])
    part = np.arange(len(cases)) % FOLDS
    best = [int(table[:, part != each].mean(1).argmax()) for each in range(FOLDS)]
    fitted = np.concatenate([table[best[each], part == each] for each in range(FOLDS)])
    return choices[int(table.mean(1).argmax())], float(fitted.mean())


def found(weights: tuple[float, float], case: Case) -> float:
    """Whether the right document comes first; half as much if it is among the first five."""
    hits = ranking.reranked(case.hits, case.reads, *weights)
    documents = list(dict.fromkeys(hit.chunk.document_id for hit in hits))
    return float(documents[0] == case.gold) + 0.5 * (case.gold in documents[:5])


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries are kept")
@click.option("--fold", "out", default=0, help="which fold the reader was trained without")
def main(data: Path, home: Path | None, out: int) -> None:
    """Fit the weights, and print them with what they bring."""
    chosen = settings(home=home)
    folder = chosen.home / "evals"
    encoder = RememberingEncoder(
        Encoder(chosen.model, cache=chosen.cache, threads=chosen.threads), folder / "vectors.sqlite"
    )
    task = read("ncp", data / "ncp")
    collection = collect(task.name, task.sources, encoder, folder / "libraries")
    library, reader = collection.library, Reader(chosen.cache, chosen.threads)
    words, sources = Words(library), Sources(library)
    asked = kept_out(task, out)
    with click.progressbar(asked, label="reading") as questions:
        cases = [
            _case(
                question.question,
                collection.ids[question.documents[0]],
                question.answers[0],
                library,
                words,
                reader,
            )
            for question in questions
        ]

    def said(agreement: float, case: Case) -> float:
        source = sources.behind(case.hits).__getitem__
        ranked = evidence.candidates(case.question, case.hits, source, words.weight, case.reads)
        return rouge_l("".join(map(compose.statement, compose.spoken(ranked, case.reads, agreement))), case.answer)

    weights, value = cross_fitted(list(product(SPAN, RELEVANCE)), found, cases)
    click.echo(
        f"span {weights[0]}, relevance {weights[1]}: R@1 + R@5 / 2 = {value:.3f}, {_plain(cases):.3f} without"
    )
    agreement, value = cross_fitted(AGREEMENT, said, cases)
    click.echo(f"agreement {agreement}: ROUGE-L {value:.3f}, n = {len(cases)}")


def _case(question: str, gold: str, answer: str, library: Library, words: Words, reader: Reader) -> Case:
    understood = understand(words.mended(question))
    hits = library.search(words.expanded(understood), PASSAGES)
    behind = Sources(library).behind(hits)
    return Case(understood, hits, reader.read(understood.text, windows(hits, behind.__getitem__)), gold, answer)


def _plain(cases: Sequence[Case]) -> float:
    return float(np.mean([found((0.0, 0.0), case) for case in cases]))


if __name__ == "__main__":
    main()
