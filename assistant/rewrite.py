"""Follow-ups made standalone by rule: topic, time, person and list item are carried over from the turns before.

    2021年碳达峰任务有哪些 · 2020年呢           →  2020年碳达峰任务有哪些
    2021年大气污染防治任务有哪些 · 那水污染呢    →  2021年水污染防治任务有哪些
    谁作工作报告 · 他是谁                       →  黄润秋是谁

Each turn is rewritten from the one before it, first to last, so that a follow-up of a follow-up stands on its
own too. A question with a subject of its own is left alone: a new topic does not drag the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import english, people, periods, topic
from assistant.kinds import kind
from assistant.question import clean
from assistant.types import Turn
from assistant.vocabulary import actions, generic, simplified
from index.errors import InvalidQuestion

_OPENERS = re.compile(
    r"^(?:那么|那末|那|哦|嗯|好的?|还有|另外|然后|再问一下|请问|对了|至于|关于|换成|改成|如果是|要是|[，,\s])+"
)
_CLOSERS = re.compile(r"(?:(?:这|那)?(?:方面|块)|领域|的话|的?情况|[的呢吗吧啊嘛?？。!！\s])+$")
_ELLIPTIC = re.compile(r"呢[?？。!！ ]*$|^(?:那么|那|至于)")
_LONGEST_TOPIC = 24
_LONGEST_ELLIPSIS = 14
"""Characters of a follow-up that can be no more than a topic, or no more than a question about the last one."""

_ELSE = r"(?:任务|措施|内容|要求|规定|条件)?"
_MORE = re.compile(
    rf"^(?:那|请|除此之外|另外)?(?:还有(?:吗|呢|没有|没|别的吗?|其他的?吗?|哪些|什么|其他{_ELSE}|其它{_ELSE})?|还有没有"
    r"|就这些吗?|就这么多|只有这些吗?|其[他它]的?呢|别的呢|继续|接着[说讲]|再说说|全了吗|说全了吗|没有了吗)[?？呢吗。 ]*$"
    r"|^(?:anything|what) else\W*$|^(?:go on|continue|more)\W*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:(?:不对|不是|错了|你?搞错了|你?弄错了)(?:[^，,。]{0,16}[，,。]\s*)?)?"
    r"(?:我是说|我(?:问|说|要|指|想问)的?是|(?:应该是|应为|是)(?=[\d“十二]))(?:的是)?(.+?)(?:[，,]\s*不是.+)?$"
)
_NUMBERS = "零一二三四五六七八九十"
_ITEM = re.compile(
    r"(?:第(?P<number>[一二三四五六七八九十]|\d{1,2})|(?P<last>最后[一那]))(?:条|项|点|个|方面|款|部分)"
    r"|^那?(?P<label>[一二三四五六七八九十])是(?:什么|啥|指|具体|$)"
)
_DETAIL = re.compile(
    r"展开|详细|具体|细说|说说|讲讲|是什么|内容|怎么|什么意思|介绍|解释|有哪些|说一下|再说|讲的|[呢吗?？]"
)
_TELL_MORE = re.compile(
    r"(?:请|再|能|可以|展开|详细|具体|仔细|细|说说|讲讲|说一下|讲一下|介绍一?下?|说明一?下?|[点地说讲])+"
)
_CONTENTS = "有哪些具体内容"
_THEY = re.compile(r"[他她]们?|这个人|此人|这位(?:部长|书记|领导|同志)?|该同志")
_IT = re.compile(
    r"[这那](?:里|儿|边|个(?!人))|这项|该项|该|此|它们?|其(?!他|它|中|余|实)|这些|那些|上述|[这那](?=是|方面|件|种|一)"
)
_YOU_AND_ME = re.compile(r"[你您我咱]")
_NARROWED = "具体到"

_LINE = re.compile(r"^(\d{1,2})[.、．]\s*(.+)$")
_LABEL = r"(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十]+[)）])"
_LABELLED = re.compile(rf"(?:^|[。；;：:\s]){_LABEL}([^。；;]{{4,}})")
_OWN_LABEL = re.compile(rf"^(?:{_LABEL}|[一二三四五六七八九十]+要)")
_MARKER = re.compile(r"\[\d+\]")


def standalone(question: str, history: Sequence[Turn] = ()) -> str:
    """``question`` as it can be searched and answered without ``history``; itself if it needs none."""
    query, answer, listing = "", "", ""
    for turn in history:
        try:
            query = _resolved(clean(turn.question), query, answer, listing)
        except InvalidQuestion:
            continue
        answer = turn.answer
        listing = answer if len(items(answer)) > 1 else listing
    return _resolved(clean(question), query, answer, listing)


def items(answer: str) -> list[str]:
    """The items that an answer lists, without their numbers: its numbered lines, or else those with 一是 or （一）."""
    lines = [_MARKER.sub("", line).strip() for line in answer.splitlines()]
    numbered = [match[2] for line in lines if (match := _LINE.match(line))]
    labelled = [match[1] for line in lines for match in _LABELLED.finditer(line)]
    found = max(numbered, labelled, key=len)
    if len(found) < 2 <= len(lines):
        alike = len({line[:2] for line in lines}) == 1
        found = lines if alike else lines[1:]
    return [_OWN_LABEL.sub("", item).strip(" 。") for item in found]


def person_in(text: str, asked: str = "") -> str:
    """The person whom ``text`` names (部长黄润秋), an empty string if none.

    Of several, the one in whose clause most of ``asked`` stands, else the last: a report names the one of whom
    more is said at its end.
    """
    found: list[tuple[int, int, str]] = []
    for clause in re.split(r"[，,。；;\n]", _MARKER.sub("", text)):
        shared = len(set(clause) & set(asked))
        found += [(shared, place, name) for place, name in enumerate(people.named(clause), len(found))]
    return max(found)[2] if found else ""


def _resolved(question: str, before: str, answer: str, listing: str) -> str:
    """``question`` rewritten from the standalone question before it, its answer, and the last answer with items."""
    if not before:
        return question
    plain = simplified(question)
    rules = (_more, _in_english) if english.is_english(plain) else _RULES
    for rule in rules:
        rewritten = rule(plain, before, listing if rule is _item else answer)
        if rewritten:
            return rewritten
    return question


def _more(question: str, before: str, answer: str) -> str:
    """还有吗: the question before."""
    return before if _MORE.match(question) else ""


def _period(question: str, before: str, answer: str) -> str:
    """2020年呢: the question before, of another time."""
    said = _bare(question)
    return periods.replaced(before, _written(said)) if periods.alone(said) else ""


def _item(question: str, before: str, answer: str) -> str:
    """第三条展开说说: the third line of the answer before, if it has one; else 第三条 of what was spoken of."""
    match = _ITEM.search(question)
    if not match or not _DETAIL.search(question) or len(question) > _LONGEST_TOPIC:
        return ""
    lines = items(answer)
    number = len(lines) if match["last"] else _number(match["number"] or match["label"])
    if 0 < number <= len(lines):
        head = re.split(r"[，,；;。]", lines[number - 1])[0]
        return topic.of_time(f"{head}{_CONTENTS}", before)
    if "条" in match[0]:
        title = re.search(r"《[^》]+》", before + answer)
        return f"{title[0]}{question}" if title and title[0] not in question else ""
    return ""


def _correction(question: str, before: str, answer: str) -> str:
    """我问的是2021年: the question before, with what was meant in place of what was understood."""
    match = _CORRECTION.match(question)
    if not match:
        return ""
    meant = match[1].strip(" ，,")
    said = re.sub(r"(?:任务|工作)$", "", _bare(meant))
    if periods.alone(said):
        return periods.replaced(before, _written(said))
    if topic.asks(meant):
        return topic.of_time(meant, before)
    return topic.changed(before, _bare(meant))


def _person(question: str, before: str, answer: str) -> str:
    """他是谁: the person whom the answer named, else the question."""
    match = _THEY.search(question)
    if not match or "其他" in question or "他人" in question:
        return ""
    person = person_in(answer, before) or person_in(before) or topic.person(before) or topic.person(answer)
    return question[: match.start()] + person + question[match.end() :] if person else ""


def _topic(question: str, before: str, answer: str) -> str:
    """那水污染呢: the question before about another subject, of the same time unless it names its own."""
    if not _ELLIPTIC.search(question) or any(one.search(question) for one in (_THEY, _IT, _YOU_AND_ME)):
        return ""
    said = _bare(question)
    if len(said) > _LONGEST_TOPIC or said.startswith(_NARROWED):
        return ""
    if topic.asks(question):
        return topic.of_time(said, before)
    own = periods.asked(said)
    new = re.sub(r"^在|的$", "", periods.without(said).strip(" ，,的"))
    if not topic.subject(new):
        return ""
    query = topic.changed(before, new)
    return periods.replaced(query, periods.written(own[0])) if own else query


def _thing(question: str, before: str, answer: str) -> str:
    """这个比例是多少, 它包括什么: the subject of the question before in place of the pronoun."""
    match = _IT.search(question)
    if not match or len(topic.subject(question)) > 2 or _YOU_AND_ME.search(question):
        return ""
    about = topic.of(before)
    if not about:
        return ""
    rest = question[match.end() :]
    said_again = next((size for size in range(len(about), 1, -1) if rest.startswith(about[-size:])), 0)
    return topic.of_time(question[: match.start()] + about + rest[said_again:], before)


def _elliptical(question: str, before: str, answer: str) -> str:
    """为什么, 由谁负责, 具体到企业呢: the subject before, put in front of what names none, or only what is done."""
    if len(question) > _LONGEST_ELLIPSIS or _YOU_AND_ME.search(question) or _THEY.search(question):
        return ""
    narrowed = _NARROWED in question
    own = any(term.text not in actions() for term in topic.subject(question))
    if not narrowed and (own or not _about_the_last(question)):
        return ""
    about = topic.of(before)
    bare = re.sub(r"[呢吧啊]*[?？。]*$", "", _OPENERS.sub("", question))
    asked = _CONTENTS if _TELL_MORE.fullmatch(bare) else bare
    return topic.of_time(about + asked, before) if about else ""


def _about_the_last(question: str) -> bool:
    """Whether a question without a subject asks about the last one's: it has a question word, or 详细 or 措施."""
    return kind(question) != "open" or any(word in question for word in generic() if len(word) > 1)


