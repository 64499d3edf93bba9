"""Text made comparable: white space, width, punctuation and the ways of writing a number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from index.numerals import SCALES, digits, value

_RUN = re.compile(r"(百分之)?([零〇一二两三四五六七八九十百千万亿]+)(?:点([零〇一二三四五六七八九]+))?")
_SHARE = re.compile(r"百分之(\d+(?:\.\d+)?)")
_SCALED = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]+)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def squeeze(text: str) -> str:
    """``text`` without any white space."""
    return "".join(text.split())


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
    written = digits(run)
    if not written.isdecimal():
        whole = value(run)
        if whole is None:
            return found.group()
        written = str(whole)
    if fraction:
        written += "." + digits(fraction)
    return f"{written}%" if share else written


def _multiplied(found: re.Match[str]) -> str:
    number = Decimal(found.group(1))
    for scale in found.group(2):
        number *= SCALES[scale]
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


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
