"""Examination questions about named policies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from evals.errors import MissingSet
from evals.normalise import normalise
from evals.sets.files import json_lines
from evals.types import Fact, Question, Source, Task

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


def read(folder: Path, part: str) -> Task:
    """questions.jsonl, and the policies that it names, found under this folder or in a ``corpus`` beside it.

    Asked are the questions whose policies are there. A multiple-choice question is asked without its options
    and judged by which of them the answer repeats; a true-or-false statement by whether the answer gives the
    numbers of its explanation that the statement has not.
    """
    rows = list(json_lines(folder / "questions.jsonl"))
    wanted = {Path(path).name for row in rows for path in row["doc_paths"]}
    found: dict[str, Path] = {}
    for root in (folder, folder.resolve().parent.parent / "corpus"):
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.name in wanted:
                found.setdefault(path.name, path)
    asked = [row for row in rows if all(Path(path).name in found for path in row["doc_paths"])]
    if not asked:
        raise MissingSet(
            f"none of the {len(wanted)} policies that {folder} asks about is under it or in a corpus beside it",
            f"{folder} 的问题涉及 {len(wanted)} 份政策文件，该文件夹和旁边的 corpus 里都没有",
        )
    sources = tuple(Source(name, path=str(path)) for name, path in found.items())
    note = f"共 {len(rows)} 题，其中 {len(rows) - len(asked)} 题所依据的文件不在本地，没有提问"
    return Task("policybench", sources, tuple(_question(row) for row in asked), headline="correct", note=note)


def _question(row: dict[str, Any]) -> Question:
    kind = row["question_type"]
    explanation = row.get("explanation") or ""
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    answers = (explanation,) if explanation else ()
    must: tuple[Fact, ...] = ()
    if kind == "multiple_choice":
        options: dict[str, str] = row["choice"]
        right = tuple(text for letter, text in options.items() if letter in row["answer"])
        wrong = tuple(text for letter, text in options.items() if letter not in row["answer"])
        answers = ("；".join(right),)
    elif kind == "true_or_false":
        stated = normalise(row["question"])
        must = tuple(
            Fact((each,)) for each in dict.fromkeys(_NUMBER.findall(normalise(explanation))) if each not in stated
        )
    else:
        answers = (str(row["answer"]),)
    return Question(
        f"{kind}-{row['id']}",
        row["question"],
        kind,
        answers=answers,
        documents=tuple(Path(path).name for path in row["doc_paths"]),
        must=must,
        right=right,
        wrong=wrong,
    )
