"""Answers as HTML messages of the chat, and the messages on screen as the turns of a conversation.

Every message is HTML that is escaped here: the question, the answer and each word of a document are text and
stay text. The page shows them with markdown and formulas switched off, so that a quote looks as it is written,
and Gradio sanitises them once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from assistant.render import around, reference
from assistant.types import Answer, Citation, Turn
from index.types import Document

Message = Mapping[str, Any]
"""A message as Gradio gives it: a ``role`` and, in ``content``, its HTML, whole or in parts with a ``text``."""

WAITING = '<div class="waiting">正在查阅文件</div>'
"""Shown until the first words of an answer arrive."""

HEAD = 60
"""Characters up to which a line that introduces others is shown as their head; a longer one is plain text."""

_GROWING = '<div class="answer growing">'
_STOPPED = "已停止。"
_END = '<div class="tools"><button type="button" class="copy">复制</button></div></div>'
_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:\[\d+\])+$")
_ITEM = re.compile(r"^(?:\d+\.|·) ")


def asked(question: str) -> str:
    """A question as a message."""
    return f'<div class="asked">{_shown(question)}</div>'


def failed(reason: str) -> str:
    """A message that takes an answer's place where there is none."""
    return f'<div class="failed">{_shown(reason)}</div>'


def answered(answer: Answer, turn: int, document: Callable[[str], Document], *, growing: bool = False) -> str:
    """An answer as a message: what was searched, the text with its markers as links, the sources to open.

    ``turn`` tells this answer's sources from those of the others on the page; ``document`` gives the document
    of an id, for the context of a quote; ``growing`` is true while more of the answer is to come.
    """
    known = {citation.marker for citation in answer.citations}
    leads = {f"{said.text}[{said.marker}]" for said in answer.statements if said.lead}
    parts = [_GROWING if growing else '<div class="refusal">' if answer.refusal else '<div class="answer">']
    if answer.query not in ("", answer.question) and answer.refusal != "chat":
        parts.append(f'<div class="searched">按“{_shown(answer.query)}”检索</div>')
    parts.append('<div class="said">')
    parts.extend(_line(line, line in leads, known, turn) for line in answer.text.split("\n"))
    parts.append("</div>")
    if answer.citations:
        caption = "找到的相关内容，不作为答案" if answer.refusal else "出处"
        parts.append(f'<div class="sources"><div class="caption">{caption}</div>')
        parts.extend(_source(citation, turn, document(citation.document_id)) for citation in answer.citations)
        parts.append("</div>")
    parts.append("</div>" if growing else _END)
    return "".join(parts)


def question(message: Message) -> str:
    """The question that a message of the user asks."""
    return _text(_html(message), "asked")


def turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The turns of a conversation, read from what is on screen; an answer that failed makes no turn."""
    found = []
    for asking, answering in pairwise(messages):
        said = _text(_html(answering), "said")
        if asking["role"] == "user" and answering["role"] == "assistant" and said:
            found.append(Turn(question(asking), said))
    return tuple(found)


def unfinished(message: Message) -> bool:
    """Whether the message stands for an answer of which more is to come."""
    return _html(message) == WAITING or _html(message).startswith(_GROWING)


def stopped(message: Message) -> str:
    """What becomes of an answer's message when it is stopped; a finished one stays what it is."""
    html = _html(message)
    if html == WAITING:
        return failed(_STOPPED)
    if html.startswith(_GROWING):
        html = '<div class="answer">' + html.removeprefix(_GROWING).removesuffix("</div>")
        return f'{html}<div class="note">{_STOPPED}以上回答不完整。</div>{_END}'
    return html


def _line(line: str, lead: bool, known: set[int], turn: int) -> str:
    """One line of an answer; of its markers at the end, those with a citation become links."""
    markers = _MARKERS.search(line)
    text, marks = (line[: markers.start()], markers.group()) if markers else (line, "")

    def link(found: re.Match[str]) -> str:
        marker = int(found[1])
        if marker not in known:
            return found[0]
        return f'<a class="marker" href="#source-{turn}-{marker}" title="查看出处 {marker}">[{marker}]</a>'

    kind = "line lead" if lead and len(text) <= HEAD else "line item" if _ITEM.match(line) else "line"
    return f'<div class="{kind}">{_shown(text)}{_MARKER.sub(link, marks)}</div>'


def _source(citation: Citation, turn: int, document: Document) -> str:
    """A citation that opens to its sentence in its context."""
    before, quote, after = around(document, citation.span)
    above, arrow, last = citation.heading.rpartition(" › ")
    heading = f'<span class="above">{_shown(above + arrow)}</span><span class="heading">{_shown(last)}</span>'
    return (
        f'<details class="source" id="source-{turn}-{citation.marker}">'
        f'<summary><span class="number">[{citation.marker}]</span> '
        f'<span class="reference"><span class="title">{_shown(reference(replace(citation, heading="")))}</span>'
        f"{heading}</span></summary>"
        f'<div class="context">{_shown(before)}<mark>{_shown(quote)}</mark>{_shown(after)}</div></details>'
    )


def _shown(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _html(message: Message) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


class _Reader(HTMLParser):
    """The text of the element of one class; a line break or an element inside it begins a line."""

    def __init__(self, wanted: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = wanted
        self.depth = 0
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter the element, or begin a line inside it."""
        if self.depth and tag == "br":
            self.lines = [*(self.lines or [""]), ""]
        elif self.depth and tag == "div":
            self.depth += 1
            self.lines.append("")
        elif tag == "div" and dict(attrs).get("class") == self.wanted:
            self.depth = 1

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self.depth -= tag == "div" and self.depth > 0

    def handle_data(self, data: str) -> None:
        """Take the text inside the element."""
        if self.depth:
            self.lines = [*self.lines[:-1], (self.lines or [""])[-1] + data]


def _text(html: str, wanted: str) -> str:
    reader = _Reader(wanted)
    reader.feed(html)
    reader.close()
    return "\n".join(reader.lines)
