"""Questions from JSON lines: ``{"question", "history": [{"question", "answer"}], "filters"}``, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.types import Turn
from index.errors import InvalidQuestion
from index.types import Filters


@dataclass(frozen=True, slots=True)
class Asking:
    """One line: its question (empty if none can be read), and what is wrong with it or ``None``."""

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters | None = None
    error: InvalidQuestion | None = None


class _Turn(BaseModel):
    model_config = ConfigDict(strict=True)

    question: str
    answer: str


class _Filters(BaseModel):
    """The fields of ``Filters``; a misspelt one is refused, since it would restrict nothing."""

    model_config = ConfigDict(strict=True, extra="forbid")

    issuer: str = ""
    number: str = ""
    region: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    documents: tuple[str, ...] = Field((), strict=False)
    level: str = ""
    kind: str = ""

    def plain(self) -> Filters:
        """The same as the library takes it."""
        return Filters(**dict(self))


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)

    question: str
    history: list[_Turn] | None = None
    filters: _Filters | None = None


def read(lines: Iterable[bytes]) -> Iterator[Asking]:
    """The lines' questions in order, blank lines left out; a line that holds none is an ``Asking`` with an error."""
    for number, line in enumerate(lines, 1):
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if line:
            yield _asking(line, number)


def _asking(line: bytes, number: int) -> Asking:
    question = ""
    try:
        value = json.loads(line.decode("utf-8"))
        if isinstance(value, dict) and isinstance(value.get("question"), str):
            question = value["question"]
        found = _Line.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        reason = f"{place}: {first['msg']}" if place else first["msg"]
    except (ValueError, RecursionError) as error:
        reason = str(error)
    else:
        filters = found.filters.plain() if found.filters else None
        history = tuple(Turn(turn.question, turn.answer) for turn in found.history or ())
        return Asking(question, history, filters)
    return Asking(
        question,
        error=InvalidQuestion(
            f"line {number} is no question ({reason}); write a JSON object with 'question' in UTF-8",
            f"第 {number} 行不是一个问题（{reason}）；每行应是含 question 的 JSON 对象，UTF-8 编码",
        ),
    )
