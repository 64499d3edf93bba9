"""The confidence models fitted anew: ``python -m evals.calibrate`` prints what assistant/answering/confidence.py holds.

A logistic regression of whether a question can be answered on the features of its best candidate: without a reader
(``POLICYQA_READER=none``) on our own development cases, with one and ``--data`` on real policies as well, those of fold 0,
which the reader was not trained on, that are not the test; they count half as much as our own cases. Web passages in the
fit would have general questions refused (会议什么时候开的). Two thresholds are printed: that by which most of our own cases come
out right in cross-validation, and that which best balances answers kept and refusals made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assistant.answering.answer import fitting
from assistant.answering.confidence import inputs
from assistant.dialogue import smalltalk
from assistant.dialogue.rewrite import standalone
from assistant.reader import weights
from assistant.reader.reading import Reader
from assistant.settings import settings
from evals.collection import Collection, collect
from evals.folds import kept_out
from evals.lookup import Lookup
from evals.memory import RememberingEncoder
from evals.sets import own, read
from evals.types import Task
from index import changes

FOLDS = 10
STRENGTH = 0.3
"""Inverse of the L2 penalty: small, since the features are few and alike."""
OUT = 0
"""The fold that the weights that ship were trained without."""
SHARES = {"own": 1.0, "policies": 0.5}
"""What a set counts for, whatever the number of its questions."""

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the model sees of a question of the set ``of``, and whether it can be answered."""

    of: str
    inputs: dict[str, float]
    answerable: bool


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), help="the folder of the public sets; our own cases alone without it"
)
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries are kept")
def main(data: Path | None, home: Path | None) -> None:
    """Fit, and print the coefficients, the area under the ROC curve and the thresholds."""
    chosen = settings(home=home)
    file = changes.named(chosen.reader, weights.FILE)
    reader = Reader(chosen.cache, chosen.threads, file) if file else None
    tasks = [own.read(own.CASES, ""), *([read("policies", data.parent / "corpus")] if data else ())]
    observed: list[Observed] = []
    with closing(RememberingEncoder.configured(chosen)) as encoder:
        for task in tasks:
            folder = chosen.home / "evals" / "libraries"
            with closing(collect(task.name, task.sources, encoder, folder)) as collection:
                observed += _observed(task, collection, reader)
    _fit(observed)


def _observed(task: Task, collection: Collection, reader: Reader | None) -> Iterator[Observed]:
    """What is seen of the questions of ``task`` that are neither trained nor reported on; of those with no candidate, nothing."""
    lookup = Lookup(collection.library, reader)
    for question in kept_out(task, OUT):
        if question.split == "test" or smalltalk.reply(question.question):
            continue
        found = lookup(standalone(question.question, question.history), collection.filters(question.within))
        if candidates := fitting(found.question, lookup.candidates(found)):
            seen = inputs(found.question, candidates, lookup.weight, found.reads)
            yield Observed(task.name, seen, question.answerable)


def _fit(observed: Sequence[Observed]) -> None:
    names = list(observed[0].inputs)
    features = np.array([[one.inputs[name] for name in names] for one in observed], np.float64)
    wanted = np.array([one.answerable for one in observed], bool)
    of = np.array([one.of for one in observed])
    counts = {name: int((of == name).sum()) for name in SHARES}
    heavy = np.array([SHARES[name] * counts["own"] / counts[name] for name in of], np.float64)
    fitted: Any = LogisticRegression(C=STRENGTH, max_iter=5000)
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    alike = [f"{name}{can}" for name, can in zip(of, wanted, strict=True)]
    guessed = cross_val_predict(
        fitted,
        features,
        wanted,
        cv=list(parts.split(features, alike)),
        method="predict_proba",
        params={"sample_weight": heavy},
    )[:, 1]
    fitted.fit(features, wanted, sample_weight=heavy)
    console = Console()
    for name, coefficient in zip(("bias", *names), (fitted.intercept_[0], *fitted.coef_[0]), strict=True):
        console.print(f"  {name}: {coefficient:.2f}")
    mine = of == "own"
    thresholds = np.linspace(0.3, 0.9, 61)
    most = max(thresholds, key=lambda threshold: float(((guessed >= threshold) == wanted)[mine].mean()))
    balanced = max(thresholds, key=lambda threshold: sum(_balance(guessed[mine], wanted[mine], threshold)))
    for said, threshold in (("most right", most), ("best balance", balanced)):
        console.print(f"{said}: {threshold:.2f}")
        for name in (name for name in SHARES if counts[name]):
            kept, refused = _balance(guessed[of == name], wanted[of == name], threshold)
            area = roc_auc_score(wanted[of == name], guessed[of == name])
            console.print(
                f"  {name}: {counts[name]} questions, AUC {area:.3f}, {kept:.3f} answered, {refused:.3f} refused"
            )


def _balance(guessed: _Floats, wanted: _Flags, threshold: float) -> tuple[float, float]:
    """The shares answered and refused rightly."""
    return float((guessed[wanted] >= threshold).mean()), float((guessed[~wanted] < threshold).mean())


if __name__ == "__main__":
    main()
