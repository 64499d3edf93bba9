"""What a text names as a document: a title in 《》, a 文号, the number of a standard, a law by its bare name.

GB13271-2014 新建锅炉的限值  →  GB13271-2014
根据劳动法第三十六条          →  劳动法, whose article is asked for
"""

from __future__ import annotations

import re
from typing import NamedTuple

TITLE, NUMBER, STANDARD, LAW = "title", "number", "standard", "law"
"""The sorts of names."""

_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》){2,120})》")
_NUMBER = re.compile(
    r"[一-鿿]{2,12}[〔\[（(【]\s?(?:19|20)\d{2}\s?[〕\]）)】]\s?第?\s?\d{1,5}\s?号"
    r"|[一-鿿]{1,16}令\s?(?:[〔\[（(【]\s?(?:19|20)\d{2}\s?[〕\]）)】])?\s?第?\s?\d{1,5}\s?号"
)
_STANDARD = re.compile(
    r"(?<![A-Za-z])(?:GBZ?|HJ|DB\s?\d{2}|SL|CJJ?|NY|JGJ|HY|LY|SY|QX|YY|WS|AQ|JT)\s?(?:/\s?[TZ]?)?\s?\d{2,6}(?:\.\d+)?(?![\d.])"
    r"(?:\s?[-—–－―]\s?(?:(?:19|20)\d{2}|\d{2})(?!\d))?",
    re.IGNORECASE,
)
_SORTS = r"(?:法|条例|办法|规定|细则|规则|民法典)"
_LAW = re.compile(
    rf"([一-鿿]{{1,24}}?{_SORTS})(?:[中里]|的)?(?:(第[零〇一二三四五六七八九十百千\d]+条)|(?=[对中里自\d]|规定|怎|如何|何|什么|是|第))"
)
_ARTICLE = re.compile(r"[中里的]?第[零〇一二三四五六七八九十百千\d]+条")
_BEFORE = re.compile(
    r"^.*(?:请问|根据|依据|依照|按照|违反|参照|查一?下|[看问]一?下|想知道|对照|关于|以及|、|的|和|与|及)(?=[一-鿿])|^[请问查看在]"
)
_ANY = re.compile(
    r"^(?:本|该|此|上述|有关|相关|哪[些个部条]?|什么|这[个部]?|那[个部]?|其他)?(?:法律|法规|政策)*(?:暂行|管理|实施|工作|试行|的)*"
    r"(?:法|条例|办法|规定|细则|规则|意见|通知|标准|方案|规划|决定|公告|报告|指南|纲要|要点|预案|指引|手册|文件|法律|法规|政策|司?解释)$"
)
"""What is no name of one document: 条例, 实施办法, 有关规定."""
_NOT_LAWS = re.compile(
    r"(?:办|方|做|看|想|说|执|立|司|违|合|非|守|普|依|用|手|算|宪兵|枉|犯|玩|打|疗|写|语|书|魔|无|没|设|变|疑|刑事诉讼|戏)法$"
)


class Mention(NamedTuple):
    """A document as a text names it: ``name`` as it is looked up, its ``sort``, and whether an article is asked of it."""

    name: str
    sort: str
    article: bool

    @property
    def written(self) -> str:
        """The name as it is told back: a title in 《》, a number as it is."""
        return f"《{self.name}》" if self.sort in {TITLE, LAW} else self.name


def mentions(text: str) -> tuple[Mention, ...]:
    """The documents that ``text`` names, each once, in no order but that titles come first."""
    found: dict[str, Mention] = {}
    for match in _TITLE.finditer(text):
        if not _ANY.match(match[1]):
            found[match[1]] = Mention(match[1], TITLE, _article_behind(text, match.end()))
    rest = _TITLE.sub("，", text)
    for sort, pattern in ((STANDARD, _STANDARD), (NUMBER, _NUMBER)):
        for match in pattern.finditer(rest):
            name = _begun(match[0]) if sort == NUMBER else " ".join(match[0].split())
            found.setdefault(name, Mention(name, sort, _article_behind(rest, match.end())))
        rest = pattern.sub("，", rest)
    for match in _LAW.finditer(rest):
        name = _begun(match[1])
        if not _ANY.match(name) and not _NOT_LAWS.search(name):
            found.setdefault(name, Mention(name, LAW, bool(match[2])))
    return tuple(found.values())


def without_numbers(text: str) -> str:
    """``text`` without the numbers of documents, whose years ask for no time: HJ 2025, 国发〔2018〕39号."""
    return _NUMBER.sub("，", _STANDARD.sub("，", text))


def _begun(name: str) -> str:
    """A name without the words before it that are none of it: 请问国发〔2099〕1号, 根据劳动法."""
    while (cut := _BEFORE.sub("", name, count=1)) != name and len(cut) > 1:
        name = cut
    return name


def _article_behind(text: str, place: int) -> bool:
    return _ARTICLE.match(text, place) is not None
