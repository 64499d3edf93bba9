"""A conversation as the HTML messages of the chat.

Every message is HTML that is escaped here: the question, the answer and each word of a document are text and
stay text. The page shows them with markdown and formulas switched off, so that a quote looks as it is written,
and Gradio sanitises them once more. A link to a quote names its document and range: ``#id:start-end``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby, takewhile
from typing import Any

from assistant.page.talk import Round
from assistant.render import reference
from assistant.types import Answer, Citation

HEAD = 60
"""Characters up to which a line that introduces others is shown as their head; a longer one is plain text."""

ARROW = " › "
"""What parts the heads of a heading path."""

_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:\[\d+\])+$")
_ITEM = re.compile(r"^(?:\d+\.|·) ")
_STATUS = {"现行": "valid", "已修改": "amended", "已废止": "repealed", "失效": "repealed"}
_COPY = '<button type="button" class="copy">复制</button>'
_AGAIN = '<button type="button" class="again">重新回答</button>'
_JUDGE = (
    '<span class="judge"><button type="button" class="good" title="回答得好"><span class="unseen">好</span></button>'
    '<button type="button" class="bad" title="回答得不好"><span class="unseen">不好</span></button></span>'
)


def messages(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """The rounds of a conversation as the messages of the chat."""
    shown = []
    for one in rounds:
        shown.append({"role": "user", "content": asked(one.question)})
        shown.append({"role": "assistant", "content": replied(one)})
    return shown


def asked(question: str) -> str:
    """A question as a message."""
    edit = '<button type="button" class="edit" title="修改这个问题，重新提问">修改</button>'
    return f'<div class="asked">{_shown(question)}</div>{edit}'


def replied(one: Round) -> str:
    """What became of a question so far."""
    if one.failure:
        return f'<div class="failed"><div class="said">{_shown(one.failure)}</div>{_tools(_AGAIN)}</div>'
    if one.answer is None or not one.answer.text:
        return '<div class="waiting">正在查阅文件</div>'
    return _answered(one, one.answer)


def _answered(one: Round, answer: Answer) -> str:
    """An answer: what was searched, the text with its markers as links, the sources."""
    cited = {citation.marker: citation for citation in answer.citations}
    leads = {f"{said.text}[{said.marker}]" for said in answer.statements if said.lead}
    kind = "refusal" if answer.refusal else "answer"
    state = "kept" if one.whole else "partial" if one.ended else "growing"
    parts = [f'<div class="{kind} {state}">']
    if answer.query not in ("", one.question) and answer.refusal != "chat":
        change = '<button type="button" class="requery" title="修改检索的问题，重新作答">修改</button>'
        query = f'按“<span class="query">{_shown(answer.query)}</span>”检索'
        parts.append(f'<div class="searched">{query}{change if one.ended else ""}</div>')
    parts.append('<div class="said">')
    shorts = {f"{said.text}[{said.marker}]": said.short for said in answer.statements if said.short != said.text}
    parts.extend(_line(line, line in leads, cited, shorts.get(line, "")) for line in answer.text.split("\n"))
    parts.append("</div>")
    if answer.citations:
        parts.append(_sources(answer.citations, "找到的相关内容，不作为答案" if answer.refusal else "出处"))
    if one.stopped:
        parts.append('<div class="note">已停止。以上回答不完整。</div>')
    if one.note:
        parts.append(f'<div class="note">{_shown(one.note)}</div>')
    if one.ended:
        judge = _JUDGE if one.whole and answer.refusal != "chat" else ""
        parts.append(_tools(_COPY + _AGAIN + judge))
    return "".join([*parts, "</div>"])


def _tools(buttons: str) -> str:
    return f'<div class="tools">{buttons}</div>'


def _line(line: str, lead: bool, cited: Mapping[int, Citation], short: str) -> str:
    """One line of an answer, in it what answers by itself; of its markers at the end, those with a citation are links."""
    markers = _MARKERS.search(line)
    text, marks = (line[: markers.start()], markers.group()) if markers else (line, "")

    def link(found: re.Match[str]) -> str:
        citation = cited.get(int(found[1]))
        if citation is None:
            return found[0]
        marker = f"[{citation.marker}]"
        return f'<a class="marker" href="{_address(citation)}" title="查看出处 {citation.marker}">{marker}</a>'

    kind = "line lead" if lead and len(text) <= HEAD else "line item" if _ITEM.match(line) else "line"
    before, stressed, after = text.partition(short) if short else (text, "", "")
    words = (
        f'{_shown(before)}<strong class="short">{_shown(stressed)}</strong>{_shown(after)}'
        if stressed
        else _shown(text)
    )
    return f'<div class="{kind}">{words}{_MARKER.sub(link, marks)}</div>'


def _sources(citations: Sequence[Citation], caption: str) -> str:
    """The documents that are cited, each with the places in it; a place opens at its quote."""
    parts = [f'<div class="sources"><div class="caption">{caption}</div>']
    for _, some in groupby(citations, key=lambda citation: citation.document_id):
        places = list(some)
        whole = replace(places[0], heading="")
        parts.append(f'<div class="document"><div class="title">{_shown(reference(whole))}{_badge(whole)}</div>')
        above: list[str] = []
        for place in places:
            heads = place.heading.split(ARROW)
            parts.append(_source(place, heads[_shared(above, heads) :]))
            above = heads
        parts.append("</div>")
    return "".join([*parts, "</div>"])


def _source(citation: Citation, heads: Sequence[str]) -> str:
    """One place: by the heads that the one before did not have, or, without any, by the quote's own words."""
    words = " ".join(citation.quote[:HEAD].split())
    *above, last = heads or [f"“{words}”"]
    path = "".join(head + ARROW for head in above)
    shown = f'<span class="above">{_shown(path)}</span><span class="heading">{_shown(last or "正文")}</span>'
    page = f'<span class="page">第{citation.page}页</span>' if citation.page else ""
    return (
        f'<a class="source" href="{_address(citation)}"><span class="number">[{citation.marker}]</span>'
        f'<span class="place">{shown}</span>{page}</a>'
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many heads two paths have in common from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _badge(citation: Citation) -> str:
    if not citation.status:
        return ""
    return f'<span class="badge {_STATUS.get(citation.status, "")}">{_shown(citation.status)}</span>'


def _address(citation: Citation) -> str:
    return f"#{escape(citation.document_id)}:{citation.start}-{citation.end}"


def _shown(text: str) -> str:
    return escape(text).replace("\n", "<br>")
