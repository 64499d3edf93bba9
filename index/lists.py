"""Lists in running text, and where a list really ends.

A list is a sentence that announces (做好以下工作：, 要抓好以下重点任务。) with the items it announces:
enumerated ones (一是…二是…), or sentences that begin alike (把握好“五个坚持”: 坚持… 坚持…). Fragments such as
把握新发展阶段—— head what follows them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from index.marks import BARE, ITEM, LINE, RUNNING, Mark, by_chain
from index.sentences import trimmed
from index.types import Span

FRAGMENT = 30  # characters of the longest "…——" that is a heading
ANNOUNCES = re.compile(r"以下|如下|下列|下述|[一二三四五六七八九十百千零〇两\d](?:个|项|条|点|方面)")
TIME = re.compile(
    r"(?<![到至自从])[“\"]?(?:(十[一二三四五六七八])五[”\"]?|((?:19|20)\d{2})\s?年(?!前|底|末|以前|之前|年底))"
)

_DAY = r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日\s*(?:（[^）]{1,20}）\s*)?\Z"
_CLOSING = re.compile(
    r"(?:(?<=\s)|(?<=。))(?:特此(?:通知|公告|通告|函告|函达|批复|报告|说明)|附件[:：\d]|附[:：]|（完）"
    r"|本(?:通知|公告|通告|意见|办法|措施|细则|规定|政策)自.{0,20}起"
    rf"|(?:[^\s，。；：]{{2,30}}\s+){{0,3}}{_DAY})"
)
_TIME_OPENS = re.compile(rf"(?:{TIME.pattern})(?!\d{{1,2}}月)")
_SPEAKS = re.compile("会议(?:强调|指出|要求|认为|决定|提出|审议|听取)|下一步")
_TWO = re.compile("[\u4e00-\u9fff]{2}")


class Node(NamedTuple):
    """A section to be: its range, kind and label, and where its head ends (of an item, its label)."""

    start: int
    end: int
    kind: str
    label: str
    after: int


def lists(text: str, marks: list[Mark], spans: Sequence[Span]) -> tuple[list[Mark], list[Node]]:
    """The marks, the last item of each sequence cut where it ends, and the nodes of announced lists."""
    starts = [span.start for span in spans]
    chains = by_chain(marks)
    announced = {chain: _announcement(text, marks, items, starts) for chain, items in chains.items()}
    colon_lists = _colon_lists(text, marks, spans)
    opens = {head.start: RUNNING for head, _ in colon_lists}
    opens |= {head.start: marks[chains[chain][0]].rank[1] for chain, head in announced.items() if head is not None}
    plain = _plain_lines(text, marks)
    ended = list(marks)
    for items in chains.values():
        end = _end_of_last(text, marks, items, starts, plain, opens)
        ended[items[-1]] = replace(marks[items[-1]], end=end)
    nodes: list[Node] = []
    floor = 0
    enumerated: list[tuple[Span, list[Span]]] = [
        (head, [Span(ended[index].start, ended[index].end) for index in chains[chain]])
        for chain, head in announced.items()
        if head is not None
    ]
    for head, parts in sorted(enumerated + colon_lists):
        head = _with_time(text, head, spans, starts, floor, marks)
        nodes.append(Node(head.start, parts[-1].end, "list", "", head.end))
        floor = parts[-1].end
    nodes += [Node(item.start, item.end, "item", "", item.start) for _, items in colon_lists for item in items]
    nodes += _fragments(text, ended, spans, {node.start for node in nodes if node.kind == "list"})
    return ended, nodes


def _start(mark: Mark) -> int:
    return mark.start


def _plain_lines(text: str, marks: Sequence[Mark]) -> list[int]:
    """Where the lines begin that are neither blank nor begin with a mark."""
    begun = {mark.start for mark in marks}
    return [match.start() for match in LINE.finditer(text) if match.start() not in begun]


def _announcement(text: str, marks: Sequence[Mark], items: Sequence[int], starts: Sequence[int]) -> Span | None:
    """The sentence that announces the items, or None where their section's own head does, or nothing."""
    first = marks[items[0]]
    if first.rank[1] == ITEM or first.rank[0] < BARE:
        return None
    index = bisect_left(starts, first.start) - 1
    if index < 0:
        return None
    head = trimmed(Span(starts[index], first.start), text)
    around = marks[first.parent] if first.parent >= 0 else None
    begins = bisect_left(marks, head.start, key=_start)
    if begins < items[0] and marks[begins].kind == "item" and marks[begins].start == head.start:
        return None
    if around is not None and head.start < around.after:
        if around.kind != "article" or head.start < around.start:
            return None
        head = trimmed(Span(around.after, first.start), text)
    if not len(head):
        return None
    said = head.of(text)
    same_line = "\n" not in text[head.end : first.start]
    running = first.rank[1] == RUNNING and (same_line or ANNOUNCES.search(said))
    return head if running or said[-1] in ":：" else None


