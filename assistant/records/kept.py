"""Answers as they are kept in conversations and feedback: JSON without the hits, and what they were made from."""

from __future__ import annotations

import json
import re
from dataclasses import Field, dataclass, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.types import Answer, Citation, Statement
from index.errors import StorageDamaged, UnknownDocument

if TYPE_CHECKING:
    from index.library import Library

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Versions:
    """What an answer was made from; 0 or empty where it is not known.

    ``library`` is the number of the library's state, ``documents`` each cited document's id and content hash,
    ``software`` the version of this package.
    """

    library: int = 0
    documents: tuple[tuple[str, str], ...] = ()
    software: str = ""


UNKNOWN = Versions()
"""Of an answer of which nothing more is known."""


Kind = TypeVar("Kind", Answer, Citation, Statement, Versions)


def versions(library: Library, answer: Answer) -> Versions:
    """What ``answer`` was just made from; documents that are gone again are left out."""
    documents = []
    for id_ in dict.fromkeys(citation.document_id for citation in answer.citations):
        try:
            documents.append((id_, library.document(id_).content_hash))
        except UnknownDocument:
            continue
    return Versions(library.version, tuple(documents), version("policy-assistant"))


def clean(text: str) -> str:
    """``text`` as it can be kept: lone surrogates, which are no characters, become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def written(values: dict[str, Any], answer: Answer, made_from: Versions) -> str:
    """One JSON object of ``values``, an answer without its hits, and what it was made from."""
    plain = _plain(answer)
    del plain["hits"]
    record = {**values, "answer": plain, "versions": made_from}
    return clean(json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_plain))


def read(content: str, path: Path) -> tuple[dict[str, Any], Answer, Versions]:
    """What ``written`` made ``content`` of; ``StorageDamaged``, naming the file, if it did not.

    Fields that have been added since get their defaults, those that are gone are passed over.
    """
    try:
        record = json.loads(content)
        plain = record.pop("answer")
        plain["statements"] = [_made(Statement, values) for values in plain["statements"]]
        plain["citations"] = [_made(Citation, values) for values in plain["citations"]]
        return record, _made(Answer, plain), _made(Versions, record.pop("versions"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageDamaged(
            f"{path} holds an answer that cannot be read ({type(error).__name__}); restore a copy",
            f"{path} 中有一条回答无法读取（{type(error).__name__}）；请恢复备份",
        ) from error


def _plain(value: Any) -> Any:
    """What JSON has for a day, or for an instance of a dataclass: its fields, not copied."""
    if isinstance(value, date):
        return value.isoformat()
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _made(kind: type[Kind], values: dict[str, Any]) -> Kind:
    """An instance of a dataclass of the values of its fields as JSON has them."""
    return kind(
        **{field.name: _value(field, values[field.name]) for field in fields(kind) if field.name in values}
    )


def _value(field: Field[Any], value: Any) -> Any:
    """A field's value: lists as tuples, days as dates."""
    if isinstance(value, str) and field.type in ("date", "date | None"):
        return date.fromisoformat(value)
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
