"""The kind of answer that a question wants, and whether it asks for results or for tasks, told by cue words.

``KINDS`` is read from the top: the first kind of which a cue stands in the question is the question's kind. A cue
is a regular expression; case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TASKS = r"(?:任务|措施|内容|目标|要求|重点|工作|举措|原则|思路|成果|成效|安排)"
_NO_DEFINITION = (
    r"(?<!任务|措施|内容|目标|要求|重点|工作|结果|时间|标准|依据|职责|主题|原则|思路|数量|成果|成效|进展|做法|经验"
    r"|意义|作用|方针|情况|特点|方向|安排|部署|地点|日期|政策|规定|优势|条件|程序|流程|范围|对象|期限|后果|办法)"
)
_ATTRIBUTE = r"^(?!.*的[一-鿿]{2,8}(?:分别)?(?:是|指的?是?|叫)(?:什么|啥)).*"
"""Nothing is defined where one thing's attribute is asked for: 智能外呼系统的优势是什么."""

_NO_OTHER = r"^(?!.*(?:哪些|由谁|由哪|谁|如何|怎[么样]|什么(?!比|数)|目的|依据|有无|有没有|是否|吗[?？]?$)).*"
"""A number that is named is not asked for where something else is: 放宽比例要求由哪些部门负责."""

WHICH_PEOPLE = r"哪位|(?<![号码证尾])哪几位(?!数|代表|表示)"
"""How people are asked for one by one; 身份证的哪几位 are digits."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "reason": (r"为什么|为啥|为何|何以", r"原因|凭什么|怎么会", r"\bwhy\b", r"\breasons?\b"),
    "date": (
        r"(?:什么时候|什么时间|何时|啥时候)(?!可以|能|不)|何日|多会儿|几时",
        r"哪一?[年天日月]|几[月号日](?!内|文)|几点(?:钟|半|到|至|开|结束|以前|以后|[?？]|$)",
        r"时间(?:是|为)|日期",
        r"(?:召开|开会|举行|印发|施行|实施|生效|发布|成立)(?:的)?时间",
        r"\bwhen\b|\b(?:what|which) (?:date|year|day|month)\b",
    ),
    "number": (
        r"多少|多大|多高|多久|多长|百分之|(?<![哪那这])几(?!乎|点|方面|种|大|条|项|件|块|样|个方面|年)",
        r"(?<![近这那前后过])几年(?!来|前|后|间|里)",
        r"罚款?(?:金额|数额|额度|幅度|是?多少|几)",
        rf"{_NO_OTHER}(?:比例|比率|占比)",
        r"率(?:是|为|有|达|怎|如|呢|情|$|[?？])",
        rf"{_NO_OTHER}(?:数量|总数|次数|数字|数据是)",
        r"\bhow (?:many|much|large|high|long)\b",
        r"\bwhat (?:percentage|percent|proportion|share|ratio|rate|number)\b|\b(?:ratio|rate|percentage|proportion) of\b",
    ),
    "place": (
        r"哪里|哪儿|在哪(?!些|个|一?[年月日天])|什么地方|何地|(?<!如)何处",
        r"哪个(?:城市|省|地方|县)|地点",
        r"\bwhere\b",
    ),
    "person": (
        rf"谁|{WHICH_PEOPLE}|何人|什么人|哪些人|哪些领导",
        r"(?:是哪个|哪个|哪些)(?:部门|单位|机构)",
        r"(?:部长|书记|主任|局长|省长|市长)(?:是|叫)|姓名|职务",
        r"\bwho(?:m|se)?\b|\bwhich (?:department|ministry|agency|body|organi[sz]ation)s?\b",
    ),
    "yesno": (
        r"是否|是不是|有没有|有无|能否|可否|能不能|会不会|要不要|对不对",
        r"完成没|了没|没有[?？]?$|吗[?？]?$|对吗",
        r"^\s*(?:is|are|was|were|did|does|do|has|have|had|can|will|should)\b",
    ),
    "definition": (
        r"什么是|什么叫|何谓|何为|什么意思|啥意思|含义|定义|指的是|(?:怎么|如何)理解",
        _ATTRIBUTE + _NO_DEFINITION + r"(?:分别)?(?:是|指的?是?|叫)(?:什么|啥)(?!时|样|人|地|级|日|会议|时候)",
        r"是什么(?:会议|组织|东西|污染物|物质)",
        r"\bwhat does .* mean\b|\bmeaning of\b|\bdefin",
    ),
    "list": (
        r"哪些|哪[几两三四五六七八九十]|有什么|有啥|列全|列出|列举|罗列|清单|包括|分别|几(?:点|方面|种|大|条|项|件|块|样|个方面)|一(?:条|项|个)一(?:条|项|个)|逐[条项]",
        r"(?:什么|何种)(?:任务|措施|工作|内容|要求|目标|举措|成果|成效|成绩|进展|部署|安排|条件|材料|手续|规定|政策)",
        r"规定了?(?:什么|啥|哪)",
        _TASKS + r"(?:分别|都|主要)?(?:是|有)?(?:什么|啥)",
        r"[干做搞办弄抓](?:成|完|好)?了?(?:一?些|点)?(?:什么|啥|哪)|(?:安排|部署|采取|布置|规划|打算)(?:了|过)?(?:一?些)?(?:什么|啥|哪)",
        r"怎么(?:做|抓|干|办|搞|弄|管|防|推进|部署|安排|治|落实)|如何(?:做|抓|推进|部署|落实|开展|治)",
        r"(?:任务|措施|举措|要求|重点)[?？]?$",
        r"[一二三四五六七八九十两]个[一-鿿]{2}[”\"]?(?:是|有|包|$|[?？])",
        r"\b(?:tasks|measures|actions|steps|goals|targets|achievements|priorities|requirements|list)\b",
    ),
}

DONE = (
    r"了(?:什么|啥|哪|吗|没|多少|几)|过(?:什么|哪|吗)|做了|完成|取得|达到|已",
    r"成效|成绩|成果|成就|进展|情况|回顾|总结|过去|怎么样|怎样了|如何了",
    r"\b(?:did|was|were|done|have been|has been|progress|results?)\b",
    r"\b(?:achiev|accomplish|complet)\w+",
)
"""Cues of a question for results."""

PLANNED = (
    r"任务|措施|目标|要求|计划|安排|部署|打算|准备(?!金)|将|下一步|今后|控制在|预计|预期|拟(?!定)",
    r"要(?:做|抓|干|怎|如何|开展|推进|完成|重点)|怎么(?:做|抓|干|办)",
    r"\b(?:will|plan\w*|tasks?|should|going to|next|priorit\w+)\b",
)
"""Cues of a question for tasks."""


def _any(cues: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{cue})" for cue in cues), re.IGNORECASE)


_KINDS = {name: _any(cues) for name, cues in KINDS.items()}
_DONE, _PLANNED = _any(DONE), _any(PLANNED)


def kind(text: str) -> str:
    """The kind of answer that a question wants, a key of ``KINDS``; "open" where no cue tells."""
    return next((name for name, cues in _KINDS.items() if cues.search(text)), "open")


def tense(text: str) -> str:
    """Whether results ("done") or tasks ("planned") are asked for; empty where nothing or both tell."""
    done, planned = bool(_DONE.search(text)), bool(_PLANNED.search(text))
    if done == planned:
        return ""
    return "done" if done else "planned"
