"""Dialogues over documents, each turn with the passages it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.types import Turn
from evals.sets.files import json_lines
from evals.types import Question, Source, Task

_ASKING = ("what", "how", "when", "why", "where", "verification")


def read(folder: Path, part: str) -> Task:
    """dialogues.jsonl (id, turns); it has no parts.

    Asked is each user turn that the next system turn answers. The set comes without its documents: each is
    put together from the passages that any turn of the set stands on.
    """
    dialogues = list(json_lines(folder / "dialogues.jsonl"))
    passages: dict[str, dict[str, None]] = {}
    for dialogue in dialogues:
        for turn in dialogue["turns"]:
            passages.setdefault(turn["document"], {}).update(dict.fromkeys(turn["grounding"]))
    sources = tuple(
        Source(name, Path(name).stem.rpartition("_")[2], "\n".join(found)) for name, found in passages.items()
    )
    questions = tuple(question for dialogue in dialogues for question in _questions(dialogue))
    return Task("doc2bot", sources, questions, note="文档由各轮对话所依据的段落拼成，不是原文全文")


def _questions(dialogue: dict[str, Any]) -> list[Question]:
    turns: Sequence[dict[str, Any]] = dialogue["turns"]
    questions: list[Question] = []
    history: list[Turn] = []
    for turn, reply in pairwise(turns):
        if turn["role"] != "user" or reply["role"] != "system":
            continue
        if turn["act"] in _ASKING and reply["act"].startswith("ans/"):
            questions.append(
                Question(
                    f"{dialogue['id']}-{turn['turn']}",
                    turn["utterance"],
                    kind="follow-up" if history else "first",
                    history=tuple(history),
                    answers=(reply["utterance"],),
                    documents=(reply["document"],),
                    evidence=tuple(reply["grounding"]),
                )
            )
        history.append(Turn(turn["utterance"], reply["utterance"]))
    return questions
