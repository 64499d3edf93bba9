"""The DataFountain contest 424 as its organisers publish it."""

from __future__ import annotations

from pathlib import Path

from evals.errors import MissingSet
from evals.sets.files import present, table
from evals.types import Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """``*context*.csv`` (docid, text), ``*train*.csv`` (id, docid, question, answer). No parts."""
    sources = tuple(Source(row["docid"], text=row["text"]) for row in table(_only(folder, "context")))
    questions = tuple(
        Question(
            row["id"],
            row["question"],
            kind="span",
            answers=(row["answer"],),
            documents=(row["docid"],),
            evidence=(row["answer"],),
        )
        for row in table(_only(folder, "train"))
    )
    return Task("datafountain", sources, questions)


def _only(folder: Path, word: str) -> Path:
    found = sorted(present(folder).glob(f"*{word}*.csv"))
    if not found:
        raise MissingSet(f"{folder} holds no *{word}*.csv", f"{folder} 里没有 *{word}*.csv")
    return found[0]
