"""The confidence models fitted anew: ``python -m evals.calibrate`` prints what assistant/answering/confidence.py holds.

A logistic regression of whether a question can be answered on the features of its best candidate: without a reader
(``POLICYQA_READER=none``) on our own development cases, with one and ``--data`` on two further sets whose documents the
reader was not trained on and which are not reported on, each of which counts half as much as our own: real policies, the
half of fold 0 that is not the test, and questions written on the passages of fold 0 of the reading sets. Two thresholds are
printed: that by which most of our own cases come out right in cross-validation, and that which best balances answers kept
and refusals made.
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
from sklearn.model_selection import StratifiedKFold

from assistant.answering.answer import fitting
from assistant.answering.confidence import inputs
from assistant.dialogue import smalltalk
from assistant.dialogue.rewrite import standalone
from assistant.reader import weights
from assistant.reader.reading import Reader
from assistant.settings import settings
from evals.collection import collect
from evals.folds import fold, kept_out
from evals.lookup import Lookup
from evals.memory import RememberingEncoder
from evals.sets import own, read
from evals.sets.written import read as read_written
from evals.types import Question, Task
from index import changes

FOLDS = 10
STRENGTH = 0.3
"""Inverse of the L2 penalty: small, since the features are few and alike."""
OUT = 0
"""The fold that the weights that ship were trained without."""
READING = ("dureader_checklist", "dureader_robust")
SHARES = {"own": 1.0, "policies": 0.5, "reading": 0.5}
"""What a set counts for, whatever the number of its questions."""

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the model sees of a question of the set ``of``, and whether it can be answered."""

    of: str
    inputs: dict[str, float]
    answerable: bool


def held_out(data: Path) -> Iterator[tuple[Task, Sequence[Question]]]:
    """The further sets, each with those of its questions that are neither trained nor reported on."""
    policies = read("policies", data.parent / "corpus")
    yield policies, [question for question in kept_out(policies, OUT) if question.split != "test"]
    for name in READING:
        task = read("reading", data / "reading", name)
        texts = {f"{name}/{source.id}": source for source in task.sources}
        yield (
            task,
            [
                Question(str(number), each.questions[0], "written", answerable=each.answered, within=(source.id,))
                for number, each in enumerate(read_written("reading"))
                if (source := texts.get(each.document)) and fold(source.text) == OUT
            ],
        )


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
    cases = own.read(own.CASES, "")
    sets = [(cases, [case for case in cases.questions if case.split != "test"])]
    observed: list[Observed] = []
    with closing(RememberingEncoder.configured(chosen)) as encoder:
        for task, questions in (*sets, *(held_out(data) if data else ())):
            folder = chosen.home / "evals" / "libraries"
            with closing(collect(task.name, task.sources, encoder, folder)) as collection:
                lookup = Lookup(collection.library, reader)
                for question in questions:
                    if smalltalk.reply(question.question):
                        continue
                    asked = standalone(question.question, question.history)
                    found = lookup(asked, collection.filters(question.within))
                    if candidates := fitting(found.question, lookup.candidates(found)):
                        seen = inputs(found.question, candidates, lookup.weight, found.reads)
                        observed.append(Observed(task.name, seen, question.answerable))
    _fit(observed)


def _fit(observed: Sequence[Observed]) -> None:
    names = list(observed[0].inputs)
    features = np.array([[one.inputs[name] for name in names] for one in observed], np.float64)
    wanted = np.array([one.answerable for one in observed], bool)
    of = np.array([one.of for one in observed])
    counts = {name: int((of == name).sum()) for name in SHARES}
    heavy = np.array([SHARES[name] * counts["own"] / counts[name] for name in of], np.float64)
    fitted: Any = LogisticRegression(C=STRENGTH, max_iter=5000)
    guessed = np.zeros(len(wanted))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for known, asked in folds.split(features, [f"{name}{can}" for name, can in zip(of, wanted, strict=True)]):
        fitted.fit(features[known], wanted[known], sample_weight=heavy[known])
        guessed[asked] = fitted.predict_proba(features[asked])[:, 1]
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
