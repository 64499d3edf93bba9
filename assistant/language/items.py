"""The items that an answer lists, and which of them a follow-up means: 第三条展开说说, 最后一项, 倒数第二个."""

from __future__ import annotations

import re

from index.numerals import value

_ITEM = re.compile(
    r"(?:(?P<back>倒数)?第(?P<number>[一二三四五六七八九十]|\d{1,2})|(?P<last>最后[一那]))(?:条|项|点|个|方面|款|部分)(?!季度)"
    r"|^那?(?P<label>[一二三四五六七八九十])是(?:什么|啥|指|具体|$)"
)
_DETAIL = re.compile(
    r"展开|详细|具体|细说|说说|讲讲|是什么|是啥|内容|怎么|什么意思|介绍|解释|有哪些|说一下|再说|讲的|什么$|[呢吗?？]"
)
_LONGEST = 24
"""Characters of a follow-up that means an item."""
_READ = 20_000
"""Characters of an answer in which items are looked for."""

_LINE = re.compile(r"^(\d{1,2})[.、．]\s*(.+)$")
_LABEL = r"(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十]+[)）])"
_LABELLED = re.compile(rf"(?:^|[。；;：:\s]){_LABEL}([^。；;]{{4,}})")
_OWN_LABEL = re.compile(rf"^(?:{_LABEL}|[一二三四五六七八九十]+要)")
_MARKER = re.compile(r"\[\d+\]")


def items(answer: str) -> list[str]:
    """The items that an answer lists, without their numbers: its numbered lines, or else those with 一是 or （一）."""
    lines = [_MARKER.sub("", line).strip() for line in answer[:_READ].splitlines()]
    numbered = [match[2] for line in lines if (match := _LINE.match(line))]
    labelled = [match[1] for line in lines for match in _LABELLED.finditer(line)]
    found = max(numbered, labelled, key=len)
    if len(found) < 2 <= len(lines):
        alike = len({line[:2] for line in lines}) == 1
        found = lines if alike else lines[1:]
    return [_OWN_LABEL.sub("", item).strip(" 。") for item in found]


def meant(question: str, answer: str) -> str:
    """The head of the item of ``answer`` that ``question`` means; empty if it means none, or one that is not there."""
    match = _asked(question)
    if not match:
        return ""
    lines = items(answer)
    place = len(lines) if match["last"] else value(match["number"] or match["label"]) or 0
    if match["back"]:
        place = len(lines) + 1 - place
    return re.split(r"[，,；;。]", lines[place - 1])[0] if 0 < place <= len(lines) else ""


def means_article(question: str) -> bool:
    """Whether ``question`` may mean an article of a document (第五条是什么) as well as an item of a list."""
    match = _asked(question)
    return bool(match and "条" in match[0])


def _asked(question: str) -> re.Match[str] | None:
    return _ITEM.search(question) if len(question) <= _LONGEST and _DETAIL.search(question) else None
