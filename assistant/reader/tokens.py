"""A question and a window of text as the tokens that the reader sees, with their places in the window."""

from __future__ import annotations

from typing import NamedTuple

from tokenizers import Tokenizer

MOST = 352
"""Tokens that the reader sees of a question, what stands above the window, and the window."""
QUESTION = 64
ABOVE = 48
"""Tokens kept of the question, from its beginning, and of what stands above the window, from its end."""
PROMPT = "query: "
"""What stands before the question: the encoder's own prompt for queries."""


class Encoded(NamedTuple):
    """Token ids: <s> question </s> above </s> window </s>.

    ``places`` are the ranges of the window's tokens in its characters, the first of them the token ``first``.
    """

    ids: list[int]
    first: int
    places: list[tuple[int, int]]


def encode(tokenizer: Tokenizer, question: str, above: str, window: str) -> Encoded:
    """The tokens of ``question`` and ``window``, under what stands ``above`` it; the window's end may be cut off."""
    begin, end = tokenizer.encode("").ids  # <s> and </s>
    asked, context, text = (
        tokenizer.encode(_whole(each), add_special_tokens=False) for each in (PROMPT + question, above, window)
    )
    ids = [begin, *asked.ids[:QUESTION], end, *context.ids[-ABOVE:], end]
    room = MOST - len(ids) - 1
    places = [_inside(start, stop, window) for start, stop in text.offsets[:room]]
    return Encoded([*ids, *text.ids[:room], end], len(ids), places)


def _whole(text: str) -> str:
    """``text`` without halves of surrogate pairs, which cannot be written as UTF-8; "?" keeps every place."""
    return text.encode("utf-8", "replace").decode()


def _inside(start: int, stop: int, window: str) -> tuple[int, int]:
    """The range without the white space that belongs to a token before its characters."""
    while start < stop - 1 and window[start].isspace():
        start += 1
    return start, stop
