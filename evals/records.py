"""Records to JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.types import Turn
from evals.types import Quote, Record


def to_json(record: Record) -> dict[str, Any]:
    """The record as JSON values, its fields by their names."""
    return asdict(record)


def from_json(values: Mapping[str, Any]) -> Record:
    """The record that ``to_json`` gave; ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    tuples = {name: tuple(values[name]) for name in ("gold", "documents", "evidence")}
    quotes = {name: tuple(Quote(**quote) for quote in values[name]) for name in ("hits", "citations")}
    history = tuple(Turn(**turn) for turn in values["history"])
    return Record(**{**values, **tuples, **quotes, "history": history})


def append(path: Path, record: Record) -> None:
    """Write the record as one more line of ``path``; the line break goes first, so that it ends a cut line."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps(to_json(record), ensure_ascii=False))


def restored(path: Path) -> list[Record]:
    """The records that ``append`` wrote to ``path``; a line that was cut short is passed over."""
    found: list[Record] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else ():
        with suppress(KeyError, TypeError, ValueError):
            found.append(from_json(json.loads(line)))
    return found
