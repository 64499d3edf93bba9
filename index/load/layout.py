"""From the glyphs of a page to its blocks in reading order: lines, columns, paragraphs and tables.

Lengths are in points, y grows upwards. Nothing here knows PDF: the glyphs may come from a text layer or from
character recognition.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from index.load.grid import Rule, Table, grids

PITCH = 1.45  # of the usual distance between lines: a wider one parts paragraphs
LARGER = 1.2  # of the other's size: a larger or smaller line is no part of the paragraph
ROOM = 1.6  # em that may be left at the end of a full line of Chinese
TITLE = 15  # points: centred lines of this size are one title
LOOSE = 4  # em that may be left if the sentence goes on at the column's edge
OUTDENT = 6  # em that a first line may be indented; one further in is set to the right
SHEET = 0.75  # of a page's lines that must keep clear of the white space between two columns

_CJK = "\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—"
_CHINESE = re.compile(f"[{_CJK}]")
_LATIN = re.compile(r"[^\W\d_\u2e80-\uffef]")
_STARTS = re.compile(
    r"第[一二三四五六七八九十百千零〇\d]{1,7}[编章节條条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:\.\d{1,2}){1,5}(?!\d)|\d{1,2}[.、．](?!\d)|\d{1,2}\s+[\u4e00-\u9fff]|[a-zA-Z][)）]|[A-Z](?:\.\d+)+"
    r"|[①-⑳]|[表图]\s*[A-Z]?\.?\d|附录|注\s*\d?[:：]|——|――"
)
_CODE = re.compile(r"[A-Z]{2,6}(?:/[A-Z]{1,3})?\s*\d")  # of a standard, as lists of references have them
_LABEL = re.compile(r"\S{1,8}(?=\s)|[a-zA-Z\d][)）.、]|[（(]\w{1,3}[)）]|——|注\s*\d?[:：]")
_LEADERS = re.compile(r"(?:[.．·…•]\s?){4,}\s*[-—(（]?\s*[\dIVXivxⅠ-ⅿ]*\s*[)）—-]?$")
_CONTENTS = re.compile(r"目\s*[次录]|CONTENTS|Contents")
_ALONE = re.compile(r"[-—–·\s]*(?:\d{1,4}|[IVXivxⅠ-ⅿ]{1,5})[-—–·\s]*|第\s*\d+\s*页.*")
_CLOSING = frozenset(".,;:!?)]}%/")
_LONE = re.compile(r"(?<!\S)[\u4e00-\u9fff](?: [\u4e00-\u9fff])+(?!\S)")  # 附 录
_ENGLISH = re.compile(r"[A-Za-z]{3,} [A-Za-z]{3,}$")
_DIGIT = re.compile(r"\d")
_TERMINAL = frozenset("。；;：:！？!?")
_RAISED = str.maketrans("0123456789-－—", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")


class Glyph(NamedTuple):
    """A character and its box: from edge to edge of its advance, 0.2 em below to 0.8 em above its baseline.

    ``spaced`` says that a space was written before it.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    spaced: bool = False


