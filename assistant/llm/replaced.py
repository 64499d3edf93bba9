"""What a sentence says of more, or of something else, in words so ordinary that they are not new by themselves.

一律 and 全国 where the quote says of no such thing; 准许 for 决定是否准许; 重点管理 where it has 简化管理; 办理后预约 for
预约后办理.
Texts are ``plain`` and ``shortened``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import rjieba

from assistant.llm.phrases import light, ordinary, paraphrases
from assistant.llm.plain import clauses

_WHOLE = re.compile(r"全(?:国|省|市|县|区|球|军)(?!人(?:民|大)|政协)")
_ALL = re.compile(r"一律(?!不|禁止|严禁)|全部|所有(?!权|制|者)|任何|全体|一切")
_EVERY = re.compile(r"一律|全部|所有|任何|全体|一切|均|都|各|每|凡|皆|悉|统一|全面|全")
"""What says of all in a quote, in whatever words."""
_WHETHER = re.compile(r"(?:是否|能否|可否)(?:应当?|需要?|可以?|能够?)?([一-鿿]{2})")
_OPEN = re.compile(r"是否|能否|可否|是不是|[要能可会]不[要能可会]|如何|情况")
_AFTER = re.compile(r"([一-鿿]{2})(?:之)?[后前](?=[，,一-鿿])")
_GENERAL = re.compile("全面推开|全面推行|全面实施|推广|普遍|推开")
_NAMED = re.compile("“([^“”]+)”")
_IN_ORDER = re.compile("再|然后|之后|进入|随后|最后|先")
_SIDE = 2
"""Characters on each side that must be the same."""
_HEAD = re.compile("单位|机构|部门|企业|人员|管理|制度|项目|标准|范围|资金|费用|车辆|产品|业务|地区|区域")
"""What a word before it tells the kind of: 使用单位, 重点管理."""
_NAME = 4
"""Characters with which the members of a list begin at most, each with its own."""
_LONGEST = 4
"""Characters of the longest that stands in the place of something else."""


def widened(sentence: str, quote: str, context: str = "") -> Iterator[str]:
    """Words by which a sentence says of all what the quote says of some, or leaves open: 一律, 全国, 准许 for 是否准许.

    Of the whole of what it says so may be told by the ``context`` (全省).
    """
    for match in _WHOLE.finditer(sentence):
        if match[0] not in quote + context and not (match[0] == "全国" and re.search("我国|各地|各省", quote)):
            yield f"added: {match[0]}"
    for match in _ALL.finditer(sentence):
        if not _EVERY.search(quote):
            yield f"added: {match[0]}"
    for match in _WHETHER.finditer(quote):
        said = [clause.text for clause in clauses(sentence) if match[1] in clause.text]
        if said and quote.count(match[1]) == 1 and not any(map(_OPEN.search, said)):
            yield f"dropped: {match[0]}"


def tried_only(sentence: str, quote: str) -> Iterator[str]:
    """What a sentence takes for general, and the quote for a trial: 全面推开改革 for 推进改革试点."""
    general = _GENERAL.search(sentence)
    if general and general[0] not in quote and "试点" in quote and "试点" not in sentence:
        yield f"{general[0]} for 试点"


def replaced(sentence: str, quote: str) -> Iterator[str]:
    """Ordinary words that tell the kind of something, where the quote has others: 使用单位 for 维保单位."""
    for clause in clauses(sentence):
        if clause.text in quote:
            continue
        start = 0
        for word in rjieba.cut(clause.text):
            end = start + len(word)
            left, right = clause.text[max(0, start - _SIDE) : start], clause.text[end : end + _SIDE]
            start = end
            if len(left) < _SIDE or not _HEAD.match(right) or len(word) < _SIDE or word in quote:
                continue
            if word not in ordinary() or word in light():
                continue
            there = re.search(f"{re.escape(left)}([一-鿿]{{{_SIDE},{_LONGEST}}}){re.escape(right)}", quote)
            if there and _is_another(word, there[1], sentence):
                yield f"{word} for {there[1]}"


def _is_another(word: str, other: str, sentence: str) -> bool:
    """Whether ``other`` of the quote is something else than ``word``, and the sentence does not have it elsewhere."""
    if set(word) & set(other) or other in sentence or other in light():
        return False
    said_for = paraphrases()
    alike = any(one in other or other in one for one in said_for.get(word, ()))
    return not alike and word not in said_for.get(other, ())


def out_of_order(sentence: str, quote: str) -> Iterator[str]:
    """What a sentence puts first, and the quote after what follows it there: 办理后预约 for 预约后办理."""
    told = [match[1] for match in _NAMED.finditer(sentence) if quote.count(f"“{match[1]}”") == 1]
    if _IN_ORDER.search(sentence) and _IN_ORDER.search(quote):
        places = [quote.index(f"“{name}”") for name in dict.fromkeys(told)]
        if places != sorted(places):
            yield f"another order: {'、'.join(told)}"
    for match in _AFTER.finditer(sentence):
        act, side = match[1], sentence[match.end() - 1]
        if match[0] in quote or act not in quote:
            continue
        for other in re.finditer(f"([一-鿿]{{2}})(?:之)?{side}(?=[，,一-鿿])", quote):
            if other[1] in sentence[match.end() :] and act in quote[other.end() :]:
                yield f"{match[0]} for {other[0]}"


def mixed(sentence: str, quote: str) -> Iterator[str]:
    """What a sentence says of one member of a list, and the quote of another: 甲的改造、乙的重建 as 甲的重建."""
    for clause in clauses(quote):
        items = [item for item in clause.text.split("、") if len(item) >= 2 * _SIDE]
        if len(items) < 3:
            continue
        for said in (item for one in clauses(sentence) for item in one.text.split("、")):
            if said not in quote and (found := _of_another(said, items, quote)):
                yield found


def _of_another(said: str, items: Sequence[str], quote: str) -> str:
    for cut in range(_SIDE, len(said) - _SIDE + 1):
        left, right = said[:cut], said[cut:]
        if right[0] == "等":  # behind a list it is of all its members
            continue
        for size in range(min(_NAME, len(left)), _SIDE - 1, -1):
            own = [item for item in items if left[-size:] in item[: size + _SIDE]]
            others = [item for item in items if right in item[_SIDE:] and f"等{right}" not in item]
            if own and others and left[-size:] + right not in quote and not set(own) & set(others):
                return f"{left[-size:]}{right} for {own[0]}"
    return ""
