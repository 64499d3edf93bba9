"""The documents that a question names, as the library holds them, and what it says of those that it does not hold.

A question that names a document is answered from that document, or from a passage of another that names it, and
never from one that has merely words in common: what 《水法》第二十条 says does not stand in another law's 第二十条.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.evidence import Candidate
from assistant.language import matching
from assistant.language.naming import LAW, NUMBER, STANDARD, TITLE, Mention, mentions
from assistant.language.question import Question, Term
from assistant.language.vocabulary import comparable
from index.names import brackets, edition, name, number
from index.store import Summary
from index.types import Hit

LEAST = 0.6
"""Share of what is asked of a document that a passage which only names it covers at least."""
_SHORTEST = 4
"""Characters of a name from which on it may be a part of a title."""
_ISSUED = re.compile(r"(?:印发|发布|公布|编制|推出|出台|制定|编写)[^。；\n]{0,40}《[^《》\n]{2,80}》")
_YEAR = re.compile(r"-(\d{2}|\d{4})$")
_TYPES = ("实施条例", "条例", "办法", "规定", "细则", "规则", "解释", "标准", "方案", "法")


@dataclass(frozen=True, slots=True)
class Named:
    """A document that a question names: how, the ids of those that are meant, and of those like it.

    ``held`` is empty for one that the library does not hold; ``near`` are then other editions of the standard.
    """

    mention: Mention
    held: frozenset[str]
    near: tuple[Summary, ...] = ()

    def said_in(self, text: str) -> bool:
        """Whether ``text`` names the document."""
        if self.mention.sort == STANDARD:
            return _stands(_bare(self.mention.name), number(text))
        if self.mention.sort == NUMBER:
            return number(self.mention.name) in number(text)
        return name(self.mention.name) in brackets(text)


def named(text: str, documents: Callable[[], Sequence[Summary]]) -> tuple[Named, ...]:
    """The documents that ``text`` names, looked up among ``documents``, which are listed only if it names one.

    A law that is named without 《》 is left out if it is not held, unless one of its articles is asked for.
    """
    found = mentions(text)
    if not found:
        return ()
    there = documents()
    looked_up = (_looked_up(mention, there) for mention in found)
    return tuple(one for one in looked_up if one.held or one.mention.sort != LAW or one.mention.article)


def held(named: Iterable[Named]) -> frozenset[str]:
    """The ids of all the documents that are named and held."""
    return frozenset().union(*(one.held for one in named))


def ordered(named: Sequence[Named], inside: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """What is read for a question: the hits ``inside`` the named documents, then of all ``hits`` those that name one.

    If none is held, all the others follow: they may be shown as what is nearest.
    """
    of = held(named)
    others = [hit for hit in hits if hit.chunk.document_id not in of]
    naming = [hit for hit in others if said(named, f"{hit.chunk.heading}；{hit.chunk.text}")]
    rest = [] if of else [hit for hit in others if hit not in naming]
    return (*inside, *naming, *rest)


def said(named: Iterable[Named], text: str) -> bool:
    """Whether ``text`` names one of the ``named`` documents."""
    return any(one.said_in(text) for one in named)


def groups(named: Sequence[Named], question: Question, found: Sequence[Candidate]) -> tuple[list[Candidate], ...]:
    """The candidates that may answer, those that are tried first first: of a named document, then such as name one.

    Another document must speak of what is asked of the named one, too; what an article says stands in its own
    document alone.
    """
    of = held(named)
    inside = [one for one in found if one.source.document.id in of]
    asked = _besides(named, question)
    if not asked or any(one.mention.article for one in named):
        return (inside,)
    others = [one for one in found if one.source.document.id not in of]
    naming = [
        one
        for one in others
        if (said(named, _around(one)) or _tells_of(named, one.source.document.text))
        and _covered(asked, comparable(_around(one))) >= LEAST
    ]
    return inside, naming


def _tells_of(named: Iterable[Named], text: str) -> bool:
    """Whether a text tells that one of the named documents was issued, and so is about it."""
    return any(one.said_in(told[0]) for told in _ISSUED.finditer(text) for one in named)


def _besides(named: Iterable[Named], question: Question) -> tuple[Term, ...]:
    """What a question asks of the documents that it names."""
    names = "；".join(comparable(one.mention.name) for one in named)
    return tuple(term for term in question.subject if term.text not in names)


def _covered(terms: Sequence[Term], text: str) -> float:
    """The share of ``terms`` that a comparable text covers."""
    return sum(matching.covered(term.text, text) for term in terms) / len(terms)


def absent(named: Iterable[Named]) -> str:
    """The named documents that are not held, as they are told of, with what is held in their stead; empty if none is."""
    return "、".join(
        f"{one.mention.written}（收录的是{'、'.join(f'《{near.title}》{near.facts.number}' for near in one.near)}）"
        if one.near
        else one.mention.written
        for one in named
        if not one.held
    )


def _around(candidate: Candidate) -> str:
    return f"{candidate.source.path(candidate.section)}；{candidate.text}"


def _looked_up(mention: Mention, documents: Sequence[Summary]) -> Named:
    if mention.sort == STANDARD:
        return _standard(mention, documents)
    if mention.sort == NUMBER:
        asked = number(mention.name)
        held = {one.id for one in documents if _order(number(one.facts.number)) == _order(asked)}
        return Named(mention, frozenset(held))
    return Named(mention, _titled(mention, documents))


def _order(plain: str) -> str:
    """A comparable 文号, that of an order with its organ in full: 国令第706号 → 国务院令第706号."""
    return re.sub("^国令", "国务院令", plain)


def _standard(mention: Mention, documents: Sequence[Summary]) -> Named:
    asked = number(mention.name)
    year = _YEAR.search(asked)
    of_it = [one for one in documents if _stands(_bare(mention.name), number(one.facts.number))]
    held = [one for one in of_it if not year or _year(number(one.facts.number)) == _year(asked)]
    return Named(mention, frozenset(one.id for one in held), () if held else tuple(of_it))


def _bare(written: str) -> str:
    """A standard's number without its year, comparable."""
    plain = number(written)
    return edition(plain) or _YEAR.sub("", plain)


