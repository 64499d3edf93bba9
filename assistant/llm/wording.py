"""What a sentence makes of what it restates: forbids, demands or permits it, denies it, excepts from it, turns it round.

Each function gives what is wrong with a ``plain`` sentence beside the ``plain`` quote that it restates, as words to
be logged and tested; an empty tuple if nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.llm.amounts import COMPARISONS
from assistant.llm.phrases import opposites
from assistant.llm.plain import bigrams, clauses

FORBIDS, DEMANDS, PERMITS, DENIES, SPARES = "forbids", "demands", "permits", "denies", "spares"

FORCE = re.compile(
    r"(?P<spares>无需|无须|毋须|不必|不需要?|免于|可以不|(?<!许)可不(?!是))"
    r"|(?P<forbids>不得|严格禁止|严禁|禁止|不准|不许|不允许|不能|不可(?![抗分避缺逆])|不应当?|不宜|不再允许)"
    r"|(?P<denies>不予以?|不再|不会|没有|尚未|并未|从未|均未)"
    r"|(?P<permits>可以|(?<![不许认尽宁])可(?![能是行靠见观控信持用谓知再操爱怕怜惜悲喜抗分避缺逆比燃溶变视追移]|回收|降解|以)|允许|准许|准予|有权|能够)"
    r"|(?P<demands>应当|应该|必须|务必|务须|(?<![对适响相反效供回感答呼照理顺])应(?![急对用届收付税诉聘邀有声答变激力运援得尽缴纳])"
    r"|须(?!知)|(?<![据照的和际])需要(?![，。；和的])|需(?![求量要])|(?<![重主需必纲摘首只扼提不])要(?![求素点领件闻害塞旨务紧]))"
)
_AGREES: Mapping[str, frozenset[str]] = {
    FORBIDS: frozenset((FORBIDS, DENIES)),
    DENIES: frozenset((DENIES, FORBIDS)),
    DEMANDS: frozenset((DEMANDS, "")),
    PERMITS: frozenset((PERMITS,)),
    SPARES: frozenset((SPARES,)),
    "": frozenset(("", DEMANDS)),
}
"""The forces with which a quote may say what a sentence says with a force; an empty string is none."""
_BENEFIT = re.compile(r"扣除|享受|申请|申领|领取|报销|获得|补贴|补助|奖励|查询|咨询|免费|优惠|减免|抵免|贷款")
"""What one is given: to be given it, and to be free to take it, is the same."""
_LEAST = 3
"""Pairs of characters behind a limit that make a rule; with fewer, the rule is the next clause."""
_REACH = 0.6
"""Share of what a force governs that a clause without it must restate to have dropped it."""

_NEGATORS = "不未无非没勿免"
_DENIERS = "未不"
_DENIAL = re.compile(r"未予|不予以?|未经|没有|未按照?|尚未|[未不无非]")
_BEHIND = 6
"""Characters behind a negator that it denies."""
_SAME = 0.75
"""Share of a clause's pairs of characters that stand in the one clause that it restates."""
_WHOLE = 0.7
"""Share of the pairs of characters of the one clause that make a clause that restates it restate the whole of it."""
_LIKE = 0.5
"""As ``_SAME``, of a clause in which a word may be turned into its opposite."""
_HARDLY = 0.3
"""As ``_LIKE``, of a part that has its numbers."""
_NEARLY = 0.75
"""Share of the likeness of the likest clause with which another one may be meant as well."""
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_COMPARED = re.compile(rf"({COMPARISONS.pattern})([^，。；]{{0,8}}?[＃\d])")
_EXCEPTION = re.compile(
    r"除外|例外|另有(?:规定|约定|要求)|除(?!草|害|尘|湿|夕|法(?!律|规|定|院)|雪|冰|颤|臭|锈|名|旧|了?[此之])[^，。；]{1,40}?(?:之外|以外|外)"
    r"|不适用|除非|但书"
)
_OTHERS = re.compile(r"其他|其它|其余")
"""What is left when an exception has been taken: 除第一项所列城市以外的城市 are 其他城市."""
_LIMITS = tuple(
    map(
        re.compile,
        (
            r"未经|非经",
            r"原则上",
            r"仅|只(?!要|有)",
            r"以内有效",
            r"首次|初次|第一次|首套",
            r"连续(?=[^，。；]{0,6}(?:满|[＃\d]))",
            r"同时(?:具备|符合|满足)",
            r"(?<![未非已曾神])经(?!济|营|费|常|验|历|贸|办|过|纪|理|销)[^，。；]{0,25}?(?:批准|同意|审批|审核|审查|评估|认定|核准|鉴定|检验)",
        ),
    )
)
"""Words that confine a rule, and that may be neither added nor dropped."""
_APPROVAL = re.compile(r"批准|同意|审批|审核|审查|评估|认定|核准|鉴定|检验|通过|合格")
_ATTRIBUTE = "的"
_SEGMENT = re.compile(r"[；;。！？](?!但)")


