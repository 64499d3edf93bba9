"""Two runs of the same questions, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.errors import EvaluationError
from evals.report import Report
from evals.statistics import Difference, difference
from evals.summary import LABELS
from evals.types import Record

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose ``correct`` is not what it was."""

    before: Record
    after: Record

    @property
    def gain(self) -> float:
        """How much better it is; below zero if it is worse."""
        return self.after.scores["correct"] - self.before.scores["correct"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the ``n`` cases that both runs asked of one system.

    ``differences`` are after minus before by metric, over the cases to which it applies in both runs.
    ``better`` and ``worse`` are ordered by how much they changed; ``only_before`` and ``only_after`` count the
    cases that one run alone asked.
    """

    system: str
    n: int
    differences: dict[str, Difference]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    only_before: int
    only_after: int


def compare(before: Report, after: Report, system: str = "assistant") -> Comparison:
    """How ``system`` changed from one report to another. Raises ``EvaluationError`` if no case is in both."""
    first = {record.id: record for record in before.of(system)}
    second = {record.id: record for record in after.of(system)}
    shared = [name for name in first if name in second]
    if not shared:
        raise EvaluationError(
            f"the two reports have no case of {system} in common; compare two runs of the same set",
            f"两份报告没有共同的 {system} 用例，请比较同一评测集的两次评测",
        )
    changes = [Change(first[name], second[name]) for name in shared]
    return Comparison(
        system,
        len(shared),
        {name: found for name in LABELS if (found := _difference(name, changes)).n},
        tuple(sorted((each for each in changes if each.gain > 0), key=lambda each: -each.gain)),
        tuple(sorted((each for each in changes if each.gain < 0), key=lambda each: each.gain)),
        len(first) - len(shared),
        len(second) - len(shared),
    )


def tables(comparison: Comparison, shown: int = 50) -> tuple[Table, ...]:
    """The differences by metric, and the cases that got better and worse, at most ``shown`` of each."""
    from rich.markup import escape
    from rich.table import Table

    figures = Table("指标", "差值（后−前）", "95% 区间", "p", "n", title=f"{comparison.system}：{comparison.n} 题")
    for name, each in comparison.differences.items():
        interval = f"{each.low:+.3f} … {each.high:+.3f}"
        figures.add_row(LABELS[name], f"{each.mean:+.3f}", interval, f"{each.p:.3f}", str(each.n))
    found = [figures]
    for title, changes in (("变好", comparison.better), ("变差", comparison.worse)):
        cases = Table("用例", "问题", "前", "后", title=f"{title}：{len(changes)} 题", show_lines=True)
        for change in changes[:shown]:
            record = change.before
            cases.add_row(
                escape(f"{record.id}\n{change.gain:+.2f}"),
                escape(record.question),
                escape(_told(record)),
                escape(_told(change.after)),
            )
        found.append(cases)
    return tuple(found)


def _difference(name: str, changes: Sequence[Change]) -> Difference:
    pairs = [
        (each.before.scores[name], each.after.scores[name])
        for each in changes
        if name in each.before.scores and name in each.after.scores
    ]
    return difference([before for before, _ in pairs], [after for _, after in pairs])


def _told(record: Record) -> str:
    if record.error:
        return f"出错：{record.error}"
    return record.text if len(record.text) <= 200 else f"{record.text[:200]}…"
