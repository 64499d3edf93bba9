"""Texts to vectors: queries, passages and the sentences inside passages.

A passage goes through the model once. Its own vector is what Sentence Transformers would give; a sentence's is
the mean of the same pass's token vectors that lie in the sentence ("late pooling", Günther et al. 2024,
arXiv:2409.04701), so that it knows what the passage is about.

The bundled encoder runs in two ways whose vectors agree to a cosine of .9999: as an ONNX graph, which is ready
in a second, for queries and a few passages; through Sentence Transformers, which encodes passages three times
as fast but takes seconds to load, for many.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from index import changes, graph
from index import model as bundled
from index import questions as asking
from index.errors import ModelError, SettingsError
from index.types import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"

# Passages of 300 characters: 65 a second, 69 with 16 but half the memory (two cores with AMX, Nov 2026).
_BATCH = 8

# Loading PyTorch takes as long as encoding some 80 passages without it (two cores with AMX, Nov 2026).
_FEW = 64

Backend = Literal["auto", "torch", "onnx"]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """One chunk as it is embedded: ``context``, a line break, ``text``.

    ``context`` says where the text stands (title and headings) and may be empty; ``sentences`` are ranges of
    ``text``, not of the document.
    """

    context: str
    text: str
    sentences: tuple[Span, ...] = ()

    @property
    def full(self) -> str:
        """What goes through the model."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def text_start(self) -> int:
        """Where ``text`` begins in ``full``."""
        return len(self.context) + 1 if self.context else 0


class Encoder:
    """An encoder that is loaded when it is first used, and may be shared by threads.

    ``model`` is "bundled" or the name or path of any Sentence Transformers model that is on this machine;
    the bundled one is expanded into ``cache`` once. Nothing is ever fetched. The prompts before queries and
    passages are those of the model's own configuration. ``backend`` "auto" chooses for the bundled model by
    the amount of work; any other model runs on "torch". With the bundled model ``questions`` "trained" takes the trained
    question side for queries (see ``index.questions``), a path another one, and "plain" none; the passages' vectors, and
    so the name, are the same. Raises ``SettingsError`` for a backend that cannot run the model and, on first use,
    ``ModelError`` when the model cannot be had.
    """

    def __init__(
        self,
        model: str = BUNDLED,
        *,
        cache: Path,
        threads: int = 2,
        backend: Backend = "auto",
        questions: str = "plain",
    ) -> None:
        if backend == "onnx" and model != BUNDLED:
            raise SettingsError(
                f"the backend onnx runs only the bundled model, not {model}; use 'torch' or 'auto'",
                f"onnx 后端只能运行内置模型，不能运行 {model}；请改用 torch 或 auto",
            )
        self._model = model
        self._cache = cache
        self._threads = threads
        self._backend: Backend = backend if model == BUNDLED else "torch"
        self._questions = changes.named(questions, asking.FILE) if model == BUNDLED else None
        self._lock = RLock()
        self._torch: _Torch | None = None
        self._onnx: _Onnx | None = None
        self._asked: _Onnx | None = None

    @property
    def name(self) -> str:
        """What the vectors are made by, to be kept with them: known without loading."""
        return bundled.IDENTITY if self._model == BUNDLED else self._model

    @property
    def dimension(self) -> int:
        """The length of a vector; loads the model unless it is the bundled one."""
        return bundled.DIMENSION if self._model == BUNDLED else self._on_torch().dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, float32 (n, dimension); (0, dimension) for no text."""
        rows = np.empty((len(texts), self.dimension), np.float32)
        engine = self._for_queries()
        for index, vectors in _encode(engine, [Passage("", text) for text in texts], engine.query_prompt):
            rows[index] = vectors[0]
        return rows

    def encode_passages(
        self, passages: Sequence[Passage], progress: Callable[[int], None] | None = None
    ) -> list[Vectors]:
        """For each passage float32 (1 + sentences, dimension), rows of length 1: its own, its sentences'.

        A sentence of which the model sees no token (it is empty, or beyond the tokens that the model takes)
        gets its passage's row. ``progress`` is called after each batch with the number of passages in it.
        """
        results: dict[int, Vectors] = {}
        engine = self._for_passages(len(passages))
        for index, vectors in _encode(engine, passages, engine.passage_prompt):
            results[index] = vectors
            if progress is not None and (len(results) % _BATCH == 0 or len(results) == len(passages)):
                progress((len(results) - 1) % _BATCH + 1)
        return [results[index] for index in range(len(passages))]

    def _for_queries(self) -> _Engine:
        if self._questions is None:
            return self._on_torch() if self._backend == "torch" else self._on_onnx()
        with self._lock:
            if self._asked is None:
                self._asked = _Onnx(asking.expand(self._cache, self._questions), self._threads)
            return self._asked

    def _for_passages(self, count: int) -> _Engine:
        many = count > _FEW or self._torch is not None
        return (
            self._on_torch() if self._backend == "torch" or (self._backend == "auto" and many) else self._on_onnx()
        )

    def _on_torch(self) -> _Torch:
        with self._lock:
            if self._torch is None:
                self._torch = _Torch(self._model, self._cache, self._threads)
            return self._torch

    def _on_onnx(self) -> _Onnx:
        with self._lock:
            if self._onnx is None:
                self._onnx = _Onnx(graph.expand(self._cache), self._threads)
            return self._onnx


class LangChainEmbeddings(Embeddings):
    """An ``Encoder`` as LangChain's embeddings; documents are passages without context."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector of length 1 for each text."""
        rows = self.encoder.encode_passages([Passage("", text) for text in texts])
        return [vectors[0].tolist() for vectors in rows]

    def embed_query(self, text: str) -> list[float]:
        """The vector of length 1 of one query."""
        vector: list[float] = self.encoder.encode_queries([text])[0].tolist()
        return vector


