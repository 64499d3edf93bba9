"""Samples for training from the public sets and our own cases.

Windows that answer are placed at random around the answer. Those that do not are what our own search finds for
the question in all documents of its set, and other windows of the right document.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from opencc import OpenCC

from evals.cases import Case
from evals.collection import Collection
from evals.training.samples import FOUND, WINDOW, Sample, above, around, pick, places, silent_sample
from evals.types import Question, Source
from index.lexical import Lexical
from index.library import Library
from index.types import Span


def of_documents(
    questions: Sequence[Question],
    collection: Collection,
    seen: Callable[[str], bool],
    lot: random.Random,
    answering: int = 3,
    silent: int = 3,
) -> Iterator[Sample]:
    """Samples of questions whose answers stand literally in their documents, ``answering`` windows each.

    Of the ``silent`` windows that do not answer, one is of the right document where it is long enough, the others are
    of documents, told by their ids, that may be ``seen``.
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
            heading = above(document.title, chunks, window, lot)
            yield Sample(question.question, heading, words, spans, 1.0, read=bool(spans))
        others = [chunk.span for chunk in chunks if not chunk.span.overlaps(gold)]
        if others:
            window = _clear(around(lot.choice(others), document.text, lot), gold)
            if len(window) >= WINDOW // 4:
                yield Sample(
                    question.question,
                    above(document.title, chunks, window, lot),
                    window.of(document.text),
                )
        hits = [hit.chunk for hit in library.search(question.question, FOUND)]
        found = [chunk for chunk in hits if chunk.document_id != document.id and seen(chunk.document_id)]
        for chunk in pick(found, silent - 1, lot):
            yield silent_sample(question.question, question.answers, chunk, library, lot)


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
            for other in pick(like, 1, lot):
                yield Sample(asked, "", around(Span(0, 0), other, lot).of(other), (), 0.0)


def of_articles(
    questions: Sequence[Question], sources: Sequence[Source], lexical: Lexical, lot: random.Random, silent: int = 3
) -> Iterator[Sample]:
    """Which articles of law bear on a question; nothing is read from them.

    Those that do not are what the lexical search finds first: to encode every article would take half an hour.
    """
    by_id = {source.id: source for source in sources}
    for question in questions:
        gold = [by_id[name] for name in question.documents if name in by_id]
        best = np.argsort(-lexical.scores(question.question), kind="stable")[: 4 * FOUND]
        others = pick([sources[row] for row in best if sources[row].id not in question.documents], silent, lot)
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
                heading = above(document.title, library.chunks(document.id), window, lot)
                yield Sample(case.question, heading, window.of(document.text), spans, 1.0)
        else:
            for hit in islice(library.search(case.question, 2), 2):
                document = library.document(hit.chunk.document_id)
                window = around(hit.chunk.span, document.text, lot)
                heading = above(document.title, library.chunks(document.id), window, lot)
                yield Sample(case.question, heading, window.of(document.text))


def _clear(window: Span, gold: Span) -> Span:
    """The longer part of ``window`` that ``gold`` leaves free."""
    if not window.overlaps(gold):
        return window
    before, after = Span(window.start, max(window.start, gold.start)), Span(min(window.end, gold.end), window.end)
    return max(before, after, key=len)
