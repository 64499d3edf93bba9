"""The documents in which the answer to a question stands most likely are searched by themselves, too.

Those are the documents of the place asked for; the reports of the year whose tasks are asked for, or those that look
back on the year whose results are, since what 2022 brought is told by the report of 2023, while that of 2022 has its
targets; and where no time is asked for, the last of those that appear year by year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from assistant.answering.scope import Source, last_of_series, series
from assistant.language import periods
from assistant.language.question import Question
from index import regions
from index.store import Summary
from index.types import Filters, Hit

_REPORTS = re.compile("报告|讲话|公报|会议|总结|情况|要点")
"""Titles of texts of a year that tell what the year before it has brought, and what it is to bring."""


def searched(
    question: Question,
    search: Callable[[Filters], tuple[Hit, ...]],
    filters: Filters,
    documents: Callable[[], Sequence[Summary]],
    behind: Callable[[Sequence[Hit]], Mapping[str, Source]],
) -> tuple[Hit, ...]:
    """The hits of a ``search`` in all that ``filters`` let through, by turns with those in the likely ones alone.

    ``documents`` lists what the filters let through, ``behind`` gives the documents of hits by their ids. What only
    the search in the likely documents finds is worth no more than the last of the others, until it is read.
    """
    hits = search(filters)
    among = _likely(question, documents) or (frozenset() if question.periods else _last(behind(hits)))
    if not among:
        return hits
    known = {(hit.chunk.document_id, hit.chunk.number): hit for hit in hits}
    least = min((hit.score for hit in hits), default=0.0)
    inside = [
        known.get((hit.chunk.document_id, hit.chunk.number), replace(hit, score=min(hit.score, least)))
        for hit in search(replace(filters, documents=tuple(sorted(among))))
    ]
    return joined(inside, hits)


def joined(*found: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits of several searches, the best of each first; a chunk that several found once."""
    once: dict[tuple[str, int], Hit] = {}
    for hit in (hit for hits in zip_longest(*found) for hit in hits if hit is not None):
        once.setdefault((hit.chunk.document_id, hit.chunk.number), hit)
    return tuple(once.values())


def _likely(question: Question, documents: Callable[[], Sequence[Summary]]) -> frozenset[str]:
    """The ids of the documents of the place asked for, and those that tell of the year asked about."""
    later = question.tense == "done"
    told = later or (
        question.tense == "planned" and not question.places
    )  # of one place, all that is of it may tell
    years = {str(int(one) + later) for one in question.periods if told and one.isdigit()}
    if not years and not question.places:
        return frozenset()
    return frozenset(
        document.id
        for document in documents()
        if (not question.places or any(regions.within(document.facts.region, place) for place in question.places))
        and (not years or (_REPORTS.search(document.title) and _year(document) in years))
    )


def _last(behind: Mapping[str, Source]) -> frozenset[str]:
    """The ids of the last documents of the series of which several are at hand."""
    of = {id_: series(source.document.title) for id_, source in behind.items()}
    last = last_of_series(source.document.title for source in behind.values())
    earlier = {name for name, year in of.values() if year < last.get(name, "")}
    return frozenset(id_ for id_, (name, year) in of.items() if name in earlier and year == last[name])


def _year(document: Summary) -> str:
    titled = periods.years(document.title)
    return titled[0] if titled else str(document.facts.date.year) if document.facts.date else ""
