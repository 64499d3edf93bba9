"""A conversation as the HTML messages of the chat.

Every message is HTML that is escaped here: the question, the answer and each word of a document are text and
stay text. The page shows them with markdown and formulas switched off, so that a quote looks as it is written,
and Gradio sanitises them once more. A link to a quote names its document and range: ``#id:start-end``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby, pairwise, takewhile
from typing import Any

from assistant.page.talk import Round
from assistant.types import Answer, Citation
from index.rows import is_row, row
from index.types import Span

HEAD = 60
"""Characters up to which a line that introduces others is shown as their head; a longer one is plain text."""

VALUE = 16
"""Characters of the longest value of a row whose values stand side by side."""
LONG = 400
"""Characters from which on a question is scrolled in a place of its own."""
ARROW = " › "
"""What parts the heads of a heading path."""
AT_ONCE = 4
"""Documents, and places in one, that are shown at once; the rest of many are folded away."""

_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:\[\d+\])+$")
_ITEM = re.compile(r"^(?:\d+\.|·) ")
_SIGN = re.compile(r"^#{1,6} +")
_SIDE = re.compile(r"^【([^【】]+)】$")
_STATUS = {"现行": "valid", "已修改": "amended", "已废止": "repealed", "失效": "repealed"}
_COPY = '<button type="button" class="copy">复制</button>'
_AGAIN = '<button type="button" class="again">重新回答</button>'
_WIDER = '<button type="button" class="wider">在全部文件中再问</button>'
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
    return f'<div class="asked{_long(question)}">{_shown(question)}</div>{edit}'


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
    if _plain(answer.query) not in ("", _plain(one.question)) and answer.refusal != "chat":
        change = '<button type="button" class="requery" title="修改检索的问题，重新作答">修改</button>'
        query = f'按“<span class="query{_long(answer.query)}">{_shown(answer.query)}</span>”检索'
        parts.append(f'<div class="searched">{query}{change if one.ended else ""}</div>')
    shorts = {f"{said.text}[{said.marker}]": said.short for said in answer.statements if said.short != said.text}

    def shown(line: str) -> str:
        return _line(line, line in leads, cited, shorts.get(line, ""))

    lines = answer.text.split("\n")
    parts.append(f'<div class="said">{_said(lines, shown)}</div>')
    if answer.citations and one.ended:  # below lines that still come they would jump from line to line
        parts.append(_sources(answer.citations, "找到的相关内容，不作为答案" if answer.refusal else "出处"))
    if one.stopped:
        parts.append('<div class="note">已停止。以上回答不完整。</div>')
    if one.within and one.ended and answer.refusal not in ("", "chat"):
        parts.append(f'<div class="note">只在限定的范围内查找过。{_WIDER}</div>')
    if one.note:
        parts.append(f'<div class="note">{_shown(one.note)}</div>')
    if one.ended:
        judge = _JUDGE if one.whole and answer.refusal != "chat" else ""
        parts.append(_tools(_COPY + _AGAIN + judge))
    return "".join([*parts, "</div>"])


def _tools(buttons: str) -> str:
    return f'<div class="tools">{buttons}</div>'


def _said(lines: Sequence[str], shown: Callable[[str], str]) -> str:
    """The lines of an answer; those below names in brackets, the sides of a comparison, each in a block of its own."""
    begins = [at for at, line in enumerate(lines) if _SIDE.match(line)]
    if not begins:
        return "".join(map(shown, lines))
    parts = [*map(shown, lines[: begins[0]]), '<div class="sides">']
    for begin, end in pairwise((*begins, len(lines))):
        name = _shown(lines[begin][1:-1])
        parts.append('<div class="side"><div class="line lead"><span class="cut">【</span>')
        parts.append(f'{name}<span class="cut">】</span></div>{"".join(map(shown, lines[begin + 1 : end]))}</div>')
    return "".join([*parts, "</div>"])


def _line(line: str, lead: bool, cited: Mapping[int, Citation], short: str) -> str:
    """One line of an answer, in it what answers by itself; of its markers at the end, those with a citation are links.

    The signs before the heads of a Markdown file are not shown.
    """
    markers = _MARKERS.search(line)
    text, marks = (line[: markers.start()], markers.group()) if markers else (line, "")

    def link(found: re.Match[str]) -> str:
        citation = cited.get(int(found[1]))
        if citation is None:
            return found[0]
        return f'<a class="marker" href="{_address(citation)}" title="{_where(citation)}">[{citation.marker}]</a>'

    links = _MARKER.sub(link, marks)
    if any(one.path.lower().endswith((".md", ".markdown")) for one in map(cited.get, _numbers(marks)) if one):
        head, text = bool(_SIGN.match(text)), _SIGN.sub("", text)
        lead = lead or head
    if is_row(text):
        return _row(text, short, links)
    kind = "line lead" if lead and len(text) <= HEAD else "line item" if _ITEM.match(line) else "line"
    return f'<div class="{kind}">{_stressed(text, short)}{links}</div>'


def _numbers(marks: str) -> list[int]:
    return [int(number) for number in _MARKER.findall(marks)]


def _row(text: str, short: str, links: str) -> str:
    """A row of a table: its name and, side by side where they are short, its values below their headings.

    The line's own words are all there, those that part the cells unseen.
    """
    taken = row(text, Span(0, len(text)))
    if taken is None or not taken.cells[0].heading:
        return f'<div class="line">{_stressed(text, short)}{links}</div>'
    parts, at = [], 0

    def add(kind: str, span: Span) -> None:
        nonlocal at
        if span.start > at:
            parts.append(f'<span class="cut">{_shown(text[at : span.start])}</span>')
        if span:
            value = _stressed(span.of(text), short if kind == "value" else "")
            parts.append(f'<span class="{kind}">{value}</span>')
        at = max(at, span.end)

    add("name", taken.name)
    lengths = [len(cell.value) for cell in taken.cells]
    for cell in taken.cells:
        parts.append('<span class="cell">')
        add("over", cell.heading)
        add("value", cell.value)
        parts.append("</span>")
    add("unit", taken.unit)
    kind = "line row" if max(lengths) <= VALUE else "line row tall"
    return f'<div class="{kind}">{"".join(parts)}{links}</div>'


def _stressed(text: str, short: str) -> str:
    """The text with what answers by itself in bold."""
    before, stressed, after = text.partition(short) if short else (text, "", "")
    bold = f'<strong class="short">{_shown(stressed)}</strong>' if stressed else ""
    return f"{_shown(before)}{bold}{_shown(after)}"


def _sources(citations: Sequence[Citation], caption: str) -> str:
    """The documents that are cited, each with the places in it; a place opens at its first quote, a number at its own."""
    documents = []
    for _, some in groupby(citations, key=lambda citation: citation.document_id):
        within = list(some)
        name, facts = f"《{within[0].title}》", _facts(within[0])
        title = f'<span class="name">{_shown(name)}</span><span class="facts">{_shown(facts)}</span>{_badge(within[0])}'
        places = []
        above: list[str] = []
        for _, same in groupby(within, key=lambda citation: (citation.heading, citation.page)):
            quotes = list(same)
            heads = quotes[0].heading.split(ARROW)
            places.append(_place(quotes, heads[_shared(above, heads) :] or heads[-1:]))
            above = heads
        documents.append(f'<div class="document"><div class="title">{title}</div>{_folded(places, "处")}</div>')
    return f'<div class="sources"><div class="caption">{caption}</div>{_folded(documents, "份文件")}</div>'


def _folded(parts: Sequence[str], unit: str) -> str:
    """The parts; of many, those after the first can be unfolded."""
    if len(parts) <= AT_ONCE + 1:
        return "".join(parts)
    rest = parts[AT_ONCE:]
    return (
        f"{''.join(parts[:AT_ONCE])}<details><summary>另有 {len(rest)} {unit}</summary>{''.join(rest)}</details>"
    )


def _place(citations: Sequence[Citation], heads: Sequence[str]) -> str:
    """One place with its quotes, by the heads that the one before did not have."""
    first = citations[0]
    numbers = "".join(
        f'<a class="source" href="{_address(one)}" title="{_excerpt(one)}">[{one.marker}]</a>' for one in citations
    )
    path = ARROW.join(heads) or "正文"
    page = f'<span class="page">第{first.page}页</span>' if first.page else ""
    whole = f' title="{escape(first.heading)}"' if first.heading != path else ""
    return (
        f'<div class="place"><span class="numbers">{numbers}</span>'
        f'<a class="where" href="{_address(first)}"{whole}>{_shown(path)}</a>{page}</div>'
    )


def _where(citation: Citation) -> str:
    """What a marker says when it is pointed at: the document and the place in it."""
    document = f"《{citation.title}》{_facts(citation)}"
    page = f"第{citation.page}页" if citation.page else ""
    return "&#10;".join(escape(part) for part in (document, citation.heading, page) if part)


def _facts(citation: Citation) -> str:
    """What is known of a document, as it is written behind its title."""
    day = citation.date
    known = (citation.issuer, citation.number, f"{day.year}年{day.month}月{day.day}日" if day else "")
    inside = "，".join(part for part in known if part)
    return f"（{inside}）" if inside else ""


def _excerpt(citation: Citation) -> str:
    """The beginning of a quote on one line."""
    words = " ".join(citation.quote.split())
    return escape(f"“{words if len(words) <= HEAD else words[: HEAD - 1] + '…'}”")


def _long(question: str) -> str:
    return " long" if len(question) >= LONG else ""


def _plain(question: str) -> str:
    """What two questions that ask the same in the same words have in common."""
    return "".join(question.split()).rstrip("?？!！,，.。;；:：")


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
