"""Where a text has enumerators and headings: 编 章 节 条, 一、 （一） 1. （1） ①, 一是, 1.2.3, 问：, Markdown, 附件.

Enumerators are looked for wherever a sentence may begin, at a line's start as well as inside a line, and are
believed only as part of a sequence that starts at one and goes on: a cross reference ("依照本法第二十条"), a
number ("1.5%") or a year is none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.decimals import decimals
from index.numerals import value
from index.rows import masked

ITEM = 5  # the rank of 一、, below 编 章 节 条
RUNNING = 10  # the rank of 一是 and 第一，, which stand in running text
BARE = 10  # the first part of the rank of what is no Markdown heading
LINE = re.compile(r"^[ \t\u3000]*(?:#{1,6}[ \t]+|[-*+][ \t]+)?(?:\*\*)?(?=\S)", re.MULTILINE)

_TITLE = 40  # characters of the longest line that is a title
_NUMERAL = "一二三四五六七八九十百千零〇两"
_STRUCTURE = re.compile(
    rf"第[ \u3000]?([{_NUMERAL}]{{1,7}}|\d{{1,4}})[ \u3000]?([编編章节節条條])((?:之[{_NUMERAL}]{{1,3}})?)"
    r"(?=(\s|$)?)",
    re.MULTILINE,
)
_RANKS = {"编": 1, "編": 1, "章": 2, "节": 3, "節": 3, "条": 4, "條": 4}
_ARTICLE = 4
_KINDS = {1: "part", 2: "chapter", 3: "division", _ARTICLE: "article"}
_TEN = "[一二三四五六七八九十]{1,3}"
_ENUMERATORS = (
    (5, re.compile(rf"(?<![{_NUMERAL}第\w])({_TEN})、")),
    (6, re.compile(rf"[（(] ?({_TEN}) ?[)）]、?")),
    (7, re.compile(r"(?<![\d.．\w])(\d{1,2})[.．、](?!\d(?!\d{3}年))")),
    (8, re.compile(r"[（(] ?(\d{1,2}) ?[)）]、?")),
    (9, re.compile(r"([①-⑳])")),
    (10, re.compile(rf"(?<![{_NUMERAL}第\w])({_TEN})[是要](?![一二三四五六七八九十])")),
    (10, re.compile(rf"第({_TEN})[，,]")),
)
_CAPTION = re.compile(r"[表图式第][ ]?$")  # before the number of a table in running text: 表 1、表 2
_QUESTION = re.compile(
    r"(?:问|[QＱ]\s?\d{0,3}|[【\[]问[】\]]|问题[一二三四五六七八九十\d]{1,3})\s?[:：](?=\s*\S)|[【\[]问[】\]]"
)
_ANSWER = re.compile(r"(?:答|[AＡ]\s?\d{0,3}|[【\[]答[】\]]|答复)\s?[:：]|[【\[]答[】\]]")
_GROUP = re.compile(rf"^[ \t\u3000]*{_TEN}、[^\n。？?]{{1,{_TITLE}}}\n\s*\Z", re.MULTILINE)  # before a question
_WORDS = re.compile(r"\s*(?:\S\s+\S(?=\s)|\S{1,40})")  # 总　则, or words up to the next white space
_HEADING = re.compile(r"^(#{1,6})[ \t]+(?=\S)", re.MULTILINE)
_ANNEX = re.compile(
    r"^[ \t\u3000]*附[ \u3000]?[件录表][ \u3000]?[一二三四五六七八九十\dA-H]{0,2}[:：]?(?=\s|$)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An enumerator or a heading; ``rank`` orders outline levels, outermost first."""

    start: int
    after: int  # where the label ends
    rank: tuple[int, int]
    kind: str
    label: str
    number: int = 0
    line: bool = False  # whether it begins its line
    title: bool = False  # whether it heads a line that reads like a title, not a sentence
    chain: int = -1  # which sequence of enumerators it belongs to
    end: int = 0
    parent: int = -1  # the index of the mark whose section holds it


def marks(text: str) -> list[Mark]:
    """Every enumerator and heading that is believed, in the order of the text, each with its end and parent.

    What is numbered in the row of a table is neither.
    """
    text = masked(text)
    begins = {match.end(): match.start() for match in LINE.finditer(text)}
    levels = {match.start(): len(match.group(1)) for match in _HEADING.finditer(text)}
    found = _structural(text, begins, levels)
    for match in _ANNEX.finditer(text):
        line_end = _line_end(text, match.end())
        if line_end - match.start() <= _TITLE:
            found.append(Mark(match.start(), line_end, (1, 9), "heading", "", line=True))
    found += _numbered(text, begins)
    asked = _questions(text, begins)
    firm = [mark for mark in asked if mark.rank[1] < ITEM]
    walls = [mark.start for mark in (*found, *firm)]
    found += asked + _sunk(_enumerated(text, begins, levels, walls))
    taken = {mark.start for mark in found}
    tops = [start for start, level in levels.items() if level == 1]
    for start, level in levels.items():
        is_title = tops == [start] and level == 1
        if start not in taken and not is_title:
            after = _line_end(text, start)
            found.append(Mark(start, after, (level, 2), "heading", "", line=True))
    return _nested(sorted(found, key=lambda mark: (mark.start, mark.rank)), len(text))


