"""What a sentence makes of the bounds of what it restates: exceptions, conditions and limits, and words turned round.

Each function gives what is wrong with a ``plain`` sentence beside the ``plain`` quote that it restates, as words to
be logged and tested; an empty tuple if nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.llm.phrases import opposites
from assistant.llm.plain import bigrams, clauses
from assistant.llm.wording import FORBIDS, FORCE, SEGMENT

_LEAST = 3
"""Pairs of characters behind a limit that make a rule; with fewer, the rule is the next clause."""
_LIKE = 0.5
"""As ``_SAME``, of a clause in which a word may be turned into its opposite."""
_HARDLY = 0.3
"""As ``_LIKE``, of a part that has its numbers."""
_NEARLY = 0.75
"""Share of the likeness of the likest clause with which another one may be meant as well."""
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_EXCEPTION = re.compile(
    r"除外|例外|另有(?:规定|约定|要求)|除(?!草|害|尘|湿|夕|法(?!律|规|定|院)|雪|冰|颤|臭|锈|名|旧|了?[此之])[^，。；]{1,40}?(?:之外|以外|外)(?![，,]?[^，。；]{0,4}[还也又])"
    r"|不适用|除非|但书"
)
_OTHERS = re.compile(r"其他|其它|其余")
"""What is left when an exception has been taken: 除第一项所列城市以外的城市 are 其他城市."""
_ALL_OTHERS = re.compile(r"除[^，。；]{1,40}?外，?(?:其他|其它|其余)")
_LIMITS = tuple(
    map(
        re.compile,
        (
            r"(?:未经|非经)(?![^，。；]{0,20}的[一-鿿])",
            r"原则上",
            r"仅|只(?!要|有|需|是)",
            r"以内有效",
            r"首次|初次|第一次|首套",
            r"连续(?=[^，。；]{0,6}(?:满|[＃\d]))",
            r"同时(?:具备|符合|满足)",
            r"(?<![未非已曾神])经(?!济|营|费|常|验|历|贸|办|过|纪|理|销)[^，。；]{0,25}?(?:批准|同意|审批|审核|审查|评估|认定|核准|鉴定|检验)",
        ),
    )
)
"""Words that confine a rule, and that may be neither added nor dropped."""
_CONDITION = re.compile(
    r"情节(?:特别)?(?:严重|恶劣)|情节(?:较|显著)?轻微?|拒不(?=[改整])|特殊情[况形]|必要时|确有必要"
)
"""Words of a condition that may not be dropped from the rule that it is for."""
_UNAPPROVED = re.compile(
    r"(?:必须|须|应当?)先?经过?|[未不没][^，。；]{0,3}(?:获批|批准|同意|许可|审批|审核|审查|评估|认定|核准|检验|通过|处罚|处理|办理)"
)
_APPROVAL = re.compile(r"批准|同意|审批|审核|审查|评估|认定|核准|鉴定|检验|通过|合格")
_LEFT_OUT = re.compile(
    r"不(?:包括|包含|含)([一-鿿]{2,10})|[（(]([一-鿿、]{2,12})除外[）)]|除([一-鿿、]{2,12})[之以]?外(?!，?[^，。；]{0,4}[还也又])"
)
_LEAVING_OUT = re.compile(r"[不未无非没除外]")
_OTHERWISE = {
    "原则上": re.compile(r"一般|通常|基本上|大体"),
    "只": re.compile(r"为限|最多|至多|不超过|专[项门用]"),
}
_AND = re.compile(r"并|同时|且")


def _restating(clause: str, parts: Sequence[str]) -> str:
    """The parts that a clause may restate: those like it about as much as the best, and those with its numbers."""
    pairs, figures = bigrams(clause), set(_FIGURE.findall(clause))
    shares = [len(pairs & bigrams(part)) for part in parts]
    least = max(_LIKE * len(pairs), _NEARLY * max(shares, default=0), 1)
    return "，".join(
        part
        for part, share in zip(parts, shares, strict=True)
        if share >= least or (share >= _HARDLY * len(pairs) and figures & set(_FIGURE.findall(part)))
    )


def limits(sentence: str, quote: str) -> tuple[str, ...]:
    """Exceptions and confining words (除外, 未经, 仅) that a sentence adds, or drops from what it restates."""
    found = [
        f"added: {match[0]}"
        for one in _LIMITS
        if (match := one.search(sentence)) and not one.search(quote) and not _otherwise(match[0], quote)
    ]
    if _EXCEPTION.search(sentence) and not _EXCEPTION.search(quote):
        found.append("added: an exception")
    found += _included(sentence, quote)
    said = bigrams(sentence)
    segments = [part for part in SEGMENT.split(quote) if part]
    shares = [len(said & bigrams(part)) for part in segments]
    for place, (part, share) in enumerate(zip(segments, shares, strict=True)):
        found += [
            f"dropped: {match[0]}"
            for one in _LIMITS
            for match in one.finditer(part)
            if not one.search(sentence) and not _otherwise(match[0], sentence) and _restated(match, part, said)
        ]
        found += [
            f"dropped: {match[0]}"
            for match in _CONDITION.finditer(part)
            if not _CONDITION.search(sentence) and _restated(match, part, said) and not _ruled_before(match, quote)
        ]
        main = bigrams(_without_exception(part))
        if not main or share < max(shares) or len(said & main) < 0.35 * len(main):
            continue
        others = _OTHERS.search(sentence) and (not _OTHERS.search(part) or _ALL_OTHERS.search(part))
        if _excepted(part, segments[place + 1 :]) and not _EXCEPTION.search(sentence) and not others:
            found.append("dropped: an exception")
    return tuple(found)


def turned(sentence: str, quote: str) -> tuple[str, ...]:
    """Words whose opposite is what the quote says: 增长 for 下降."""
    parts = [clause.text for clause in clauses(quote)]
    found = []
    for clause in clauses(sentence):
        source = _restating(clause.text, parts) or quote
        found += [
            f"{word} for {other}"
            for word, other in opposites()
            if word in clause.text
            and word not in source
            and re.search(f"(?<![不非未]){other}", source)
            and other not in clause.text.replace(word, "")
        ]
    return tuple(found)


def _included(sentence: str, quote: str) -> Iterator[str]:
    """What the quote leaves out and the sentence does not, though it names it: （不包括现金） and 实物和现金."""
    for match in _LEFT_OUT.finditer(quote):
        words = next(filter(None, match.groups()))
        if quote.count(words) > 1 or words not in sentence:
            continue
        stand = [clause.text for clause in clauses(sentence) if words in clause.text]
        if not any(_LEAVING_OUT.search(text) for text in stand):
            yield f"included: {words}"


def _excepted(part: str, following: Sequence[str]) -> bool:
    """Whether there is an exception from what a segment says: in it, or for a ban in one behind it that is nothing else."""
    apart = any(_EXCEPTION.search(one) and not bigrams(_without_exception(one)) for one in following)
    return bool(_EXCEPTION.search(part)) or (
        apart and any(one.lastgroup == FORBIDS for one in FORCE.finditer(part))
    )


def _without_exception(part: str) -> str:
    return "，".join(clause.text for clause in clauses(part) if not _EXCEPTION.search(clause.text))


def _restated(limit: re.Match[str], part: str, said: frozenset[str]) -> bool:
    """Whether the rule that ``limit`` confines is restated: what stands behind it in its clause, or the next one."""
    found = clauses(part)
    for place, clause in enumerate(found):
        if clause.start <= limit.start() < clause.end:
            behind = part[min(limit.end(), clause.end) : clause.end]
            following = found[place + 1].text if place + 1 < len(found) else ""
            whole = len(bigrams(behind)) >= _LEAST and "经" not in limit[0][:2]
            if whole or _AND.match(following):
                following = ""
            rules = [behind, following]
            confined = [words for rule in rules if len(words := bigrams(rule)) >= _LEAST]
            return any(len(one & said) >= 0.5 * len(one) for one in confined)
    return False


def _ruled_before(condition: re.Match[str], quote: str) -> bool:
    """Whether the quote has much the same rule without the condition, before it."""
    place = quote.find(condition[0])
    behind = next((one.text for one in clauses(quote) if one.start > place), "")
    return any(
        len(bigrams(one.text) & bigrams(behind)) >= 0.5 * len(bigrams(behind))
        for one in clauses(quote)
        if one.end <= place
    )


def _otherwise(limit: str, sentence: str) -> bool:
    """Whether a sentence has in other words what confines a rule."""
    wording = _OTHERWISE.get(limit)
    if wording:
        return bool(wording.search(sentence))
    if "未经" in limit or "非经" in limit:
        return bool(_UNAPPROVED.search(sentence))
    return bool(_APPROVAL.search(limit) and _APPROVAL.search(sentence))
