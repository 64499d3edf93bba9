"""A run as it is kept and shown: JSON with every case, and a table for the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evals import records
from evals.errors import ReportDamaged
from evals.summary import FIGURES, LABELS, Summary, summary, to_json
from evals.types import Record

if TYPE_CHECKING:
    from rich.table import Table

FORMAT = "policyqa-eval-1"


@dataclass(frozen=True, slots=True)
class Report:
    """What was run, under what circumstances, and every record of it."""

    about: dict[str, Any]
    records: tuple[Record, ...]

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that were asked, the assistant first."""
        return tuple(dict.fromkeys(record.system for record in self.records))

    def of(self, system: str) -> tuple[Record, ...]:
        """The records of one system."""
        return tuple(record for record in self.records if record.system == system)

    def summaries(self) -> tuple[Summary, ...]:
        """The figures of each system."""
        seed = int(self.about.get("seed", 0))
        return tuple(summary(system, self.of(system), seed) for system in self.systems)


def save(report: Report, path: Path) -> None:
    """Write the report as JSON to ``path``, at once or not at all."""
    value = {
        "format": FORMAT,
        "about": report.about,
        "summaries": {each.system: to_json(each) for each in report.summaries()},
        "cases": [records.to_json(record) for record in report.records],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def load(path: Path) -> Report:
    """The report that ``save`` wrote. Raises ``ReportDamaged``."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ValueError(f"format {value['format']!r}")
        return Report(value["about"], tuple(map(records.from_json, value["cases"])))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReportDamaged(
            f"{path} is not a report of 'policyqa eval' ({error}); name the JSON file of a run",
            f"{path} 不是 policyqa eval 生成的报告，请指定某次评测的 JSON 文件",
        ) from error


class Cell(NamedTuple):
    """One figure as it is shown; ``interval`` and ``n`` of a mean, and the assistant's ratio to a baseline's."""

    value: str
    interval: str = ""
    n: str = ""
    ratio: str = ""

    @property
    def detail(self) -> str:
        """What stands behind the value."""
        return " ".join(part for part in (self.interval, self.n, self.ratio) if part)


def rows(summaries: Sequence[Summary]) -> list[tuple[str, list[Cell]]]:
    """A row for each metric and figure that the set measures: its label, and a cell a system."""
    means = [
        (label, [_mean(name, each, summaries[0]) for each in summaries])
        for name, label in LABELS.items()
        if any(name in each.means for each in summaries)
    ]
    figures = [
        (label, [_figure(name, each) for each in summaries])
        for name, label in FIGURES.items()
        if any(name in each.figures for each in summaries)
    ]
    return means + figures


def table(report: Report) -> Table:
    """A row a metric, a column a system: mean, interval, n; behind a baseline's mean the assistant's ratio."""
    from rich.table import Table
    from rich.text import Text

    summaries = report.summaries()
    about = report.about
    found = Table(
        title=f"{about['set']}：{about['questions']} 题，{about['documents']} 份文档（{about['split']}）",
        caption="均值，×助手与该基线之比；[95% 区间] n=题数；↓ 越低越好",
    )
    found.add_column("指标")
    for each in summaries:
        found.add_column(each.system)
    for label, cells in rows(summaries):
        shown = (f"{cell.value} {cell.ratio}\n{cell.interval} {cell.n}" for cell in cells)
        found.add_row(label, *(Text(text.strip().replace(" \n", "\n")) for text in shown))
    return found


def markdown(report: Report) -> str:
    """The table as Markdown, for a README; below it the set, its size, the data, the commit and the machine."""
    summaries = report.summaries()
    about = report.about
    lines = [("指标", *(each.system for each in summaries)), ("---", *("--:" for _ in summaries))]
    lines += [
        (label, *(f"{cell.value} {cell.detail}".rstrip() for cell in cells)) for label, cells in rows(summaries)
    ]
    source = (
        f"{about['set']}（{about['split']}）：{about['questions']} 题，{about['documents']} 份文档；"
        f"数据 {about['data']}，提交 {about['commit']}，{about['machine']}。"
    )
    return "\n".join([*(f"| {' | '.join(cells)} |" for cells in lines), "", source, ""])


def _mean(name: str, each: Summary, first: Summary) -> Cell:
    if name not in each.means:
        return Cell("—")
    mean, low, high, n = each.means[name]
    ratio = f"×{first.means[name].mean / mean:.2f}" if each is not first and mean and name in first.means else ""
    return Cell(f"{mean:.3f}", f"[{low:.3f}, {high:.3f}]", f"n={n}", ratio)


def _figure(name: str, each: Summary) -> Cell:
    value = each.figures.get(name)
    if value is None:
        return Cell("—")
    return Cell(f"{value:.0f}" if name == "errors" else f"{value:.3f}")
