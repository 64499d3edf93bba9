"""How likely the evidence answers the question: a logistic model over the best candidate's features."""

from __future__ import annotations

import math
from collections.abc import Mapping

from assistant.evidence import Candidate
from assistant.question import Question

THRESHOLD = 0.5
"""Below it the assistant declines to answer."""

COEFFICIENTS: Mapping[str, float] = {
    "bias": -11.0,
    "own": 4.0,
    "context": 3.0,
    "sentence": 9.0,
    "form": 1.5,
}


def confidence(question: Question, best: Candidate) -> float:
    """The probability in [0, 1] that ``best`` answers ``question``."""
    features = best.features
    total = COEFFICIENTS["bias"] + sum(
        weight * getattr(features, name) for name, weight in COEFFICIENTS.items() if name != "bias"
    )
    if not question.subject:
        # nothing but generic words was asked (2021年重点任务有哪些): the time and those words are the subject
        total += COEFFICIENTS["own"] * (features.weak - features.own)
    return 1.0 / (1.0 + math.exp(-total))
