"""Folds of the sets that the trained reader learns from: one is kept out, and reported on.

A question goes with its document, so that nothing of a document that is reported on was trained on.
"""

from __future__ import annotations

import hashlib

from evals.types import Question, Task

SEED = "policyqa-2026"
FOLDS = 5


def fold(key: str) -> int:
    """Which of the ``FOLDS`` folds a document, known by ``key``, belongs to."""
    return int(hashlib.sha256(f"{SEED}:{key}".encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS


def kept_out(task: Task, out: int) -> tuple[Question, ...]:
    """The questions of ``task`` that a reader trained without fold ``out`` has not seen."""
    seen = trained_on(task, out)
    return tuple(question for question in task.questions if question not in seen)


def trained_on(task: Task, out: int) -> frozenset[Question]:
    """The questions of ``task`` that a reader trained without fold ``out`` may have been trained on."""
    if task.name not in ("ncp", "reading", "stard", "policies"):
        return frozenset()
    texts = {source.id: source.text for source in task.sources} if task.name == "reading" else {}

    def key(question: Question) -> str:
        if task.name == "ncp":
            return question.documents[0]
        if task.name == "policies":
            return (question.documents or question.within)[0]
        return (
            texts[question.within[0]] if task.name == "reading" else question.id
        )  # all articles are one document

    return frozenset(question for question in task.questions if fold(key(question)) != out)
