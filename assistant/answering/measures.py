"""The measures that a sentence lists: "加快建立…,深化…,强化…"."""

from __future__ import annotations

import re

import rjieba

from assistant.answering.evidence import clauses
from assistant.answering.lines import bare
from assistant.language.vocabulary import actions
from index.types import Span

SHORTEST = 4
"""Characters of the shortest clause that can be a measure (加强监管)."""


def parallel(text: str, span: Span) -> tuple[Span, ...]:
    """The measures that a sentence lists, one span each without its comma; the sentence itself if it lists none.

    It lists measures if it has several clauses, each of at least four characters and each beginning with a verb
    or an adverb: "加快建立…,深化…,强化…".
    """
    parts = clauses(text, span)
    if len(parts) < 2 or not all(_measure(part.of(text)) for part in parts):
        return (span,)
    return tuple(bare(part, text) for part in parts)


def _measure(clause: str) -> bool:
    """Whether a clause is a measure: it begins with a verb (深化, 研究编制), or with how it is done (扎实, 进一步)."""
    clause = _ENUMERATOR.sub("", clause.strip(" \n\t，,；;。"))
    if len(clause) < SHORTEST:
        return False
    _word, tag = rjieba.tag(clause)[0]
    return tag[0] in {"v", "d", "a", "i", "l"} or clause[:2] in actions() or clause[:2] in _MANNERS


_ENUMERATOR = re.compile(r"^[一二三四五六七八九十]+(?:是|要)")
_MANNERS = frozenset(
    [
        "全面",
        "综合",
        "严格",
        "依法",
        "分类",
        "同步",
        "重点",
        "逐步",
        "大力",
        "深入",
        "持续",
        "继续",
        "稳步",
        "着力",
        "加快",
        "积极",
        "扎实",
        "认真",
        "切实",
        "坚决",
        "有效",
    ]
)
