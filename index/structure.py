"""The outline of a document: 编 章 节 条, 一、 （一） 1. （1） ①, Markdown headings, and the lists in running text.

Enumerators are found wherever a sentence may begin, at a line's start as well as inside a line, and are believed only
as part of a sequence that starts at one and goes on: a cross reference ("依照本法第二十条"), a number ("1.5%") or a year
is none. Lists that a sentence announces (一是…二是…, "做到“五个坚持”: 坚持… 坚持…") become sections of kind "list" whose
head is that sentence, so that what an item speaks of can be told from its section.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .sentences import sentences, trimmed
from .types import Section, Span

HEAD = 60  # characters: a longer first sentence of an item is cut at its first comma
SHORT = 40  # characters of a head in a heading path
FRAGMENT = 30  # the longest "…——" that is a heading

_NUMERAL = "一二三四五六七八九十百千零〇两"
_STRUCTURE = re.compile(
    rf"第[ \u3000]?([{_NUMERAL}]{{1,7}}|\d{{1,4}})[ \u3000]?([编章节条])((?:之[{_NUMERAL}]{{1,3}})?)(?=(\s|$)?)",
    re.MULTILINE,
)
_RANKS = {"编": 1, "章": 2, "节": 3, "条": 4}
_KINDS = {"编": "part", "章": "chapter", "节": "division", "条": "article"}
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
_RUNNING = 10  # the rank of 一是 and 第一，, which stand in running text
_HEADING = re.compile(r"^(#{1,6})[ \t]+(?=\S)", re.MULTILINE)
_ANNEX = re.compile(r"^[ \t\u3000]*附[件录表][ ]?[一二三四五六七八九十\d]{0,2}[:：]?(?=\s|$)", re.MULTILINE)
_LINE = re.compile(r"^[ \t\u3000]*(?:#{1,6}[ \t]+|[-*+][ \t]+)?(?:\*\*)?(?=\S)", re.MULTILINE)
_CLOSING = re.compile(
    r"(?:(?<=\s)|(?<=。))(?:特此(?:通知|公告|通告|函告|函达|批复|报告|说明)|附件[:：\d]|附[:：]|（完）"
    r"|本(?:通知|公告|通告|意见|办法|措施|细则|规定|政策)自.{0,20}起)"
)
_TIME = re.compile(r"[“\"]?(?:(十[一二三四五六七八])五[”\"]?|((?:19|20)\d{2})年(?!前|底|末|以前|之前|年底))")
_TIME_OPENS = re.compile(rf"(?:{_TIME.pattern})(?!\d{{1,2}}月)")
_YEAR_INSIDE = re.compile(r"(?<![到至自从])((?:19|20)\d{2})年(?!前|底|末|以前|之前|年底)")
_SPEAKS = re.compile("会议(?:强调|指出|要求|认为|决定|提出|审议|听取)|下一步")
_ANNOUNCES = re.compile(rf"以下|如下|下列|下述|[{_NUMERAL}\d](?:个|项|条|点|方面)")
_CJK = "\u4e00-\u9fff"
_SPACED = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
_TITLE = re.compile(rf"\s*([^\s，,。；;：:]{{4,{SHORT}}})\s+(?=\S{{8}})")  # words set off by white space
_TWO = re.compile(f"[{_CJK}]{{2}}")
_CLAUSE = re.compile(r"[，,。；;：:]")


@dataclass(frozen=True, slots=True)
class _Mark:
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


def sections(text: str) -> tuple[Section, ...]:
    """The outline of ``text``, root first and in the order of the text; every span lies within its parent's.

    A text without any structure has the root alone. The time is linear in the text's length, nearly.
    """
    spans = sentences(text, 0, len(text))
    marks = _nested(_marks(text), len(text))
    marks, lists = _lists(text, marks, spans)
    nodes = [(mark.start, mark.end, mark.kind, mark.label, mark.after) for mark in marks]
    nodes += lists
    return _tree(text, nodes, spans, {mark.start for mark in marks})


def heading_path(text: str, sections: Sequence[Section], number: int) -> str:
    """The heads from the outermost section to ``number``, each shortened, joined with " › "; empty for the root."""
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
        time = _TIME.match(head)
        opening = time.group() if time else _CLAUSE.split(head)[0][:12]
        if _ANNOUNCES.search(clause) or (section.label == "" and not time):
            room = SHORT - len(opening) - 1
            return f"{opening}…{clause[-room:]}"
    return head[: SHORT - 1] + "…"


def _value(numeral: str) -> int:
    """The number that a Chinese, Arabic or circled numeral writes; 0 if it writes none."""
    if "①" <= numeral <= "⑳":
        return ord(numeral) - ord("①") + 1
    if numeral.isdecimal():
        return int(numeral)
    total = digit = 0
    for character in numeral:
        if character in "十百千":
            total += max(digit, 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        else:
            digit = "零一二三四五六七八九".find(character.replace("〇", "零").replace("两", "二"))
    return total + digit


def _marks(text: str) -> list[_Mark]:
    """Every enumerator and heading that is believed, in the order of the text."""
    begins = {match.end(): match.start() for match in _LINE.finditer(text)}
    levels = {match.start(): len(match.group(1)) for match in _HEADING.finditer(text)}
    found = _structural(text, begins, levels)
    for match in _ANNEX.finditer(text):
        line_end = _line_end(text, match.end())
        if line_end - match.start() <= SHORT:
            found.append(_Mark(match.start(), line_end, (1, 9), "heading", "", line=True))
    enumerated: list[_Mark] = []
    candidates = {pattern: _candidates(text, pattern, rank, begins, levels) for rank, pattern in _ENUMERATORS}
    labelled = {mark.start for marks in candidates.values() for mark in marks}
    firm = [mark.start for mark in found] + [start for start in levels if start not in labelled]
    for rank, pattern in _ENUMERATORS:
        above = [mark.start for mark in enumerated if mark.rank[1] < min(rank, 8)] if rank > 7 else []
        enumerated += _chained(candidates[pattern], sorted({*firm, *above}), len(enumerated))
    found += _sunk(enumerated)
    taken = {mark.start for mark in found}
    tops = [start for start, level in levels.items() if level == 1]
    for start, level in levels.items():
        is_title = tops == [start] and level == 1
        if start not in taken and not is_title:
            after = _line_end(text, start)
            found.append(_Mark(start, after, (level, 2), "heading", "", line=True))
    return sorted(found, key=lambda mark: (mark.start, mark.rank))


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _structural(text: str, begins: dict[int, int], levels: dict[int, int]) -> list[_Mark]:
    """编 章 节 条, without those of a table of contents and without cross references."""
    found: list[_Mark] = []
    last = dict.fromkeys(_RANKS, 0)
    for match in _STRUCTURE.finditer(text):
        at, after = match.span()
        unit, number = match.group(2), _value(match.group(1))
        follows = match.group(4) is not None
        line = at in begins
        if not line and not (follows and _may_begin(text, at)):
            continue
        again = bool(match.group(3)) and number == last[unit]
        onward = number in (1, last[unit] + 1) or again
        if unit == "条":
            believed = onward or (line and follows and number > last[unit])
        else:
            title = text[after : _line_end(text, after)].strip() if line else ""
            believed = (line and len(title) <= SHORT and title[-1:] not in tuple("。；，")) or (
                not line and onward
            )
        if not believed:
            continue
        last[unit] = number
        if unit in "编章":
            last["节"] = 0
        start = begins.get(at, at)
        rank = (levels.get(start, 10), _RANKS[unit])
        label = re.sub(r"\s", "", match.group())
        head_end = after if unit == "条" else _heading_end(text, after, line)
        found.append(_Mark(start, head_end, rank, _KINDS[unit], label, number, line))
    return _without_contents(text, found)


def _heading_end(text: str, after: int, line: bool) -> int:
    """Where the heading line that begins before ``after`` ends; inside a line, after its next words."""
    if line:
        return _line_end(text, after)
    match = re.compile(r"\s*(?:\S\s+\S(?=\s)|\S{1,40})").match(text, after)
    return match.end() if match else after


def _without_contents(text: str, marks: list[_Mark]) -> list[_Mark]:
    """The marks without a table of contents: headings with nothing between them, all of which come again."""
    kept: list[_Mark] = []
    group: list[_Mark] = []
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
) -> list[_Mark]:
    found: list[_Mark] = []
    for match in pattern.finditer(text):
        at, after = match.span()
        line = at in begins
        if not line and not _may_begin(text, at):
            continue
        number = _value(match.group(1))
        if rank == 5 and text[after : after + 1] in _NUMERAL and _value(text[after : after + 1]) == number + 1:
            continue  # 一、二级市场
        start = begins.get(at, at)
        rest = text[after : after + SHORT + 1].partition("\n")[0].rstrip() if line else ""
        title = 0 < len(rest) <= SHORT and rest[-1] not in "。；;：:，,！？"
        label = match.group().strip()
        found.append(_Mark(start, after, (levels.get(start, 10), rank), "item", label, number, line, title))
    return found


def _chained(candidates: Iterable[_Mark], walls: Sequence[int], chain: int) -> list[_Mark]:
    """The candidates that belong to a sequence of at least two that starts at one and goes on.

    A sequence does not go past a wall, the start of a section of a higher rank, unless it is one of Markdown headings.
    """
    open_chains: list[list[_Mark]] = []
    every: list[list[_Mark]] = []
    for mark in candidates:
        if mark.number == 1:
            open_chains.append([mark])
            every.append(open_chains[-1])
            continue
        recent = range(len(open_chains) - 1, max(len(open_chains) - 9, -1), -1)
        alike = sorted(recent, key=lambda index: open_chains[index][0].title != mark.title)
        for index in alike:
            items = open_chains[index]
            bare = mark.rank[0] == 10
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
    return [
        replace(mark, chain=chain + index, rank=items[0].rank)
        for index, items in enumerate(every)
        if len(items) > 1
        for mark in items
    ]


def _sunk(marks: list[_Mark]) -> list[_Mark]:
    """The marks, those of a sequence inside an item of a lower rank sunk below that: （一） … 一、 二、 … （二）."""
    ordered = sorted(marks, key=lambda mark: mark.start)
    chains = _by_chain(ordered)
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


def _nested(marks: Sequence[_Mark], end: int) -> list[_Mark]:
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


_Node = tuple[int, int, str, str, int]  # start, end, kind, label, where the head ends or the label does


def _lists(text: str, marks: list[_Mark], spans: Sequence[Span]) -> tuple[list[_Mark], list[_Node]]:
    """The marks with the last item of each sequence cut where it really ends, and the nodes of announced lists."""
    starts = [span.start for span in spans]
    chains = _by_chain(marks)
    announced = {chain: _announcement(text, marks, items, spans, starts) for chain, items in chains.items()}
    colon_lists = _colon_lists(text, marks, spans)
    opens = {head.start: _RUNNING for head, _ in colon_lists}
    opens |= {
        head.start: marks[chains[chain][0]].rank[1] for chain, head in announced.items() if head is not None
    }
    plain = _plain_lines(text, marks)
    ended = list(marks)
    for items in chains.values():
        end = _end_of_last(text, marks, items, spans, starts, plain, opens)
        ended[items[-1]] = replace(marks[items[-1]], end=end)
    nodes: list[_Node] = []
    floor = 0
    lists: list[tuple[Span, list[Span]]] = [
        (head, [Span(ended[index].start, ended[index].end) for index in chains[chain]])
        for chain, head in announced.items()
        if head is not None
    ]
    for head, parts in sorted(lists + colon_lists):
        head = _with_time(text, head, spans, starts, floor, marks)
        nodes.append((head.start, parts[-1].end, "list", "", head.end))
        floor = parts[-1].end
    nodes += [(item.start, item.end, "item", "", item.start) for _, items in colon_lists for item in items]
    nodes += _fragments(text, spans, starts, {node[0] for node in nodes if node[2] == "list"})
    return ended, nodes


def _by_chain(marks: Sequence[_Mark]) -> dict[int, list[int]]:
    chains: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.chain >= 0:
            chains.setdefault(mark.chain, []).append(index)
    return chains


def _plain_lines(text: str, marks: Sequence[_Mark]) -> list[int]:
    """Where the lines begin that are neither blank nor begin with a mark."""
    begun = {mark.start for mark in marks}
    return [match.start() for match in _LINE.finditer(text) if match.start() not in begun]


def _announcement(
    text: str, marks: Sequence[_Mark], items: Sequence[int], spans: Sequence[Span], starts: Sequence[int]
) -> Span | None:
    """The sentence that announces the items, or None where their section's own head does, or nothing."""
    first = marks[items[0]]
    if first.rank[1] == 5 or first.rank[0] < 10:
        return None
    index = bisect_left(starts, first.start) - 1
    if index < 0:
        return None
    head = trimmed(Span(starts[index], first.start), text)
    around = marks[first.parent] if first.parent >= 0 else None
    begins = bisect_left(marks, head.start, key=lambda mark: mark.start)
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
    running = first.rank[1] == _RUNNING and (same_line or _ANNOUNCES.search(said))
    return head if running or said[-1] in ":：" else None


