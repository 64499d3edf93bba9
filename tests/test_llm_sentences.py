"""A model's text in sentences: where they end, what they name, and what is left out, however it comes in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.sentences import Written, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲是一。[1]乙是二。[2]", [("甲是一。", (1,)), ("乙是二。", (2,))]),
        ("甲是一[1]。乙是二[2][3]。", [("甲是一。", (1,)), ("乙是二。", (2, 3))]),
        ("甲是一。[1, 2]", [("甲是一。", (1, 2))]),
        ("甲是一。【2】\n乙是二", [("甲是一。", (2,)), ("乙是二", ())]),
        ("1. 甲是一[1]\n2. 乙是二[2]\n", [("甲是一", (1,)), ("乙是二", (2,))]),
        ("- **甲**是一。[1]", [("甲是一。", (1,))]),
        ("依据国发[2021]4号和国发[21]4号，甲是一。[1]", [("依据国发[2021]4号和国发[21]4号，甲是一。", (1,))]),
        ("是的，甲是一。[1]", [("甲是一。", (1,))]),
        ("根据以上原文：甲是一。[1]", [("甲是一。", (1,))]),
        ("他说：“好。”然后走了。[1]", [("他说：“好。”", ()), ("然后走了。", (1,))]),
        ("增长1.5%。[1]", [("增长1.5%。", (1,))]),
        ("2025年达到40%。[1]", [("2025年达到40%。", (1,))]),
        ("。。。\n\n[1]\n", []),
        ("", []),
    ],
)
def test_sentences_end_and_name_their_evidence(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(one.text, one.markers) for one in sentences([text])] == expected


def test_lines_are_told_from_sentences_within_one() -> None:
    found = [(one.text, one.line) for one in sentences(["甲。乙。\n丙。\n\n丁。"])]
    assert found == [("甲。", True), ("乙。", False), ("丙。", True), ("丁。", True)]


@given(st.integers(1, 7))
def test_it_does_not_matter_in_which_pieces_a_text_comes(size: int) -> None:
    text = "甲是一。[1]乙是二[2]。\n1. 丙是三。 [3][4]\n“丁。”[12]戊"
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    assert list(sentences(pieces)) == list(sentences([text]))


def test_a_sentence_comes_as_soon_as_it_has_ended() -> None:
    def pieces() -> list[str]:
        return ["甲是一。[1]", "乙是二。[2]", "丙是三。"]

    taken: list[str] = []

    def watched() -> object:
        for piece in pieces():
            taken.append(piece)
            yield piece

    found = sentences(watched())  # type: ignore[arg-type]
    assert next(found) == Written("甲是一。", (1,), True)
    assert len(taken) == 2


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_text_has_sentences(pieces: list[str]) -> None:
    for one in sentences(pieces):
        assert one.text.strip() == one.text != ""
