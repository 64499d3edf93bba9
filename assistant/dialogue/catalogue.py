"""Questions about the library itself: which documents it holds, how many, and which is the newest.

    有哪些文件 · 收录了多少份文件 · 最新的是哪一份 · 有没有生态环境部的文件 · 2021年的文件有哪些 · 有没有《节约用水条例》

A question about what the documents say is none (文件里有没有提到碳市场). Every line of the answer cites the title where
it stands in the document, or else the document's first sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.language import periods
from assistant.language.vocabulary import comparable, places, simplified
from assistant.prompts import render
from assistant.render import reference
from assistant.types import Answer, Citation, Statement
from index.numerals import value
from index.regions import within
from index.sentences import sentences, trimmed
from index.store import Summary
from index.types import Document, Span

MOST = 50
"""Documents that one answer lists."""

_HEAD = 3_000
"""Characters at a document's beginning in which its title is looked for."""

_DOCUMENTS = r"(?:(?:政策|法规|规范性|有关|相关)?(?:文件|文档|文献)|资料|法律法规|政策法规)"
_ASKED = (
    r"哪一?些|哪几?[一二三两]?[份个部篇件]|什么|啥|多少[份个部篇件]?|几[份个部篇件]|有没有|有无|吗"
    r"|列出|列一?下|列举|列表|看看|查看|清单|目录|标题|数量"
)
_NEWEST, _OLDEST = r"最新|最近|最晚|新近", r"最早|最旧|最老"
_WHICH_ONE = r"(?:是|为)?哪一?[份个部篇件]"
_SAYS_NOTHING = re.compile(
    rf"{_DOCUMENTS}|{_ASKED}|{_NEWEST}|{_OLDEST}|{_WHICH_ONE}"
    r"|你们?这?[里儿]?|系统里?|这[里儿]|(?:文档|知识|数据|资料|文件)库里?|库[里中]|里面|其中"
    r"|目前|现在|当前|已经?|都|一共|总共|共|全部|所有|收录|收集|包含|包括|录入|入库|导入|上传|存有|保存"
    r"|请问?|给我|帮我|我?想(?:看|知道)|一下|名单|名称|发布|印发|出台|制定|颁布|发的|时间|时候|日期"
    r"|[一二三四五六七八九十两每\d]+[份个部篇件]|有(?!效)|仍然?|还|[是在的了呢吧啊呀年、，,。.?？!！\s]"
)
_WHAT_THEY_SAY = re.compile(rf"(?:{_DOCUMENTS}|文)(?:里|中|内|上)|提到|提及|讲|写|规定|要求|涉及|内容|效力")
_WHEN = re.compile(r"什么时[候间]|何时|哪一?[年天日]|时间|日期|多久")
_ABOUT = re.compile(r"^(?:有关|关于|涉及)|(?:方面|领域|相关|有关)$")
_ORGAN = re.compile(r"[一-鿿]{1,}(?:部|委|局|厅|署|院|办|会|政府|人大|法院|检察院|中心)$")
_TITLE = re.compile(r"《([^《》]+)》")
_HELD = re.compile(r"有没有|有无|有|收录|在库|库里")
_STATUS = {"现行": "现行", "有效": "现行", "废止": "已废止", "失效": "失效", "修改": "已修改", "修订": "已修改"}
_OUTDATED = ("已修改", "已废止", "失效")
_COUNT = re.compile(r"([一二三四五六七八九十两]|\d{1,3})[份个部篇件]")


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents that answer a question about the library, best first; ``which`` says of what kind they are.

    ``order`` is "newest" or "oldest" where the newest or oldest are asked for, else empty; ``held`` is how many
    documents the library holds in all.
    """

    documents: tuple[Summary, ...]
    which: str
    order: str
    held: int


def is_about_library(query: str) -> bool:
    """Whether ``query`` by itself asks which documents there are, and of nothing they say."""
    return _rest(simplified(query)) == ""


def listing(query: str, documents: Callable[[], Sequence[Summary]]) -> Listing | None:
    """Those of the documents that ``query`` asks for; ``None`` if it asks what they say.

    ``documents`` gives those there are, and is called only for a query that may ask for some: to list and filter a
    large library takes longer than to see that a question is none.
    """
    plain = simplified(query)
    title = _title_asked(plain)
    rest = "" if title else _rest(plain)
    if rest is None:
        return None
    there = documents()
    if title:
        wanted = comparable(title)
        found = [one for one in there if wanted in comparable(one.title)]
        return Listing(tuple(found), f"名为《{title}》的", "", len(there))
    times = periods.asked(plain)
    found = [one for one in there if not times or _years(one) & set(times)]
    which = "、".join(map(periods.written, times))
    if rest:
        chosen = _of(rest, found)
        if chosen is None:
            return None
        found, which = chosen, which + rest
    order = "newest" if re.search(_NEWEST, plain) else "oldest" if re.search(_OLDEST, plain) else ""
    ordered = sorted(found, key=lambda one: _day(one) or date.min, reverse=order != "oldest")
    if order:
        ordered = _first([one for one in ordered if _day(one)], _number(plain))
    return Listing(tuple(ordered), f"{which}的" if which else "", order, len(there))


def write(asked: str, query: str, found: Listing, read: Callable[[str], Document]) -> Iterator[Answer]:
    """The answer in pieces, a line for each document; ``read`` gives a document by its id."""
    if not found.documents:
        text = render("catalogue_none", held=str(found.held), which=found.which)
        yield Answer(asked, query, text, answered=False, kind="list", confidence=0.0, refusal="nothing")
        return
    start = Answer(asked, query, "", answered=True, kind="list", confidence=1.0)
    lead = f"catalogue_{found.order}" if found.order else "catalogue"
    yield start + Answer.piece(render(lead, which=found.which, count=str(len(found.documents))))
    for marker, one in enumerate(found.documents[:MOST], 1):
        document = read(one.id)
        citation = Citation.of(document, title_span(document), "", marker)
        words = " ".join(citation.quote.split())
        status = f"（{citation.status}）" if citation.status in _OUTDATED else ""
        yield Answer.piece(
            f"\n{marker}. {reference(citation)}{status}[{marker}]",
            statements=(Statement(words, marker),),
            citations=(citation,),
        )
    if len(found.documents) > MOST:
        yield Answer.piece("\n" + render("catalogue_more", count=str(len(found.documents) - MOST)))


def title_span(document: Document) -> Span:
    """Where the title stands at the document's head, line breaks within it or not; else its first sentence."""
    letters = [re.escape(letter) for letter in document.title if not letter.isspace()]
    match = re.search(r"\s*".join(letters), document.text[:_HEAD]) if letters else None
    if match:
        return Span(*match.span())
    spans = (trimmed(one, document.text) for one in sentences(document.text, 0, len(document.text)))
    return next((one for one in spans if any(map(str.isalnum, one.of(document.text)))), Span(0, 1))