def force(sentence: str, quote: str) -> tuple[str, ...]:
    """Where a sentence forbids, demands, permits or denies what the quote does not, or no longer does."""
    said, source = _leveled(sentence), _leveled(quote)
    parts = [clause.text for clause in clauses(source)]
    kept = {match.lastgroup for match in FORCE.finditer(said)}
    found: list[str] = []
    for clause in clauses(said):
        if clause.text in parts:
            continue
        aligned = counterpart(clause.text, parts)
        whole = bool(aligned) and len(bigrams(aligned) & bigrams(clause.text)) >= _WHOLE * len(bigrams(aligned))
        found += _forced(clause.text, aligned or source, dropping=whole or not {FORBIDS, DENIES, SPARES} & kept)
        found += _negated(clause.text, aligned or source)
        if aligned:
            found += _out_of_step(clause.text, aligned, whole)
    return (*found, *_closed_up(said, source))


def _forced(clause: str, source: str, dropping: bool) -> Iterator[str]:
    """The words of force of a clause under which it puts what the source puts under others, or under none.

    With ``dropping``, also the words of force that a clause without any leaves out.
    """
    governed = _governed(source)
    bare = FORCE.search(clause) is None
    against: set[str] = set()
    for kind, pairs in _ruled(clause):
        shared = [pair for pair in pairs if pair in governed]
        agreeing = [pair for pair in shared if kind and kind in governed[pair]]
        agrees = _AGREES[kind] | ({""} if kind == PERMITS and _BENEFIT.search(clause) else set())
        opposed = [pair for pair in shared if not agrees & governed[pair]]
        against |= set(opposed)
        if kind and len(opposed) > len(agreeing):
            yield f"{kind}: {clause}"
    for kind, pairs in _regions(source) if bare and dropping else ():
        if kind not in _AGREES[""] and len(pairs & against) >= max(1, _REACH * len(pairs)):
            yield f"no longer {kind}: {clause}"


def _out_of_step(clause: str, aligned: str, whole: bool) -> Iterator[str]:
    """Where the words of force of a clause and of the one that it restates are as many, but not the same.

    If it restates the ``whole`` of it, also where what was denied no longer is.
    """
    mine = [match.lastgroup or "" for match in FORCE.finditer(clause)]
    theirs = [match.lastgroup or "" for match in FORCE.finditer(aligned)]
    if len(mine) == len(theirs):
        if any(own not in _AGREES[other] for own, other in zip(mine, theirs, strict=True)):
            yield f"{'、'.join(mine)} for {'、'.join(theirs)}: {clause}"
    elif whole and not {FORBIDS, DENIES} & set(mine) and {FORBIDS, DENIES} & set(theirs):
        yield f"no longer denied: {clause}"
    if _denial_dropped(clause, aligned):
        yield f"no longer denied: {clause}"


def _closed_up(said: str, source: str) -> Iterator[str]:
    """Where the words on both sides of a negator of the source have closed up: 逾期未提交 → 逾期提交."""
    for match in _DENIAL.finditer(source):
        closed = source[max(0, match.start() - 2) : match.start()] + source[match.end() : match.end() + 2]
        if len(closed) == 4 and closed in said and closed not in source:
            yield f"no longer denied: {closed}"


def counterpart(clause: str, parts: Sequence[str]) -> str:
    """The one of ``parts`` that a clause restates nearly whole; an empty string if there is none."""
    pairs = bigrams(FORCE.sub("＃", clause))
    best = max(parts, key=lambda part: len(pairs & bigrams(part)), default="")
    return best if pairs and len(pairs & bigrams(best)) >= _SAME * len(pairs) else ""


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


