"""How the reader's scores join those of the search: ``python -m evals.training.fit --data ../shared/benchmarks``.

On the questions whose documents the reader was not trained on. Each figure is cross-fitted: the weights with which a
fifth of the questions is answered are those that are best for the other four. Printed are the weights that are
best for all of them, which assistant/reader/ranking.py and assistant/picking.py hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product, starmap
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from assistant.answering.evidence import Candidate
from assistant.answering.lines import statement
from assistant.answering.picking import Weights, picked
from assistant.reader import ranking
from assistant.reader.reading import Reader
from assistant.settings import settings
from evals.collection import collect
from evals.folds import FOLDS, kept_out
from evals.lookup import Found, Lookup
from evals.memory import RememberingEncoder
from evals.metrics import rouge_l
from evals.sets import read

SPAN = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
RELEVANCE = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6)
PICK = tuple(starmap(Weights, product((0.0, 0.25, 0.5, 0.75, 1.0, 1.5), (0.0, 0.5, 1.0, 1.5, 2.0, 3.0))))

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; ``gold`` is the document that answers, ``answer`` its words."""

    found: Found
    candidates: tuple[Candidate, ...]
    gold: str
    answer: str


def cross_fitted(
    choices: Sequence[Choice], score: Callable[[Choice, Case], float], cases: Sequence[Case]
) -> tuple[Choice, float]:
    """The choice with the best mean score over all cases, and the mean score of cross-fitting."""
    table = np.array([[score(choice, case) for case in cases] for choice in choices])
    part = np.arange(len(cases)) % FOLDS
    best = [int(table[:, part != each].mean(1).argmax()) for each in range(FOLDS)]
    fitted = np.concatenate([table[best[each], part == each] for each in range(FOLDS)])
    return choices[int(table.mean(1).argmax())], float(fitted.mean())


def ranked(weights: tuple[float, float], case: Case) -> float:
    """Whether the right document comes first; half as much if it is among the first five."""
    hits = ranking.reranked(case.found.hits, case.found.reads, *weights)
    documents = list(dict.fromkeys(hit.chunk.document_id for hit in hits))
    return float(documents[0] == case.gold) + 0.5 * (case.gold in documents[:5])


def said(weights: Weights, case: Case) -> float:
    """How near what is picked comes to the right answer."""
    pick = picked(case.candidates, case.found.reads, weights)
    return rouge_l("".join(map(statement, pick.lines)) if pick else "", case.answer)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries are kept")
@click.option("--fold", "out", default=0, help="which fold the reader was trained without")
def main(data: Path, home: Path | None, out: int) -> None:
    """Fit the weights, and print them with what they bring."""
    chosen = settings(home=home)
    task = read("ncp", data / "ncp")
    encoder = RememberingEncoder.configured(chosen)
    collection = collect(task.name, task.sources, encoder, chosen.home / "evals" / "libraries")
    lookup = Lookup(collection.library, Reader(chosen.cache, chosen.threads))
    cases = []
    with click.progressbar(kept_out(task, out), label="reading") as questions:
        for question in questions:
            found = lookup(question.question)
            gold = collection.ids[question.documents[0]]
            cases.append(Case(found, lookup.candidates(found), gold, question.answers[0]))
    weights, value = cross_fitted(list(product(SPAN, RELEVANCE)), ranked, cases)
    plain = float(np.mean([ranked((0.0, 0.0), case) for case in cases]))
    click.echo(f"span {weights[0]}, relevance {weights[1]}: R@1 + R@5 / 2 = {value:.3f}, {plain:.3f} without")
    pick, value = cross_fitted(PICK, said, cases)
    click.echo(
        f"{pick}: ROUGE-L {value:.3f}, {np.mean([said(pick, case) for case in cases]):.3f} not cross-fitted"
    )


if __name__ == "__main__":
    main()
