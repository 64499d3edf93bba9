"""Sentences of Chinese policy text, as ranges that tile it exactly.

A sentence is what a person would quote: it ends after 。！？… with its closing quotes and brackets, at a
line's end, after a colon or a dash that white space follows, and at the white space that stands where a line
once broke. It does not end inside a short pair of quotes or brackets. A long sentence is parted at its
semicolons as well.
"""

from __future__ import annotations

import re

from index.rows import whole
from index.types import Span

PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "《": "》",
    "〈": "〉",
    "【": "】",
    "〔": "〕",
}
CLOSERS = {closer: opener for opener, closer in PAIRS.items()}
WIDTHS = {"（": "(", "(": "（"}
QUOTES = "”’」』"
PAIR_REACH = 120  # characters: a longer quotation is parted into its sentences
LINE = 8  # characters on both sides that make white space between Chinese words a former line break
INDENTED = 6  # the same before white space as wide as a paragraph's indent
LONG = 150  # characters: a longer sentence is parted at its semicolons
PART = 20  # the shortest part that a semicolon may leave

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(r"[。！？?!]+|…+|[；;]|[.．]|[“”‘’「」『』（）()《》〈〉【】〔〕]|\s+")
_ENDS = frozenset("。！？?!…")
_CHINESE = re.compile(rf"[{_CJK}，。；：、！？…—%％”’」』）》】]")
_OPENING = re.compile(rf"[{_CJK}“‘「『（《【]|\d{{4}}年")
_ENUMERATOR = re.compile(
    r"[一二三四五六七八九十]{1,3}[、是要]|[（(][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳]|第[一二三四五六七八九十百零〇\d]{1,7}[编編章节節条條]"
)
# a year after one of these is part of the sentence that runs on, as in 到 2025年
_LEADS_TO_YEAR = frozenset("到于自至在截从由即的为是达约共计和与及或对、，（—")
_DAY = re.compile(r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日")
_SPEAKS = re.compile("会议(?:强调|指出|要求|认为|决定|提出|审议|听取)")
_GOES_ON = frozenset("，,、；;：:。.的等和与及或之")


def sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The sentences of ``text[start:end]`` in order; they do not overlap and leave no character out.

    White space belongs to the sentence before it (at the very start, to the first). An empty range gives none.
    The time is linear in the length of the range.
    """
    if start >= end:
        return ()
    breaks, semicolons = _breaks(text, start, end)
    spans: list[Span] = []
    last, index = start, 0
    for position in (*breaks, end):
        if position <= last:
            continue
        while index < len(semicolons) and semicolons[index] <= last:
            index += 1
        if position - last > LONG:
            while index < len(semicolons) and semicolons[index] < position:
                cut = semicolons[index]
                index += 1
                if cut - last >= PART and position - cut >= PART:
                    spans.append(Span(last, cut))
                    last = cut
        spans.append(Span(last, position))
        last = position
    return tuple(spans)


def trimmed(span: Span, text: str) -> Span:
    """The span without the white space around it, as it is quoted; empty if there is nothing else."""
    piece = span.of(text)
    bare = piece.strip()
    if not bare:
        return Span(span.start, span.start)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, start + len(bare))


def _pairs(text: str, start: int, end: int) -> dict[int, int]:
    """Where each short pair of quotes or brackets opens and closes; a pair never goes past its line."""
    pairs: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for match in re.finditer(r"[“”‘’「」『』（）()《》〈〉【】〔〕\n]", text[start:end]):
        mark, at = match.group(), start + match.start()
        if mark == "\n":
            opened.clear()
        elif mark in PAIRS:
            opened.append((mark, at))
        else:
            # one stray opener may stand between the two, never more
            for depth in (1, 2):
                if len(opened) >= depth and opened[-depth][0] in (CLOSERS[mark], WIDTHS.get(CLOSERS[mark])):
                    since = opened[-depth][1]
                    if at - since <= PAIR_REACH:
                        pairs[since] = at
                    del opened[-depth:]
                    break
    return pairs


def _breaks(text: str, start: int, end: int) -> tuple[list[int], list[int]]:
    """The positions after which a sentence ends, and those of the semicolons where a long one may be parted."""
    pairs = _pairs(text, start, end)
    breaks: list[int] = []
    semicolons: list[int] = []
    piece = start  # where the words since the last break or white space begin
    inside = start  # up to here everything stands in a pair, or in a row of a table
    rows = whole(text, start, end)[::-1]
    for match in _TOKEN.finditer(text, start, end):
        at, after = match.span()
        while rows and rows[-1].start <= at:
            inside = max(inside, rows.pop().end)
        if at < inside:
            continue
        mark = match.group()
        if at in pairs:
            inside = pairs[at] + 1
            if _pair_ends_sentence(text, at, inside, end):
                piece = _break_after(text, inside, end, breaks)
            continue
        first = mark[0]
        if first.isspace():
            if at == start:
                piece = after
                continue
            if "\n" in mark or _former_line_break(text, piece, at, after, end):
                breaks.append(after)
            piece = after
        elif first in "；;":
            if after < end and (text[after].isspace() or _ENUMERATOR.match(text, after, end)):
                piece = _break_after(text, after, end, breaks)
            elif first == "；" or not text[after : after + 1].isascii():
                semicolons.append(after)
        elif first in "?!." and not _ascii_stop(text, at, after, start, end):
            continue
        elif first in _ENDS or first in ".．":
            if first == "．" and not _ascii_stop(text, at, after, start, end):
                continue
            if first == "…" and text[after : after + 1] in _GOES_ON:
                continue
            piece = _break_after(text, after, end, breaks)
        inside = max(inside, piece)
    return breaks, semicolons


def _break_after(text: str, position: int, end: int, breaks: list[int]) -> int:
    """Record a break after the closing marks and the white space at ``position``; return where it is."""
    while position < end and text[position] in CLOSERS:
        position += 1
    while position < end and text[position].isspace():
        position += 1
    breaks.append(position)
    return position


def _pair_ends_sentence(text: str, opened: int, after: int, end: int) -> bool:
    """Whether the pair that closes just before ``after`` ends its sentence too, as in 他说：“好。”."""
    if text[after - 2] not in "。！？!?":
        return False
    if text[after - 1] in QUOTES:
        return after >= end or (text[after] not in _GOES_ON and text[after] not in CLOSERS)
    return text[after - 1] in "）)" and opened > 0 and text[opened - 1] in "。！？"


def _ascii_stop(text: str, at: int, after: int, start: int, end: int) -> bool:
    """Whether an ASCII stop ends a sentence: not in numbers, addresses, enumerators or abbreviations."""
    before = text[at - 1] if at > start else ""
    follows = text[after] if after < end else ""
    if text[at] in "?!":
        return not (follows.isascii() and follows.isalnum())
    if not before or before.isdigit() or before in ".．":
        return False
    if not before.isascii():
        return not follows or follows.isspace() or not follows.isascii()
    if follows and not follows.isspace():
        return False
    upcoming = text[after : after + 3].lstrip()[:1]
    return not upcoming or upcoming.isupper() or not upcoming.isascii()


def _former_line_break(text: str, piece: int, at: int, after: int, end: int) -> bool:
    """Whether the white space ``text[at:after]`` inside a line parts two sentences."""
    if after >= end or at <= piece:
        return False
    before = text[at - 1]
    length = at - piece
    if before in "：:" or text[at - 2 : at] == "——":
        return length >= 4
    if not _CHINESE.match(before):
        return False
    if length >= 4 and _ENUMERATOR.match(text, after, end):
        return True
    if length >= LINE and _SPEAKS.match(text, after, end):
        return True
    if "\u3000\u3000" in text[at:after] and length >= INDENTED and text[after] not in "—（(":
        return True
    if length < LINE or not _OPENING.match(text, after, end):
        return False
    if _DAY.fullmatch(text, piece, at):  # 2023年10月24日 第十四届全国人民代表大会常务委员会…修订
        return False
    if text[after].isdigit() and before in _LEADS_TO_YEAR:
        return False
    ahead = text[after : min(after + LINE, end)]
    return len(ahead) == LINE and not any(character.isspace() for character in ahead)