def _end_of_last(
    text: str,
    marks: Sequence[Mark],
    items: Sequence[int],
    starts: Sequence[int],
    plain: Sequence[int],
    opens: dict[int, int],
) -> int:
    """Where the last item of a sequence ends: it is no longer than the others let expect.

    Items of one line each have a last one of one line, items of one sentence a last one of one sentence. A
    closing (特此通知, a signature) is no part of it, nor is a sentence that announces the next list; and where
    the items stand in running text, nor is one that begins with another time or with 会议强调.
    """
    last = marks[items[-1]]
    others = [marks[index] for index in items[:-1]]
    end = last.end
    lines = max(bisect_left(plain, item.end) - bisect_right(plain, item.start) for item in others)
    if last.rank[1] == RUNNING or (lines == 0 and not (last.title and last.rank[1] <= ITEM + 1)):
        beyond = bisect_right(plain, last.start) + lines
        end = min(end, plain[beyond]) if beyond < len(plain) else end
    closing = _CLOSING.search(text, last.after + 1, end)
    if closing and last.rank[1] <= 7:
        end = closing.start()
    index = bisect_right(starts, last.start)
    counts = [bisect_left(starts, item.end) - bisect_left(starts, item.start) for item in others]
    single = last.rank[1] == RUNNING and max(counts) == 1
    while index < len(starts) and starts[index] < end:
        opener = opens.get(starts[index], RUNNING + 1) <= last.rank[1] or (
            last.rank[1] == RUNNING
            and (_TIME_OPENS.match(text, starts[index]) or _SPEAKS.match(text, starts[index]))
        )
        if opener or single:
            return starts[index]
        index += 1
    return end


def _with_time(
    text: str, head: Span, spans: Sequence[Span], starts: Sequence[int], floor: int, marks: Sequence[Mark]
) -> Span:
    """The announcing sentence, and the one before it if that says of what time it speaks."""
    index = bisect_left(starts, head.start)
    if TIME.match(text, head.start) or index == 0 or index >= len(starts) or starts[index] != head.start:
        return head
    before = spans[index - 1]
    begun = bisect_right(marks, head.start, key=_start) > bisect_right(marks, before.start, key=_start)
    if before.start < floor or "\n" in before.of(text) or begun or not _TIME_OPENS.match(text, before.start):
        return head
    return Span(before.start, head.end)


def _colon_lists(text: str, marks: Sequence[Mark], spans: Sequence[Span]) -> list[tuple[Span, list[Span]]]:
    """Sentences that end in a colon, each with those after it that begin with the same two characters.

    There must be at least two of them if the sentence speaks of a number of things, else three.
    """
    found: list[tuple[Span, list[Span]]] = []
    begun = {mark.start for mark in marks}
    index = -1
    while (index := index + 1) < len(spans) - 2:
        span = spans[index]
        if ":" not in text[span.end - 4 : span.end] and "：" not in text[span.end - 4 : span.end]:
            continue
        head = trimmed(span, text)
        if text[head.end - 1 : head.end] not in (":", "："):
            continue
        opening = text[span.end : span.end + 2]
        if not _TWO.fullmatch(opening):
            continue
        end = index + 1
        while end < len(spans) and spans[end].start not in begun and text.startswith(opening, spans[end].start):
            end += 1
        if end - index > (2 if ANNOUNCES.search(text, head.start, head.end) else 3):
            found.append((head, list(spans[index + 1 : end])))
        index = end - 2 if end - index > 2 else index
    return found


def _fragments(text: str, marks: Sequence[Mark], spans: Sequence[Span], heads: set[int]) -> list[Node]:
    """Fragments that end in a dash, as headings of what follows up to the next, or to the paragraph's end."""
    nodes: list[Node] = []
    begun = {mark.start for mark in marks}
    at = [
        index
        for index, span in enumerate(spans)
        if 5 < len(span) <= FRAGMENT + 2 and span.of(text).rstrip().endswith("——") and span.start not in begun
    ]
    for place, index in enumerate(at):
        start = spans[index].start
        limit = spans[at[place + 1]].start if place + 1 < len(at) else len(text)
        own_line = "\n" in spans[index].of(text)
        following = index + 1
        while following < len(spans) and spans[following].start < limit:
            if _SPEAKS.match(text, spans[following].start) or spans[following].start in heads:
                break
            following += 1
            if not own_line and "\n" in spans[following - 1].of(text):
                break
        end = spans[following].start if following < len(spans) else len(text)
        end = min(end, limit)
        inside = marks[bisect_right(marks, start, key=_start) : bisect_left(marks, end, key=_start)]
        end = next((mark.start for mark in inside if mark.end > end), end)
        if end > spans[index].end:
            nodes.append(Node(start, end, "heading", "", trimmed(spans[index], text).end))
    return nodes
