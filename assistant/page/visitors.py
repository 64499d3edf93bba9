"""Who is at the page: the user that the gate knows, and in whose name conversations are kept.

An installation without users is open to everybody, so there conversations belong to the browser: a random id in a
cookie that no script can read tells one browser from another.
"""

from __future__ import annotations

from secrets import token_urlsafe

from starlette.requests import HTTPConnection
from starlette.responses import Response

from assistant.records.accounts import EVERYBODY, User
from assistant.service import Asker

COOKIE = "policyqa_browser"
"""The cookie with the browser's id."""
YEAR = 365 * 24 * 3600


def visitor(connection: HTTPConnection) -> User | None:
    """Who it is, as the gate before the page has found out; ``None`` for somebody whom it did not look at."""
    found: User | None = connection.scope.get("user")
    return found


def asker(connection: HTTPConnection, via: str) -> Asker:
    """The visitor as one who asks."""
    user = visitor(connection)
    return Asker(user.name if user else "", via, connection.client.host if connection.client else "")


def owner(connection: HTTPConnection) -> str:
    """The name under which the visitor's conversations are kept; empty where there is none."""
    user = visitor(connection)
    if user is None:
        return ""
    if user != EVERYBODY:
        return user.name
    browser = connection.cookies.get(COOKIE, "")
    return f"browser {browser}" if browser else ""


def remember(connection: HTTPConnection, response: Response) -> None:
    """Give the browser an id if it has none."""
    if not connection.cookies.get(COOKIE):
        secure = connection.url.scheme == "https"
        response.set_cookie(
            COOKIE, token_urlsafe(16), max_age=YEAR, httponly=True, samesite="strict", secure=secure
        )
