"""What a sentence makes of what it restates: forbids, demands or permits it, denies it.

Each function gives what is wrong with a ``plain`` sentence beside the ``plain`` quote that it restates, as words to
be logged and tested; an empty tuple if nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.llm.amounts import COMPARISONS
from assistant.llm.phrases import light
from assistant.llm.plain import bigrams, clauses

FORBIDS, DEMANDS, PERMITS, DENIES, SPARES = "forbids", "demands", "permits", "denies", "spares"

FORCE = re.compile(
    r"(?P<spares>无需|无须|毋须|不必|不需要?|免于|可以不|(?<!许)可不(?!是))"
    r"|(?P<forbids>不得|严格禁止|严禁|禁止|不准|不许|不允许|不能|不可(?![抗分避缺逆])|不应当?|不宜|不再允许)"
    r"|(?P<denies>不予以?|不再|不会|没有|无法|未能|尚未|并未|从未|均未)"
    r"|(?P<permits>可以|(?<![不许认尽宁即便])可(?![能是行靠见观控信持用谓知操爱怕怜惜悲喜抗分避缺逆比燃溶变视追移]|回收|降解|再生|再现|以|用)|允许|准许|准予|有权|能够|(?<=[也就都还])能(?![力源量耗效])|(?<![不许认尽宁])可(?=用来|用于|用作))"
    r"|(?P<demands>应当|应该|必须|务必|务须|(?<![对适响相反效供回感答呼照理顺])应(?![急对用届收付税诉聘邀有声答变激力运援得尽缴纳])"
    r"|须(?!知)|有义务|有责任|(?<![据照的和际视])需要(?![，。；和的])|需(?![求量要])|(?<![重主需必纲摘首只扼提不])要(?![求素点领件闻害塞旨务紧]|[^，。；]{2,24}的$))"
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
_BENEFIT = re.compile(
    r"扣除|免(?=[^，。；除])|结转|享受|申请|申领|领取|报销|获得|补贴|补助|奖励|查询|咨询|免费|优惠|减免|抵免|贷款"
)
"""What one is given: to be given it, and to be free to take it, is the same."""
_FAVOURS = re.compile(r"鼓励|支持|优先")
"""What is said of something that may be done."""
_AVERTS = re.compile(r"(?:应当?|须|要)[^，。；]{0,4}(?:避免|防止|杜绝)")
"""What is said of something that is not to happen."""
_REACH = 0.6
"""Share of what a force governs that a clause without it must restate to have dropped it."""

_NEGATORS = "不未无非没勿免"
_DENYING = re.compile(
    r"(?:[不未无非没勿](?:出现|发生|存在|产生|任何|有|尽|够|太|很|完全)?|(?<![避难减豁])免|失去|丧失|缺乏|缺少)$"
)
"""What denies the word behind it."""
_NEGATIVE = re.compile(r"[不未无非没勿除]|(?<![避难减豁])免|禁止|严禁|拒绝|失去|丧失|缺乏|缺少|停止")
"""What a clause has in which something is denied."""
_LEXICAL = re.compile(r"非[法常但洲]|不[断仅但过同少良论管足]|无[论人]|未[来必]")
"""Words in which a negator denies nothing."""
_DENIERS = "未不"
_DENIAL = re.compile(r"未予|不予以?|未经|没有|未按照?|尚未|[未不无非]")
_BEHIND = 6
"""Characters behind a negator that it denies."""
_SAME = 0.75
"""Share of a clause's pairs of characters that stand in the one clause that it restates."""
_WHOLE = 0.7
"""Share of the pairs of characters of the one clause that make a clause that restates it restate the whole of it."""
_COMPARED = re.compile(rf"({COMPARISONS.pattern})([^，。；]{{0,8}}?[＃\d])")
_ATTRIBUTE = "的"
_TURNING = "由但其"
"""What a clause begins with that does not go on with what the one before it permits."""
_TOPIC = re.compile(r"^(?:对|凡|在|以及)|[的时后前]$")
"""What makes a clause the topic of the one behind it."""
SEGMENT = re.compile(r"[；;。！？](?!但)")


def force(sentence: str, quote: str) -> tuple[str, ...]:
    """Where a sentence forbids, demands, permits or denies what the quote does not, or no longer does."""
    said, source = _leveled(sentence), _leveled(quote)
    for word in re.findall("不予([一-鿿]{2})", source):
        said = said.replace(f"不{word}", f"不予{word}")
    parts = [clause.text for clause in clauses(source)]
    kept = {match.lastgroup for match in FORCE.finditer(said)}
    found: list[str] = []
    for clause in clauses(said):
        if clause.text in parts:
            continue
        aligned = counterpart(clause.text, parts)
        whole = bool(aligned) and len(bigrams(aligned) & bigrams(clause.text)) >= _WHOLE * len(bigrams(aligned))
        found += _forced(
            clause.text,
            aligned or source,
            _governed(source),
            dropping=whole or not {FORBIDS, DENIES, SPARES} & kept,
        )
        found += _negated(clause.text, aligned or source)
        if aligned:
            found += _out_of_step(clause.text, aligned, whole)
    return (*found, *_closed_up(said, source))


