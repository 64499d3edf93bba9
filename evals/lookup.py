"""What the assistant has in hand when it composes an answer, for what is fitted on it: hits, and what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.answering.evidence import Candidate, candidates
from assistant.answering.likely import searched
from assistant.answering.sources import Sources
from assistant.answering.windows import windows
from assistant.chain import PASSAGES, passed
from assistant.language.question import Question, settled, understand
from assistant.language.words import Words
from assistant.reader.ranking import reranked
from assistant.reader.reading import Read, Reader
from index.library import Library
from index.types import Filters, Hit


@dataclass(frozen=True, slots=True)
class Found:
    """A question with the hits of its search, best first, and what was read of them (nothing without a reader)."""

    question: Question
    hits: tuple[Hit, ...]
    reads: tuple[Read, ...]


class Lookup:
    """Looks questions up in ``library`` and has ``reader`` read the best hits, as the chain does."""

    def __init__(self, library: Library, reader: Reader | None) -> None:
        self._library = library
        self._reader = reader
        self._words, self._sources = Words(library), Sources(library)

    def __call__(self, question: str, filters: Filters | None = None) -> Found:
        """What is found for a standalone ``question`` in the documents that ``filters`` let through."""
        understood = settled(understand(self._words.mended(question)), date.today())
        wanted, filters = self._words.expanded(understood), filters or Filters()
        hits = searched(
            understood,
            lambda filters: self._library.search(wanted, PASSAGES, filters),
            filters,
            lambda: passed(self._library, filters),
            self._sources.behind,
        )
        if self._reader is None:
            return Found(understood, hits, ())
        source = self._sources.behind(hits).__getitem__
        return Found(understood, hits, self._reader.read(understood.chinese, windows(understood, hits, source)))

    def weight(self, word: str) -> float:
        """How telling a word is in the library."""
        return self._words.weight(word)

    def candidates(self, found: Found) -> tuple[Candidate, ...]:
        """The sentences that might answer, best first, of the hits in the reader's order."""
        source = self._sources.behind(found.hits).__getitem__
        hits = reranked(found.hits, found.reads)
        return candidates(found.question, hits, source, self._words.weight, found.reads)
