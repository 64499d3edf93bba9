"""Who issued a document (发文机关), where it says so itself: in its title, its red head, its adoption or signature.

An organ is told by the word that ends its name (部, 委员会, 人民政府…); of a news story, which names organs
in running text, nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from index.days import DAY, days
from index.regions import named, places

ORGAN = (
    r"(?:国务院|中共中央|中央军委|全国人大常委会|国家(?:统计|烟草专卖|信访)局|审计署|海关总署|[\u4e00-\u9fff]{2,40}(?:人民政府"
    r"|办公厅|办公室|委员会|法院|检察院|总局|总署|指挥部|领导小组|常委会|工委|党委|联防联控机制|银行|管理处|监管总队|(?:管理|服务|监测|控制|交易)中心"
    r"|[省市县区国]委|监委|卫健委|发改委|国资委|改革委|健康委|[部局厅署院]|(?:协|学|商|总|工|联合|基金)会|(?:扶贫|文明|网信|应急|信访)办))"
)
"""A regular expression for the name of one organ, without groups."""

_ORGAN = re.compile(ORGAN)
_JOINED = re.compile(r"[、\s]+|(?<=[部局厅署委])，")
_ACTS = re.compile("关于|(?:印发|转发|批转|对|答复)(?=.*(?:通知|函|答复|批复|意见|决定|公告)$)")
_TITLED = 200  # characters at a title's start in which its organs stand
_REPORT = re.compile(r"(?:\d{4}年)?(?:中华人民共和国)?(?:(国务院)|([\u4e00-\u9fff]{2,12}?))(?:人民)?政府工作报告")
_RED_HEAD = re.compile(r"(.{2,40})文件")
_ORDER = re.compile(rf"[(（]?{DAY}\s*(?P<organs>[^\d《》]{{2,60}}?)(?:令|公告|公布|发布)")
_CONGRESS = re.compile(
    rf"[(（]?{DAY}\s*(?P<place>[\u4e00-\u9fff]{{0,12}}?)第[一二三四五六七八九十]{{1,3}}届"
    r"(?P<congress>全国人民代表大会|人民代表大会)(?P<standing>常务委员会)?第[一二三四五六七八九十]{1,4}次会议"
)
_COURT = re.compile(rf"[(（]?{DAY}\s*(最高人民法院|最高人民检察院)")
_COMMITTEE = "全国人民代表大会"
_BEFORE = 200  # characters before the day of a signature in which its organs stand
_WORDS = re.compile(r"\S+")
_SIGNERS = ("会", "办", "所", "站", "团", "社", "中心")  # of words that may be an organ that was not recognised
_UNFINISHED = re.compile(r"[\u4e00-\u9fff]{2,30}")

_CENTRAL = re.compile(
    "(?:中共中央|国务院(?:办公厅)?$|中央军委|中央办公厅|全国人民代表大会|全国人大|最高人民|国务院应对|国务院联防|中央)"
)
_MINISTRY = re.compile(
    "(?:国家|中国|国务院.|海关总署|审计署|(?:税务|市场监管|市场监督管理|体育|民用航空|广播电视|环境保护|质量监督检验检疫)总局"
    "|银保监会|证监会|银监会|保监会|全国)|[^省市县区州旗]{2,20}部(?:办公厅)?$"
)
_MEMBERS = re.compile(
    r"新疆生产建设兵团|[\u4e00-\u9fff]{2,9}?(?:自治县|自治旗|县|旗)|[\u4e00-\u9fff]{2,6}?区(?!域)"
)
_REGIONS = ("自治区", "地区", "城区", "社区", "园区", "开发区", "示范区", "新区", "特区")


class Signature(NamedTuple):
    """Who signed a document, joined with 、, and on what day."""

    issuer: str
    date: date


def organs(text: str) -> tuple[str, ...]:
    """The organs that ``text`` lists; none unless it lists nothing else."""
    parts = [part for part in _JOINED.split(text.strip()) if part]
    return tuple(parts) if parts and all(_ORGAN.fullmatch(part) for part in parts) else ()


def issuer(title: str, lines: Sequence[str], signed: Signature | None) -> str:
    """The issuers, joined with 、: from the title, else the first ``lines``, else the signature; or nothing."""
    titled = _of_title(title)
    if titled:
        return titled
    for line in lines:
        head = _RED_HEAD.fullmatch(line)
        if head and (found := organs(head.group(1))):
            return "、".join(found)
        if adopted := organs_of_adoption(line):
            return adopted
    return signed.issuer if signed else ""


def organs_of_adoption(line: str) -> str:
    """Who passed or published what a law's header line tells of ("2019年10月22日 国务院令第722号公布")."""
    congress = _CONGRESS.match(line)
    if congress:
        place = congress.group("place").removeprefix("中华人民共和国")
        return place + congress.group("congress") + (congress.group("standing") or "")
    court = _COURT.match(line)
    if court:
        return court.group(1)
    order = _ORDER.match(line)
    if order is None:
        return ""
    return "、".join(organs(order.group("organs").replace("中华人民共和国", "").replace("主席", "")))


def signature(text: str) -> Signature | None:
    """The first line or run of words in ``text`` that is made of organs and a day, and of nothing else."""
    for found in days(text):
        after = text[found.end : found.end + 1]
        before = text[max(0, found.start - _BEFORE) : found.start]
        if (after and not after.isspace() and after not in "（(") or not before[-1:].isspace():
            continue
        words = [match.group() for match in _WORDS.finditer(before)]
        first = len(words)
        while first and organs(words[first - 1].rstrip("、")):
            first -= 1
        if first == len(words) or (first == 0 and found.start > _BEFORE):
            continue
        signed = [organ for word in words[first:] for organ in organs(word.rstrip("、"))]
        broken = words[first - 1] if first else ""
        if broken.endswith(_SIGNERS):
            continue
        if _UNFINISHED.fullmatch(broken) and not broken.startswith("特此") and signed[0][:1] not in "国中":
            if len(signed) > 1 or not organs(broken + signed[0]):
                continue
            signed[0] = broken + signed[0]
        return Signature("、".join(dict.fromkeys(signed)), found.date)
    return None


def level(issuer: str) -> str:
    """The level of the first of the issuers: 中央, 部委, 省, 市, 县; empty where its name does not tell."""
    first = issuer.partition("、")[0]
    if not first:
        return ""
    if _CENTRAL.match(first):
        return "中央"
    found = named(first)
    rest = first.removeprefix(found[0].full).removeprefix(found[0].short) if found else first
    if county(first) or rest.startswith(("县", "区委", "区人民")):
        return "县"
    if found:
        return "省" if found[-1].is_province else "市"
    if _MINISTRY.match(first):
        return "部委"
    if first.startswith(("省", "自治区")):
        return "省"
    return "市" if first.startswith("市") else ""


def county(organ: str) -> str:
    """The county or district (县, 区, 旗) whose organ it is, with what stands before it; else empty."""
    match = _MEMBERS.match(organ)
    if match is None or match.group().endswith(_REGIONS) or match.group() == "新疆生产建设兵团":
        return ""
    return match.group()


def _of_title(title: str) -> str:
    report = _REPORT.fullmatch(re.sub(r"[（(].*?[）)]$", "", title))
    if report and report.group(1):
        return report.group(1)
    if report and (place := places().get(report.group(2))):
        return f"{place.full}人民政府"
    for act in _ACTS.finditer(title[:_TITLED]):
        found = organs(title[: act.start()])
        if found:
            return "、".join(found)
    return ""
