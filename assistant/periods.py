"""Times that policy texts and questions speak of: years and five-year plans.

A period is written as a year of four digits ("2021") or as the bare name of a plan ("十四五").
"""

from __future__ import annotations

import re
from datetime import date

_DIGITS = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}
_YEAR = re.compile(
    r"(?P<full>(?:19|20)\d{2})(?=\s*年|(?!\d))(?<!\d{5})|(?<![\d.])(?P<short>[0-3]\d)年(?!前|内|以|期|限|来)"
    r"|(?P<chinese>[一二][〇零○九][〇零○一二三四五六七八九]{2})年"
)
_TARGET_BEFORE = re.compile(r"(?:到|至|力争|战略|纲要|愿景)$")
_TARGET_AFTER = re.compile(r"^\s*年?\s*(?:前|底前|之前|以前|后|愿景|远景|目标)")
_PLAN = re.compile(r"[“\"'‘]?(十[一二三四五六七八九]五)[”\"'’]?|[“\"](九五|八五)[”\"]")
_RELATIVE = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}


def years(text: str) -> tuple[str, ...]:
    """The years that ``text`` names, in order, once each: 2021年, 21年, 二〇二一年 → "2021"."""
    found: dict[str, None] = {}
    for match in _YEAR.finditer(text):
        found[_year(match)] = None
    return tuple(found)


def plans(text: str) -> tuple[str, ...]:
    """The five-year plans that ``text`` names, in order, once each: “十四五” → "十四五"."""
    return tuple(dict.fromkeys(match[1] or match[2] for match in _PLAN.finditer(text)))


def asked(text: str) -> tuple[str, ...]:
    """The periods to which a question confines its answer.

    A year that names a target is none ("2030年前", "到2035年", "2035年目标"), and a plan is one only where no
    year is: in "2021年怎样谋划“十四五”" the plan is the subject.
    """
    found: dict[str, None] = {}
    for match in _YEAR.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if not _TARGET_BEFORE.search(before) and not _TARGET_AFTER.search(after):
            found[_year(match)] = None
    return tuple(found) or plans(text)


def absolute(text: str, today: date) -> str:
    """``text`` with 去年, 今年, 明年 … written as years."""
    for word, shift in _RELATIVE.items():
        text = text.replace(word, f"{today.year + shift}年")
    return text


def leading(text: str) -> str:
    """The period with which ``text`` begins, or an empty string."""
    match = re.match(r"\s*[“\"]?(?:在)?(?:((?:19|20)\d{2})年|(十[一二三四五六七八九]五)[”\"])", text)
    return (match[1] or match[2]) if match else ""


def without(text: str) -> str:
    """``text`` without the years and plans that it names."""
    text = re.sub(
        r"(?:在)?(?:(?:19|20)\d{2}|(?<!\d)[0-3]\d|[一二][〇零○九][〇零○一二三四五六七八九]{2})年(?:度)?",
        "",
        text,
    )
    return re.sub(r"(?:在)?[“\"'‘]?十[一二三四五六七八九]五[”\"'’]?(?:时期|期间|规划期)?", "", text)


def replaced(text: str, period: str) -> str:
    """``text`` with its periods replaced by ``period``, or with ``period`` put first where it has none."""
    written = f"{period}年" if period.isdigit() else f"“{period}”时期"
    pattern = re.compile(
        r"(?:(?:19|20)\d{2}|(?<!\d)[0-3]\d|[一二][〇零○九][〇零○一二三四五六七八九]{2})年(?!前|底前)"
        r"|[“\"'‘]?十[一二三四五六七八九]五[”\"'’]?(?:时期|期间)?"
    )
    changed, count = pattern.subn(written, text, count=1)
    return changed if count else written + text


def _year(match: re.Match[str]) -> str:
    if match["full"]:
        return match["full"]
    if match["short"]:
        return f"20{match['short']}"
    return "".join(_DIGITS[character] for character in match["chinese"])
