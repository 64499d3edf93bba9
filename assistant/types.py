"""The nouns of the assistant: a turn of a conversation, an answer and its citations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from index.types import Document, Hit, Span


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange of a conversation: what was asked and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quoted sentence and where it stands.

    ``document.text[start:end] == quote`` always holds. ``marker`` is the number by which the answer's text
    refers to it ("[1]"), ``heading`` the heads above the sentence joined with " › ", ``page`` the page number
    (from 1) in a paged format, else ``None``.
    """

    marker: int
    document_id: str
    title: str
    issuer: str
    number: str
    date: date | None
    status: str
    heading: str
    page: int | None
    start: int
    end: int
    quote: str
    path: str

    @classmethod
    def of(cls, document: Document, span: Span, heading: str, marker: int) -> Citation:
        """The citation of ``span`` of ``document``: the quote is copied from its text, the rest from its facts."""
        facts = document.facts
        return cls(
            marker=marker,
            document_id=document.id,
            title=facts.title,
            issuer=facts.issuer,
            number=facts.number,
            date=facts.date,
            status=facts.status,
            heading=heading,
            page=document.page(span.start),
            start=span.start,
            end=span.end,
            quote=span.of(document.text),
            path=document.path,
        )

    @property
    def span(self) -> Span:
        """The quote's range in the document's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of an answer, and the marker of the citation that bears it out.

    It is copied from the document, or, where a chat model words the answers, its sentence, checked against the quote.

    ``lead`` is true of a line that introduces the items below it. ``short`` is the part of the text that answers
    by itself, word for word, and empty where none is known.
    """

    text: str
    marker: int
    lead: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question.

    ``question`` is what was asked and ``query`` the standalone question that was searched and answered (the
    same words unless a follow-up was rewritten or a wrong character mended). ``answered`` is false for a
    refusal; then ``refusal`` is why: "nothing" (nothing found), "related" (found something near that does not
    answer: ``citations`` show it), "period" or "place" (the documents speak of another time or place),
    "repealed" (only a document no longer in force answers) or "chat" (no question to the documents: greetings,
    requests, instructions).
    ``kind`` is the question's kind (list, number, date, person, yesno, definition, open), ``confidence`` the
    calibrated probability in [0, 1] that the evidence answers, ``hits`` what the search found, best first,
    ``seconds`` the time taken.
    """

    question: str
    query: str
    text: str
    answered: bool
    kind: str
    confidence: float
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    refusal: str = ""
    hits: tuple[Hit, ...] = ()
    seconds: float = 0.0

    @property
    def short(self) -> str:
        """What answers by itself, without what stands around it; empty where that is not known."""
        return "；".join(line.short for line in self.statements if line.short)

    @classmethod
    def piece(
        cls,
        text: str,
        statements: tuple[Statement, ...] = (),
        citations: tuple[Citation, ...] = (),
        refusal: str = "",
        seconds: float = 0.0,
    ) -> Answer:
        """A part of an answer that is being streamed, to be added to what came before it."""
        return cls("", "", text, False, "", 0.0, statements, citations, refusal, (), seconds)

    def __add__(self, other: Answer) -> Answer:
        """The answer with a later piece of it: text, statements and citations joined, the rest as it was."""
        return replace(
            self,
            text=self.text + other.text,
            statements=self.statements + other.statements,
            citations=self.citations + other.citations,
            refusal=self.refusal or other.refusal,
            seconds=self.seconds + other.seconds,
        )