def _denial_dropped(clause: str, aligned: str) -> bool:
    """Whether the clause restates what stands behind a negator, and has no negator itself."""
    if any(character in _NEGATORS for character in clause) or FORCE.search(clause):
        return False
    pairs = bigrams(clause)
    aligned = FORCE.sub(lambda match: "＃" * len(match[0]), aligned)
    for place, character in enumerate(aligned):
        behind = bigrams(aligned[place + 1 : place + 1 + _BEHIND])
        if character in _DENIERS and len(behind & pairs) >= 0.5 * len(behind) > 0:
            return True
    return False


def limits(sentence: str, quote: str) -> tuple[str, ...]:
    """Exceptions and confining words (除外, 未经, 仅) that a sentence adds, or drops from what it restates."""
    found = [f"added: {match[0]}" for one in _LIMITS if (match := one.search(sentence)) and not one.search(quote)]
    if _EXCEPTION.search(sentence) and not _EXCEPTION.search(quote):
        found.append("added: an exception")
    said = bigrams(sentence)
    segments = [part for part in _SEGMENT.split(quote) if part]
    shares = [len(said & bigrams(part)) for part in segments]
    for place, (part, share) in enumerate(zip(segments, shares, strict=True)):
        found += [
            f"dropped: {match[0]}"
            for one in _LIMITS
            for match in one.finditer(part)
            if not one.search(sentence) and not _approved(match[0], sentence) and _restated(match, part, said)
        ]
        main = bigrams(_without_exception(part))
        if not main or share < max(shares) or len(said & main) < 0.35 * len(main):
            continue
        others = _OTHERS.search(sentence) and not _OTHERS.search(part)
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
            and other in source
            and other not in clause.text.replace(word, "")
        ]
    return tuple(found)


def _leveled(text: str) -> str:
    """``text`` with 不得低于 and the like, which say how much and not whether, blotted out."""
    return _COMPARED.sub(lambda match: "＃" * len(match[1]) + match[2], text)


def _ruled(clause: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each word of force of a clause with the pairs of characters that it governs; first those that none does.

    A word of force inside an attribute governs no more than that: in 不得将应当由甲承担的费用转由乙承担 what stands behind 的
    is forbidden.
    """
    matches = list(FORCE.finditer(clause))
    ends = [*(match.start() for match in matches), len(clause)]
    yield "", bigrams(clause[: ends[0]])
    outer = ""
    for match, end in zip(matches, ends[1:], strict=True):
        kind, stretch = match.lastgroup or "", clause[match.end() : end]
        inner, attribute, rest = stretch.partition(_ATTRIBUTE)
        if outer and attribute:
            yield kind, bigrams(inner)
            yield outer, bigrams(rest)
        else:
            yield kind, bigrams(stretch)
            outer = kind


@lru_cache(maxsize=4_000)
def _governed(quote: str) -> Mapping[str, frozenset[str]]:
    """Every pair of characters of a quote, and the forces that govern it."""
    found: dict[str, set[str]] = {}
    for clause in clauses(quote):
        for kind, pairs in _ruled(clause.text):
            for pair in pairs:
                found.setdefault(pair, set()).add(kind)
    return {pair: frozenset(kinds) for pair, kinds in found.items()}


@lru_cache(maxsize=4_000)
def _regions(quote: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """What each word of force of a quote governs."""
    return tuple(
        (kind, pairs) for clause in clauses(quote) for kind, pairs in _ruled(clause.text) if kind and pairs
    )


def _negated(said: str, source: str) -> Iterator[str]:
    """What stands behind a negator everywhere in one of the two, and nowhere in the other."""
    for pair in bigrams(said):
        here, there = _behind_negator(said, pair), _behind_negator(source, pair)
        if there and all(there) and not all(here):
            yield f"no longer denied: {pair}"
        elif here and all(here) and there and not any(there):
            yield f"denied: {pair}"


def _behind_negator(text: str, pair: str) -> list[bool]:
    """For each place of ``pair``, whether a negator that is no word of force stands right before it."""
    places = [match.start() for match in re.finditer(f"(?={re.escape(pair)})", text)]
    return [place > 0 and text[place - 1] in _NEGATORS for place in places]


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
            rules = [behind, following] if "经" in limit[0][:2] or len(bigrams(behind)) < _LEAST else [behind]
            confined = [words for rule in rules if len(words := bigrams(rule)) >= _LEAST]
            return any(len(one & said) >= 0.5 * len(one) for one in confined)
    return False


def _approved(limit: str, sentence: str) -> bool:
    """Whether a sentence says in other words that something was approved, where the limit is an approval."""
    return bool(_APPROVAL.search(limit) and _APPROVAL.search(sentence))
