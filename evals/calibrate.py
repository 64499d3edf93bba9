"""The confidence models fitted anew: ``python -m evals.calibrate`` prints what assistant/confidence.py holds.

Without a reader (``POLICYQA_READER=none``) that of answering without one.

A logistic regression, on the development cases alone, of whether a case can be answered on the features of the
best candidate. Two thresholds are printed: that by which most cases come out right in
cross-validation, and that which best balances answers kept and refusals made.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from assistant import Assistant
from assistant.answering.answer import fitting
from assistant.answering.confidence import inputs, model
from assistant.dialogue import smalltalk
from assistant.dialogue.rewrite import standalone
from evals.cases import FOLDER, read
from evals.lookup import Lookup

FOLDS = 10
STRENGTH = 0.3
"""Inverse of the L2 penalty: small, since the features are few and alike."""


def main() -> None:
    """Fit, and print the coefficients, the area under the ROC curve and the threshold."""
    rows: list[list[float]] = []
    answerable: list[bool] = []
    with Assistant.open() as assistant:
        lookup = Lookup(assistant.library, assistant.reader)
        for case in (*read(FOLDER / "dev.jsonl"), *read(FOLDER / "fresh.jsonl")):
            if smalltalk.reply(case.question):
                continue
            found = lookup(standalone(case.question, case.history))
            if candidates := fitting(found.question, lookup.candidates(found)):
                rows.append(list(inputs(found.question, candidates, lookup.weight, found.reads).values()))
                answerable.append(case.answerable)
    features, wanted = np.array(rows), np.array(answerable)
    names = model(found.reads).coefficients
    fitted: Any = LogisticRegression(C=STRENGTH, max_iter=5000)
    guessed = cross_val_predict(fitted, features, wanted, cv=FOLDS, method="predict_proba")[:, 1]
    fitted.fit(features, wanted)
    kept, refused = _balance(guessed, wanted)
    console = Console()
    console.print(f"{len(wanted)} cases, {wanted.mean():.2f} answerable; AUC {roc_auc_score(wanted, guessed):.3f}")
    for name, coefficient in zip(("bias", *names), (fitted.intercept_[0], *fitted.coef_[0]), strict=True):
        console.print(f"  {name}: {coefficient:.2f}")
    thresholds = np.linspace(0.3, 0.9, 61)
    most = max(thresholds, key=lambda threshold: float(((guessed >= threshold) == wanted).mean()))
    balanced = max(thresholds, key=lambda threshold: kept(threshold) + refused(threshold))
    for name, threshold in (("most right", most), ("best balance", balanced)):
        console.print(f"{name}: {threshold:.2f}, {kept(threshold):.3f} answered, {refused(threshold):.3f} refused")


def _balance(guessed: np.ndarray, wanted: np.ndarray) -> tuple[Any, Any]:
    """The shares answered and refused rightly, each as a function of the threshold."""
    return (
        lambda threshold: float((guessed[wanted] >= threshold).mean()),
        lambda threshold: float((guessed[~wanted] < threshold).mean()),
    )


if __name__ == "__main__":
    main()
