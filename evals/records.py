"""Records to JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    """Write the record as one more line of ``path``."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(to_json(record), ensure_ascii=False) + "\n")


def restored(path: Path) -> list[Record]:
    """The records that ``append`` wrote to ``path``; a line that was cut short ends them."""
    found: list[Record] = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            try:
                found.append(from_json(json.loads(line)))
            except (KeyError, TypeError, ValueError):
                break
    return found
