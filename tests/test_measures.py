"""Measures: a sentence that lists several is parted at them, any other is kept."""

from __future__ import annotations

import pytest

from assistant.answering.measures import parallel
from index.types import Span


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("推进河道清淤,深化改革试点,研究编制《规划》。", ["推进河道清淤", "深化改革试点", "研究编制《规划》"]),
        ("二是加强监管,扎实推进整治。", ["二是加强监管", "扎实推进整治"]),
        ("水质达到三类,全市居民满意。", ["水质达到三类,全市居民满意。"]),
        ("继续治理河道,大力推进“美丽河湖”建设。", ["继续治理河道", "大力推进“美丽河湖”建设"]),
        ("推进河道清淤。", ["推进河道清淤。"]),
        ("加强监管,等等。", ["加强监管,等等。"]),
    ],
)
def test_parallel_measures_are_parted_and_other_sentences_kept(text: str, measures: list[str]) -> None:
    assert [part.of(text) for part in parallel(text, Span(0, len(text)))] == measures
