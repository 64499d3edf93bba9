"""The numbers that Word generates before paragraphs (一、 （一） 1. 第一条), from a document's numbering part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from index.numerals import numeral

LEVELS = 9  # of a list, by the standard

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")
_CLOSED = tuple("、．）)：】〕")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how it writes its number, and after which level it starts anew."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None
    style: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted; ``label`` is asked in the order of the text."""

    levels: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, number: str, depth: int) -> str:
        """The label of the next paragraph of list ``number`` at level ``depth``, from 0; empty without such a list.

        What parts it from the text (a space, or nothing) is its end.
        """
        levels = self.levels.get(number)
        if not levels or not 0 <= depth < len(levels):
            return ""
        counts = self._counts.setdefault(self.lists.get(number, number), [None] * LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            for level, start in self.starts.get(number, {}).items():
                if 0 <= level < LEVELS:
                    counts[level] = start - 1
        present = counts[depth]
        counts[depth] = levels[depth].start if present is None else present + 1
        for below in range(depth + 1, min(len(levels), LEVELS)):
            restart = levels[below].restart
            if restart is None or (restart and depth < restart):
                counts[below] = None
        return _written(levels, depth, counts)


def numbering(root: etree._Element | None) -> Numbering:
    """The lists in the numbering part; none without one."""
    if root is None:
        return Numbering()
    abstract: dict[str, tuple[Level, ...]] = {}
    linked: dict[str, str] = {}
    named: dict[str, str] = {}
    for node in children(root, "abstractNum"):
        id_ = value(node, "abstractNumId")
        found = {int_(value(level, "ilvl")): _level(level) for level in children(node, "lvl")}
        abstract[id_] = tuple(found.get(depth, Level()) for depth in range(LEVELS)) if found else ()
        if style := child_value(node, "styleLink"):
            named[style] = id_
        if style := child_value(node, "numStyleLink"):
            linked[id_] = style
    levels: dict[str, tuple[Level, ...]] = {}
    lists: dict[str, str] = {}
    starts: dict[str, dict[int, int]] = {}
    styles: dict[str, tuple[str, int]] = {}
    for node in children(root, "num"):
        number, id_ = value(node, "numId"), child_value(node, "abstractNumId")
        id_ = named.get(linked.get(id_, ""), id_)
        own = list(abstract.get(id_, ()))
        for override in children(node, "lvlOverride"):
            depth = int_(value(override, "ilvl"))
            for level in children(override, "lvl"):
                if 0 <= depth < len(own):
                    own[depth] = _level(level)
            if start := child_value(override, "startOverride"):
                starts.setdefault(number, {})[depth] = int_(start)
        levels[number], lists[number] = tuple(own), id_
        for depth, each in enumerate(own):
            if each.style:
                styles.setdefault(each.style, (number, depth))
    return Numbering(levels, lists, starts, styles)


def written(number: int, form: str) -> str:
    """``number`` in a numbering format of WordprocessingML; in digits in one that is not known here."""
    if form in ("none", "bullet"):
        return ""
    if number < 1 or number > 9999:
        return str(number)
    digits = str(number)
    if form in ("chineseCountingThousand", "taiwaneseCountingThousand", "japaneseCounting", "taiwaneseCounting"):
        return numeral(number)
    if form == "chineseCounting":
        return numeral(number) if number < 100 else "".join(_DIGITS[int(each)] for each in digits)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_DIGITS[int(each)] for each in digits)
    if form in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return _legal(number)
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[number - 1] if number <= len(signs) else digits
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    return _signs(number, form)


def _signs(number: int, form: str) -> str:
    """Numbers within circles and brackets, full-width ones, and those with a leading zero."""
    digits = str(number)
    if form == "decimalFullWidth":
        return "".join(chr(ord("０") + int(each)) for each in digits)
    if form == "decimalZero":
        return digits.zfill(2)
    first, last = {
        "decimalEnclosedCircle": ("①", 20),
        "decimalEnclosedCircleChinese": ("①", 20),
        "decimalEnclosedParen": ("⑴", 20),
        "decimalEnclosedFullstop": ("⒈", 20),
        "ideographEnclosedCircle": ("㊀", 10),
    }.get(form, ("", 0))
    return chr(ord(first) + number - 1) if number <= last else digits


def _legal(number: int) -> str:
    text = "一" + numeral(number) if 10 <= number < 20 else numeral(number)
    return text.translate(str.maketrans("零一二三四五六七八九十百千", _LEGAL + "拾佰仟"))


def _roman(number: int) -> str:
    text = ""
    for amount, sign in (*_ROMAN, *_ROMAN_SMALL):
        text += sign * (number // amount)
        number %= amount
    return text


def _written(levels: Sequence[Level], depth: int, counts: Sequence[int | None]) -> str:
    level = levels[depth]
    if level.form == "bullet":
        return "• "

    def place(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        if at >= len(levels):
            return ""
        count = counts[at]
        form = "decimal" if level.legal else levels[at].form
        return written(levels[at].start if count is None else count, form)

    text = _PLACE.sub(place, level.pattern)
    if not text.strip() or level.suffix == "nothing" or text.endswith((*_CLOSED, " ", "　")):
        return text
    return text + " "


def _level(node: etree._Element) -> Level:
    restart = child_value(node, "lvlRestart")
    level = Level(
        start=int_(child_value(node, "start") or "1"),
        pattern=child_value(node, "lvlText"),
        suffix=child_value(node, "suff") or "tab",
        legal=any(True for _ in children(node, "isLgl")),
        restart=int_(restart) if restart else None,
        style=child_value(node, "pStyle"),
    )
    form = child_value(node, "numFmt")
    return replace(level, form=form) if form else level


def local(node: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and the like."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def children(node: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of that name, whatever their namespace (there are two: transitional and strict)."""
    return [child for child in node if local(child) == name]


def value(node: etree._Element, name: str = "val") -> str:
    """The attribute of that name, whatever its namespace; empty if there is none."""
    for key, text in node.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(text)
    return ""


def child_value(node: etree._Element, name: str) -> str:
    """The ``val`` of the first child of that name; empty if there is none."""
    return next((value(child) for child in children(node, name)), "")


def int_(text: str) -> int:
    """``text`` as a number; 0 if it is none."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0
