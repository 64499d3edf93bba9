"""An answer in a chat model's words: each sentence is checked against the evidence before anyone sees it.

What is rephrased is an answer that the documents gave: a refusal stays one, the quotes stay the quotes, and wherever
the model fails the documents' own words are said instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from assistant.language import form
from assistant.language.question import understand
from assistant.llm.checking import check
from assistant.llm.evidence import context, numbered, quoted
from assistant.llm.model import REASONS, Unspoken, estimated_tokens, spoken
from assistant.llm.sentences import Written, sentences
from assistant.prompts import render
from assistant.types import Answer, Citation, Statement

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig

WHOLE = frozenset(("list", "number", "date", "person", "place"))
"""Kinds of question of which the whole answer is looked at before its first sentence is shown."""
KEPT = 0.6
"""Share of the characters of a list's item that must be said for the item to be there."""
JOINED = 12
"""Characters of the shortest part of a sentence that may rest on a quote of its own."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A chat model and what it may take: ``seconds`` for a whole answer, ``tokens`` of evidence."""

    model: BaseChatModel
    seconds: float
    tokens: int

    def write(
        self, drafted: Sequence[Answer], until: float, config: RunnableConfig | None = None
    ) -> Iterator[Answer]:
        """The pieces of ``drafted``, an answer in the documents' words, in the model's; unchanged if it may not be.

        ``until`` is when all must be said, as ``time.monotonic`` tells it.
        """
        draft = _Draft.of(drafted)
        prompt = draft and self._prompt(draft)
        if not draft or not prompt:
            yield from drafted
            return
        yield draft.start
        saying = _Saying(draft)
        reason = ""
        try:
            pieces = spoken(self.model, prompt, until, config)
            if draft.answer.kind in WHOLE:
                said = list(sentences(pieces))
                found = [piece for one in said for piece in saying.of(one)]
                reason = saying.wanting()
                yield from found if not reason else ()
            else:
                for one in sentences(pieces):
                    yield from saying.of(one)
                reason = saying.wanting()
        except Unspoken as error:
            reason = error.reason
        if reason:
            yield from _Saying(draft).all() if draft.answer.kind in WHOLE else saying.all()
            yield Answer.piece("\n" + render("llm_instead", reason=REASONS[reason]))
        elif saying.removed:
            yield Answer.piece("\n" + render("llm_removed", count=str(saying.removed)))
        yield from draft.notices

    def _prompt(self, draft: _Draft) -> str:
        """What the model is asked; empty if there is not room for all the evidence."""
        question = quoted(draft.answer.query)
        room = self.tokens - estimated_tokens(render("llm_answer", evidence="", question=question))
        evidence, held = numbered(draft.answer.citations, room)
        if held < len(draft.answer.citations):
            return ""
        return render("llm_answer", evidence=evidence, question=question)


@dataclass(frozen=True, slots=True)
class _Draft:
    """An answer in the documents' words, taken apart: its ``lines`` and the ``notices`` after them."""

    answer: Answer
    start: Answer
    lines: tuple[Answer, ...]
    notices: tuple[Answer, ...]

    @classmethod
    def of(cls, pieces: Sequence[Answer]) -> _Draft | None:
        """``None`` if there is nothing to rephrase: a refusal, or more than lines of quotes."""
        answer = reduce(add, pieces)
        lines = tuple(piece for piece in pieces if piece.statements)
        if not answer.answered or not lines:
            return None
        first, last = pieces.index(lines[0]), len(pieces) - pieces[::-1].index(lines[-1])
        between = [piece for piece in pieces[:last] if piece.text and not piece.statements]
        plain = all(
            len(piece.statements) == 1 and piece.text.endswith(f"[{piece.statements[0].marker}]")
            for piece in lines
        )
        if between or not plain or first == 0:
            return None
        return cls(answer, reduce(add, pieces[:first]), lines, tuple(pieces[last:]))


