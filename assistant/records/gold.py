"""Evaluation cases out of feedback, in the layout of evals/cases/README.md.

An answer that was praised is its case's gold: what it cites is the evidence, what it says the facts. Of any other
only the question is known; its case lacks the gold, and says in its note that somebody has to complete it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from assistant.records.feedback import Feedback
from assistant.types import Answer

KINDS = frozenset({"list", "number", "date", "person", "yesno", "definition", "open"})
"""The kinds of answers that are kinds of cases, too."""
INCOMPLETE = "待补全"
"""How the note of a case begins that lacks its gold."""

_NUMBERED = re.compile(
    r"^\d+\. (.+)\[(\d+)\]$", re.MULTILINE
)  # the items of a list whose statements are not known


def cases(feedback: Iterable[Feedback], *, complete: bool) -> list[dict[str, Any]]:
    """The cases that are ``complete``, or those that are to be completed; each question once, as it was judged last."""
    last = {(one.question, one.history, one.good): one for one in feedback}
    found = [case(one) for one in sorted(last.values(), key=lambda one: one.id)]
    return [one for one in found if one["note"].startswith(INCOMPLETE) is not complete]


def case(given: Feedback) -> dict[str, Any]:
    """The case of one piece of feedback as it is written down."""
    answer = given.answer
    documents = sorted({PurePath(citation.path).name for citation in answer.citations})
    kind = "followup" if given.history else answer.kind if answer.kind in KINDS else "open"
    made: dict[str, Any] = {
        "id": f"feedback-{given.id:04}",
        "question": given.question,
        "history": [asdict(turn) for turn in given.history],
        "kind": kind,
        "answerable": True,
        "document": documents[0] if len(documents) == 1 else "",
        "evidence": [],
        "must": [],
        "must_not": [],
        "items": 0,
        "note": "",
    }
    source = f"反馈 {given.id}，{given.at:%Y-%m-%d}" + (f"，{given.reason}" if given.reason else "")
    if given.good and not answer.answered:
        made |= {"kind": "followup" if given.history else "unanswerable", "answerable": False, "document": ""}
        return {**made, "note": source}
    if given.good and len(documents) == 1:
        made["evidence"] = _evidence(answer)
        made["must"] = _facts(answer)
        made["items"] = len(made["must"]) if kind == "list" else 0
        return {**made, "note": source}
    lacking = "引用了多份文件，用例只能有一份" if given.good else "回答不合格，请补上 document、evidence 和 must"
    return {**made, "note": f"{INCOMPLETE}：{lacking}；{source}；当时的回答：{answer.text}"}


def _evidence(answer: Answer) -> list[str]:
    """The quotes, in the order of the document."""
    ordered = sorted(answer.citations, key=lambda citation: (citation.start, citation.end))
    return list(dict.fromkeys(citation.quote for citation in ordered))


def _facts(answer: Answer) -> list[str]:
    """What the answer says, each in the words of a quote; the line that introduces a list is none of it."""
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    said = [(line.text, line.marker) for line in answer.statements if not line.lead]
    said = said or [(text, int(marker)) for text, marker in _NUMBERED.findall(answer.text)]
    facts = (text if text in quotes.get(marker, "") else quotes.get(marker, "") for text, marker in said)
    return list(dict.fromkeys(fact for fact in facts if fact)) or _evidence(answer)