class Line(NamedTuple):
    """A line of text of one column; ``hang`` is where its text goes on after a label such as a) or 4.1."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    hang: float
    lead: float  # the width of its first word


class Block(NamedTuple):
    """A paragraph, a heading or a table; ``rows`` are a table's cells.

    ``goes_on`` says that the last line was full and no sentence ended with it, ``flush`` that the first began at
    the column's edge without an enumerator: what a paragraph is like that a page break parts.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    flush: bool = False
    goes_on: bool = False
    lines: int = 1
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> list[Block]:
    """The blocks of a page, in reading order; lines of a table of contents are left out."""
    found: list[Block] = []
    loose = list(glyphs)
    for table in grids(rules):
        inside = [glyph for glyph in loose if table.holds(*_centre(glyph))]
        rows = _cells(table, inside)
        if sum(any(row) for row in rows) and sum(cell != "" for row in rows for cell in row) > 1:
            loose = [glyph for glyph in loose if not table.holds(*_centre(glyph))]
            found.append(Block("", *table.box, rows=rows))
    found.sort(key=lambda table: -table.top)
    runs = _runs(loose)
    gutter = _gutter(runs)
    if gutter is None:
        return _column(_lines(runs), found)
    wide = [run for run in runs if run[0].left < gutter < run[-1].right]
    left = [run for run in runs if run[-1].right <= gutter]
    right = [run for run in runs if run[0].left >= gutter]
    return _bands(_lines(wide), _lines(left), _lines(right), found, gutter)


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of one column from top to bottom."""
    return _lines(_runs(glyphs))


def joined(first: str, second: str) -> str:
    """Two pieces of a broken line as one: a hyphenated word mended, a space only between words that need one."""
    if not first or not second:
        return first + second
    if len(first) > 1 and first[-1] in "-\u00ad" and _LATIN.match(first[-2]) and second[0].islower():
        return first[:-1] + second
    if _CHINESE.match(first[-1]) or _CHINESE.match(second[0]) or first[-1] in "-/":
        return first + second
    return f"{first} {second}"


def _bands(
    wide: list[Line], left: list[Line], right: list[Line], tables: list[Block], gutter: float
) -> list[Block]:
    """Two columns, read one after the other between the lines and tables that run across both."""
    across = [table for table in tables if table.left < gutter < table.right]
    edges = sorted({line.bottom for line in wide} | {table.bottom for table in across}, reverse=True)
    result: list[Block] = []
    top = float("inf")
    for bottom in [*edges, float("-inf")]:
        for lines_, side in ((left, True), (right, False)):
            within = [line for line in lines_ if bottom < line.bottom and line.top <= top + line.size / 2]
            held = [
                table
                for table in tables
                if table not in across and (table.right <= gutter) == side and bottom < table.bottom < top
            ]
            within = [line for line in within if line.bottom < top]
            result += _column(within, held)
        result += _column(
            [line for line in wide if line.bottom == bottom],
            [table for table in across if table.bottom == bottom],
        )
        top = bottom
    return result


def _column(lines_: Sequence[Line], tables: Sequence[Block]) -> list[Block]:
    """The blocks of one column: its lines as paragraphs, its tables among them."""
    contents = any(_LEADERS.search(line.text) for line in lines_)
    kept = [
        line
        for line in lines_
        if not (contents and (_LEADERS.search(line.text) or _CONTENTS.fullmatch(line.text)))
    ]
    result: list[Block] = []
    if kept:
        left = sorted(line.left for line in kept)[len(kept) // 10]
        right = sorted(line.right for line in kept)[(len(kept) * 9) // 10]
        pitches = [
            upper.bottom - lower.bottom
            for upper, lower in pairwise(kept)
            if 0 < upper.bottom - lower.bottom < 4 * lower.size
        ]
        pitch = median(pitches) if pitches else 0.0
        held: list[Line] = []
        for line in kept:
            parted = any(held and held[-1].bottom > table.top - 1 > line.bottom for table in tables)
            if held and (parted or _opens(held, line, left, right, pitch)):
                result.append(_block(held, left, right))
                held = []
            held.append(line)
        result.append(_block(held, left, right))
    for table in tables:
        at = next((at for at, block in enumerate(result) if block.top < table.top), len(result))
        result.insert(at, table)
    return result


def _opens(held: Sequence[Line], line: Line, left: float, right: float, pitch: float) -> bool:
    """Whether the line begins a paragraph, after the lines held of the one before."""
    last = held[-1]
    if _ALONE.fullmatch(line.text) or _ALONE.fullmatch(last.text):
        return True
    if not 1 / LARGER < line.size / last.size < LARGER:
        return True
    centred = min(line.left, last.left) > left + line.size and max(line.right, last.right) < right - line.size
    distance = last.bottom - line.bottom
    if centred and line.size > TITLE and distance < 2.2 * line.size:
        middle = abs(line.left + line.right - last.left - last.right) / 2
        chinese = bool(_CHINESE.search(line.text)) == bool(_CHINESE.search(last.text))
        if middle < line.size and chinese and not (_STARTS.match(line.text) or _CODE.match(line.text)):
            return False
    if distance > PITCH * max(pitch, 1.1 * line.size):
        return True
    room = ROOM * line.size if _CHINESE.match(line.text) else line.lead + line.size
    if last.right < right - room and (
        last.right < right - LOOSE * line.size
        or last.text[-1] in _TERMINAL
        or line.left > left + line.size / 2
        or _STARTS.match(line.text)
    ):
        return True
    if len(held) == 1 and line.left < last.left - OUTDENT * line.size:
        return True
    if _CODE.match(line.text) and _CODE.match(held[0].text):
        return True
    if _STARTS.match(line.text) and last.text[-1] in _TERMINAL | set(".”）)"):
        return True
    indented = len(held) == 1 and min(line.left, last.left) > left + 1.5 * line.size
    if indented and _ENGLISH.search(last.text) and _CHINESE.match(line.text):
        return True  # a term with its English name, and its definition
    if line.left > last.left + 0.8 * line.size:
        return abs(line.left - last.hang) > 0.8 * line.size
    return False


def _block(held: Sequence[Line], left: float, right: float) -> Block:
    text = ""
    for line in held:
        text = joined(text, line.text)
    first, last = held[0], held[-1]
    return Block(
        text,
        min(line.left for line in held),
        last.bottom,
        max(line.right for line in held),
        first.top,
        flush=first.left < left + 0.8 * first.size and not _STARTS.match(first.text),
        goes_on=last.right > right - ROOM * last.size and last.text[-1] not in _TERMINAL,
        lines=len(held),
    )


def _centre(glyph: Glyph) -> tuple[float, float]:
    return (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2


def _cells(table: Table, glyphs: Sequence[Glyph]) -> tuple[tuple[str, ...], ...]:
    """The text of each place of a table; a merged cell's stands in every place that it covers."""
    held: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        held.setdefault(table.cell(*_centre(glyph)), []).append(glyph)
    found = {cell: lines(inside) for cell, inside in held.items()}
    texts = {cell: [line.text for line in within] for cell, within in found.items()}
    widths = table.widths()
    flat = {cell: _flat(within, widths[cell]) for cell, within in found.items()}
    reach = Counter(cell for places in table.places for cell in set(places))
    rows: list[tuple[str, ...]] = []
    for places in table.places:
        if len(set(places)) == 1 and places[0] in held:
            whole = "\n".join(block.text for block in _column(lines(held[places[0]]), ()))
            rows.append((whole,) * len(places))
            continue
        rows += _apart(places, texts, flat, reach)
    return tuple(rows)