class _Seen(NamedTuple):
    """One pass of a model over n texts.

    ``pooled`` is float32 (n, hidden), one row for each text; ``tokens`` float32 (n, tokens, hidden); ``places``
    int64 (n, tokens, 2), each token's range in the prompt followed by the text, (0, 0) for special tokens and
    padding.
    """

    pooled: Vectors
    tokens: Vectors
    places: npt.NDArray[np.int64]


class _Engine(Protocol):
    """A loaded encoder, safe to use from several threads: a question need not wait for a document to be encoded."""

    query_prompt: str
    passage_prompt: str

    def see(self, texts: list[str], prompt: str) -> _Seen:
        """What the model makes of the texts, each with ``prompt`` before it."""

    def finish(self, rows: Vectors) -> Vectors:
        """What the model still does to pooled vectors (n, hidden), before they are brought to length 1."""


class _Torch:
    """A Sentence Transformers model in memory."""

    def __init__(self, name: str, cache: Path, threads: int) -> None:
        self._model = _sentence_transformer(name, cache, threads)
        self._lock = Lock()  # its tokenizer is set anew for each pass
        modules = list(self._model)
        pooling = [number for number, module in enumerate(modules) if type(module).__name__ == "Pooling"]
        if not pooling or not getattr(self._model.tokenizer, "is_fast", False):
            raise ModelError(
                f"the model {name} gives no vectors of single tokens with their places; configure a "
                "Sentence Transformers model with a Transformer and a Pooling module",
                f"模型 {name} 无法给出逐词向量及其在文中的位置；请换用含 Transformer 和 Pooling 模块的模型",
            )
        self._before, self._pooling = modules[: pooling[0]], modules[pooling[0]]
        self._after = modules[pooling[0] + 1 :]
        self.query_prompt = self._prompt("query")
        self.passage_prompt = self._prompt("document", "passage", "corpus")
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def see(self, texts: list[str], prompt: str) -> _Seen:
        """One pass through the modules up to and with the model's own pooling."""
        import torch

        with self._lock, torch.inference_mode():
            features = self._model.preprocess(
                texts, prompt=prompt, processing_kwargs={"text": {"return_offsets_mapping": True}}
            )
            places = features.pop("offset_mapping").numpy()
            for module in self._before:
                features = module(features)
            tokens = features["token_embeddings"] = features["token_embeddings"].float()
            pooled = self._pooling(features)["sentence_embedding"]
        return _Seen(pooled.numpy(), tokens.numpy(), places)

    def finish(self, rows: Vectors) -> Vectors:
        """The modules after the pooling."""
        import torch

        with torch.inference_mode():
            features = {"sentence_embedding": torch.from_numpy(rows)}
            for module in self._after:
                features = module(features)
        finished: Vectors = features["sentence_embedding"].float().numpy()
        return finished

    def _prompt(self, *names: str) -> str:
        prompts = self._model.prompts
        found = (prompts.get(name) for name in (*names, self._model.default_prompt_name or ""))
        return next(filter(None, found), "")