@dataclass(slots=True)
class _Saying:
    """What has been said so far of a draft, its quotes numbered anew in the order in which they are first named."""

    draft: _Draft
    removed: int = 0
    numbers: dict[int, int] = field(default_factory=dict)
    said: list[Statement] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)

    def of(self, written: Written) -> Iterator[Answer]:
        """What is said of a sentence of the model: itself, or what it cites, or nothing."""
        if any(written.text == one.text for one in self.said):
            return
        cited = [marker for marker in written.markers if marker in self._citations]
        parts = _borne_out(written.text, cited, self._citations)
        if parts:
            for place, (text, marker) in enumerate(parts):
                yield self._piece(text, marker, line=written.line and not place)
            return
        self.removed += 1
        for marker in cited[:1]:
            yield from self._quote(marker)

    def all(self) -> Iterator[Answer]:
        """All lines of the draft that have not been said."""
        for line in self.draft.lines:
            (statement,) = line.statements
            if any(statement.text == one.text for one in self.said):
                continue
            before = line.text.removesuffix(f"[{statement.marker}]").lstrip("\n")
            yield self._piece(before, statement.marker, line=True, statement=statement)

    def wanting(self) -> str:
        """Why what was said does not do in place of the draft, an empty string if it does."""
        if not self.said:
            return "unsupported" if self.removed else "empty"
        kind, query = self.draft.answer.kind, self.draft.answer.query
        if kind == "list":
            return "" if all(map(self._has, self._items)) else "list"
        answers = form.wanted(understand(query)) if kind in WHOLE else None
        drafted = "".join(statement.text for statement in self.draft.answer.statements)
        if answers and answers(drafted) and not answers("".join(one.text for one in self.said)):
            return "partial"
        return ""

    @property
    def _citations(self) -> dict[int, Citation]:
        return {citation.marker: citation for citation in self.draft.answer.citations}

    @property
    def _items(self) -> list[Statement]:
        return [statement for statement in self.draft.answer.statements if not statement.lead]

    def _has(self, item: Statement) -> bool:
        """Whether an item of the draft has been said, of the same quote and nearly in the same words."""
        number = self.numbers.get(item.marker)
        words = "".join(one.text for one in self.said if one.marker == number)
        pairs = {item.text[place : place + 2] for place in range(len(item.text) - 1)} or {item.text}
        return sum(pair in words for pair in pairs) >= KEPT * len(pairs)

    def _quote(self, marker: int) -> Iterator[Answer]:
        """The draft's own lines of a quote, unless something of it has been said."""
        if marker in self.numbers or marker in self.whole:
            return
        self.whole.add(marker)
        for line in self.draft.lines:
            (statement,) = line.statements
            if statement.marker == marker:
                yield self._piece(statement.text, marker, line=True, statement=statement)

    def _piece(self, text: str, marker: int, *, line: bool, statement: Statement | None = None) -> Answer:
        new = marker not in self.numbers
        number = self.numbers.setdefault(marker, len(self.numbers) + 1)
        stated = replace(statement, marker=number) if statement else Statement(text, number)
        first = not self.said
        self.said.append(stated)
        cited = replace(self._citations[marker], marker=number)
        return Answer.piece(
            ("\n" if line and not first else "") + f"{text}[{number}]", (stated,), (cited,) if new else ()
        )


def _borne_out(text: str, cited: Sequence[int], citations: dict[int, Citation]) -> list[tuple[str, int]]:
    """The sentence with the quote that bears it out, the cited ones first; in two parts if it takes two; or nothing."""
    order = [*cited, *(marker for marker in citations if marker not in cited)]
    for marker in order:
        if not check(text, citations[marker].quote, context(citations[marker])):
            return [(text, marker)]
    for match in re.finditer(r"[；;]|，" if len(cited) > 1 else r"[；;]", text):
        first, second = text[: match.end()], text[match.end() :]
        if min(len(first), len(second)) < JOINED:
            continue
        found = [_borne_out(part, cited, citations) for part in (first, second)]
        if all(found):
            return [part for parts in found for part in parts]
    return []
