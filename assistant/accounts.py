"""Who may use an installation: users with roles, their sessions in the page and their tokens for programs.

An installation without users is open to everybody, and to be served on loopback only. Of passwords only an Argon2id
hash is kept, of sessions' and tokens' secrets (256 random bits each) only the SHA-256. A user who is removed, or
whose role is changed, is so at once in every session and for every token.

Wrong passwords lock a name, whether it is a user's or not: the fifth in a row for a minute, every further one for
twice as long as before, up to a quarter of an hour; meanwhile not even the right one is taken. A right password, a
change of it or a day without attempts ends the count. A lock keeps nobody out who is signed in already.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from assistant.database import Database
from index.errors import AccountExists, InvalidAccount, LastAdmin, TooManyAttempts, UnknownToken, UnknownUser

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FILE = "accounts.sqlite"
NAME = 64
"""Characters of a user's name or a token's label, at most."""
PASSWORD = (8, 256)
"""Characters of a password, at least and at most."""
SESSION = timedelta(hours=12)
"""How long a session lasts unless its opener says otherwise: a working day."""
FAILURES = 5
"""Wrong passwords in a row that lock a name."""
LOCK = (60.0, 900.0)
"""Seconds of the first and of the longest lock."""
FORGET = 86_400.0
"""Seconds after which wrong passwords no longer count."""
MEMORY, PASSES, LANES = 19_456, 2, 1
"""Argon2id's memory in KiB, passes and lanes: OWASP's Password Storage Cheat Sheet, 2024. 50 ms here under load; the
library's own default of 64 MiB, three passes and four lanes takes 460."""
HASHING = 2
"""Passwords hashed at a time, so that a flood of them leaves memory and a processor to the others."""

_APPLICATION = 0x504F4C41  # "POLA"
_LAYOUTS = (
    """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    role TEXT NOT NULL, password TEXT NOT NULL, created TEXT NOT NULL
);
CREATE TABLE sessions (
    secret BLOB PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (user);
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL, role TEXT, secret BLOB NOT NULL UNIQUE, created TEXT NOT NULL, UNIQUE (user, label)
);
CREATE TABLE failures (name BLOB PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL) WITHOUT ROWID
""",
)


