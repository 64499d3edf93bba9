"""The quotes of an answer as the numbered evidence that a chat model is given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.llm.model import estimated_tokens
from assistant.types import Citation

_BRACKETS = str.maketrans({"<": "＜", ">": "＞", "[": "〔", "]": "〕", "【": "〔", "】": "〕", "`": "'"})


def quoted(text: str) -> str:
    """``text`` on one line as data: no tag, marker or mark of a chat template can be closed or opened in it."""
    return re.sub(r"\s+", " ", text).translate(_BRACKETS).strip()


def numbered(citations: Sequence[Citation], tokens: int) -> tuple[str, int]:
    """The quotes, a line each, behind their markers and where they stand; and how many of them ``tokens`` hold."""
    lines: list[str] = []
    for citation in citations:
        above = "，".join(part for part in (quoted(citation.title), quoted(citation.heading)) if part)
        line = f"[{citation.marker}] （{above}）{quoted(citation.quote)}"
        tokens -= estimated_tokens(line) + 1
        if tokens < 0:
            break
        lines.append(line)
    return "\n".join(lines), len(lines)


def context(citation: Citation) -> str:
    """What stands above a quote, and bears out names and years as well."""
    return "\n".join((citation.title, citation.heading, citation.issuer, citation.number))