class _Onnx:
    """The bundled model, or its question side, as an ONNX graph in memory; ``folder`` is that of ``graph.write_folder``."""

    query_prompt = bundled.PROMPTS["query"]
    passage_prompt = bundled.PROMPTS["passage"]

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(bundled.MAX_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors
        self._session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )

    def see(self, texts: list[str], prompt: str) -> _Seen:
        """The graph, then the mean over the tokens of each text."""
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        mask = np.array([encoding.attention_mask for encoding in encodings], np.int64)
        ids = np.array([encoding.ids for encoding in encodings], np.int64)
        (tokens,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        weights = (mask / mask.sum(1, keepdims=True)).astype(np.float32)
        places = np.array([encoding.offsets for encoding in encodings], np.int64)
        return _Seen((weights[:, None] @ tokens)[:, 0], tokens, places)

    def finish(self, rows: Vectors) -> Vectors:
        """The rows as they are: this model does nothing after its pooling."""
        return rows


def _encode(engine: _Engine, passages: Sequence[Passage], prompt: str) -> Iterator[tuple[int, Vectors]]:
    """Each passage's place and its rows, longest passage first."""
    order = sorted(range(len(passages)), key=lambda index: -len(passages[index].full))
    for start in range(0, len(order), _BATCH):
        numbers = order[start : start + _BATCH]
        batch = [passages[number] for number in numbers]
        # Half of a surrogate pair cannot be written as UTF-8; "?" keeps every place in the text.
        texts = [passage.full.encode("utf-8", "replace").decode() for passage in batch]
        seen = engine.see(texts, prompt)
        inside = [
            _inside(passage, places, len(prompt)) for passage, places in zip(batch, seen.places, strict=True)
        ]
        means = [weights @ tokens for weights, tokens in zip(inside, seen.tokens, strict=True)]
        rows = _unit(engine.finish(np.concatenate([seen.pooled, *means])))
        yield from zip(numbers, _by_passage(rows, inside), strict=True)


def _inside(passage: Passage, places: npt.NDArray[np.int64], start: int) -> Vectors:
    """For each sentence the weights of the passage's tokens in its mean, float32 (sentences, tokens).

    ``places`` are the tokens' ranges in the prompt (``start`` characters) followed by the passage. A token
    belongs to the sentence of its last character, because a leading space is part of a token. Special tokens
    and padding have the range (0, 0).
    """
    last = places[:, 1] - 1 - start - passage.text_start
    bounds = np.array([(span.start, span.end) for span in passage.sentences], np.int64).reshape(-1, 2)
    inside = ((last >= bounds[:, :1]) & (last < bounds[:, 1:])).astype(np.float32)
    weights: Vectors = inside / np.maximum(inside.sum(1, keepdims=True), np.float32(1))
    return weights


def _by_passage(rows: Vectors, inside: Sequence[Vectors]) -> Iterator[Vectors]:
    """Cuts ``rows`` (all passages', then all sentences') into one array for each passage."""
    at = len(inside)
    for number, weights in enumerate(inside):
        seen = weights.any(1, keepdims=True)
        sentences = np.where(seen, rows[at : at + len(weights)], rows[number])
        at += len(weights)
        yield np.concatenate([rows[number : number + 1], sentences])


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return unit


def _sentence_transformer(name: str, cache: Path, threads: int) -> SentenceTransformer:
    """The model ``name`` from this machine; the bundled one in bfloat16 where the processor has it.

    With bfloat16 two cores with AMX encode 69 passages a second instead of 22, at a cosine of .9999.
    """
    for variable in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        os.environ.setdefault(variable, "1")
    # every length of text has its own oneDNN kernels; keeping a thousand of them costs hundreds of megabytes
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    import torch
    from huggingface_hub import constants
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    constants.HF_HUB_OFFLINE = True  # the variable is too late where something else has imported the package
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    processor = torch.cpu.get_capabilities()
    half = name == BUNDLED and (processor.get("amx_bf16") or processor.get("avx512_bf16"))
    try:
        return SentenceTransformer(
            str(bundled.expand(cache)) if name == BUNDLED else name,
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": torch.bfloat16 if half else torch.float32},
        )
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the model {name} is not on this machine, or is no Sentence Transformers model "
            f"({str(error).splitlines()[0]}); give the path of its folder, or configure 'bundled'",
            f"本机没有模型 {name}，或其格式不符；请填写模型文件夹的路径，或改用内置模型 bundled",
        ) from error
