"""A report as one HTML page that needs nothing else: the table, the plots and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2

from evals import plots
from evals.report import Report, rows
from evals.summary import Summary

SHOWN = 200
"""Failing cases on the page; the JSON has all."""

_TEMPLATE = Path(__file__).with_name("report.html.j2")


def page(report: Report) -> str:
    """The page; every text of a set or a system is escaped."""
    summaries = report.summaries()
    first = report.of(summaries[0].system) if summaries else ()
    failing = sorted(
        (record for record in first if record.scores["correct"] < 1),
        key=lambda record: record.scores["correct"],
    )
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    ).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        about=report.about,
        summaries=summaries,
        rows=rows(summaries),
        plots=_plots(summaries),
        failing=failing,
        asked=len(first),
        shown=SHOWN,
    )


def _plots(summaries: tuple[Summary, ...]) -> list[tuple[str, str]]:
    kinds = dict.fromkeys(kind for each in summaries for kind in each.kinds)
    slowest = max((each.figures["p95"] * 1.5 for each in summaries), default=1.0)
    return [
        (
            "各类问题的总分",
            plots.bars(
                {
                    kind: {each.system: each.kinds[kind] for each in summaries if kind in each.kinds}
                    for kind in kinds
                },
                [each.system for each in summaries],
            ),
        ),
        (
            "风险与覆盖率",
            plots.lines({each.system: _thinned(each.curve) for each in summaries}, "覆盖率", "风险"),
        ),
        (
            "置信度校准",
            plots.lines(
                {each.system: [found[:2] for found in each.bins] for each in summaries},
                "置信度",
                "正确率",
                diagonal=True,
            ),
        ),
        (
            "延迟（累计分布）",
            plots.lines(
                {
                    each.system: _thinned(
                        [(time, place / each.n) for place, time in enumerate(each.seconds, start=1)]
                    )
                    for each in summaries
                },
                "秒",
                "题目比例",
                furthest=slowest,
            ),
        ),
    ]


def _thinned(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most about 300 of the points, the last among them: more cannot be seen."""
    step = max(1, len(points) // 300)
    return [*points[:-1:step], points[-1]] if points else points
