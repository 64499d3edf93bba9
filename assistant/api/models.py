"""What the routes take and give, as pydantic models: what comes in is checked here, once."""

from __future__ import annotations

import datetime
from dataclasses import fields
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant import render
from assistant.types import Answer, Citation, Turn
from index.ingest import Arrival
from index.store import Summary
from index.types import Filters, Hit

LONGEST = 10_000
"""Characters of a question or a search."""
TURNS = 200
"""Turns of a conversation that are taken."""

Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$", examples=["2021-01-01"])]
Text = Annotated[str, Field(max_length=1000)]


class Incoming(BaseModel):
    """What comes in: nothing is turned into another type, and a misspelt name is refused, not passed over."""

    model_config = ConfigDict(strict=True, extra="forbid")


class TurnBody(Incoming):
    """An earlier exchange of the conversation."""

    question: Annotated[str, Field(max_length=LONGEST, description="当时的问题")]
    answer: Annotated[str, Field(description="当时的回答")]


class FiltersBody(Incoming):
    """Which documents may be searched; an empty field does not restrict."""

    issuer: Annotated[Text, Field(description="发文机关，包含即可")] = ""
    number: Annotated[Text, Field(description="发文字号")] = ""
    region: Annotated[Text, Field(description="地区，含其下级")] = ""
    status: Annotated[Text, Field(description="时效：现行、已修改、已废止、失效")] = ""
    since: Annotated[Day, Field(description="此日及以后")] = ""
    until: Annotated[Day, Field(description="此日及以前")] = ""
    documents: Annotated[list[Text], Field(max_length=10_000, description="文件编号")] = []
    level: Annotated[Text, Field(description="发文层级：中央、部委、省、市、县")] = ""
    kind: Annotated[Text, Field(description="文种：通知、条例、法律等")] = ""

    def plain(self) -> Filters:
        """The same as the library takes it."""
        return Filters(**{**dict(self), "documents": tuple(self.documents)})


class Question(Incoming):
    """A question, the conversation before it, and where to look."""

    question: Annotated[str, Field(max_length=LONGEST, examples=["2021年碳达峰任务有哪些"])]
    history: Annotated[list[TurnBody], Field(max_length=TURNS, description="此前的问答，按先后")] = []
    filters: FiltersBody | None = None

    def turns(self) -> tuple[Turn, ...]:
        """The history as the assistant takes it."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)

    def wanted(self) -> Filters | None:
        """The filters as the assistant takes them."""
        return self.filters.plain() if self.filters else None


class Search(Incoming):
    """What to look for."""

    query: Annotated[str, Field(max_length=LONGEST, examples=["碳市场"])]
    k: Annotated[int, Field(ge=1, le=100, description="段落数")] = 5
    filters: FiltersBody | None = None


class CitationBody(BaseModel):
    """A quoted sentence and where it stands: the document's text from ``start`` to ``end`` is the quote."""

    marker: int
    document_id: str
    title: str
    issuer: str
    number: str
    date: datetime.date | None
    status: str
    heading: str
    page: int | None
    start: int
    end: int
    quote: str
    path: str

    def plain(self) -> Citation:
        """The same as the assistant has it."""
        return Citation(**{field.name: getattr(self, field.name) for field in fields(Citation)})


class AnswerBody(BaseModel):
    """An answer; ``refusal`` says why one that is not ``answered`` is not."""

    model_config = ConfigDict(extra="allow")

    question: str
    query: Annotated[str, Field(description="实际检索的问题")]
    answered: bool
    text: str
    kind: str
    refusal: Annotated[
        str, Field(description="未作答的原因：nothing、related、period、place、repealed、chat；已作答则为空")
    ]
    confidence: Annotated[float, Field(ge=0, le=1)]
    citations: list[CitationBody]
    seconds: float

    @classmethod
    def of(cls, answer: Answer) -> AnswerBody:
        """An answer as it is sent."""
        return cls(**render.as_json(answer))

    def plain(self) -> Answer:
        """The same as the assistant has it."""
        return Answer(
            **{name: getattr(self, name) for name in type(self).model_fields if name != "citations"},
            citations=tuple(citation.plain() for citation in self.citations),
        )


