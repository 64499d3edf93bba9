"""The institution that a conversation is about, whose name a later question shortens or leaves unsaid.

    哲学院有哪些本科专业 · 学院有多少位教师        →  哲学院有多少位教师
    国学院人才培养有哪些特色 · 学生主要去哪里就业    →  国学院学生主要去哪里就业
    云溪市水务局负责什么 · 有哪些内设机构            →  云溪市水务局有哪些内设机构

A short name, and the people of a school, reach back over turns about something else; what has no subject at all
asks about the last turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dialogue import topic
from assistant.language import periods
from assistant.language.vocabulary import actions

_SCHOOL = r"(?:学院|(?:大学|学校|中学|小学)(?!生))"
_OFFICE = r"(?:公司|集团|医院|中心|研究院|协会|基金会|委员会|厅|(?<![布格结全大])局(?![部面限长]))"
_NOT_IN_A_NAME = "的是有哪什谁几怎去在为以设"
_NAME = re.compile(
    rf"(?!加强|推[进动]|支持|建设|关于)(?:[^\W\d{_NOT_IN_A_NAME}]{{1,10}}?(?:{_SCHOOL}|{_OFFICE}))+"
)
"""A name with those of the institutions that it belongs to before it: 中国人民大学文学院."""
_IS_SCHOOL = re.compile(rf"{_SCHOOL}$")

_SHORT = re.compile(
    r"(?:(?:该|本|这[个所家部项]?)?(学院|大学|学校|公司|集团|医院|中心|研究院|协会|基金会|条例|办法|细则|规划|方案|示范区|开发区|园区|市场|工程|基金)"
    r"|[该本]([院校局部委省市县区法]))(?=的|有|是|在|由|与|什么|怎么|如何|哪|何时|下设|拥有|提供|成立|覆盖|承办|人才|学生|毕业|目前|需要|包括)"
)
_OF_A_SCHOOL = re.compile(
    r"(?:毕业生|学生|(?:本科|硕士|博士|研究)(?:毕业)?生|教师|老师|校友|院长|校长)"
    r"(?=[的中里都有是]|主要|大多|可以|毕业后|升学|深造|人数|就业(?:情况|方向|去向|单位|领域|前景|率))"
    r"|[一-鿿]{1,3}率(?:是|有|为|达到)?多少"
)
"""What is asked of a school's people, but not of all such people: 毕业生主要做什么, not 毕业生就业补贴怎么申请."""
_WITHOUT_SUBJECT = re.compile(
    r"(?:主要|目前|现在|一共|共)?(?:都|还)?(?:设?有|下设|内设|开设|提供|拥有|负责|承担|承办|位于|成立于)(?:了|着)?(?=哪|什么|多少|几)"
)


def in_full(question: str, queries: Sequence[str]) -> str:
    """``question`` with the name that it begins with in short (学院, 该局) as ``queries`` last told it in full.

    ``queries`` are the standalone questions before it. An empty string if there is no such name.
    """
    short = _SHORT.match(question)
    if not short:
        return ""
    found = next((name for query in reversed(queries) if (name := _meant(short[1] or short[2], query))), "")
    return found + question[short.end() :] if found else ""


def added(question: str, queries: Sequence[str]) -> str:
    """``question`` with the name of the institution that it leaves unsaid in front; an empty string if there is none.

    ``queries`` are the standalone questions before it.
    """
    if _OF_A_SCHOOL.match(question) and not periods.asked(question):
        names = (named(query) for query in reversed(queries))
        return next((name + question for name in names if _IS_SCHOOL.search(name)), "")
    if _WITHOUT_SUBJECT.match(question) and queries:
        name = named(queries[-1])
        return name + question if name else ""
    return ""


def named(query: str) -> str:
    """The institution with whose name ``query`` begins; an empty string if there is none."""
    match = _NAME.match(periods.without(query))
    return match[0] if match else ""


def owner(query: str) -> str:
    """The institution that ``query`` is about where it asks of nothing else; an empty string if there is none.

    云溪市水务局负责什么 → 云溪市水务局; 云溪市水务局的节水目标是什么 is about its 节水目标
    """
    name, about = named(query), topic.of(query)
    end = next((size for size in range(len(about), 1, -1) if name.endswith(about[:size])), 0)
    return name if end and (end == len(about) or about[end:] in actions()) else ""


def _meant(sort: str, query: str) -> str:
    """What of ``query`` a name that was shortened to its ``sort`` (学院, 条例) means; empty if nothing."""
    name = re.match(rf"[一-鿿]{{1,20}}?{sort}", periods.without(query))
    if name:
        return name[0]
    about = topic.of(query)
    place = about.find(sort)
    return about[: place + len(sort)] if place > 0 else ""
