"""What the reader is trained on: questions with windows of text that answer them, or do not.

Windows that answer are placed at random around the answer. Those that do not are what our own search finds for
the question in all documents of its set, and other windows of the right document. A fifth of the documents, by
the lot of their ids, is kept out: nothing of it is ever trained on.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import click
import numpy as np
from opencc import OpenCC

from assistant.settings import settings
from evals.cases import FOLDER, Case
from evals.cases import read as read_cases
from evals.collection import Collection, collect
from evals.folds import SEED, trained_on
from evals.memory import RememberingEncoder
from evals.sets import own, read
from evals.sets.files import json_lines
from evals.types import Question, Source, Task
from index.lexical import Lexical
from index.library import Library
from index.search import context
from index.types import Chunk, Span

WINDOW = 430
"""Characters of a window, about 260 tokens."""
FOUND = 12
"""Hits of a search from which windows that do not answer are drawn."""
OCCURRENCES = 8
"""Places of an answer in one window that are counted as right."""
PASSAGES = {
    "cmrc2018": 1300,
    "dureader_robust": 560,
    "dureader_checklist": 450,
    "drcd": 800,
    "cail2019": 1500,
}
"""How many questions of each reading set are taken for an epoch: many of those nearest to policy text."""

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


def of_documents(
    questions: Sequence[Question], collection: Collection, lot: random.Random, answering: int = 3, silent: int = 3
) -> Iterator[Sample]:
    """Samples of questions whose answers stand literally in their documents, ``answering`` windows each.

    Of the ``silent`` windows that do not answer, one is of the right document where it is long enough.
    """
    library = collection.library
    for question in questions:
        document = library.document(collection.ids[question.documents[0]])
        chunks = library.chunks(document.id)
        at = document.text.find(question.answers[0])
        if at < 0:
            continue
        gold = Span(at, at + len(question.answers[0]))
        for _ in range(answering):
            window = around(gold, document.text, lot)
            words = window.of(document.text)
            spans = places(question.answers, words)
            above = _above(document.title, chunks, window, lot)
            yield Sample(question.question, above, words, spans, 1.0, read=bool(spans))
        others = [chunk.span for chunk in chunks if not chunk.span.overlaps(gold)]
        if others:
            window = _clear(around(lot.choice(others), document.text, lot), gold)
            if len(window) >= WINDOW // 4:
                yield Sample(
                    question.question,
                    _above(document.title, chunks, window, lot),
                    window.of(document.text),
                )
        found = [
            hit.chunk for hit in library.search(question.question, FOUND) if hit.chunk.document_id != document.id
        ]
        for chunk in _drawn(found, silent - 1, lot):
            yield _silent(question, chunk, library, lot)


def of_passages(questions: Sequence[Question], texts: Sequence[str], lot: random.Random) -> Iterator[Sample]:
    """Samples of questions asked within one passage each, and every third with the passage of another, too.

    That is one which the lexical search takes for the answer: a question must not be answered by what is merely like it.
    """
    simplified = OpenCC("t2s").convert
    distinct = sorted(set(texts))
    lexical = Lexical.build(distinct)
    for place, (question, text) in enumerate(zip(questions, texts, strict=True)):
        asked, text = simplified(question.question), simplified(text)
        answers = [simplified(answer) for answer in question.answers]
        if question.kind.endswith("yesno"):  # its answer is no span
            continue
        found = places(answers, text) if question.answerable else ()
        if question.answerable and not found:
            continue
        anchor = Span(*found[0]) if found else Span(0, 0)
        words = around(anchor, text, lot).of(text)
        spans = places(answers, words) if question.answerable else ()
        yield Sample(asked, "", words, spans, 1.0 if spans else None)
        if place % 3 == 0:
            best = np.argsort(-lexical.scores(question.question), kind="stable")[:FOUND]
            others = (simplified(distinct[row]) for row in best)
            like = [other for other in others if other != text and not places(answers, other)]
            for other in _drawn(like, 1, lot):
                yield Sample(asked, "", around(Span(0, 0), other, lot).of(other), (), 0.0)


def of_articles(
    questions: Sequence[Question], sources: Sequence[Source], lot: random.Random, silent: int = 3
) -> Iterator[Sample]:
    """Which articles of law bear on a question; nothing is read from them.

    Those that do not are what the lexical search finds first: to encode every article would take half an hour.
    """
    by_id = {source.id: source for source in sources}
    lexical = Lexical.build(f"{source.title}\n{source.text}" for source in sources)
    for question in questions:
        gold = [by_id[name] for name in question.documents if name in by_id]
        best = np.argsort(-lexical.scores(question.question), kind="stable")[: 4 * FOUND]
        others = _drawn([sources[row] for row in best if sources[row].id not in question.documents], silent, lot)
        for source, relevant in [(each, 1.0) for each in gold[:2]] + [(each, 0.0) for each in others]:
            yield Sample(question.question, source.title, source.text[:WINDOW], (), relevant, read=False)


def of_cases(cases: Sequence[Case], library: Library, lot: random.Random) -> Iterator[Sample]:
    """Our own cases for development that stand on their own: what they must say, or the windows that are silent."""
    documents = {Path(summary.path).name: library.document(summary.id) for summary in library.documents()}
    for case in cases:
        if case.history or case.items or case.kind in ("injection", "offtopic", "english"):
            continue
        if case.answerable:
            document = documents[case.document]
            at = document.text.find(case.evidence[0])
            if at < 0:
                continue
            window = around(Span(at, at + len(case.evidence[0])), document.text, lot)
            wanted = [fact for fact in case.must if fact in case.evidence[0]][:1]
            short = case.kind in ("number", "date", "person") and wanted
            spans = places([case.evidence[0]], window.of(document.text))
            if short and spans:
                start = spans[0][0]
                inside = case.evidence[0].find(wanted[0])
                spans = ((start + inside, start + inside + len(wanted[0])),)
            if spans:
                above = _above(document.title, library.chunks(document.id), window, lot)
                yield Sample(case.question, above, window.of(document.text), spans, 1.0)
        else:
            for hit in islice(library.search(case.question, 2), 2):
                document = library.document(hit.chunk.document_id)
                window = around(hit.chunk.span, document.text, lot)
                above = _above(document.title, library.chunks(document.id), window, lot)
                yield Sample(case.question, above, window.of(document.text))


def _silent(question: Question, chunk: Chunk, library: Library, lot: random.Random) -> Sample:
    document = library.document(chunk.document_id)
    window = around(chunk.span, document.text, lot)
    above = _above(document.title, library.chunks(document.id), window, lot)
    words = window.of(document.text)
    if places(question.answers, words):  # the same notice on another site
        return Sample(question.question, above, words, places(question.answers, words), 1.0)
    return Sample(question.question, above, words, (), 0.0)


def _above(title: str, chunks: Sequence[Chunk], window: Span, lot: random.Random) -> str:
    """What stands above the window; nothing at all one time in four, since many a page has no title."""
    if lot.random() < 0.25:
        return ""
    first = next((chunk for chunk in chunks if chunk.end > window.start), chunks[-1])
    return context(title, first.heading)


def _clear(window: Span, gold: Span) -> Span:
    """The longer part of ``window`` that ``gold`` leaves free."""
    if not window.overlaps(gold):
        return window
    before, after = Span(window.start, max(window.start, gold.start)), Span(min(window.end, gold.end), window.end)
    return max(before, after, key=len)


def _drawn(found: Sequence[T], count: int, lot: random.Random) -> list[T]:
    """``count`` of what was found, best first: the better ones sooner."""
    kept = list(found)
    drawn: list[T] = []
    while kept and len(drawn) < count:
        drawn.append(kept.pop(min(lot.randrange(len(kept)), lot.randrange(len(kept)))))
    return drawn


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


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the folder of the public sets")
@click.option("--home", type=click.Path(path_type=Path), help="where the libraries and the samples are kept")
@click.option("--fold", "out", default=0, help="which fold is kept out")
@click.option("--epochs", default=2, help="how often questions are drawn anew; articles of law once")
@click.option("--round", "round_", default=0, help="which round of training they are for; each draws its own")
@click.option("--part", "parts", multiple=True, help="ncp, reading, stard or own; all if none is named")
def main(data: Path, home: Path | None, out: int, epochs: int, round_: int, parts: tuple[str, ...]) -> None:
    """Draw the samples for the training that keeps one fold out."""
    chosen = settings(home=home)
    encoder = RememberingEncoder.configured(chosen)

    def seen(task: Task) -> list[Question]:
        trained = trained_on(task, out)
        return [question for question in task.questions if question in trained]

    def library(task: Task) -> Collection:
        return collect(task.name, task.sources, encoder, chosen.home / "evals" / "libraries")

    def drawn(part: str, lot: random.Random) -> Iterator[Sample]:
        if part == "own":
            mine = library(own.read(FOLDER, "fresh")).library
            yield from of_cases(read_cases(FOLDER / "fresh.jsonl"), mine, lot)
        elif part == "reading":
            for name, limit in PASSAGES.items():
                task = read("reading", data / "reading", name)
                texts = {source.id: source.text for source in task.sources}
                kept = seen(task)
                taken = lot.sample(kept, min(limit, len(kept)))
                yield from of_passages(taken, [texts[question.within[0]] for question in taken], lot)
        else:
            task = read(part, data / part)
            if part == "ncp":
                yield from of_documents(seen(task), library(task), lot)
            else:
                yield from of_articles(seen(task), task.sources, lot)

    for part in parts or ("ncp", "reading", "stard", "own"):
        path = samples_file(chosen.home, part, out, round_)
        numbers = range(round_ * epochs, round_ * epochs + (1 if part == "stard" else epochs))
        lots = [random.Random(f"{SEED}:{part}:{epoch}") for epoch in numbers]  # noqa: S311
        every = (drawn(part, lot) for lot in lots)
        click.echo(f"{path}: {write(path, chain.from_iterable(every))} samples")


if __name__ == "__main__":
    main()
