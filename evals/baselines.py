"""What the assistant is compared with: what people build first, on the same documents with the same encoder.

Each answers with its best passage, never refuses, and takes a follow-up as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.types import Answer, Citation, Statement, Turn
from evals.errors import UnknownSet
from index.embed import Passage
from index.ingest import passage
from index.lexical import Lexical
from index.library import Library, PassageEncoder
from index.types import Chunk, Document, Filters, Hit, Span
from index.vectors import Vectors

NAMES = ("naive", "lexical", "dense", "rrf")

SHOWN = 20
"""Passages that a baseline ranks, enough for every depth that is measured."""

_SIZE, _OVERLAP = 500, 50
"""Characters of a naive passage, and how many it shares with the one before: what tutorials use."""

_SMOOTHING = 60
"""The constant of reciprocal rank fusion (Cormack et al., 2009)."""

_FUSED = 100
"""How deep each ranking goes into the fusion."""


class Ranked(NamedTuple):
    """A passage by its row, and its score."""

    row: int
    score: float


Rank = Callable[[str, int, npt.NDArray[np.bool_] | None], list[Ranked]]
"""Up to k passages for a query, best first, among those that pass."""


class Baseline:
    """A ranking of passages whose best one is the answer. ``sureness`` makes a score a confidence in [0, 1]."""

    def __init__(
        self,
        documents: dict[str, Document],
        chunks: Sequence[Chunk],
        rank: Rank,
        sureness: Callable[[float], float],
    ) -> None:
        self._documents = documents
        self._chunks = chunks
        self._owners = np.array([chunk.document_id for chunk in chunks])
        self._rank = rank
        self._sureness = sureness

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        """The best passage, quoted whole; of ``filters`` only the documents are heeded."""
        passing = np.isin(self._owners, filters.documents) if filters and filters.documents else None
        ranked = self._rank(question, SHOWN, passing)
        if not ranked:
            return Answer(question, question, "", answered=False, kind="open", confidence=0.0, refusal="nothing")
        hits = tuple(Hit(self._chunks[row], score, 0.0, 0.0) for row, score in ranked)
        best = hits[0].chunk
        return Answer(
            question,
            question,
            best.text,
            answered=True,
            kind="open",
            confidence=min(1.0, max(0.0, self._sureness(hits[0].score))),
            statements=(Statement(best.text, 1),),
            citations=(_cited(best, self._documents[best.document_id]),),
            hits=hits,
        )


def baseline(name: str, library: Library, encoder: PassageEncoder) -> Baseline:
    """The baseline ``name`` over the documents of ``library``.

    ``naive``: passages of 500 characters by LangChain's recursive splitter, cosine similarity in FAISS.
    ``lexical``, ``dense``, ``rrf``: the library's own passages under BM25, cosine similarity, and reciprocal
    rank fusion of both.
    """
    if name not in NAMES:
        raise UnknownSet(
            f"no baseline is called {name!r}; choose among {', '.join(NAMES)}",
            f"没有名为“{name}”的基线，可选：{'、'.join(NAMES)}",
        )
    documents = {summary.id: library.document(summary.id) for summary in library.documents()}
    if name == "naive":
        chunks = [chunk for document in documents.values() for chunk in naive_chunks(document)]
        return Baseline(documents, chunks, _dense([Passage("", chunk.text) for chunk in chunks], encoder), float)
    chunks = [chunk for id_ in documents for chunk in library.chunks(id_)]
    passages = [passage(documents[chunk.document_id], chunk) for chunk in chunks]
    if name == "dense":
        return Baseline(documents, chunks, _dense(passages, encoder), float)
    if name == "lexical":
        return Baseline(documents, chunks, _lexical(passages), lambda score: score / (score + 10))
    fused = _fused(_lexical(passages), _dense(passages, encoder))
    return Baseline(documents, chunks, fused, lambda score: score * (_SMOOTHING + 1) / 2)


def naive_chunks(document: Document) -> list[Chunk]:
    """The document in overlapping passages of at most 500 characters, cut at line ends if it can be."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=_SIZE, chunk_overlap=_OVERLAP, add_start_index=True)
    chunks = []
    for number, piece in enumerate(splitter.create_documents([document.text])):
        start = piece.metadata["start_index"]
        span = Span(start, start + len(piece.page_content))
        chunks.append(Chunk(document.id, number, 0, span.start, span.end, piece.page_content, "", (span,)))
    return chunks


def _dense(passages: Sequence[Passage], encoder: PassageEncoder) -> Rank:
    if not passages:
        return lambda query, k, passing: []
    index = Vectors.build(np.stack([rows[0] for rows in encoder.encode_passages(passages)]))

    def rank(query: str, k: int, passing: npt.NDArray[np.bool_] | None) -> list[Ranked]:
        vector = encoder.encode_queries([query])[0]
        rows = index.nearest(vector, k, passing)
        scores = index.scores(vector, rows)
        return [Ranked(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]

    return rank


def _lexical(passages: Sequence[Passage]) -> Rank:
    index = Lexical.build(each.full for each in passages)

    def rank(query: str, k: int, passing: npt.NDArray[np.bool_] | None) -> list[Ranked]:
        scores = index.scores(query)
        if passing is not None:
            scores = np.where(passing, scores, 0)
        rows = np.argsort(-scores, kind="stable")[:k]
        return [Ranked(int(row), float(scores[row])) for row in rows if scores[row] > 0]

    return rank


def _fused(*ranks: Rank) -> Rank:
    def rank(query: str, k: int, passing: npt.NDArray[np.bool_] | None) -> list[Ranked]:
        sums: dict[int, float] = {}
        for each in ranks:
            for place, found in enumerate(each(query, _FUSED, passing), start=1):
                sums[found.row] = sums.get(found.row, 0.0) + 1 / (_SMOOTHING + place)
        best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:k]
        return [Ranked(row, score) for row, score in best]

    return rank


def _cited(chunk: Chunk, document: Document) -> Citation:
    return Citation.of(document, chunk.span, chunk.heading, 1)
