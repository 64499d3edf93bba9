"""A chat model's rewriting of a question, which may also split it in two; used only if it keeps what was asked.

The rules rewrite first. The model's rewriting must keep every name, number and year of theirs, and may bring none that
neither the question nor the conversation has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language import matching, periods
from assistant.language.question import Question, understand
from assistant.language.vocabulary import comparable
from assistant.llm.amounts import amounts
from assistant.llm.evidence import quoted
from assistant.llm.moments import covered, moments
from assistant.llm.plain import plain
from assistant.prompts import render
from assistant.types import Turn
from index.errors import InvalidQuestion

LONGEST = 60
"""Characters of a question that may be rewritten; a longer one says what it means."""
TURNS = 3
"""Turns of the conversation that the model is shown."""
ANSWER = 200
"""Characters of an answer that it is shown."""
COVERED = 0.85
"""How well a word must be covered to be kept; an abbreviation does."""

_ASKS = r"(?:什么|哪|谁|几|多少|多久|多长|怎|如何|是否|何时|吗|能不能|要不要)"
_TWO = re.compile(rf"{_ASKS}.*?(?:[，,；;。？?]|以及|还有|另外|并且|同时|和).*?{_ASKS}")
_LABEL = re.compile(r"^\s*(?:[-*•·]|\d[.、．)）]|问题\s?\d?[:：]|改写(?:后)?(?:的问题)?[:：])\s*")


def worthwhile(question: str, standalone: str, history: Sequence[Turn]) -> bool:
    """Whether a model may help: a follow-up that the rules left as it was, or one that asks two things."""
    if len(question) > LONGEST:
        return False
    return bool(history and standalone == question) or bool(_TWO.search(standalone))


def prompt(standalone: str, history: Sequence[Turn]) -> str:
    """What the model is asked."""
    shown = [f"问：{quoted(turn.question)}\n答：{quoted(turn.answer[:ANSWER])}" for turn in history[-TURNS:]]
    return render("llm_query", history="\n".join(shown) or "（无）", question=quoted(standalone))


def rewritten(reply: str, standalone: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """One or two standalone questions that a model made of ``standalone``; none if they do not keep what it asks."""
    lines = tuple(dict.fromkeys(_LABEL.sub("", line).strip() for line in reply.splitlines()))
    lines = tuple(line for line in lines if line)
    if not 1 <= len(lines) <= 2 or any(len(line) > 2 * LONGEST for line in lines):
        return ()
    try:
        asked, parts = understand(standalone), tuple(map(understand, lines))
    except InvalidQuestion:
        return ()
    said = "\n".join([standalone, *(text for turn in history for text in (turn.question, turn.answer))])
    if not _kept(asked, " ".join(lines)) or not all(_known(part, said) for part in parts):
        return ()
    if len(parts) == 2 and not (_TWO.search(standalone) and all(_half(part, asked) for part in parts)):
        return ()
    return lines


def _kept(asked: Question, text: str) -> bool:
    """Whether ``text`` has every time, number, name and word of the subject that was asked about."""
    new = comparable(text)
    words = [*(comparable(name) for name in (*asked.names, *asked.articles, *asked.places))]
    words += [term.text for term in asked.subject]
    return (
        _times(asked.text) <= _times(text)
        and _figures(asked.text) <= _figures(text)
        and all(matching.covered(word, new) >= COVERED for word in words if len(word) > 1)
    )


def _known(part: Question, said: str) -> bool:
    """Whether a rewritten question has nothing that the question and the conversation have not."""
    old = comparable(said)
    words = [*(comparable(name) for name in (*part.names, *part.articles, *part.places))]
    words += [term.text for term in part.subject]
    return (
        _times(part.text) <= _times(said)
        and _figures(part.text) <= _figures(said)
        and all(matching.covered(word, old) >= COVERED for word in words if len(word) > 1)
    )


def _half(part: Question, asked: Question) -> bool:
    """Whether half a question stands on its own: of a subject, and of the one time and place that the whole is of."""
    times, places = _times(asked.text), asked.places
    return (
        bool(part.subject)
        and (len(times) != 1 or times <= _times(part.text))
        and (len(places) != 1 or set(places) <= set(part.places))
    )


def _times(text: str) -> frozenset[str]:
    return frozenset((*periods.years(text), *periods.plans(text)))


def _figures(text: str) -> frozenset[tuple[str, str]]:
    bare = plain(text)
    return frozenset(
        (str(one.value), one.unit) for one in amounts(covered(bare, moments(bare))) if not one.article
    )
