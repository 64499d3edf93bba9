"""The nouns of the index: documents, their sections and chunks, and what a search returns.

Offsets are sacred. A document's text is normalised once, when it is loaded; from then on every position is a
half-open character range into ``Document.text``, and a quote is always copied from the text by its range.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from dataclasses import dataclass, field

DAYS = frozenset({"date", "published", "effective", "expires"})
"""Which of a document's ``Facts`` are days."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open character range [start, end) of a document's text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document as a policy; an empty string or ``None`` where it is not known.

    ``issuer`` is the 发文机关 (several joined with 、), ``number`` the 发文字号, ``date`` the day on which it was
    written or passed (成文日期), ``status`` the 时效 (现行, 已修改, 已废止, 失效), ``occasion`` the meeting or event at
    which a text came to be, ``level`` who issued it (中央, 部委, 省, 市, 县), ``kind`` the 文种 (通知, 条例, 法律…),
    ``published`` and ``effective`` the days of publication and of coming into force, ``expires`` the last day of
    a term that it sets itself (有效期), ``replaced_by`` the title of what took its place.
    """

    title: str = ""
    issuer: str = ""
    number: str = ""
    date: datetime.date | None = None
    status: str = ""
    region: str = ""
    occasion: str = ""
    level: str = ""
    kind: str = ""
    published: datetime.date | None = None
    effective: datetime.date | None = None
    replaced_by: str = ""
    expires: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a loader gets out of a file: its text, and what the file itself says of it.

    ``pages`` holds the offset at which each page begins (empty in a format without pages), ``notes`` what people
    should know of how it was read (第3页经文字识别), in Chinese.
    """

    text: str
    facts: Facts = field(default_factory=Facts)
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document: its normalised text, its facts and where it came from.

    ``id`` is stable for a path; ``content_hash`` is the SHA-256 of the file's bytes and of its sidecar's.
    ``pages`` and ``notes`` are those of its ``Content``, offsets into ``text``.
    """

    id: str
    text: str
    facts: Facts
    path: str
    content_hash: str
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title by which people know the document."""
        return self.facts.title

    def page(self, offset: int) -> int | None:
        """The number, from 1, of the page on which the character at ``offset`` stands; ``None`` without pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Section:
    """One node of a document's outline, root first, in the order of the text.

    ``number`` is its place in the outline (0 is the root, which covers the whole text) and ``parent`` that of
    the section it belongs to (``None`` for the root). ``span`` covers the head and everything below it, the
    sections nested in it included. ``head`` is the heading, the caption of a table, or the sentence that announces
    a list, or the first sentence of a list item; it is empty (start == end) for the root and for a table without a
    caption. ``kind`` is one of document, part 编, chapter 章, division 节, article 条, heading, list (an announcing
    sentence with its items), item and table. ``label`` is the enumerator as written (第二十条, 一、, （一）, 一是),
    or empty. ``period`` is the time that the section speaks of, its own or inherited: a year ("2021"), a five-year
    plan ("十四五"), or empty.
    """

    number: int
    parent: int | None
    kind: str
    label: str
    head: Span
    span: Span
    period: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one document, the unit of search.

    The chunks of a document do not overlap and join back to its text. ``section`` is the number of the
    innermost section that covers the chunk, ``heading`` the heads from the outermost section down to it,
    shortened and joined with " › "; ``sentences`` are the sentences' spans, which tile the chunk.
    """

    document_id: str
    number: int
    section: int
    start: int
    end: int
    text: str
    heading: str
    sentences: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """The chunk's range in the document's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched; a field left empty does not restrict.

    ``since`` and ``until`` are inclusive ISO dates ("2021-01-01") and pass only documents whose date is
    known. ``issuer`` matches as a substring, ``number`` after its brackets are made alike, ``level`` and ``kind``
    exactly. ``region`` passes what lies in it: 湖北 those of 武汉, too. ``status`` is exact, but 现行 passes every
    document that is not known to be out of force. ``documents`` are document ids.
    """

    issuer: str = ""
    number: str = ""
    region: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    documents: tuple[str, ...] = ()
    level: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One chunk that a search found; ``score`` is the fused score by which hits are ordered.

    ``lexical`` is the BM25 score (≥ 0) and ``dense`` the cosine similarity in [-1, 1];
    ``sentences`` holds the cosine similarity of the query with each of the chunk's sentences.
    """

    chunk: Chunk
    score: float
    lexical: float
    dense: float
    sentences: tuple[float, ...] = field(default=())
