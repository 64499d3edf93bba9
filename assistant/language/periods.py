"""Times that policy texts and questions speak of: years and five-year plans.

A period is written as a year of four digits ("2021") or as the bare name of a plan ("十四五").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from index.numerals import digits
from index.types import Span

_UNIT = r"[万亿千百个项起次家人名元吨亩条座件户批台辆所处种倍天米公平多余%％]"

_FULL = rf"(?<![0-9.〔])(?P<full>(?:19|20)[0-9]{{2}})(?![0-9]|\.[0-9]|,[0-9]|\s*{_UNIT})(?:\s*年度?)?"
_SHORT = (
    r"(?<![0-9.近来后去每满共用花达约第这前长多了过刑期])(?P<short>0[0-9]|1[1-9]|2[0-9]|3[1-5])"
    r"年度?(?!前|内|以|期|限|来|间)"
)
_CHINESE = r"(?P<chinese>[一二][〇零○九][〇零○一二三四五六七八九]{2})年度?"
_PLAN = r"[“\"'‘]?(?P<plan>十[一二三四五六七八九]五)[”\"'’]?(?:时期|期间|规划期|这[五几]年)?"
_OLD_PLAN = r"[“\"](?P<old>[八九]五)[”\"](?:时期|期间)?"
_PERIOD = re.compile(rf"在?(?:{_FULL}|{_SHORT}|{_CHINESE}|{_PLAN}|{_OLD_PLAN})")

_RELATIVE = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_SAID_RELATIVELY = re.compile(
    r"大前年|(?<![以目之此年])前年(?!度)|去年|今年|(?<!基)本年|(?<!文)明年|(?<![今年之以])后年"
)
_NAMED_BEHIND = re.compile(rf"(?:{_SAID_RELATIVELY.pattern})\s*[（(]\s*((?:19|20)\d{{2}}年)\s*[）)]")
_RELATIVE_ENGLISH = {"last": -1, "past": -1, "this": 0, "current": 0, "next": 1}
_SAID_IN_ENGLISH = re.compile(r"\b(last|past|this|current|next) year\b", re.IGNORECASE)

_TARGET_BEFORE = re.compile(r"(?:到|至|力争|战略|纲要|愿景)$")
_TARGET_AFTER = re.compile(r"\s*(?:前(?![一二三四五六七八九十两几半\d])|底前|之前|以前|后|愿景|远景|目标)")
_YEAR_BEFORE = re.compile(r"\s*(?:在|回顾)?(?:去年|过去(?:的)?一年|上(?:一)?年度?(?![末底])|一年来)")
_RANGE = re.compile(r"(?:到|至|[-—~～–])$")

_TERM = re.compile(r"\s*(?:力争)?(?:到|至)\s?((?:19|20)\d{2})年(?:底|末)?(?:前|之前|以前)?[，,]")
_DATED_TEXT = re.compile(
    r"((?:19|20)\d{2})年(?:度)?[^，,。；;？?]{0,20}?(?:报告|讲话|公报|要点|会议)[^，,。；;？?]*$"
)
"""The year of a text that is named before 今年, which is then its year: 2024年政府工作报告提出的今年目标."""

_JOINERS = re.compile(r"[和与、及跟至到从\s—~-]+|在|\b(?:and|in)\b")


class _Mention(NamedTuple):
    """One place where a text names a period; a ``target`` is a year by which something is to be reached."""

    period: str
    start: int
    end: int
    target: bool


def years(text: str) -> tuple[str, ...]:
    """The years that ``text`` names, in order, once each: 2021年, 21年, 二〇二一年 → "2021"."""
    return tuple(dict.fromkeys(one.period for one in _mentions(text) if one.period.isdigit()))


def plans(text: str) -> tuple[str, ...]:
    """The five-year plans that ``text`` names, in order, once each: “十四五” → "十四五"."""
    return tuple(dict.fromkeys(one.period for one in _mentions(text) if not one.period.isdigit()))


def asked(text: str) -> tuple[str, ...]:
    """The periods to which a question confines its answer, in order, once each.

    A year that names a target is none ("2030年前", "到2035年", "2035年目标"), and a plan is one only where no
    year is: in "2021年怎样谋划“十四五”" the plan is the subject.
    """
    found = [one.period for one in _mentions(text) if one.period.isdigit() and not one.target]
    return tuple(dict.fromkeys(found)) or plans(text)


def absolute(text: str, today: date) -> str:
    """``text`` with 去年, 今年, 明年 (last year, this year, next year) … written as years.

    They are those of the text of which the question speaks, where it names one of a year, or that which is named behind
    (今年（2025年）).
    """
    text = _NAMED_BEHIND.sub(r"\1", text)

    def written_out(said: re.Match[str]) -> str:
        dated = _DATED_TEXT.search(text, 0, said.start())
        return f"{(int(dated[1]) if dated else today.year) + _RELATIVE[said[0]]}年"

    text = _SAID_RELATIVELY.sub(written_out, text)
    return _SAID_IN_ENGLISH.sub(lambda said: str(today.year + _RELATIVE_ENGLISH[said[1].lower()]), text)


def leading(text: str) -> str:
    """The period with which ``text`` begins ("2020年…", "“十三五”…"), or an empty string."""
    match = re.match(r"\s*在?(?:((?:19|20)\d{2})\s?年|[“\"](十[一二三四五六七八九]五)[”\"])", text)
    return (match[1] or match[2]) if match else ""


def before(text: str, year: int) -> str:
    """The year before ``year`` if ``text``, which is of ``year``, begins with it (去年…, 过去一年…), else an empty string."""
    return str(year - 1) if _YEAR_BEFORE.match(text) else ""


def term(text: str) -> str:
    """The year by which what ``text`` begins with is to be reached (到2025年,…), or an empty string."""
    match = _TERM.match(text)
    return match[1] if match else ""


def alone(text: str) -> bool:
    """Whether ``text`` names times and nothing else: 2020年, 去年, 2020年和2021年."""
    rest = _SAID_RELATIVELY.sub("", without(text))
    return rest != text and not _JOINERS.sub("", rest)


def without(text: str) -> str:
    """``text`` without the years and plans that it names; a target without 年 stays (战略2035)."""
    kept, place = [], 0
    for one in _mentions(text):
        if not (one.target and text[one.start : one.end].isdigit()):
            kept.append(text[place : one.start])
            place = one.end
    return "".join((*kept, text[place:]))


def replaced(text: str, written: str) -> str:
    """``text`` with the first period it asks for replaced by ``written``, or ``written`` put first.

    A plan is replaced only where no year is: in "2021年怎样谋划“十四五”" the plan is the subject.
    """
    relative = _SAID_RELATIVELY.search(text)
    if relative:
        return text[: relative.start()] + written + text[relative.end() :]
    times = [one for one in _mentions(text) if not one.target]
    for one in sorted(times, key=lambda one: not one.period.isdigit()):
        return text[: one.start] + written + text[one.end :]
    return written + text


def beside(text: str, joint: int) -> tuple[str, str, Span] | None:
    """The two periods on either side of the character at ``joint``, as written (2020年, 2021年), and where they stand.

    ``None`` if no period ends in front of it or none begins behind it.
    """
    found = list(_mentions(text))
    first = next((one for one in found if one.end == joint), None)
    second = next((one for one in found if one.start == joint + 1), None)
    if first is None or second is None:
        return None
    return written(first.period), written(second.period), Span(first.start, second.end)


def written(period: str) -> str:
    """A period as it is written in a question: 2021年, “十四五”时期."""
    return f"{period}年" if period.isdigit() else f"“{period}”时期"


def _mentions(text: str) -> Iterator[_Mention]:
    ended = 0
    for match in _PERIOD.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        ranged = bool(ended and _RANGE.fullmatch(text[ended : match.start()]))
        target = bool(_TARGET_BEFORE.search(before) and not ranged) or bool(_TARGET_AFTER.match(after))
        plan = match["plan"] or match["old"]
        yield _Mention(plan or _year(match), match.start(), match.end(), target and not plan)
        ended = match.end()


def _year(match: re.Match[str]) -> str:
    if match["full"]:
        return match["full"]
    if match["short"]:
        return f"20{match['short']}"
    return digits(match["chinese"])