def _apart(
    places: Sequence[int], texts: dict[int, list[str]], flat: dict[int, str], reach: Mapping[int, int]
) -> list[tuple[str, ...]]:
    """A row of cells, or several where its cells hold as many lines each that no rule parts."""
    own = [cell for cell in dict.fromkeys(places) if reach[cell] == 1]
    counts = {len(texts[cell]) for cell in own if cell in texts}
    if len(own) > 2 and len(counts) == 1 and (count := counts.pop()) > 2 and all(cell in texts for cell in own):
        return [
            tuple(texts[cell][at] if cell in own else flat.get(cell, "") for cell in places) for at in range(count)
        ]
    return [tuple(flat.get(cell, "") for cell in places)]


def _flat(lines_: Sequence[Line], width: float) -> str:
    """The lines of a cell as one; values that were set on lines of their own, with room to spare, stay apart."""
    valued = all(_DIGIT.search(line.text) for line in lines_) or len({line.text[-1] for line in lines_}) == 1
    whole = lines_[0].text
    for last, line in pairwise(lines_):
        room = width - (last.right - last.left) > min(line.lead, 2 * line.size) + line.size
        whole = f"{whole}；{line.text}" if valued and room else joined(whole, line.text)
    return whole


def _runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs that follow each other closely on one baseline, as the file has them in its order."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        last = runs[-1][-1] if runs else None
        height = glyph.top - glyph.bottom
        if (
            last
            and abs(last.bottom - glyph.bottom) < 0.12 * height
            and abs(last.top - last.bottom - height) < 0.25 * height
            and -0.5 * height < glyph.left - last.right < 0.8 * height
            and glyph.left > last.left
        ):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _lines(runs: Sequence[list[Glyph]]) -> list[Line]:
    """Runs side by side as lines from top to bottom; raised and lowered characters go with the line they stand in."""
    bands: list[tuple[float, float, list[Glyph]]] = []  # sorted by the negative middle, so from the top
    for run in sorted(runs, key=lambda run: -(run[0].top - run[0].bottom) * len(run) ** 0.25):
        height = run[0].top - run[0].bottom
        middle = run[0].bottom + height / 2
        at = bisect_left(bands, -middle, key=lambda band: band[0])
        best, least = None, 0.5
        for index in (at - 1, at):
            if 0 <= index < len(bands):
                size = bands[index][1]
                off = abs(-bands[index][0] - middle) / max(size, 0.1)
                if off < least and (off < 0.3 or height < 0.85 * size):
                    best, least = index, off
        if best is None:
            bands.insert(at, (-middle, height, list(run)))
        else:
            bands[best][2].extend(run)
    return [_line(glyphs, size) for _, size, glyphs in bands]


