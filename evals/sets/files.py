"""Reading the files of question sets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.errors import MalformedSet, MissingSet

#: Rows of a set are as wide as a document; the standard library's limit is 131,072 characters.
csv.field_size_limit(1 << 28)


def present(path: Path) -> Path:
    """``path`` itself, or ``MissingSet`` if nothing is there."""
    if not path.exists():
        raise MissingSet(f"{path} does not exist", f"没有 {path}")
    return path


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file; empty lines are skipped, and NaN, which JSON does not know, is ``None``."""
    with present(path).open(encoding="utf-8-sig") as lines:
        for place, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line, parse_constant=lambda _: None)
            except ValueError as error:
                raise MalformedSet(
                    f"{path}:{place} is not JSON: {error}; fetch the file again",
                    f"{path} 第 {place} 行不是 JSON，请重新获取该文件",
                ) from error
            yield row


def table(path: Path, delimiter: str = "\t") -> Iterator[dict[str, str]]:
    """The rows of a delimited file by the names of its header line; a byte-order mark is dropped."""
    with present(path).open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
