"""The dates of a text, comparable: 2021年1月21日, 二〇二一年一月二十一日, 2021-01-21, 1月21日, “十四五”."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.llm.amounts import value

_YEAR = r"(?:19|20)\d{2}|[一二][〇零○九][〇零○一二三四五六七八九]{2}"
_SMALL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_PART = r"年?(?:[底末初](?![^，。；、的前后以起]{0,1}级)|上半年|下半年|[一二三四1-4]季度)"
_PARTS = {"末": "底"}
_MOMENT = re.compile(
    rf"(?P<iso>(?:19|20)\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}})(?!\d)"
    rf"|(?<!\d)(?P<year>{_YEAR})年度?(?:(?P<month>{_SMALL})月份?(?:(?P<day>{_SMALL})[日号])?)?(?P<part>{_PART})?"
    rf"|(?<!\d)(?P<first>(?:19|20)\d{{2}})(?=[-—–~～至到、和](?:19|20)\d{{2}}年)"
    rf"|(?<![\d个一二三四五六七八九十])(?P<bare_month>{_SMALL})月份?(?:(?P<bare_day>{_SMALL})[日号])?(?P<bare_part>{_PART})?(?!内)"
    r"|[“\"']?(?P<plan>十[一二三四五六七八九]五)[”\"']?"
)
_BEFORE = re.compile(r"(?:年?[底末])?(?:以前|之前|前(?![一二三四五六七八九十两几\d期端景列沿往]))")
_AFTER = re.compile(r"(?:年?[底末])?(?:以后|之后|后(?!期|续|备|勤|半)|起|以来|之日起)")
_RANGE = re.compile(r"起?(?:至|到|[-—–~～])")
"""What stands behind a moment at which a term begins, whose end is told: 1月25日起至1月30日."""
_UNTIL = re.compile(r"(?:到|至|截至|截止|力争|迟至)$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, month and day as far as they are said (0 where not), or a five-year plan, and where it stands.

    ``side`` is -1 before it, 1 from it on, 0 in it; ``until`` is true of 到2025年, which may be either. ``part`` is the
    part of it that is meant (底, 初, 上半年, 一季度), or an empty string.
    """

    year: int
    month: int
    day: int
    plan: str
    side: int
    until: bool
    start: int
    end: int
    part: str = ""

    def within(self, other: Moment) -> bool:
        """Whether all that is said of this moment is said of ``other``."""
        if self.plan or other.plan:
            return self.plan == other.plan
        if self.part and other.part and self.part != other.part:
            return False
        return all(
            not mine or mine == theirs
            for mine, theirs in ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        )


def moments(text: str) -> tuple[Moment, ...]:
    """Every date of ``text``, which is ``plain``, in order."""
    found = []
    for match in _MOMENT.finditer(text):
        if match["iso"]:
            year, month, day = (int(part) for part in re.split(r"[-./]", match["iso"]))
        else:
            year = _number(match["year"] or match["first"])
            month = _number(match["month"] or match["bare_month"])
            day = _number(match["day"] or match["bare_day"])
        if month > 12 or day > 31:
            continue
        start, end = match.span()
        side = (
            -1 if _BEFORE.match(text, end) else 1 if _AFTER.match(text, end) and not _RANGE.match(text, end) else 0
        )
        until = bool(_UNTIL.search(text[max(0, start - 3) : start]))
        part = (match["part"] or match["bare_part"] or "").removeprefix("年")
        part = _PARTS.get(part, part)
        found.append(Moment(year, month, day, match["plan"] or "", side, until, start, end, part))
    return tuple(found)


def covered(text: str, found: tuple[Moment, ...]) -> str:
    """``text`` with its dates blotted out, as long as before."""
    for moment in found:
        text = text[: moment.start] + "＃" * (moment.end - moment.start) + text[moment.end :]
    return text


def _number(numeral: str | None) -> int:
    return int(value(numeral) or 0) if numeral else 0
