"""Search as a pure function: filter, score by words and by meaning, fuse, order.

Nothing here reads a file: ``Snapshot`` is the library's content as search sees it, at one moment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from index.errors import InvalidQuestion
from index.lexical import Lexical, normalise
from index.names import edition, name, number
from index.numerals import numeral
from index.regions import within
from index.store import Summary
from index.types import Filters
from index.validity import IN_FORCE, OUTDATED
from index.vectors import Vectors

CANDIDATES = 100
"""How many chunks each half puts forward."""

LEXICAL_WEIGHT = 1.0
DENSE_WEIGHT = 1.25
DOCUMENT_SHARE = 0.5
"""How the halves are summed, and the share of its document's best chunk that a chunk gains.

Chosen in November 2026 with the bundled encoder on ncp (685 questions, 599 documents: the document at rank 1,
in the first 5, the answer whole in one of the first 5 chunks) and a part of stard (988 lay questions, 5,000
articles: nDCG@10):

    lexical alone        .799 .952 .873   .506        dense weight ½, share ½     .816 .956 .901   .554
    dense alone          .673 .874 .780   .559        dense weight ¾, share ½     .815 .953 .899   .567
    both, share 0        .812 .950 .882   .579        dense weight 1, share ½     .812 .950 .899   .579
                                                      dense weight 1½, share ½    .803 .940 .895   .586

With its trained question side, on questions that it was not trained on (118 of ncp: the document at rank 1, in the first
5; 221 of stard with all 58,639 articles: recall in the first 10, nDCG@10):

    plain, dense weight 1      .839 .941   .567 .448        trained, dense weight 1¼    .847 .949   .601 .477
    trained, dense weight 1    .847 .949   .579 .467        trained, dense weight 1½    .847 .932   .612 .488
"""

TITLE_BOOST = 2.0
NUMBER_BOOST = 4.0
ARTICLE_BOOST = 4.0
YEAR_BOOST = 1.5
"""What an exact reference adds, in standard deviations of a half's scores over the candidates.

Set so that a reference outweighs words in common (the best chunk stands some 4 above the mean), and a year
decides between two sections on the same subject, or two versions of the law that is named; they leave the figures
above as they are.
"""

OUTDATED_PENALTY = 2.0
"""What a chunk loses, in the same measure, if its document is known to be 已修改, 已废止 or 失效.

Chosen in November 2026 with the bundled encoder on 28 laws, 9 of which another of them amends or repeals, and 31
lay questions on their subjects: the first hit is of an outdated law in 19 questions without a penalty, in 12, 6, 5
and 3 with ¼, ½, 1 and 2. Of these 3 one asks for what only the old law says.
"""

_QUOTED = re.compile("《([^《》]+)》")
_ARTICLE = re.compile("第([零〇一二三四五六七八九十百千\\d]{1,9})条(之[一二三四五六七八九十]{1,3})?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SHORTEST_NAME = 5
"""A title shorter than this is also an ordinary word, so only 《》 make it a reference."""


class Scored(NamedTuple):
    """One chunk that a search found, by its row."""

    row: int
    score: float
    lexical: float
    dense: float


@dataclass(frozen=True, slots=True)
class References:
    """What a query names exactly: titles in 《》, articles (第二十条, also for 第20条) and years."""

    titles: tuple[str, ...]
    articles: tuple[str, ...]
    years: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """The library as search sees it at one moment; arrays run over the chunks' rows, in the order of their ids.

    ``owner`` is the place in ``documents`` of each chunk's document, ``periods`` the time that the chunk's
    section speaks of.
    """

    stamp: str
    ids: np.ndarray
    owner: np.ndarray
    periods: np.ndarray
    documents: tuple[Summary, ...]
    lexical: Lexical
    vectors: Vectors

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Each document's title as it is matched."""
        return tuple(name(document.title) for document in self.documents)

    @cached_property
    def outdated(self) -> np.ndarray:
        """Which documents are known to be no longer in force as they stand."""
        return np.array([document.facts.status in OUTDATED for document in self.documents], dtype=bool)

    @cached_property
    def dated(self) -> np.ndarray:
        """The year of each document's date; empty where it is not known."""
        years = [str(document.facts.date.year) if document.facts.date else "" for document in self.documents]
        return np.array(years, dtype=np.str_)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Each document's number (发文字号) as it is matched."""
        return tuple(number(document.facts.number) for document in self.documents)


