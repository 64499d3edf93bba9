"""Real policy documents of all kinds and formats, with questions that were written on them."""

from __future__ import annotations

from pathlib import Path

from evals.folds import fold
from evals.sets.files import present
from evals.sets.written import known
from evals.sets.written import read as read_written
from evals.types import Question, Source, Task
from index.errors import PolicyError
from index.load import load


def read(folder: Path, part: str) -> Task:
    """Laws, reports, notices and guides below ``folder``; ``part`` may be formal, colloquial or silent.

    Formal are the first wordings, colloquial the second ones, which seldom name what they are about and are therefore
    asked within their document, as are the silent ones: what the document does not answer, though another may. Those of
    about half of the documents of fold 0 are the test, which nothing is ever trained or tuned on.
    """
    sources = documents(folder)
    texts = {source.id: _text(source) for source in sources}
    questions = []
    for number, (each, text) in enumerate(known(read_written("policies"), texts.get)):
        for kind, question in zip(
            ("formal", "colloquial") if each.answered else ("silent",), each.questions, strict=False
        ):
            if part in ("", kind):
                questions.append(
                    Question(
                        f"{number}-{kind}",
                        question,
                        kind,
                        answers=(each.span.of(text),) if each.answered else (),
                        documents=(each.document,) if each.answered else (),
                        answerable=each.answered,
                        within=() if kind == "formal" else (each.document,),
                        split="test" if fold(each.document) == 0 == fold(f"{each.document}:test") % 2 else "dev",
                    )
                )
    return Task("policies", sources, tuple(questions), headline="short_f1")


def documents(folder: Path) -> tuple[Source, ...]:
    """The files below ``folder`` that questions were written on."""
    names = {each.document for each in read_written("policies")}
    paths = {path.name: path for path in sorted(present(folder).rglob("*")) if path.name in names}
    return tuple(Source(name, path=str(path)) for name, path in sorted(paths.items()))


def _text(source: Source) -> str | None:
    try:
        return load(Path(source.path)).text
    except PolicyError:
        return None
