"""Documents that say the same: one notice on two sites, one law in two files.

Documents are compared by their shingles, every run of ``SHINGLE`` letters and digits. A ``Fingerprint`` is small enough to
be kept and finds the few documents that come into question; these are then compared whole.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from index.names import number
from index.types import Facts

SHINGLE = 5  # characters
SKETCH = 64  # shingles that a fingerprint keeps
SHARED = 0.5
"""Of two documents' sketches the least that they share before they are compared whole.

Sketches of documents of resemblance .85 share 54 of 64 on average, with a standard deviation below 3.
"""

ALIKE = 0.85
"""The least resemblance of near-duplicates: shingles in common by shingles in all (Jaccard).

Web pages of one notice differ by the site's words around it; two notices by one office made from one template
lie below.
"""

_NUMERAL = re.compile("[0-9]+|[〇零一二三四五六七八九十百]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What two texts are first compared by.

    ``whole`` is the SHA-256 of the letters and digits, ``sketch`` the ``SKETCH`` smallest of the shingles' hashes,
    ascending: the sketches of two texts share as much of them as the texts share of their shingles (Broder 1997).
    """

    whole: str
    sketch: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of ``text``; width, case, spaces and punctuation do not matter."""
    plain = letters(text)
    hashes = _shingles(plain)
    if len(hashes) > SKETCH:
        hashes = np.sort(np.partition(hashes, SKETCH)[:SKETCH])
    return Fingerprint(hashlib.sha256(plain.encode("utf-8")).hexdigest(), tuple(hashes.tolist()))


def letters(text: str) -> str:
    """The letters and digits of ``text``, which is all that is compared."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def resemblance(one: str, other: str) -> float:
    """The share in [0, 1] of the two texts' shingles that both have; 0 for a text too short for one."""
    first, second = _shingles(letters(one)), _shingles(letters(other))
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / max(len(first) + len(second) - common, 1)


def distinct(one: Facts, other: Facts) -> bool:
    """Whether the facts tell two documents apart however alike their texts: versions of a law, yearly notices.

    So do numerals in the titles (2020年, 第三批), unless one title has all those of the other.
    """
    numerals, others = (set(_NUMERAL.findall(letters(each.title))) for each in (one, other))
    return (
        _differ(number(one.number), number(other.number))
        or _differ(one.date, other.date)
        or not (numerals <= others or others <= numerals)
    )


def _differ(one: object, other: object) -> bool:
    """Whether both are known and not the same."""
    return bool(one and other and one != other)


def _shingles(plain: str) -> np.ndarray:
    """The hashes of all shingles, each once, ascending: uint64 below 2**63, the same on every machine."""
    points = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    count = len(points) - SHINGLE + 1
    if count < 1:
        return np.empty(0, dtype=np.uint64)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(SHINGLE):
        hashes = hashes * np.uint64(0x100000001B3) + points[place : place + count]
    # The finaliser of SplitMix64, so that the smallest hashes are a fair sample of the shingles.
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.unique((hashes ^ (hashes >> np.uint64(31))) >> np.uint64(1))
