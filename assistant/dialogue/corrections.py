"""Corrections of what was understood: 我问的是2021年, 不是水，是大气, 错了，应该是《水污染防治法》."""

from __future__ import annotations

import re

from assistant.dialogue import topic
from assistant.language import periods

_WRONG = r"(?:不对|错了|[你您]?(?:搞|弄|理解|听|看)错了?)"
_SAY = r"(?:我(?:要|想)?(?:问|说|要|指|查|找|是问|是说|想问|想知道|想查)的?(?:应该)?是?|(?:应该是|应当是|应为|而?是))(?:的是)?"
_NOT = r"(?:我(?:问|说|要|指)的)?不是(?!说)(?P<old>[^，,。；;]{1,20})"
_CORRECTIONS = (
    re.compile(rf"^(?:{_WRONG}[了啊吧]?[，,。！!\s]*)?{_NOT}[，,。；;\s]+{_SAY}(?P<new>.+)$"),
    re.compile(rf"^(?:{_WRONG}[了啊吧]?[，,。！!\s]*)?{_SAY}(?P<new>[^，,]+)[，,]\s*(?:并?不是|而非)(?P<old>.+)$"),
    re.compile(rf"^(?:{_WRONG}|不是)[了啊吧]?(?:[^，,。]{{0,8}}[，,。！!])?\s*{_SAY}(?P<new>.+)(?P<old>)$"),
    re.compile(
        r"^我(?:是(?:问|说|想问)|(?:要|想)?(?:问|说|指|要|查|找)的(?:应该)?是|(?:要|想)问的是)(?P<new>.+)(?P<old>)$"
    ),
    re.compile(r"^(?:应该是|应为|是)(?P<new>(?:\d{4}|[“十二]).+)(?P<old>)$"),
)
_ENDS = re.compile(r"[的了吧啊呀呢吗。.！!?？\s]+$")
_GENERIC = re.compile(r"(?:年度?)?的?(?:任务|工作|情况|内容|数据)$")


def corrected(question: str, before: str) -> str:
    """``before`` with what ``question`` says was meant; empty if it corrects nothing."""
    match = next((found for one in _CORRECTIONS if (found := one.match(question))), None)
    if not match:
        return ""
    meant, old = _ENDS.sub("", match["new"]).strip(" ，,"), _ENDS.sub("", match["old"]).strip(" ，,")
    time = _GENERIC.sub("年" if re.search(r"\d$", _GENERIC.sub("", meant)) else "", meant)
    if periods.alone(time):
        return periods.replaced(before, _period(time))
    if topic.is_question(meant):
        return topic.of_time(meant, before) if topic.alike(meant, before) or not old else meant
    if old and old in before and old != meant:
        return _exchanged(before, old, meant)
    return topic.changed(before, meant)


def _exchanged(before: str, old: str, new: str) -> str:
    """``before`` with ``new`` for ``old``; what stands in front of it already is not said twice (受污染|耕地, 污染地块)."""
    place = before.find(old)
    head, tail = before[:place], before[place + len(old) :]
    doubled = next((size for size in range(len(new) - 1, 0, -1) if head.endswith(new[:size])), 0)
    return head[: len(head) - doubled] + new + tail


def _period(said: str) -> str:
    named = periods.years(said) + periods.plans(said)
    return periods.written(named[0]) if len(named) == 1 else said
