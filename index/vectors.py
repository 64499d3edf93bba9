"""The dense half of search: cosine similarity of a query with the chunks, by FAISS."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np

from index.arrays import read_arrays, write_arrays


class Vectors:
    """An exact inner-product index; a chunk is known by its row, its place in what the index was built from.

    Vectors are expected to have length 1, so that the inner product is the cosine.
    """

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, vectors: np.ndarray) -> Vectors:
        """The index of ``vectors``, float of shape (rows, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def nearest(self, vector: np.ndarray, k: int, passing: np.ndarray | None = None) -> np.ndarray:
        """Up to ``k`` rows nearest to ``vector``, nearest first, among those whose ``passing`` is true.

        The rows that do not pass are left out before anything is ranked.
        """
        count = len(self) if passing is None else int(np.count_nonzero(passing))
        if not count:
            return np.zeros(0, dtype=np.int64)
        parameters = None
        if passing is not None:
            bits = np.packbits(passing, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(passing), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters()
            parameters.sel = selector
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        _, rows = self._index.search(query, min(k, count), params=parameters)
        found: np.ndarray = rows[0]
        return found

    def scores(self, vector: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The inner product of ``vector`` with each of ``rows``, float32, in the order of ``rows``."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        stored = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        scores: np.ndarray = stored @ vector.astype(np.float32)
        return scores

    def save(self, path: Path, stamp: str) -> None:
        """Write the index to ``path`` at once or not at all; ``stamp`` says what it was built from."""
        write_arrays(path, stamp, {"index": faiss.serialize_index(self._index)})

    @classmethod
    def load(cls, path: Path, stamp: str) -> Vectors | None:
        """The index at ``path`` if it is whole and was saved with ``stamp``; else ``None``: build it anew."""
        stored = read_arrays(path, stamp)
        return None if stored is None else cls(faiss.deserialize_index(stored["index"]))
