"""Asking on somebody's behalf: the watchers are told of every question, whatever comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.service import Asker, Inquiry, Service
from assistant.settings import Settings
from assistant.types import Answer, Citation, Turn
from index.errors import InvalidQuestion
from index.library import Library
from index.types import Document, Facts, Filters, Span

WHO = Asker("张三", "api", "10.0.0.1")
DOCUMENTS = [Document(id_, "甲乙", Facts(title="办法"), "x.txt", "") for id_ in "ab"]


class Scripted(Assistant):
    """An assistant that answers in two pieces, refuses, or fails, as it is told."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, config: Any = None
    ) -> Answer:
        first, *others = self.stream(question)
        return sum(others, first)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, config: Any = None
    ) -> Iterator[Answer]:
        if question == "":
            raise InvalidQuestion("empty", "空")
        refusal = "related" if question == "拒" else ""
        one, other = (Citation.of(document, Span(0, 1), "", 1) for document in DOCUMENTS)
        yield Answer(
            question, f"查{question}", "答", answered=not refusal, kind="open", confidence=1, refusal=refusal
        )
        if question == "坏":
            raise ZeroDivisionError
        yield Answer.piece("案", citations=(one, other, one))


@pytest.fixture
def told() -> list[Inquiry]:
    """What the watcher is told."""
    return []


@pytest.fixture
def service(library: Library, told: list[Inquiry]) -> Service:
    """A service with one watcher."""
    return Service(Scripted(library, Settings(reader="none")), told.append)


def test_a_question_is_told_with_who_what_and_the_documents_cited_once_each(
    service: Service, told: list[Inquiry], library: Library
) -> None:
    assert service.ask("问", asker=WHO).text == "答案"
    (inquiry,) = told
    assert (inquiry.asker, inquiry.question, inquiry.query) == (WHO, "问", "查问")
    assert (inquiry.documents, inquiry.library, inquiry.outcome) == (("a", "b"), library.version, "answered")
    assert inquiry.at.tzinfo is not None


def test_a_stream_is_told_of_at_its_end(service: Service, told: list[Inquiry]) -> None:
    pieces = service.on_behalf_of(WHO).stream("问")
    next(pieces)
    assert told == []
    assert [piece.text for piece in pieces] == ["案"]
    assert [(inquiry.asker, inquiry.outcome, inquiry.documents) for inquiry in told] == [
        (WHO, "answered", ("a", "b"))
    ]


def test_a_stream_that_is_given_up_is_told_of_as_far_as_it_came(service: Service, told: list[Inquiry]) -> None:
    pieces = service.stream("问", asker=WHO)
    next(pieces)
    pieces.close()
    assert [(inquiry.query, inquiry.outcome, inquiry.documents) for inquiry in told] == [("查问", "stopped", ())]


@pytest.mark.parametrize(
    ("question", "error", "outcome"),
    [("", InvalidQuestion, "error: InvalidQuestion"), ("坏", ZeroDivisionError, "error: ZeroDivisionError")],
)
def test_a_failure_is_told_of_and_raised(
    service: Service, told: list[Inquiry], question: str, error: type[Exception], outcome: str
) -> None:
    with pytest.raises(error):
        service.ask(question, asker=WHO)
    with pytest.raises(error):
        list(service.stream(question, asker=WHO))
    assert [inquiry.outcome for inquiry in told] == [outcome, outcome]


def test_a_refusal_is_told_with_its_reason(service: Service, told: list[Inquiry]) -> None:
    service.ask("拒", asker=WHO)
    assert told[0].outcome == "refused: related"


def test_work_that_can_wait_begins_when_nobody_asks_and_a_question_waits_for_it(service: Service) -> None:
    begun, done, order = Event(), Event(), list[str]()

    def aside() -> None:
        with service.aside():
            order.append("aside")
            begun.set()
            assert done.wait(60)
            order.append("done")

    def ask() -> None:
        service.ask("问", asker=WHO)
        order.append("answered")

    with ThreadPoolExecutor(3) as threads:
        stream = service.stream("问", asker=WHO)
        next(stream)
        waiting = threads.submit(aside)
        assert not begun.wait(0.2)
        stream.close()
        assert begun.wait(60)
        asking = threads.submit(ask)
        assert not asking.done()
        done.set()
        waiting.result(60), asking.result(60)
    assert order == ["aside", "done", "answered"]
