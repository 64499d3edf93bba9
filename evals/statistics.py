"""Means with their intervals, and whether two runs differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Resamples per interval: the 2.5 and 97.5 percentiles then move by less than .002 between seeds.
RESAMPLES = 2000


class Estimate(NamedTuple):
    """A mean of ``n`` values and its 95 % interval (percentile bootstrap)."""

    mean: float
    low: float
    high: float
    n: int


class Difference(NamedTuple):
    """The mean of ``second - first`` over ``n`` pairs, its 95 % interval and its two-sided p.

    ``p`` is twice the smaller share of resamples on one side of zero, at most 1.
    """

    mean: float
    low: float
    high: float
    p: float
    n: int


def estimate(values: Sequence[float], seed: int = 0) -> Estimate:
    """The mean of ``values`` with its interval; all zero without values."""
    if not values:
        return Estimate(0.0, 0.0, 0.0, 0)
    means = _resampled_means(np.asarray(values, dtype=np.float64), seed)
    low, high = np.percentile(means, (2.5, 97.5))
    return Estimate(float(np.mean(values)), float(low), float(high), len(values))


def difference(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Difference:
    """How much better ``second`` is than ``first``, the same cases in the same order."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} values cannot be paired")
    if not first:
        return Difference(0.0, 0.0, 0.0, 1.0, 0)
    gaps = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    means = _resampled_means(gaps, seed)
    low, high = np.percentile(means, (2.5, 97.5))
    side = min(float(np.mean(means <= 0)), float(np.mean(means >= 0)))
    return Difference(float(gaps.mean()), float(low), float(high), min(1.0, 2 * side), len(gaps))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` percent of ``values`` lie, interpolated linearly; 0 without values."""
    return float(np.percentile(values, share)) if values else 0.0


def _resampled_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    return np.array([values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)])
