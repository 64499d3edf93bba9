"""Samples for training from the questions that were written for it (see ``evals.sets.written``)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from evals.collection import Collection
from evals.sets.written import Written, known
from evals.training.samples import FOUND, WINDOW, Sample, above, around, pick, silent_sample
from evals.types import Source
from index.lexical import Lexical
from index.types import Chunk, Document, Span


def of_documents(
    written: Sequence[Written],
    collection: Collection,
    seen: Callable[[str], bool] | None,
    lot: random.Random,
) -> Iterator[Sample]:
    """For each wording a window that answers; one time in two, one that is like it and does not, too.

    That is what our search finds in the documents, told by their ids, that may be ``seen``; with ``None``, as where of two
    reports on the same year either may answer, it is of the same document.
    """
    library = collection.library
    for each, text in known(written, lambda name: collection.texts.get(collection.ids.get(name, ""))):
        document = library.document(collection.ids[each.document])
        chunks = library.chunks(document.id)
        if not each.answered:
            yield _silent(each, document, chunks, lot)
            continue
        answer = each.span.of(text)
        for question in each.questions:
            window = around(each.span, text, lot)
            yield _answering(question, above(document.title, chunks, window, lot), window, each.span, text)
            if lot.random() < 0.5:
                continue
            if seen is not None:
                hits = [hit.chunk for hit in library.search(question, FOUND)]
                others = [chunk for chunk in hits if chunk.document_id != document.id and seen(chunk.document_id)]
                for chunk in pick(others, 1, lot):
                    yield silent_sample(question, (answer,), chunk, library, lot)
            else:
                own = _alike(question, [chunk for chunk in chunks if not chunk.span.overlaps(each.span)])
                for chunk in pick(own, 1, lot):
                    window = around(chunk.span, text, lot)
                    if answer not in window.of(text) and not window.overlaps(each.span):
                        yield Sample(question, above(document.title, chunks, window, lot), window.of(text))


def of_passages(written: Sequence[Written], texts: dict[str, str], lot: random.Random) -> Iterator[Sample]:
    """A window for each wording, of the passage that the question was written on."""
    for each, text in known(written, texts.get):
        for question in each.questions:
            window = around(each.span, text, lot)
            if each.answered:
                yield _answering(question, "", window, each.span, text)
            else:
                yield Sample(question, "", within(window, each.span).of(text))


def of_articles(
    written: Sequence[Written], sources: Sequence[Source], lexical: Lexical, lot: random.Random, silent: int = 2
) -> Iterator[Sample]:
    """The article that answers each wording, and ``silent`` like it, of which only the relevance is learnt.

    ``lexical`` searches the ``sources``.
    """
    titles = {source.id: source.title for source in sources}
    texts = {source.id: source.text for source in sources}
    for each, text in known(written, texts.get):
        for question in each.questions:
            window = around(each.span, text, lot)
            if not each.answered:
                yield Sample(question, titles[each.document], within(window, each.span).of(text))
            else:
                yield _answering(question, titles[each.document], window, each.span, text)
                best = np.argsort(-lexical.scores(question), kind="stable")[:FOUND]
                others = [sources[row] for row in best if sources[row].id != each.document]
                for source in pick(others, silent, lot):
                    yield Sample(question, source.title, source.text[:WINDOW], (), 0.0, read=False)


def _silent(each: Written, document: Document, chunks: Sequence[Chunk], lot: random.Random) -> Sample:
    """The question with the window of its part that is most like it."""
    text = document.text
    inside = [chunk for chunk in chunks if chunk.span.overlaps(each.span)]
    chunk = _alike(each.questions[0], inside)[0]
    start = max(each.span.start, min(chunk.start, each.span.end - WINDOW))
    part = Span(start, min(each.span.end, max(start + 1, chunk.end)))
    window = within(around(part, text, lot), each.span)
    return Sample(each.questions[0], above(document.title, chunks, window, lot), window.of(text))


def within(window: Span, part: Span) -> Span:
    """The window without what lies beyond ``part``: that may answer."""
    return Span(max(window.start, part.start), min(window.end, part.end))


def _alike(question: str, chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks, those first that share most pairs of characters with the question."""
    pairs = {question[at : at + 2] for at in range(len(question) - 1)}
    return sorted(chunks, key=lambda chunk: -sum(pair in chunk.text for pair in pairs))


def _answering(question: str, heading: str, window: Span, span: Span, text: str) -> Sample:
    """The question with a window that holds ``span``; of one that it is too long for, the relevance alone is learnt."""
    spans = ((span.start - window.start, span.end - window.start),) if window.covers(span) else ()
    return Sample(question, heading, window.of(text), spans, 1.0, read=bool(spans))
