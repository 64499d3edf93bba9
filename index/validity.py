"""Whether a document is still in force (时效), and what took its place.

A document says of others that it repeals them (《…条例》同时废止); it says of itself how long it lasts (有效期5年);
and of two of one title the later one takes the place of the earlier. What a document says is read from its text
once (``repeals``, ``expiry``); what follows for a library on a given day is worked out from that
(``validity``). Where none of this tells, nothing is said: a document is not in force merely because nothing
speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from index.days import DAY, days, last_day
from index.names import name, number
from index.numerals import value
from index.standards import NUMBER as STANDARD
from index.types import Facts

IN_FORCE = "现行"
AMENDED = "已修改"
REPEALED = "已废止"
EXPIRED = "失效"
OUTDATED = frozenset({AMENDED, REPEALED, EXPIRED})
"""What a document is called that is no longer in force as it stands."""

APART = 180
"""Days between two versions of one law; two dates nearer than that may be those of one and the same text
(passed and published, or put on two sites)."""

_REACH = 2000  # characters of a list of repealed documents before the word that repeals them
_ENDS = re.compile("废止|停止执行|失效")
_FILLER = re.compile(
    r"(?:[，,\s]|自[^，。；《》]{2,20}[起日]|同时|即行|即|予以|一并|均|自行|相应|已经|已|也|宣布|正式|等?[一二三四五六七八九十两\d]{0,3}"
    r"[个件项部]?(?:规范性|政策)?文件|等|全文)*\Z"
)
_TITLE = r"《(?:[^《》]|《[^《》]{1,80}》){2,150}》"
_BRACKETED = r"(?:\s*[（(〔\[](?:[^（）()\n]|[（(][^（）()\n]{0,40}[）)]){1,80}[）)〕\]])?"
_ITEM = re.compile(rf"(?P<title>{_TITLE})(?P<bracket>{_BRACKETED})")
_SEPARATED = re.compile(
    r"\s*(?:[、，,；;]\s*)?(?:和|及|与|以及|并)?\s*(?:\d{1,2}[.．、]|[（(][一二三四五六七八九十\d]{1,3}[）)])?\s*\Z"
    rf"|\s*(?:[、，,；;]|和|及|与|以及)[^《》。；]{{0,40}}(?:{DAY}[^《》。；]{{0,60}}的|(?:发布|印发|公布)的|原)\s*\Z"
)
_ANNOUNCES = re.compile(rf"(?:决定|现|关于|同时|[，,。\s]|起|对)(?:废止|停止执行)\s*(?={_TITLE})")
_PARTIAL = re.compile(r"\s*(?:中|第|有关|的(?:规定|有关|相关|附件|部分)|附件|部分)")
_NOT_NOW = "后前的时之或与和"
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}[〔\[［(（【]\s?(?:19|20)\d{2}\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号"
    r"|[\u4e00-\u9fff]{1,20}令第?\s?[\d〇○零一二三四五六七八九十百]{1,7}\s?号"
    rf"|{STANDARD}"
)
_REPLACES = re.compile(
    rf"^[ \t]*(?:部分)?代替\s*(?P<numbers>{STANDARD}(?:\s*[、，,]?\s*{STANDARD}){{0,9}})", re.MULTILINE
)
_COVER = 3000  # characters at a standard's start in which it says what it replaces

_OWN = re.compile(
    r"本(?:法|条例|规定|办法|细则|实施细则|通知|公告|通告|意见|文件|决定|规则|标准)(?:已经|已)(?:于[^，。]{2,20})?(?:废止|失效)"
)
_TITLED = re.compile(r"[（(\[【〔](?:已|本文件已|该文件已)?(?P<word>废止|失效)[）)\]】〕]")
_LASTS = re.compile(
    r"有效期限?(?:为|是|：|:|[延顺]长至|调整至|暂定为?)?\s*(?P<count>[\d一二三四五六七八九十两]{1,3})\s?(?P<unit>年|个月)"
    r"|试行(?:期限?)?(?:为|：|:)?\s*(?P<trial>[\d一二三四五六七八九十两]{1,3})\s?(?P<unit2>年|个月)"
)
_UNTIL = re.compile(
    rf"(?:有效期限?|执行|施行|实施|暂执行|期限)?(?:调整|延长|顺延)?(?:到|至|截至|截止到?)\s*(?={DAY})"
)
_STARTS = re.compile(
    rf"(?:自|从)\s*(?:{DAY}|(?:公布|发布|印发|颁布|签发)之日|即日|发文之日)\s*起?(?:正式|开始|暂)?(?:施行|实施|执行|生效|试行)|"
    r"本(?:通知|公告|通告|意见|办法|措施|细则|实施细则|规定|政策|政策措施|实施意见|方案)(?:的)?有效期"
)
_SELF = re.compile(r"本[\u4e00-\u9fff]{1,8}|以上政策|上述[\u4e00-\u9fff]{1,6}")
_SENTENCE = re.compile(r"[^。\n]+")
_LAW = re.compile("法律|条例|规定|办法|细则|规则|解释|标准|规范")
_GENERIC = re.compile("(?:实施|管理|暂行|试行|工作|若干)*(?:条例|规定|办法|细则|规则|解释|标准|规范)")
_WRAPPED = re.compile("(?:印发|发布|公布|转发)(.+)的(?:通知|公告|通告|决定|令)")


@dataclass(frozen=True, slots=True)
class Repeal:
    """That a document ends another, which it calls by its ``title`` (and ``number``), from ``effective`` on.

    ``effective`` is ``None`` where the document does not say.
    """

    title: str
    number: str = ""
    effective: date | None = None


class Validity(NamedTuple):
    """The status (时效) of a document on a day, and the title of what took its place; empty if not known."""

    status: str = ""
    replaced_by: str = ""


def repeals(text: str, facts: Facts) -> tuple[Repeal, ...]:
    """What the document of ``text`` and ``facts`` says it repeals, each once, in the order of the text.

    A clause that ends only a part of a document (《…》第三条同时废止) or speaks of a repeal to come is none.
    """
    start = facts.effective or facts.published or facts.date
    found: dict[Repeal, None] = {}
    for match in _ENDS.finditer(text):
        clause = text[max(0, match.start() - _REACH) : match.start()]
        clause = clause[max(map(clause.rfind, "。；")) + 1 :]
        filler = _FILLER.search(clause)
        said = clause[: filler.start()] if filler else clause
        follows = text[match.end() : match.end() + 1]
        if follows in _NOT_NOW and follows:
            continue
        if match.group() == "失效" and (filler is None or not re.search("同时|宣布|起|予以", filler.group())):
            continue
        items = list(_ITEM.finditer(said))
        if not items or said[items[-1].end() :].strip():
            continue
        day = next((one.date for one in days(filler.group() if filler else "")), start)
        found.update((_repeal(item, day), None) for item in _chain(said, items))
    for match in _ANNOUNCES.finditer(text):
        items = _onward(text, match.end())
        if items and not _PARTIAL.match(text, items[-1].end()):
            found.update((_repeal(item, start), None) for item in items)
    for match in _REPLACES.finditer(text, 0, _COVER):
        if "部分" not in match.group():
            found.update((Repeal("", old, start), None) for old in re.findall(STANDARD, match["numbers"]))
    return tuple(found)


def own_status(title: str, text: str) -> str:
    """已废止 or 失效 where the document says so of itself, in its title or in a sentence; else empty."""
    marked = _TITLED.search(title)
    said = marked.group("word") if marked else (_OWN.search(text[:3000]) or [""])[0][-2:]
    return {"废止": REPEALED, "失效": EXPIRED}.get(said, "")


def expiry(text: str, facts: Facts) -> date | None:
    """The last day on which the document says it is in force; ``None`` if it sets no end, or one without a date.

    Only a sentence counts that says from when, or what, is in force (本办法自…起施行，有效期5年): 有效期 alone may
    be a permit's.
    """
    start = facts.effective or facts.published or facts.date
    for match in reversed(list(_SENTENCE.finditer(text))):
        sentence = match.group()
        if "有效期" not in sentence and "至" not in sentence and "试行" not in sentence and "到" not in sentence:
            continue
        begins = _STARTS.search(sentence)
        if begins is None or not (_SELF.search(sentence) or len(sentence) < 60):
            continue
        until = _UNTIL.search(sentence, begins.end())
        if until is None and "有效期" in begins.group():
            until = _UNTIL.match(sentence, begins.end())
        if until:
            return next(days(sentence, until.end())).date
        lasts = _LASTS.search(sentence, begins.start())
        if lasts and (begun := next((one.date for one in days(sentence, begins.start(), begins.end())), start)):
            count = value(lasts["count"] or lasts["trial"])
            yearly = (lasts["unit"] or lasts["unit2"]) == "年"
            return last_day(begun, count if yearly else 0, 0 if yearly else count) if count else None
    return None


def validity(
    documents: Mapping[str, Facts], repealed: Iterable[tuple[str, Repeal]], today: date
) -> dict[str, Validity]:
    """What is known on ``today`` of the validity of each of ``documents``, which are given by their ids.

    ``repealed`` are the repeals with the ids of the documents that speak them. A status that a document's own
    facts give stands; then come, in this order, a repeal, the end of its own term, and a later version.
    """
    by_name, by_number = _registers(documents)
    found: dict[str, Validity] = {}
    for speaker, repeal in repealed:
        begins = repeal.effective
        if speaker not in documents or (begins is not None and begins > today):
            continue
        named = {id_ for key in _keys(repeal.title) if key for id_ in by_name.get(key, ())}
        for id_ in sorted(named | set(by_number.get(number(repeal.number), ()))):
            if id_ != speaker and _meant(repeal, documents[speaker], documents[id_]):
                source = documents[speaker]
                heir = "" if "废止" in source.title else _called(source, documents[id_])
                found[id_] = Validity(REPEALED, heir)
    for id_, facts in documents.items():
        if facts.expires is not None and id_ not in found:
            found[id_] = Validity(EXPIRED if facts.expires < today else IN_FORCE)
    for id_, heir in _successions(documents, by_name, today):
        if id_ not in found or found[id_].status == IN_FORCE:
            found[id_] = Validity(AMENDED, heir)
        elif not found[id_].replaced_by:
            found[id_] = found[id_]._replace(replaced_by=heir)
    for id_, facts in documents.items():
        if facts.status or facts.replaced_by:
            known = found.get(id_, Validity())
            heir = known.replaced_by if facts.status in ("", known.status) else ""
            found[id_] = Validity(facts.status or known.status, facts.replaced_by or heir)
    return found


def with_validity(facts: Facts, known: Validity | None) -> Facts:
    """``facts`` with what is ``known`` of the document's validity."""
    return facts if known is None else replace(facts, status=known.status, replaced_by=known.replaced_by)


