"""What a number or a date is of: the same words in a text with other numbers may make a false statement.

In "南区400元、北区300元" the 400元 are of 南区, in "甲和乙分别为209元、280元" the 280元 of 乙. Texts are ``plain``, with their
amounts and dates blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.llm.amounts import COMPARISONS, Amount
from assistant.llm.moments import Moment
from assistant.llm.plain import Clause, bigrams, clauses

Marked = Amount | Moment

_FROM = re.compile(r"[由从][^，。；、到至]*$")
_TO = re.compile(r"[到至][^，。；、由从]*$")
_CHANGED = re.compile(r"[^，。；\d]{0,6}[到至提降增减调]")
"""What follows an amount from which something changes."""
_BLAND = re.compile(
    r"完成|达到|实现|提高|降低|增加|增长|减少|下降|上升|同比|全[市省国区县]|分别|其中|标准|比例|[每各]?人每月|每[人年月日个]|＃+"
)
_COMPARED = re.compile(rf"(?:{COMPARISONS.pattern})[为到至]?$")
_RANGE = re.compile(r"(?:以上|以下|以内)?[-—–~～至到]*")
_TERMS = frozenset(("年", "个月", "季度", "周", "日", "工作日", "小时", "分钟"))
"""Units of time, in which one thing may last so long and another one so long."""
_CONDITION = re.compile(r"[的时]$")
_CONSEQUENCE = 0.8
"""Share of the words of a clause that make it another clause said again."""
_APART = re.compile(r"(?:左右|以上|以下|以内|余)?[（）()、和与及以或者]+")
"""What parts an amount from the next thing of which there is one."""
_NEAR = 2
"""Words in front of an amount that tell by themselves what it is of."""
_RESPECTIVELY = "分别"
_ITEM = re.compile(r"[、和与及以]+")
_CLOSE = re.compile(r"[、和与及（）()]")
_STOP = re.compile(r"[。；;]")
_FULL_STOP = re.compile("。")
_PLAINLY = 2
"""Words by which something is rather of a rival in another unit."""
_MOST = 3
"""Words of a rival's sentence, and of no other, that a sentence has to be the rival's."""
_LEADING = re.compile(r"(?:到|至|截至|截止|自|从|在|力争|争取|计划|预计|其中)*[“\"]?")
_YARDSTICK = re.compile(r"(?:比|较|相比于?|与)$")
_RATE = re.compile(r"[每按](?:[人生户家个])?(?:每)?(学年|学期|年|月|日|天|周|季度?|小时|次)")
_AHEAD = re.compile(r"[前后](?=第?$)")
_BEHIND = re.compile(r"(?:以|之)?([前后])(?![端景续勤期])")


_BASE = re.compile("(?<![同环占对])比(?![例重率较])[^，。；]*的$")
"""What stands before an amount with which another one is compared."""


def bound(
    amount: Amount, said: str, amounts: Sequence[Amount], other: Amount, source: str, others: Sequence[Amount]
) -> bool:
    """Whether an amount of ``said`` is of the thing of which ``other``, equal to it, is in ``source``.

    It is unless the words around it are rather those around a rival: another amount of the source in the same unit.
    """
    rivals = [
        one
        for one in others
        if (one.unit == other.unit or {one.unit, other.unit} <= _TERMS)
        and (one.value, one.unit) != (other.value, other.unit)
        and not _RANGE.fullmatch(source[min(one.end, other.end) : max(one.start, other.start)])
    ]
    if not rivals or amount.unit.startswith("第"):
        return True
    if {_place(said, amount), _place(source, other)} == {"from", "to"}:
        return False
    return all(_rather(amount, said, amounts, other, rival, source, others) for rival in rivals)


def same_part(amount: Amount, said: str, other: Amount, source: str, moments: Sequence[Moment]) -> bool:
    """Whether an amount with which the source compares (比1957年的126亿元增长) is no more than that in the sentence.

    It may be told by itself with its time, for which there are ``moments`` of the sentence in its clause.
    """
    if not _BASE.search(source[: other.start]) or _BASE.search(said[: amount.start]):
        return True
    begins = max(said.rfind(mark, 0, amount.start) for mark in "，。；") + 1
    return any(begins <= moment.start < amount.start for moment in moments)


def dated(
    moment: Moment, said: str, moments: Sequence[Moment], other: Moment, source: str, others: Sequence[Moment]
) -> bool:
    """Whether what is said of a moment is what the source says of ``other``, the same, rather than of another one."""
    if _compared(source, other) and not _compared(said, moment):
        return False
    if not _leads(source, other):
        return True
    words = _governed(said, moment, moments)
    own = _governed(source, other, others)
    rivals = [one for one in others if not moment.within(one) and not one.within(moment) and _leads(source, one)]
    return not any(_rival(words, own, _governed(source, rival, others)) for rival in rivals)


def same_time(
    amount: Amount,
    said: tuple[str, Sequence[Moment]],
    other: Amount,
    source: tuple[str, Sequence[Moment]],
    others: Sequence[Amount],
) -> bool:
    """Whether two amounts are told of the same time; where one is told of none, or of one that has no amount, they are."""
    mine, theirs = _time(*said, amount), _time(*source, other)
    if mine is None or (theirs and (mine.within(theirs) or theirs.within(mine))):
        return True
    text, known = source
    rivals = [one for one in others if one.unit == other.unit and one.value != other.value]
    times = [one for one in (_time(text, known, rival) for rival in rivals) if one]
    return not any(mine.within(one) for one in times)


def _time(text: str, known: Sequence[Moment], amount: Amount) -> Moment | None:
    """The moment of which an amount is told: the last one before it in its sentence, of those that are no yardstick."""
    first = text.rfind("。", 0, amount.start) + 1
    before = [one for one in known if first <= one.start and one.end <= amount.start and not _compared(text, one)]
    return before[-1] if before else None


def _compared(text: str, moment: Moment) -> bool:
    """Whether a moment is what another one is compared with: 比1955年增长."""
    return _YARDSTICK.search(text[: moment.start]) is not None


def _leads(text: str, moment: Moment) -> bool:
    """Whether a moment stands at the beginning of its clause, and so is that of what follows."""
    clause = next((one for one in clauses(text) if one.start <= moment.start < one.end), None)
    return clause is not None and _LEADING.fullmatch(text[clause.start : moment.start]) is not None


def same_rate(amount: Amount, said: str, other: Amount, source: str) -> bool:
    """Whether two amounts are for the same time: 每月1000元 are not 每年1000元. Where one says nothing of it, they are."""
    mine, theirs = _rates(said, amount), _rates(source, other)
    return not mine or not theirs or bool(mine & theirs)


def _rates(text: str, amount: Amount) -> frozenset[str]:
    """The times for which an amount is, as its part of the clause says."""
    ahead = re.split(r"[，。；：:（）()、＃]", text[: amount.start])[-1]
    behind = re.match(r"(?:元|人)?/(年|月|日|天)", text[amount.end :])
    return frozenset(_RATE.findall(ahead)) | frozenset(behind.groups() if behind else ())


def same_way(amount: Amount, said: str, other: Amount, source: str) -> bool:
    """Whether two terms lie on the same side of what they are counted from: 期满前3个月 is not 期满后3个月."""
    ways = {_way(said, amount), _way(source, other)}
    return ways != {"前", "后"}


def _way(text: str, amount: Amount) -> str:
    ahead = _AHEAD.search(text[max(0, amount.start - 2) : amount.start])
    behind = _BEHIND.match(text, amount.end)
    return ahead[0] if ahead else behind[1] if behind else ""


def _place(text: str, amount: Amount) -> str:
    """Whether an amount is where a change begins (由720元) or ends (到780元), else an empty string."""
    before = text[: amount.start]
    if _FROM.search(before) and _CHANGED.match(text, amount.end):
        return "from"
    return "to" if _TO.search(before) else ""


def _rather(
    amount: Amount,
    said: str,
    amounts: Sequence[Amount],
    other: Amount,
    rival: Amount,
    source: str,
    others: Sequence[Amount],
) -> bool:
    """Whether what is said around an amount is rather around its equal than around a rival.

    What stands nearest decides; where that does not tell, what stands in the same clause, and in the one before it.
    A sentence that is otherwise the rival's is the rival's all the same.
    """
    for stop in (_STOP, _FULL_STOP):
        wide = [_sentence(text, one, stop) for text, one in ((said, amount), (source, other), (source, rival))]
        if wide[1] != wide[2] and _rival(*wide):
            return False
    if _another_follows(_behind(said, amount), _behind(source, other), _behind(source, rival)):
        return False
    beside = [
        _beside(text, one, counted)
        for text, one, counted in ((said, amount, amounts), (source, other, others), (source, rival, others))
    ]
    if beside[0] == beside[1] != beside[2] and beside[0]:
        return True
    mine, own, theirs = (
        list(_around(text, one, counted))
        for text, one, counted in ((said, amount, amounts), (source, other, others), (source, rival, others))
    )
    least = 1 if other.unit == rival.unit else _PLAINLY
    for words, here, there in zip(mine, own, theirs, strict=True):
        if not (words and here and there):
            continue
        more = len(words & (here - there)) - len(words & (there - here))
        if abs(more) >= least:
            return more > 0
    return True


def _another_follows(mine: frozenset[str], own: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether what follows on a condition is what follows on a rival's: 满2家的，招标；满1家的，谈判."""
    least = _CONSEQUENCE * len(mine)
    return bool(mine) and len(mine & theirs) >= least > len(mine & own) and len(mine & own) < len(mine & theirs)


