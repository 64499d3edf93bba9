"""Which documents are searched by themselves, too, and how their hits join the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assistant.answering.likely import joined, searched
from assistant.answering.scope import Source
from assistant.answering.sources import Sources
from assistant.language.question import settled, understand
from index.library import Library
from index.types import Filters, Hit

TODAY = date(2026, 1, 1)


def filled(library: Library, folder: Path, texts: dict[str, str]) -> Library:
    for title, text in texts.items():
        (folder / f"{title}.txt").write_text(f"{title}\n\n{text}", encoding="utf-8")
    library.add(folder)
    return library


def titles(library: Library, question: str, k: int = 2) -> list[str]:
    """The titles of the documents whose hits are found with ``k`` hits a search, in their order."""
    asked = settled(understand(question), TODAY)
    sources = Sources(library)

    def search(filters: Filters) -> tuple[Hit, ...]:
        return library.search(asked.text, k, filters)

    def behind(hits: Sequence[Hit]) -> dict[str, Source]:
        return sources.behind(hits)

    hits = searched(asked, search, Filters(), library.documents, behind)
    plain = search(Filters())
    assert all(hit in plain or hit.score <= plain[-1].score for hit in hits)
    return [library.document(hit.chunk.document_id).title for hit in hits]


def test_what_a_year_brought_is_looked_for_in_the_report_of_the_next(library: Library, tmp_path: Path) -> None:
    texts = {f"{year}年政府工作报告": f"建成水厂{year - 2000}座。水厂建设加快。" for year in (2020, 2021, 2022)}
    filled(library, tmp_path, texts)
    assert titles(library, "2020年建成多少座水厂", 1)[0] == "2021年政府工作报告"
    assert titles(library, "2021年水厂建设有什么任务", 1)[0] == "2021年政府工作报告"


def test_the_documents_of_the_place_are_looked_into(library: Library, tmp_path: Path) -> None:
    texts = {
        f"{place}省人民政府水厂建设通知": "各地要加快水厂建设。" for place in ("河北", "山西", "湖北", "湖南")
    }
    filled(library, tmp_path, texts)
    assert titles(library, "湖南水厂建设", 1)[0] == "湖南省人民政府水厂建设通知"


def test_the_last_report_is_looked_into_where_no_year_is_asked_for(library: Library, tmp_path: Path) -> None:
    texts = {f"{year}年水务公报": "建成水厂3座。" for year in (2019, 2020, 2021)}
    filled(library, tmp_path, texts)
    assert titles(library, "建成水厂几座", 3)[0] == "2021年水务公报"


def test_a_chunk_that_several_searches_found_comes_once(library: Library, tmp_path: Path) -> None:
    filled(library, tmp_path, {"甲": "治理河道。", "乙": "建设水厂。"})
    hits = library.search("治理河道", 2)
    assert joined(hits, hits) == hits
    assert joined(hits[1:], hits) == hits[::-1]
    assert joined() == ()
