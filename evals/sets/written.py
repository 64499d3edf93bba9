"""Questions that were written for the training and the evaluation, beside those of the public sets.

Each line of ``questions/*.jsonl`` has a document's name, one question in one or two wordings, and a range of the
document's text: the answer, or, where ``answered`` is false, a part that the question is about and that does not answer
it; ``elsewhere`` says whether another part does, and is null where a document of policies was not read for that. The texts
are not part of the project; ``mark`` notices a text that is not the one that the question was written for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.sets.files import json_lines
from index.types import Span

FOLDER = Path(__file__).parent.parent / "questions"


@dataclass(frozen=True, slots=True)
class Written:
    """A question in one or two wordings; ``span`` of the ``document`` answers it or, if not ``answered``, does not.

    ``elsewhere``: although ``span`` does not, another part of the document answers it; ``None`` where nobody looked.
    """

    document: str
    questions: tuple[str, ...]
    span: Span
    answered: bool
    mark: str
    elsewhere: bool | None = False


def mark(text: str) -> str:
    """Eight hexadecimal digits by which a text is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def read(part: str) -> tuple[Written, ...]:
    """The questions that were written on the documents of ``part``: ncp, stard, reading or policies."""
    return tuple(
        Written(
            row["document"],
            tuple(row["questions"]),
            Span(*row["span"]),
            row["answered"],
            row["mark"],
            row.get("elsewhere", False),
        )
        for row in json_lines(FOLDER / f"{part}.jsonl")
    )


def known(written: Iterable[Written], text: Callable[[str], str | None]) -> Iterator[tuple[Written, str]]:
    """Those whose text is at hand and still what it was, with it."""
    for each in written:
        found = text(each.document)
        if found is not None and mark(each.span.of(found)) == each.mark:
            yield each, found
