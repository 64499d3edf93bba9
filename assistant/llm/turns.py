"""What stands on the two sides of a relation, turned round: 由于甲造成乙 as 由于乙造成甲, 以甲替代乙 as 以乙替代甲.

Texts are ``plain`` and ``shortened``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.llm.plain import bigrams

_RELATIONS = tuple(
    map(
        re.compile,
        (
            r"(?:由于|因为|随着)([^，。；]{2,}?)(?:，|而|从而)([^。；]{2,})",
            r"(?:根据|按照|依据)([^，。；]{2,}?)(?:制定|确定|编制|核定)([^，。；]{2,})",
            r"([^，。；]{2,}?)作为([^，。；]{2,}?依据)",
            r"[将把]([^，。；]{2,}?)，?(?:转移到|转变为|改为|变为|调整为|移交给?|划转到|迁到|并入)([^，。；]{2,})",
            r"[将用以]([^，。；]{2,}?)(?:替代|代替|取代)([^，。；]{2,})",
            r"([^，。；]{4,}?)，?(?:要|应当?|须)(?:积极|大力|主动)?(?:帮助|支援|支持|扶持|领导|指导|监督|管理|委托)(?:[和、][^，。；]{2})?"
            r"([^，。；]{4,})",
            r"([^，。；]{2,}?)接受([^，。；]{2,}?)的(?:监督|指导|管理|检查)",
        ),
    )
)
"""How texts say what leads to, is ground for, or takes the place of something else."""
_LEAST = 3
"""Pairs of characters that must have changed sides."""


def reversed_relations(sentence: str, quote: str) -> Iterator[str]:
    """Relations of the quote whose sides have changed places in the sentence."""
    for relation in _RELATIONS:
        sources = [_sides(match) for match in relation.finditer(quote)]
        for match in relation.finditer(sentence):
            first, second = _sides(match)
            shares = [
                (len(first & one) + len(second & other), len(first & other) + len(second & one))
                for one, other in sources
            ]
            if shares and all(crossed >= _LEAST and crossed > straight for straight, crossed in shares):
                yield f"turned round: {match[0]}"


def _sides(match: re.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The pairs of characters of each side that the other one does not have."""
    one, other = bigrams(match[1]), bigrams(match[2])
    return one - other, other - one
