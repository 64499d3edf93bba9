"""Follow-ups and the standalone questions that people wrote for them."""

from __future__ import annotations

from pathlib import Path

from assistant.types import Turn
from evals.sets.files import json_lines
from evals.types import Question, Task


def read(folder: Path, part: str) -> Task:
    """rewrite.jsonl (id, history of two utterances, question, rewritten); no parts and no documents.

    Measured is the query that a system searches with, not its answer.
    """
    questions = tuple(
        Question(
            row["id"],
            row["question"],
            kind="changed" if row["question"] != row["rewritten"] else "unchanged",
            history=(Turn(*row["history"]),),
            rewritten=row["rewritten"],
        )
        for row in json_lines(folder / "rewrite.jsonl")
    )
    return Task("rewrite", (), questions, headline="rewrite_rouge_l", note="衡量的是检索用的问句，不是答案")