def _forced(clause: str, source: str, everywhere: Mapping[str, frozenset[str]], dropping: bool) -> Iterator[str]:
    """The words of force of a clause under which it puts what the source puts under others, or under none.

    What stands right behind a word of force may be so governed ``everywhere`` in the quote.

    With ``dropping``, also the words of force that a clause without any leaves out.
    """
    governed = {**everywhere, **_governed(source)}
    bare = FORCE.search(clause) is None and not clause.startswith("或")
    against: set[str] = set()
    heads = {(match.lastgroup, clause[match.end() : match.end() + 2]) for match in FORCE.finditer(clause)}
    firmly = any(kind in everywhere.get(head, ()) for kind, head in heads)
    for kind, pairs in _ruled(clause):
        shared = [pair for pair in pairs if pair in governed]
        agrees = _AGREES[kind] | ({""} if kind == PERMITS and _BENEFIT.search(clause) else set())
        agreeing = [pair for pair in shared if kind and (_AGREES[kind] - {""}) & governed[pair]]
        opposed = [pair for pair in shared if not agrees & governed[pair]]
        against |= set(opposed)
        if kind and len(opposed) > len(agreeing) and not firmly:
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
        if re.fullmatch("[一-鿿]{4}", closed) and closed in said and closed not in source:
            yield f"no longer denied: {closed}"


def counterpart(clause: str, parts: Sequence[str]) -> str:
    """The one of ``parts`` that a clause restates nearly whole; an empty string if there is none."""
    pairs = bigrams(FORCE.sub("＃", clause))
    best = max(parts, key=lambda part: len(pairs & bigrams(part)), default="")
    return best if pairs and len(pairs & bigrams(best)) >= _SAME * len(pairs) else ""


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
    """Every pair of characters of a quote, and the forces that govern it.

    What a force is laid on is also governed by it: in 对困难企业，不得断贷 the 困难企业; and so
    is what goes on with what is permitted: in 可以划定，公布禁止使用的区域 the 公布.
    """
    found: dict[str, set[str]] = {}
    for sentence in filter(None, SEGMENT.split(quote)):
        parts = clauses(sentence)
        ruled = [list(_ruled(clause.text)) for clause in parts]
        for place, (clause, regions) in enumerate(zip(parts, ruled, strict=True)):
            before = ruled[place - 1][-1][0] if place else ""
            laid = {before, *(kind for kind, _ in regions[1:2])}
            if _TOPIC.search(clause.text):
                laid |= {kind for one in ruled[place + 1 :] for kind, _ in one}
            for number, (kind, pairs) in enumerate(regions):
                kinds = (
                    {kind}
                    if number
                    else laid - {""}
                    if before == PERMITS and clause.text[:1] not in _TURNING
                    else {kind, *laid}
                )
                for pair in pairs:
                    found.setdefault(pair, set()).update(kinds)
                    if not kind and (
                        any(_behind_negator(clause.text, pair))
                        or f"停止{pair}" in clause.text
                        or _denied_through(clause.text, pair)
                    ):
                        found[pair].add(DENIES)
                    if not kind and _FAVOURS.search(clause.text):
                        found[pair].add(PERMITS)
                    if _AVERTS.search(clause.text[: clause.text.find(pair)]):
                        found[pair].add(FORBIDS)
    return {pair: frozenset(kinds) for pair, kinds in found.items()}


@lru_cache(maxsize=4_000)
def _regions(quote: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """What each word of force of a quote governs."""
    return tuple(
        (kind, pairs) for clause in clauses(quote) for kind, pairs in _ruled(clause.text) if kind and pairs
    )


def _negated(said: str, source: str) -> Iterator[str]:
    """What stands behind a negator everywhere in one of the two, and in clauses without any in the other."""
    for pair in bigrams(said):
        here, there = _behind_negator(said, pair), _behind_negator(source, pair)
        if not there or pair in light():
            continue
        fewest, most = min(_negatives(said, pair)), max(_negatives(source, pair))
        if all(there) and fewest == 0:
            yield f"no longer denied: {pair}"
        elif all(here) and not any(there) and fewest > most:
            yield f"denied: {pair}"


def _behind_negator(text: str, pair: str) -> list[bool]:
    """For each place of ``pair``, whether a negator that is no word of force stands before it."""
    return [
        _DENYING.search(text[max(0, place - 4) : place]) is not None
        and not _LEXICAL.fullmatch(text[max(0, place - 1) : place + 1])
        for place in _places(text, pair)
    ]


def _denied_through(clause: str, pair: str) -> bool:
    """Whether a clause without attributes denies what leads to ``pair``: 不加收税款滞纳金."""
    return _ATTRIBUTE not in clause and re.search(f"不[^不、]{{2,}}?{re.escape(pair)}", clause) is not None


def _negatives(text: str, pair: str) -> list[int]:
    """For each place of ``pair``, how often its clause denies something before it, or excepts from it."""
    return [
        len(_NEGATIVE.findall(text[one.start : place])) + ("除外" in one.text)
        for place in _places(text, pair)
        for one in clauses(text)
        if one.start <= place < one.end
    ]


def _places(text: str, pair: str) -> list[int]:
    return [match.start() for match in re.finditer(f"(?={re.escape(pair)})", text)]
