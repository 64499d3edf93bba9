"""Records to figures: what a table, a page, a gate or a comparison shows of one system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.refusal import (
    Bin,
    Outcome,
    Point,
    area,
    calibration,
    calibration_error,
    refusal,
    risk_coverage,
    wrongly_given,
)
from evals.statistics import Estimate, estimate, percentile
from evals.types import Record

LABELS = {
    "correct": "总分",
    "rouge_l": "ROUGE-L",
    "f1": "字符 F1",
    "exact": "完全一致",
    "contains": "含标准答案",
    "short_rouge_l": "短答 ROUGE-L",
    "short_f1": "短答字符 F1",
    "short_exact": "短答完全一致",
    "fact_recall": "事实召回",
    "accurate": "事实全对",
    "forbidden_rate": "错误事实率↓",
    "choice": "选择正确",
    "list_completeness": "列表完整",
    "list_order": "列表顺序",
    "citation_precision": "引用精确率",
    "citation_recall": "引用召回率",
    "valid_offsets": "引文位置有效",
    "answered": "可答题作答率",
    "refusal_precision": "拒答精确率",
    "refusal_recall": "拒答召回率",
    "recall@1": "文档 recall@1",
    "recall@5": "文档 recall@5",
    "recall@10": "文档 recall@10",
    "mrr@10": "文档 MRR@10",
    "ndcg@10": "文档 nDCG@10",
    "evidence@1": "证据 recall@1",
    "evidence@5": "证据 recall@5",
    "evidence@10": "证据 recall@10",
    "rewrite_exact": "改写完全一致",
    "rewrite_rouge_l": "改写 ROUGE-L",
    "rewrite_f1": "改写字符 F1",
}
"""Every mean that is reported, in the order of the table; ↓ marks those that are better when lower."""

FIGURES = {
    "refusal_f1": "拒答 F1",
    "given@90": "九成作答时误答率↓",
    "aurc": "AURC↓",
    "ece": "校准误差↓",
    "p50": "p50 秒↓",
    "p95": "p95 秒↓",
    "errors": "出错题数↓",
}
"""Every figure that is no mean."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One system's figures: ``means`` by metric, ``kinds`` the mean of ``correct`` by kind of question.

    ``figures`` are those that are no means; ``curve`` and ``bins`` what the risk–coverage and the calibration
    plot show, ``seconds`` every answer's time in rising order.
    """

    system: str
    n: int
    means: dict[str, Estimate]
    kinds: dict[str, Estimate]
    figures: dict[str, float]
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]
    seconds: tuple[float, ...]

    def value(self, name: str) -> float | None:
        """The mean or figure of that name, ``None`` if the set does not measure it."""
        if name in self.means:
            return self.means[name].mean
        return self.figures.get(name)


def outcome(record: Record) -> Outcome:
    """The record as refusal and risk see it."""
    answered = record.answered or bool(record.error)
    confidence = 0.0 if record.error else record.confidence
    return Outcome(record.answerable, answered, record.scores.get("correct", 0.0), confidence)


def summary(system: str, records: Sequence[Record], seed: int = 0) -> Summary:
    """The figures of one system's records."""
    outcomes = [outcome(record) for record in records]
    means = {
        name: estimate(values, seed)
        for name in LABELS
        if (values := [record.scores[name] for record in records if name in record.scores])
    }
    figures: dict[str, float] = {}
    if any(not each.answerable for each in outcomes):
        refused = [float(not each.answerable) for each in outcomes if not each.answered]
        if refused:
            means["refusal_precision"] = estimate(refused, seed)
        means["refusal_recall"] = estimate(
            [float(not each.answered) for each in outcomes if not each.answerable], seed
        )
        figures["refusal_f1"] = refusal(outcomes).f1
        if any(each.answerable for each in outcomes):
            figures["given@90"] = wrongly_given(outcomes)
    curve: list[Point] = []
    bins: list[Bin] = []
    if not any("rewrite_exact" in record.scores for record in records):
        curve, bins = risk_coverage(outcomes), calibration(outcomes)
        figures |= {"aurc": area(curve), "ece": calibration_error(bins)}
    seconds = sorted(record.seconds for record in records)
    figures |= {
        "p50": percentile(seconds, 50),
        "p95": percentile(seconds, 95),
        "errors": float(sum(bool(record.error) for record in records)),
    }
    kinds = {
        kind: estimate([record.scores["correct"] for record in records if record.kind == kind], seed)
        for kind in dict.fromkeys(record.kind for record in records)
    }
    ordered = {name: means[name] for name in LABELS if name in means}
    return Summary(system, len(records), ordered, kinds, figures, tuple(curve), tuple(bins), tuple(seconds))


def to_json(found: Summary) -> dict[str, Any]:
    """The figures as JSON values, without what the plots alone need."""
    return {
        "n": found.n,
        "means": {name: each._asdict() for name, each in found.means.items()},
        "kinds": {name: each._asdict() for name, each in found.kinds.items()},
        "figures": found.figures,
    }
