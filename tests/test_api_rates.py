"""Rates: a bucket holds so many requests and fills steadily, each key's by itself."""

from __future__ import annotations

import pytest

from assistant.api import rates
from assistant.api.rates import Rates


def test_a_bucket_is_empty_after_its_burst_and_fills_steadily() -> None:
    now = 0.0
    limited = Rates(2, seconds=60, clock=lambda: now)
    assert [limited.take("a"), limited.take("a")] == [0.0, 0.0]
    assert limited.take("a") == 30.0  # one token each 30 seconds
    now = 20.0
    assert limited.take("a") == pytest.approx(10.0)  # two thirds of a token are there, a third is 10 seconds
    now = 30.0
    assert limited.take("a") == 0.0
    now = 1000.0
    assert [limited.take("a"), limited.take("a"), limited.take("a")] == [
        0.0,
        0.0,
        30.0,
    ]  # never more than the burst


def test_one_keys_bucket_is_not_anothers() -> None:
    limited = Rates(1, clock=lambda: 0.0)
    assert (limited.take("a"), limited.take("b"), limited.take("a")) == (0.0, 0.0, 60.0)


def test_full_buckets_are_forgotten_so_that_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEPT", 100)
    now = 0.0
    limited = Rates(1, seconds=1, clock=lambda: now)
    for count in range(1000):
        now = count / 50  # a bucket is full again after a second, that is after 50 others
        assert limited.take(f"key {count}") == 0.0
    assert len(limited._buckets) <= 100