def _end_of_last(
    text: str,
    marks: Sequence[_Mark],
    items: Sequence[int],
    spans: Sequence[Span],
    starts: Sequence[int],
    plain: Sequence[int],
    opens: dict[int, int],
) -> int:
    """Where the last item of a sequence ends: it is no longer than the others let expect."""
    last = marks[items[-1]]
    others = [marks[index] for index in items[:-1]]
    end = last.end
    first_plain = bisect_right(plain, last.start)
    one_line = all(bisect_right(plain, item.start) == bisect_left(plain, item.end) for item in others)
    if one_line and not (last.title and last.rank[1] <= 6):
        after = plain[first_plain] if first_plain < len(plain) else end
        end = min(end, after)
    closing = _CLOSING.search(text, last.after + 1, end)
    if closing and last.rank[1] <= 7:
        end = closing.start()
    index = bisect_right(starts, last.start)
    counts = [bisect_left(starts, item.end) - bisect_left(starts, item.start) for item in others]
    single = last.rank[1] == _RUNNING and max(counts) == 1
    while index < len(starts) and starts[index] < end:
        opener = opens.get(starts[index], _RUNNING + 1) <= last.rank[1] or (
            last.rank[1] == _RUNNING
            and (_TIME_OPENS.match(text, starts[index]) or _SPEAKS.match(text, starts[index]))
        )
        if opener or single:
            return starts[index]
        index += 1
    return end


