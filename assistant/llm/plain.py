"""Text as claims are compared, never shown: simplified, half width, without white space; and its clauses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from assistant.language.vocabulary import simplified

_SIGNS = str.maketrans(
    {"％": "%", "﹪": "%", "．": ".", "㎡": "平方米", "㎞": "公里", "①": "", "~": "～", "〜": "～"}
)
_SPACE = re.compile(r"\s+")
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_BRACKETED_YEAR = re.compile(r"[\[【(（〔〈]((?:19|20)\d{2})[\]】)）〕〉](?=\s*第?\d)")
_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．](?!\d)|[①-⑳]|[-*•·]\s)"
)
_UNDONE = re.compile(
    r"(?:还|尚|并|从|均)?未(?:曾|作出?)?(?!来|成年|必)|(?<!有)(?:没有|没(?![收落入有法]))(?=[一-鿿])"
)
"""没有取得, 尚未取得 and 未取得 are one."""
_LONG = (
    ("中华人民共和国", ""),
    ("省、自治区、直辖市", "省级"),
    ("省（区、市）", "省级"),
    ("省（自治区、直辖市）", "省级"),
    ("发展和改革", "发改"),
    ("发展改革", "发改"),
    ("人力资源和社会保障", "人社"),
    ("人力资源社会保障", "人社"),
    ("住房和城乡建设", "住建"),
    ("住房城乡建设", "住建"),
    ("工业和信息化", "工信"),
    ("卫生健康", "卫健"),
    ("市场监督管理", "市场监管"),
    ("医疗保障", "医保"),
    ("环境保护", "环保"),
    ("药品监督管理", "药监"),
    ("医疗保险", "医保"),
    ("人民代表大会", "人大"),
    ("常务委员会", "常委会"),
    ("委员会", "委"),
    ("人民政府", "政府"),
    ("人民法院", "法院"),
    ("人民检察院", "检察院"),
    ("办公厅", "办"),
    ("办公室", "办"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
    ("工作日", "工作日"),
)
"""Long forms of names and their short ones."""


class Clause(NamedTuple):
    """A clause of a text: its words, and where they stand."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """``text`` simplified, half width, without white space, thousands' commas and the label in front of it."""
    text = simplified(_LABEL.sub("", text.strip())).translate(_SIGNS)
    text = _SPACE.sub("", text)
    text = _UNDONE.sub("未", text)
    return _BRACKETED_YEAR.sub(r"〔\1〕", _THOUSANDS.sub("", text))


@lru_cache(maxsize=20_000)
def shortened(text: str) -> str:
    """A ``plain`` text with the long forms of names made short: 人民政府 → 政府, 委员会 → 委."""
    for long, short in _LONG:
        text = text.replace(long, short)
    return text


_BREAK = re.compile(r"[，,；;。！？!?：:\n]|(?<=.)——")


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a plain text, between its commas, colons and stops; none of white space alone."""
    found, start = [], 0
    for match in _BREAK.finditer(text):
        found.append(Clause(text[start : match.start()], start, match.start()))
        start = match.end()
    found.append(Clause(text[start:], start, len(text)))
    return tuple(clause for clause in found if clause.text)


_CJK = re.compile(r"[一-鿿]")


@lru_cache(maxsize=20_000)
def bigrams(text: str) -> frozenset[str]:
    """The pairs of Chinese characters that stand next to each other in a text."""
    return frozenset(
        text[place : place + 2]
        for place in range(len(text) - 1)
        if _CJK.match(text[place]) and _CJK.match(text[place + 1])
    )
