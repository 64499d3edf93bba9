"""Our own cases over the documents that ship with the assistant."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.cases import read as read_cases
from evals.errors import MissingSet
from evals.sets.files import present
from evals.types import Fact, Question, Source, Task
from index.metadata import SIDECAR

#: Where the project keeps them.
CASES = Path(__file__).parent.parent / "cases"
DOCUMENTS = Path(__file__).parent.parent.parent / "documents"


def read(folder: Path, part: str) -> Task:
    """Every JSON-lines file of ``folder``, or the one that ``part`` names; all but test.jsonl are for development.

    The documents are those of the project.
    """
    paths = sorted(present(folder).glob(f"{part or '*'}.jsonl"))
    if not paths:
        raise MissingSet(f"{folder} holds no {part or '*'}.jsonl", f"{folder} 里没有 {part or '*'}.jsonl")
    questions = tuple(_question(case, path.stem) for path in paths for case in read_cases(path))
    sources = tuple(
        Source(path.name, path=str(path))
        for path in sorted(present(DOCUMENTS).iterdir())
        if path.is_file() and not path.name.endswith(SIDECAR)
    )
    return Task("own", sources, questions, headline="correct")


def _question(case: Case, stem: str) -> Question:
    return Question(
        case.id,
        case.question,
        case.kind,
        history=case.history,
        documents=(case.document,) if case.document else (),
        evidence=case.evidence,
        answerable=case.answerable,
        must=tuple(Fact((each,)) for each in case.must),
        must_not=tuple(Fact((each,)) for each in case.must_not),
        items=case.must if case.items else (),
        strict=True,
        split="test" if stem == "test" else "dev",
    )
