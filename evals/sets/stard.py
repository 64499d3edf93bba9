"""Lay questions to statute articles."""

from __future__ import annotations

from pathlib import Path

from evals.sets.files import json_lines
from evals.types import Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """documents.jsonl (id, title, text, date) and questions.jsonl (id, question, documents, answer); no parts.

    An article is a document. The answers are lawyers' letters, so the set is told by its retrieval.
    """
    sources = tuple(
        Source(row["id"], row["title"], row["text"], row["date"] or "")
        for row in json_lines(folder / "documents.jsonl")
    )
    questions = tuple(
        Question(
            row["id"],
            row["question"],
            kind="statute",
            answers=(row["answer"],) if row["answer"] else (),
            documents=tuple(row["documents"]),
        )
        for row in json_lines(folder / "questions.jsonl")
    )
    return Task("stard", sources, questions, headline="ndcg@10")