_RULES = (_more, _period, _item, _correction, _person, _topic, _thing, _elliptical)

_ABOUT_ENGLISH = re.compile(
    r"^(?:and|but)?\s*(?:(?:what|how) about)?\s*(?:in|for|the)?\s*(.+?)[\s?.!]*$", re.IGNORECASE
)
_OPENS_ENGLISH = re.compile(r"^(?:and|but|what about|how about)\b", re.IGNORECASE)
_PRONOUN_ENGLISH = re.compile(
    r"\b(?:(he|she|him|his|her)|(it|its|they|them|their|these|those|(?:this|that)(?=\W*$)))\b", re.IGNORECASE
)

_POSSESSIVE = frozenset(("his", "her", "its", "their"))


def _in_english(question: str, before: str, answer: str) -> str:
    """And in 2020? What about nuclear safety? When did it start?: what is left unsaid, from the turn before."""
    if _OPENS_ENGLISH.match(question):
        said = _ABOUT_ENGLISH.sub(r"\1", question)
        if periods.alone(said):
            return periods.replaced(before, said if english.is_english(before) else _written(said))
        return english.changed(before, said) if english.is_english(before) else topic.changed(before, said)
    match = _PRONOUN_ENGLISH.search(question)
    if not match or len(topic.subject(question)) > 2:
        return ""
    subject = english.about(before) if english.is_english(before) else topic.of(before)
    about = person_in(answer, before) if match[1] else subject
    if about and match[0].lower() in _POSSESSIVE:
        about += "'s"
    return f"{question[: match.start()]}{about}{question[match.end() :]}" if about else ""


def _bare(question: str) -> str:
    """``question`` without 那, 呢 and their like at its ends."""
    return _CLOSERS.sub("", _OPENERS.sub("", question))


def _written(said: str) -> str:
    """A time as it is written in a question; as it was said where it is several times, or 去年."""
    named = periods.years(said) + periods.plans(said)
    return periods.written(named[0]) if len(named) == 1 else said


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS.index(text)
