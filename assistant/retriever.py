"""The search as a LangChain retriever."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Passage
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.library import Library
from index.types import Chunk, Filters, Hit, Span


class PolicyRetriever(BaseRetriever):
    """``invoke(query)`` gives up to ``k`` LangChain documents, best first, of the documents that ``filters`` pass.

    ``k`` and ``filters`` may be given with the call, too. The metadata hold what a ``Hit`` holds, as plain
    values: document_id, number, section, start, end, heading, sentences (pairs of offsets), score, lexical,
    dense and similarities (a cosine for each sentence).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = 5
    filters: Filters | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: Filters | None = None,
    ) -> list[Passage]:
        return [passage(hit) for hit in self.library.search(query, k or self.k, filters or self.filters)]


def passage(hit: Hit) -> Passage:
    """A hit as a LangChain document, whose id says where it stands."""
    chunk = hit.chunk
    return Passage(
        id=f"{chunk.document_id}:{chunk.start}-{chunk.end}",
        page_content=chunk.text,
        metadata={
            "document_id": chunk.document_id,
            "number": chunk.number,
            "section": chunk.section,
            "start": chunk.start,
            "end": chunk.end,
            "heading": chunk.heading,
            "sentences": [[span.start, span.end] for span in chunk.sentences],
            "score": hit.score,
            "lexical": hit.lexical,
            "dense": hit.dense,
            "similarities": list(hit.sentences),
        },
    )


def hit(found: Passage) -> Hit:
    """The hit that ``passage`` was made from."""
    values = found.metadata
    chunk = Chunk(
        document_id=values["document_id"],
        number=values["number"],
        section=values["section"],
        start=values["start"],
        end=values["end"],
        text=found.page_content,
        heading=values["heading"],
        sentences=tuple(Span(start, end) for start, end in values["sentences"]),
    )
    return Hit(chunk, values["score"], values["lexical"], values["dense"], tuple(values["similarities"]))
