"""The example questions that the page offers: looked for beside all else, and kept beside the library for next time."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain, zip_longest
from pathlib import Path
from threading import Event, Lock, Thread

from assistant.page.examples import examples
from assistant.service import Service
from index.errors import PolicyError

OFFERED = 4
"""Example questions on the page."""
NEWEST = 8
"""Documents, the newest, that they are drawn from."""
FILE = "examples.json"
"""The file, in the home, that keeps them."""
AGAIN = 1.0
"""Seconds after a change of the library in which others are waited for."""
PATIENCE = 10.0
"""Seconds that an end waits for the question that is being tried."""

log = logging.getLogger(__name__)


class Offering:
    """The example questions for the present state of a service's library, each of which it answers.

    They are tried in a thread of their own, one at a time when nobody asks.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._library = service.assistant.library
        self._path = self._library.home / FILE
        self._lock = Lock()
        self._closed = Event()
        self._looking: Thread | None = None
        self._found = _kept(self._path)

    def questions(self) -> tuple[str, ...] | None:
        """Up to ``OFFERED`` questions; ``None`` as long as they are being looked for, which this call begins."""
        wanted = self._state()
        with self._lock:
            state, questions = self._found
            if state == wanted:
                return questions
            if not self._closed.is_set() and (self._looking is None or not self._looking.is_alive()):
                self._looking = Thread(target=self._look, name="examples", daemon=True)
                self._looking.start()
        return None

    def close(self) -> None:
        """Look no further."""
        self._closed.set()
        if self._looking is not None:
            self._looking.join(PATIENCE)

    def _state(self) -> str:
        """Of what the questions hold: the state of the library, and all else that decides what is answered."""
        settings = self._service.assistant.settings
        return " ".join((self._library.stamp, version("policy-assistant"), settings.reader, settings.model))

    def _look(self) -> None:
        try:
            self._service.assistant.load(lambda: not self._closed.is_set())
            while not self._closed.is_set():
                state = self._state()
                found = self._answered(state)
                if found is not None:
                    self._keep(state, found)
                    return
                self._closed.wait(AGAIN)
        except PolicyError as error:
            log.info("no example questions: %s", error)
        except Exception:
            if not self._closed.is_set():
                log.exception("example questions could not be looked for")

    def _answered(self, state: str) -> tuple[str, ...] | None:
        """The first of the candidates that are answered; ``None`` if the library changes meanwhile."""
        found: list[str] = []
        for question in self._candidates():
            if len(found) == OFFERED:
                break
            with self._service.aside():
                if self._closed.is_set() or self._state() != state:
                    return None
                if self._service.assistant.answering.invoke(question).answered:
                    found.append(question)
        return tuple(found)

    def _candidates(self) -> Iterator[str]:
        """One question of each document by turns, the newest first."""
        library = self._library
        newest = sorted(library.documents(), key=lambda one: str(one.facts.date or ""), reverse=True)[:NEWEST]
        drawn = (examples(library.document(one.id), library.sections(one.id)) for one in newest)
        return filter(None, dict.fromkeys(chain.from_iterable(zip_longest(*drawn))))

    def _keep(self, state: str, found: tuple[str, ...]) -> None:
        with self._lock:
            self._found = state, found
        temporary = self._path.with_name(f"{FILE}.tmp")
        try:
            temporary.write_text(json.dumps({"state": state, "questions": found}, ensure_ascii=False), "utf-8")
            temporary.replace(self._path)
        except OSError as error:
            log.info("%s is not kept on disk: %s", self._path, error)


def _kept(path: Path) -> tuple[str, tuple[str, ...]]:
    """The state and the questions in the file at ``path``; of no state if there are none."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        questions = tuple(kept["questions"])
        if isinstance(kept["state"], str) and all(isinstance(one, str) for one in questions):
            return kept["state"], questions
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return "", ()
