"""The cases of the evaluation suite: reading them, and the one split into dev and test.

A case is a question, what a complete answer must cite and say, and what it must not say. It is written from the
document, not from what the assistant answers; evals/cases/README.md says how.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.types import Turn
from index.errors import LoadError, UnreadableFile

KINDS = (
    "list",
    "number",
    "date",
    "person",
    "yesno",
    "definition",
    "open",
    "keyword",
    "colloquial",
    "typo",
    "traditional",
    "english",
    "followup",
    "year",
    "unanswerable",
    "offtopic",
    "injection",
)
"""What a case tries, in the order of the reports; the last three are never answerable."""

SEED = "policyqa-2026"
"""The published seed of the split."""

FOLDER = Path(__file__).with_name("cases")
"""Where dev.jsonl and test.jsonl stand."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question and its gold.

    ``document`` is a file name in documents/, empty if the documents do not answer. ``evidence`` holds exact
    substrings of that document, in its order, that a complete answer cites; ``must`` the facts that the text of
    the answer contains, each a substring of one of them; ``must_not`` what it does not contain, most often the
    same subject's facts of another year. ``items`` is the number of list items, which ``must`` then names in
    order, and 0 for every other kind. An unanswerable case has neither document, evidence, ``must`` nor items.
    """

    id: str
    question: str
    history: tuple[Turn, ...]
    kind: str
    answerable: bool
    document: str
    evidence: tuple[str, ...]
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    items: int
    note: str


def read(path: Path) -> tuple[Case, ...]:
    """The cases of a JSON lines file, in its order; blank lines are passed over.

    ``note`` may be left out. Raises ``UnreadableFile`` if there is no UTF-8 text at ``path`` and ``LoadError``,
    naming the file and the line, if a line is not a case or repeats an id.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{path} cannot be read ({error}); give a JSON lines file in UTF-8",
            f"{path} 无法读取（{error}）；请给出 UTF-8 编码的 JSON Lines 文件",
        ) from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = _case(line)
            if case.id in cases:
                raise ValueError(f"the id {case.id!r} stands twice")
        except ValueError as error:
            raise LoadError(
                f"{path}, line {number}, is not a case: {error}; mend the line",
                f"{path} 第 {number} 行不是有效的评测用例：{error}；请改正该行",
            ) from error
        cases[case.id] = case
    return tuple(cases.values())


def split(cases: Iterable[Case]) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """The dev and the test cases, 60 % and 40 % of each kind, each half ordered by id.

    Within a kind the cases are ordered by the SHA-256 of "seed:id" and the first 60 %, rounded, are dev, so the
    answer does not depend on the order given.
    """
    halves: tuple[list[Case], list[Case]] = ([], [])
    everything = tuple(cases)
    for kind in KINDS:
        ordered = sorted((case for case in everything if case.kind == kind), key=_draw)
        middle = round(len(ordered) * 0.6)
        halves[0].extend(ordered[:middle])
        halves[1].extend(ordered[middle:])
    dev, test = (tuple(sorted(half, key=lambda case: case.id)) for half in halves)
    return dev, test


def _draw(case: Case) -> str:
    """The case's lot in the split."""
    return hashlib.sha256(f"{SEED}:{case.id}".encode()).hexdigest()


def _case(line: str) -> Case:
    """The case that one line writes down; ``ValueError`` says why it is none."""
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("it is not a JSON object")
    record = {"note": "", **record}
    names = {field.name for field in fields(Case)}
    if missing := sorted(names - record.keys()):
        raise ValueError(f"missing {', '.join(missing)}")
    if unknown := sorted(record.keys() - names):
        raise ValueError(f"unknown {', '.join(unknown)}")
    if not isinstance(record["answerable"], bool):
        raise ValueError("answerable is neither true nor false")
    if isinstance(record["items"], bool) or not isinstance(record["items"], int):
        raise ValueError("items is not a whole number")
    case = Case(
        id=_text(record, "id"),
        question=_text(record, "question"),
        history=_history(record["history"]),
        kind=_text(record, "kind"),
        answerable=record["answerable"],
        document=_text(record, "document"),
        evidence=_texts(record, "evidence"),
        must=_texts(record, "must"),
        must_not=_texts(record, "must_not"),
        items=record["items"],
        note=_text(record, "note"),
    )
    _check(case)
    return case


def _check(case: Case) -> None:
    """Nothing if the fields of a case agree with each other, else ``ValueError``."""
    if not case.id or not case.question:
        raise ValueError("id or question is empty")
    if case.kind not in KINDS:
        raise ValueError(f"kind {case.kind!r} is none of {', '.join(KINDS)}")
    gold = (case.document, case.evidence, case.must)
    if case.answerable and not all(gold):
        raise ValueError("it is answerable, so document, evidence and must may not be empty")
    if not case.answerable and any((*gold, case.items)):
        raise ValueError("it is not answerable, so document, evidence, must and items must be empty")
    if case.items != (len(case.must) if case.kind == "list" else 0):
        raise ValueError("items must be the length of must in a list case and 0 in any other")


def _text(record: dict[str, object], name: str) -> str:
    """The string under a name."""
    value = record[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a string")
    return value


def _texts(record: dict[str, object], name: str) -> tuple[str, ...]:
    """The strings under a name, none of them empty."""
    values = record[name]
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise ValueError(f"{name} is not a list of strings with something in them")
    return tuple(values)


def _history(turns: object) -> tuple[Turn, ...]:
    """The turns before the question."""
    if not isinstance(turns, list):
        raise ValueError("history is not a list")
    for turn in turns:
        if not isinstance(turn, dict) or turn.keys() != {"question", "answer"}:
            raise ValueError("a turn of history has other fields than question and answer")
    return tuple(Turn(question=_text(turn, "question"), answer=_text(turn, "answer")) for turn in turns)
