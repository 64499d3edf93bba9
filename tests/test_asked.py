"""What the chain is asked: plain values and objects alike, and a Chinese line for everything else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.asked import Asked, asked
from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.types import Turn
from index.errors import InvalidQuestion
from index.library import Library
from index.types import Filters

TURN = Turn("问", "答")


@pytest.mark.parametrize(
    "given",
    [
        Asked("问", (TURN,), Filters(issuer="水务局", documents=("甲",))),
        {
            "question": "问",
            "history": [{"question": "问", "answer": "答"}],
            "filters": {"issuer": "水务局", "documents": ["甲"]},
            "session": "what other parts of a chain know is let through",
        },
        {"question": "问", "history": (TURN,), "filters": Filters("水务局", documents=("甲",))},
        {"question": "问", "history": [TURN], "filters": {"issuer": "水务局", "documents": {"甲"}}},
    ],
    ids=["Asked", "plain values", "objects", "a mixture"],
)
def test_plain_values_and_objects_ask_the_same(given: Any) -> None:
    assert asked(given) == Asked("问", (TURN,), Filters(issuer="水务局", documents=("甲",)))


@pytest.mark.parametrize("given", ["问", {"question": "问"}, {"question": "问", "history": None, "filters": None}])
def test_history_and_filters_may_be_left_out(given: Any) -> None:
    assert asked(given) == Asked("问")


@pytest.mark.parametrize(
    ("given", "chinese"),
    [
        ({"q": "问"}, "缺少 question，只有 'q'；请写成 {'question': …}，另可加 history 和 filters"),
        ({}, "缺少 question，什么也没有；请写成 {'question': …}，另可加 history 和 filters"),
        (5, "问题应是文字，或含 question 的映射，而不是 int；请写出想问的话"),
        (None, "问题应是文字，或含 question 的映射，而不是 NoneType；请写出想问的话"),
        ({"question": b"\xe9"}, "问题应是文字，或含 question 的映射，而不是 bytes；请写出想问的话"),
        (Asked(["问"]), "问题应是文字，或含 question 的映射，而不是 list；请写出想问的话"),  # type: ignore[arg-type]
        (
            {"question": "问", "history": "以前"},
            "history 应是此前各轮问答的列表，而不是 str；请写成 [{'question': …, 'answer': …}, …]",
        ),
        (
            {"question": "问", "history": {"question": "问", "answer": "答"}},
            "history 应是此前各轮问答的列表，而不是 dict；请写成 [{'question': …, 'answer': …}, …]",
        ),
        *(
            (
                {"question": "问", "history": [TURN, turn]},
                "history 的第 2 轮不是一问一答；请给出 Turn，或 {'question': …, 'answer': …}，两者都应是文字",
            )
            for turn in ("问", ("问", "答"), {"question": "问"}, {"q": "问"}, Turn("问", None), 5)  # type: ignore[arg-type]
        ),
        (
            {"question": "问", "filters": {"isuer": "水务局"}},
            "没有名为 'isuer' 的限定条件；可用的有："
            "issuer、number、region、status、since、until、documents、level、kind",
        ),
        (
            {"question": "问", "filters": "水务局"},
            "filters 应是 Filters 或其各项的映射，而不是 str；例如 {'issuer': '生态环境部'}",
        ),
        (
            {"question": "问", "filters": {"since": date(2021, 1, 1)}},
            "限定条件“since”应是文字，而不是 date；日期写成 '2021-01-31' 的形式",
        ),
        (
            {"question": "问", "filters": Filters(level=None)},  # type: ignore[arg-type]
            "限定条件“level”应是文字，而不是 NoneType；日期写成 '2021-01-31' 的形式",
        ),
        *(
            (
                {"question": "问", "filters": {"documents": ids}},
                f"限定条件“documents”应是文件编号的列表，而不是 {kind}；编号可用 policyqa documents 查看",
            )
            for ids, kind in (("甲乙", "str"), ([1], "list"), (None, "NoneType"))
        ),
    ],
)
def test_what_is_no_question_is_refused_with_what_is_wrong(given: Any, chinese: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        asked(given)
    assert caught.value.chinese == chinese


def test_the_chain_refuses_it_before_anything_is_searched(library: Library) -> None:
    chain = Assistant(library, Settings(reader="none")).chain
    for given in ({"q": "问"}, 5, {"question": "问", "history": [5]}, {"question": "问", "filters": {"x": "y"}}):
        with pytest.raises(InvalidQuestion):
            chain.invoke(given)
    with pytest.raises(InvalidQuestion):
        list(chain.stream({"q": "问"}))
    (error,) = chain.batch([{"q": "问"}], return_exceptions=True)
    assert isinstance(error, InvalidQuestion)
