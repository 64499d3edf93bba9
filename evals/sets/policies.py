"""Real policy documents of all kinds and formats, with questions that were written on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assistant.language import periods
from evals.errors import MissingSet, UnknownSet
from evals.folds import is_test
from evals.sets.files import present
from evals.sets.written import Written, mark
from evals.sets.written import read as read_written
from evals.types import Question, Source, Task
from index.errors import PolicyError
from index.load import load

KINDS = ("formal", "colloquial", "silent")


def read(folder: Path, part: str) -> Task:
    """Laws, reports, notices and guides below ``folder``; ``part`` may be formal, colloquial or silent.

    Formal are the first wordings, colloquial the second ones, which seldom name what they are about and are therefore
    asked within their document, as are the silent ones: what no part of the document answers, though another document may.
    Those of about half of the documents of fold 0 are the test, which nothing is ever trained or tuned on. What is asked of
    this or the last year (今年, 去年 …) is left out: it was written of the document's time, and is asked now.
    """
    if part and part not in KINDS:
        raise UnknownSet(
            f"policies has no part {part!r}; choose one of {', '.join(KINDS)}",
            f"policies 没有“{part}”部分，可选：{'、'.join(KINDS)}",
        )
    sources = documents(folder)
    if not sources:
        raise MissingSet(f"{folder} holds none of the documents", f"{folder} 里没有所问的文件")
    texts = {source.id: _text(source) for source in sources}
    questions: list[Question] = []
    left = 0
    for number, each in enumerate(read_written("policies")):
        text = texts.get(each.document, "")
        if each.elsewhere is not False:
            continue
        if mark(each.span.of(text)) == each.mark:
            questions += (one for one in _asked(number, each, each.span.of(text)) if part in ("", one.kind))
        else:
            left += 1
    note = f"有 {left} 题所问的文件不在或已不同，未提问。" if left else ""
    return Task("policies", sources, tuple(questions), headline="short_f1", note=note)


def _asked(number: int, each: Written, words: str) -> list[Question]:
    """The wordings of a question; ``words`` is what its span covers."""
    kinds = KINDS[:2] if each.answered else KINDS[2:]
    return [
        Question(
            f"{number}-{kind}",
            question,
            kind,
            answers=(words,) if each.answered else (),
            documents=(each.document,) if each.answered else (),
            answerable=each.answered,
            within=() if kind == "formal" else (each.document,),
            split="test" if is_test(each.document) else "dev",
        )
        for kind, question in zip(kinds, each.questions, strict=False)
        if periods.absolute(question, date.min) == question
    ]


def documents(folder: Path) -> tuple[Source, ...]:
    """The files below ``folder`` that questions were written on."""
    names = {each.document for each in read_written("policies")}
    paths = {path.name: path for path in sorted(present(folder).rglob("*")) if path.name in names}
    return tuple(Source(name, path=str(path)) for name, path in sorted(paths.items()))


def _text(source: Source) -> str:
    """The text that the library will have of a file, empty if it cannot be read."""
    try:
        return load(Path(source.path)).text
    except PolicyError:
        return ""