class HitBody(BaseModel):
    """A passage that was found."""

    document_id: str
    title: str
    heading: str
    start: int
    end: int
    score: float
    text: str

    @classmethod
    def of(cls, hit: Hit, title: str) -> HitBody:
        """A hit as it is sent."""
        chunk = hit.chunk
        return cls(
            document_id=chunk.document_id,
            title=title,
            heading=chunk.heading,
            start=chunk.start,
            end=chunk.end,
            score=hit.score,
            text=chunk.text,
        )


class Hits(BaseModel):
    """What a search found, best first."""

    query: str
    hits: list[HitBody]


class DocumentBody(BaseModel):
    """A document without its text; what is not known of it is empty or null."""

    id: str
    title: str
    issuer: str
    number: str
    date: datetime.date | None
    status: str
    region: str
    occasion: str
    level: str
    kind: str
    published: datetime.date | None
    effective: datetime.date | None
    expires: datetime.date | None
    replaced_by: str
    path: str
    characters: int
    pages: Annotated[int, Field(description="页数；不分页的格式为 0")]
    same_as: Annotated[list[str], Field(description="内容相同或几乎相同的文件")]

    @classmethod
    def of(cls, summary: Summary) -> DocumentBody:
        """A document's summary as it is sent."""
        facts = {name: getattr(summary.facts, name) for name in cls.model_fields if hasattr(summary.facts, name)}
        return cls(
            **{**facts, "id": summary.id, "title": summary.title, "path": summary.path},
            characters=summary.characters,
            pages=summary.pages,
            same_as=list(summary.same_as),
        )


class Correction(Incoming):
    """What is to be corrected of a document's facts; what is left out stays, what is empty is read from the file again."""

    title: Annotated[Text, Field(description="标题")] = ""
    issuer: Annotated[Text, Field(description="发文机关，几个以顿号分开")] = ""
    number: Annotated[Text, Field(description="发文字号")] = ""
    date: Annotated[Day, Field(description="成文日期")] = ""
    status: Annotated[Text, Field(description="时效：现行、已修改、已废止、失效")] = ""
    region: Annotated[Text, Field(description="地区")] = ""
    level: Annotated[Text, Field(description="发文层级：中央、部委、省、市、县")] = ""
    kind: Annotated[Text, Field(description="文种：通知、条例、法律等")] = ""
    published: Annotated[Day, Field(description="公布日期")] = ""
    effective: Annotated[Day, Field(description="施行日期")] = ""
    expires: Annotated[Day, Field(description="有效期的最后一日")] = ""

    def given(self) -> dict[str, str]:
        """The facts that were sent, the empty ones included."""
        return self.model_dump(exclude_unset=True)


class Documents(BaseModel):
    """Some of the documents, and how many there are in all that match."""

    total: int
    documents: list[DocumentBody]


class ArrivalBody(BaseModel):
    """A document that came in."""

    id: str
    title: str
    characters: int
    pages: int
    recognised: Annotated[int, Field(description="经文字识别的页数")]
    notes: list[str]
    same_as: list[str]

    @classmethod
    def of(cls, arrival: Arrival) -> ArrivalBody:
        """An arrival as it is sent."""
        return cls(**{name: _listed(getattr(arrival, name)) for name in cls.model_fields})


class Unread(BaseModel):
    """A file that did not become a document, and why."""

    name: str
    detail: str


class Added(BaseModel):
    """What became of the files that were sent: ids of documents, and the files that could not be read."""

    added: list[str]
    replaced: list[str]
    unchanged: list[str]
    arrivals: list[ArrivalBody]
    failed: list[Unread]


class Opinion(BaseModel):
    """What somebody thinks of an answer, which is sent back as it was received."""

    good: Annotated[bool, Field(description="是否有用")]
    reason: Annotated[str, Field(max_length=2000)] = ""
    history: Annotated[list[TurnBody], Field(max_length=TURNS)] = []
    answer: AnswerBody


class Kept(BaseModel):
    """The id under which something was kept."""

    id: int


class State(BaseModel):
    """How the server is."""

    status: str
    documents: int | None = None
    library: int | None = None


class Problem(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
