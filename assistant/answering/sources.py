"""The documents behind the hits of a search, in the state in which they were found."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from assistant.answering.scope import Source
from index.errors import UnknownDocument
from index.library import Library
from index.types import Hit


class Sources:
    """Reads documents with their outlines, and keeps those read last for as long as the library does not change."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read = lru_cache(maxsize=256)(self._fresh)

    def behind(self, hits: Iterable[Hit]) -> dict[str, Source]:
        """The documents of ``hits`` by id; those that were removed or replaced since the search are left out."""
        version = self._library.version
        found: dict[str, Source] = {}
        gone: set[str] = set()
        for chunk in (hit.chunk for hit in hits):
            try:
                source = found[chunk.document_id] = self._read(chunk.document_id, version)
            except UnknownDocument:
                gone.add(chunk.document_id)
                continue
            if chunk.span.of(source.document.text) != chunk.text:
                gone.add(chunk.document_id)
        return {id_: source for id_, source in found.items() if id_ not in gone}

    def _fresh(self, document_id: str, version: int) -> Source:
        """The document and its outline from the same state of the library, of ``version`` or later."""
        while True:
            source = Source(self._library.document(document_id), self._library.sections(document_id))
            if self._library.document(document_id) == source.document:
                return source
