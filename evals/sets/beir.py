"""Any retrieval set in BEIR's layout, the C-MTEB sets among them."""

from __future__ import annotations

from pathlib import Path

from evals.sets.files import json_lines, table
from evals.types import Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """corpus.jsonl, queries.jsonl and qrels/PART.tsv; ``part`` is test unless named.

    Asked are the queries with a relevant document; a judgement above zero is relevant.
    """
    relevant: dict[str, list[str]] = {}
    for row in table(folder / "qrels" / f"{part or 'test'}.tsv"):
        if float(row["score"]) > 0:
            relevant.setdefault(row["query-id"], []).append(row["corpus-id"])
    sources = tuple(
        Source(str(row["_id"]), row.get("title") or "", row["text"]) for row in json_lines(folder / "corpus.jsonl")
    )
    questions = tuple(
        Question(str(row["_id"]), row["text"], kind="query", documents=tuple(relevant[str(row["_id"])]))
        for row in json_lines(folder / "queries.jsonl")
        if str(row["_id"]) in relevant
    )
    return Task(folder.name, sources, questions, headline="ndcg@10")
