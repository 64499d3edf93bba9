"""The hits in a new order: what the reader makes of them added to what the search does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.reader.reading import Read
from index.types import Hit

SPAN = 0.2
RELEVANCE = 1.0
"""What a logit of the best span and one of relevance are worth in the search's score; fitted by evals.training.fit."""
UNREAD = -5.0
"""The logits of a hit that was not read."""
SURE = 12.0
"""Logits beyond it tell no more."""


def reranked(
    hits: Sequence[Hit], reads: Sequence[Read], span: float = SPAN, relevance: float = RELEVANCE
) -> tuple[Hit, ...]:
    """The hits by their scores and what was read of them, best first; as they are if nothing was read."""
    if not reads:
        return tuple(hits)
    scored = [replace(hit, score=hit.score + _worth(hit, reads, span, relevance)) for hit in hits]
    return tuple(sorted(scored, key=lambda hit: -hit.score))


def _worth(hit: Hit, reads: Sequence[Read], span: float, relevance: float) -> float:
    over = [
        read
        for read in reads
        if read.window.document_id == hit.chunk.document_id and read.window.span.covers(hit.chunk.span)
    ]
    best = max((min(SURE, max(UNREAD, read.best)) for read in over), default=UNREAD)
    judged = max((min(SURE, read.relevance) for read in over), default=UNREAD)
    return span * best + relevance * judged
