"""The chain with a chat model around it: question → rewriting → the documents' own answer → the same in its words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, run_in_executor

from assistant.asked import Asked, asked
from assistant.dialogue import rewrite
from assistant.language.question import clean
from assistant.llm import rewriting
from assistant.llm.model import REASONS, Unspoken, spoken
from assistant.llm.writing import Writer
from assistant.prompts import render
from assistant.types import Answer
from index.errors import InvalidQuestion

REWRITING = 0.4
"""Share of the time for an answer that may be spent on rewriting the question."""


def conversing(answering: Runnable[Any, Answer], writer: Writer) -> Runnable[Any, Answer]:
    """``answering``, its answers worded by ``writer``: it takes and gives the same, in pieces that add up, too."""

    def worded(given: Iterator[Any], config: RunnableConfig) -> Iterator[Answer]:
        for one in given:
            yield from _worded(answering, writer, asked(one), config)

    async def worded_apart(given: AsyncIterator[Any], config: RunnableConfig) -> AsyncIterator[Answer]:
        async for one in given:
            pieces = _worded(answering, writer, asked(one), config)
            while (piece := await run_in_executor(None, next, pieces, None)) is not None:
                yield piece

    # its own annotations leave out the config, which it gives to what takes one
    return RunnableGenerator(cast(Any, worded), cast(Any, worded_apart), name="worded_answer")


def _worded(
    answering: Runnable[Any, Answer], writer: Writer, question: Asked, config: RunnableConfig
) -> Iterator[Answer]:
    started = time.monotonic()
    until = started + writer.seconds
    reason = ""
    drafted: Sequence[Answer] = ()
    try:
        queries = _queries(writer, question, started + REWRITING * writer.seconds, config)
        drafted = _drafted(answering, question, queries, config)
    except Unspoken as error:
        reason = error.reason
    drafted = drafted or list(answering.stream(question, config))
    pieces = _instead(drafted, reason) if reason else writer.write(drafted, until, config)
    for piece in pieces:
        yield replace(piece, seconds=0.0)
    yield Answer.piece("", seconds=time.monotonic() - started)


def _instead(drafted: Sequence[Answer], reason: str) -> Iterator[Answer]:
    """The documents' own answer with a line that says why."""
    yield from drafted
    if reduce(add, drafted).answered:
        yield Answer.piece("\n" + render("llm_instead", reason=REASONS[reason]))


def _queries(writer: Writer, question: Asked, until: float, config: RunnableConfig) -> tuple[str, ...]:
    """The one or two questions that the model makes of a question; none if it is left to the rules."""
    try:
        text = clean(question.question)
        standalone = rewrite.standalone(text, question.history)
    except InvalidQuestion:
        return ()
    if not rewriting.worthwhile(text, standalone, question.history):
        return ()
    prompt = rewriting.prompt(standalone, question.history)
    reply = "".join(spoken(writer.model, prompt, until, config))
    return rewriting.rewritten(reply, standalone, question.history)


def _drafted(
    answering: Runnable[Any, Answer], question: Asked, queries: Sequence[str], config: RunnableConfig
) -> list[Answer]:
    """The answer to the rewritten questions, in pieces; nothing unless each of them has one."""
    answers = [list(answering.stream(replace(question, question=query, history=()), config)) for query in queries]
    if not answers or not all(reduce(add, pieces).answered for pieces in answers):
        return []
    return list(_joined(question.question, answers))


def _joined(question: str, answers: Sequence[Sequence[Answer]]) -> Iterator[Answer]:
    """Several answers as one, their quotes numbered on; a quote that two of them have is given once."""
    totals = [reduce(add, pieces) for pieces in answers]
    first = totals[0]
    yield replace(
        first,
        question=question,
        query="；".join(total.query for total in totals),
        text="",
        kind=first.kind if len(totals) == 1 else "open",
        confidence=min(total.confidence for total in totals),
        statements=(),
        citations=(),
        hits=tuple(dict.fromkeys(hit for total in totals for hit in total.hits)),
        seconds=0.0,
    )
    numbers: dict[tuple[str, int, int], int] = {}
    begun = False
    notices: list[Answer] = []
    for pieces, total in zip(answers, totals, strict=True):
        places = {one.marker: (one.document_id, one.start, one.end) for one in total.citations}
        cited = {one.marker: one for one in total.citations}
        for piece in pieces:
            if not piece.statements:
                notices += [piece] if piece.text and piece.text not in {one.text for one in notices} else []
                continue
            text, statements, citations = piece.text.lstrip("\n"), [], []
            for statement in piece.statements:
                place = places[statement.marker]
                if place not in numbers:
                    numbers[place] = len(numbers) + 1
                    citations.append(replace(cited[statement.marker], marker=numbers[place]))
                text = text.removesuffix(f"[{statement.marker}]") + f"[{numbers[place]}]"
                statements.append(replace(statement, marker=numbers[place]))
            yield Answer.piece(("\n" if begun else "") + text, tuple(statements), tuple(citations))
            begun = True
    yield from notices
