"""Questions about one university's pages: conversations, dates that matter, several documents, edited facts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.types import Turn
from evals.errors import UnknownSet
from evals.sets.files import json_lines
from evals.types import Fact, Question, Source, Task

#: The parts that share the documents as they are; ``faithful`` needs its gold passages edited.
PARTS = ("conversation", "extractive", "time_sensitive", "multi_document")
FAITHFUL = "faithful"


def read(folder: Path, part: str) -> Task:
    """documents.jsonl and a file per part; without a part, all that leave the documents as they are.

    In the part ``faithful`` each gold passage says the counterfactual answer, and that is the right one; asked
    are the questions for which the passage could be so edited.
    """
    if part and part not in (*PARTS, FAITHFUL):
        raise UnknownSet(
            f"domainrag has no part {part!r}; choose one of {', '.join((*PARTS, FAITHFUL))}",
            f"domainrag 没有“{part}”部分，可选：{'、'.join((*PARTS, FAITHFUL))}",
        )
    rows = list(json_lines(folder / "documents.jsonl"))
    places = {(row["title"], row["text"]): row["id"] for row in rows}
    sources = {row["id"]: Source(row["id"], row["title"], row["text"], row["date"] or "") for row in rows}
    asked = [
        (kind, row, tuple(places[evidence["title"], evidence["text"]] for evidence in row["evidence"]))
        for kind in ((part,) if part else PARTS)
        for row in json_lines(folder / f"{kind}.jsonl")
    ]
    if part != FAITHFUL:
        questions = tuple(_question(row, kind, row["answers"], gold) for kind, row, gold in asked)
        return Task("domainrag", tuple(sources.values()), questions, headline="contains")
    for _, row, gold in asked:
        for place in gold:
            edited = _edited(sources[place].text, row["answers"], row["counterfactual"])
            sources[place] = replace(sources[place], text=edited)
    told = tuple(
        _question(row, kind, row["counterfactual"], gold)
        for kind, row, gold in asked
        if any(_tells(sources[place].text, row["counterfactual"]) for place in gold)
    )
    note = f"{len(asked) - len(told)} 题的段落无法改写成反事实内容，没有提问"
    return Task("domainrag", tuple(sources.values()), told, headline="contains", note=note)


def _question(row: dict[str, Any], kind: str, answers: Any, gold: tuple[str, ...]) -> Question:
    history = tuple(Turn(turn["question"], turn["answer"]) for turn in row["history"])
    alternatives, items = _alternatives(answers, kind)
    return Question(
        row["id"],
        row["question"],
        kind,
        history=history,
        answers=alternatives,
        documents=gold,
        must=(Fact(alternatives),) if kind in ("extractive", "time_sensitive", FAITHFUL) and not items else (),
        items=items,
    )


def _alternatives(answers: Any, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The whole answers that count as right, and the items if the answer is a list.

    A list of lists holds alternatives, each with its parts; a plain list holds alternatives, but the parts
    of one answer where several documents are asked for.
    """
    if isinstance(answers, str):
        return (answers,), ()
    if all(isinstance(answer, str) for answer in answers):
        return (("\n".join(answers),) if kind == "multi_document" else tuple(answers)), ()
    alternatives = tuple("、".join(parts) for parts in answers)
    return alternatives, tuple(answers[0]) if len(answers[0]) > 1 else ()


def _edited(text: str, answers: list[list[str]], counterfactual: list[list[str]]) -> str:
    """``text`` with each part of the first answer that stands in it whole told otherwise."""
    for old, new in zip(answers, counterfactual, strict=False):
        if len(old) == len(new) and all(part in text for part in old):
            for before, after in zip(old, new, strict=True):
                text = text.replace(before, after)
            break
    return text


def _tells(text: str, answers: list[list[str]]) -> bool:
    return any(all(part in text for part in parts) for parts in answers)
