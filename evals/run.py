"""Asking every question of a set of every system, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.reader import weights
from assistant.settings import Settings
from assistant.types import Answer, Citation
from evals import records
from evals.baselines import baseline
from evals.collection import Collection, collect, sample
from evals.errors import SeenByTraining
from evals.folds import kept_out
from evals.memory import RememberingEncoder
from evals.provenance import ROOT, code_hash, commit, data_hash, machine, versions
from evals.report import Report
from evals.score import crashed, score
from evals.silence import silent
from evals.types import Plan, Question, Quote, Record, System
from index import changes
from index import questions as asking
from index.library import PassageEncoder, Progress
from index.types import Hit

SPLIT_SEED = "policyqa-2026"
"""The published seed by which a set without a split of its own is halved."""

ASSISTANT = "assistant"
UNSEEN = "unseen"
"""The split of the questions that the trained reader has not seen."""

_SHOWN_HITS = 10
_SHOWN_CHARACTERS = 200

_log = logging.getLogger(__name__)

Asked = Callable[[str, int, int], None]
"""Called after each question with the system's name, the questions done and how many there are."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run; ``checkpoint`` may be deleted once the report is kept."""

    report: Report
    checkpoint: Path


def run(
    plan: Plan,
    settings: Settings,
    ingesting: Progress | None = None,
    asked: Asked | None = None,
    *,
    encoder: PassageEncoder | None = None,
) -> Run:
    """Ask the assistant, and each baseline of the plan, every question of the plan.

    All use ``encoder``, or the one of the settings; the baselines without its trained question side. Libraries, vectors
    and checkpoints are kept in the folder evals of the home. A system that raises scores zero for that question, and
    the record says of what it died.
    """
    folder = settings.home / "evals"
    questions = chosen(plan, _fold(settings, plan.task.name) if plan.split == UNSEEN else 0)
    needed = [name for question in questions for name in question.documents + question.within]
    sources = sample(plan.task.sources, needed, plan.documents, lambda name: _lot(str(plan.seed), name))
    if plan.silent:
        questions += silent(questions, sources)
    remembering = RememberingEncoder.configured(settings, encoder)
    plain = RememberingEncoder.configured(replace(settings, questions="plain"), encoder)
    try:
        collection = collect(plan.task.name, sources, remembering, folder / "libraries", ingesting)
        try:
            about = _about(plan, len(sources), questions, collection, remembering.name)
            about["weights"] = {name: card["sha256"][:12] for name, card in _cards(settings)}
            about["llm"] = settings.llm_model
            checkpoint = folder / "runs" / f"{plan.task.name}-{_key(about)}.jsonl"
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            for each in (remembering, plain) if plan.compare else (remembering,):
                each.encode_queries(["预热"])  # loads the model, which is no question's time
            found: list[Record] = []
            for name in (ASSISTANT, *plan.compare):
                system: System = (
                    Assistant(collection.library, settings)
                    if name == ASSISTANT
                    else baseline(name, collection.library, plain)
                )
                found += ask_all(name, system, questions, plan.task.headline, collection, checkpoint, asked)
        finally:
            collection.close()
    finally:
        remembering.close()
        plain.close()
    return Run(Report(about, tuple(found)), checkpoint)


