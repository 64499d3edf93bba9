"""How well a ranking finds the gold documents and the gold words; the measures are those of ir-measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ir_measures
from ir_measures import RR, R, nDCG

from evals.normalise import squeeze

#: The depths at which a ranking is judged.
DEPTHS = (1, 5, 10)

_MEASURES = {
    **{f"recall@{k}": R @ k for k in DEPTHS},
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}


def ranked_documents(ids: Iterable[str]) -> list[str]:
    """The ids of a ranking of passages, each at the place of its best passage."""
    return list(dict.fromkeys(ids))


def document_scores(ranking: Sequence[str], gold: Iterable[str]) -> dict[str, float]:
    """recall@k, MRR@10 and nDCG@10 of one question's ranking of document ids, best first, without repeats.

    Every gold document weighs the same. ``gold`` must not be empty.
    """
    relevant = {"q": dict.fromkeys(gold, 1)}
    run = {"q": {document: float(len(ranking) - place) for place, document in enumerate(ranking)}}
    measured = {
        str(result.measure): float(result.value)
        for result in ir_measures.iter_calc(list(_MEASURES.values()), relevant, run)
    }
    return {name: measured.get(str(measure), 0.0) for name, measure in _MEASURES.items()}


def evidence_scores(passages: Sequence[str], evidence: Sequence[str]) -> dict[str, float]:
    """evidence@k, the share of the gold passages that stand whole in one of the first k passages found.

    White space is not compared. ``evidence`` must not be empty.
    """
    found = [squeeze(passage) for passage in passages]
    wanted = [squeeze(passage) for passage in evidence]
    return {
        f"evidence@{k}": sum(any(words in passage for passage in found[:k]) for words in wanted) / len(wanted)
        for k in DEPTHS
    }
