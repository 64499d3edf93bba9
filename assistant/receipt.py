"""What an ingest did, in words for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from index.ingest import Arrival, Report


def summary(report: Report, removed: Sequence[str], total: int) -> Iterator[str]:
    """A line of what became of the files, and one of how much came in if anything did; ``total`` is the library's."""
    counts = [
        ("新增", len(report.added)),
        ("更新", len(report.replaced)),
        ("未变", len(report.unchanged)),
        *([("移除", len(removed))] if removed else []),
        ("失败", len(report.failed)),
    ]
    untried = f"（其中 {len(report.untried)} 份未变，没有重试；要重试请加 --retry）" if report.untried else ""
    yield "，".join(f"{what} {count} 份" for what, count in counts) + f"{untried}；文档库现有 {total} 份。"
    if report.arrivals:
        pages = sum(arrival.pages for arrival in report.arrivals)
        recognised = sum(arrival.recognised for arrival in report.arrivals)
        tables = sum(arrival.tables for arrival in report.arrivals)
        read = [
            *([f"{pages:,} 页" + (f"（{recognised:,} 页经文字识别）" if recognised else "")] if pages else []),
            f"{sum(arrival.sections for arrival in report.arrivals):,} 个章节条目",
            *([f"{tables:,} 个表格"] if tables else []),
            f"{sum(arrival.characters for arrival in report.arrivals):,} 字",
        ]
        yield f"共读入 {'、'.join(read)}。"


def remarks(arrivals: Sequence[Arrival], removed: Sequence[str], paths: Mapping[str, str]) -> Iterator[str]:
    """A line for each file that is gone, duplicate or note; ``paths`` are the documents' by their ids."""
    for path in removed:
        yield f"移除：{path}（文件已不存在）"
    for arrival in arrivals:
        others = "、".join(paths[twin] for twin in arrival.same_as if twin in paths)
        if others:
            yield f"重复：{arrival.path} 与 {others} 内容相同或几乎相同，检索时同一句话只显示一次"
    for arrival in arrivals:
        for note in arrival.notes:
            yield f"注意：{arrival.path}：{note}"


def changed(report: Report, removed: Sequence[str]) -> Iterator[str]:
    """One line for each document that was added, replaced or removed."""
    for path in removed:
        yield f"移除：{path}"
    for arrival in report.arrivals:
        yield f"{'新增' if arrival.id in report.added else '更新'}：《{arrival.title}》 {arrival.path}"