def _cards(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cards of the trained weights that the settings name, each with the name of its setting."""
    if file := changes.named(settings.reader, weights.FILE):
        yield "reader", weights.card(changes.beside(file))
    if settings.model == Settings().model and (file := changes.named(settings.questions, asking.FILE)):
        yield "questions", asking.card(changes.beside(file))


def _fold(settings: Settings, task: str) -> int:
    """The fold of the set ``task`` that all trained weights in use have not seen. Raises ``SeenByTraining``.

    A card that says ``null`` is of weights that have seen none of the folds, of the ``sets`` that it names or of all.
    """
    folds = {
        name: card.get("fold", "") if task in card.get("sets", (task,)) else "" for name, card in _cards(settings)
    }
    told = {fold for fold in folds.values() if fold is not None}
    if len(told) > 1 or "" in told:
        names = ", ".join(f"{name}: {fold or 'not said'}" for name, fold in folds.items())
        raise SeenByTraining(
            f"no question is unseen by all weights in use ({names}); set 'reader' and 'questions' to weights of one fold",
            f"所用的权重没有共同未见过的题（{names}）；请把 reader 和 questions 设为同一折的权重",
        )
    return int(told.pop()) if told else 0


def chosen(plan: Plan, out: int = 0) -> tuple[Question, ...]:
    """The questions of the plan, in the set's order; which ones depends on their ids and the seed alone.

    Those not seen are those of the fold ``out``, which the reader was trained without.
    """
    if plan.split == UNSEEN:
        questions = list(kept_out(plan.task, out))
    else:
        questions = [question for question in plan.task.questions if plan.split in ("all", split(question))]
    if plan.limit:
        drawn = sorted(questions, key=lambda question: _lot(str(plan.seed), question.id))[: plan.limit]
        kept = {question.id for question in drawn}
        questions = [question for question in questions if question.id in kept]
    return tuple(questions)


def split(question: Question) -> str:
    """Either dev or test: the set's own split, or a half by the lot of the question's id."""
    return question.split or ("dev", "test")[int(_lot(SPLIT_SEED, question.id), 16) % 2]


def ask_all(
    name: str,
    system: System,
    questions: Sequence[Question],
    headline: str,
    collection: Collection,
    checkpoint: Path,
    asked: Asked | None = None,
) -> list[Record]:
    """A record for each question, in their order; those that ``checkpoint`` has are not asked again."""
    done = {record.id: record for record in records.restored(checkpoint) if record.system == name}
    for place, question in enumerate(questions, start=1):
        if question.id not in done:
            done[question.id] = ask(name, system, question, headline, collection)
            records.append(checkpoint, done[question.id])
        if asked is not None:
            asked(name, place, len(questions))
    return [done[question.id] for question in questions]


def ask(name: str, system: System, question: Question, headline: str, collection: Collection) -> Record:
    """What ``system`` does with one question, whatever it does."""
    record = Record(
        question.id,
        name,
        question.kind,
        question.question,
        question.history,
        question.answerable,
        gold=_gold(question),
        documents=question.documents,
        evidence=question.evidence,
    )
    started = time.perf_counter()
    try:
        answer = system.ask(question.question, question.history, collection.filters(question.within))
        seconds = time.perf_counter() - started
        scores = score(question, answer, headline, collection.sources, collection.texts)
    except Exception as error:  # a crash is a result
        seconds = time.perf_counter() - started
        why = f"{type(error).__name__}: {error} ({_place(error)})"
        _log.warning("%s died of question %s: %s", name, question.id, why)
        return replace(record, scores=crashed(question, headline), seconds=seconds, error=why)
    return replace(record, **_said(answer, collection), scores=scores, seconds=seconds)


def _place(error: Exception) -> str:
    """The line of this project in which the error came up, or the last one of any."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename
    ]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _said(answer: Answer, collection: Collection) -> dict[str, Any]:
    return {
        "query": answer.query,
        "answered": answer.answered,
        "refusal": answer.refusal,
        "text": answer.text,
        "confidence": answer.confidence,
        "hits": tuple(_found(hit, collection) for hit in answer.hits[:_SHOWN_HITS]),
        "citations": tuple(_quoted(citation, collection) for citation in answer.citations),
    }


def _found(hit: Hit, collection: Collection) -> Quote:
    chunk = hit.chunk
    source = collection.sources.get(chunk.document_id, "")
    return Quote(source, chunk.start, chunk.end, chunk.text[:_SHOWN_CHARACTERS], hit.score)


def _quoted(citation: Citation, collection: Collection) -> Quote:
    source = collection.sources.get(citation.document_id, "")
    return Quote(source, citation.start, citation.end, citation.quote)


def _gold(question: Question) -> tuple[str, ...]:
    """What a reader of the report compares the answer with."""
    if question.rewritten:
        return (question.rewritten,)
    return question.answers or tuple(fact.forms[0] for fact in question.must)


def _about(
    plan: Plan, documents: int, questions: Sequence[Question], collection: Collection, encoder: str
) -> dict[str, object]:
    return {
        "set": plan.task.name,
        "note": plan.task.note,
        "headline": plan.task.headline,
        "systems": [ASSISTANT, *plan.compare],
        "split": plan.split,
        "silent": plan.silent,
        "limit": plan.limit,
        "seed": plan.seed,
        "questions": len(questions),
        "documents": documents,
        "documents of the set": len(plan.task.sources),
        "documents that failed": len(collection.failed),
        "passages": sum(summary.chunks for summary in collection.library.documents()),
        "data": data_hash([*plan.task.sources, *questions]),
        "encoder": encoder,
        "code": code_hash(encoder),
        "commit": commit(),
        "versions": versions(),
        "machine": machine(),
    }


def _key(about: dict[str, object]) -> str:
    """What must be the same for a checkpoint to be of the same run; further systems may join it."""
    return hashlib.sha256(repr({**about, "systems": (), "commit": ""}).encode()).hexdigest()[:12]


def _lot(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode("utf-8", "surrogatepass")).hexdigest()
