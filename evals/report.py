"""A run as it is kept and shown: JSON with every case, and a table for the terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals import records
from evals.errors import ReportDamaged
from evals.summary import FIGURES, LABELS, Summary, summary, to_json
from evals.types import Record

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

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


def table(report: Report) -> Table:
    """A row a metric, a column a system: mean, interval, n; behind a baseline's mean the assistant's ratio."""
    from rich.table import Table

    summaries = report.summaries()
    about = report.about
    found = Table(
        title=f"{about['set']}：{about['questions']} 题，{about['documents']} 份文档（{about['split']}）",
        caption="均值，×助手与该基线之比；[95% 区间] 题数；↓ 越低越好",
    )
    found.add_column("指标")
    for each in summaries:
        found.add_column(each.system)
    for name, label in LABELS.items():
        if any(name in each.means for each in summaries):
            found.add_row(label, *(_mean(name, each, summaries[0]) for each in summaries))
    for name, label in FIGURES.items():
        if any(name in each.figures for each in summaries):
            found.add_row(label, *(figure(name, each) for each in summaries))
    return found


def figure(name: str, each: Summary) -> str:
    """The figure as a table shows it; a dash where the set does not measure it."""
    value = each.figures.get(name)
    if value is None:
        return "—"
    return f"{value:.0f}" if name == "errors" else f"{value:.3f}"


def ratio(name: str, each: Summary, first: Summary) -> str:
    """How many times the mean of ``each`` the first system's is; empty for the first itself or without both."""
    if each is first or name not in first.means or not each.means[name].mean:
        return ""
    return f"×{first.means[name].mean / each.means[name].mean:.2f}"


def _mean(name: str, each: Summary, first: Summary) -> Text:
    from rich.text import Text

    if name not in each.means:
        return Text("—")
    mean, low, high, n = each.means[name]
    return Text(f"{mean:.3f} {ratio(name, each, first)}".rstrip() + f"\n[{low:.2f},{high:.2f}] {n}")
