"""The amounts and ordinals of a text, comparable: 二亿元 and 20000万元 are one, 百分之二十 and 20%, 三十日 and 30天.

Each has its unit, and on which side of it the thing is said to be: not below 不低于, within 以内, or right there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from index import numerals

_UNITS = {
    "元": "元 块钱 块",
    "美元": "美元",
    "个百分点": "个百分点 百分点",
    "吨": "吨",
    "千克": "千克 公斤 kg",
    "克": "克 g",
    "毫克": "毫克 mg",
    "微克": "微克 μg",
    "标准煤": "吨标准煤",
    "千米": "公里 千米 km",
    "米": "米",
    "厘米": "厘米 cm",
    "毫米": "毫米 mm",
    "海里": "海里",
    "平方千米": "平方公里 平方千米",
    "平方米": "平方米 ㎡ m2",
    "立方米": "立方米 m3 方",
    "公顷": "公顷",
    "亩": "亩",
    "千瓦": "千瓦 kW",
    "千瓦时": "千瓦时 度电 kWh",
    "秒": "秒 秒钟",
    "分钟": "分钟",
    "小时": "小时 个小时",
    "日": "日 天 昼夜",
    "工作日": "工作日 个工作日",
    "周": "周 个星期 星期",
    "个月": "个月",
    "季度": "个季度",
    "年": "年 周年 个年度",
    "岁": "岁 周岁",
    "人": "人 名 位",
    "人次": "人次",
    "个": "个 项 种 类",
    "倍": "倍",
    "番": "番",
    "度": "度 摄氏度 ℃",
    "分贝": "分贝 dB",
    "级": "级",
    "号": "号",
}
_MEASURES = (
    "家 户 条 件 起 次 例 宗 笔 批 份 部 册 篇 辆 台 架 艘 列 座 所 处 间 栋 幢 栏 块 片 株 头 只 尾 匹 张 枚 颗 套 组 支 队"
    " 届 期 轮 场 门 章 节 款 层 档 点 分 方面 环节 副 口 眼 盏 根 道 路 线 站 园 区 省 市 县 镇 乡 村 国 段 班 校 代 世纪"
    " 星级 升 毫升 兆瓦 吉瓦 标准箱 架次 班次 车次 户次 家次 件次 床 张床位 床位 立方米/秒"
)
"""Measure words that stand for themselves."""
_ARTICLES = frozenset(
    ("个", "次", "批", "条", "件", "家", "份", "部", "套", "人", "年", "日", "块", "片", "点", "度")
)
"""Units whose 一 is often no number but an article (一个, 一批), and comes and goes in other words."""

_NUMERAL = "零〇一二两三四五六七八九十百千"
_CHINESE = rf"[{_NUMERAL}万亿]+(?:点[零〇一二三四五六七八九]+[万亿]?)?"
_ARABIC = r"\d+(?:\.\d+)?"
_TOGETHER = r"一(?:起(?![案交事])|方(?!米)|道(?![题路]))"
"""What begins like an amount and is none."""
_ANY = rf"(?:{_ARABIC}|{_CHINESE})"


@cache
def _units() -> dict[str, str]:
    """Every way of writing a unit → the unit."""
    written = {word: unit for unit, words in _UNITS.items() for word in words.split()}
    return written | {word: word for word in _MEASURES.split() if word not in written}


@cache
def _pattern() -> re.Pattern[str]:
    unit = "|".join(map(re.escape, sorted(_units(), key=len, reverse=True)))
    chinese_unit = rf"(?:余|多)?(?P<cunit>{unit})(?![兆瓦])"
    return re.compile(
        rf"百分之(?P<share>{_ANY})"
        rf"|千分之(?P<mille>{_ANY})"
        rf"|(?P<under>{_ANY})分之(?P<over>{_ANY})"
        r"|(?<!\d)(?P<top>\d{1,2})/(?P<bottom>\d{1,2})(?!\d)"
        rf"|(?P<percent>{_ARABIC})(?P<sign>[%‰])"
        rf"|第(?P<ordinal>{_ANY})(?P<of>[条章节款项编次届批期类名位号篇]|季度|[一-鿿])"
        rf"|(?P<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)成(?=以上|以下|以内|左右|多|$|[，。；、的])"
        rf"|(?P<arabic>{_ARABIC})(?P<scale>(?:[十百万亿]|千(?![米克瓦伏卡帕赫焦]))*)(?:余|多)?(?P<unit>{unit})?"
        r"|(?P<half>减半|一半|半数)"
        rf"|(?<![第{_NUMERAL}])(?!{_TOGETHER})(?P<chinese>{_CHINESE})(?:{chinese_unit}|(?=[到至]{_CHINESE}(?:{unit})))"
    )


_ABOVE = (
    r"(?:不(?:得|能|应|宜|可)?(?:低于|少于|小于|短于|早于|下于)|至少|最低|最少|最短|下限|不下|(?<!不)(?<!不[得能应宜可])"
    r"(?:超过|超出|超(?=$|[\d＃])|高于|大于|多于|逾|突破|优于|晚于)|≥|>)"
)
_BELOW = (
    r"(?:不(?:得|能|应|宜|可)?(?:超过|超出|高于|大于|多于|长于|晚于|迟于|突破)|至多|最多|最高|最长|最迟|最晚|上限|控制在|压减到"
    r"|(?<!不)(?<!不[得能应宜可])(?:低于|少于|小于|短于|早于|劣于)|不足|不到(?!位)|未满|不满|≤|<)"
)
_BEFORE = re.compile(
    rf"(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))(?:了|为|等于|或等于|到|约|在|[^\d，。；、]{{0,3}}|(?<=最[长高多低少短])[^\d，。；、过低高少多]{{0,12}})$"
)
_AFTER = re.compile(
    r"(?:元|人|的)?(?:\(含\)|（含）)?(?:及|或者?)?(?:(?P<above>以上|之上|以外(?=的)|及其以上)"
    r"|(?P<below>以下|以内|之内|之下|以里|里(?![程面])|内(?![容部外蒙地陆河涝在需设])))"
)
_RANGE = re.compile(r"[-—–~～至到、]+")
_CHANGE = re.compile(r"[由从][^，。；]{0,4}$")
"""What stands before an amount from which something changes: 由5万至10万 is no range."""
COMPARISONS = re.compile(rf"{_ABOVE}|{_BELOW}")
"""The words that say on which side of an amount a thing is."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, the side of it that is meant (1 at least, -1 at most, 0 right there), and where it stands.

    ``unit`` is an empty string for a bare number, and begins with 第 for an ordinal.
    """

    value: Fraction
    unit: str
    side: int
    start: int
    end: int

    @property
    def article(self) -> bool:
        """Whether it may be no number, but the 一 of 一个."""
        return self.value == 1 and self.unit in _ARTICLES


def value(numeral: str) -> Fraction | None:
    """The number that Arabic or Chinese digits write (12.5, 一百二十, 三点五, 二〇二一); ``None`` if they write none."""
    if re.fullmatch(_ARABIC, numeral):
        return Fraction(numeral)
    whole, _, decimals = numeral.partition("点")
    scale = numerals.MYRIADS.get(decimals[-1:], 1)
    decimals = decimals.rstrip("万亿")
    total = numerals.value(whole)
    if total is None:
        return None
    if not decimals:
        return Fraction(total)
    return Fraction(f"{total}.{numerals.digits(decimals)}") * scale


def amounts(text: str) -> tuple[Amount, ...]:
    """Every amount of ``text``, which is ``plain`` and has its dates covered, in order."""
    found: list[Amount] = []
    for match in _pattern().finditer(text):
        amount = _amount(match)
        if amount is None:
            continue
        amount = replace(amount, side=_side(text, match.start(), match.end()))
        found.append(amount)
    return tuple(_ranged(text, found))


def _amount(match: re.Match[str]) -> Amount | None:
    start, end = match.span()
    if match["share"] or match["mille"]:
        number = value(match["share"] or match["mille"])
        unit = "%"
        number = number / 10 if number is not None and match["mille"] else number
    elif match["under"]:
        under, over = value(match["under"]), value(match["over"])
        number, unit = (over / under, "分之") if under and over is not None else (None, "")
    elif match["top"]:
        bottom = int(match["bottom"])
        number, unit = (Fraction(int(match["top"]), bottom) if bottom else None), "分之"
    elif match["percent"]:
        number, unit = Fraction(match["percent"]) / (10 if match["sign"] == "‰" else 1), "%"
    elif match["ordinal"]:
        number, unit = value(match["ordinal"]), "第" + match["of"]
    elif match["tenths"]:
        tenths = value(match["tenths"])
        number, unit = (tenths * 10 if tenths is not None else None), "%"
    elif match["half"]:
        number, unit = Fraction(50), "%"
    elif match["arabic"]:
        number, unit = Fraction(match["arabic"]), _units().get(match["unit"] or "", "")
        for scale in match["scale"]:
            number *= numerals.SCALES[scale]
    else:
        number, unit = value(match["chinese"]), _units().get(match["cunit"] or "", "")
    return None if number is None else Amount(number, unit, 0, start, end)


def _side(text: str, start: int, end: int) -> int:
    before = _BEFORE.search(text[max(0, start - 16) : start])
    if before:
        return 1 if before["above"] else -1
    after = _AFTER.match(text, end)
    if after:
        return 1 if after["above"] else -1
    return 0


def _ranged(text: str, found: list[Amount]) -> Iterator[Amount]:
    """The amounts, those of a range (10至20万吨) with the unit of its end, and as the least and the most that they are."""
    for place, amount in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        between = text[amount.end : following.start] if following else ""
        if following and _RANGE.fullmatch(between) and amount.unit in ("", following.unit):
            if not amount.unit:
                scale = re.match(r"[\d.]+([十百千万亿]+)", text[following.start : following.end])
                bare = text[amount.start : amount.end].replace(".", "").isdigit()
                number = amount.value
                for character in scale[1] if scale and bare else "":
                    number *= numerals.SCALES[character]
                amount = replace(amount, value=number, unit=following.unit, side=following.side)
            if "、" not in between and amount.side == 0 and not _CHANGE.search(text[: amount.start]):
                amount = replace(amount, side=1)
                found[place + 1] = replace(following, side=-1)
        yield amount