def _numbered(text: str, begins: dict[int, int]) -> list[Mark]:
    """The headings of a standard by their depth, as far as there are ranks for it above the enumerators'."""
    found: list[Mark] = []
    for one in decimals(text, begins):
        rank = (BARE, min(len(one.numbers), ITEM - 1))
        found.append(Mark(one.start, one.after, rank, "heading" if one.title else "item", one.label, line=True))
    return found


def _questions(text: str, begins: dict[int, int]) -> list[Mark]:
    """Questions that an answer follows; each heads what comes up to the next.

    They rank above 一、, which stands in answers, unless a line 一、… is what comes before a question.
    """
    asked = [
        match for match in _QUESTION.finditer(text) if match.start() in begins or _may_begin(text, match.start())
    ]
    answered = [match.start() for match in _ANSWER.finditer(text) if _may_begin(text, match.start())]
    rank = (
        BARE,
        ITEM + 1
        if any(_GROUP.search(text, max(0, match.start() - 2 * _TITLE), match.start()) for match in asked)
        else ITEM - 1,
    )
    found: list[Mark] = []
    for place, match in enumerate(asked):
        limit = asked[place + 1].start() if place + 1 < len(asked) else len(text)
        index = bisect_right(answered, match.start())
        if index < len(answered) and answered[index] < limit:
            start = begins.get(match.start(), match.start())
            label = match.group().rstrip(":： ").strip()
            line = match.start() in begins
            found.append(Mark(start, answered[index], rank, "heading", label, line=line))
    return found


def _enumerated(text: str, begins: dict[int, int], levels: dict[int, int], sections: Sequence[int]) -> list[Mark]:
    """The enumerators of every kind; no sequence goes past one of the ``sections`` or a plain heading.

    The numbers of （一） and 1. may go on from one 一、 to the next, those of the lower kinds may not.
    """
    enumerated: list[Mark] = []
    candidates = {pattern: _candidates(text, pattern, rank, begins, levels) for rank, pattern in _ENUMERATORS}
    labelled = {mark.start for marks in candidates.values() for mark in marks}
    firm = [*sections, *(start for start in levels if start not in labelled)]
    for rank, pattern in _ENUMERATORS:
        above = [mark.start for mark in enumerated if mark.rank[1] < min(rank, 8)] if rank > 7 else []
        enumerated += _chained(candidates[pattern], sorted({*firm, *above}), len(enumerated))
    return enumerated


def by_chain(marks: Sequence[Mark]) -> dict[int, list[int]]:
    """The indices of the marks of each sequence of enumerators."""
    chains: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.chain >= 0:
            chains.setdefault(mark.chain, []).append(index)
    return chains


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _structural(text: str, begins: dict[int, int], levels: dict[int, int]) -> list[Mark]:
    """编 章 节 条, without those of a table of contents and without cross references."""
    found: list[Mark] = []
    last = dict.fromkeys(_KINDS, 0)
    matches = list(_STRUCTURE.finditer(text))
    spaced = any(match.start() in begins and match.group(4) is not None for match in matches)
    for match in matches:
        at, after = match.span()
        unit, number = _RANKS[match.group(2)], value(match.group(1)) or 0
        follows = match.group(4) is not None  # white space or the line's end
        line = at in begins
        if not (line or (follows and _may_begin(text, at))):
            continue
        again = bool(match.group(3)) and number == last[unit]
        onward = number in (1, last[unit] + 1) or again
        if unit == _ARTICLE:
            believed = (onward and (follows or not spaced)) or (line and follows and number > last[unit])
        elif line:
            title = text[after : _line_end(text, after)].strip()
            believed = len(title) <= _TITLE and title[-1:] not in tuple("。；，")
        else:
            believed = onward
        if not believed:
            continue
        last[unit] = number
        start = begins.get(at, at)
        rank = (levels.get(start, BARE), unit)
        label = re.sub(r"\s", "", match.group())
        head_end = after if unit == _ARTICLE else _heading_end(text, after, line)
        found.append(Mark(start, head_end, rank, _KINDS[unit], label, number, line))
    return _without_contents(text, found)


def _heading_end(text: str, after: int, line: bool) -> int:
    """Where the heading line that begins before ``after`` ends; inside a line, after its next words."""
    if line:
        return _line_end(text, after)
    match = _WORDS.match(text, after)
    return match.end() if match else after


