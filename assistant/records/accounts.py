"""Who may use an installation: users with roles, their sessions in the page and their tokens for programs.

An installation without users is open to everybody, and to be served on loopback only. Of passwords only an Argon2id
hash is kept (``assistant.records.passwords``), of sessions' and tokens' secrets, 256 random bits each, only the SHA-256. A user
who is removed, or whose role is changed, is so at once in every session and for every token.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from assistant.records import passwords
from assistant.records.database import Database, Stored
from assistant.records.passwords import Passwords
from index.errors import AccountExists, InvalidAccount, LastAdmin, UnknownToken, UnknownUser

FILE = "accounts.sqlite"
NAME = 64
"""Characters of a user's name or a token's label, at most."""
SIGNING = 2
"""People signed in at a time: a flood leaves memory and a processor to the others, and who signs in with the right
password from many windows at once is not taken for somebody who guesses."""
SESSION = timedelta(hours=12)
"""How long a session lasts unless its opener says otherwise: a working day."""
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
"""
    + passwords.TABLE,
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


class Accounts(Stored):
    """The users in ``home``; the file is made with the first of them. For any number of threads and processes.

    ``clock`` gives the seconds by which sessions and locks end.
    """

    def __init__(self, home: Path, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(home / FILE, _APPLICATION, _LAYOUTS)
        self._clock = clock
        self._seen = False
        self._passwords = Passwords()
        self._turn = threading.BoundedSemaphore(SIGNING)

    # users

    @property
    def configured(self) -> bool:
        """Whether there is any user, or was since this was opened; if not, everybody may do everything.

        A server that was opened to its users does not become everybody's when the last of them is removed.
        """
        self._seen = self._seen or self._row("SELECT 1 FROM users LIMIT 1", ()) is not None
        return self._seen

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
        hashed = self._passwords.hashed(password)
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
            passwords.forgive(connection, _digest(_key(name)))
        return User(name, Role(role))

    def change_password(self, name: str, password: str) -> None:
        """Set another password, end the user's sessions and lift a lock; tokens stay. ``UnknownUser``, ``InvalidAccount``."""
        self._user(name)
        hashed = self._passwords.hashed(password)
        with self._database.writing() as connection:
            id_ = _found(connection, name)["id"]
            connection.execute("UPDATE users SET password = ? WHERE id = ?", (hashed, id_))
            connection.execute("DELETE FROM sessions WHERE user = ?", (id_,))
            passwords.forgive(connection, _digest(_key(name)))

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
        with self._turn:
            with self._database.writing() as connection:
                passwords.attempt(connection, _digest(_key(name)), self._clock())
                row = connection.execute("SELECT * FROM users WHERE key = ?", (_key(name),)).fetchone()
            if not self._passwords.match(row["password"] if row else None, password):
                return None
            with self._database.writing() as connection:
                passwords.forgive(connection, _digest(_key(name)))
        return User(row["name"], Role(row["role"]))

    # sessions

    def open_session(self, user: User, ttl: timedelta = SESSION) -> str:
        """The secret of a new session, which lasts for ``ttl``. ``UnknownUser``."""
        secret = secrets.token_urlsafe(32)
        self._user(user.name)
        with self._database.writing() as connection:
            now = self._clock()
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
            (_digest(secret), self._clock()),
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
