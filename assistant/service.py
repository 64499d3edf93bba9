"""Asking on somebody's behalf: what the page, the API and the MCP server share, so that nothing is asked unseen."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition
from typing import TYPE_CHECKING

from assistant.types import Answer, Turn
from index.types import Filters

if TYPE_CHECKING:
    from assistant.assistant import Assistant

STOPPED = "stopped"
"""The outcome of an answer that was given up before its end."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the user's name (empty where there are no users), the way ("page", "api"…), the network address."""

    name: str = ""
    via: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that was asked, and what came of it.

    ``at`` is when, in UTC; ``library`` the version of the library, ``query`` what was searched and ``documents``
    the ids of those cited. ``outcome`` is "answered", "refused: " with the reason, "error: " with the kind of error,
    or ``STOPPED``; ``seconds`` the time taken.
    """

    at: datetime
    asker: Asker
    question: str
    query: str
    documents: tuple[str, ...]
    library: int
    outcome: str
    seconds: float


class Service:
    """An assistant that tells its ``watchers`` of every question, when it has been answered or has failed."""

    def __init__(self, assistant: Assistant, *watchers: Callable[[Inquiry], None]) -> None:
        self.assistant = assistant
        self._watchers = watchers
        self._changed = Condition()
        self._asking = 0
        self._aside = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """For work that can wait: it begins when nobody asks, and who asks then waits until it is done.

        Two that read at the same time would leave one without the reader.
        """
        with self._changed:
            self._changed.wait_for(lambda: not (self._asking or self._aside))
            self._aside = True
        try:
            yield
        finally:
            with self._changed:
                self._aside = False
                self._changed.notify_all()

    @contextmanager
    def _first(self) -> Iterator[None]:
        """For a question, which goes before all work that can wait."""
        with self._changed:
            self._asking += 1
            self._changed.wait_for(lambda: not self._aside)
        try:
            yield
        finally:
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, *, asker: Asker
    ) -> Answer:
        """As ``Assistant.ask``."""
        with self._first(), self._watched(question, asker) as so_far:
            so_far.append(self.assistant.ask(question, history, filters))
        return so_far[0]

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, *, asker: Asker
    ) -> Generator[Answer, None, None]:
        """As ``Assistant.stream``; to be closed if it is not read to its end."""
        with self._first(), self._watched(question, asker) as so_far:
            for piece in self.assistant.stream(question, history, filters):
                so_far[:] = [so_far[0] + piece if so_far else piece]
                yield piece

    def on_behalf_of(self, asker: Asker) -> Behalf:
        """The same for one who asks."""
        return Behalf(self, asker)

    @contextmanager
    def _watched(self, question: str, asker: Asker) -> Iterator[list[Answer]]:
        """A place for the answer as far as it is known; at the end, the watchers are told of it."""
        so_far: list[Answer] = []
        at, started, library = datetime.now(UTC), time.perf_counter(), self.assistant.library.version
        outcome = ""
        try:
            yield so_far
        except GeneratorExit:
            outcome = STOPPED
            raise
        except BaseException as error:
            outcome = f"error: {type(error).__name__}"
            raise
        finally:
            answer = so_far[0] if so_far else Answer.piece("")
            inquiry = Inquiry(
                *(at, asker, question, answer.query),
                documents=tuple(dict.fromkeys(citation.document_id for citation in answer.citations)),
                library=library,
                outcome=outcome or ("answered" if answer.answered else f"refused: {answer.refusal}"),
                seconds=time.perf_counter() - started,
            )
            for watcher in self._watchers:
                watcher(inquiry)


@dataclass(frozen=True, slots=True)
class Behalf:
    """A service for one who asks, with the signature of ``Assistant.stream``."""

    service: Service
    asker: Asker

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Generator[Answer, None, None]:
        """As ``Service.stream``."""
        return self.service.stream(question, history, filters, asker=self.asker)
