"""Questions from JSON lines: what is read, and that a line that holds none is named and stops nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.batch import Asking, read
from assistant.types import Turn
from index.types import Filters


def test_a_line_is_a_question_with_its_history_and_filters() -> None:
    line = {
        "question": "2020年呢",
        "history": [{"question": "2021年任务有哪些", "answer": "一是…", "liked": True}],
        "filters": {"issuer": "生态环境部", "since": "2021-01-01", "documents": ["a", "b"], "level": "省"},
        "id": 7,
    }
    assert list(read([json.dumps(line).encode()])) == [
        Asking(
            "2020年呢",
            (Turn("2021年任务有哪些", "一是…"),),
            Filters(issuer="生态环境部", since="2021-01-01", documents=("a", "b"), level="省"),
        )
    ]


def test_what_is_left_out_or_null_is_empty_and_blank_lines_are_none() -> None:
    lines = [b'\xef\xbb\xbf{"question": "a"}\r\n', b" \n", b'{"question": "b", "history": null, "filters": null}']
    assert list(read(lines)) == [Asking("a"), Asking("b")]


@pytest.mark.parametrize(
    ("line", "question", "reason"),
    [
        (b"{", "", "Expecting property name"),
        (b"[" * 100_000, "", "recursion"),
        (b'"text"', "", "valid dictionary"),
        (b'{"query": "a"}', "", "question: Field required"),
        (b'{"question": 5}', "", "question: Input should be a valid string"),
        (b'{"question": "a", "history": "b"}', "a", "history: Input should be a valid list"),
        (b'{"question": "a", "history": [{"question": "b"}]}', "a", "history.0.answer: Field required"),
        (b'{"question": "a", "filters": {"isuer": "b"}}', "a", "filters.isuer: Extra inputs"),
        (b'{"question": "a", "filters": {"documents": "b"}}', "a", "filters.documents: Input should be"),
        ("{'question': '任务'}".encode("gb18030"), "", "utf-8"),
        ('{"question": "任务"}'.encode("utf-16"), "", "utf-8"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_a_line_that_holds_no_question_is_named(line: bytes, question: str, reason: str) -> None:
    first, found, last = read([b'{"question": "1"}', line, b'{"question": "3"}'])
    assert (first, last) == (Asking("1"), Asking("3"))
    assert found.question == question
    assert found.error is not None
    assert str(found.error).startswith("line 2 is no question (")
    assert reason in str(found.error)
    assert found.error.chinese.startswith("第 2 行不是一个问题（")


@given(st.text(st.characters(codec=None)), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_any_text_comes_through_unpaired_surrogates_included(question: str, turns: list[tuple[str, str]]) -> None:
    line = {"question": question, "history": [{"question": asked, "answer": said} for asked, said in turns]}
    (found,) = read([json.dumps(line).encode()])
    assert found == Asking(json.loads(json.dumps(question)), tuple(Turn(*turn) for turn in turns))


@given(st.binary(max_size=200))
def test_any_bytes_are_one_question_or_none(line: bytes) -> None:
    assert len(list(read([line]))) <= 1
