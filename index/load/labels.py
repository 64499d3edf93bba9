"""What a file states of itself in labelled fields (发文机关：国务院), as ``Facts``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from index.types import DAYS, Facts

_FIELDS = {
    "title": "标题 名称 信息名称 文件名称 文件标题",
    "issuer": "发文机关 发布机关 发布机构 发文机构 发文单位 发布单位 制定机关 制发机关 公布机关 信息来源机关",
    "date": "成文日期 成文时间 发文日期 发文时间 生成日期 印发日期",
    "published": "发布日期 发布时间 公布日期 公开日期 发表时间",
    "number": "发文字号 文号 发文号 文件编号 文件号",
    "expires": "失效日期 废止日期",
    "effective": "施行日期 实施日期 生效日期 实施时间 施行时间",
    "status": "有效性 时效性 时效 效力状态 时效状态 文件状态 有效状态",
    "kind": "文种 公文种类 体裁",
    "": "索引号 主题分类 主题词 统一编号 分类 组配分类 信息索引 关键词 有效期",
}
LABELS = {label: name for name, labels in _FIELDS.items() for label in labels.split()}
"""The labels that official pages use, and the field of ``Facts`` that each fills; empty for those that fill none."""

_SPACE = re.compile(r"\s+")
_DAY = re.compile(r"((?:19|20)\d{2})\s*[年\-./]\s*(\d{1,2})\s*[月\-./]\s*(\d{1,2})")
_LABELLED = re.compile(r"^([^:：\d]{2,12})[:：]\s*(.*)$", re.DOTALL)
_NOTHING = re.compile(r"[-—–/\\.。\s]*|无|暂无|未知")


def label(text: str) -> str:
    """The label that ``text`` is, without its spaces and colon; empty if it is none."""
    bare = _SPACE.sub("", text).rstrip(":：").strip("【】[]")
    return bare if bare in LABELS else ""


def labelled(text: str) -> tuple[str, str] | None:
    """The label and the value of ``text`` if it is of the form "文　号：国发〔2021〕4号"."""
    found = _LABELLED.match(text.strip())
    if found is None or not label(found[1]):
        return None
    return label(found[1]), found[2].strip()


def day(text: str) -> date | None:
    """The first day in ``text`` (2021年2月3日, 2021-02-03), if there is one."""
    found = _DAY.search(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def stated(fields: Iterable[tuple[str, str]]) -> Facts:
    """The facts in labelled ``fields``; of two values for one fact the first counts."""
    text: dict[str, str] = {}
    days: dict[str, date] = {}
    for name, value in fields:
        field = LABELS.get(name, "")
        if not field or _NOTHING.fullmatch(value):
            continue
        if field in DAYS:
            if found := day(value):
                days.setdefault(field, found)
        elif clean := _value(field, value):
            text.setdefault(field, clean)
    return Facts(**text, **days)  # type: ignore[arg-type]


def _value(field: str, value: str) -> str:
    """``value`` as the field holds it; empty if it says nothing that the field knows."""
    if field == "issuer":
        return "、".join(part for part in re.split(r"[,，;；、\s]+", value) if part)
    if field == "number":
        return _SPACE.sub("", value)
    if field == "status":
        return _status(_SPACE.sub("", value))
    return _SPACE.sub(" ", value).strip()


def _status(value: str) -> str:
    if value in ("有效", "现行有效", "现行", "继续有效", "是"):
        return "现行"
    if value in ("已修改", "已被修改"):
        return "已修改"
    if value in ("废止", "已废止", "已被废止"):
        return "已废止"
    if value in ("失效", "已失效", "无效", "否"):
        return "失效"
    return ""
