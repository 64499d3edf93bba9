"""What users say of answers, with all that the answers were made from, and evaluation cases made of it.

It lies in a file of its own, which outlives the conversations and can be handed to whoever evaluates.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.records import kept
from assistant.records.database import Database, Stored
from assistant.records.kept import UNKNOWN, Versions, clean
from assistant.types import Answer, Citation, Turn
from index.errors import TooLarge, UnknownFeedback

FILE = "feedback.sqlite"
REASON = 2000
"""Characters of a reason, at most."""
SIZE = 16 * 2**20
"""Characters of a piece of feedback with its answer and history, at most."""

_APPLICATION = 0x504F4C46  # "POLF"
_LAYOUTS = (
    """
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, at TEXT NOT NULL, good INTEGER NOT NULL,
    reason TEXT NOT NULL, content TEXT NOT NULL
);
CREATE INDEX feedback_at ON feedback (at)
""",
    "CREATE INDEX feedback_of ON feedback (user)",
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one user thinks of one answer, after the turns of ``history``; ``at`` is UTC."""

    id: int
    user: str
    at: datetime
    good: bool
    reason: str
    history: tuple[Turn, ...]
    answer: Answer
    versions: Versions

    @property
    def question(self) -> str:
        """What was asked."""
        return self.answer.question

    @property
    def query(self) -> str:
        """What was searched and answered."""
        return self.answer.query

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the answer cites."""
        return self.answer.citations


class FeedbackStore(Stored):
    """The feedback in ``home``; the file is made with the first. For any number of threads and processes."""

    def __init__(self, home: Path) -> None:
        self._database = Database(home / FILE, _APPLICATION, _LAYOUTS)

    def add(
        self,
        user: str,
        good: bool,
        answer: Answer,
        *,
        reason: str = "",
        history: Sequence[Turn] = (),
        versions: Versions = UNKNOWN,
    ) -> int:
        """Keep a user's opinion of an answer; its id. ``TooLarge`` for more than is kept."""
        turns = [{"question": turn.question, "answer": turn.answer} for turn in history]
        content = kept.written({"history": turns}, answer, versions)
        if len(content) > SIZE:
            raise _too_large()
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO feedback (user, at, good, reason, content) VALUES (?, ?, ?, ?, ?)",
                (clean(user), _text(datetime.now(UTC)), good, _reason(reason), content),
            )
            return int(cursor.lastrowid or 0)

    def change(self, user: str, id: int, good: bool, reason: str = "") -> None:  # noqa: A002
        """Put another opinion in the place of one that the user gave. ``UnknownFeedback``, ``TooLarge``."""
        self._one(
            "UPDATE feedback SET good = ?, reason = ? WHERE user = ? AND id = ?", good, _reason(reason), user, id
        )

    def remove(self, user: str, id: int) -> None:  # noqa: A002
        """Take an opinion back. ``UnknownFeedback``."""
        self._one("DELETE FROM feedback WHERE user = ? AND id = ?", user, id)

    def of(self, user: str) -> tuple[Feedback, ...]:
        """The user's feedback in its order."""
        if not self._database.exists:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM feedback WHERE user = ? ORDER BY id", (clean(user),)
            ).fetchall()
        return tuple(map(self._feedback, rows))

    def all(self, since: datetime | None = None) -> tuple[Feedback, ...]:
        """Everybody's feedback, given at ``since`` (local time if it names no zone) or later, in its order."""
        if not self._database.exists:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM feedback WHERE at >= ? ORDER BY id",
                (_text(since.astimezone(UTC)) if since else "",),
            ).fetchall()
        return tuple(map(self._feedback, rows))

    def _one(self, statement: str, *values: object) -> None:
        """Run a change of one row, the last two values being its user and id."""
        *others, user, id_ = values
        changed = 0
        if self._database.exists:
            with self._database.writing() as connection:
                changed = connection.execute(statement, (*others, clean(str(user)), id_)).rowcount
        if not changed:
            raise UnknownFeedback(
                f"this user has given no feedback {id_}; give the id that adding it returned",
                f"没有该用户编号为 {id_} 的反馈；请给出提交反馈时得到的编号",
            )

    def _feedback(self, row: sqlite3.Row) -> Feedback:
        values, answer, versions = kept.read(row["content"], self._database.path)
        return Feedback(
            id=row["id"],
            user=row["user"],
            at=datetime.fromisoformat(row["at"]),
            good=bool(row["good"]),
            reason=row["reason"],
            history=tuple(Turn(**turn) for turn in values["history"]),
            answer=answer,
            versions=versions,
        )


def _reason(reason: str) -> str:
    if len(reason) > REASON:
        raise _too_large()
    return clean(reason)


def _too_large() -> TooLarge:
    return TooLarge(
        f"a reason holds up to {REASON} characters, and feedback with its answer up to {SIZE}; shorten it",
        f"反馈理由最多 {REASON} 字，连同回答最多 {SIZE // 10_000} 万字；请缩短后再提交",
    )


def _text(at: datetime) -> str:
    """A time as it is kept, by which it can be compared."""
    return at.isoformat(timespec="microseconds")
