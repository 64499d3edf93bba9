"""Reports: what is kept, what the table and the page show, and how two runs are compared."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from assistant.types import Turn
from evals.compare import compare, tables
from evals.errors import EvaluationError, ReportDamaged
from evals.html import page
from evals.report import Report, load, markdown, save, table
from evals.summary import summary
from evals.types import Quote, Record

ABOUT = {
    "set": "prices",
    "note": "<b>注</b>",
    "questions": 3,
    "documents": 2,
    "split": "all",
    "seed": 0,
    "versions": {"python": "3.11"},
}


def record(name: str, correct: float, system: str = "assistant", **more: Any) -> Record:
    values: dict[str, Any] = {
        "kind": "number",
        "question": f"问 {name}",
        "history": (Turn("前问", "前答"),),
        "answerable": True,
        "gold": ("三元",),
        "documents": ("水",),
        "evidence": ("每立方米三元。",),
        "answered": True,
        "text": "每立方米三元。[1]",
        "confidence": 0.9,
        "citations": (Quote("水", 0, 7, "每立方米三元。"),),
        "scores": {"rouge_l": correct, "correct": correct},
        "seconds": 0.1,
    }
    return Record(id=name, system=system, **{**values, **more})


REPORT = Report(
    ABOUT,
    (
        record("a", 1.0),
        record("b", 0.5, question="<script>alert(1)</script>", text="a < b & c"),
        record("c", 0.0, kind="list", error="RuntimeError: out of order", answered=False, text="", citations=()),
        record("a", 0.5, "naive"),
        record("b", 0.5, "naive"),
        record("c", 0.5, "naive", kind="list"),
    ),
)


def test_a_report_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "prices.json"
    save(REPORT, path)
    assert load(path) == REPORT
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["summaries"]["assistant"]["means"]["correct"]["mean"] == 0.5
    assert kept["summaries"]["assistant"]["figures"]["errors"] == 1
    assert [path.name for path in path.parent.iterdir()] == ["prices.json"]


def test_what_is_no_report_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    for text in ("no json", "{}", '{"format": "another", "about": {}, "cases": []}', "[]"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ReportDamaged, match=r"other\.json is not a report"):
            load(path)
    with pytest.raises(ReportDamaged):
        load(tmp_path / "missing.json")


def test_a_summary_has_every_case_in_its_denominator() -> None:
    found = summary("assistant", REPORT.of("assistant"))
    # correct: (1 + .5 + 0) / 3; the kinds: number (1 + .5) / 2, list 0
    assert found.means["correct"].mean == 0.5
    assert {kind: (each.mean, each.n) for kind, each in found.kinds.items()} == {
        "number": (0.75, 2),
        "list": (0, 1),
    }
    assert found.figures["p50"] == pytest.approx(0.1)
    # a and b are tied at .9 with losses 0 and .5, so .25 each; the crash comes last with a loss of 1:
    # risks .25, .25, 1.5 / 3
    assert [point.risk for point in found.curve] == pytest.approx([0.25, 0.25, 0.5])
    assert found.figures["aurc"] == pytest.approx(1 / 3)
    assert "refusal_f1" not in found.figures
    assert found.value("nowhere") is None


def test_the_table_shows_mean_interval_n_and_the_ratio_to_a_baseline() -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(table(REPORT))
    shown = console.export_text()
    assert "prices：3 题，2 份文档（all）" in shown
    assert "0.500 ×1.00" in shown
    assert "[0.500, 0.500] n=3" in shown
    assert "出错题数↓" in shown


def test_the_markdown_table_is_what_a_readme_shows() -> None:
    short = Report(
        {**ABOUT, "data": "d1", "commit": "c1", "machine": "m1"},
        (record("a", 1.0, seconds=0.25), record("a", 0.5, "naive", confidence=0.5)),
    )
    # one question: AURC is its loss, ECE the distance of confidence from correctness
    assert markdown(short) == (
        "| 指标 | assistant | naive |\n"
        "| --- | --: | --: |\n"
        "| 总分 | 1.000 [1.000, 1.000] n=1 | 0.500 [0.500, 0.500] n=1 ×2.00 |\n"
        "| ROUGE-L | 1.000 [1.000, 1.000] n=1 | 0.500 [0.500, 0.500] n=1 ×2.00 |\n"
        "| AURC↓ | 0.000 | 0.500 |\n"
        "| 校准误差↓ | 0.100 | 0.000 |\n"
        "| p50 秒↓ | 0.250 | 0.100 |\n"
        "| p95 秒↓ | 0.250 | 0.100 |\n"
        "| 出错题数↓ | 0 | 0 |\n"
        "\n"
        "prices（all）：3 题，2 份文档；数据 d1，提交 c1，m1。\n"
    )


def test_the_page_is_whole_escaped_and_needs_nothing_else() -> None:
    text = page(REPORT)
    seen = Tags()
    seen.feed(text)
    assert "script" not in seen.tags
    assert seen.tags.count("svg") == 4
    assert seen.tags.count("article") == 2
    assert not seen.links
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;注&lt;/b&gt;" in text
    assert "a &lt; b &amp; c" in text
    assert "出错：RuntimeError: out of order" in text
    assert text.index("问 c") < text.index("&lt;script&gt;")


def test_the_page_of_a_run_without_questions_says_so() -> None:
    assert "未答对的题（0 题，共 0 题）" in page(Report(ABOUT, ()))


def test_two_runs_are_compared_case_by_case() -> None:
    after = Report(ABOUT, (record("a", 0.5), record("b", 1.0), record("c", 0.25, kind="list"), record("d", 1.0)))
    found = compare(REPORT, after)
    assert found.n == 3
    assert [change.before.id for change in found.better] == ["b", "c"]
    assert [(change.before.id, change.gain) for change in found.worse] == [("a", -0.5)]
    # (-.5 + .5 + .25) / 3
    assert found.differences["correct"].mean == pytest.approx(0.25 / 3)
    assert (found.only_before, found.only_after) == (0, 1)
    console = Console(width=100, record=True, file=StringIO())
    for each in tables(found):
        console.print(each)
    shown = console.export_text()
    assert "变好：2 题" in shown
    assert "变差：1 题" in shown
    assert "出错：RuntimeError" in shown


def test_runs_without_a_common_case_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match="no case of assistant in common"):
        compare(REPORT, Report(ABOUT, (record("x", 1.0),)))


class Tags(HTMLParser):
    """The tags of a page, and whatever it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action")]
