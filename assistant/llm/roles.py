"""Who does what in a sentence, beside who does it in the quote that it restates.

Each function gives what is wrong with a ``plain`` sentence, as words to be logged and tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import rjieba

from assistant.language import people
from assistant.llm.plain import Clause, bigrams, clauses
from assistant.llm.wording import FORCE, counterpart

_PREPOSITIONS = "由向经为报"
_AFTER_PREPOSITION = 14
"""Characters after a preposition in which the one stands whom it introduces."""
_LEAST = 3
"""Pairs of characters of what somebody does by which the clause that says it is found."""
_TITLED = re.compile(f"{people.TITLE}$")
_DEPUTY = re.compile(rf"(?P<rank>[副代原]|名誉|助理|常务副)?(?P<title>{people.TITLE})")
_BRACKETED = re.compile(r"^[（(][^（()）]*[)）]")
_ONESELF = ("本人", "自己")
_TO = r"(?:[向给对为]|送交|报送|报|提交|移交|抄送|告知|通知|督促|责令|提请|报请|委托)"
"""What stands before those to whom something is done."""
_LONGEST_NAME = 8
_SUFFIX = r"部门|机关|机构|公司|企业|单位|政府|法院|检察院|[局委厅署院部](?![署门委])"
_ORGAN = re.compile(rf"[一-鿿（）()、]{{0,14}}?[一-鿿]{{1,3}}(?:{_SUFFIX})(?!牌|件|分)")
_ORGANS = re.compile(rf"{_ORGAN.pattern}(?:、{_ORGAN.pattern})*")
_BY = re.compile(rf"由({_ORGAN.pattern}|国家|中央|国务院)")
_PART = re.compile(r"[；;。]")
_HANDED = re.compile(
    r"由([一-鿿、]{2,30}?)(?=负责|发布|制定|批准|审批|核准|承担|办理|受理|组织|安排|实施|管理|确定|处理|支付|给予|予以|责令)"
)
_LEADS = re.compile(r"^(?:其中|同时|此外|另外|另|并|则|但)")
_NOBODY = re.compile(
    r"(?:[的时后前内起外中下＃\d]|期间|情况|规定|条件|要求|原则上|一般)$|^[除经对在按自因与向交为以将把]|[；：]"
)
_INSIDE = re.compile(r"[向将把由对]")
"""What stands in no name."""
_DOES = re.compile(r"负责|牵头|主管|会同")


def roles(sentence: str, quote: str) -> tuple[str, ...]:
    """Who is put in the place of another: the agent of another clause, one behind a preposition, one of another rank."""
    return (
        *_displaced(sentence, quote),
        *_exchanged(sentence, quote),
        *_parallel(sentence, quote),
        *_ranked(sentence, quote),
    )


def _displaced(sentence: str, quote: str) -> Iterator[str]:
    sentence, quote = (text.replace("征得", "经") for text in (sentence, quote))
    for preposition in _PREPOSITIONS:
        places = [match.end() for match in re.finditer(preposition, quote)]
        if not places:
            continue
        introduced = "\n".join(quote[place : place + _AFTER_PREPOSITION] for place in places)
        for match in re.finditer(f"(?<![因作成认称视申填汇]){preposition}([一-鿿]{{2}})", sentence):
            moved = preposition == "由" and any(clause.text.startswith(match[1]) for clause in clauses(quote))
            moved = moved or match[1] in _ONESELF
            if match[1] not in introduced and match[1] in quote and match[0] not in quote and not moved:
                yield f"{match[0]} elsewhere"
    for clause in clauses(sentence):
        who, does = _agent(clause.text)
        if not FORCE.match(_BRACKETED.sub("", does)) and f"由{who}" not in clause.text:
            continue
        name = re.escape(re.sub(r"[（()）].*", "", who)[-_LONGEST_NAME:])
        if len(name) < 2 or not re.search(rf"{_TO}[^，。；]{{0,8}}{name}", quote):
            continue
        elsewhere = re.sub(rf"{_TO}[^，。；]{{0,8}}{name}", "＃", quote)
        if who not in elsewhere and name not in elsewhere:
            yield f"{who}, to whom it is done"
    for match in re.finditer("([一-鿿、]{2,16})会同", sentence):
        if re.search(f"会同{re.escape(match[1].lstrip('由')[:4])}", quote):
            yield f"{match[0]} another"
    for match in re.finditer("由([一-鿿]{2})", sentence):
        if re.search(f"[向给]{match[1]}", quote) and not re.search(f"(?:由|^|[，。；]){match[1]}", quote):
            yield f"{match[0]}, to whom it is done"


def _exchanged(sentence: str, quote: str) -> Iterator[str]:
    """Who is said to do what the quote says of another."""
    parts = clauses(quote)
    for clause in clauses(sentence):
        who, does = _agent(clause.text)
        if not who or who not in quote or len(bigrams(does)) < _LEAST:
            continue
        sources = [place for place in range(len(parts)) if _done(does, parts, place, quote)]
        own = [_responsible(parts, place, quote) for place in sources if not _does_so(who, parts[place].text)]
        if own and len(own) == len(sources) and all(_another(who, one, clause.text) for one in own):
            yield f"{who} for {own[0]}"


def _parallel(sentence: str, quote: str) -> Iterator[str]:
    """Who does for one thing what the quote has others do for each: 甲由A发布；乙由B发布."""
    rules = [rule for part in _PART.split(quote) if (rule := _handed(part))]
    said = _handed(sentence)
    if not said or len(rules) < 2:
        return
    topic, who = said
    shares = [len(topic & (one - other)) for (one, _), (other, _) in zip(rules, reversed(rules), strict=True)]
    best = max(range(len(rules)), key=shares.__getitem__)
    others = [agent for place, (_, agent) in enumerate(rules) if place != best]
    if len(rules) == 2 and shares[best] > 2 * shares[1 - best] and who not in rules[best][1] and who in others[0]:
        yield f"{who} for {rules[best][1]}"


def _handed(part: str) -> tuple[frozenset[str], str] | None:
    """What is said to be done, as its words, and by whom (由…), in a sentence that says so once."""
    found = _HANDED.findall(part)
    if len(found) != 1:
        return None
    return bigrams(part.split("由" + found[0])[0]), found[0]


def _done(does: str, parts: Sequence[Clause], place: int, quote: str) -> bool:
    """Whether the clause at ``place`` says what somebody does, alone or with the one behind it."""
    both = [
        quote[parts[place].start : after.end]
        for after in parts[place + 1 : place + 2]
        if "。" not in quote[parts[place].end : after.start] and not _subject(after.text)[0]
    ]
    return bool(counterpart(does, [parts[place].text, *both]))


def _does_so(who: str, clause: str) -> bool:
    """Whether somebody stands in a clause, and not only as one whose rules are followed: 按照财政部门的规定."""
    return who in clause and not re.search(f"(?:按照?|依照|根据){re.escape(who)}", clause)


def _another(who: str, own: str, clause: str) -> bool:
    return bool(own) and own not in clause and who not in own and own not in who


def _agent(clause: str) -> tuple[str, str]:
    """Who does something in a clause, and what; two empty strings if it does not say who."""
    clause = _LEADS.sub("", clause)
    by = _BY.search(clause)
    if by and not _INSIDE.search(by[1]):
        return by[1], clause[: by.start()] + "＃" + clause[by.end() :]
    return _subject(clause)


def _subject(clause: str) -> tuple[str, str]:
    """Who a clause begins with, and what it goes on to say of it."""
    organ = _ORGANS.match(clause)
    if organ and not _NOBODY.search(organ[0]) and not FORCE.search(organ[0]) and not _INSIDE.search(organ[0]):
        return organ[0], clause[organ.end() :]
    for pattern in (FORCE, _DOES):
        verb = pattern.search(clause)
        if (
            verb
            and 2 <= verb.start() <= 12
            and not _NOBODY.search(clause[: verb.start()])
            and _names(clause[: verb.start()])
        ):
            return clause[: verb.start()], clause[verb.start() :]
    return "", ""


def _names(words: str) -> bool:
    """Whether words name somebody: no verb stands first in them."""
    return rjieba.tag(words)[0][1] not in ("v", "d", "p", "c")


def _responsible(parts: Sequence[Clause], place: int, quote: str) -> str:
    """Who does what the clause at ``place`` says: its own agent, or the last one named before in the sentence."""
    for earlier in reversed(parts[: place + 1]):
        if "。" in quote[earlier.end : parts[place].start]:
            return ""
        who, _ = _subject(earlier.text) if earlier.start < parts[place].start else _agent(earlier.text)
        if who:
            return who
    return ""


def _ranked(sentence: str, quote: str) -> Iterator[str]:
    """Titles of other people, and those that lost their 副."""
    for name in people.named(quote):
        before = [sentence[: match.start()] for match in re.finditer(re.escape(name), sentence)]
        titles = [match[0] for text in before if (match := _TITLED.search(text))]
        if any(title + name not in quote for title in titles):
            yield f"title of {name}"
    ranks: dict[str, set[str]] = {}
    for match in _DEPUTY.finditer(quote):
        ranks.setdefault(match["title"], set()).add(match["rank"] or "")
    for match in _DEPUTY.finditer(sentence):
        known = ranks.get(match["title"])
        if known and (match["rank"] or "") not in known:
            yield f"{match[0]} for {'、'.join(sorted(rank + match['title'] for rank in known))}"
