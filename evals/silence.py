"""Questions asked of documents that do not answer them: the answer's own documents, and those that repeat it, are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.normalise import normalise
from evals.types import Question, Source

LEAST = 8
"""Normalised characters of a clause from which on two documents hardly share it by chance."""
REPEATED = 0.5
"""Share of the characters of the answer's clauses with which a document gives the same answer."""

_CLAUSES = re.compile(r"[^，,。；;：:！!？?\n]+")
_SENTENCES = re.compile(r"[^。！!？?\n]+")


def silent(questions: Sequence[Question], sources: Sequence[Source]) -> tuple[Question, ...]:
    """The questions whose documents are known, each to be asked of all ``sources`` that do not answer it.

    A document answers if it is one of the question's, or if it repeats the clauses in which the answer stands there:
    the press prints the same notice many times, and an answer from a copy is no wrong one.
    """
    texts = {source.id: source.text for source in sources}
    plain = {name: normalise(text) for name, text in texts.items()}
    return tuple(
        Question(
            f"{question.id}-silent",
            question.question,
            "silent",
            question.history,
            answerable=False,
            within=tuple(
                name
                for name in plain
                if name not in question.documents and not any(_repeats(plain[name], told) for told in telling)
            ),
        )
        for question in questions
        if question.documents and not question.within
        for telling in [tuple(_tellings(question, texts))]
    )


def _tellings(question: Question, texts: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Of each answer the normalised clauses in which it stands, or the sentences if these are too short to tell."""
    for answer in question.answers:
        places = [(text, text.find(answer)) for name in question.documents if (text := texts.get(name, ""))]
        text, start = next(((text, place) for text, place in places if place >= 0), (answer, 0))
        for parts in (_CLAUSES, _SENTENCES):
            around = (
                part for part in parts.finditer(text) if part.start() < start + len(answer) and part.end() > start
            )
            told = tuple(words for part in around if len(words := normalise(part[0])) >= LEAST)
            if told:
                yield told
                break


def _repeats(text: str, told: Sequence[str]) -> bool:
    return sum(len(words) for words in told if words in text) >= REPEATED * sum(map(len, told))