def _without_contents(text: str, marks: list[Mark]) -> list[Mark]:
    """The marks without a table of contents: headings with nothing between them, all of which come again."""
    kept: list[Mark] = []
    group: list[Mark] = []
    headings = ["".join(text[mark.start : mark.after].split()) for mark in marks]
    last = {heading: index for index, heading in enumerate(headings)}
    repeated = 0
    for index, mark in enumerate(marks):
        group.append(mark)
        repeated += last[headings[index]] > index
        following = marks[index + 1].start if index + 1 < len(marks) else len(text)
        if mark.kind != "article" and not text[mark.after : following].strip():
            continue
        first = index + 1 - len(group)
        kept += [
            entry for place, entry in enumerate(group, first) if repeated < 2 or last[headings[place]] == place
        ]
        group, repeated = [], 0
    return kept + group


def _may_begin(text: str, at: int) -> bool:
    """Whether a sentence may begin at ``at``: after white space, a sentence's end or a colon."""
    if at == 0:
        return True
    before = text[at - 1]
    if before in "”」’）)":
        return at > 1 and text[at - 2] in "。！？；;"
    return before.isspace() or before in "。！？；;：:!?"


def _candidates(
    text: str, pattern: re.Pattern[str], rank: int, begins: dict[int, int], levels: dict[int, int]
) -> list[Mark]:
    found: list[Mark] = []
    for match in pattern.finditer(text):
        at, after = match.span()
        line = at in begins
        clause = rank > 8 and at > 0 and text[at - 1] in "，,"
        if not line and not clause and not _may_begin(text, at):
            continue
        if rank == 7 and _CAPTION.search(text, max(0, at - 2), at):
            continue
        number = value(match.group(1)) or 0
        if rank == 5 and text[after : after + 1] in _NUMERAL and value(text[after : after + 1]) == number + 1:
            continue  # 一、二级市场
        start = begins.get(at, at)
        rest = text[after : after + _TITLE + 1].partition("\n")[0].rstrip() if line else ""
        title = 0 < len(rest) <= _TITLE and rest[-1] not in "。；;：:，,！？"
        label = match.group().strip()
        found.append(Mark(start, after, (levels.get(start, BARE), rank), "item", label, number, line, title))
    return found


def _chained(candidates: Iterable[Mark], walls: Sequence[int], chain: int) -> list[Mark]:
    """The candidates that belong to a sequence of at least two that starts at one and goes on.

    A sequence does not go past a wall, the start of a section of a higher rank, unless it is one of Markdown
    headings.
    """
    open_chains: list[list[Mark]] = []
    every: list[list[Mark]] = []
    for mark in candidates:
        if mark.number == 1:
            open_chains.append([mark])
            every.append(open_chains[-1])
            continue
        recent = range(len(open_chains) - 1, max(len(open_chains) - 9, -1), -1)
        alike = sorted(recent, key=lambda index: open_chains[index][0].title != mark.title)
        for index in alike:
            items = open_chains[index]
            bare = mark.rank[0] == BARE
            if bare and bisect_right(walls, items[-1].start) != bisect_right(walls, mark.start):
                continue
            step = mark.number - items[-1].number
            if step == 0 and mark.line and not items[-1].line and items[0].line:
                items[-1] = mark
            elif step == 1 or (mark.line and items[0].line and 1 < step <= 3):
                items.append(mark)
            else:
                continue
            del open_chains[index + 1 :]
            break
    kept = [items for items in every if len(items) > 1]
    return [
        replace(mark, chain=chain + index, rank=items[0].rank)
        for index, items in enumerate(kept)
        for mark in items
    ]


def _sunk(marks: list[Mark]) -> list[Mark]:
    """The marks, a sequence inside an item of a lower rank sunk below that: （一） … 一、 二、 … （二）."""
    ordered = sorted(marks, key=lambda mark: mark.start)
    chains = by_chain(ordered)
    places = {chain: {index: place for place, index in enumerate(items)} for chain, items in chains.items()}
    for items in chains.values():
        first, last = ordered[items[0]], ordered[items[-1]]
        for index in range(items[0] - 1, max(items[0] - 9, -1), -1):
            around = ordered[index]
            siblings = chains[around.chain]
            place = places[around.chain][index] + 1
            deeper = first.rank[0] == around.rank[0] and first.rank < around.rank
            if deeper and place < len(siblings) and ordered[siblings[place]].start > last.start:
                for item in items:
                    ordered[item] = replace(ordered[item], rank=(around.rank[0], around.rank[1] + 1))
                break
    return ordered


def _nested(marks: Sequence[Mark], end: int) -> list[Mark]:
    """The marks with their ends: each goes on to the next mark of its own or a higher rank."""
    ends = [end] * len(marks)
    parents = [-1] * len(marks)
    stack: list[int] = []
    for index, mark in enumerate(marks):
        while stack and marks[stack[-1]].rank >= mark.rank:
            ends[stack.pop()] = mark.start
        if stack:
            parents[index] = stack[-1]
        stack.append(index)
    return [replace(mark, end=ends[index], parent=parents[index]) for index, mark in enumerate(marks)]
