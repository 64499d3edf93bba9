"""The lexical half of search: BM25 over characters, pairs of characters, words and numbers.

Chinese has no spaces, and a policy's names, numbers and 第X条 must match exactly: single characters find, pairs
of characters tell apart. No word segmenter can then disagree with itself between a question and a document.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import bm25s
import numpy as np
import opencc

from index.arrays import read_arrays, write_arrays

K1 = 0.9
B = 0.6
"""BM25's saturation and length normalisation.

Chosen in November 2026 on ncp (685 questions, 4,281 chunks): the answer stands whole in the first 5 chunks for
.873 of the questions; between .861 and .873 for k1 from .6 to 2 and b from .4 to .75.
"""

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>(?:[^\W{_CJK}_]|(?<=\d)\.(?=\d)|(?<=[a-z])\.(?=\d))+)")
_PARTS = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONGEST_WORD = 64


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """``text`` as it is matched: NFKC, lower case, simplified characters, "1,234" as "1234".

    Its length may differ from that of ``text``: never take a position from it. Lone surrogates become spaces.
    """
    plain = unicodedata.normalize("NFKC", _SURROGATES.sub(" ", text)).lower()
    return _THOUSANDS.sub("", _simplifier().convert(plain))


def tokens(text: str) -> list[str]:
    """The tokens of ``text`` in its order, repeated as often as they stand there.

    A run of Chinese (or kana, hangul) gives its characters and its adjacent pairs; a run of letters and digits
    is one token ("pm2.5", "98.2", "gb8978") followed, where it mixes the two, by its parts ("gb", "8978"), so
    that "GB 8978" and "GB8978" meet. Punctuation gives nothing.
    """
    found: list[str] = []
    for run in _RUNS.finditer(normalise(text)):
        if (word := run["word"]) is not None:
            found.append(word[:_LONGEST_WORD])
            parts = _PARTS.findall(word)
            if len(parts) > 1:
                found += [part[:_LONGEST_WORD] for part in parts]
        else:
            characters = run["cjk"]
            found += characters
            found += map(str.__add__, characters, characters[1:])
    return found


class Lexical:
    """BM25 weights of every token in every chunk, worked out once.

    A chunk is known by its row, its place in what the index was built from.
    """

    def __init__(self, vocabulary: dict[str, int], weights: dict[str, np.ndarray], rows: int) -> None:
        self._vocabulary = vocabulary
        self._weights = weights
        self._rows = rows
        self._bm25 = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
        self._bm25.scores = {**weights, "num_docs": rows}
        self._bm25.nonoccurrence_array = None

    def __len__(self) -> int:
        return self._rows

    def __contains__(self, token: str) -> bool:
        return token in self._vocabulary

    @classmethod
    def build(cls, texts: Iterable[str], *, k1: float = K1, b: float = B) -> Lexical:
        """The index of ``texts``, one row each, in their order."""
        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens(text)] for text in texts]
        if not vocabulary:
            nothing = {"data": np.zeros(0, "f4"), "indices": np.zeros(0, "i4"), "indptr": np.zeros(1, "i4")}
            return cls({}, nothing, len(rows))
        bm25 = bm25s.BM25(k1=k1, b=b, method="lucene", backend="numpy")
        bm25.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(vocabulary, {name: bm25.scores[name] for name in ("data", "indices", "indptr")}, len(rows))

    def scores(self, query: str) -> np.ndarray:
        """The BM25 score of every row, float32, ≥ 0; a token that ``query`` repeats counts once."""
        known = {token: self._vocabulary[token] for token in tokens(query) if token in self._vocabulary}
        if not known:
            return np.zeros(self._rows, dtype=np.float32)
        scores: np.ndarray = self._bm25.get_scores_from_ids(list(known.values()))
        return scores

    def frequency(self, token: str) -> int:
        """The number of rows that hold ``token`` (one of those that ``tokens`` gives)."""
        place = self._vocabulary.get(token)
        starts = self._weights["indptr"]
        return 0 if place is None else int(starts[place + 1] - starts[place])

    def idf(self, token: str) -> float:
        """How telling ``token`` is: ln(1 + (N − n + ½) / (n + ½)), greatest for a token that no row holds."""
        count = self.frequency(token)
        return math.log(1 + (self._rows - count + 0.5) / (count + 0.5))

    def save(self, path: Path, stamp: str) -> None:
        """Write the index to ``path`` at once or not at all; ``stamp`` says what it was built from."""
        write_arrays(path, stamp, {"vocabulary": _packed(self._vocabulary), **self._weights}, rows=self._rows)

    @classmethod
    def load(cls, path: Path, stamp: str) -> Lexical | None:
        """The index at ``path`` if it is whole and was saved with ``stamp``; else ``None``: build it anew."""
        stored = read_arrays(path, stamp)
        if stored is None:
            return None
        vocabulary = stored.pop("vocabulary").tobytes().decode("utf-8").split("\n")
        rows = int(stored.pop("rows"))
        return cls({token: place for place, token in enumerate(vocabulary) if token}, stored, rows)


def _packed(vocabulary: dict[str, int]) -> np.ndarray:
    """The tokens in the order of their numbers, joined by line feeds, which no token holds."""
    return np.frombuffer("\n".join(vocabulary).encode("utf-8"), dtype=np.uint8)
