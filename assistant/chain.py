"""The whole path of a question on one screen, as a LangChain runnable.

    question, history, filters → rewrite → understand → search → read → weigh → answer

A question about the library itself is answered from its list of documents, one that compares two things for each
of them.

``invoke`` gives the ``Answer``; ``stream`` gives it in pieces that add up to it, the first as soon as the search
is done; ``batch``, their asynchronous kin, callbacks and tracing are LangChain's.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda, run_in_executor

from assistant.answering import answer, evidence, likely, named
from assistant.answering.evidence import Candidate
from assistant.answering.named import Named
from assistant.answering.scope import Source
from assistant.answering.sources import Sources
from assistant.answering.windows import windows
from assistant.asked import Asked, asked
from assistant.dialogue import catalogue, comparison, parts, rewrite, smalltalk
from assistant.dialogue.catalogue import Listing
from assistant.language import periods
from assistant.language.question import Question, clean, settled, understand
from assistant.language.words import Words
from assistant.reader.ranking import reranked
from assistant.reader.reading import Read, Reader
from assistant.retriever import PolicyRetriever, hit
from assistant.types import Answer
from index.library import Library
from index.search import passing
from index.store import Summary
from index.types import Filters, Hit

PASSAGES = 24
"""Hits that are read for an answer."""
PATIENCE = 0.25
"""Seconds that a question waits for the reader while others are read for; then it is answered without."""
ATTEMPTS = 3
"""Searches that are made before what a writer has changed meanwhile is left out."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What is known of a question on its way through the chain."""

    asked: Asked
    started: float
    query: str = ""
    reply: str = ""
    question: Question | None = None
    hits: tuple[Hit, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    listing: Listing | None = None
    sides: tuple[tuple[str, _Step], ...] = ()
    reads: tuple[Read, ...] = ()
    named: tuple[Named, ...] = ()


def chain(library: Library, reader: Reader | None = None) -> Runnable[Any, Answer]:
    """The runnable that answers from ``library``; ``reader``, if there is one, reads the best hits.

    It takes an ``Asked``, a plain string, or a mapping with question, history (turns, or mappings with question
    and answer) and filters (``Filters`` or a mapping of its fields).
    """
    words, sources = Words(library), Sources(library)
    retriever = PolicyRetriever(library=library, k=PASSAGES)

    def rewritten(given: Any) -> _Step:
        request, started = asked(given), time.perf_counter()
        text = clean(request.question)
        reply = smalltalk.reply(text)
        if reply:
            return _Step(request, started, query=text, reply=reply)
        query = periods.absolute(rewrite.standalone(text, request.history), date.today())
        query = words.mended(query)
        return _Step(
            request,
            started,
            query=query,
            listing=catalogue.listing(query, lambda: passed(library, request.filters)),
        )

    def understood(step: _Step) -> _Step:
        if step.reply or step.listing:
            return step
        several = comparison.sides(step.query) or parts.parts(step.query)
        sides = tuple((side.label, asking(step, side.query)) for side in several)
        return replace(asking(step, step.query), sides=sides)

    def asking(step: _Step, query: str) -> _Step:
        among = (lambda: passed(library, step.asked.filters)) if step.asked.filters else library.documents
        return replace(
            step, query=query, question=settled(understand(query), date.today()), named=named.named(query, among)
        )

    def searched(step: _Step, config: RunnableConfig) -> _Step:
        if step.question is None:
            return step
        if step.sides:
            sides = tuple((label, searched(side, config)) for label, side in step.sides)
            hits = likely.joined(*(side.hits for _, side in sides))
            behind = {id_: source for _, side in sides for id_, source in side.sources.items()}
            return replace(step, sides=sides, hits=hits, sources=behind)
        wanted, filters = words.expanded(step.question), step.asked.filters or Filters()

        def found_by(filters: Filters) -> tuple[Hit, ...]:
            return tuple(map(hit, retriever.invoke(wanted, config, filters=filters)))

        for _ in range(ATTEMPTS):
            hits = likely.searched(
                step.question, found_by, filters, lambda: passed(library, filters), sources.behind
            )
            if step.named:
                held = named.held(step.named)
                inside = found_by(replace(filters, documents=tuple(sorted(held)))) if held else ()
                hits = named.ordered(step.named, inside, hits)
            behind = sources.behind(hits)
            present = tuple(found for found in hits if found.chunk.document_id in behind)
            if present == hits:
                break
        reads: tuple[Read, ...] = ()
        if reader is not None:
            reads = reader.read(
                step.question.chinese, windows(step.question, present, behind.__getitem__), PATIENCE
            )
            present = reranked(present, reads)
        return replace(step, hits=present, sources=behind, reads=reads)

    def written(steps: Iterator[_Step]) -> Iterator[Answer]:
        for step in steps:
            yield from _write(step, words.weight, library)

    async def written_apart(steps: AsyncIterator[_Step]) -> AsyncIterator[Answer]:
        async for step in steps:
            for piece in await run_in_executor(None, list, _write(step, words.weight, library)):
                yield piece

    return (
        RunnableLambda(rewritten, name="rewrite")
        | RunnableLambda(understood, name="understand")
        | RunnableLambda(searched, name="search")
        | RunnableGenerator(written, written_apart, name="answer")
    ).with_config(run_name="policy_answer")


def passed(library: Library, filters: Filters | None) -> tuple[Summary, ...]:
    """The documents of ``library`` that ``filters`` let through."""
    documents = library.documents()
    return tuple(compress(documents, passing(filters or Filters(), documents)))


def _write(step: _Step, weight: Callable[[str], float], library: Library) -> Iterator[Answer]:
    asked = step.asked.question
    if step.reply:
        yield Answer(asked, step.query, step.reply, answered=False, kind="open", confidence=0.0, refusal="chat")
    elif step.listing:
        yield from catalogue.write(asked, step.query, step.listing, library.document)
    else:
        sides = [(label, _said(side, weight)) for label, side in step.sides]
        written = False
        for piece in comparison.write(asked, step.query, sides):
            written = True
            yield piece
        if not written:
            yield from _said(step, weight)
    yield Answer.piece("", seconds=time.perf_counter() - step.started)


def _said(step: _Step, weight: Callable[[str], float]) -> Iterator[Answer]:
    """The answer to one standalone question from the hits of its search."""
    if step.question is None:
        return
    question, source = step.question, step.sources.__getitem__

    def asking(question: Question) -> tuple[Candidate, ...]:
        return evidence.candidates(question, step.hits, source, weight, step.reads)

    found = asking(question)
    elsewhere = asking(replace(question, places=())) if not found and question.places else ()
    anytime = asking(replace(question, periods=())) if not (found or elsewhere) and question.periods else ()
    finding = answer.Finding(
        question, step.asked.question, step.query, step.hits, found, anytime, step.reads, step.named, elsewhere
    )
    yield from answer.write(finding, weight, source)
