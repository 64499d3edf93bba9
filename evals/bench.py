"""Speed and memory on this machine: ``python -m evals.bench`` (or ``make bench``).

Medians of several runs. The library holds documents/ and, where it is found, ../shared/corpus/laws_md. Each
figure stands beside the limit that the project sets itself on two processor cores.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant import Assistant
from evals.cases import FOLDER, read
from evals.provenance import ROOT, machine
from index.embed import Encoder, Passage

LAWS = ROOT.parent / "shared" / "corpus" / "laws_md"
PASSAGE = 300
"""Characters of the passages by which ingestion is measured."""
ROUNDS = 3


def main() -> None:
    """Measure everything and print the table."""
    with tempfile.TemporaryDirectory(prefix="policyqa-bench-") as folder:
        home = Path(folder)
        sources = [ROOT / "documents", *([LAWS] if LAWS.is_dir() else [])]
        # memory before a second encoder is loaded beside the assistant's
        rows = [*_asking(home, sources), _cold(home), _memory(), _encoding(home / "cache")]
    table = Table(title=f"{machine()}；文档：{'、'.join(path.name for path in sources)}", title_justify="left")
    for heading in ("项目", "中位数", "限度", ""):
        table.add_column(heading)
    for name, measured, limit, good in rows:
        table.add_row(name, measured, limit, "✓" if good else "✗")
    Console().print(table)


Row = tuple[str, str, str, bool]


def _encoding(cache: Path) -> Row:
    """Passages of 300 characters encoded in a second, sentences included, as ingestion encodes them."""
    encoder = Encoder(cache=cache)
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "documents").glob("*.txt")))
    passages = [
        Passage("", text[start : start + PASSAGE]) for start in range(0, len(text) - PASSAGE, PASSAGE // 3)
    ]
    passages = (passages * 10)[:192]
    encoder.encode_passages(passages)
    speeds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        encoder.encode_passages(passages)
        speeds.append(len(passages) / (time.perf_counter() - started))
    speed = statistics.median(speeds)
    return "入库编码（300字段落/秒）", f"{speed:.0f}", "≥ 20", speed >= 20


def _asking(home: Path, sources: Sequence[Path]) -> list[Row]:
    """The time of a question in the open assistant, over the development cases, each asked several times."""
    with Assistant.open(home=home, documents=sources[0]) as assistant:
        started = time.perf_counter()
        assistant.library.add(*sources)
        ingest = time.perf_counter() - started
        characters = sum(document.characters for document in assistant.library.documents())
        cases = read(FOLDER / "dev.jsonl")[:100]
        assistant.ask(cases[0].question)
        seconds = [
            statistics.median(assistant.ask(case.question, case.history).seconds for _ in range(ROUNDS))
            for case in cases
        ]
    middle, slow = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    rows: list[Row] = [
        ("回答一题 p50（毫秒）", f"{1000 * middle:.0f}", "≤ 250", middle <= 0.250),
        ("回答一题 p95（毫秒）", f"{1000 * slow:.0f}", "≤ 500", slow <= 0.500),
    ]
    if ingest > 1:
        speed = characters / PASSAGE / ingest
        rows.append(("整个入库（300字/秒，含解析、切分、编码、写盘）", f"{speed:.0f}", "≥ 20", speed >= 20))
    return rows


def _cold(home: Path) -> Row:
    """The time of ``policyqa ask`` from start to exit, the library being ready."""
    command = [
        str(Path(sys.executable).with_name("policyqa")),
        "ask",
        "--home",
        str(home),
        "2021年碳达峰任务有哪些",
    ]
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        seconds.append(time.perf_counter() - started)
    middle = statistics.median(seconds)
    return "policyqa ask 冷启动（秒）", f"{middle:.1f}", "≤ 8", middle <= 8


def _memory() -> Row:
    """The largest memory that this process, ingestion included, or one it started has held."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    gigabytes = most / 1024 / 1024
    return "内存峰值（GB）", f"{gigabytes:.2f}", "≤ 2", gigabytes <= 2


if __name__ == "__main__":
    main()
