"""``Assistant``: a library, its chain and its retriever, opened together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock, RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.reader import weights
from assistant.reader.reading import Reader
from assistant.retriever import PolicyRetriever
from assistant.settings import Settings, key, settings
from assistant.types import Answer, Turn
from index import changes
from index.embed import Encoder
from index.errors import PolicyError, SettingsError
from index.library import Library
from index.load.reading import Limits
from index.types import Filters

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable, RunnableConfig

    from assistant.llm.writing import Writer


def _encoder(chosen: Settings) -> Encoder:
    """The encoder that the settings name, not yet loaded."""
    return Encoder(chosen.model, cache=chosen.cache, threads=chosen.threads, questions=chosen.questions)


def _reader(chosen: Settings) -> Reader | None:
    """The reader that the settings name, not yet loaded."""
    file = changes.named(chosen.reader, weights.FILE)
    return Reader(chosen.cache, chosen.threads, file) if file else None


def library(chosen: Settings) -> Library:
    """The library that the settings name, its encoder not yet loaded."""
    return Library(chosen.home, _encoder(chosen), limits=_limits(chosen))


def _limits(chosen: Settings) -> Limits:
    """What the settings let one file cost."""
    usual = Limits()
    return Limits(
        largest=chosen.file_mb << 20,
        seconds=min(usual.seconds, chosen.file_seconds),
        longest=chosen.file_seconds,
        memory=chosen.file_memory_mb << 20,
        pages=chosen.file_pages,
        members=chosen.archive_files,
    )


def _writer(chosen: Settings) -> Writer:
    """The chat model that the settings name, with its key."""
    from assistant.llm.model import chat_model
    from assistant.llm.writing import Writer

    seconds = float(chosen.llm_timeout)
    model = chat_model(
        chosen.llm_model, chosen.llm_base_url, key(), timeout=seconds, tokens=chosen.llm_output_tokens
    )
    return Writer(model, seconds, chosen.llm_input_tokens)


class Assistant:
    """Answers questions from the documents of one library. A context manager; safe to use from several threads.

    ``encoder`` makes the vectors; ``failed`` holds the files that could not be read when an empty library was
    filled, with the reasons; ``loading`` says whether ``load`` is at work.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        encoder: Encoder | None = None,
        failed: tuple[tuple[str, PolicyError], ...] = (),
    ) -> None:
        self.library = library
        self.settings = settings
        self.encoder = encoder or _encoder(settings)
        self.failed = failed
        self.loading = False
        self._loaded = False
        self._loads, self._lock = Lock(), RLock()
        self._answering: Runnable[Any, Answer] | None = None

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        documents: str | Path | None = None,
        *,
        model: str | None = None,
        progress: Callable[[float, int, str], None] | None = None,
    ) -> Assistant:
        """The assistant over the library at ``home`` ($POLICYQA_HOME or ./var if ``None``).

        An empty library is filled from ``documents`` (the folder documents/, if it is there, for ``None``), with
        ``progress`` called as ``Library.add`` calls it. Raises ``SettingsError`` when the documents that were
        chosen are not there, and what the library raises.
        """
        chosen = settings(home=home, documents=documents, model=model)
        made = _encoder(chosen)
        opened = Library(chosen.home, made, limits=_limits(chosen))
        try:
            return cls(opened, chosen, made, _fill(opened, chosen.documents, progress))
        except BaseException:
            opened.close()
            raise

    def load(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Load what the first question would else wait for: the search, the encoder and the reader, once.

        Given up between two of them when it is no longer ``wanted``. A question that is asked meanwhile waits for what
        it needs. Raises what they raise.
        """
        with self._loads:
            parts = (lambda: self.chain, lambda: self.library.search("政策", k=1), self._load_reader)
            self.loading = not self._loaded
            try:
                for part in () if self._loaded else parts:
                    if not wanted():
                        return
                    part()
                self._loaded = True
            finally:
                self.loading = False

    def _load_reader(self) -> None:
        if self.reader is not None:
            self.reader.load()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        config: RunnableConfig | None = None,
    ) -> Answer:
        """The answer to ``question``, which may be a follow-up to the turns of ``history``.

        ``config`` is LangChain's (callbacks, tags, metadata). Raises ``InvalidQuestion`` if there is nothing to
        ask in it; to decline is an ``Answer``, not an error.
        """
        return self.chain.invoke({"question": question, "history": history, "filters": filters}, config)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        config: RunnableConfig | None = None,
    ) -> Iterator[Answer]:
        """The answer in pieces that add up to it (see ``Answer.__add__``)."""
        return self.chain.stream({"question": question, "history": history, "filters": filters}, config)

    @cached_property
    def chain(self) -> Runnable[Any, Answer]:
        """The LangChain runnable behind ``ask``; what it takes, see ``assistant.chain.chain``."""
        if not self.settings.llm_model:
            return self.answering
        from assistant.llm.conversing import conversing

        return conversing(self.answering, _writer(self.settings))

    @property
    def answering(self) -> Runnable[Any, Answer]:
        """The same without a chat model, which words answers but never decides whether there is one."""
        with self._lock:
            if self._answering is None:
                from assistant.chain import chain

                self._answering = chain(self.library, self.reader)
            return self._answering

    @cached_property
    def reader(self) -> Reader | None:
        """The trained reader, its weights not yet loaded; ``None`` if the settings say "none"."""
        return _reader(self.settings)

    @cached_property
    def retriever(self) -> PolicyRetriever:
        """The search as a LangChain ``BaseRetriever``."""
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


def _fill(
    library: Library, documents: Path, progress: Callable[[float, int, str], None] | None
) -> tuple[tuple[str, PolicyError], ...]:
    """Fill an empty library from ``documents``; the files that failed."""
    if library.documents():
        return ()
    if documents.exists():
        return library.add(documents, progress=progress).failed
    if documents != Path.cwd() / Settings().documents:
        raise missing(documents)
    return ()


def missing(documents: Path) -> SettingsError:
    """The error for documents to be ingested that are not there."""
    return SettingsError(
        f"the documents {documents} are not there; check the path or run 'policyqa ingest PATH'",
        f"文件夹 {documents} 不存在；请检查路径，或运行 policyqa ingest 路径",
    )
