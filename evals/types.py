"""The nouns of an evaluation: the documents and questions of a set, and what became of one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from assistant.types import Answer, Turn
from index.types import Filters


class System(Protocol):
    """What is evaluated: the assistant, a baseline, or anything else that answers."""

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        """The answer to a question after the turns of ``history``, from the documents that ``filters`` pass."""


class Fact(NamedTuple):
    """Something an answer must say (or must not), in any one of its forms."""

    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a set: ``text`` to be written to a file, or the ``path`` of a file to ingest as it is.

    ``id`` is the set's own name for the document; ``date`` an ISO date or empty.
    """

    id: str
    title: str = ""
    text: str = ""
    date: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set and what is known of its right answer; a field left empty is not known.

    ``answers`` are alternatives, ``documents`` the ids of the gold sources and ``evidence`` the passages that
    stand in them. ``must`` are the facts a right answer says and ``must_not`` those it does not, ``items`` the
    list it gives, in order. ``right`` and ``wrong`` are the options of a multiple-choice question. ``within``
    restricts the search to these sources; ``rewritten`` is the standalone form of a follow-up. ``strict``
    asks for every piece of evidence to be cited before the answer counts as right. ``split`` is dev or test
    where the set itself is split.
    """

    id: str
    question: str
    kind: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    answerable: bool = True
    must: tuple[Fact, ...] = ()
    must_not: tuple[Fact, ...] = ()
    items: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    rewritten: str = ""
    strict: bool = False
    split: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A question set as it is run: its documents and its questions.

    ``headline`` is the metric by which the set is told and its cases are called right; ``note`` says, in
    Chinese, what a reader of the figures must know about how the set was read.
    """

    name: str
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    headline: str = "rouge_l"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run: ``limit`` questions (0: all) of a ``split`` (dev, test, all, unseen), drawn by ``seed``.

    ``documents`` restricts the library to so many, the gold ones among them (0: all): quicker and easier.
    ``compare`` names the baselines. With ``silent`` each question is asked once more of the documents that do not
    answer it (see ``evals.silence``).
    """

    task: Task
    compare: tuple[str, ...] = ()
    split: str = "all"
    limit: int = 0
    documents: int = 0
    seed: int = 0
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage as a report shows it: the set's id of the document, the range and (the first of) the words."""

    document: str
    start: int
    end: int
    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """What one system did with one question, all that a report needs to show it.

    ``scores`` maps a metric's name to its value in [0, 1]; a metric that does not apply is absent.
    ``error`` is empty, or the exception that the system died of; then every score is zero.
    """

    id: str
    system: str
    kind: str
    question: str
    history: tuple[Turn, ...]
    answerable: bool
    gold: tuple[str, ...]
    documents: tuple[str, ...]
    evidence: tuple[str, ...]
    query: str = ""
    answered: bool = False
    refusal: str = ""
    text: str = ""
    confidence: float = 0.0
    hits: tuple[Quote, ...] = ()
    citations: tuple[Quote, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
