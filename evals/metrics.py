"""What one answer is worth: pure functions, each in [0, 1], 1 is best unless the name says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant.llm.checking import check
from assistant.llm.evidence import context
from assistant.types import Citation, Statement
from evals.normalise import normalise, says, squeeze
from evals.types import Fact

#: Weight of recall against precision in ROUGE-L, as the DataFountain 424 contest and the COCO captions use it.
BETA = 1.2


def common_subsequence(first: str, second: str) -> int:
    """The length of the longest common subsequence (bit-parallel: Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for place, character in enumerate(first):
        places[character] = places.get(character, 0) | 1 << place
    everything = (1 << len(first)) - 1
    open_places = everything
    for character in second:
        matched = open_places & places.get(character, 0)
        open_places = ((open_places + matched) | (open_places - matched)) & everything
    return len(first) - open_places.bit_count()


def common_substring(first: str, second: str) -> int:
    """The length of the longest run of characters that stands in both."""
    longest = 0
    lengths = [0] * (len(second) + 1)
    for character in first:
        row = [0] * (len(second) + 1)
        for place, other in enumerate(second, start=1):
            if character == other:
                row[place] = lengths[place - 1] + 1
                longest = max(longest, row[place])
        lengths = row
    return longest


def rouge_l(answer: str, gold: str) -> float:
    """ROUGE-L over characters without white space: F = (1 + β²)PR / (R + β²P), β = 1.2."""
    answer, gold = squeeze(answer), squeeze(gold)
    common = common_subsequence(answer, gold)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def character_f1(answer: str, gold: str) -> float:
    """F1 of the normalised characters, each counted as often as it stands in both."""
    said, wanted = Counter(normalise(answer)), Counter(normalise(gold))
    common = (said & wanted).total()
    return 2 * common / (said.total() + wanted.total()) if common else 0.0


def exact_match(answer: str, gold: str) -> float:
    """1 if the two are the same after ``normalise``."""
    return float(normalise(answer) == normalise(gold))


def contains(answer: str, gold: str) -> float:
    """1 if the normalised answer contains the normalised gold answer."""
    return float(says(normalise(answer), normalise(gold)))


def best(metric: Callable[[str, str], float], answer: str, golds: Iterable[str]) -> float:
    """The highest value of ``metric`` over the gold answers; 0 if there are none."""
    return max((metric(answer, gold) for gold in golds), default=0.0)


def said(answer: str, fact: Fact) -> bool:
    """Whether the answer says the fact in one of its forms."""
    text = normalise(answer)
    return any(says(text, normalise(form)) for form in fact.forms)


def fact_recall(answer: str, facts: Sequence[Fact]) -> float:
    """The share of ``facts`` that the answer says; 1 if there are none."""
    return _share(said(answer, fact) for fact in facts)


def forbidden_rate(answer: str, facts: Sequence[Fact]) -> float:
    """The share of forbidden ``facts`` that the answer says: 0 is best; 0 if there are none."""
    return 1 - _share(not said(answer, fact) for fact in facts)


def list_completeness(answer: str, items: Sequence[str]) -> float:
    """Items found in the answer / items there; 1 if there are none to find."""
    text = normalise(answer)
    return _share(normalise(item) in text for item in items)


def list_order(answer: str, items: Sequence[str]) -> float:
    """The share of the items found that stand in the gold order: the longest rising run of their places.

    0 if none is found.
    """
    text = normalise(answer)
    places = [place for item in items if (place := text.find(normalise(item))) >= 0]
    rising = [1] * len(places)
    for later, place in enumerate(places):
        for earlier in range(later):
            if places[earlier] < place:
                rising[later] = max(rising[later], rising[earlier] + 1)
    return max(rising) / len(places) if places else 0.0


def choice(answer: str, right: Sequence[str], wrong: Sequence[str]) -> float:
    """1 if the answer's words point to the right options and away from each wrong one.

    An option is covered as far as one run of the answer repeats it; the least covered right option must be
    covered more than the most covered wrong one, so that an answer which repeats everything scores 0.
    """
    text = normalise(answer)
    chosen = min((_covered(text, option) for option in right), default=0.0)
    return float(chosen > max((_covered(text, option) for option in wrong), default=0.0))


def citation_precision(statements: Sequence[Statement], citations: Sequence[Citation]) -> float:
    """The share of statements that their own citation's quote bears out; 0 if nothing is stated.

    A quote bears out what it contains, and a chat model's words by the rules by which they are checked.
    """
    cited = {citation.marker: citation for citation in citations}
    if not statements:
        return 0.0
    return _share(_borne_out(statement.text, cited.get(statement.marker)) for statement in statements)


def citation_recall(citations: Sequence[Citation], evidence: Sequence[str], documents: Iterable[str]) -> float:
    """The share of gold passages that a citation of a gold document quotes, wholly or in part.

    ``documents`` are ids as the citations carry them; 1 if there is no gold passage.
    """
    wanted = set(documents)
    quotes = [squeeze(citation.quote) for citation in citations if citation.document_id in wanted]
    return _share(
        any(quote and (quote in passage or passage in quote) for quote in quotes)
        for passage in map(squeeze, evidence)
    )


def valid_offsets(citations: Sequence[Citation], texts: Mapping[str, str]) -> float:
    """The share of citations whose range of the document is their quote; must be 1. 1 if there are none."""
    return _share(
        0 <= citation.start < citation.end
        and texts.get(citation.document_id, "")[citation.start : citation.end] == citation.quote
        for citation in citations
    )


def _borne_out(said: str, citation: Citation | None) -> bool:
    text = normalise(said)
    if citation is None or not text:
        return False
    return text in normalise(citation.quote) or not check(said, citation.quote, context(citation))


def _covered(text: str, option: str) -> float:
    option = normalise(option)
    return common_substring(option, text) / len(option) if option else 0.0


def _share(outcomes: Iterable[bool]) -> float:
    seen = list(outcomes)
    return sum(seen) / len(seen) if seen else 1.0
