"""Noise, refusal, integration and counterfactual passages (RGB, the Chinese half)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evals.sets.files import json_lines
from evals.types import Fact, Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """zh_refine, zh_int and zh_fact; it has no parts. Every question is asked within its own passages.

    ``noise``: passages that answer among passages that do not. ``refusal``: only the latter. ``integration``:
    the answer needs several. ``counterfactual``: the passages say something else than the world does, and
    an assistant that quotes its documents is right if it says what they say.
    """
    sources: list[Source] = []
    questions: list[Question] = []

    def ask(row: dict[str, Any], kind: str, passages: Iterable[str], facts: tuple[Fact, ...], **more: Any) -> None:
        own = [
            Source(f"{kind}-{row['id']}-{n}", text=passage)
            for n, passage in enumerate(passages)
            if passage.strip()
        ]
        sources.extend(own)
        questions.append(
            Question(
                f"{kind}-{row['id']}",
                row["query"],
                kind,
                answers=("、".join(fact.forms[0] for fact in facts),) if facts else (),
                must=facts,
                within=tuple(source.id for source in own),
                **more,
            )
        )

    for row in json_lines(folder / "zh_refine.jsonl"):
        ask(row, "noise", row["positive"] + row["negative"], _facts(row["answer"]))
        ask(row, "refusal", row["negative"], (), answerable=False)
    for row in json_lines(folder / "zh_int.jsonl"):
        found = [
            passage for group in row["positive"] for passage in ([group] if isinstance(group, str) else group)
        ]
        ask(row, "integration", found + row["negative"], _facts(row["answer"]))
    for row in json_lines(folder / "zh_fact.jsonl"):
        told = _facts([row["fakeanswer"]])
        ask(row, "counterfactual", row["positive_wrong"], told, must_not=_facts(row["answer"]))
    return Task("rgb", tuple(sources), tuple(questions), headline="accurate", note="反事实部分以所给段落为准")


def _facts(answers: Any) -> tuple[Fact, ...]:
    """Every element must be said, one that is a list in any of its forms."""
    if isinstance(answers, str):
        return (Fact((answers,)),)
    return tuple(Fact((answer,) if isinstance(answer, str) else tuple(answer)) for answer in answers)
