"""Every dialogue of dialogues.jsonl: what is rewritten, and what must be left alone (kind none).

A line has the turns before (question, answer), the question, and the queries that are right for it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue.rewrite import standalone
from assistant.types import Turn

LINES = (Path(__file__).parent / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
DIALOGUES = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: f"{dialogue['kind']}-{dialogue['question']}")
def test_a_question_is_rewritten_as_its_dialogue_wants(dialogue: dict[str, Any]) -> None:
    history = [Turn(*turn) for turn in dialogue["history"]]
    assert standalone(dialogue["question"], history) in dialogue["expected"]


def test_a_third_of_the_dialogues_must_not_be_rewritten() -> None:
    alone = [dialogue for dialogue in DIALOGUES if dialogue["kind"] == "none"]
    assert len(alone) > 0.3 * len(DIALOGUES)
