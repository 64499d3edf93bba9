"""The search as LangChain sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.documents import Document

from assistant.retriever import PolicyRetriever, hit, passage
from index.errors import InvalidQuestion
from index.library import Library
from index.types import Chunk, Filters, Hit, Span

HIT = Hit(
    chunk=Chunk("d1", 3, 2, 10, 22, "节约用水。违者处以罚款。", "第一章 总则", (Span(10, 15), Span(15, 22))),
    score=1.5,
    lexical=4.25,
    dense=0.875,
    sentences=(0.5, 0.25),
)


def test_a_hit_becomes_a_document_of_plain_values() -> None:
    assert passage(HIT) == Document(
        id="d1:10-22",
        page_content="节约用水。违者处以罚款。",
        metadata={
            "document_id": "d1",
            "number": 3,
            "section": 2,
            "start": 10,
            "end": 22,
            "heading": "第一章 总则",
            "sentences": [[10, 15], [15, 22]],
            "score": 1.5,
            "lexical": 4.25,
            "dense": 0.875,
            "similarities": [0.5, 0.25],
        },
    )


def test_a_hit_comes_back_from_its_document_even_through_json() -> None:
    assert hit(passage(HIT)) == HIT
    assert hit(Document.model_validate_json(passage(HIT).model_dump_json())) == HIT


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    for number, issuer in enumerate(("水利部", "财政部")):
        path = tmp_path / f"{number}.txt"
        path.write_text(
            f"第{number}号办法\n第一条 各单位应当节约用水。\n第二条 违者处以罚款。\n", encoding="utf-8"
        )
        path.with_name(f"{number}.txt.meta.toml").write_text(f"issuer = '{issuer}'\n", encoding="utf-8")
    library.add(tmp_path / "0.txt", tmp_path / "1.txt")
    return library


def test_it_finds_what_the_library_finds_in_its_order(filled: Library) -> None:
    found = PolicyRetriever(library=filled, k=3).invoke("节约用水")
    assert tuple(map(hit, found)) == filled.search("节约用水", 3)
    for document in found:
        text = filled.document(document.metadata["document_id"]).text
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_k_and_filters_are_its_own_or_given_with_the_call(filled: Library) -> None:
    water = Filters(issuer="水利部")
    owners = {one.id: one.facts.issuer for one in filled.documents()}

    def issuers(found: list[Document]) -> set[str]:
        return {owners[document.metadata["document_id"]] for document in found}

    retriever = PolicyRetriever(library=filled, filters=water)
    assert issuers(retriever.invoke("节约用水")) == {"水利部"}
    assert issuers(retriever.invoke("节约用水", filters=Filters(issuer="财政部"))) == {"财政部"}
    assert issuers(PolicyRetriever(library=filled).invoke("节约用水")) == {"水利部", "财政部"}
    assert len(retriever.invoke("节约用水", k=1)) == 1


def test_many_queries_are_searched_at_once_and_in_order(filled: Library) -> None:
    retriever = PolicyRetriever(library=filled, k=1)
    first, second = retriever.batch(["第0号办法", "第1号办法"])
    assert [first, second] == [retriever.invoke("第0号办法"), retriever.invoke("第1号办法")]


def test_a_query_without_a_letter_is_refused(filled: Library) -> None:
    with pytest.raises(InvalidQuestion):
        PolicyRetriever(library=filled).invoke("？！")
