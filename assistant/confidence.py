"""How likely the evidence answers the question: a logistic model over the best candidate's features."""

from __future__ import annotations

import math
from collections.abc import Mapping

from assistant.evidence import Candidate, residual
from assistant.question import Question

THRESHOLD = 0.60
"""Below it the assistant declines to answer.

Between the threshold by which most development cases come out right (.51) and that of the best balance (.72):
a wrong answer harms more than a refusal does.
"""

BIAS = -1.64
COEFFICIENTS: Mapping[str, float] = {"own": 1.74, "clause": 1.71, "context": 1.78, "general": 0.38}
"""Fitted on the development cases by ``python -m evals.calibrate``, as is the threshold (November 2026)."""


def inputs(question: Question, best: Candidate) -> dict[str, float]:
    """What the model looks at, by the names of ``COEFFICIENTS``, each in [0, 1].

    ``general`` is 1 where nothing but generic words and the document's title was asked (2021年重点任务有哪些).
    """
    features = best.features
    general = all(term.weak for term in residual(question, best.source))
    return {
        "own": features.own,
        "clause": features.clause,
        "context": features.context,
        "general": float(general),
    }


def confidence(question: Question, best: Candidate) -> float:
    """The probability in [0, 1] that ``best`` answers ``question``."""
    found = inputs(question, best)
    total = BIAS + sum(COEFFICIENTS[name] * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-total))
