"""What the reader as it ships gets wrong: windows that do not answer, and that it would answer from.

What is merely near a question is soon told from an answer; later rounds of the training learn from these instead.
"""

from __future__ import annotations

from assistant.reader.reading import Read, Window
from evals.lookup import Lookup
from evals.metrics import rouge_l
from index.types import Filters, Span

ALIKE = 0.4
"""ROUGE-L to the right answer from which on what was read counts as right in other words."""
SHORT = 8
"""Characters up to which an answer has no other words: 5座 is like 3座, and wrong."""


class Mistakes:
    """The windows that ``lookup`` finds and its reader would answer from, though they do not answer."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._found: dict[tuple[str, Filters | None], list[Window]] = {}

    def __call__(
        self, question: str, answers: tuple[str, ...] = (), filters: Filters | None = None
    ) -> list[Window]:
        """Those of the windows for ``question`` that hold none of its ``answers``, the worst mistake first."""
        if (question, filters) not in self._found:
            reads = sorted(self._lookup(question, filters).reads, key=lambda read: -read.best)
            self._found[question, filters] = [read.window for read in reads if not _right(read, answers)]
        return self._found[question, filters]


def _right(read: Read, answers: tuple[str, ...]) -> bool:
    if not read.spans:
        return False
    window, (span, _) = read.window, read.spans[0]
    said = Span(span.start - window.span.start, span.end - window.span.start).of(window.text)
    return any(
        answer in window.text or (len(answer) > SHORT and rouge_l(said, answer) >= ALIKE) for answer in answers
    )
