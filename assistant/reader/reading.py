"""Reading: which spans of a few windows of text answer a question, and how well each window does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.reader.tokens import Encoded, encode
from assistant.reader.weights import FILE, expand
from index.types import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from assistant.reader.network import Network

LONGEST = 224
"""Tokens of the longest span, about 380 characters."""
SPANS = 8
"""Spans kept of a window."""
STEP = 32
"""Lengths are padded to a multiple of it: each length costs compiled kernels, and those cost time and memory."""
TOGETHER = 16
"""Windows that are read at once; more take turns, so that memory stays bounded."""

Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a document to be read: ``span`` of the text that it is, under what stands ``above`` it.

    ``score`` is what the search gave the hit that it was cut around.
    """

    document_id: str
    span: Span
    above: str
    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader makes of a window.

    ``spans`` are the likeliest answers as ranges of the document, best first, overlapping ones among them, each
    with the sum of its start and end logits less that of "no answer here"; ``relevance`` is the logit of the
    window's bearing on the question. ``starts`` and ``ends`` hold, for each token, the logit less that of "no
    answer here"; ``places`` the tokens' ranges in the document.
    """

    window: Window
    relevance: float
    spans: tuple[tuple[Span, float], ...]
    places: npt.NDArray[np.int64]
    starts: Logits
    ends: Logits

    @property
    def best(self) -> float:
        """The score of the best span, above 0 where an answer is likelier than none; -inf without tokens."""
        return self.spans[0][1] if self.spans else -np.inf

    def support(self, span: Span) -> float:
        """How likely an answer begins and one ends in ``span``: the sum of the best two logits, or -inf."""
        inside = (self.places[:, 0] < span.end) & (self.places[:, 1] > span.start)
        if not inside.any():
            return -np.inf
        return float(self.starts[inside].max() + self.ends[inside].max())


class Reader:
    """The trained reader; its weights, ``file``, are loaded on first use. Safe to use from several threads."""

    def __init__(self, cache: Path, threads: int = 2, file: Path = FILE) -> None:
        self._cache = cache
        self._file = file
        self._threads = threads
        self._lock = Lock()
        self._turn, self._next = Lock(), Lock()
        self._loaded: tuple[Network, Tokenizer] | None = None

    def read(self, question: str, windows: Sequence[Window], patience: float = -1) -> tuple[Read, ...]:
        """Each window read for an answer to ``question``, in the order given.

        Questions take turns, since one keeps all processors busy; nothing is read of one that has waited
        ``patience`` seconds (-1: as long as it takes), or finds another one of patience waiting. Raises
        ``ReaderDamaged`` when the weights are missing or not what they were.
        """
        self.load()
        if not self._takes_turn(patience):
            return ()
        try:
            found: list[Read] = []
            for start in range(0, len(windows), TOGETHER):
                found += self._batch(question, windows[start : start + TOGETHER])
            return tuple(found)
        finally:
            self._turn.release()

    def _takes_turn(self, patience: float) -> bool:
        if patience < 0:
            return self._turn.acquire()
        if not self._next.acquire(blocking=False):
            return False
        try:
            return self._turn.acquire(timeout=patience)
        finally:
            self._next.release()

    def load(self) -> None:
        """Load the weights now, so that the first question need not wait for them."""
        self._parts()

    def _parts(self) -> tuple[Network, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                from tokenizers import Tokenizer

                from assistant.reader.network import Network

                folder = expand(self._cache, self._file)
                tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                self._loaded = Network(folder, self._threads), tokenizer
            return self._loaded

    def _batch(self, question: str, windows: Sequence[Window]) -> list[Read]:
        network, tokenizer = self._parts()
        encoded = [encode(tokenizer, question, window.above, window.text) for window in windows]
        longest = max(len(each.ids) for each in encoded)
        shape = (len(encoded), STEP * -(-longest // STEP))
        ids, mask = np.ones(shape, np.int64), np.zeros(shape, np.int64)
        for row, each in enumerate(encoded):
            ids[row, : len(each.ids)] = each.ids
            mask[row, : len(each.ids)] = 1
        logits = network(ids, mask)
        return [_read(window, each, rows) for window, each, rows in zip(windows, encoded, logits, strict=True)]


def _read(window: Window, encoded: Encoded, logits: Logits) -> Read:
    count = len(encoded.places)
    own = logits[encoded.first : encoded.first + count]
    starts, ends = own[:, 0] - logits[0, 0], own[:, 1] - logits[0, 1]
    places = np.array(encoded.places, np.int64).reshape(-1, 2) + window.span.start
    return Read(window, float(logits[0, 2]), spans(starts, ends, places), places, starts, ends)


def spans(starts: Logits, ends: Logits, places: npt.NDArray[np.int64]) -> tuple[tuple[Span, float], ...]:
    """The best of all spans of at most ``LONGEST`` tokens, by the sum of their logits."""
    if not len(starts):
        return ()
    scores = starts[:, None] + ends[None, :]
    order = np.arange(len(starts))
    length = order[None, :] - order[:, None]
    scores[(length < 0) | (length >= LONGEST)] = -np.inf
    kept = np.argsort(-scores, axis=None)[:SPANS]
    first, last = np.unravel_index(kept, scores.shape)
    return tuple(
        (Span(int(places[start, 0]), int(places[end, 1])), float(scores[start, end]))
        for start, end in zip(first, last, strict=True)
        if np.isfinite(scores[start, end])
    )
