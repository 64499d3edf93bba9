"""Which documents filters let through, and the places that a region holds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from index.lexical import Lexical
from index.regions import named, places, within
from index.search import NUMBER_BOOST, OUTDATED_PENALTY, TITLE_BOOST, YEAR_BOOST, Snapshot, passing, rank
from index.store import Summary
from index.types import Facts, Filters
from index.vectors import Vectors

DOCUMENTS = [
    Facts(title="a", region="湖北省", level="省", kind="办法", status="现行"),
    Facts(title="b", region="武汉市", level="市", kind="实施办法", status="已修改"),
    Facts(title="c", region="湖南省", level="省", kind="通知", status="失效"),
    Facts(title="d", region="江夏区", level="县", status="已废止"),
    Facts(title="e", region="广东省、武汉市", level="部委", kind="办法"),
]
EAST = np.array([1, 0], dtype=np.float32)


def summaries(documents: list[Facts]) -> list[Summary]:
    return [Summary(str(place), facts.title, "", facts, 1, 1) for place, facts in enumerate(documents)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(region="湖北"), "abe"),
        (Filters(region="湖北省"), "abe"),
        (Filters(region="武汉"), "be"),
        (Filters(region="武汉市"), "be"),
        (Filters(region="江夏"), "d"),
        (Filters(region="广东"), "e"),
        (Filters(region="上海"), ""),
        (Filters(level="省"), "ac"),
        (Filters(kind="办法"), "ae"),
        (Filters(status="现行"), "ae"),
        (Filters(status="失效"), "c"),
        (Filters(status="已废止"), "d"),
        (Filters(status="已修改", region="湖北"), "b"),
    ],
)
def test_filters_let_through_what_they_say(filters: Filters, expected: str) -> None:
    passes = passing(filters, summaries(DOCUMENTS))
    assert "".join(facts.title for facts, open_ in zip(DOCUMENTS, passes, strict=True) if open_) == expected


def test_the_table_of_places_knows_every_city_s_province() -> None:
    assert places()["武汉"] == places()["武汉市"]
    assert places()["武汉"].province == "湖北"
    assert all(place.province in places() for place in places().values())
    assert places()["湖北"].is_province
    assert not places()["武汉"].is_province


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("湖北省武汉市人民政府关于节水的意见", ["武汉市"]),
        ("广东省与上海市的合作", ["广东省", "上海市"]),
        ("北京时间与上海合作组织", []),
        ("", []),
    ],
)
def test_the_places_that_a_text_names(text: str, expected: list[str]) -> None:
    assert [place.full for place in named(text)] == expected


def test_a_city_lies_in_its_province_and_not_the_other_way_round() -> None:
    assert within("武汉市", "湖北")
    assert not within("湖北省", "武汉")
    assert within("江夏区", "江夏")
    assert not within("", "湖北")


def ranked(query: str, *documents: Facts) -> list[tuple[int, float]]:
    count = len(documents)
    snapshot = Snapshot(
        stamp="",
        ids=np.arange(count),
        owner=np.arange(count),
        periods=np.array([""] * count, dtype=np.str_),
        documents=tuple(summaries(list(documents))),
        lexical=Lexical.build(["罚款"] * count),
        vectors=Vectors.build(np.array([[1, 0]] * count)),
    )
    return [(scored.row, scored.score) for scored in rank(snapshot, query, EAST, count)]


def test_of_equals_the_document_in_force_comes_first() -> None:
    # equal words and equal vectors: every standardised score is 0, so what remains is the penalty
    old = Facts(title="甲", status="已修改", date=date(2018, 10, 26))
    new = Facts(title="乙", date=date(2022, 12, 30))
    unknown = Facts(title="丙")
    assert ranked("罚款", old, new, unknown) == [(1, 0), (2, 0), (0, -OUTDATED_PENALTY)]


def test_a_query_that_names_the_year_of_an_old_version_means_it() -> None:
    old = Facts(title="甲", status="已修改", date=date(2018, 10, 26))
    new = Facts(title="乙", date=date(2022, 12, 30))
    assert ranked("2018年的罚款", old, new) == [(0, 0), (1, 0)]


def test_a_query_that_names_an_outdated_document_means_it() -> None:
    old = Facts(title="用水条例", number="云政〔2010〕1号", status="已废止")
    new = Facts(title="节约用水条例")
    assert ranked("《用水条例》的罚款", old, new)[0] == (0, TITLE_BOOST)
    assert ranked("云政[2010]1号的罚款", old, new)[0] == (0, NUMBER_BOOST)
    same = Facts(title="用水条例")
    assert [row for row, _ in ranked("《用水条例》的罚款", old, same)] == [1, 0]


def test_the_year_decides_between_the_versions_of_a_law_that_is_named() -> None:
    old = Facts(title="野生动物保护法", status="已修改", date=date(2018, 10, 26))
    new = Facts(title="野生动物保护法", date=date(2022, 12, 30))
    assert ranked("2018年野生动物保护法的罚款", new, old) == [(1, TITLE_BOOST + YEAR_BOOST), (0, TITLE_BOOST)]
