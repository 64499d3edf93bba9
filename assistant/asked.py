"""What the chain takes: a question, the turns before it, and which documents may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from assistant.types import Turn
from index.errors import InvalidQuestion
from index.types import Filters

_FILTERS = tuple(field.name for field in fields(Filters))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the chain takes: a question, the turns before it, and which documents may answer."""

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters | None = None


def asked(given: Any) -> Asked:
    """``given`` as it is asked: an ``Asked``, a plain string, or a mapping of plain values or objects.

    A mapping may hold more than question, history and filters, as one that came through other parts of a chain
    does. Raises ``InvalidQuestion`` for anything else, and for a part that is none.
    """
    question: Any = given
    history: Any = None
    filters: Any = None
    if isinstance(given, Asked):
        question, history, filters = given.question, given.history, given.filters
    elif isinstance(given, Mapping):
        if "question" not in given:
            raise _without_question(given)
        question, history, filters = (given.get(name) for name in ("question", "history", "filters"))
    if not isinstance(question, str):
        raise InvalidQuestion(
            f"a question is a string, or a mapping with 'question', not {_kind(question)}; write what you want to know",
            f"问题应是文字，或含 question 的映射，而不是 {_kind(question)}；请写出想问的话",
        )
    return Asked(question, _turns(history), _filters(filters))


def _without_question(given: Mapping[Any, Any]) -> InvalidQuestion:
    names = ", ".join(map(repr, given))
    return InvalidQuestion(
        f"what was asked has no 'question', only {names or 'nothing at all'}; "
        "give {'question': …}, with 'history' and 'filters' if need be",
        f"缺少 question，{f'只有 {names}' if names else '什么也没有'}；"
        "请写成 {'question': …}，另可加 history 和 filters",
    )


def _turns(history: Any) -> tuple[Turn, ...]:
    if history is None:
        return ()
    if not isinstance(history, Sequence) or isinstance(history, str | bytes):
        raise InvalidQuestion(
            f"the history is a list of turns, not {_kind(history)}; give [{{'question': …, 'answer': …}}, …]",
            f"history 应是此前各轮问答的列表，而不是 {_kind(history)}；请写成 [{{'question': …, 'answer': …}}, …]",
        )
    return tuple(_turn(turn, place) for place, turn in enumerate(history, 1))


def _turn(turn: Any, place: int) -> Turn:
    if isinstance(turn, Mapping):
        turn = Turn(turn.get("question"), turn.get("answer"))  # type: ignore[arg-type]  # looked at below
    if not isinstance(turn, Turn) or not isinstance(turn.question, str) or not isinstance(turn.answer, str):
        raise InvalidQuestion(
            f"turn {place} of the history is no question with its answer; "
            "give a Turn, or {'question': …, 'answer': …}, both of them strings",
            f"history 的第 {place} 轮不是一问一答；请给出 Turn，或 {{'question': …, 'answer': …}}，两者都应是文字",
        )
    return turn


def _filters(filters: Any) -> Filters | None:
    if filters is None:
        return None
    if isinstance(filters, Mapping):
        unknown = [name for name in filters if name not in _FILTERS]
        if unknown:
            names = ", ".join(map(repr, unknown))
            raise InvalidQuestion(
                f"there is no filter {names}; the filters are {', '.join(_FILTERS)}",
                f"没有名为 {names} 的限定条件；可用的有：{'、'.join(_FILTERS)}",
            )
        filters = Filters(**filters)
    if not isinstance(filters, Filters):
        raise InvalidQuestion(
            f"filters are a Filters or a mapping of its fields, not {_kind(filters)}; "
            "give for example {'issuer': '生态环境部'}",
            f"filters 应是 Filters 或其各项的映射，而不是 {_kind(filters)}；例如 {{'issuer': '生态环境部'}}",
        )
    for name in _FILTERS:
        value = getattr(filters, name)
        if name != "documents" and not isinstance(value, str):
            raise InvalidQuestion(
                f"the filter '{name}' is a string, not {_kind(value)}; days are written as '2021-01-31'",
                f"限定条件“{name}”应是文字，而不是 {_kind(value)}；日期写成 '2021-01-31' 的形式",
            )
    return Filters(
        **{name: getattr(filters, name) for name in _FILTERS if name != "documents"},
        documents=_ids(filters.documents),
    )


def _ids(documents: Any) -> tuple[str, ...]:
    """The ids of documents, of which a single string is not one each of its characters."""
    several = isinstance(documents, Sequence | set | frozenset) and not isinstance(documents, str | bytes)
    if not several or not all(isinstance(id_, str) for id_ in documents):
        raise InvalidQuestion(
            f"the filter 'documents' is a list of documents' ids, not {_kind(documents)}; "
            "'policyqa documents' lists them",
            f"限定条件“documents”应是文件编号的列表，而不是 {_kind(documents)}；编号可用 policyqa documents 查看",
        )
    return tuple(documents)


def _kind(value: Any) -> str:
    """What ``value`` is, in the words of Python."""
    return type(value).__name__
