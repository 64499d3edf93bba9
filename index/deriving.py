"""What is derived from the store: the validity of its documents, and what search needs, kept on disk for next time."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from index.lexical import Lexical
from index.search import Snapshot, context
from index.store import Store, Summary
from index.validity import validity, with_validity
from index.vectors import Vectors

_log = logging.getLogger(__name__)


def documents(store: Store, today: date) -> dict[str, Summary]:
    """All documents, with their validity as of ``today``, by their ids, in the order of their titles."""
    summaries = store.summaries()
    known = validity({summary.id: summary.facts for summary in summaries}, store.repeals(), today)
    return {one.id: replace(one, facts=with_validity(one.facts, known.get(one.id))) for one in summaries}


def derived(store: Store, home: Path, before: Lexical | None, *, keep: bool) -> Snapshot:
    """What search needs of the state that the open transaction of ``store`` sees.

    What lies in ``home`` of the same state is taken; else it is made, the words from those of the state ``before``,
    and with ``keep`` laid there for the next process.
    """
    stamp, listed = store.meta("stamp"), tuple(documents(store, date.today()).values())
    ordinals = {document.id: place for place, document in enumerate(listed)}
    places = store.places()
    lexical_path, vectors_path = home / "lexical.npz", home / "vectors.npz"
    lexical = Lexical.load(lexical_path, stamp)
    if lexical is None:
        titles = {document.id: document.title for document in listed}
        texts = (
            f"{context(titles[chunk.document_id], chunk.heading)}\n{chunk.text}" for chunk in store.every_chunk()
        )
        lexical = Lexical.build(texts, before or Lexical.load(lexical_path, None))
        if keep:
            _keep(lexical, lexical_path, stamp)
    vectors = Vectors.load(vectors_path, stamp)
    if vectors is None:
        vectors = Vectors.build(store.first_vectors())
        if keep:
            _keep(vectors, vectors_path, stamp)
    return Snapshot(
        stamp=stamp,
        ids=np.array([place[0] for place in places], dtype=np.int64),
        owner=np.array([ordinals[place[1]] for place in places], dtype=np.int64),
        periods=np.array([place[2] for place in places], dtype=np.str_),
        documents=listed,
        lexical=lexical,
        vectors=vectors,
    )


def _keep(made: Lexical | Vectors, path: Path, stamp: str) -> None:
    """Save it; where that cannot be, it lives in memory alone."""
    try:
        made.save(path, stamp)
    except OSError as error:
        _log.info("%s is not kept on disk: %s", path, error)
