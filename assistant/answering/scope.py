"""Of what time, place and body a sentence is: 2020's results do not pass for 2021's tasks, nor a country's for a city's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.language import matching, periods
from assistant.language.question import Question
from assistant.language.vocabulary import comparable
from index import regions
from index.sentences import trimmed
from index.structure import heading_path
from index.types import Document, Hit, Section, Span

_OF_THE_COUNTRY = re.compile(r"全国|我国|国家(?:层面|总体)")
_OF_ALL = re.compile(r"报告|讲话|公报|会议|工作要点|规划|计划|纲要")
"""Titles of texts that tell of the whole country or plan for it, from which nothing follows for one place of it."""
_LOOKS_BACK = re.compile("(?:过去|这|近)一年")
"""Headings of what a text of a year tells of the year before."""
_OF_YEARS = re.compile("[两三四五六七八九十]年(?:来|间)?|年均")
"""What such a text tells of several years."""
_WATERS = re.compile("长江|黄河|淮河|珠江|海河|辽河|松花江|太湖|渤海|青藏高原")
"""Waters and land that laws of their own are made for."""

_BODY = re.compile(
    r"(?:\d{4}年)?([一-鿿]{2,10}?(?:部|委员会|委|总局|局|署|厅))(?:\d{4}年|今年|去年)?的?(?:有哪些|主要|重点|工作|任务)"
)
"""A body at the beginning of a question for its tasks or its work."""
_NO_BODIES = ("全部", "内部", "外部", "干部", "总部", "局部", "各部", "西部", "东部", "中部", "南部", "北部")


@dataclass(frozen=True, slots=True)
class Source:
    """A document as the answer needs it: its text and its outline."""

    document: Document
    sections: tuple[Section, ...]

    def path(self, number: int) -> str:
        """The heading path of a section, an empty string for the root."""
        return heading_path(self.document.text, self.sections, number)

    def caption(self, table: Section) -> Span:
        """The caption of a table, or without one the heading right above it; empty where there is neither."""
        if table.head or table.parent is None:
            return table.head
        above = self.sections[table.parent].head
        return above if not self.document.text[above.end : table.span.start].strip() else table.head

    def children(self, number: int) -> tuple[Section, ...]:
        """The sections directly below a section, in the order of the text."""
        return tuple(section for section in self.sections if section.parent == number)


def innermost(sections: Sequence[Section], span: Span) -> Section:
    """The deepest section that covers ``span``; the last in outline order, since children follow parents."""
    return [section for section in sections if section.span.covers(span)][-1]


def time(source: Source, section: Section, text: str) -> str:
    """The time that a sentence speaks of: its own, its section's, or the year in its document's title.

    What a text of a year tells of the year before (去年, 过去一年) is of that one.
    """
    titled = series(source.document.title)[1]
    own = periods.leading(text) or (periods.before(text, int(titled)) if titled else "")
    if own or section.period:
        return own or section.period
    if titled and _looks_back(source, section):
        of_years = _OF_YEARS.search(text)
        return of_years[0] if of_years else str(int(titled) - 1)
    return titled


def _looks_back(source: Source, section: Section) -> bool:
    """Whether a heading above a sentence says that it tells of the year before."""
    while section.parent is not None:
        if _LOOKS_BACK.search(source.document.text, section.head.start, section.head.end):
            return True
        section = source.sections[section.parent]
    return False


def agrees(question: Question, period: str, text: str, source: Source, span: Span) -> float | None:
    """1 if a sentence is of the time asked for, 0.5 if none was asked for, ``None`` if it is of another.

    A sentence that names the asked period itself is always of it, and so is one whose paragraph begins with the year
    by which it is to be reached (到2025年,…); one without a time of its own passes if its document is of the asked year.
    """
    if not question.periods:
        return 0.5
    whole = source.document.text
    named = set(periods.years(text)) | set(periods.plans(text))
    named.add(periods.term(whole[whole.rfind("\n", 0, span.start) + 1 : span.start]))
    dated = year_of(source.document.facts.date)
    for asked in question.periods:
        if asked == period or asked in named or (not period and asked == dated):
            return 1.0
    return None


def elsewhere(question: Question, text: str, source: Source) -> bool:
    """Whether a sentence is of another place than the question names.

    It is if its document is of a known region that neither holds nor lies in any of the question's places, or names
    other places than these where its region is not known, and neither the sentence nor the title names one of them.
    So is what the law of another river says. What is asked of the whole country is told by no document of one place,
    unless its sentence is of the country; and what a report tells of the country is no answer for one place.
    """
    facts = source.document.facts
    waters, titled = set(_WATERS.findall(question.text)), set(_WATERS.findall(source.document.title))
    if waters and titled and not waters & (titled | set(_WATERS.findall(text))):
        return True
    if facts.region and _OF_THE_COUNTRY.search(question.text):
        return not _OF_THE_COUNTRY.search(text)
    if not question.places:
        return False
    if not facts.region and facts.level in ("中央", "部委") and _OF_ALL.search(source.document.title):
        named = regions.named(text)
        return not any(
            place in text or any(regions.within(one.full, place) for one in named) for place in question.places
        )
    if not facts.region and facts.level == "中央":
        return False
    around = (facts.region,) if facts.region else _places(source.document.text)
    said = text + source.document.title
    return bool(around) and not any(
        place in said or regions.within(one, place) or regions.within(place, one)
        for place in question.places
        for one in around
    )


def of_another_body(question: Question, source: Source) -> bool:
    """Whether the work of a body is asked for that the document neither is of, by any of its names, nor names.

    水利部2021年有哪些重点任务, of a report by 生态环境部.
    """
    body = _BODY.match(question.text)
    if not body or body[1].endswith(_NO_BODIES):
        return False
    own = comparable(f"{source.document.title}；{source.document.facts.issuer}")
    return matching.covered(comparable(body[1]), own) < matching.SYNONYM and body[1] not in source.document.text


@lru_cache(maxsize=256)
def _places(text: str) -> tuple[str, ...]:
    """The places that a document of no known region names."""
    return tuple(place.full for place in regions.named(text))


def speaks(question: Question, hit: Hit, source: Source) -> bool:
    """Whether a sentence of ``hit`` is of the time and the place that the question asks for."""
    if not question.periods and not question.places and not _OF_THE_COUNTRY.search(question.text):
        return True
    text = source.document.text
    for span in (trimmed(one, text) for one in hit.chunk.sentences):
        said = span.of(text)
        period = time(source, innermost(source.sections, span), said) if span else ""
        if span and agrees(question, period, said, source, span) and not elsewhere(question, said, source):
            return True
    return False


def of_waters(question: Question, source: Source) -> bool:
    """Whether a document is the law of one river or plateau, and the question names none."""
    return bool(_WATERS.search(source.document.title)) and not _WATERS.search(question.text)


@lru_cache(maxsize=4_096)
def series(title: str) -> tuple[str, str]:
    """A title without its year, the same for the reports of all years, and that year; empty strings without one."""
    year = next(iter(periods.years(title)), "")
    return (periods.without(title), year) if year else ("", "")


def last_of_series(titles: Iterable[str]) -> dict[str, str]:
    """The last year of each series of which one of ``titles`` is."""
    last: dict[str, str] = {}
    for name, year in map(series, titles):
        last[name] = max(year, last.get(name, ""))
    return last


def year_of(day: date | None) -> str:
    """The year of a day, an empty string without one."""
    return str(day.year) if day else ""
