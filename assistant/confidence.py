"""How likely the evidence answers the question: a logistic model over the best candidate's features."""

from __future__ import annotations

import math
from collections.abc import Mapping

from assistant.evidence import Candidate, residual
from assistant.question import Question

THRESHOLD = 0.67
"""Below it the assistant declines to answer.

Between the threshold by which most development cases come out right (.47) and that of the best balance
of answers kept and refusals made (.80): a wrong answer harms more than a refusal does.
"""

BIAS = -2.51
COEFFICIENTS: Mapping[str, float] = {
    "own": 1.56,
    "clause": 1.54,
    "context": 1.66,
    "general": 0.71,
    "sentence": 0.99,
    "tense": 0.86,
    "rank": 0.29,
}
"""Fitted on the development cases by ``python -m evals.calibrate``, as is the threshold (November 2026)."""

LEAST_COSINE, COSINE_RANGE = 0.8, 0.125
"""Cosines of questions with sentences by the bundled encoder lie between .8 and .925, nearly all of them."""


def inputs(question: Question, best: Candidate) -> dict[str, float]:
    """What the model looks at, by the names of ``COEFFICIENTS``, each about in [0, 1].

    ``general`` is 1 where nothing but generic words and the document's title was asked (2021年重点任务有哪些).
    """
    features = best.features
    general = all(term.weak for term in residual(question, best.source))
    return {
        "own": features.own,
        "clause": features.clause,
        "context": features.context,
        "general": float(general),
        "sentence": (features.sentence - LEAST_COSINE) / COSINE_RANGE,
        "tense": features.tense,
        "rank": features.rank,
    }


def confidence(question: Question, best: Candidate) -> float:
    """The probability in [0, 1] that ``best`` answers ``question``."""
    found = inputs(question, best)
    total = BIAS + sum(COEFFICIENTS[name] * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-total))
