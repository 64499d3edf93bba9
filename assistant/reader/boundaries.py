"""Where a span may begin and end: never inside a word, a number with its unit, a quotation or a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

from index.types import Span

_PAIRS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "（": "）",
    "(": ")",
    "[": "]",
    "【": "】",
    "〔": "〕",
}
_UNITS = (
    r"(?:平方公里|平方米|立方米|公里|千米|毫米|厘米|千瓦时|千瓦|公斤|毫克|微克|摄氏度|工作日|小时|分钟|年度|季度|美元|人民币"
    r"|[人家户车架台]次|[元吨克米亩户人次家个项条件座台辆年月日天时分秒岁级类倍号款章节期批名位份篇度起处只头艘所])"
)
_QUANTITY = re.compile(
    r"[第约近超逾]?[\d０-９][\d０-９,，.．:：/-]*\s*(?:[%％‰℃]|个百分点|[十百千万亿兆]+)?\s*"
    rf"{_UNITS}?(?:/[a-zA-Z0-9³²]+)?(?:以上|以下|以内|左右)?"
    rf"|第?[零〇一二三四五六七八九十百千万亿两]{{1,}}{_UNITS}"
)
_ORDINAL = re.compile(r"第[零〇一二三四五六七八九十百\d]+[次届批期][一-鿿]{1,8}?(?=[,，、。；;)）取于的]|$)")
"""A meeting by its number (第二十六次缔约方大会)."""
_OUTER = " \n\t\r　，,；;、。：:"
_REACH = 120
"""Characters around a span that are looked at."""


def whole(span: Span, text: str) -> Span:
    """``span`` grown so that it cuts nothing in two, without white space and commas at its ends."""
    start, end = span.start, span.end
    for _ in range(4):  # what one rule adds may be cut by another
        grown = Span(start, end)
        for part in _parts(text, grown):
            if part.start < start < part.end:
                start = part.start
            if part.start < end < part.end:
                end = part.end
        if (start, end) == (grown.start, grown.end):
            break
    while start < end and text[start] in _OUTER:
        start += 1
    while end > start and text[end - 1] in _OUTER:
        end -= 1
    return Span(start, end)


def _parts(text: str, span: Span) -> Iterator[Span]:
    """What must stay in one piece near either end of ``span``: words, quantities, and what stands in a pair."""
    low, high = max(0, span.start - _REACH), min(len(text), span.end + _REACH)
    near = text[low:high]
    at = low
    for word in rjieba.cut(near):
        yield Span(at, at + len(word))
        at += len(word)
    for pattern in (_QUANTITY, _ORDINAL):
        for match in pattern.finditer(near):
            yield Span(low + match.start(), low + match.end())
    for pair in _pairs(near):
        shifted = Span(low + pair.start, low + pair.end)
        if not (shifted.start < span.start and span.end < shifted.end):  # wholly inside one, it is no cut
            yield shifted


def _pairs(text: str) -> Iterator[Span]:
    """The quotations and brackets of ``text`` with their marks; one that is never closed is none."""
    open_: list[tuple[str, int]] = []
    for place, character in enumerate(text):
        if character in _PAIRS:
            open_.append((_PAIRS[character], place))
        elif open_ and character == open_[-1][0]:
            yield Span(open_.pop()[1], place + 1)
