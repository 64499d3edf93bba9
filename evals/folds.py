"""Folds of the sets that the trained reader learns from: one is kept out, and reported on.

A question goes with its document, so that nothing of a document that is reported on was trained on.
"""

from __future__ import annotations

import hashlib

from evals.types import Question, Task

SEED = "policyqa-2026"
FOLDS = 5
PIECE = 20
"""Characters that two texts do not share by chance."""
MOST = 0.5
"""The share of a text from which on it counts as repeated."""


def fold(key: str) -> int:
    """Which of the ``FOLDS`` folds a document, known by ``key``, belongs to."""
    return int(hashlib.sha256(f"{SEED}:{key}".encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS


def is_test(document: str) -> bool:
    """Whether a document of our corpus is one of those that nothing is ever trained or tuned on: half of fold 0."""
    return fold(document) == 0 and fold(f"{document}:test") % 2 == 0


def may_be_seen(name: str, document: str, out: int) -> bool:
    """Whether the training without the fold ``out`` may learn from a document of the set ``name``.

    Reading passages are told by their texts (see ``trained_on``); all articles of law are one document.
    """
    if name in ("stard", "reading"):
        return True
    return fold(document) != out and not (name == "policies" and is_test(document))


def kept_out(task: Task, out: int) -> tuple[Question, ...]:
    """The questions of ``task`` that a reader trained without fold ``out`` has not seen.

    Nor has it seen most of their documents elsewhere: a notice that another site repeats may lie in another fold.
    """
    seen, again = trained_on(task, out), repeated(task, out)
    return tuple(
        question
        for question in task.questions
        if question not in seen and not again.intersection(question.documents)
    )


def repeated(task: Task, out: int) -> frozenset[str]:
    """The documents of ncp in fold ``out`` more than half of whose text stands in documents of other folds, too."""
    if task.name != "ncp":
        return frozenset()
    others = {piece for source in task.sources if fold(source.id) != out for piece in _pieces(source.text)}
    return frozenset(
        source.id
        for source in task.sources
        if fold(source.id) == out and (own := _pieces(source.text)) and len(own & others) > MOST * len(own)
    )


def _pieces(text: str) -> set[int]:
    """The hashes of all pieces of ``PIECE`` characters."""
    plain = "".join(text.split())
    return {hash(plain[at : at + PIECE]) for at in range(len(plain) - PIECE + 1)}


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