def context(title: str, heading: str) -> str:
    """What is embedded and matched before a chunk's own text: its document's title and its heading path."""
    return " › ".join(part for part in (title, heading) if part)


def references(query: str) -> References:
    """What ``query`` names exactly."""
    plain = normalise(query)
    return References(
        titles=tuple(dict.fromkeys(filter(None, map(name, _QUOTED.findall(plain))))),
        articles=tuple(dict.fromkeys(map(_label, _ARTICLE.finditer(plain)))),
        years=tuple(dict.fromkeys(_YEAR.findall(_QUOTED.sub(" ", plain)))),
    )


def _label(article: re.Match[str]) -> str:
    """The label of an article as laws write it: 第20条 → 第二十条."""
    digits, insertion = article.groups(default="")
    written = numeral(int(digits)) if digits.isdecimal() and len(digits) < 5 else digits
    return f"第{written}条{insertion}"


def passing(filters: Filters, documents: Sequence[Summary]) -> np.ndarray:
    """Which documents ``filters`` let through, as booleans in their order.

    Raises ``InvalidQuestion`` for a date that is none.
    """
    since, until = _day(filters.since), _day(filters.until)
    issuer, region = normalise(filters.issuer), normalise(filters.region)
    wanted = number(filters.number)

    def passes(document: Summary) -> bool:
        facts = document.facts
        return (
            (not filters.documents or document.id in filters.documents)
            and (not issuer or issuer in normalise(facts.issuer))
            and (not region or within(normalise(facts.region), region))
            and (not wanted or wanted == number(facts.number))
            and (not filters.status or _stands(facts.status, filters.status))
            and (not filters.level or filters.level == facts.level)
            and (not filters.kind or filters.kind == facts.kind)
            and (since is None or (facts.date is not None and facts.date >= since))
            and (until is None or (facts.date is not None and facts.date <= until))
        )

    return np.fromiter(map(passes, documents), dtype=bool, count=len(documents))


def _stands(status: str, wanted: str) -> bool:
    """Whether a document of ``status`` passes the filter: 现行 lets all pass that is not known to be outdated."""
    return status == wanted or (wanted == IN_FORCE and status not in OUTDATED)


def rank(
    snapshot: Snapshot,
    query: str,
    vector: np.ndarray,
    k: int,
    filters: Filters | None = None,
    articles: np.ndarray | None = None,
    *,
    lexical_weight: float = LEXICAL_WEIGHT,
    dense_weight: float = DENSE_WEIGHT,
) -> tuple[Scored, ...]:
    """Up to ``k`` chunks for ``query``, best first; of equals, the one stored first.

    ``vector`` is the query's, of length 1; ``articles`` are the rows of the articles that the query names. Each
    half puts forward its best ``CANDIDATES`` among the chunks that ``filters`` let through; every candidate is
    scored exactly by both; each half's scores are brought to mean 0 and standard deviation 1 over the
    candidates, and summed.
    """
    if not len(snapshot.ids):
        return ()
    open_documents = None if filters in (None, Filters()) else passing(filters or Filters(), snapshot.documents)
    open_rows = None if open_documents is None else open_documents[snapshot.owner]
    lexical = snapshot.lexical.scores(query)
    boosts = _boosts(snapshot, query, articles, open_documents)
    if open_rows is not None:
        lexical = np.where(open_rows, lexical, -1)
        boosts = np.where(open_rows, boosts, 0)
    rows = np.unique(
        np.concatenate(
            [
                _best(lexical, lexical > 0),
                snapshot.vectors.nearest(vector, CANDIDATES, open_rows),
                _best(boosts + _standardised(lexical), boosts >= TITLE_BOOST),
            ]
        )
    )
    if not len(rows):
        return ()
    words, meaning = lexical[rows], snapshot.vectors.scores(vector, rows)
    fused = lexical_weight * _standardised(words) + dense_weight * _standardised(meaning)
    scores = fused + DOCUMENT_SHARE * _best_of_document(fused, snapshot.owner[rows]) + boosts[rows]
    scores -= OUTDATED_PENALTY * _passed_over(snapshot, query)[snapshot.owner[rows]]
    order = np.lexsort((rows, -scores))[:k]
    return tuple(
        Scored(int(rows[place]), float(scores[place]), float(words[place]), float(meaning[place]))
        for place in order
    )