def _year(plain: str) -> str:
    """The year of a standard's comparable number, of four digits; empty where it has none."""
    found = _YEAR.search(plain)
    return "" if not found else found[1] if len(found[1]) == 4 else f"19{found[1]}"


def _stands(bare: str, text: str) -> bool:
    """Whether a comparable text names the standard: gb8978 does not stand in gb89781 or in dgb8978."""
    return re.search(rf"(?<![a-z]){re.escape(bare)}(?![\d./])", text) is not None


def _titled(mention: Mention, documents: Sequence[Summary]) -> frozenset[str]:
    """The documents of that title; else those whose title it is a part of, else those that it may stand for in short.

    A law named without 《》 is never a part of a title: what it is called may go on in front of it.
    """
    asked = name(mention.name)
    names: Mapping[str, str] = {one.id: name(one.title) for one in documents}
    exact = {id_ for id_, known in names.items() if known == asked}
    if not exact and mention.sort == TITLE and len(asked) >= _SHORTEST:
        exact = {id_ for id_, known in names.items() if asked in known}
    if not exact:
        short = sorted({known for known in names.values() if _in_short(asked, known)}, key=len)[:1]
        exact = {id_ for id_, known in names.items() if known in short}
    return frozenset(exact)


def _in_short(asked: str, known: str) -> bool:
    """Whether ``asked`` is ``known`` in short: of one sort, with one beginning, its characters in order (环保法)."""
    sort = next((one for one in _TYPES if asked.endswith(one)), "")
    if not sort or len(asked) <= len(sort) or asked[0] != known[0] or not known.endswith(sort):
        return False
    if next(one for one in _TYPES if known.endswith(one)) != sort:
        return False
    letters = iter(known)
    return len(asked) >= 3 and all(letter in letters for letter in asked)
