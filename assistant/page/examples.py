"""Example questions, drawn from the outlines of the library's own documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from index.types import Document, Section

SHORT = 16
"""Characters that the subject of an example has at most."""

_NAMED = re.compile(r"“([一二三四五六七八九十]+[个项大条]\w{1,4})”")
_ANNOUNCED = re.compile(r"(?:以下|下列)(\w{2,4}(?:任务|工作|措施|要求|原则|目标))[。:：]?$")
_DOING = re.compile(
    r"^(?:(?:系统|持续|继续|进一步|切实|有效|依法|全面|深入|大力|统筹|扎实|稳步|积极|加快|高质量|认真|突出|严格)*"
    r"(?:谋划|加强|推进|开展|确保|做好|完善|健全|强化|实施|编制实施|编制|提升|优化|落实|推动|构建|建立|改进|改善|保障|促进))+"
)
_UNFIT = re.compile(r"\d|[“”《》]|水平$")
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百]+[章节]\s*")


def examples(document: Document, sections: Sequence[Section]) -> tuple[str, ...]:
    """Questions that the document's outline promises to answer, different kinds by turns, none twice.

    The tasks of an announced list, what a named group ("五个坚持") consists of, the points of the list that
    comes last, and what the chapters of a law are about. None where the outline shows nothing to ask.
    """
    kinds = (_lists(document, sections), _points(document, sections), _chapters(document, sections))
    by_turns = chain.from_iterable(zip_longest(*kinds))
    return tuple(dict.fromkeys(question for question in by_turns if question))


def _lists(document: Document, sections: Sequence[Section]) -> Iterator[str]:
    """The last list first: what is to be done is asked more than what was."""
    for section in reversed(sections):
        if section.kind != "list":
            continue
        head = section.head.of(document.text).strip()
        announced, named = _ANNOUNCED.search(head), _NAMED.search(head)
        if announced and section.period:
            yield f"{_whose(document)}{_when(section.period)}有哪些{announced[1]}？"
        elif named:
            yield f"“{named[1]}”包括哪些内容？"


def _points(document: Document, sections: Sequence[Section]) -> Iterator[str]:
    points = [section for section in sections if section.kind == "item" and section.label and section.period]
    for point in points:
        if point.parent == points[-1].parent:
            head = point.head.of(document.text).strip().removeprefix(point.label).strip()
            subject = _DOING.sub("", re.split(r"[,，。;；:：]", head)[0])
            if 4 <= len(subject) <= SHORT and _DOING.match(head) and not _UNFIT.search(subject):
                yield f"{_whose(document)}{_when(point.period)}{subject}有哪些措施？"


def _chapters(document: Document, sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        if section.kind == "chapter":
            subject = _CHAPTER.sub("", section.head.of(document.text).strip())
            if 2 <= len(subject) <= SHORT and subject not in ("总则", "附则"):
                yield f"《{document.title}》对{subject}有哪些规定？"


def _whose(document: Document) -> str:
    """The region that a document is about: many have tasks of the same year."""
    return document.facts.region


def _when(period: str) -> str:
    return f"{period}年" if period.isdigit() else f"“{period}”时期"
