"""From hits to windows: what the reader is given to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.answering.scope import Source, speaks
from assistant.language import form
from assistant.language.question import Question
from assistant.reader.reading import Window
from index.search import context
from index.types import Hit, Span

SIZE = 400
"""Characters of a window."""
ROOM = 6 * SIZE
"""Characters that are read for a question, which is what reading takes its time for: six windows, or more of short
documents. Eight windows bring ROUGE-L one point more and take a third longer."""
BEFORE = 0.25
"""Share of the room around a hit that is given to what stands before it; answers go on behind it more often."""


def windows(
    question: Question, hits: Sequence[Hit], source: Callable[[str], Source], room: int = ROOM
) -> tuple[Window, ...]:
    """Windows of ``room`` characters together around the best hits, in their order.

    A hit that stands in an earlier window is passed over, and so is one that speaks of another time or place than
    the question. Before all others come those in which something has the form of the answer: a number, a day, a name, a place,
    a penalty or a definition, where one is asked for.
    """
    found: list[Window] = []
    for hit in _telling_first(question, hits, source):
        chunk = hit.chunk
        if not speaks(question, hit, source(chunk.document_id)):
            continue
        if any(chunk.document_id == window.document_id and window.span.covers(chunk.span) for window in found):
            continue
        document = source(chunk.document_id).document
        span = around(chunk.span, len(document.text))
        room -= len(span)
        if room < 0:
            break
        above = context(document.title, chunk.heading)
        found.append(Window(document.id, span, above, span.of(document.text), hit.score))
    return tuple(found)


def _telling_first(question: Question, hits: Sequence[Hit], source: Callable[[str], Source]) -> Iterator[Hit]:
    """The hits in their order, behind all others those around which nothing has the form of the answer."""
    checks = [check for check in (form.wanted(question), form.may_be_told(question)) if check is not None]
    others = []
    for hit in hits:
        text = source(hit.chunk.document_id).document.text
        window = around(hit.chunk.span, len(text)).of(text) if checks else ""
        if not checks or any(check(window) for check in checks):
            yield hit
        else:
            others.append(hit)
    yield from others


def around(span: Span, length: int) -> Span:
    """``span`` with what surrounds it in a text of ``length`` characters, up to ``SIZE`` in all."""
    free = max(0, SIZE - len(span))
    start = max(0, span.start - int(free * BEFORE))
    return Span(start, min(length, max(span.end, start + SIZE)))