def _boosts(
    snapshot: Snapshot, query: str, articles: np.ndarray | None, open_documents: np.ndarray | None
) -> np.ndarray:
    """What exact references add to each row."""
    named = references(query)
    fits = _title_fits(snapshot, query, named.titles)
    plain_query = number(query)
    numbered = np.array([_names(plain_query, known) for known in snapshot.numbers], dtype=bool)
    of_documents = TITLE_BOOST * fits + NUMBER_BOOST * numbered
    boosts: np.ndarray = of_documents[snapshot.owner] if len(snapshot.owner) else np.zeros(0)
    if articles is not None and len(articles):
        owners = snapshot.owner[articles]
        meant = (fits > 0) | numbered
        if not meant.any():
            there = np.unique(owners if open_documents is None else owners[open_documents[owners]])
            meant[there] = len(there) == 1
        boosts[articles[meant[owners]]] += ARTICLE_BOOST
    if named.years:
        boosts += YEAR_BOOST * np.isin(snapshot.periods, named.years)
        versions = (fits > 0) & np.isin(snapshot.dated, named.years)
        boosts += YEAR_BOOST * versions[snapshot.owner]
    return boosts


def _names(query: str, known: str) -> bool:
    """Whether a query names a number; that of a standard it may name without the year: GB 8978."""
    bare = edition(known)
    return (len(known) > 3 and known in query) or bool(
        bare and re.search(rf"(?<![a-z]){re.escape(bare)}(?![\d./-])", query)
    )


def _passed_over(snapshot: Snapshot, query: str) -> np.ndarray:
    """Which documents stand back because they are outdated.

    One that the query means does not: by its year, its number, or by a title in 《》 that none in force has.
    """
    named, plain = references(query), number(query)
    present = {
        known for known, outdated in zip(snapshot.names, snapshot.outdated, strict=True) if not outdated
    } & set(named.titles)
    meant = [
        (known in named.titles and known not in present) or (len(digits) > 3 and digits in plain)
        for known, digits in zip(snapshot.names, snapshot.numbers, strict=True)
    ]
    over: np.ndarray = snapshot.outdated & ~np.isin(snapshot.dated, named.years) & ~np.array(meant, dtype=bool)
    return over


def _title_fits(snapshot: Snapshot, query: str, titles: Sequence[str]) -> np.ndarray:
    """How well each document's title fits one that is named: 1 the same, ½ a part of it, 0 not at all."""
    plain = name(query)
    fits = np.zeros(len(snapshot.documents))
    for place, known in enumerate(snapshot.names):
        if known in titles or (len(known) >= _SHORTEST_NAME and known in plain):
            fits[place] = 1
        elif titles and any(title in known for title in titles):
            fits[place] = 0.5
    return fits


def _best(scores: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    """Up to ``CANDIDATES`` eligible rows of the greatest scores, in no order."""
    rows = np.flatnonzero(eligible)
    if len(rows) > CANDIDATES:
        rows = rows[np.argpartition(-scores[rows], CANDIDATES)[:CANDIDATES]]
    return rows


def _best_of_document(scores: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """For each chunk the greatest score of its document's chunks."""
    _, places = np.unique(owner, return_inverse=True)
    best = np.full(len(scores), -np.inf)
    np.maximum.at(best, places, scores)
    found: np.ndarray = best[places]
    return found


def _standardised(scores: np.ndarray) -> np.ndarray:
    """``scores`` with mean 0 and standard deviation 1; all 0 where they are all the same."""
    spread = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros(len(scores))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidQuestion(
            f"'{text}' is not a date; write it as 2021-01-31", f"“{text}”不是日期；请写成 2021-01-31 的形式"
        ) from error