def _behind(text: str, amount: Amount) -> frozenset[str]:
    """What follows on the condition in which an amount stands: the words of the clause behind it; none if it is in none."""
    found = clauses(text)
    place = next((place for place, one in enumerate(found) if one.start <= amount.start < one.end), len(found))
    if place + 1 >= len(found) or text[found[place].end] in "；;。" or not _CONDITION.search(found[place].text):
        return frozenset()
    return bigrams(found[place + 1].text)


def _rival(words: frozenset[str], own: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether ``words`` are plainly of a rival: they have many of what only it has, and few of what only their own has."""
    there, here = len(words & (theirs - own)), len(words & (own - theirs))
    return there >= _MOST and there > 2 * here


def _around(text: str, amount: Amount, counted: Sequence[Amount]) -> Iterator[frozenset[str]]:
    """The words that tell what an amount is of: from the amount before it in its clause, the clause, the one before it."""
    found = clauses(text)
    place = next((place for place, one in enumerate(found) if one.start <= amount.start < one.end), None)
    if place is None:
        yield from (frozenset[str](),) * 3
        return
    clause = found[place]
    item = _respective(text, found, place, amount, counted)
    start = _beginning(text, amount, counted)
    last = min([clause.end, *(one.start for one in counted if amount.end <= one.start)])
    first = max([clause.start, *(one.end for one in counted if clause.start < one.end <= start)])
    apart = _APART.match(text, first)
    near = _told(_COMPARED.sub("", text[apart.end() if apart else clause.start : start]))
    behind = _told(_CLOSE.split(text[amount.end : last])[0])
    yield _told(item) if item else near | behind if len(near) >= _NEAR else frozenset()
    inside = _told(_COMPARED.sub("", text[clause.start : start])) | behind
    yield inside
    if place and text[found[place - 1].end] not in "；;。":
        inside |= _told(found[place - 1].text)
    yield inside


def _beside(text: str, amount: Amount, counted: Sequence[Amount]) -> str:
    """The word right before an amount (延长10日), an empty string if there is none that tells."""
    before = _COMPARED.sub("", text[: _beginning(text, amount, counted)])[-2:]
    return before if _told(before) else ""


def _beginning(text: str, amount: Amount, counted: Sequence[Amount]) -> int:
    """Where an amount begins, or the range of which it is the end: the 15 of 15至30分钟."""
    before = [one for one in counted if one.end <= amount.start and _RANGE.fullmatch(text[one.end : amount.start])]
    return before[-1].start if before else amount.start


def _respective(text: str, found: Sequence[Clause], place: int, amount: Amount, counted: Sequence[Amount]) -> str:
    """Of what an amount behind 分别 is, by its place in the row; an empty string if it stands in no such row."""
    clause = found[place]
    split = text.find(_RESPECTIVELY, clause.start, amount.start)
    if split < 0:
        return ""
    row = [one for one in counted if split < one.start < clause.end and one.unit == amount.unit]
    before = text[clause.start : split]
    items = _ITEM.split(before) if bigrams(before) else [one.text for one in found[:place]]
    if len(items) > 1 and bigrams(before):  # the last one goes on with what all have: 甲县、乙县产量
        items[-1] = items[-1][: max(map(len, items[:-1]))]
    if amount not in row or len(items) < len(row) or len(row) < 2:
        return ""
    return items[len(items) - len(row) + row.index(amount)]


def _sentence(text: str, marked: Marked, stop: re.Pattern[str]) -> frozenset[str]:
    """The words of the sentence in which something stands, between two stops."""
    first = max((match.end() for match in stop.finditer(text, 0, marked.start)), default=0)
    last = stop.search(text, marked.end)
    return _told(text[first : last.start() if last else len(text)])


def _governed(text: str, moment: Moment, moments: Sequence[Moment]) -> frozenset[str]:
    """The words of what is said of a moment: from its clause to the clause of the next moment, or the sentence's end."""
    found = clauses(text)
    starts = {one: next((c.start for c in found if c.start <= one.start < c.end), one.start) for one in moments}
    begin = starts[moment]
    stop = _STOP.search(text, moment.end)
    end = stop.start() if stop else len(text)
    later = [start for start in starts.values() if begin < start < end]
    return _told(text[begin : min([end, *later])])


def _told(stretch: str) -> frozenset[str]:
    return bigrams(_BLAND.sub("\n", stretch))