def _rest(plain: str) -> str | None:
    """What ``plain`` says of the documents that it asks for, without times; ``None`` if it does not ask for documents."""
    newest = re.search(rf"{_NEWEST}|{_OLDEST}", plain)
    if not re.search(_DOCUMENTS, plain) and not (newest and re.search(_WHICH_ONE, plain)):
        return None
    if not newest and not re.search(_ASKED, plain):
        return None
    if _WHAT_THEY_SAY.search(plain) or (_WHEN.search(plain) and not newest):
        return None
    return _ABOUT.sub("", _SAYS_NOTHING.sub("", periods.without(plain)))


def _title_asked(plain: str) -> str:
    """The title whose document a question asks for and nothing else (有没有《节约用水条例》), or an empty string."""
    match = _TITLE.search(plain)
    if not match or not _HELD.search(plain):
        return ""
    return "" if _SAYS_NOTHING.sub("", _TITLE.sub("", plain)) else match[1]


def _of(rest: str, documents: Sequence[Summary]) -> list[Summary] | None:
    """The documents that ``rest`` describes: by status, issuer, place, kind, or the subject in their titles.

    None of them if it names an organ or a place of which there are none; ``None`` if it is no description.
    """
    status = next((stands for word, stands in _STATUS.items() if rest.endswith(word)), "")
    if status and len(rest) <= len("现行有效"):
        return [one for one in documents if _stands(one.facts.status, status)]
    tests: tuple[Callable[[Summary], bool], ...] = (
        lambda one: any(_names(rest, issuer) for issuer in one.facts.issuer.split("、")),
        lambda one: rest in places() and within(one.facts.region, rest),
        lambda one: rest == one.facts.kind,
        lambda one: comparable(rest) in comparable(one.title),
    )
    for test in tests:
        found = [one for one in documents if test(one)]
        if found:
            return found
    return [] if rest in places() or _ORGAN.fullmatch(rest) else None


def _stands(status: str, wanted: str) -> bool:
    return status not in _OUTDATED[1:] if wanted == "现行" else status == wanted


def _names(said: str, issuer: str) -> bool:
    """Whether ``said`` is an issuer's name, with its place (广东省生态环境厅), a part of it or its short form (住建部).

    What says more than that asks what the documents say: 卫生健康委编制的分类指导文件.
    """
    if len(said) < 2 or not issuer:
        return False
    if said in issuer or (issuer in said and said.replace(issuer, "", 1) in {"国家", "我国", *places()}):
        return True
    if said[0] != issuer[0] or said[-1] != issuer[-1]:
        return False
    letters = iter(issuer)
    return all(letter in letters for letter in said)


def _years(one: Summary) -> set[str]:
    """The years a document is of: of its date, of its publication, and those in its title."""
    days = (one.facts.date, one.facts.published)
    return {str(day.year) for day in days if day} | {*periods.years(one.title), *periods.plans(one.title)}


def _day(one: Summary) -> date | None:
    return one.facts.date or one.facts.published


def _first(ordered: list[Summary], count: int) -> list[Summary]:
    """The first ``count``, and those of the same day as the last of them."""
    return [one for one in ordered if _day(one) in {_day(first) for first in ordered[:count]}]


def _number(plain: str) -> int:
    match = _COUNT.search(re.sub(_WHICH_ONE, "", plain))
    return (value(match[1]) or 0) if match else 1
