"""A conversation as a file to be kept or passed on: Markdown, or a Word document with its references as footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import docx
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from assistant import render
from assistant.records.conversations import Exchange
from assistant.records.footnotes import Footnotes
from assistant.types import Answer, Citation
from index.validity import OUTDATED

if TYPE_CHECKING:
    from docx.document import Document

REFUSED = "【未作答】"
"""What stands before a refusal."""
HEADING = 200
"""Characters of a question that are its heading; the whole of a longer one follows."""
ABOUT = "本文由政策文件问答助手导出；引文逐字摘自所列文件，使用前请核对原文及其时效。"
"""What is said of the file at its beginning."""

_MARKER = re.compile(r"\[(\d{1,4})\]")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile(r"([\\`*_\[\]<>~$&])")
_OPENING = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|=+$|-+$)|(?<=^\d)(?=[.)])|(?<=^\d\d)(?=[.)])")
_TYPEFACES = (
    ("Normal", "宋体", 12),
    ("Title", "黑体", 20),
    ("Subtitle", "楷体", 10),
    ("Heading 1", "黑体", 14),
)


class Piece(NamedTuple):
    """Some text of an answer, and the citation to which the marker after it refers, if there is one."""

    text: str
    citation: Citation | None = None


def as_markdown(exchanges: Sequence[Exchange], title: str) -> str:
    """The conversation in Markdown: a heading for each question, the references as footnotes numbered throughout."""
    numbers = count(1)
    blocks = [f"# {_escaped(_line(title))}", f"*{ABOUT}*"]
    notes: list[str] = []
    for exchange in exchanges:
        given: dict[int, int] = {}
        blocks.append(f"## {_escaped(_line(exchange.question))}")
        blocks.extend(f"*{_escaped(remark)}*" for remark in _remarks(exchange.answer))
        for pieces in _paragraphs(exchange.answer):
            text = ""
            for words, citation in pieces:
                text += _escaped(words)
                if citation is None:
                    continue
                if citation.marker not in given:
                    given[citation.marker] = next(numbers)
                    quoted = _escaped(_note(citation)).replace("\n", "\n    ")
                    notes.append(f"[^{given[citation.marker]}]: {quoted}")
                text += f"[^{given[citation.marker]}]"
            blocks.append(_OPENING.sub(r"\\", text.strip()))
        blocks.extend(f"**{_escaped(warning)}**" for warning in _warnings(exchange.answer))
    return "\n\n".join([*blocks, *notes]) + "\n"


def as_docx(exchanges: Sequence[Exchange], title: str) -> bytes:
    """The conversation as a Word document: a heading for each question, the references as footnotes."""
    document = _page(_line(title))
    notes = Footnotes(document)
    document.add_paragraph(ABOUT, "Subtitle")
    for exchange in exchanges:
        given: dict[int, int] = {}
        question = _line(exchange.question)
        short = question if len(question) <= HEADING else question[: HEADING - 1] + "…"
        document.add_heading(short, 1)
        if short != question:
            document.add_paragraph(_text(exchange.question))
        for remark in _remarks(exchange.answer):
            document.add_paragraph().add_run(remark).italic = True
        for pieces in _paragraphs(exchange.answer):
            paragraph = document.add_paragraph()
            for words, citation in pieces:
                if words:
                    paragraph.add_run(words)
                if citation is None:
                    continue
                if citation.marker in given:
                    notes.again(paragraph, given[citation.marker])
                else:
                    given[citation.marker] = notes.add(paragraph, _note(citation))
        for warning in _warnings(exchange.answer):
            run = document.add_paragraph().add_run(warning)
            run.bold = True
            run.font.color.rgb = RGBColor(0xC0, 0, 0)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _paragraphs(answer: Answer) -> Iterator[list[Piece]]:
    """The lines of an answer, parted at the markers of its citations; those without a marker come last."""
    citations = {citation.marker: citation for citation in answer.citations}
    mark = "" if answer.answered or answer.refusal == "chat" else REFUSED
    for line in filter(str.strip, (mark + answer.text).split("\n")):
        pieces, start = [], 0
        for found in _MARKER.finditer(line):
            citation = citations.get(int(found[1]))
            if citation is not None:
                pieces.append(Piece(_text(line[start : found.start()]), citation))
                start = found.end()
        yield [*pieces, Piece(_text(line[start:]))]
    named = {int(marker) for marker in _MARKER.findall(answer.text)}
    others = [Piece("", citation) for marker, citation in citations.items() if marker not in named]
    if others:
        yield [Piece("参见："), *others]


def _remarks(answer: Answer) -> Iterator[str]:
    """What stands between a question and its answer: what was searched, if it is not what was asked."""
    if answer.query != answer.question and answer.refusal != "chat":
        yield f"按“{_line(answer.query)}”检索"


def _warnings(answer: Answer) -> Iterator[str]:
    """A line for each cited document that is not in force as it stands."""
    outdated = {one.document_id: one for one in answer.citations if one.status in OUTDATED}
    for citation in outdated.values():
        yield f"注意：《{_line(citation.title)}》的时效为“{citation.status}”，请勿作为现行依据引用。"


def _note(citation: Citation) -> str:
    """A reference in full: the document, where in it, its status if it is not in force, and the quote."""
    page = f"，第{citation.page}页" if citation.page else ""
    status = f"【{citation.status}】" if citation.status in OUTDATED else ""
    return _text(f"{render.reference(citation)}{page}{status}：“{citation.quote}”")


def _text(text: str) -> str:
    """``text`` without what neither format can hold: U+FFFD stands for each such character."""
    return _NO_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _escaped(text: str) -> str:
    """``text`` so that Markdown shows it as it stands."""
    return _MARKS.sub(r"\\\1", text)


def _page(title: str) -> Document:
    """An empty Word document on A4 with the title, in the usual typefaces."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title[:255], "", ""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, typeface, size in _TYPEFACES:
        style = document.styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), typeface)
    document.add_heading(title, 0)
    return document
