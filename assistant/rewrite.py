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

from assistant import people, periods
from assistant.english import is_english
from assistant.kinds import kind
from assistant.question import Term, clean, understand, unframed
from assistant.types import Turn
from assistant.vocabulary import simplified
from index.errors import InvalidQuestion

_OPENERS = r"(?:那么|那|那末|哦|嗯|好的?|还有|另外|然后|再问一下|请问|对了)?[，, ]*"
_CLOSERS = r"(?:方面|这块|这方面|领域|的话|的情况|情况)?[呢吗吧啊嘛?？。!！ ]*"
_PERIOD = r"(?:在)?(?:(?:19|20)?\d{2}年|[“\"]?十[一二三四五六七八九]五[”\"]?(?:时期|期间)?|[一二][〇零○九][〇零○一二三四五六七八九]{2}年)"
_ONLY_PERIOD = re.compile(rf"^{_OPENERS}(?:换成|改成|如果是|要是)?({_PERIOD})的?{_CLOSERS}$")
_CORRECTION = re.compile(
    r"^(?:(?:不对|不是|错了|你?搞错了|你?弄错了)(?:[^，,。]{0,16}[，,。]\s*)?)?"
    r"(?:我是说|我(?:问|说|要|指|想问)的?是|应该是|应为|是(?=[\d“十二]))(?:的是)?(.+?)"
    rf"(?:[，,]\s*不是.+)?{_CLOSERS}$"
)
_AND_TOPIC = re.compile(rf"^(?:那么|那|还有|另外|然后|至于|关于)?[，, ]*(.{{2,24}}?){_CLOSERS}$")
_ELLIPTIC = re.compile(r"呢[?？。!！ ]*$|^(?:那么|那|至于)")
_MORE = re.compile(
    r"^(?:那|请)?(?:还有(?:吗|呢|没有|别的吗|其他的?吗|哪些|什么|其他(?:任务|措施|内容)?)?|就这些吗?|其他的?呢|别的呢|继续|接着说|接着讲|再说说|全了吗|没有了吗|还有没有)[?？呢吗。 ]*$"
)
_ITEM = re.compile(
    r"(?:上面|刚才|前面)?(?:的|说的)?(?:第([一二三四五六七八九十]|\d{1,2})|(最后一))(?:条|项|点|个|方面|款|部分)(?:任务|措施|工作|内容)?|^(?:那)?([一二三四五六七八九十])是(?:什么|啥|指|具体|$)"
)
_DETAIL = re.compile(
    r"展开|详细|具体|细说|说说|讲讲|是什么|内容|怎么|什么意思|介绍|解释|有哪些|说一下|讲的|[呢吗?？]"
)
_PERSON_PRONOUN = re.compile(r"他们?|她们?|这个人|此人|这位|该同志|这位(?:部长|书记|领导|同志)")
_THING_PRONOUN = re.compile(
    r"这个(?!人)|那个|这项|该项|该|此|它们?|其(?!他|中|余)|这些|那些|上述|(?:这|那)(?=是|个|方面|件|里|种|一)"
)
_LINE = re.compile(r"^(\d{1,2})[.、．]\s*(.+)$")
_LABELLED = re.compile(
    r"(?:^|[。；;\s])(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十]+[)）])([^。；;]{4,})"
)
_MARKER = re.compile(r"\[\d+\]")


def standalone(question: str, history: Sequence[Turn] = ()) -> str:
    """``question`` as it can be searched and answered without ``history``; itself if it needs none."""
    query, answer = "", ""
    for turn in history:
        try:
            query = _resolved(clean(turn.question), query, answer)
        except InvalidQuestion:
            continue
        answer = turn.answer
    return _resolved(clean(question), query, answer)


def wants_more(question: str) -> bool:
    """Whether ``question`` asks for what the last answer left out (还有吗)."""
    return bool(_MORE.match(simplified(clean(question))))


def _resolved(question: str, before: str, answer: str) -> str:
    """``question`` rewritten from the standalone question before it and the answer that was given."""
    if not before:
        return question
    plain = simplified(question)
    if wants_more(plain):
        return before
    for rule in (_period, _item, _correction, _person, _topic, _thing, _elliptical):
        rewritten = rule(plain, before, answer)
        if rewritten:
            return rewritten
    return question


def _period(question: str, before: str, answer: str) -> str:
    """2020年呢: the question before, of another time."""
    match = _ONLY_PERIOD.match(question)
    if not match:
        return ""
    return _of_period(before, (periods.years(match[1]) or periods.plans(match[1]))[0])


def _of_period(query: str, period: str) -> str:
    return periods.replaced(query, period)


def _item(question: str, before: str, answer: str) -> str:
    """第三条展开说说: the third line of the answer before, if it has one; else 第三条 of what was spoken of."""
    match = _ITEM.search(question)
    if not match or not _DETAIL.search(question) or len(question) > 24:
        return ""
    lines = items(answer)
    number = len(lines) if match[2] else _number(match[1] or match[3])
    if 0 < number <= len(lines):
        return _with_period(f"{_first_clause(lines[number - 1])}有哪些具体内容", before)
    if "条" in match[0]:
        title = re.search(r"《[^》]+》", before + answer)
        return f"{title[0]}{question}" if title and title[0] not in question else ""
    return ""


