"""What the lines of an answer leave out and say nothing without: an announcement, a subject, the rest of a penalty.

(三)利用暗管排放的  →  有下列行为之一的,处十万元以上一百万元以下的罚款: (三)利用暗管排放的
是指…积水地带      →  本法所称湿地,是指…积水地带
新增就业1200万人以上 →  今年发展主要预期目标是:新增就业1200万人以上
免费享受前款优待 →  乘坐公共汽车…享受半价优惠。 免费享受前款优待
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answering.evidence import announced, clauses
from assistant.answering.lines import Said, bare, statement, whole_within
from assistant.language import form
from assistant.language.question import Question
from index.sentences import sentences, trimmed
from index.types import Span

EARLIER = 300
"""Characters up to which a paragraph is said before what refers to it."""
LONGEST = 60
"""Characters of an announcement within a sentence that is said with what it announces."""

_LEANS = re.compile(
    r"^(?:是指|系指|指的是|包括|均?为|即(?!时|将)|但|并(?!购|网|联|轨)|且|其中|该|其(?!他|它|余)|在[^，,]{1,20}(?:内|范围|限额|时|后)"
    r"|由(?!于)|按照?(?![揭摩])|应当?(?!急|用)|可以?(?!再生|持续|见)|不得|处(?![理置方])|最[高低长短多少](?:不|为|可|可以)?|(?:不(?:得)?)?(?:超过|超出|低于|高于|少于|多于))"
)
_TRAILS = re.compile(r"(?:[日月年天]内|之[日前后]起?|的|时|满[\d一二三四五六七八九十]+[年个]月?)$")
"""How a clause ends that is a condition, and says nothing without what follows."""
_OF_MEANINGS = re.compile(r"(?:用语|术语|名词)[^。；\n]{0,8}(?:含义|定义|意义|解释)")
"""An announcement of what terms mean, each of which is told by itself."""
_PARAGRAPH_BEFORE = re.compile("前款")
_ITEM = re.compile(r"\s*[（(]?[一二三四五六七八九十\d]+[)）、.．]")
_ANNOUNCED = re.compile(r"(?:^|[。；;，,\n])([^。；;，,\n]{4,}?(?:是|为|目标|预期|如下|包括|任务|要求|标准)[:：])")


def whole(question: Question, lines: Sequence[Said]) -> tuple[Said, ...]:
    """The ``lines`` with what each needs to say something, in their order; lines of tables stay as they are."""
    return tuple(_with_announcements([line if line.pieces else _widened(question, line) for line in lines]))


def _widened(question: Question, line: Said) -> Said:
    if form.is_of_penalty(question):
        return replace(line, said=line.quoted)
    text = line.source.document.text
    parts = clauses(text, line.quoted)
    place = next((place for place, part in enumerate(parts) if part.end > line.said.start), 0)
    while place and _LEANS.match(line.said.of(text)):
        place -= 1
        line = replace(line, said=bare(Span(parts[place].start, line.said.end), text))
    last = next((at for at, part in enumerate(parts) if part.end >= line.said.end), len(parts) - 1)
    while last + 1 < len(parts) and _TRAILS.search(line.said.of(text)):
        last += 1
        line = replace(line, said=bare(Span(line.said.start, parts[last].end), text))
    before = Span(line.quoted.start, line.said.start).of(text)
    found = list(_ANNOUNCED.finditer(before))
    if not found or len(found[-1][1]) > LONGEST or "。" in before[found[-1].end() :]:
        return line
    start = line.quoted.start + found[-1].start(1)
    end = line.quoted.start + found[-1].end(1)
    if end == line.said.start:
        return replace(line, said=Span(start, line.said.end))
    return replace(line, said=Span(start, line.said.end), pieces=(Span(start, end), line.said))


def _with_announcements(lines: Sequence[Said]) -> Iterator[Said]:
    """The lines, each item that stands without its announcement behind it."""
    said: set[tuple[str, int]] = set()
    for line in lines:
        for before in _before(line):
            key = before.source.document.id, before.quoted.start
            if key not in said and not any(before.quoted == one.quoted for one in lines):
                said.add(key)
                yield before
        said.add((line.source.document.id, line.quoted.start))
        if not line.pieces and (lead := _announcement(line)) is not None:
            key = lead.source.document.id, lead.quoted.start
            if key not in said and not any(
                lead.quoted.overlaps(one.quoted) for one in lines if one.source == lead.source
            ):
                said.add(key)
                yield lead
        yield line


def _before(line: Said) -> Iterator[Said]:
    """The sentences of the paragraph before, in the same section, if a line speaks of it (前款); none of a list's item."""
    text, section = line.source.document.text, line.source.sections[line.section]
    if line.pieces or not _PARAGRAPH_BEFORE.search(statement(line)):
        return
    end = text.rfind("\n", 0, line.quoted.start)
    paragraph = trimmed(Span(text.rfind("\n", 0, len(text[: max(end, 0)].rstrip())) + 1, max(end, 0)), text)
    if (
        not 0 < len(paragraph) <= EARLIER
        or paragraph.start < section.span.start
        or _ITEM.match(paragraph.of(text))
    ):
        return
    for quoted in whole_within(text, paragraph.start, paragraph.end):
        yield Said(line.source, line.section, quoted, quoted, lead=True)


def _announcement(line: Said) -> Said | None:
    source = line.source
    section = source.sections[line.section]
    above = announced(source, section) if not statement(line).startswith(source.document.title) else None
    if above is None or not len(above.head) or line.quoted.start < above.head.end:
        return None
    text = source.document.text
    if _OF_MEANINGS.search(above.head.of(text)):
        return None
    around = source.sections[above.parent] if above.parent is not None else above
    start = around.span.start if around.kind == "article" else above.span.start  # 第八十三条 is told, too
    parts = [one for one in sentences(text, start, above.span.end) if one.overlaps(above.head)]
    quoted = trimmed(parts[-1], text) if parts else Span(0, 0)
    return Said(source, above.number, quoted, quoted, lead=True) if len(quoted) else None
