"""``Assistant``: a library, its chain and its retriever, opened together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings, settings
from assistant.types import Answer, Turn
from index.embed import Encoder
from index.library import Library
from index.types import Filters

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from assistant.retriever import PolicyRetriever

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "TOKENIZERS_PARALLELISM": "false",
}
"""What keeps the libraries underneath from calling home; set before any of them is imported."""


def quiet() -> None:
    """Switch off every library's telemetry, analytics and model look-ups, unless the user set them."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def library(chosen: Settings) -> Library:
    """The library that the settings name, its encoder not yet loaded."""
    quiet()
    return Library(chosen.home, Encoder(chosen.model, cache=chosen.cache, threads=chosen.threads))


class Assistant:
    """Answers questions from the documents of one library. A context manager; safe to use from several threads."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.settings = settings

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        documents: str | Path | None = None,
        *,
        model: str | None = None,
        progress: Callable[..., None] | None = None,
    ) -> Assistant:
        """The assistant over the library at ``home`` ($POLICYQA_HOME or ./var if ``None``).

        An empty library is filled from ``documents`` (the folder documents/ if ``None``), with ``progress``
        called as ``Library.add`` calls it.
        """
        chosen = settings(home=home, documents=documents, model=model)
        opened = library(chosen)
        try:
            if not opened.documents() and chosen.documents.is_dir():
                opened.add(chosen.documents, progress=progress)
        except BaseException:
            opened.close()
            raise
        return cls(opened, chosen)

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, **config: Any
    ) -> Answer:
        """The answer to ``question``, which may be a follow-up to the turns of ``history``.

        ``InvalidQuestion`` if there is nothing to ask in it; to decline is an ``Answer``, not an error.
        """
        return self.chain.invoke({"question": question, "history": history, "filters": filters}, **config)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Answer]:
        """The answer in pieces that add up to it (see ``Answer.__add__``)."""
        return self.chain.stream({"question": question, "history": history, "filters": filters})

    @cached_property
    def chain(self) -> Runnable[Any, Answer]:
        """The LangChain runnable behind ``ask``."""
        from assistant.chain import chain

        return chain(self.library)

    @cached_property
    def retriever(self) -> PolicyRetriever:
        """The search as a LangChain ``BaseRetriever``."""
        from assistant.retriever import PolicyRetriever

        return PolicyRetriever(library=self.library)

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
