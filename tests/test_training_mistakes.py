"""The windows from which the reader would answer, though they do not answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np

from assistant.reader.reading import Read, Window
from evals.lookup import Lookup
from evals.training.mistakes import Mistakes
from index.types import Filters, Span

NONE = np.zeros(0, np.float32)


def read(text: str, part: str, logits: float) -> Read:
    start = 100 + text.index(part)
    window = Window("d", Span(100, 100 + len(text)), "", text)
    return Read(window, 0.0, ((Span(start, start + len(part)), logits),), np.zeros((0, 2), np.int64), NONE, NONE)


READS = (
    read("新建水厂3座。", "3座", 1.0),
    read("关停水厂5座。", "5座", 7.0),
    read("全市水厂共40座。", "40座", 5.0),
    read("水厂由市水务局管理。", "由市水务局管理", -2.0),
)


def test_the_worst_mistakes_come_first_and_right_answers_not_at_all() -> None:
    asked: list[tuple[str, Filters | None]] = []

    def lookup(question: str, filters: Filters | None) -> SimpleNamespace:
        asked.append((question, filters))
        return SimpleNamespace(reads=READS)

    mistakes = Mistakes(cast(Lookup, lookup))
    assert [window.text for window in mistakes("新建几座水厂", ("3座",))] == [
        "关停水厂5座。",
        "全市水厂共40座。",
        "水厂由市水务局管理。",
    ]
    assert mistakes("新建几座水厂", ("3座",)) is mistakes("新建几座水厂", ("3座",))
    assert len(asked) == 1
    reworded = mistakes("水厂由谁管理", ("由市水务局管理全市水厂",))
    assert "水厂由市水务局管理。" not in [window.text for window in reworded]
