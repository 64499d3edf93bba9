"""Text made comparable: white space, width, punctuation and the ways of writing a number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_RUN = re.compile(r"(百分之)?([零〇一二两三四五六七八九十百千万亿]+)(?:点([零〇一二三四五六七八九]+))?")
_SHARE = re.compile(r"百分之(\d+(?:\.\d+)?)")
_SCALED = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]+)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def squeeze(text: str) -> str:
    """``text`` without any white space."""
    return "".join(text.split())


def number(run: str) -> int | None:
    """The value of a Chinese numeral (一百二十三, 二〇二一), or ``None`` if the run is not one."""
    if all(character in _DIGITS for character in run):
        return int("".join(str(_DIGITS[character]) for character in run)) if run else None
    total, section, digit = 0, 0, None
    for place, character in enumerate(run):
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _SMALL:
            if digit is None and not (character == "十" and section % 100 == 0):
                return None
            section += (1 if digit is None else digit) * _SMALL[character]
            digit = None
        else:
            section += digit or 0
            digit = None
            if character == "万":
                if not section:
                    return None
                total += section * _LARGE["万"]
            else:
                if not total + section or place == 0:
                    return None
                total = (total + section) * _LARGE["亿"]
            section = 0
    return total + section + (digit or 0)


def normalise(text: str) -> str:
    """``text`` in the form in which answers are compared.

    Half width, lower case; Chinese numerals as digits (百分之 as %), 万 and 亿 multiplied out, thousands
    separators dropped; no white space and no punctuation, except that a point between digits stays and any
    other mark between digits becomes one hyphen (so that 3、5 is not 35).
    """
    text = squeeze(unicodedata.normalize("NFKC", text).lower())
    text = _THOUSANDS.sub("", text)
    text = _RUN.sub(_digits, text)
    text = _SHARE.sub(r"\1%", text)
    text = _SCALED.sub(_multiplied, text)
    return _without_punctuation(text)


def says(text: str, form: str) -> bool:
    """Whether the normalised ``text`` contains the normalised ``form`` as more than a piece of a longer number.

    An empty form is never said.
    """
    if not form:
        return False
    before = r"(?<!\d)(?<!\d\.)" if form[0].isdigit() else ""
    after = r"(?!\d)(?!\.\d)" if form[-1].isdigit() else ""
    return re.search(before + re.escape(form) + after, text) is not None


def _digits(found: re.Match[str]) -> str:
    share, run, fraction = found.groups()
    whole = number(run)
    if whole is None:
        return found.group()
    positional = all(character in _DIGITS for character in run)
    digits = "".join(str(_DIGITS[character]) for character in run) if positional else str(whole)
    if fraction:
        digits += "." + "".join(str(_DIGITS[character]) for character in fraction)
    return f"{digits}%" if share else digits


def _multiplied(found: re.Match[str]) -> str:
    value = Decimal(found.group(1))
    for unit in found.group(2):
        value *= _SMALL.get(unit) or _LARGE[unit]
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _without_punctuation(text: str) -> str:
    kept: list[str] = []
    for place, character in enumerate(text):
        if character == "%" or not (unicodedata.category(character)[0] in "PZC" or character in "~〜"):
            kept.append(character)
            continue
        following = text[place + 1 : place + 2]
        if kept and kept[-1].isdecimal() and following.isdecimal():
            kept.append("." if character == "." else "-")
    return "".join(kept)