def _repeal(item: re.Match[str], effective: date | None) -> Repeal:
    numbered = _NUMBER.search(item["bracket"] or "")
    return Repeal(item["title"][1:-1], re.sub(r"\s", "", numbered.group()) if numbered else "", effective)


def _chain(said: str, items: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Of the titles in a clause those that are listed, without a break, up to its end."""
    chained = [items[-1]]
    for before, after in reversed(list(pairwise(items))):
        if not _SEPARATED.match(said[before.end() : after.start()]):
            break
        chained.append(before)
    return chained[::-1]


def _onward(text: str, start: int) -> list[re.Match[str]]:
    """The titles that are listed from ``start`` on, without a break."""
    found: list[re.Match[str]] = []
    item = _ITEM.match(text, start)
    while item:
        found.append(item)
        joint = re.compile(r"\s*(?:、|和|及|以及|与)\s*").match(text, item.end())
        item = _ITEM.match(text, joint.end()) if joint else None
    return found


def _keys(title: str) -> Iterator[str]:
    """The names by which a title is found: its own, that after 关于, and that of what it puts out (印发《…》的通知)."""
    own = name(title)
    yield own
    at = own.find("关于")
    if at > 0:
        yield own[at:]
    wrapped = _WRAPPED.search(own)
    if wrapped:
        yield wrapped.group(1).removeprefix("中华人民共和国")


def _registers(documents: Mapping[str, Facts]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The ids of the documents of each name and of each number."""
    by_name: dict[str, list[str]] = {}
    by_number: dict[str, list[str]] = {}
    for id_, facts in documents.items():
        for key in _keys(facts.title):
            by_name.setdefault(key, []).append(id_)
        if facts.number:
            by_number.setdefault(number(facts.number), []).append(id_)
    return by_name, by_number


def _meant(repeal: Repeal, source: Facts, target: Facts) -> bool:
    """Whether ``repeal``, spoken by ``source``, means ``target``, which has its name or its number."""
    if repeal.number and target.number:
        return number(repeal.number) == number(target.number)
    earlier = source.date is not None and target.date is not None and target.date < source.date
    alike = set(_keys(source.title)) & set(_keys(target.title))
    if not earlier and (alike or (source.date is not None and target.date is not None)):
        return False
    said, called = name(repeal.title), name(target.title)
    if said == called:
        return True
    if _subject(said) and _subject(said) == _subject(called):
        return _author(said, source) == _author(called, target)
    here = not source.region or not target.region or source.region == target.region
    return here and not _GENERIC.fullmatch(said)


def _subject(called: str) -> str:
    """A title from 关于 on; empty if it has none."""
    return called[called.find("关于") :] if "关于" in called else ""


def _author(called: str, facts: Facts) -> str:
    """Who stands before 关于 in a title, else who issued the document, by its own title or its facts."""
    return called.partition("关于")[0] or name(facts.title).partition("关于")[0] or name(facts.issuer)


def _successions(
    documents: Mapping[str, Facts], by_name: Mapping[str, Sequence[str]], today: date
) -> Iterator[tuple[str, str]]:
    """The ids of the earlier versions of a law, each with what the latest one in force is called."""
    for key, ids in by_name.items():
        versions = [
            (facts.date, id_)
            for id_ in ids
            if (facts := documents[id_]).date is not None
            and name(facts.title) == key
            and _LAW.search(facts.kind)
            and not _GENERIC.fullmatch(key)
        ]
        started = [one for one in versions if max(documents[one[1]].effective or one[0], one[0]) <= today]
        if not started:
            continue
        last, newest = max(started)
        for written, id_ in versions:
            other, own = documents[newest], documents[id_]
            if (last - written).days >= APART and other.region == own.region and not _same(own, other):
                yield id_, _called(other, own)


def _same(one: Facts, other: Facts) -> bool:
    """Whether two have one number and so are one document; only that of an order (令) outlives an amendment."""
    return bool(one.number) and "令" not in one.number and number(one.number) == number(other.number)


def _called(heir: Facts, old: Facts) -> str:
    """What ``heir`` is called: its title, and its day where that is also the title of the ``old`` one."""
    if heir.date is None or name(heir.title) != name(old.title):
        return heir.title
    return f"{heir.title}（{heir.date.year}年{heir.date.month}月{heir.date.day}日）"
