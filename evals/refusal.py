"""Saying no at the right time: refusal as a classification, risk against coverage, and calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple


class Outcome(NamedTuple):
    """One question asked: could it be answered, was it, how right was that, how sure was the system.

    ``correct`` is in [0, 1]. A crash is ``answered`` and not correct: it is no refusal.
    """

    answerable: bool
    answered: bool
    correct: float
    confidence: float


class Refusal(NamedTuple):
    """Precision, recall and F1 of refusing; the unanswerable questions are the positives."""

    precision: float
    recall: float
    f1: float


COVERAGE = 0.9
"""Share of the answerable questions that are answered where answers wrongly given are counted."""


class Point(NamedTuple):
    """At this share of the questions answered, the surest first, the mean loss among them."""

    coverage: float
    risk: float


class Bin(NamedTuple):
    """The answers whose confidence falls in one tenth of [0, 1]."""

    confidence: float
    accuracy: float
    n: int


def refusal(outcomes: Sequence[Outcome]) -> Refusal:
    """How well refusing separates the unanswerable; a figure without a denominator is 0."""
    refused = sum(not outcome.answered for outcome in outcomes)
    unanswerable = sum(not outcome.answerable for outcome in outcomes)
    both = sum(not outcome.answered and not outcome.answerable for outcome in outcomes)
    precision = both / refused if refused else 0.0
    recall = both / unanswerable if unanswerable else 0.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return Refusal(precision, recall, f1)


def wrongly_given(outcomes: Sequence[Outcome], coverage: float = COVERAGE) -> float:
    """The share of the unanswerable questions that are as sure as the answerable ones of which ``coverage`` are answered.

    The threshold is theirs whatever the system's own: the confidence that so many of them reach. 0 without any
    question of either sort.
    """
    known = sorted((outcome.confidence for outcome in outcomes if outcome.answerable), reverse=True)
    silent = [outcome.confidence for outcome in outcomes if not outcome.answerable]
    if not known or not silent:
        return 0.0
    threshold = known[math.ceil(coverage * len(known)) - 1]
    return sum(confidence >= threshold for confidence in silent) / len(silent)


def risk_coverage(outcomes: Sequence[Outcome]) -> list[Point]:
    """One point per question, the surest answers first.

    The loss of an answer is 1 - ``correct``, and 1 if the question has no answer. Refused questions come
    last with a loss of 1: whoever insists on full coverage gets nothing for them. Answers of equal
    confidence share their mean loss, which is what any order of them gives on average.
    """
    if not outcomes:
        return []
    order = sorted(outcomes, key=_sureness, reverse=True)
    losses: list[float] = []
    for _, tied in groupby(order, key=_sureness):
        group = [_loss(outcome) for outcome in tied]
        losses += [sum(group) / len(group)] * len(group)
    points, lost = [], 0.0
    for answered, loss in enumerate(losses, start=1):
        lost += loss
        points.append(Point(answered / len(losses), lost / answered))
    return points


def area(points: Sequence[Point]) -> float:
    """AURC, the mean risk over all coverages (Geifman and El-Yaniv, 2017): 0 is best; 1 without any point."""
    return sum(point.risk for point in points) / len(points) if points else 1.0


def calibration(outcomes: Sequence[Outcome]) -> list[Bin]:
    """The answered questions in ten equal bins of confidence; empty bins are left out."""
    bins: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.answered:
            bins.setdefault(min(9, max(0, int(outcome.confidence * 10))), []).append(outcome)
    return [
        Bin(
            sum(outcome.confidence for outcome in group) / len(group),
            sum(1 - _loss(outcome) for outcome in group) / len(group),
            len(group),
        )
        for _, group in sorted(bins.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """ECE, the mean distance of confidence from accuracy, weighted by n: 0 is best; 0 without bins."""
    total = sum(each.n for each in bins)
    return sum(each.n * abs(each.confidence - each.accuracy) for each in bins) / total if total else 0.0


def _sureness(outcome: Outcome) -> tuple[bool, float]:
    return outcome.answered, outcome.confidence if outcome.answered else 0.0


def _loss(outcome: Outcome) -> float:
    return 1 - outcome.correct if outcome.answered and outcome.answerable else 1.0
