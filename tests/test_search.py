"""Ranking: filters, fusion, exact references."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from index.errors import InvalidQuestion
from index.lexical import Lexical
from index.search import (
    ARTICLE_BOOST,
    NUMBER_BOOST,
    TITLE_BOOST,
    YEAR_BOOST,
    References,
    Snapshot,
    context,
    passing,
    rank,
    references,
)
from index.store import Summary
from index.types import Facts, Filters
from index.vectors import Vectors

EAST = np.array([1, 0], dtype=np.float32)


def summary(id_: str, **facts: str | date) -> Summary:
    known = Facts(**facts)  # type: ignore[arg-type]
    return Summary(id_, known.title, f"/{id_}", known, 1, 1)


def snapshot(
    texts: list[str],
    vectors: Sequence[Sequence[float]] | None = None,
    documents: list[Summary] | None = None,
    owner: list[int] | None = None,
    periods: list[str] | None = None,
) -> Snapshot:
    """One chunk a document unless ``owner`` says otherwise; all vectors alike unless given."""
    count = len(texts)
    return Snapshot(
        stamp="",
        ids=np.arange(count) + 10,
        owner=np.array(owner or range(count), dtype=np.int64),
        periods=np.array(periods or [""] * count, dtype=np.str_),
        documents=tuple(documents or [summary(str(place)) for place in range(count)]),
        lexical=Lexical.build(texts),
        vectors=Vectors.build(np.array(vectors or [[1, 0]] * count)),
    )


def rows(found: tuple[tuple[int, float, float, float], ...]) -> list[int]:
    return [scored[0] for scored in found]


def test_the_scores_are_standardised_and_summed() -> None:
    # 甲 stands in rows 0 and 1, once in rows of equal length: BM25 w, w, 0, 0 with some w > 0; mean and
    # deviation are w/2, so they become 1, 1, -1, -1. Cosines .6, 0, .6, 0 become 1, -1, 1, -1. With weights
    # 2 and 1 the sums are 3, 1, -1, -3; each is the best of its document and so gains half of itself.
    snap = snapshot(["甲一", "甲二", "乙三", "乙四"], [[0.6, 0.8], [0, 1], [0.6, 0.8], [0, 1]])
    found = rank(snap, "甲", EAST, 4, lexical_weight=2.0, dense_weight=1.0)
    assert rows(found) == [0, 1, 2, 3]
    assert [scored.score for scored in found] == pytest.approx([4.5, 1.5, -1.5, -4.5], abs=1e-5)
    assert [scored.dense for scored in found] == pytest.approx([0.6, 0, 0.6, 0], abs=1e-6)
    assert found[0].lexical == found[1].lexical > 0 == found[2].lexical


def test_a_chunk_shares_in_the_score_of_the_best_of_its_document() -> None:
    # Cosines 1, 0, .2: mean .4, deviation √(.56 / 3) = .432; standardised 1.389, -.926, -.463. Rows 0 and 1 are
    # of one document: 1.389 · 1.5 = 2.083, -.926 + .5 · 1.389 = -.232; row 2: -.463 · 1.5 = -.694.
    snap = snapshot(
        ["一", "二", "三"],
        [[1, 0], [0, 1], [0.2, 0.96**0.5]],
        [summary("a"), summary("b")],
        owner=[0, 0, 1],
    )
    found = rank(snap, "甲", EAST, 3, dense_weight=1.0)
    assert rows(found) == [0, 1, 2]
    assert [scored.score for scored in found] == pytest.approx([2.083, -0.232, -0.694], abs=2e-3)


def test_equals_keep_the_order_of_the_library() -> None:
    assert rows(rank(snapshot(["甲"] * 5), "甲", EAST, 3)) == [0, 1, 2]


def test_a_filter_cuts_before_ranking() -> None:
    # 300 better chunks of another issuer: more than both halves' candidates together.
    documents = [summary("a", issuer="水利部"), summary("b", issuer="生态环境部")]
    snap = snapshot(
        ["碳达峰"] * 300 + ["旅游"],
        [[1, 0]] * 300 + [[-1, 0]],
        documents,
        owner=[0] * 300 + [1],
    )
    assert rows(rank(snap, "碳达峰", EAST, 5, Filters(issuer="生态环境部"))) == [300]


def test_a_filter_that_lets_nothing_through_finds_nothing() -> None:
    assert rank(snapshot(["甲"]), "甲", EAST, 5, Filters(issuer="水利部")) == ()


def test_an_empty_library_finds_nothing() -> None:
    assert rank(snapshot([], [[]]), "甲", EAST, 5) == ()


DOCUMENTS = [
    summary(
        "a",
        issuer="生态环境部、水利部",
        number="环办〔2021〕3号",
        date=date(2021, 5, 1),
        status="现行",
        region="广东",
    ),
    summary("b", issuer="水利部", date=date(2020, 1, 1), status="已废止"),
    summary("c"),
]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), "abc"),
        (Filters(issuer="水利部"), "ab"),
        (Filters(issuer="水利廳"), ""),
        (Filters(issuer="生態環境部"), "a"),
        (Filters(number="环办[2021]3号"), "a"),
        (Filters(number="环办（2021） 3 号"), "a"),
        (Filters(number="环办〔2021〕"), ""),
        (Filters(region="广东"), "a"),
        (Filters(status="已废止"), "b"),
        (Filters(status="废止"), ""),
        (Filters(since="2020-01-01"), "ab"),
        (Filters(since="2020-01-02"), "a"),
        (Filters(until="2020-01-01"), "b"),
        (Filters(since="2020-01-01", until="2021-04-30"), "b"),
        (Filters(documents=("c", "a")), "ac"),
        (Filters(documents=("a",), status="已废止"), ""),
    ],
)
def test_filters_let_through_what_they_say(filters: Filters, expected: str) -> None:
    passes = passing(filters, DOCUMENTS)
    assert "".join(document.id for document, open_ in zip(DOCUMENTS, passes, strict=True) if open_) == expected


def test_a_date_that_is_none_is_named() -> None:
    with pytest.raises(InvalidQuestion, match="'2021' is not a date"):
        passing(Filters(since="2021"), DOCUMENTS)


def test_references_are_read_in_any_writing() -> None:
    query = "《中华人民共和国水法（2016修正）》第２０条、第三十一条之一，2021年和20215"
    assert references(query) == References(("水法",), ("第二十条", "第三十一条之一"), ("2021",))
    assert references("水法") == References((), (), ())


def test_a_title_within_a_title_stays() -> None:
    assert references("《关于修改〈水法〉的决定》").titles == ("关于修改〈水法〉的决定",)


def test_a_title_in_brackets_decides_among_equals() -> None:
    documents = [
        summary("a", title="水法释义"),
        summary("b", title="土壤法"),
        summary("c", title="中华人民共和国水法"),
    ]
    found = rank(snapshot(["罚款"] * 3, documents=documents), "《水法》罚款多少", EAST, 3)
    assert [(scored.row, scored.score) for scored in found] == [(2, TITLE_BOOST), (0, TITLE_BOOST / 2), (1, 0)]


def test_a_long_title_is_recognised_without_brackets_and_a_short_one_is_not() -> None:
    documents = [summary("a", title="水法"), summary("b", title="大气污染防治法")]
    found = rank(snapshot(["罚款"] * 2, documents=documents), "大气污染防治法和水法的罚款", EAST, 2)
    assert [(scored.row, scored.score) for scored in found] == [(1, TITLE_BOOST), (0, 0)]


def test_a_number_is_found_whatever_its_brackets() -> None:
    documents = [summary("a", number="国发〔2021〕22号"), summary("b", number="国发〔2021〕23号")]
    found = rank(snapshot(["目标"] * 2, documents=documents), "国发[2021]23号的目标", EAST, 2)
    assert [(scored.row, scored.score) for scored in found] == [(1, NUMBER_BOOST), (0, 0)]


@pytest.mark.parametrize(
    ("query", "boost"),
    [
        ("GB 8978 一级标准", NUMBER_BOOST),
        ("gb8978—1996的限值", NUMBER_BOOST),
        ("GB 89781 一级标准", 0),
        ("GB 8978-2030 一级标准", 0),  # another edition
        ("GB/T 8978 一级标准", 0),
    ],
)
def test_a_standard_may_be_named_without_the_year_of_its_edition(query: str, boost: float) -> None:
    found = rank(snapshot(["限值"], documents=[summary("a", number="GB 8978-1996")]), query, EAST, 1)
    assert [scored.score for scored in found] == [boost]


def test_an_article_counts_in_the_law_that_is_named() -> None:
    documents = [summary("a", title="土壤法"), summary("b", title="水法")]
    snap = snapshot(["罚款"] * 4, documents=documents, owner=[0, 0, 1, 1])
    found = rank(snap, "《水法》第五条", EAST, 4, articles=np.array([1, 3]))
    assert [(scored.row, scored.score) for scored in found] == [
        (3, TITLE_BOOST + ARTICLE_BOOST),
        (2, TITLE_BOOST),
        (0, 0),
        (1, 0),
    ]


def test_an_article_without_a_law_counts_only_where_there_is_one_law() -> None:
    snap = snapshot(["罚款"] * 4, documents=[summary("a"), summary("b")], owner=[0, 0, 1, 1])
    assert rank(snap, "第五条", EAST, 1, articles=np.array([1, 3]))[0].score == 0
    assert rank(snap, "第五条", EAST, 1, articles=np.array([1]))[0][:2] == (1, ARTICLE_BOOST)
    assert rank(snap, "第五条", EAST, 1, Filters(documents=("b",)), np.array([1, 3]))[0][:2] == (
        3,
        ARTICLE_BOOST,
    )


def test_the_year_of_the_section_decides_among_equals() -> None:
    snap = snapshot(["任务"] * 3, periods=["2020", "2021", ""])
    found = rank(snap, "2021年任务", EAST, 3)
    assert [(scored.row, scored.score) for scored in found] == [(1, YEAR_BOOST), (0, 0), (2, 0)]


def test_the_context_joins_title_and_heading() -> None:
    assert context("水法", "第一章 › 第一条") == "水法 › 第一章 › 第一条"
    assert context("", "第一章") == "第一章"
    assert context("", "") == ""