def _with_time(
    text: str, head: Span, spans: Sequence[Span], starts: Sequence[int], floor: int, marks: Sequence[_Mark]
) -> Span:
    """The announcing sentence, and the one before it if that says of what time it speaks."""
    index = bisect_left(starts, head.start)
    if _TIME.match(text, head.start) or index == 0 or index >= len(starts) or starts[index] != head.start:
        return head
    before = spans[index - 1]
    begun = any(before.start < mark.start <= head.start for mark in marks)
    if before.start < floor or "\n" in before.of(text) or begun or not _TIME_OPENS.match(text, before.start):
        return head
    return Span(before.start, head.end)


def _colon_lists(text: str, marks: Sequence[_Mark], spans: Sequence[Span]) -> list[tuple[Span, list[Span]]]:
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
        if end - index > (2 if _ANNOUNCES.search(text, head.start, head.end) else 3):
            found.append((head, list(spans[index + 1 : end])))
        index = end - 2 if end - index > 2 else index
    return found


def _fragments(text: str, spans: Sequence[Span], starts: Sequence[int], heads: set[int]) -> list[_Node]:
    """Fragments that end in a dash, as headings of what follows up to the next, or to the paragraph's end."""
    nodes: list[_Node] = []
    at = [
        index
        for index, span in enumerate(spans)
        if len(span) <= FRAGMENT + 2 and span.of(text).rstrip().endswith("——") and len(span) > 5
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
        if following > index + 1:
            nodes.append((start, min(end, limit), "heading", "", trimmed(spans[index], text).end))
    return nodes


def _tree(text: str, nodes: list[_Node], spans: Sequence[Span], begun: set[int]) -> tuple[Section, ...]:
    """The sections of the nodes, each within the innermost that holds its start and cut to it."""
    starts = [span.start for span in spans]
    tree = [Section(0, None, "document", "", Span(0, 0), Span(0, len(text)))]
    stack = [tree[0]]
    order = sorted(begun)
    for start, end, kind, label, after in sorted(
        nodes, key=lambda node: (node[0], -node[1], node[2] != "list")
    ):
        while stack[-1].span.end <= start:
            stack.pop()
        parent = stack[-1]
        end = min(end, parent.span.end)
        if end <= start:
            continue
        head = _head(text, Span(start, end), kind, after, starts, order)
        period = _period(head.of(text), kind, label) or parent.period
        section = Section(len(tree), parent.number, kind, label, head, Span(start, end), period)
        tree.append(section)
        stack.append(section)
    return tuple(tree)


def _head(text: str, span: Span, kind: str, after: int, starts: Sequence[int], begun: Sequence[int]) -> Span:
    """The head of a section: its heading, label or announcing sentences; of an item the first sentence, if short."""
    opening = re.compile(r"[ \t\u3000]*(?:#{1,6}[ \t]+|[-*+][ \t]+)?(?:\*\*)?").match(
        text, span.start, span.end
    )
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
    comma = re.compile("[，,：:；;]").search(text, after, head.end)
    return Span(start, comma.start()) if comma else head


def _period(head: str, kind: str, label: str) -> str:
    """The year or five-year plan that the head is about: one that it begins with, or that stands in a heading."""
    words = head[len(label) :].lstrip() if head.startswith(label) else head
    found = _TIME.match(words)
    if found:
        return found.group(1) + "五" if found.group(1) else found.group(2)
    titled = kind in ("part", "chapter", "division", "heading") or (
        kind == "item" and len(head) <= SHORT and head[-1:] not in tuple("。；;，,")
    )
    inside = _YEAR_INSIDE.search(words) if titled else None
    return inside.group(1) if inside else ""
