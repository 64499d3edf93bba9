"""Several questions asked in one: each is answered by itself.

节约用水条例什么时候施行，由谁负责  →  节约用水条例什么时候施行 · 节约用水条例由谁负责
"""

from __future__ import annotations

import re

import rjieba

from assistant.dialogue import topic
from assistant.dialogue.comparison import Side
from assistant.language import periods
from assistant.language.question import unframed
from assistant.language.vocabulary import actions, attributes

MOST = 4
"""Questions that are told apart; a text with more is a description, not a list of questions."""

_ASKS = re.compile(
    r"什么|多少|多久|多长|多大|多高|哪|谁|几[个项条种类级年天日月点次]|怎|如何|何时|是否|能否|可否|吗$|有没有|是不是"
)
_PARTED = re.compile(r"[，,；;？?。]+(?:以及|并且|还有|另外|同时|那么|那|和)?")
_JOINED = re.compile(r"(?:^|的)(?:又|还|都|分别)+")
_DONE = "|".join(sorted(map(re.escape, actions()), key=len, reverse=True))
_LEFT = re.compile(rf"(?:{_DONE}|一共|总共|共|规定|应[该当]?|可以|需要?|[是要有为能在从由了的个])$")
_HOW = re.compile("怎|如何")
_WAYS = re.compile(
    r"^(?:都|又|还)*(?:有|包括|采取了?)?(?:哪(?:些|几[个项条种类])|几[个项条种类]|什么)(?:具体|主要)?"
    r"(?:措施|举措|办法|做法|安排|途径|方式|方法|要求|规定)$"
)
"""What only asks for the ways that 怎么 has asked for: 怎么防风险，有哪几条措施 is one question."""
_LONGEST = 10
"""Characters of a question that can be about nothing but what the one before is about."""


def parts(query: str) -> tuple[Side, ...]:
    """The questions that ``query`` asks, each standing by itself; empty if it is one question.

    It is one where a clause of it asks nothing (符合条件的，怎么申请), or asks for the ways that another has asked for.
    """
    found = [part.strip() for part in _PARTED.split(query) if part.strip()]
    if (
        not 1 < len(found) <= MOST
        or any(part.startswith("不是") for part in found)
        or not all(map(_ASKS.search, found))
        or not topic.subject(unframed(found[0]))
        or (_HOW.search(found[0]) and any(map(_WAYS.match, found[1:])))
    ):
        return ()
    queries = [found[0]]
    queries += [_about_the_first(part, found[0]) for part in found[1:]]
    return tuple(Side(one, one) for one in queries)


def _about_the_first(part: str, first: str) -> str:
    """``part`` about what the ``first`` question is about, where it names nothing else itself."""
    if not _leans(part):
        return topic.of_time(part, first)
    named = first[: found.start()] if (found := _ASKS.search(first)) else ""
    while (cut := _LEFT.sub("", named)) != named:
        named = cut
    if not named and _names(part):
        return topic.of_time(part, first)
    about = named if periods.without(named) else topic.owner(first)
    return f"{about}{_JOINED.sub('', part)}"


def _names(part: str) -> bool:
    """Whether a question begins with a thing that it asks about (会议什么时候开的), and no attribute of another's."""
    found = _ASKS.search(part)
    tags = rjieba.tag(part[: found.start()] if found else "", False)
    return any(tag[0] == "n" and word not in attributes() for word, tag in tags)


def _leans(part: str) -> bool:
    """Whether a question names no subject, only what is asked of one or done with it (租金多少, 惠及多少人)."""
    if len(part) > _LONGEST:
        return False
    subject = topic.subject(part)
    return topic.is_attribute(part) or all(
        tag[0] in "vdn" and (tag[0] != "n" or word in attributes())
        for term in subject
        for word, tag in rjieba.tag(term.text, False)
    )