class Role(StrEnum):
    """What a user may do: ask and read; also change the library; also see to the users."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may do all that ``other`` may."""
        order = tuple(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use the assistant."""

    name: str
    role: Role


EVERYBODY = User("", Role.ADMIN)
"""Who uses an installation without users."""


@dataclass(frozen=True, slots=True)
class Token:
    """A program's access in a user's name, without its secret; ``role`` is what it may do now."""

    id: int
    user: str
    label: str
    role: Role
    created: datetime


class Accounts:
    """The users in ``home``; the file is made with the first of them. For any number of threads."""

    def __init__(self, home: Path) -> None:
        self._database = Database(home / FILE, _APPLICATION, _LAYOUTS)
        self._turn = threading.BoundedSemaphore(HASHING)

    def __enter__(self) -> Accounts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # users

    @property
    def configured(self) -> bool:
        """Whether there is any user; if not, everybody may do everything."""
        return bool(self.users())

    def users(self) -> tuple[User, ...]:
        """All users, by name."""
        if not self._database.exists:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, role FROM users ORDER BY key").fetchall()
        return tuple(User(name, Role(role)) for name, role in rows)

    def add(self, name: str, password: str, role: Role = Role.READER) -> User:
        """The new user. ``InvalidAccount`` for an impossible name or password, ``AccountExists`` for one there already."""
        name = _named(name, "user name", "用户名")
        hashed = self._hashed(password)
        with self._database.writing() as connection:
            if connection.execute("SELECT 1 FROM users WHERE key = ?", (_key(name),)).fetchone():
                raise AccountExists(
                    f"user {name!r} exists; choose another name, or change the password or role",
                    f"用户“{name}”已存在；请换一个名字，或修改其密码、角色",
                )
            connection.execute(
                "INSERT INTO users (key, name, role, password, created) VALUES (?, ?, ?, ?, ?)",
                (_key(name), name, Role(role), hashed, _today()),
            )
            _forgive(connection, name)
        return User(name, Role(role))

    def change_password(self, name: str, password: str) -> None:
        """Set another password, end the user's sessions and lift a lock; tokens stay. ``UnknownUser``, ``InvalidAccount``."""
        self._user(name)
        hashed = self._hashed(password)
        with self._database.writing() as connection:
            id_ = _found(connection, name)["id"]
            connection.execute("UPDATE users SET password = ? WHERE id = ?", (hashed, id_))
            connection.execute("DELETE FROM sessions WHERE user = ?", (id_,))
            _forgive(connection, name)

    def change_role(self, name: str, role: Role) -> None:
        """Give the user another role, at once. ``UnknownUser``; ``LastAdmin`` if the others would have no admin."""
        self._user(name)
        with self._database.writing() as connection:
            row = _found(connection, name)
            if role != Role.ADMIN:
                _not_last_admin(connection, row)
            connection.execute("UPDATE users SET role = ? WHERE id = ?", (Role(role), row["id"]))

    def remove(self, name: str) -> User:
        """Remove the user, who is given back, with all sessions and tokens.

        ``UnknownUser``; ``LastAdmin`` if the others would have no admin. The user's conversations are kept apart:
        ``Conversations.forget`` deletes them, else the next user of that name has them.
        """
        self._user(name)
        with self._database.writing() as connection:
            row = _found(connection, name)
            _not_last_admin(connection, row)
            connection.execute("DELETE FROM users WHERE id = ?", (row["id"],))
        return User(row["name"], Role(row["role"]))

    def verify(self, name: str, password: str) -> User | None:
        """The user if the password is right, else ``None``; as slow for a name that is no user's.

        Raises ``TooManyAttempts`` while the name is locked.
        """
        if not self.configured:
            return None
        word, decoy = _password(password), self._decoy
        with self._turn:
            with self._database.writing() as connection:
                _attempt(connection, name)
                row = connection.execute(
                    "SELECT id, name, role, password FROM users WHERE key = ?", (_key(name),)
                ).fetchone()
            if not self._matches(row["password"] if row else decoy, word) or word is None or row is None:
                return None
            fresh = self._hasher.hash(word) if self._hasher.check_needs_rehash(row["password"]) else None
        with self._database.writing() as connection:
            _forgive(connection, name)
            if fresh:
                connection.execute(
                    "UPDATE users SET password = ? WHERE id = ? AND password = ?",
                    (fresh, row["id"], row["password"]),
                )
        return User(row["name"], Role(row["role"]))

    # sessions

    def open_session(self, user: User, ttl: timedelta = SESSION) -> str:
        """The secret of a new session, which lasts for ``ttl``. ``UnknownUser``."""
        secret = secrets.token_urlsafe(32)
        self._user(user.name)
        with self._database.writing() as connection:
            now = time.time()
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)",
                (_digest(secret), _found(connection, user.name)["id"], now + ttl.total_seconds()),
            )
        return secret

    def session(self, secret: str) -> User | None:
        """Whose session it is, with the role of this moment; ``None`` if it is unknown, closed or expired."""
        row = self._row(
            "SELECT name, role FROM sessions JOIN users ON users.id = sessions.user WHERE secret = ? AND expires > ?",
            (_digest(secret), time.time()),
        )
        return User(row["name"], Role(row["role"])) if row else None

    def close_session(self, secret: str) -> None:
        """End the session, if there is one."""
        if self._database.exists:
            with self._database.writing() as connection:
                connection.execute("DELETE FROM sessions WHERE secret = ?", (_digest(secret),))

    # tokens

    def issue_token(self, name: str, label: str, role: Role | None = None) -> str:
        """The secret of a new token, which is never to be seen again; its role is at most the user's at any time.

        Without ``role`` it is the user's. Raises ``UnknownUser``, and ``InvalidAccount`` for a role above the
        user's, or a label that is impossible or in use.
        """
        self._user(name)
        label = _named(label, "label", "标签")
        secret = f"pqa_{secrets.token_urlsafe(32)}"
        with self._database.writing() as connection:
            row = _found(connection, name)
            if role is not None and not Role(row["role"]).covers(Role(role)):
                raise InvalidAccount(
                    f"user {row['name']!r} is {row['role']}, a token cannot be {role}; give a lower role",
                    f"用户“{row['name']}”的角色是 {row['role']}，令牌不能是 {role}；请给出不高于它的角色",
                )
            taken = connection.execute("SELECT 1 FROM tokens WHERE user = ? AND label = ?", (row["id"], label))
            if taken.fetchone():
                raise InvalidAccount(
                    f"user {row['name']!r} has a token {label!r}; revoke it first or choose another label",
                    f"用户“{row['name']}”已有标签为“{label}”的令牌；请先吊销它，或换一个标签",
                )
            connection.execute(
                "INSERT INTO tokens (user, label, role, secret, created) VALUES (?, ?, ?, ?, ?)",
                (row["id"], label, role, _digest(secret), _today()),
            )
        return secret

    def token(self, secret: str) -> User | None:
        """In whose name the token speaks, with the lower of its own role and theirs; ``None`` if it is unknown."""
        row = self._row(
            "SELECT name, users.role, tokens.role AS own FROM tokens JOIN users ON users.id = tokens.user"
            " WHERE secret = ?",
            (_digest(secret),),
        )
        return User(row["name"], _lower(row["role"], row["own"])) if row else None

    def tokens(self) -> tuple[Token, ...]:
        """All tokens, by user and label."""
        if not self._database.exists:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT tokens.id, name, label, users.role, tokens.role AS own, tokens.created"
                " FROM tokens JOIN users ON users.id = tokens.user ORDER BY key, label"
            ).fetchall()
        return tuple(
            Token(
                *(row["id"], row["name"], row["label"], _lower(row["role"], row["own"])),
                datetime.fromisoformat(row["created"]),
            )
            for row in rows
        )

    def revoke(self, token: int | str, name: str = "") -> Token:
        """End the token of that id, or of that label (of user ``name``, where several have one). ``UnknownToken``."""
        found = [
            one
            for one in self.tokens()
            if token in (one.id, str(one.id), one.label) and (not name or _key(one.user) == _key(name))
        ]
        exact = [one for one in found if token in (one.id, str(one.id))] or found
        if len(exact) != 1:
            few = "no token is" if not exact else "several tokens are"
            raise UnknownToken(
                f"{few} called {token!r}; give an id that 'policyqa tokens list' shows",
                f"{'没有' if not exact else '有多个'}编号或标签为“{token}”的令牌；请用 policyqa tokens list 查看编号",
            )
        with self._database.writing() as connection:
            connection.execute("DELETE FROM tokens WHERE id = ?", (exact[0].id,))
        return exact[0]

    # passwords

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(PASSES, MEMORY, LANES)

    @cached_property
    def _decoy(self) -> str:
        """What the password of nobody is compared with."""
        return self._hasher.hash(secrets.token_bytes(16))

    def _hashed(self, password: str) -> str:
        """The hash to keep of a password; ``InvalidAccount`` if it is too short, too long or no text."""
        least, most = PASSWORD
        word = _password(password)
        if word is None or not least <= len(password) <= most:
            raise InvalidAccount(
                f"a password has {least} to {most} characters; choose another",
                f"密码应为 {least} 到 {most} 个字符；请另选一个",
            )
        with self._turn:
            return self._hasher.hash(word)

    def _matches(self, hashed: str, word: bytes | None) -> bool:
        from argon2.exceptions import VerifyMismatchError

        try:
            return self._hasher.verify(hashed, word or b"")
        except VerifyMismatchError:
            return False

    def _user(self, name: str) -> None:
        """``UnknownUser`` if nobody has that name; nothing is created."""
        if _key(name) not in {_key(one.name) for one in self.users()}:
            raise _unknown(name)

    def _row(self, statement: str, values: tuple[object, ...]) -> sqlite3.Row | None:
        if not self._database.exists:
            return None
        with self._database.reading() as connection:
            row: sqlite3.Row | None = connection.execute(statement, values).fetchone()
        return row


