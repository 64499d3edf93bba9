"""Span reading: a passage, a question and its answers, or none."""

from __future__ import annotations

from pathlib import Path

from evals.errors import UnknownSet
from evals.sets.files import json_lines
from evals.types import Question, Source, Task

PARTS = ("cmrc2018", "dureader_robust", "dureader_checklist", "drcd", "cail2019")

#: How CAIL 2019 writes the answers that are no spans.
_POLAR = {"YES": "是", "NO": "否"}


def read(folder: Path, part: str) -> Task:
    """A file per part (id, passage, question, answers, answerable); without a part, all five.

    Each passage is a document and each question is asked within its own: what is measured is the reader.
    """
    if part and part not in PARTS:
        raise UnknownSet(
            f"reading has no part {part!r}; choose one of {', '.join(PARTS)}",
            f"reading 没有“{part}”部分，可选：{'、'.join(PARTS)}",
        )
    sources: dict[str, Source] = {}
    questions = []
    for name in (part,) if part else PARTS:
        for row in json_lines(folder / f"{name}.jsonl"):
            passage = row["passage"]
            source = sources.setdefault(passage, Source(f"{name}-{len(sources)}", text=passage))
            answers = tuple(_POLAR.get(answer, answer) for answer in row["answers"])
            questions.append(
                Question(
                    f"{name}-{row['id']}",
                    row["question"],
                    kind=f"{name} yesno" if answers and answers[0] in _POLAR.values() else name,
                    answers=answers,
                    answerable=row["answerable"],
                    within=(source.id,),
                )
            )
    return Task("reading", tuple(sources.values()), tuple(questions))
