"""A model's text, sentence by sentence as it comes, each with the numbers of the evidence that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_MARKER = r"(?:\[\s*\d{1,2}(?:\s*[,，、]\s*\d{1,2})*\s*\]|【\s*\d{1,2}\s*】)(?!\s*第?\d+号)"
_MARKERS = re.compile(_MARKER)
_END = re.compile(rf"[。！？!?]+[”』」）)]*(?:\s*{_MARKER}[。]?)*|(?:{_MARKER}\s*)+(?=\n)|\n")
_BULLET = re.compile(r"^(?:[-*•·]\s+|\d{1,2}[.、．]\s*(?!\d)|[（(]\d{1,2}[）)]\s*|#+\s+)+")
_BOLD = re.compile(r"\*\*|__|`")
_OPENING = re.compile(r"^(?:是的?|对的?|不是|可以|不可以|不能|能|有|没有|需要|不需要)[，,。！]")
_POLITE = re.compile(
    r"^(?:根据(?:以上|上述|提供的)?(?:原文|资料|内容)[^。：:，,]{0,12}|答案?|回答|综上(?:所述)?|总之|以下是[^。]*|具体如下)[：:，,]?\s*"
)


class Written(NamedTuple):
    """A sentence of a model without its markers, the numbers that it names, and whether it begins a line."""

    text: str
    markers: tuple[int, ...]
    line: bool


def sentences(pieces: Iterable[str]) -> Iterator[Written]:
    """The sentences of a text that comes in pieces, each as soon as it is known to have ended.

    List marks, emphasis and phrases that say nothing (是的，根据以上原文，) are left out, and what has no letter or digit.
    """
    held, line = "", True
    for piece in pieces:
        held += piece
        while (end := _ended(held)) is not None:
            yield from _written(held[:end], line)
            line = held[:end].endswith("\n") or (line and not held[:end].strip())
            held = held[end:]
    yield from _written(held, line)


def _ended(held: str) -> int | None:
    """Where the first sentence ends, ``None`` while a marker may still follow it."""
    match = _END.search(held)
    if match is None:
        return None
    after = held[match.end() :]
    if (
        match[0] != "\n"
        and (not after.strip(" ") or re.match(r"\s*[\[【”』」）)]", after))
        and "\n" not in after[:1]
    ):
        whole = re.match(rf"\s*{_MARKER}", after)
        unfinished = not after.strip(" ") or (len(after) < 12 and not re.search(r"[\]】]", after))
        if whole is None and unfinished:
            return None
    return match.end()


def _written(text: str, line: bool) -> Iterator[Written]:
    markers = tuple(
        dict.fromkeys(int(number) for match in _MARKERS.finditer(text) for number in re.findall(r"\d+", match[0]))
    )
    bare = _BOLD.sub("", _MARKERS.sub("", text)).strip()
    for pattern in (_BULLET, _POLITE, _OPENING):
        shorter = pattern.sub("", bare).strip()
        bare = shorter if shorter or pattern is not _OPENING else bare
    if any(character.isalnum() for character in bare):
        yield Written(bare, markers, line)
