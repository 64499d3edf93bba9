"""What one file may cost, and what is counted of it while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    It has ``largest`` bytes at most, ``pages`` pages and, if it is a zip file, ``members`` files; it is read within
    ``seconds`` and ``seconds_per_mib`` more for each of its MiB, but never longer than ``longest``, and ``memory`` is
    the bytes of data that its worker may hold.
    """

    largest: int = 256 << 20
    seconds: float = 120.0
    seconds_per_mib: float = 600.0
    longest: float = 3600.0
    memory: int = 2 << 30
    pages: int = 5_000
    members: int = 5_000

    def time(self, size: int) -> float:
        """The seconds that a file of ``size`` bytes may take.

        Of a scan, a MiB can be 30 pages, and on a busy machine each takes the OCR up to 15 seconds.
        """
        return min(self.seconds + self.seconds_per_mib * size / (1 << 20), self.longest)


@dataclass(slots=True)
class Reading:
    """One file while it is read: the limits that hold, and the ``tables`` that were found so far."""

    limits: Limits = field(default_factory=Limits)
    tables: int = 0


_PRESENT: ContextVar[Reading] = ContextVar("reading")


def present() -> Reading:
    """The file that is being read; outside of ``reading`` one that nobody asks about."""
    return _PRESENT.get(None) or Reading()


@contextmanager
def reading(limits: Limits) -> Iterator[Reading]:
    """What is read inside is one file, held to ``limits``."""
    one = Reading(limits)
    token = _PRESENT.set(one)
    try:
        yield one
    finally:
        _PRESENT.reset(token)
