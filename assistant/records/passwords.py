"""Passwords: hashing and comparing them, and locking the names for which wrong ones are given.

The fifth wrong password in a row locks a name, whether it is a user's or not, for a minute, and every further one
for twice as long as before, up to a quarter of an hour; meanwhile not even the right one is taken. A right password,
a change of it or a day without attempts ends the count.
"""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from index.errors import InvalidAccount, TooManyAttempts

LENGTH = (8, 256)
"""Characters of a password, at least and at most."""
MEMORY, PASSES, LANES = 19_456, 2, 1
"""Argon2id's memory in KiB, passes and lanes, from OWASP's Password Storage Cheat Sheet: 50 ms on two busy cores, where
the library's own default (64 MiB, three passes, four lanes) takes 460."""
FAILURES = 5
"""Wrong passwords in a row that lock a name."""
LOCK = (60.0, 900.0)
"""Seconds of the first and of the longest lock."""
FORGET = 86_400.0
"""Seconds after which wrong passwords no longer count."""

TABLE = "CREATE TABLE failures (name BLOB PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL) WITHOUT ROWID"
"""Where the wrong passwords are counted."""


class Passwords:
    """Hashes passwords with Argon2id."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(PASSES, MEMORY, LANES)

    @cached_property
    def _nobodys(self) -> str:
        """The hash of a password that nobody has."""
        return self._hasher.hash(secrets.token_bytes(16))

    def hashed(self, password: str) -> str:
        """The hash to keep of a password; ``InvalidAccount`` if it is too short, too long or no text."""
        least, most = LENGTH
        word = _word(password)
        if word is None or len(password) < least:
            raise InvalidAccount(
                f"a password has {least} to {most} characters; choose another",
                f"密码应为 {least} 到 {most} 个字符；请另选一个",
            )
        return self._hasher.hash(word)

    def match(self, kept: str | None, password: str) -> bool:
        """Whether ``kept`` is the password's hash; as slow for ``None``, nobody's, and for what cannot be a password."""
        word, nobodys = _word(password), self._nobodys
        try:
            self._hasher.verify(kept or nobodys, word or b"")
        except VerifyMismatchError:
            return False
        return kept is not None and word is not None


def attempt(connection: sqlite3.Connection, name: bytes, now: float) -> None:
    """Count a wrong password for a name, before it is known to be one: so that many at once are counted.

    ``TooManyAttempts`` if the name is locked at ``now``, in seconds.
    """
    connection.execute("DELETE FROM failures WHERE last < ?", (now - FORGET,))
    row = connection.execute("SELECT count, last FROM failures WHERE name = ?", (name,)).fetchone()
    count, last = row or (0, now)
    first, longest = LOCK
    left = last + min(first * 2.0 ** min(count - FAILURES, 9), longest) - now
    if count >= FAILURES and left > 0:
        raise TooManyAttempts(
            f"too many wrong passwords for one name; try again in {left:.0f} seconds",
            f"密码错误次数过多，该用户名已暂时锁定；请在 {max(1, round(left))} 秒后再试",
        )
    connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (name, count + 1, now))


def forgive(connection: sqlite3.Connection, name: bytes) -> None:
    """Forget the wrong passwords that were given for a name."""
    connection.execute("DELETE FROM failures WHERE name = ?", (name,))


def _word(password: str) -> bytes | None:
    """The bytes that are hashed, the same for what looks the same (NFC); ``None`` for what cannot be a password."""
    if len(password) > LENGTH[1]:
        return None
    try:
        return unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        return None
