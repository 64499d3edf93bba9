"""The lexical half of search: BM25 over characters, pairs of characters, words and numbers.

Chinese has no spaces, and a policy's names, numbers and 第X条 must match exactly: single characters find, pairs
of characters tell apart. No word segmenter can then disagree with itself between a question and a document.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

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


class _Counts(NamedTuple):
    """How often each token stands in each row: the entries of one token after the other.

    Those of token t are from ``starts[t]`` to ``starts[t + 1]``: the rows, and how often it stands there. ``lengths``
    are the rows' numbers of tokens, ``digests`` the hashes of their texts.
    """

    starts: np.ndarray  # int64 (tokens + 1,)
    rows: np.ndarray  # int32 (entries,)
    often: np.ndarray  # uint16 (entries,)
    lengths: np.ndarray  # int32 (rows,)
    digests: np.ndarray  # uint64 (rows,)


_NOTHING = _Counts(np.zeros(1, "i8"), np.zeros(0, "i4"), np.zeros(0, "u2"), np.zeros(0, "i4"), np.zeros(0, "u8"))


class Lexical:
    """BM25 by the counts of every token in every chunk, with the weights of Lucene.

    A chunk is known by its row, its place in what the index was built from.
    """

    def __init__(self, vocabulary: dict[str, int], counts: _Counts) -> None:
        self._vocabulary = vocabulary
        self._counts = counts
        lengths = counts.lengths
        average = float(lengths.mean()) if lengths.any() else 1.0
        self._norms = (K1 * (1 - B + B * lengths / average)).astype(np.float32)

    def __len__(self) -> int:
        return len(self._counts.lengths)

    def __contains__(self, token: str) -> bool:
        return token in self._vocabulary

    @classmethod
    def build(cls, texts: Iterable[str], before: Lexical | None = None) -> Lexical:
        """The index of ``texts``, one row each, in their order.

        Texts that ``before`` has, too, are not counted again, so that a change costs little more than what changed.
        """
        old, vocabulary = (before._counts, dict(before._vocabulary)) if before else (_NOTHING, {})
        places: dict[int, list[int]] = {}
        for place, digest in enumerate(old.digests.tolist()):
            places.setdefault(digest, []).append(place)
        moved = np.full(len(old.lengths), -1, dtype=np.int32)
        digests: list[int] = []
        fresh: list[tuple[int, np.ndarray, np.ndarray]] = []
        for row, text in enumerate(texts):
            digests.append(_digest(text))
            if there := places.get(digests[-1]):
                moved[there.pop()] = row
            else:
                numbers = [vocabulary.setdefault(token, len(vocabulary)) for token in tokens(text)]
                fresh.append((row, *np.unique(np.array(numbers, dtype=np.int32), return_counts=True)))
        kept = moved[old.rows] >= 0
        which = np.repeat(np.arange(len(old.starts) - 1, dtype=np.int32), np.diff(old.starts))[kept]
        which = np.concatenate([which, *(found for _, found, _ in fresh)])
        order = np.argsort(which, kind="stable")
        rows = np.concatenate(
            [moved[old.rows[kept]], *(np.full(len(found), row, "i4") for row, found, _ in fresh)]
        )
        # A token that fills a chunk weighs no more than 65535 of it.
        often = np.concatenate([old.often[kept], *(np.minimum(count, 0xFFFF).astype("u2") for *_, count in fresh)])
        lengths = np.zeros(len(digests), dtype=np.int32)
        lengths[moved[moved >= 0]] = old.lengths[moved >= 0]
        for row, _, count in fresh:
            lengths[row] = count.sum()
        frequencies = np.bincount(which, minlength=len(vocabulary))
        used = frequencies > 0
        if not used.all():
            left = (token for token, place in vocabulary.items() if used[place])
            vocabulary = {token: place for place, token in enumerate(left)}
        starts = np.concatenate([[0], np.cumsum(frequencies[used])])
        return cls(
            vocabulary, _Counts(starts, rows[order], often[order], lengths, np.array(digests, dtype=np.uint64))
        )

    def scores(self, query: str) -> np.ndarray:
        """The BM25 score of every row, float32, ≥ 0; a token that ``query`` repeats counts once."""
        scores = np.zeros(len(self), dtype=np.float32)
        for token in dict.fromkeys(tokens(query)):
            if (place := self._vocabulary.get(token)) is not None:
                entries = slice(self._counts.starts[place], self._counts.starts[place + 1])
                rows, often = self._counts.rows[entries], self._counts.often[entries]
                scores[rows] += np.float32(self.idf(token)) * (often / (often + self._norms[rows]))
        return scores

    def frequency(self, token: str) -> int:
        """The number of rows that hold ``token`` (one of those that ``tokens`` gives)."""
        place = self._vocabulary.get(token)
        starts = self._counts.starts
        return 0 if place is None else int(starts[place + 1] - starts[place])

    def idf(self, token: str) -> float:
        """How telling ``token`` is: ln(1 + (N − n + ½) / (n + ½)), greatest for a token that no row holds."""
        count = self.frequency(token)
        return math.log(1 + (len(self) - count + 0.5) / (count + 0.5))

    def save(self, path: Path, stamp: str) -> None:
        """Write the index to ``path`` at once or not at all; ``stamp`` says what it was built from."""
        write_arrays(path, stamp, {"vocabulary": _packed(self._vocabulary), **self._counts._asdict()})

    @classmethod
    def load(cls, path: Path, stamp: str | None) -> Lexical | None:
        """The index at ``path`` if it is whole and was saved with ``stamp``; else ``None``: build it anew.

        With ``None`` for a stamp, whatever it was built from: what to build another from.
        """
        stored = read_arrays(path, stamp)
        if stored is None or not {"vocabulary", *_Counts._fields} <= stored.keys():
            return None
        vocabulary = stored.pop("vocabulary").tobytes().decode("utf-8").split("\n")
        counts = _Counts(**{name: stored[name] for name in _Counts._fields})
        return cls({token: place for place, token in enumerate(vocabulary) if token}, counts)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _packed(vocabulary: dict[str, int]) -> np.ndarray:
    """The tokens in the order of their numbers, joined by line feeds, which no token holds."""
    return np.frombuffer("\n".join(vocabulary).encode("utf-8"), dtype=np.uint8)
