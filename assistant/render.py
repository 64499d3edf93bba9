"""Answers, hits and documents as text for the terminal and as plain values for JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.types import Answer, Citation
from index.types import Document, Facts, Hit, Span

CONTEXT = 90
"""Characters shown on either side of a quoted sentence."""


def reference(citation: Citation) -> str:
    """The official form of a citation: 《标题》（发文机关，文号，日期）› 章节."""
    known = (citation.issuer, citation.number, citation.date.isoformat() if citation.date else "")
    inside = "，".join(part for part in known if part)
    title = f"《{citation.title}》" + (f"（{inside}）" if inside else "")
    return title + (f"　{citation.heading}" if citation.heading else "")


def quotation(facts: Facts, article: str, quote: str) -> str:
    """A quote as it is put into a letter: 《标题》（发文机关，文号，日期）第X条：“…”."""
    known = (facts.issuer, facts.number, _day(facts.date))
    inside = "，".join(part for part in known if part)
    return f"《{facts.title}》" + (f"（{inside}）" if inside else "") + f"{article}：“{_one_line(quote)}”"


def terminal(answer: Answer) -> str:
    """An answer as it is printed: what was searched if it is not what was asked, the text, the references."""
    lines = []
    if answer.query != answer.question and answer.refusal != "chat":
        lines.append(f"（按“{answer.query}”检索）")
    lines.append(answer.text)
    if answer.citations:
        lines.append("")
        lines.append("出处：" if answer.answered else "所引：")
        for citation in answer.citations:
            lines.append(f"[{citation.marker}] {reference(citation)}")
            lines.append(f"    “{_one_line(citation.quote)}”")
    return "\n".join(lines)


def as_json(answer: Answer) -> dict[str, Any]:
    """An answer as the command line and HTTP give it."""
    return {
        "question": answer.question,
        "query": answer.query,
        "answered": answer.answered,
        "text": answer.text,
        "kind": answer.kind,
        "refusal": answer.refusal,
        "confidence": round(answer.confidence, 4),
        "citations": [citation_json(citation) for citation in answer.citations],
        "seconds": round(answer.seconds, 4),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as plain values; its date as an ISO string or ``None``."""
    return {
        "marker": citation.marker,
        "document_id": citation.document_id,
        "title": citation.title,
        "issuer": citation.issuer,
        "number": citation.number,
        "date": citation.date.isoformat() if citation.date else None,
        "status": citation.status,
        "heading": citation.heading,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "path": citation.path,
    }


def hit_line(place: int, hit: Hit, title: str) -> str:
    """One hit of a search, on two lines."""
    heading = f" › {hit.chunk.heading}" if hit.chunk.heading else ""
    text = _one_line(hit.chunk.text)
    shown = text if len(text) <= 120 else text[:119] + "…"
    return f"{place}. 《{title}》{heading}  （{hit.score:.2f}）\n   {shown}"


def around(document: Document, span: Span) -> tuple[str, str, str]:
    """A quote in its context: the text before it, the quote, the text after it."""
    before = document.text[max(0, span.start - CONTEXT) : span.start]
    after = document.text[span.end : span.end + CONTEXT]
    return (
        ("…" if span.start > CONTEXT else "") + before,
        span.of(document.text),
        after + ("…" if span.end + CONTEXT < len(document.text) else ""),
    )


def _day(day: date | None) -> str:
    """2021年1月21日; empty for a day that is not known."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
