"""How the reader's scores join those of the search: ``python -m evals.training.fit --data ../shared/benchmarks``.

On the questions of ncp and of real policies whose documents the reader was not trained on, those of the test left out.
Each figure is cross-fitted: the weights with which a fifth of the questions is answered are those that are best for the
other four. Printed are the weights that are best for each set and for both, which assistant/reader/ranking.py and
assistant/answering/picking.py hold.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass
from itertools import product, starmap
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from assistant.answering.evidence import Candidate
from assistant.answering.lines import statement
from assistant.answering.picking import Weights, picked
from assistant.reader import ranking, weights
from assistant.reader.reading import Reader
from assistant.settings import settings
from evals.collection import Collection, collect
from evals.folds import FOLDS, SEED, kept_out
from evals.lookup import Found, Lookup
from evals.memory import RememberingEncoder
from evals.metrics import rouge_l
from evals.sets import read
from evals.types import Task
from index import changes

RANK = tuple(product((0.0, 0.05, 0.1, 0.2, 0.3), (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.3)))
PICK = tuple(starmap(Weights, product((0.0, 0.5, 1.0, 1.5), (0.0, 1.0, 2.0, 3.0))))
MOST = 200
"""Questions of a set."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what was found for it; ``gold`` is the document that answers, ``answer`` its words."""

    found: Found
    candidates: tuple[Candidate, ...]
    gold: str
    answer: str


@dataclass(frozen=True, slots=True)
class Scores:
    """What each choice of weights (rows) scores for each question (columns), for the ranking and for the pick."""

    ranking: npt.NDArray[np.float64]
    picking: npt.NDArray[np.float64]

    def joined(self, other: Scores) -> Scores:
        """Those of both questions."""
        return Scores(np.hstack([self.ranking, other.ranking]), np.hstack([self.picking, other.picking]))


def cross_fitted(table: npt.NDArray[np.float64]) -> tuple[int, float]:
    """The row with the best mean of ``table`` (choices, questions), and the mean of cross-fitting."""
    part = np.arange(table.shape[1]) % FOLDS
    best = [int(table[:, part != each].mean(1).argmax()) for each in range(FOLDS)]
    fitted = np.concatenate([table[best[each], part == each] for each in range(FOLDS)])
    return int(table.mean(1).argmax()), float(fitted.mean())


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
    file = changes.named(chosen.reader, weights.FILE) or weights.FILE
    reader = Reader(chosen.cache, chosen.threads, file)
    every: list[Scores] = []
    with closing(RememberingEncoder.configured(chosen)) as encoder:
        for name, folder in (("ncp", data / "ncp"), ("policies", data.parent / "corpus")):
            task = read(name, folder)
            with closing(collect(name, task.sources, encoder, chosen.home / "evals" / "libraries")) as collection:
                every.append(scores(task, out, collection, Lookup(collection.library, reader)))
            _print(name, every[-1])
    _print("both", every[0].joined(every[1]))


def scores(task: Task, out: int, collection: Collection, lookup: Lookup) -> Scores:
    """Those of the answerable questions of ``task`` that may be fitted on, of many a part drawn by lot."""
    unseen = [each for each in kept_out(task, out) if each.answerable and each.split != "test"]
    drawn = random.Random(SEED).sample(unseen, min(MOST, len(unseen)))  # noqa: S311
    ranking_, picking = [], []
    with click.progressbar(drawn, label=task.name) as questions:
        for question in questions:
            found = lookup(question.question, collection.filters(question.within))
            gold = collection.ids[question.documents[0]]
            case = Case(found, lookup.candidates(found), gold, question.answers[0])
            ranking_.append([ranked(choice, case) for choice in RANK])
            picking.append([said(choice, case) for choice in PICK])
    return Scores(np.array(ranking_).T, np.array(picking).T)


def _print(name: str, found: Scores) -> None:
    best, value = cross_fitted(found.ranking)
    plain = found.ranking[RANK.index((0.0, 0.0))].mean()
    click.echo(f"{name}: span, relevance {RANK[best]}: R@1 + R@5 / 2 = {value:.3f}, {plain:.3f} without")
    best, value = cross_fitted(found.picking)
    click.echo(f"{name}: {PICK[best]}: ROUGE-L {value:.3f}, {found.picking[best].mean():.3f} not cross-fitted")


if __name__ == "__main__":
    main()
