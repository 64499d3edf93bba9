"""Pairs of a sentence and the quote it cites, borne out or not: those written by hand, and those made by rule.

Every rule takes a sentence of a document and gives it with one planted error, or said in another way that means the
same. Of these the halves are told apart by a hash of the quote: the checks are tuned on one and reported on the other.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

CHECKS = Path(__file__).parent / "checks"

_NUMERALS = "〇一二三四五六七八九"
_SPOKEN = "零一二三四五六七八九"

_HALF_WIDTH = {code + 0xFEE0: code for code in map(ord, "0123456789.%")}
_LABEL = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十百零〇]+[条章节]\s)\s*"
)


class Pair(NamedTuple):
    """A sentence, the quote it cites, whether the quote bears it out, and how it was made."""

    quote: str
    sentence: str
    supported: bool
    kind: str

    @property
    def reported(self) -> bool:
        """Whether it belongs to the half that is only reported."""
        return bool(hashlib.sha256(self.quote.encode()).digest()[0] % 2)


def by_hand(name: str = "pairs") -> tuple[Pair, ...]:
    """The pairs of ``checks/<name>.txt``, which tells at its head how many were wrong when they were first seen."""
    found, quote = [], ""
    for line in (CHECKS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("> "):
            quote = line[2:]
        elif line.startswith("= "):
            found.append(Pair(quote, line[2:], True, "by hand"))
        elif line.startswith("!"):
            kind, sentence = line[1:].split(" ", 1)
            found.append(Pair(quote, sentence, False, kind))
    return tuple(found)


def by_rule(quotes: Sequence[str], seed: int = 0) -> tuple[Pair, ...]:
    """Every error and every paraphrase that a rule makes of ``quotes``; ``seed`` draws the new numbers and names."""
    draw = random.Random(seed)
    found = []
    quotes = [_LABEL.sub("", quote.translate(_HALF_WIDTH)).strip() for quote in quotes]
    for place, quote in enumerate(quotes):
        other = quotes[(place + len(quotes) // 2) % len(quotes)]
        found += [Pair(quote, sentence, False, kind) for kind, sentence in planted(quote, other, draw)]
        found += [Pair(quote, sentence, True, kind) for kind, sentence in rephrased(quote)]
    return tuple(pair for pair in found if pair.sentence != pair.quote)


def planted(quote: str, other: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """The errors that can be planted in ``quote``, one a sentence; ``other`` is a sentence of another passage."""
    year = re.search(r"(?<!\d)(?:19|20)\d{2}(?=年)", quote)
    if year:
        yield "year", _put(quote, year, str(int(year[0]) + draw.choice((-3, -2, -1, 1, 2, 3))))
    day = re.search(r"(?<=月)\d{1,2}(?=日)", quote)
    if day:
        yield "day", _put(quote, day, str(int(day[0]) % 28 + 1))
    amount = re.search(
        r"(?<![\d.〔第月年])\d+(?:\.\d+)?(?=[万亿]?(?:元|吨|亩|公里|人|个|家|户|项|千瓦|平方米|公顷|件|台))", quote
    )
    if amount:
        yield "amount", _put(quote, amount, _other_number(amount[0], draw))
    share = re.search(r"(?<![\d.])\d+(?:\.\d+)?(?=[%％])", quote)
    if share:
        yield "share", _put(quote, share, _other_number(share[0], draw))
    counted = re.search(
        r"(?<![第一二三四五六七八九十百千万〇零点])[二三四五六七八九](?=[十]?(?:年|个月|日|倍|万元|千元|个工作日))",
        quote,
    )
    if counted:
        digits = [one for one in "二三四五六七八九" if one != counted[0]]
        yield "numeral", _put(quote, counted, draw.choice(digits))
    scale = re.search(r"(?<=\d)[万亿](?=元|吨|亩|人|户|千瓦|平方米)", quote)
    if scale:
        yield "scale", _put(quote, scale, "亿" if scale[0] == "万" else "万")
    for unit, wrong in (
        ("公里", "米"),
        ("吨", "公斤"),
        ("个百分点", "倍"),
        ("公顷", "平方米"),
        ("个工作日", "个月"),
        ("小时", "分钟"),
    ):
        match = re.search(rf"(?<=\d){unit}", quote)
        if match:
            yield "unit", _put(quote, match, wrong)
            break
    for kind, pattern, wrong in _WORDS:
        match = re.search(pattern, quote)
        if match:
            yield kind, _put(quote, match, wrong)
    exception = re.search(r"，(?:但)?[^，。；]{2,30}除外(?=[。；])", quote) or re.search(
        r"除[^，。；上了草]{2,30}(?:以外|之外|外)，", quote
    )
    if exception:
        yield "exception", _put(quote, exception, "")
    number = re.search(r"(?<=〕)\d+(?=号)", quote)
    if number:
        yield "document number", _put(quote, number, str(int(number[0]) + draw.randint(1, 30)))
    article = re.search(r"(?<=.第)[一二三四五六七八九](?=[条章款项])", quote)
    if article:
        digits = [one for one in "二三四五六七八九" if one != article[0]]
        yield "article", _put(quote, article, draw.choice(digits))
    body = re.search("|".join(_BODIES), quote)
    if body:
        yield "body", _put(quote, body, draw.choice([one for one in _BODIES if one not in quote]))
    place = re.search("|".join(_PLACES), quote)
    if place:
        yield "place", _put(quote, place, draw.choice([one for one in _PLACES if one not in quote]))
    if len(set(quote) & set(other)) < 0.5 * len(set(other)):
        yield "another passage", other
        clause = other.rstrip("。").split("，")[-1]
        if len(clause) > 8:
            yield "another clause", f"{quote.rstrip('。')}，{clause}。"


_WORDS = (
    ("forbidden → permitted", r"不得", "可以"),
    ("demanded → permitted", r"应当", "可以"),
    ("demanded → forbidden", r"应当", "不得"),
    ("permitted → demanded", r"(?<!不)可以", "应当"),
    ("permitted → forbidden", r"(?<!不)可以", "不得"),
    ("negation dropped", r"(?<=[，。一-鿿])(?:不予|未经|未按照|未按|没有|未(?=取得|依法|履行|达到))", ""),
    ("turned", r"同比增长|增长(?=\d)", "下降"),
    ("turned", r"同比下降|下降(?=\d)", "增长"),
    ("turned", r"提高到|提升到", "降低到"),
    ("turned", r"鼓励", "限制"),
    ("side", r"不低于|不少于", "不超过"),
    ("side", r"不超过|不高于", "不低于"),
    ("side", r"(?<=[\d元%％倍年月日])以上", "以下"),
    ("side", r"(?<=[\d元%％倍年月日])以下", "以上"),
)
_BODIES = (
    "生态环境部",
    "国家发展改革委",
    "财政部",
    "教育部",
    "公安机关",
    "卫生健康委",
    "国务院",
    "人民法院",
    "市场监督管理部门",
    "税务机关",
    "交通运输部",
)
_PLACES = ("北京", "上海", "湖北", "广东", "浙江", "武汉", "成都", "山东", "江苏", "四川", "河南", "新疆")


def rephrased(quote: str) -> Iterator[tuple[str, str]]:
    """``quote`` said in other ways that mean the same."""
    yield (
        "numerals",
        re.sub(
            r"(?<![\d.〔年月第-])(\d{1,2})(?=(?:个月|个|项|家|年(?!\d|度)|日内|天|倍|名|人)(?!\d))", _spoken, quote
        ),
    )
    yield (
        "numerals",
        re.sub(
            r"(?<![第一二三四五六七八九十百千万〇零点])([二三四五六七八九])(?=(?:年(?!一)|个月|倍|万元|个工作日))",
            _digit,
            quote,
        ),
    )
    yield "scale", re.sub(r"(?<![\d.])(\d+)亿(?=元|吨|人)", lambda match: f"{match[1]}0000万", quote)
    yield "scale", re.sub(r"(?<![\d.])(\d+)万(?=元|吨|人|户)", lambda match: f"{match[1]}0000", quote)
    yield (
        "percent",
        re.sub(r"(?<![\d.—-])(\d{1,2})[%％](?![—-])", lambda match: "百分之" + _number(int(match[1])), quote),
    )
    yield "full width", quote.translate({code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)})
    yield (
        "year",
        re.sub(
            r"(?<!\d)20(\d)(\d)(?=年)",
            lambda match: f"二〇{_NUMERALS[int(match[1])]}{_NUMERALS[int(match[2])]}",
            quote,
        ),
    )
    yield "short names", quote.replace("人民政府", "政府")
    yield "short names", re.sub("(?<!常务)委员会", "委", quote)
    yield "must", quote.replace("应当", "应").replace("不得", "禁止")
    yield "must", quote.replace("应当", "必须")
    yield "may", re.sub(r"(?<!不)可以(?=[依按向由根申])", "可", quote)
    parts = [part for part in re.split(r"[；;]", quote.rstrip("。")) if part]
    if len(parts) > 1 and min(map(len, parts)) > 10 and not re.search(r"(?:除外|但|前款|其|该|上述)", quote):
        yield "reordered", "；".join(reversed(parts)) + "。"
        for part in parts:
            yield "part", part + "。"
    dropped = re.sub(r"(?<!不)(?:积极|大力|切实|进一步|全面|扎实|深入)(?=[一-鿿]{4})", "", quote)
    yield "modifier dropped", dropped
    yield "reported", "根据规定，" + quote
    moment = re.match(r"((?:到)?20\d{2}年(?:底)?)，(.{6,})。$", quote)
    if moment and "，" not in moment[2] and "、" not in moment[2]:
        yield "reordered", f"{moment[2]}（{moment[1]}）。"
    passive = re.match(r"([一-鿿]{2,12}(?:部门|机关|机构|政府))(?:负责)([一-鿿]{4,20})。$", quote)
    if passive:
        yield "passive", f"{passive[2]}由{passive[1]}负责。"


def _put(text: str, match: re.Match[str], written: str) -> str:
    return text[: match.start()] + written + text[match.end() :]


def _other_number(written: str, draw: random.Random) -> str:
    """Another number of the same form: 356.2 → 346.2."""
    places = [place for place, character in enumerate(written) if character.isdigit()]
    place = draw.choice(places)
    digits = [one for one in "123456789" if one != written[place]]
    return written[:place] + draw.choice(digits) + written[place + 1 :]


def _spoken(match: re.Match[str]) -> str:
    return _number(int(match[1]))


def _number(value: int) -> str:
    tens, ones = divmod(value, 10)
    if not tens:
        return _SPOKEN[ones]
    return ("" if tens == 1 else _SPOKEN[tens]) + "十" + (_SPOKEN[ones] if ones else "")


def _digit(match: re.Match[str]) -> str:
    return str(_SPOKEN.index(match[1]))