def items(answer: str) -> list[str]:
    """The items that an answer lists, without their numbers: its numbered lines, or else those with 一是, （一）…"""
    lines = [_MARKER.sub("", line).strip() for line in answer.splitlines()]
    numbered = [match[2] for line in lines if (match := _LINE.match(line))]
    labelled = [match[1] for line in lines for match in _LABELLED.finditer(line)]
    found = max(numbered, labelled, key=len)
    if not found and len(lines) > 1:
        found = lines if len(set(line[:2] for line in lines)) == 1 else lines[1:]
    return [
        re.sub(r"^(?:[一二三四五六七八九十]+(?:是|要)|[（(][一二三四五六七八九十]+[)）])", "", item).strip(" 。")
        for item in found
    ]


def _correction(question: str, before: str, answer: str) -> str:
    """我问的是2021年: the question before, with what was meant in place of what was understood."""
    match = _CORRECTION.match(question)
    if not match:
        return ""
    meant = match[1].strip(" ，,")
    only = re.fullmatch(rf"({_PERIOD})的?(?:任务|工作|情况)?", meant)
    if only:
        return _of_period(before, (periods.years(only[1]) or periods.plans(only[1]))[0])
    if _asks(meant):
        return _with_period(meant, before)
    return _retopiced(before, meant)


def _person(question: str, before: str, answer: str) -> str:
    """他是谁: the person whom the answer named, else the question."""
    match = _PERSON_PRONOUN.search(question)
    if not match or "其他" in question:
        return ""
    person = person_in(answer, before) or person_in(before)
    return question[: match.start()] + person + question[match.end() :] if person else ""


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


def _topic(question: str, before: str, answer: str) -> str:
    """那水污染呢: the question before about another subject, of the same time unless it names its own."""
    if not _ELLIPTIC.search(question) or is_english(question):
        return ""
    match = _AND_TOPIC.match(question)
    if not match or _PERSON_PRONOUN.search(question) or _THING_PRONOUN.search(question):
        return ""
    said = match[1]
    if _asks(said):
        return _with_period(said, before)
    own = periods.asked(said)
    topic = re.sub(r"^在|(?:的|这块|这方面|方面|部分)$", "", periods.without(said).strip(" ，,的"))
    if not _subject(topic):
        return ""
    if topic.startswith("具体到"):
        return ""
    query = _retopiced(before, topic)
    return _of_period(query, own[0]) if own else query


def _thing(question: str, before: str, answer: str) -> str:
    """这个比例是多少, 它包括什么: the subject of the question before in place of the pronoun."""
    match = _THING_PRONOUN.search(question)
    if not match or len(_subject(question)) > 2:
        return ""
    topic = _topic_words(before)
    if not topic:
        return ""
    rest = question[match.end() :]
    return _with_period(question[: match.start()] + topic + rest, before)


def _elliptical(question: str, before: str, answer: str) -> str:
    """为什么, 具体措施有哪些, 具体到企业呢: the subject before, put in front of what has none of its own."""
    subject = _subject(re.sub(r"具体到", "", question))
    short = len(question) <= 14
    narrowed = "具体到" in question
    if (subject and not narrowed) or not short:
        return ""
    topic = _topic_words(before)
    if not topic:
        return ""
    bare = re.sub(rf"^{_OPENERS}|[呢吧啊]*[?？。]*$", "", question)
    return _with_period(f"{topic}{bare}", before)


def _with_period(question: str, before: str) -> str:
    """``question`` of the time of the one before, unless it names its own."""
    times = periods.asked(before)
    return question if periods.asked(question) or not times else _written(times[0]) + question


def _written(period: str) -> str:
    return f"{period}年" if period.isdigit() else f"“{period}”时期"


def _retopiced(before: str, topic: str) -> str:
    """The question before with ``topic`` in place of its subject."""
    span = _topic_span(before)
    if span is None:
        return f"{topic}{before}" if len(before) < 4 else _with_period(topic, before)
    start, end = span
    replaced, tail = before[start:end], before[end:]
    # 大气污染防治 · 那水污染呢: what the new topic leaves unsaid at its end is taken from the old one
    for size in (4, 3, 2):
        ending = replaced[-size:]
        if len(replaced) > size + 1 and topic.endswith(replaced[-size - 2 : -size]) and ending not in topic:
            topic += ending
            break
    return before[:start] + topic + tail


def _topic_words(query: str) -> str:
    """What ``query`` is about, without its time and its question words (处置环境应急事故); empty if nothing is."""
    span = _topic_span(query)
    words = query[span[0] : span[1]] if span else periods.without(query)
    words = re.sub(r"[了过的](?=[一-鿿])", "", unframed(words)) if span else unframed(words)
    return re.sub(r"[?？。!！的了呢吗\s]+$|\s+", "", words)


def _topic_span(query: str) -> tuple[int, int] | None:
    """From the first to the last character of the subject's words in ``query``."""
    plain = simplified(query)
    places = [
        (place, place + len(term.text))
        for term in _subject(query)
        if (place := plain.lower().find(term.text)) >= 0
    ]
    if not places:
        return None
    start, end = min(place[0] for place in places), max(place[1] for place in places)
    if start and plain[start - 1] in '“《"':
        start -= 1
    if end < len(plain) and plain[end] in '”》"':
        end += 1
    return start, end


def _subject(text: str) -> tuple[Term, ...]:
    try:
        return understand(text).subject
    except InvalidQuestion:
        return ()


def _asks(text: str) -> bool:
    """Whether ``text`` asks something by itself, rather than name a topic."""
    return (
        kind(text) != "open"
        and bool(_subject(text))
        and bool(re.search(r"什么|哪|多少|谁|几|怎|如何|吗|是否|有没有", text))
    )


def _first_clause(text: str) -> str:
    return re.split(r"[，,；;。]", text)[0]


_CHINESE_NUMBERS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _CHINESE_NUMBERS.index(text)
