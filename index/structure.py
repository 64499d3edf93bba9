"""The outline of a document, and the path of heads that leads to a section.

Sections are what enumerators, headings and announcing sentences open (see ``marks`` and ``lists``), and the tables
under their captions (see ``rows``), nested in one tree. What an item speaks of is told by the heads above it, and
of what time by the nearest that names one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from index.lists import ANNOUNCES, TIME, Node, lists
from index.marks import LINE, marks
from index.rows import tables
from index.sentences import sentences, trimmed
from index.types import Section, Span

HEAD = 60  # characters: a longer first sentence of an item is cut at its first comma
SHORT = 40  # characters of a head in a heading path

_CJK = "\u4e00-\u9fff"
_SPACED = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
_TITLE = re.compile(rf"\s*([^\s，,。；;：:]{{4,{SHORT}}})\s+(?=\S{{8}})")  # words set off by white space
_COMMA = re.compile(r"[，,：:；;]")
_CLAUSE = re.compile(r"[，,。；;：:]")


def sections(text: str) -> tuple[Section, ...]:
    """The outline of ``text``, root first and in the order of the text; every span lies within its parent's.

    A text without any structure has the root alone. The time is linear in the text's length, nearly.
    """
    spans = sentences(text, 0, len(text))
    found, nodes = lists(text, marks(text), spans)
    begun = [mark.start for mark in found]
    nodes += [Node(mark.start, mark.end, mark.kind, mark.label, mark.after) for mark in found]
    nodes += [
        Node(table.span.start, table.span.end, "table", "", table.caption.end) for table in tables(text, begun)
    ]
    return _tree(text, nodes, spans, begun)


def heading_path(text: str, sections: Sequence[Section], number: int) -> str:
    """The heads from the outermost section down to ``number``, shortened and joined with " › ".

    Of a head of more than 40 characters the opening is kept, and of an announcing sentence the clause that
    announces: "2021年…要抓好以下重点任务". Empty for the root.
    """
    heads: list[str] = []
    at: int | None = number
    while at is not None:
        section = sections[at]
        if section.kind != "document" and len(section.head):
            heads.append(_shortened(section.head.of(text), section))
        at = section.parent
    return " › ".join(reversed(heads))


def _shortened(head: str, section: Section) -> str:
    """A head in at most 40 characters: its opening, and of an announcing sentence the clause that announces."""
    head = " ".join(head.split())
    label = section.label
    if section.kind in ("part", "chapter", "division") and head.startswith(label):
        head = f"{label} {_SPACED.sub('', head[len(label) :].strip())}".strip()
    head = head.rstrip("。；;：:，, —")
    if len(head) <= SHORT:
        return head
    if section.kind == "list":
        clause = _CLAUSE.split(head)[-1].strip()
        time = TIME.match(head)
        opening = time.group() if time else _CLAUSE.split(head)[0][:12]
        if ANNOUNCES.search(clause) or (section.label == "" and not time):
            room = SHORT - len(opening) - 1
            return f"{opening}…{clause[-room:]}"
    return head[: SHORT - 1] + "…"


def _tree(text: str, nodes: list[Node], spans: Sequence[Span], begun: Sequence[int]) -> tuple[Section, ...]:
    """The sections of the nodes, each within the innermost that holds its start and cut to it."""
    starts = [span.start for span in spans]
    tree = [Section(0, None, "document", "", Span(0, 0), Span(0, len(text)))]
    stack = [tree[0]]
    for start, end, kind, label, after in sorted(nodes, key=lambda node: (node[0], -node[1], node[2] != "list")):
        while stack[-1].span.end <= start:
            stack.pop()
        parent = stack[-1]
        end = min(end, parent.span.end)
        if end <= start:
            continue
        head = _head(text, Span(start, end), kind, after, starts, begun)
        period = _period(head.of(text), kind, label) or parent.period
        section = Section(len(tree), parent.number, kind, label, head, Span(start, end), period)
        tree.append(section)
        stack.append(section)
    return tuple(tree)


def _head(text: str, span: Span, kind: str, after: int, starts: Sequence[int], begun: Sequence[int]) -> Span:
    """The head of a section: heading, label, announcing sentences; of an item its first sentence or clause."""
    opening = LINE.match(text, span.start, span.end)
    start = opening.end() if opening else span.start
    if kind != "item":
        return trimmed(Span(start, max(start, min(after, span.end))), text)
    end = span.end
    index = bisect_right(starts, max(after, start))
    if index < len(starts):
        end = min(end, starts[index])
    nested = bisect_right(begun, max(after, start))
    if nested < len(begun):
        end = min(end, begun[nested])
    head = trimmed(Span(start, end), text)
    title = _TITLE.match(text, after, head.end)
    if title:
        return Span(start, title.end(1))
    if len(head) <= HEAD:
        return head
    comma = _COMMA.search(text, after + 2, head.end)
    return Span(start, comma.start()) if comma else head


def _period(head: str, kind: str, label: str) -> str:
    """The year or five-year plan of a head: one that it begins with, or the only one in it if it is a title."""
    words = head[len(label) :].lstrip() if head.startswith(label) else head
    named = {year or plan + "五" for plan, year in TIME.findall(words)}
    titled = kind in ("part", "chapter", "division", "heading", "table") or (
        kind == "item" and len(head) <= SHORT and head[-1:] not in tuple("。；;，,")
    )
    found = TIME.match(words)
    if found and not (titled and len(named) > 1):
        return found.group(2) or found.group(1) + "五"
    return named.pop() if titled and len(named) == 1 else ""
