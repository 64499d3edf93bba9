"""Policy documents of spring 2020 with real questions, each answered by a span of one document."""

from __future__ import annotations

from pathlib import Path

from evals.sets.files import json_lines
from evals.types import Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """documents.jsonl (id, text) and questions.jsonl (id, question, document, answer); it has no parts."""
    sources = tuple(Source(row["id"], text=row["text"]) for row in json_lines(folder / "documents.jsonl"))
    questions = tuple(
        Question(
            row["id"],
            row["question"],
            kind="span",
            answers=(row["answer"],),
            documents=(row["document"],),
            evidence=(row["answer"],),
        )
        for row in json_lines(folder / "questions.jsonl")
    )
    return Task("ncp", sources, questions)
