"""What the reader is trained on: questions with windows of text that answer them, or do not."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from evals.sets.files import json_lines
from index.library import Library
from index.search import context
from index.types import Chunk, Span

PARTS = ("ncp", "reading", "stard", "policies", "own")
"""What the samples are drawn from, see ``evals.training.draw``."""
WINDOW = 430
"""Characters of a window, about 260 tokens."""
FOUND = 12
"""Hits of a search from which windows that do not answer are drawn."""
OCCURRENCES = 8
"""Places of an answer in one window that are counted as right."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sample:
    """A question and a window of text.

    ``context`` is what stands above the window in its document, title first. ``spans`` are the places of the
    answer in ``window``, none if it does not answer. ``relevant`` is 1 for a window that answers, 0 for one of
    another document, and ``None`` where that is not known: then only the span is learnt. ``read`` is false where
    only the relevance is.
    """

    question: str
    context: str
    window: str
    spans: tuple[tuple[int, int], ...] = ()
    relevant: float | None = None
    read: bool = True


def places(answers: Iterable[str], window: str) -> tuple[tuple[int, int], ...]:
    """Where in ``window`` the longest of the answers that it holds stands."""
    for answer in sorted((answer for answer in answers if answer), key=len, reverse=True):
        found: list[tuple[int, int]] = []
        at = window.find(answer)
        while at >= 0 and len(found) < OCCURRENCES:
            found.append((at, at + len(answer)))
            at = window.find(answer, at + 1)
        if found:
            return tuple(found)
    return ()


def around(span: Span, text: str, lot: random.Random, size: int = WINDOW) -> Span:
    """A window of ``text`` of ``size`` characters that holds ``span``, or its beginning, anywhere in it."""
    free = max(0, size - len(span))
    start = max(0, span.start - lot.randint(0, free))
    start = max(0, min(start, len(text) - size))
    return Span(start, min(len(text), start + size))


def silent_sample(
    question: str, answers: Sequence[str], chunk: Chunk, library: Library, lot: random.Random
) -> Sample:
    """The question with a window around a chunk of another document, which does not answer it unless by chance."""
    document = library.document(chunk.document_id)
    window = around(chunk.span, document.text, lot)
    heading = above(document.title, library.chunks(document.id), window, lot)
    words = window.of(document.text)
    if found := places(answers, words):  # the same notice on another site
        return Sample(question, heading, words, found, 1.0)
    return Sample(question, heading, words, (), 0.0)


def above(title: str, chunks: Sequence[Chunk], window: Span, lot: random.Random) -> str:
    """What stands above the window; nothing at all one time in four, since many a page has no title."""
    if lot.random() < 0.25:
        return ""
    first = next((chunk for chunk in chunks if chunk.end > window.start), chunks[-1])
    return context(title, first.heading)


def pick(found: Sequence[T], count: int, lot: random.Random) -> list[T]:
    """``count`` of what was found, best first: the better ones are drawn sooner."""
    kept = list(found)
    picked: list[T] = []
    while kept and len(picked) < count:
        picked.append(kept.pop(min(lot.randrange(len(kept)), lot.randrange(len(kept)))))
    return picked


def samples_file(home: Path, part: str, out: int, round_: int) -> Path:
    """Where the samples of a part of the data are kept for a round of the training that keeps fold ``out`` out."""
    return home / "training" / f"{part}-without-{out}-round-{round_}.jsonl"


def write(path: Path, samples: Iterable[Sample]) -> int:
    """Write the samples as JSON lines; how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps(asdict(sample), ensure_ascii=False) + "\n")
            count += 1
    return count


def restored(path: Path) -> Iterator[Sample]:
    """The samples that ``write`` wrote."""
    for row in json_lines(path):
        yield Sample(**{**row, "spans": tuple(map(tuple, row["spans"]))})
