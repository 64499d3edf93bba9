"""The baselines over a small library: what they retrieve, what they answer, and what they heed."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import HashedEncoder

from evals.baselines import NAMES, SHOWN, baseline, naive_chunks
from evals.errors import UnknownSet
from evals.types import System
from index.library import Library
from index.types import Document, Facts, Filters

TEXTS = {
    "水.txt": "关于节水的通知\n居民用水价格为每立方米三元。\n工业用水价格为每立方米五元。\n",
    "电.txt": "关于节电的通知\n居民用电价格为每千瓦时六角。\n高峰时段上浮两成。\n",
    "气.txt": "关于供气的通知\n冬季供气自十一月开始。\n",
}


@pytest.fixture
def stocked(library: Library, tmp_path: Path) -> Library:
    folder = tmp_path / "policies"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    library.add(folder)
    return library


def name_of(library: Library, document_id: str) -> str:
    return Path(library.document(document_id).path).name


@pytest.mark.parametrize("name", NAMES)
def test_each_answers_with_its_best_passage_and_cites_it_exactly(
    name: str, stocked: Library, encoder: HashedEncoder
) -> None:
    system: System = baseline(name, stocked, encoder)
    answer = system.ask("居民用电价格是多少")
    (citation,) = answer.citations
    assert answer.answered
    assert name_of(stocked, citation.document_id) == "电.txt"
    assert answer.text == answer.statements[0].text == citation.quote == answer.hits[0].chunk.text
    assert stocked.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert 0 <= answer.confidence <= 1
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(answer.hits) <= SHOWN


@pytest.mark.parametrize("name", NAMES)
def test_each_stays_within_the_documents_of_the_filter(
    name: str, stocked: Library, encoder: HashedEncoder
) -> None:
    water = next(summary.id for summary in stocked.documents() if summary.path.endswith("水.txt"))
    answer = baseline(name, stocked, encoder).ask("居民用电价格是多少", (), Filters(documents=(water,)))
    assert {hit.chunk.document_id for hit in answer.hits} == {water}
    nothing = baseline(name, stocked, encoder).ask("居民用电价格是多少", (), Filters(documents=("no document",)))
    assert (nothing.answered, nothing.hits, nothing.text) == (False, (), "")


@pytest.mark.parametrize("name", NAMES)
def test_each_finds_nothing_in_an_empty_library(name: str, library: Library, encoder: HashedEncoder) -> None:
    assert not baseline(name, library, encoder).ask("价格").answered


def test_a_naive_passage_has_at_most_500_characters_and_is_where_it_says() -> None:
    text = "".join(f"第{number}句，内容各不相同。" for number in range(200)) + "\n\n" + "尾。" * 100
    document = Document("d", text, Facts(), "d.txt", "")
    chunks = naive_chunks(document)
    assert len(chunks) > 4
    assert all(0 < len(chunk.text) <= 500 for chunk in chunks)
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)


def test_ranks_are_fused_by_their_reciprocals(stocked: Library, encoder: HashedEncoder) -> None:
    # whatever is first in both rankings has 1/61 + 1/61, which is confidence 1
    lexical, dense, fused = (baseline(name, stocked, encoder).ask("冬季供气自十一月开始") for name in NAMES[1:])
    assert lexical.hits[0].chunk == dense.hits[0].chunk == fused.hits[0].chunk
    assert fused.hits[0].score == pytest.approx(2 / 61)
    assert fused.confidence == pytest.approx(1.0)


def test_an_unknown_baseline_is_refused_by_name(library: Library, encoder: HashedEncoder) -> None:
    with pytest.raises(UnknownSet, match="no baseline is called 'best'"):
        baseline("best", library, encoder)
