"""The elements of a web page as lines: a line a block, tables as rows, the numbers that a browser generates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from index.load.script import raised
from index.load.tables import measure, rows

CELLS = 100_000  # of one table, merged ones counted in every place
SPAN = 1_000  # columns or rows that one cell may cover, as in the HTML standard
LONGEST_CELL = 3_000  # characters; a table with a longer cell lays out a page

DROPPED = [
    *("script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "video", "audio"),
    *("select", "option", "button", "input", "textarea"),
]
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "details", "div", "fieldset", "figure"),
        *("footer", "form", "header", "hr", "html", "legend", "main", "nav", "p", "pre", "section", "summary"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ol", "ul", "li", "figcaption", "caption"),
        *("table", "thead", "tbody", "tfoot", "tr", "td", "th"),
    }
)
# classes and ids, as the publishing systems of Chinese authorities name them: of what stands inside a body but is
# no part of it, and of what frames a page
AROUND = re.compile(
    r"^(?:share\w*|\w+[-_]share|\w*qr_?(?:code|container)\w*|\w*ewm|bdsharebuttonbox|"
    r"(?:content|article)[-_](?:extended|attr|sxp|others)|article-btn|setFont)$",
    re.IGNORECASE,
)
FRAME = re.compile(
    r"^(?:\w*(?:header|footer|sidebar|breadcrumb|crumbs?|curmb|menu|toolbar|copyright|pagination|related|login)\w*|"
    r"top|foot|head|nav\w*|\w*nav|curb|search\w*|xgxw\w*|xgwj\w*|xgjd\w*|location|dqwz|fenxiang)$",
    re.IGNORECASE,
)
_CJK = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_BROKEN = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n]\s*(?=[{_CJK}])")
SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def lines(top: LexborNode, around: re.Pattern[str]) -> Iterator[str]:
    """The text below ``top``, a line for each block; tables as rows, generated list numbers written out."""
    held: list[str] = []
    before: list[str] = []
    numbers: dict[int, str] = {}
    stack: list[tuple[LexborNode, bool]] = [(top, False)]
    while stack:
        node, leaving = stack.pop()
        if node.is_text_node:
            held.append(node.text(deep=False) or "")
            continue
        tag = node.tag or ""
        block = tag in BLOCKS
        if leaving or tag == "br" or block:
            if line := _line(held):
                before = [*before, line][-2:]
                yield line
            held.clear()
        if leaving or tag == "br" or not node.is_element_node:
            continue
        if node.mem_id != top.mem_id and (tag in DROPPED or set_aside(node, around)):
            continue
        if tag == "table" and (cells := _cells(node)):
            yield from _rows(node, cells, measure(before))
            before.clear()
            continue
        if tag == "sup" and (above := raised(flat(node, 40))):
            held.append(above)
            continue
        if tag == "ol":
            numbers.update(_numbers(node))
        elif tag == "li" and node.mem_id in numbers:
            held.append(numbers[node.mem_id])
        if block:
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
    if line := _line(held):
        yield line


def flat(node: LexborNode, longest: int = 10_000) -> str:
    """The text of an element on one line, as far as its first ``longest`` nodes and characters go."""
    pieces: list[str] = []
    length = 0
    for seen, piece in enumerate(node.traverse(include_text=True)):
        if piece.is_text_node:
            pieces.append(piece.text(deep=False) or "")
            length += len(pieces[-1])
        if length > longest or seen > longest:
            break
    return _line(pieces)


def set_aside(node: LexborNode, pattern: re.Pattern[str]) -> bool:
    """Whether the page hides the element, or its class or id says that it frames the body."""
    if not node.is_element_node or node.tag in ("body", "html"):
        return False
    attributes = node.attributes
    if _HIDDEN.search(attributes.get("style") or "") or "hidden" in attributes:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    return any(pattern.match(name) for name in names) or (
        pattern is FRAME and node.tag in ("nav", "footer", "aside")
    )


def _line(pieces: list[str]) -> str:
    return SPACES.sub(" ", _BROKEN.sub("", "".join(pieces))).strip(" \u3000\u200b\ufeff")


def _rows(table: LexborNode, cells: list[list[str]], unit: str) -> list[str]:
    caption = table.css_first("caption")
    heads = len(table.css("thead tr")) or None
    return rows(
        cells, header_rows=heads, title=flat(caption) if caption is not None else "", measure=unit
    ).splitlines()


def _cells(table: LexborNode) -> list[list[str]]:
    """The table with merged cells in every place that they cover; empty if it only lays out a page."""
    if table.css_first("table table") is not None or len(list(table.css("table"))) > 1:
        return []
    grid: list[list[str]] = []
    covered: dict[tuple[int, int], str] = {}
    total = 0
    for row, line in enumerate(table.css("tr")):
        cells: list[str] = []
        for cell in line.iter():
            if cell.tag not in ("td", "th"):
                continue
            while (row, len(cells)) in covered:
                cells.append(covered.pop((row, len(cells))))
            text = " ".join(lines(cell, AROUND))
            if len(text) > LONGEST_CELL:
                return []
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            total += wide * high
            if total > CELLS:
                return []
            for below in range(1, high):
                covered.update({(row + below, len(cells) + at): text for at in range(wide)})
            cells.extend([text] * wide)
        while (row, len(cells)) in covered:
            cells.append(covered.pop((row, len(cells))))
        grid.append(cells)
    wide_enough = max(map(len, grid), default=0) > 1
    return grid if len(grid) > 1 and wide_enough else []


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return min(max(int(value), 1), SPAN) if re.fullmatch(r"[0-9]{1,6}", value) else 1


def _numbers(ordered: LexborNode) -> dict[int, str]:
    """The number that a browser writes before each item of an ``ol``."""
    attributes = ordered.attributes
    if re.search(r"list-style(?:-type)?\s*:\s*none", attributes.get("style") or "", re.IGNORECASE):
        return {}
    start = attributes.get("start") or "1"
    first = int(start) if re.fullmatch(r"-?[0-9]{1,6}", start) else 1
    items = [child for child in ordered.iter() if child.tag == "li"]
    return {item.mem_id: f"{first + place}. " for place, item in enumerate(items)}
