"""A conversation as it stands on screen: its rounds, each a question and how far the answer to it has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.records.conversations import Exchange
from assistant.types import Answer, Turn


@dataclass(frozen=True, slots=True)
class Round:
    """A question as it was typed, and the answer or the ``failure`` that takes its place.

    ``ended`` is true when nothing more will come, ``stopped`` when somebody did not wait for all of it, ``note``
    is what else is to be said of it, ``within`` is true when only some documents might answer. The answer's own
    question differs from this one if somebody changed the query.
    """

    question: str
    answer: Answer | None = None
    failure: str = ""
    ended: bool = False
    stopped: bool = False
    note: str = ""
    within: bool = False

    @property
    def whole(self) -> bool:
        """Whether there is an answer, and all of it."""
        return self.answer is not None and self.ended and not self.stopped and not self.failure


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; ``id`` is empty as long as nothing of it is kept."""

    id: str = ""
    rounds: tuple[Round, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that a follow-up refers to; a question without an answer makes none."""
        return tuple(
            Turn(one.answer.question, one.answer.text) for one in self.rounds if one.answer and not one.failure
        )


EMPTY = Talk()


class Window:
    """A window of the page, as the server knows it: its conversation, and which answer it waits for.

    An answer that was stopped may still be working on its next piece; the number of its ``run`` is over by then.
    """

    def __init__(self, talk: Talk = EMPTY) -> None:
        self.talk = talk
        self.run = 0
        self.busy = False

    def begin(self, talk: Talk) -> int:
        """The number of a new answer, which alone may go on with the conversation."""
        self.talk, self.busy = talk, True
        self.run += 1
        return self.run

    def end(self, talk: Talk) -> None:
        """Wait for nothing any more."""
        self.talk, self.busy = talk, False
        self.run += 1


def resumed(id_: str, exchanges: Iterable[Exchange]) -> Talk:
    """The conversation that was kept."""
    return Talk(id_, tuple(Round(one.question, one.answer, ended=True) for one in exchanges))
