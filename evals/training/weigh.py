"""What the features of a sentence weigh: ``python -m evals.training.weigh --data ../shared/benchmarks``.

A conditional logit (McFadden 1974) on the candidates of each question: the probability that a sentence is one of those that
answer is the softmax of its score. Fitted on our development cases and on real policies whose documents the reader was
not trained on, those of the test left out, and held near the weights in use by an L2 penalty. Printed are the shares of
questions whose best candidate answers, cross-fitted, and the weights, brought to the spread that the scores had before:
what assistant/answering/evidence.py takes off for documents is set for that.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
import torch

from assistant.answering.evidence import WEIGHTS
from assistant.dialogue.rewrite import standalone
from assistant.reader import weights
from assistant.reader.reading import Reader
from assistant.settings import settings
from evals.collection import Collection, collect
from evals.folds import FOLDS, SEED, kept_out
from evals.lookup import Lookup
from evals.memory import RememberingEncoder
from evals.sets import own, read
from evals.training.samples import places
from evals.types import Question, Task
from index import changes
from index.types import Span

Rows = npt.NDArray[np.float64]
NEAR = 0.02
"""What a squared change of a weight costs, on the mean: of 1, 0.1, 0.02 the best in cross-fitting."""
MOST = 160
"""Questions on policies."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's candidates: ``features`` (n, weights), which are ``right`` (n), and what each has ``lost`` (n)."""

    kind: str
    features: Rows
    right: npt.NDArray[np.bool_]
    lost: Rows

    def scores(self, weighed: Rows) -> Rows:
        """The candidates' scores."""
        scores: Rows = self.features @ weighed - self.lost
        return scores

    def first(self, weighed: Rows) -> float:
        """Whether the best candidate is right."""
        return float(len(self.right) > 0 and self.right[self.scores(weighed).argmax()])


def choice(question: Question, collection: Collection, lookup: Lookup) -> Choice:
    """The candidates of ``question``, of which those are right that hold a part of its answer or evidence."""
    found = lookup(standalone(question.question, question.history), collection.filters(question.within))
    candidates = lookup.candidates(found)
    gold = collection.ids[question.documents[0]]
    spans = [
        Span(*place)
        for words in question.evidence or question.answers
        for place in places((words,), collection.texts[gold])
    ]
    features = [[getattr(one.features, name) for name in WEIGHTS] for one in candidates]
    right = [
        one.source.document.id == gold and any(one.span.overlaps(span) for span in spans) for one in candidates
    ]
    return Choice(
        "list" if question.items else question.kind if question.within else "own",
        np.array(features, np.float64).reshape(-1, len(WEIGHTS)),
        np.array(right, bool),
        np.array([one.behind for one in candidates], np.float64),
    )


def fitted(choices: list[Choice], before: Rows) -> Rows:
    """The weights that make the right candidates likeliest, held near those ``before``."""
    weighed = torch.tensor(before, requires_grad=True)
    usable = [
        (torch.tensor(one.features), torch.tensor(one.right), torch.tensor(one.lost))
        for one in choices
        if one.right.any()
    ]
    optimiser = torch.optim.LBFGS([weighed], max_iter=40)

    def missed() -> torch.Tensor:
        optimiser.zero_grad()
        total = NEAR * len(usable) * ((weighed - torch.tensor(before)) ** 2).mean()
        for features, right, lost in usable:
            scores = features @ weighed - lost
            total = total + torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)
        total = total / len(usable)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(missed)  # type: ignore[no-untyped-call]
    return weighed.detach().numpy()


def cross_fitted(choices: list[Choice], before: Rows) -> dict[str, float]:
    """For each kind of question the share whose best candidate is right, by weights fitted on the other questions."""
    order = random.Random(SEED).sample(range(len(choices)), len(choices))  # noqa: S311
    found: dict[str, list[float]] = {}
    for part in range(FOLDS):
        out = set(order[part::FOLDS])
        weighed = fitted([one for place, one in enumerate(choices) if place not in out], before)
        for place in out:
            found.setdefault(choices[place].kind, []).append(choices[place].first(weighed))
    return {kind: float(np.mean(each)) for kind, each in sorted(found.items())}


def _asked(task: Task) -> list[Question]:
    usable = [each for each in kept_out(task, 0) if each.answerable and each.documents and each.split != "test"]
    if task.name == "own":
        return [each for each in usable if each.evidence]
    return random.Random(SEED).sample(usable, min(MOST, len(usable)))  # noqa: S311


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries are kept")
def main(data: Path, home: Path | None) -> None:
    """Fit the weights, and print them with what they bring."""
    chosen = settings(home=home)
    reader = Reader(chosen.cache, chosen.threads, changes.named(chosen.reader, weights.FILE) or weights.FILE)
    choices: list[Choice] = []
    with closing(RememberingEncoder.configured(chosen)) as encoder:
        for task in (own.read(own.CASES, ""), read("policies", data.parent / "corpus")):
            with closing(
                collect(task.name, task.sources, encoder, chosen.home / "evals" / "libraries")
            ) as collection:
                lookup = Lookup(collection.library, reader)
                with click.progressbar(_asked(task), label=task.name) as questions:
                    choices += [choice(question, collection, lookup) for question in questions]
    before = np.array(list(WEIGHTS.values()))
    kinds = sorted({one.kind for one in choices})
    now = {kind: float(np.mean([one.first(before) for one in choices if one.kind == kind])) for kind in kinds}
    click.echo(f"best candidate right: {now} now, {cross_fitted(choices, before)} fitted")
    weighed = fitted(choices, before)
    spread = [np.mean([one.scores(each).std() for one in choices if len(one.right)]) for each in (before, weighed)]
    for name, value in zip(WEIGHTS, weighed * spread[0] / spread[1], strict=True):
        click.echo(f"  {name}: {value:.2f}")


if __name__ == "__main__":
    main()
