"""An encoder that remembers what it has encoded, so that a library can be built again in seconds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.settings import Settings
from index.embed import Encoder, Passage
from index.library import PassageEncoder

Vectors = npt.NDArray[np.float32]

FOLDER, FILE = "evals", "vectors.sqlite"
"""Where, under the home folder, evaluations keep what can be made again; and the file of the vectors."""
_TOGETHER = 256
"""Passages that are encoded before they are written down; what an interruption can lose."""


class RememberingEncoder:
    """``encoder`` with its passages' vectors kept in the SQLite file ``path``, in float16 as libraries do."""

    def __init__(self, encoder: PassageEncoder, path: Path) -> None:
        self._encoder = encoder
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, rows INT, data BLOB)")

    @classmethod
    def configured(cls, settings: Settings, encoder: PassageEncoder | None = None) -> RememberingEncoder:
        """``encoder``, or the one of ``settings``; the file is kept where its evaluations are."""
        made = Encoder(
            settings.model, cache=settings.cache, threads=settings.threads, questions=settings.questions
        )
        return cls(encoder or made, settings.home / FOLDER / FILE)

    @property
    def name(self) -> str:
        """The name of the encoder underneath."""
        return self._encoder.name

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The encoder's own; queries are not remembered, so that their time is measured."""
        return self._encoder.encode_queries(texts)

    def encode_passages(
        self, passages: Sequence[Passage], progress: Callable[[int], None] | None = None
    ) -> list[Vectors]:
        """What the encoder gives, from the file where it is there; ``progress`` counts both."""
        keys = [self._key(passage) for passage in passages]
        known = {key: found for key in set(keys) if (found := self._find(key)) is not None}
        missing = [place for place, key in enumerate(keys) if key not in known]
        if progress is not None:
            progress(len(passages) - len(missing))
        for start in range(0, len(missing), _TOGETHER):
            places = missing[start : start + _TOGETHER]
            encoded = self._encoder.encode_passages([passages[place] for place in places], progress)
            with self._file:
                for place, vectors in zip(places, encoded, strict=True):
                    known[keys[place]] = vectors
                    row = (keys[place], len(vectors), vectors.astype(np.float16).tobytes())
                    self._file.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", row)
        return [known[key] for key in keys]

    def _key(self, passage: Passage) -> bytes:
        spans = ",".join(f"{span.start}-{span.end}" for span in passage.sentences)
        parts = (self.name, passage.context, passage.text, spans)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()

    def _find(self, key: bytes) -> Vectors | None:
        row = self._file.execute("SELECT rows, data FROM vectors WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return np.frombuffer(row[1], dtype=np.float16).reshape(row[0], -1).astype(np.float32)