def _named(text: str, english: str, chinese: str) -> str:
    """A name or label as it is kept: in NFKC, without spaces around it; ``InvalidAccount`` if it cannot be one."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not 1 <= len(name) <= NAME or not name.isprintable():
        raise InvalidAccount(
            f"the {english} {text[:80]!r} cannot be; give 1 to {NAME} printable characters",
            f"{chinese}“{ascii(text[:80])[1:-1] if not text.isprintable() else text[:80]}”不可用；"
            f"请给出 1 到 {NAME} 个可见字符",
        )
    return name


def _key(name: str) -> str:
    """By what a name is found: 张三, ADMIN and admin, whatever their width."""
    return unicodedata.normalize("NFKC", name).strip().casefold().encode("utf-8", "replace").decode()


def _password(password: str) -> bytes | None:
    """The bytes that are hashed, alike for one look of it (NFC); ``None`` for what cannot be a password."""
    if len(password) > PASSWORD[1]:
        return None
    try:
        return unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        return None


def _digest(secret: str) -> bytes:
    """What is kept of a secret that nobody could guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _lower(users: str, own: str | None) -> Role:
    """The lower of a user's role and a token's own, if it has one."""
    role = Role(users)
    return Role(own) if own is not None and role.covers(Role(own)) else role


def _today() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _found(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM users WHERE key = ?", (_key(name),)).fetchone()
    if row is None:
        raise _unknown(name)
    return row


def _unknown(name: str) -> UnknownUser:
    return UnknownUser(
        f"there is no user {name[:80]!r}; 'policyqa users list' shows those there are",
        f"没有用户“{name[:80]}”；请用 policyqa users list 查看已有用户",
    )


def _not_last_admin(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    """``LastAdmin`` if the user in ``row`` is the only admin and not the only user."""
    (admins,) = connection.execute("SELECT count(*) FROM users WHERE role = ?", (Role.ADMIN,)).fetchone()
    (users,) = connection.execute("SELECT count(*) FROM users").fetchone()
    if row["role"] == Role.ADMIN and admins == 1 and users > 1:
        raise LastAdmin(
            f"{row['name']!r} is the only admin; make somebody else one first",
            f"“{row['name']}”是唯一的管理员；请先把另一位用户设为 admin",
        )


def _attempt(connection: sqlite3.Connection, name: str) -> None:
    """Count an attempt before its outcome is known, so that many at once are counted; ``TooManyAttempts`` if locked."""
    now, key = time.time(), _digest(_key(name))
    connection.execute("DELETE FROM failures WHERE last < ?", (now - FORGET,))
    row = connection.execute("SELECT count, last FROM failures WHERE name = ?", (key,)).fetchone()
    count, last = row or (0, now)
    first, longest = LOCK
    if count >= FAILURES:
        seconds = last + min(first * 2 ** min(count - FAILURES, 20), longest) - now
        if seconds > 0:
            raise TooManyAttempts(
                f"too many wrong passwords for {name[:80]!r}; try again in {seconds:.0f} seconds",
                f"密码错误次数过多，该用户名已暂时锁定；请在 {max(1, round(seconds))} 秒后再试",
            )
    connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (key, count + 1, now))


def _forgive(connection: sqlite3.Connection, name: str) -> None:
    """Forget the wrong passwords given for a name."""
    connection.execute("DELETE FROM failures WHERE name = ?", (_digest(_key(name)),))