def _line(glyphs: list[Glyph], size: float) -> Line:
    glyphs.sort(key=lambda glyph: glyph.left)
    bottom = median(glyph.bottom for glyph in glyphs if glyph.top - glyph.bottom > 0.85 * size)
    even = _even(glyphs, size)
    text = glyphs[0].text
    hang = lead = -1.0
    for last, glyph in pairwise(glyphs):
        if glyph.text == last.text and glyph.left - last.left < 0.12 * size:
            continue  # bold made by writing twice
        if not even and _space(last, glyph, size):
            lead = lead if lead >= 0 else last.right - glyphs[0].left
            if hang < 0 and len(text) <= 10:
                hang = glyph.left
            text += " "
        raised = glyph.top - glyph.bottom < 0.85 * size and glyph.bottom > bottom + 0.15 * size
        text += glyph.text.translate(_RAISED) if raised and text.endswith(("m", "米", "10", "⁻")) else glyph.text
    text = _LONE.sub(lambda match: match.group().replace(" ", ""), text)
    label = _LABEL.match(text)
    if hang < 0 and label:
        hang = glyphs[min(label.end(), len(glyphs) - 1)].left
    right = max(glyph.right for glyph in glyphs)
    lead = lead if lead >= 0 else right - glyphs[0].left
    return Line(text, glyphs[0].left, bottom, right, bottom + size, size, hang, lead)


def _even(glyphs: Sequence[Glyph], size: float) -> bool:
    """Whether the line is Chinese set with wide spaces between all its characters (目　录)."""
    gaps = [second.left - first.right for first, second in pairwise(glyphs)]
    return (
        0 < len(gaps) < 30
        and min(gaps) > 0.35 * size
        and max(gaps) < 2 * min(gaps) + size
        and all(_CHINESE.match(glyph.text) for glyph in glyphs)
    )


def _space(last: Glyph, glyph: Glyph, size: float) -> bool:
    gap = glyph.left - last.right
    if gap < 0.5 * size and (glyph.text in _CLOSING or (last.text in "./" and not glyph.text.islower())):
        return False
    chinese = bool(_CHINESE.match(last.text)) + bool(_CHINESE.match(glyph.text))
    if chinese == 2:
        words = glyph.spaced and last.text.isalpha() and glyph.text.isalpha()
        return gap > (0.3 if words else 0.6) * size
    if chinese == 1:
        return gap > (-0.05 if glyph.spaced else 0.45) * size
    return gap > (0.05 if glyph.spaced else 0.18) * size


def _gutter(runs: Sequence[list[Glyph]]) -> float | None:
    """The middle of the white space between two columns of text, if there is one."""
    if len(runs) < 10:
        return None
    left, right = min(run[0].left for run in runs), max(run[-1].right for run in runs)
    width = right - left
    best: tuple[float, float] | None = None
    for step in range(35, 66):
        x = left + width * step / 100
        crossing = sum(run[-1].right - run[0].left for run in runs if run[0].left < x < run[-1].right)
        if best is None or crossing < best[0]:
            best = (crossing, x)
    assert best is not None
    sides = ([run for run in runs if run[-1].right <= best[1]], [run for run in runs if run[0].left >= best[1]])
    total = sum(run[-1].right - run[0].left for run in runs)
    if best[0] > (1 - SHEET) * total or min(map(len, sides)) < 8:
        return None
    inner = sorted(run[-1].right for run in sides[0])[len(sides[0]) * 9 // 10]
    outer = sorted(run[0].left for run in sides[1])[len(sides[1]) // 10]
    if outer <= inner:
        return None
    edges = ((left, inner), (outer, right))
    for side, (start, end) in zip(sides, edges, strict=True):
        full = sum(run[-1].right - run[0].left > 0.7 * (end - start) for run in side)
        if full < max(5, len(side) // 2) or end - start < 0.3 * width:
            return None
    return (inner + outer) / 2
