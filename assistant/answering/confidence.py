"""How likely the evidence answers the question: a logistic model over the best candidate's features.

There are two: one that knows what the trained reader made of the passages, and one for answering without a reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.evidence import Candidate, residual, share
from assistant.answering.scope import of_another_body, series
from assistant.answering.sections import is_listed
from assistant.language.question import Question
from assistant.reader.reading import Read


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: what each input weighs, and the probability below which the assistant declines.

    The threshold is one of those by which most of our own development cases come out right, or lies between them and that
    of the best balance of answers kept and refusals made: a wrong answer harms more than a refusal does.
    """

    bias: float
    coefficients: Mapping[str, float]
    threshold: float


UNREAD = Model(
    -2.43,
    {
        "own": 1.62,
        "clause": 1.6,
        "context": 1.73,
        "general": 0.42,
        "listed": 0.16,
        "sentence": 0.91,
        "tense": 0.81,
        "rank": 0.39,
    },
    0.67,
)
"""Without a reader, fitted on our own development cases by ``python -m evals.calibrate`` (November 2026)."""

READ = Model(
    -3.14,
    {
        "own": 0.67,
        "clause": 0.64,
        "context": 0.85,
        "general": 0.5,
        "listed": 0.15,
        "sentence": 0.74,
        "tense": 0.15,
        "rank": -0.09,
        "support": 1.67,
        "relevance": 0.84,
        "answer": 1.84,
        "bearing": 1.14,
    },
    0.68,
)
"""With what the trained reader makes of the passages; fitted, with ``--data``, on real policies as well.

The coefficients are those for the weights before these: fitted anew they tell no better. The threshold was set for these, on
our own development cases, 220 web questions and 130 on policies that they have not learnt (November 2026).
"""

LEAST_COSINE, COSINE_RANGE = 0.8, 0.125
"""Cosines of questions with sentences by the bundled encoder lie between .8 and .925, nearly all of them; those by its
trained question side .03 lower."""


def model(reads: Sequence[Read]) -> Model:
    """The model for what was read: nothing, or something."""
    return READ if reads else UNREAD


def inputs(
    question: Question, found: Sequence[Candidate], weight: Callable[[str], float], reads: Sequence[Read] = ()
) -> dict[str, float]:
    """What the model looks at, by the names of its coefficients, each about in [0, 1]; ``found`` is best first.

    ``general`` is 1 where nothing but generic words and the document's title was asked, ``listed`` if a list of it is
    there (2021年重点任务有哪些).
    ``answer`` is how likely any sentence that may answer holds an answer, ``bearing`` how likely a passage bears on
    the question.
    """
    features = found[0].features
    general = all(term.weak for term in residual(question, found[0].source))
    looked_at = {
        "own": features.own,
        "clause": features.clause,
        "context": features.context,
        "general": float(general),
        "listed": float(general and is_listed(question, found, weight)),
        "sentence": (features.sentence - LEAST_COSINE) / COSINE_RANGE,
        "tense": features.tense,
        "rank": features.rank,
    }
    if reads:
        looked_at |= {
            "support": features.support,
            "relevance": features.relevance,
            "answer": max(one.features.support for one in found),
            "bearing": share(max(read.relevance for read in reads)),
        }
    return looked_at


def confidence(
    question: Question, found: Sequence[Candidate], weight: Callable[[str], float], reads: Sequence[Read] = ()
) -> float:
    """The probability in [0, 1] that the best of the candidates ``found`` answers ``question``.

    It is 0 where all the tasks of a year are asked for, or its results, and what is there is one sentence of another
    year's report, or of the other tense, or where they are those of a body that the document does not know.
    """
    if question.kind == "list" and of_another_body(question, found[0].source):
        return 0.0
    looked_at = inputs(question, found, weight, reads)
    if question.kind == "list" and question.periods and looked_at["general"] > looked_at["listed"]:
        year = series(found[0].source.document.title)[1]
        of_another = question.tense == "planned" and year and year not in question.periods
        if of_another or found[0].features.tense == 0:
            return 0.0
    # A whole programme is told by its headings: that no single sentence reads like its answer says nothing.
    models = (READ, UNREAD) if reads and looked_at["listed"] else (model(reads),)
    return max(_probability(fitted, looked_at) for fitted in models)


def _probability(fitted: Model, looked_at: Mapping[str, float]) -> float:
    total = fitted.bias + sum(weight * looked_at[name] for name, weight in fitted.coefficients.items())
    return 1.0 / (1.0 + math.exp(-total))
