"""The conversations of every user, kept from one start of the server to the next.

They lie in a file of their own, not in the library's: SQLite lets one writer at a time into a file, and a chat must
not wait until a long ingest is done. Whoever asks for another's conversation is told that there is none.
"""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.records import kept
from assistant.records.database import Database, Stored
from assistant.records.kept import UNKNOWN, Versions, clean
from assistant.types import Answer
from index.errors import TooLarge, UnknownConversation

FILE = "conversations.sqlite"
TURNS = 1000
"""Exchanges of a conversation, at most."""
SIZE = 64 * 2**20
"""Characters of a conversation as it is kept, at most."""
TITLE = 60
"""Characters of a title, at most; a longer one is cut."""
UNTITLED = "新对话"
"""The title of a conversation in which nothing was asked yet."""

_APPLICATION = 0x504F4C43  # "POLC"
_LAYOUTS = (
    """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, words TEXT NOT NULL, renamed INTEGER NOT NULL,
    started TEXT NOT NULL, changed TEXT NOT NULL, turns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_of ON conversations (user, changed);
CREATE TABLE exchanges (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    words TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (conversation, number)
)
""",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was typed and the whole answer to it, which is kept without its hits."""

    question: str
    answer: Answer
    versions: Versions = UNKNOWN


@dataclass(frozen=True, slots=True)
class ConversationHead:
    """A conversation without what was said in it; the times are UTC."""

    id: str
    title: str
    started: datetime
    changed: datetime
    turns: int


class Conversations(Stored):
    """The conversations in ``home``; the file is made with the first. For any number of threads and processes.

    A ``user`` is a name, empty in an installation without users. ``UnknownConversation`` is raised for an id that
    is not the user's, ``TooLarge`` for more than is kept; then nothing has changed.
    """

    def __init__(self, home: Path) -> None:
        self._database = Database(home / FILE, _APPLICATION, _LAYOUTS)

    def start(self, user: str) -> str:
        """The id of a new, empty conversation."""
        id_, now = secrets.token_hex(16), _now()
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, '', 0, ?, ?, 0)",
                (id_, clean(user), UNTITLED, now, now),
            )
        return id_

    def save(self, user: str, id: str, exchanges: Sequence[Exchange]) -> None:  # noqa: A002
        """Make the conversation what ``exchanges`` say, the whole of it: what it held before is replaced.

        Its title is the first question unless it was renamed.
        """
        contents = [_content(exchange) for exchange in exchanges]
        with self._writing(user, id) as connection:
            before = connection.execute(
                "SELECT content FROM exchanges WHERE conversation = ? ORDER BY number", (id,)
            ).fetchall()
            same = 0
            while same < min(len(before), len(contents)) and before[same][0] == contents[same]:
                same += 1
            if same == len(before) == len(contents):
                return
            connection.execute("DELETE FROM exchanges WHERE conversation = ? AND number >= ?", (id, same))
            _insert(connection, id, same, exchanges[same:], contents[same:])

    def append(self, user: str, id: str, exchange: Exchange) -> None:  # noqa: A002
        """Add one exchange at the end."""
        with self._writing(user, id) as connection:
            (turns,) = connection.execute("SELECT turns FROM conversations WHERE id = ?", (id,)).fetchone()
            _insert(connection, id, turns, [exchange], [_content(exchange)])

    def read(self, user: str, id: str) -> tuple[Exchange, ...]:  # noqa: A002
        """All exchanges, in their order."""
        with self._reading(user, id) as connection:
            rows = connection.execute(
                "SELECT content FROM exchanges WHERE conversation = ? ORDER BY number", (id,)
            ).fetchall()
        found = (kept.read(content, self._database.path) for (content,) in rows)
        return tuple(Exchange(values["question"], answer, versions) for values, answer, versions in found)

    def head(self, user: str, id: str) -> ConversationHead:  # noqa: A002
        """Title, times and length."""
        with self._reading(user, id) as connection:
            return _head(connection.execute("SELECT * FROM conversations WHERE id = ?", (id,)).fetchone())

    def list(self, user: str, matching: str = "", limit: int = 200) -> tuple[ConversationHead, ...]:
        """Up to ``limit`` of the user's conversations, those changed last first.

        Each of the words in ``matching`` (parted by spaces; case and width do not matter) stands in the title, a
        question or an answer.
        """
        if not self._database.exists:
            return ()
        matches = (
            " AND (instr(words, ?) OR EXISTS (SELECT 1 FROM exchanges"
            " WHERE conversation = conversations.id AND instr(exchanges.words, ?)))"
        )
        words = [word for word in _words(matching).split() for _ in range(2)]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM conversations WHERE user = ?{matches * (len(words) // 2)}"  # noqa: S608
                " ORDER BY changed DESC, id LIMIT ?",
                (clean(user), *words, limit),
            ).fetchall()
        return tuple(map(_head, rows))

    def rename(self, user: str, id: str, title: str) -> None:  # noqa: A002
        """Give the conversation a title of its own, or, if it is blank, the first question again."""
        with self._writing(user, id) as connection:
            connection.execute("UPDATE conversations SET renamed = ? WHERE id = ?", (bool(title.split()), id))
            if title.split():
                _entitle(connection, id, title)
            else:
                _entitle(connection, id, _first(connection, id))

    def delete(self, user: str, id: str) -> None:  # noqa: A002
        """Delete the conversation for good: its place on the disk is overwritten."""
        with self._writing(user, id) as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (id,))
        self._database.settle()

    def owner(self, id: str) -> str:  # noqa: A002
        """Whose conversation it is: for those who look after the home, not for users."""
        if self._database.exists:
            with self._database.reading() as connection:
                row = connection.execute("SELECT user FROM conversations WHERE id = ?", (clean(id),)).fetchone()
            if row is not None:
                return str(row["user"])
        raise _unknown(id)

    def owners(self) -> tuple[str, ...]:
        """Who has conversations: for those who look after the home, not for users."""
        if not self._database.exists:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT DISTINCT user FROM conversations ORDER BY user").fetchall()
        return tuple(user for (user,) in rows)

    def forget(self, user: str) -> int:
        """Delete all conversations of the user; how many there were."""
        if not self._database.exists:
            return 0
        with self._database.writing() as connection:
            count = connection.execute("DELETE FROM conversations WHERE user = ?", (clean(user),)).rowcount
        self._database.settle()
        return count

    @contextmanager
    def _reading(self, user: str, id_: str) -> Iterator[sqlite3.Connection]:
        if not self._database.exists:
            raise _unknown(id_)
        with self._database.reading() as connection:
            _own(connection, user, id_)
            yield connection

    @contextmanager
    def _writing(self, user: str, id_: str) -> Iterator[sqlite3.Connection]:
        if not self._database.exists:
            raise _unknown(id_)
        with self._database.writing() as connection:
            _own(connection, user, id_)
            yield connection


def _insert(
    connection: sqlite3.Connection, id_: str, start: int, exchanges: Sequence[Exchange], contents: Sequence[str]
) -> None:
    """Put exchanges at the end of a conversation of ``start`` others, and bring its row up to date."""
    connection.executemany(
        "INSERT INTO exchanges VALUES (?, ?, ?, ?)",
        (
            (id_, start + place, _words(f"{exchange.question}\n{exchange.answer.text}"), content)
            for place, (exchange, content) in enumerate(zip(exchanges, contents, strict=True))
        ),
    )
    turns = start + len(exchanges)
    (size,) = connection.execute(
        "SELECT coalesce(sum(length(content)), 0) FROM exchanges WHERE conversation = ?", (id_,)
    ).fetchone()
    if turns > TURNS or size > SIZE:
        raise TooLarge(
            f"a conversation holds up to {TURNS} exchanges and {SIZE} characters; start a new one",
            f"一次对话最多保存 {TURNS} 轮、{SIZE // 10_000} 万字；请另开一个新对话",
        )
    connection.execute("UPDATE conversations SET turns = ?, changed = ? WHERE id = ?", (turns, _now(), id_))
    (renamed,) = connection.execute("SELECT renamed FROM conversations WHERE id = ?", (id_,)).fetchone()
    if not renamed:
        _entitle(connection, id_, _first(connection, id_))


def _first(connection: sqlite3.Connection, id_: str) -> str:
    """The first question of a conversation, or what stands for it."""
    row = connection.execute(
        "SELECT json_extract(content, '$.question') FROM exchanges WHERE conversation = ? AND number = 0", (id_,)
    ).fetchone()
    return (row and row[0]) or UNTITLED


def _entitle(connection: sqlite3.Connection, id_: str, title: str) -> None:
    """Set a conversation's title: one line, not too long."""
    line = " ".join(clean(title).replace("\0", " ").split()) or UNTITLED
    shown = line if len(line) <= TITLE else line[: TITLE - 1] + "…"
    connection.execute("UPDATE conversations SET title = ?, words = ? WHERE id = ?", (shown, _words(shown), id_))


def _own(connection: sqlite3.Connection, user: str, id_: str) -> None:
    """``UnknownConversation`` unless the conversation is the user's."""
    own = connection.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND user = ?", (clean(id_), clean(user))
    ).fetchone()
    if own is None:
        raise _unknown(id_)


def _unknown(id_: str) -> UnknownConversation:
    return UnknownConversation(
        f"there is no conversation {id_[:80]!r} of this user; list those there are",
        f"没有编号为“{clean(id_)[:80]}”的对话；请从对话列表中选择",
    )


def _content(exchange: Exchange) -> str:
    return kept.written({"question": exchange.question}, exchange.answer, exchange.versions)


def _head(row: sqlite3.Row) -> ConversationHead:
    return ConversationHead(
        *(row["id"], row["title"], datetime.fromisoformat(row["started"])),
        *(datetime.fromisoformat(row["changed"]), row["turns"]),
    )


def _words(text: str) -> str:
    """``text`` as it is searched: of one width and case."""
    return unicodedata.normalize("NFKC", clean(text)).casefold()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
