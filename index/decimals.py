"""The numbered headings of standards: 1 范围, 4.1.2 …, A.1 …, at the starts of lines.

Where a number has its line to itself, the next line is its title. A number is believed where it carries on the
numbering: 4.1.2 after 4.1.1, 4.2 after 4.1.9, 5 after 4.9. A bare number must moreover have parts (5.1) of its own,
or be one of the headings that standards share, for the rows of tables begin with bare numbers, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

TITLE = 40  # characters, English names aside, of the longest line that is a heading and nothing else
SKIPPED = 2  # numbers that may be missing, as where a page could not be read

_DECIMAL = re.compile(r"(\d{1,2}|[A-H](?=\.))((?:\s?\.\s?\d{1,2}){0,4})(?![\d.．%])(\s*)(?=\S)")
_ENGLISH = re.compile(r"(?<=[^\x00-\xff])\s[A-Za-z][A-Za-z ,’'\-]*")  # the English name after a term's Chinese one
_NO_HEADING = re.compile(r"[的条款项中和与或及、，,。；至～~级%％)）]|[-—–]\s?\d|万|亿|倍|年\b|月|日")
_SHARED = re.compile(
    "(?:适用)?范围|(?:规范性)?引用(?:文件|标准)|术语|定义|总则|标准的?实施|实施与监督|标准实施|监测|技术内容|排放控制|采样"
)


class Decimal(NamedTuple):
    """A numbered heading: where it starts, where its title, or else its label, ends, its numbers and its label.

    ``title`` tells whether it is a heading and nothing else; the words of other numbers are their section's text.
    """

    start: int
    after: int
    numbers: tuple[int, ...]
    label: str
    title: bool


def decimals(text: str, begins: Mapping[int, int]) -> list[Decimal]:
    """The believed headings in the order of the text; ``begins`` has the lines' first characters as keys.

    Of several numberings from 1 on (a table of contents, then the text) the last that reaches furthest is taken, with
    those of the annexes (A.1) after it. A text without a heading 1 and a heading of two numbers has none.
    """
    candidates = [found for at in begins if (found := _candidate(text, at, begins[at]))]
    plain = [one for one in candidates if one.numbers[0] < _LETTERS]
    shared = _believed_parts(text, plain)
    best: list[Decimal] = []
    run: list[Decimal] = []
    for one in plain:
        if len(one.numbers) == 1 and one.start not in shared:
            continue
        if one.numbers == (1,):
            best = max(best, run, key=_reach)
            run = [one]
        elif run and _follows(run[-1].numbers, one.numbers):
            run.append(one)
    best = max(run, best, key=_reach)
    if not best or not any(len(one.numbers) > 1 for one in best):
        return []
    return best + _annexes(candidates, best[-1].start)


_LETTERS = 100  # the number of the letter A


def _candidate(text: str, at: int, start: int) -> Decimal | None:
    match = _DECIMAL.match(text, at)
    if match is None:
        return None
    first, rest, space = match.groups()
    numbers: tuple[int, ...] = (int(first) if first.isdecimal() else _LETTERS + ord(first) - ord("A"),)
    numbers += tuple(int(part) for part in rest.split(".")[1:])
    bare, below = len(numbers) == 1, space.count("\n")
    line_end = _line_end(text, match.end())
    line = text[match.end() : min(match.end() + 200, line_end)].strip()
    title = len(_ENGLISH.sub("", line)) <= TITLE and line[-1:] not in tuple("。；，：;,:")
    if not line or _NO_HEADING.match(line) or 0 in numbers or below > 1 or (below and not title):
        return None
    if bare and (not space or below or not title or line[0].isdigit()):
        return None
    if not space and line[0].isascii():
        return None
    end = match.end() - len(space)
    return Decimal(start, line_end if title else end, numbers, "".join(text[at:end].split()), title)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _believed_parts(text: str, plain: list[Decimal]) -> set[int]:
    """Where the bare numbers stand that have parts of their own next, or a heading that standards share."""
    found: set[int] = set()
    following = 0
    for one in reversed(plain):
        if len(one.numbers) > 1:
            following = one.numbers[0]
            continue
        line = text[one.start : one.after].strip().removeprefix(one.label).strip()
        if following == one.numbers[0] or _SHARED.match(line):
            found.add(one.start)
            following = 0
    return found


def _follows(last: tuple[int, ...], numbers: tuple[int, ...]) -> bool:
    """Whether ``numbers`` may come after ``last``: its first part, or the next, or nearly, at some depth."""
    depth = len(numbers) - 1
    if depth >= len(last):
        return depth == len(last) and numbers[:-1] == last and numbers[-1] <= SKIPPED
    return numbers[:depth] == last[:depth] and 0 < numbers[depth] - last[depth] <= SKIPPED


def _annexes(candidates: list[Decimal], after: int) -> list[Decimal]:
    found: list[Decimal] = []
    last: tuple[int, ...] = (_LETTERS - 1, 1)
    for one in candidates:
        if one.start <= after or one.numbers[0] < _LETTERS or len(one.numbers) < 2:
            continue
        first = one.numbers[0] > last[0] and one.numbers[1:] == (1,)
        if first or _follows(last, one.numbers):
            found.append(one)
            last = one.numbers
    return found


def _reach(run: list[Decimal]) -> int:
    return run[-1].start - run[0].start if run else 0
