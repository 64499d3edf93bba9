"""One answer against what is known of the right one: which metrics apply, and whether the answer is right."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.types import Answer
from evals import metrics, retrieval
from evals.types import Question

_MARKER = re.compile(r"\[\d+\]")
# prompts/llm_instead.md and llm_removed.md
_NOTICE = re.compile(r"\n?^（对话模型.*(?:作答|略去)。）$", re.MULTILINE)

WORST = {"forbidden_rate": 1.0}
"""What a crash scores where zero would be the best."""


def plain(text: str) -> str:
    """``text`` without the markers of citations and what is said of a chat model."""
    return _MARKER.sub("", _NOTICE.sub("", text))


def score(
    question: Question, answer: Answer, headline: str, sources: Mapping[str, str], texts: Mapping[str, str]
) -> dict[str, float]:
    """Every metric that applies to the question, and ``correct``, by which the case as a whole is told.

    ``sources`` maps the library's document ids to the set's, ``texts`` to the documents' texts. A refusal of an
    answerable question has said nothing and scores so. ``correct`` of an unanswerable question is 1 if it was
    refused. Of an answerable one it is the first of these that the set knows: for a ``strict`` question, that
    all facts are said, no forbidden one is, every piece of evidence is cited and all offsets are valid; that
    the right choice is made; that all facts are said and no forbidden one is; the set's ``headline`` metric.
    """
    if question.rewritten:
        return _rewriting(question, answer)
    scores = _ranking(question, answer, sources)
    if answer.citations:
        scores["valid_offsets"] = metrics.valid_offsets(answer.citations, texts)
    if not question.answerable:
        return scores | {"correct": float(not answer.answered)}
    scores |= _text(question, plain(answer.text) if answer.answered else "")
    scores |= _short(question, (answer.short or plain(answer.text)) if answer.answered else "")
    scores |= _citations(question, answer, sources)
    scores["answered"] = float(answer.answered)
    return scores | {"correct": _correct(question, scores, headline)}


def crashed(question: Question, headline: str) -> dict[str, float]:
    """What a question scores whose system died: the worst of every metric that applies."""
    nothing = Answer(question.question, question.question, "", answered=True, kind="open", confidence=0.0)
    return {name: WORST.get(name, 0.0) for name in score(question, nothing, headline, {}, {})}


def _rewriting(question: Question, answer: Answer) -> dict[str, float]:
    exact = metrics.exact_match(answer.query, question.rewritten)
    return {
        "rewrite_exact": exact,
        "rewrite_rouge_l": metrics.rouge_l(answer.query, question.rewritten),
        "rewrite_f1": metrics.character_f1(answer.query, question.rewritten),
        "correct": exact,
    }


def _ranking(question: Question, answer: Answer, sources: Mapping[str, str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    if question.documents:
        names = [sources.get(hit.chunk.document_id, "") for hit in answer.hits]
        scores |= retrieval.document_scores(retrieval.ranked_documents(names), question.documents)
    if question.evidence:
        scores |= retrieval.evidence_scores([hit.chunk.text for hit in answer.hits], question.evidence)
    return scores


def _text(question: Question, text: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    if question.answers:
        scores["rouge_l"] = metrics.best(metrics.rouge_l, text, question.answers)
        scores["f1"] = metrics.best(metrics.character_f1, text, question.answers)
        scores["exact"] = metrics.best(metrics.exact_match, text, question.answers)
        scores["contains"] = metrics.best(metrics.contains, text, question.answers)
    if question.must:
        scores["fact_recall"] = metrics.fact_recall(text, question.must)
    if question.must_not:
        scores["forbidden_rate"] = metrics.forbidden_rate(text, question.must_not)
    if question.must or question.must_not:
        told = scores.get("fact_recall", 1.0) == 1 and scores.get("forbidden_rate", 0.0) == 0
        scores["accurate"] = float(told and bool(text))
    if question.items:
        scores["list_completeness"] = metrics.list_completeness(text, question.items)
        scores["list_order"] = metrics.list_order(text, question.items)
    if question.right:
        scores["choice"] = metrics.choice(text, question.right, question.wrong)
    return scores


def _short(question: Question, text: str) -> dict[str, float]:
    """How near what answers by itself comes to the right answer, where the set gives one in so many words."""
    if not question.answers:
        return {}
    return {
        "short_rouge_l": metrics.best(metrics.rouge_l, text, question.answers),
        "short_f1": metrics.best(metrics.character_f1, text, question.answers),
        "short_exact": metrics.best(metrics.exact_match, text, question.answers),
    }


def _citations(question: Question, answer: Answer, sources: Mapping[str, str]) -> dict[str, float]:
    scores = {}
    cited = answer.citations if answer.answered else ()
    if answer.answered:
        scores["citation_precision"] = metrics.citation_precision(answer.statements, cited)
    if question.evidence:
        gold = [key for key, name in sources.items() if name in question.documents]
        scores["citation_recall"] = metrics.citation_recall(cited, question.evidence, gold)
    return scores


def _correct(question: Question, scores: Mapping[str, float], headline: str) -> float:
    if question.strict:
        cited = scores.get("citation_recall", 1.0) == 1 and scores.get("valid_offsets", 1.0) == 1
        return float(bool(scores["answered"]) and scores.get("accurate", 1.0) == 1 and cited)
    for name in ("choice", "accurate", headline, "rouge_l"):
        if name in scores:
            return scores[name]
    return scores["answered"]
