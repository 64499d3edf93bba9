"""The gate that every request passes: by which name the server was called, from which page, by whom, and how often.

Without users the server is meant for this machine alone, and then a web page of another host must not reach it by a
name of its own (DNS rebinding), nor send forms to it. With users, everything but signing in needs a session or a token.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api import problems
from assistant.api.rates import Rates
from assistant.api.shared import COOKIE, Shared
from assistant.records.accounts import EVERYBODY, User
from assistant.settings import Settings

DRAINED, DRAINING = 64 << 20, 5.0
"""Bytes and seconds for which a request that is too large is still listened to."""
OPEN = ("/signin", "/signout", "/healthz", "/readyz")
"""Paths that need no user."""
API = ("/api/", "/v1/")
"""Paths that programs call: rates hold for them, and they are never sent to the page for signing in."""
OURS = (*API, *OPEN, "/metrics")
"""Paths that are not the page's."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""What our own responses carry unless they say otherwise."""


class Gate:
    """An ASGI application around ``app``; ``local`` is whether only this machine can reach the server."""

    def __init__(self, app: ASGIApp, shared: Shared, *, local: bool) -> None:
        self.app = app
        self._shared = shared
        self._local = local
        self._rates = Rates(shared.settings.rate)
        self._lookups = CapacityLimiter(4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its user in ``scope["user"]``, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        passage = _Passage(scope, receive, send, self._shared)
        try:
            refused = passage.refusal()
            if refused is not None:
                await passage.drain()
            refused = refused or await self._refusal(scope)
            if refused is None:
                await self.app(scope, passage.receive, passage.send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await refused(scope, passage.receive, passage.send)
        except Exception as error:  # the edge
            if passage.started or scope["type"] != "http":
                if not passage.ended:
                    raise
            else:
                await problems.of(scope["path"], error)(scope, receive, passage.send)
        finally:
            passage.count()

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        """The response for a request that may not pass; ``None``, and the user in the scope, for one that may."""
        path, headers = scope["path"], Headers(scope=scope)
        if not named(headers.get("host", ""), self._shared.settings, local=self._local):
            return problems.problem(path, 421, "不接受以此主机名访问；如确有需要，请把它加入设置 hosts")
        secret = _token(headers)
        found = await to_thread.run_sync(self._user, secret, scope, limiter=self._lookups)
        scope["user"] = found
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if (
            unsafe
            and not (secret and found not in (None, EVERYBODY))
            and not same_origin(headers, self._shared.settings)
        ):
            return problems.problem(path, 403, "不接受来自其他网站的请求")
        if within(path, API):
            wait = self._rates.take(_payer(scope, found, secret))
            if wait:
                return problems.problem(path, 429, headers={"Retry-After": str(int(wait) + 1)})
        if found is None and not within(path, OPEN):
            if "text/html" in headers.get("accept", "") and not within(path, API):
                query = scope.get("query_string", b"").decode("latin-1")
                return RedirectResponse(f"/signin?next={quote(path + (f'?{query}' if query else ''))}", 303)
            return problems.problem(path, 401, headers={"WWW-Authenticate": "Bearer"})
        return None

    def _user(self, secret: str, scope: Scope) -> User | None:
        """Who it is that sends the request; ``EVERYBODY`` where there are no users, ``None`` if nobody known."""
        accounts = self._shared.accounts
        if not accounts.configured:
            return EVERYBODY
        if secret:
            return accounts.token(secret)
        session = HTTPConnection({**scope, "type": "http"}).cookies.get(COOKIE, "")
        return accounts.session(session) if session else None


def within(path: str, places: tuple[str, ...]) -> bool:
    """Whether ``path`` is one of the places, or lies under one."""
    return any(path == place or path.startswith(place if place.endswith("/") else f"{place}/") for place in places)


def named(host: str, settings: Settings, *, local: bool) -> bool:
    """Whether a server may be called by this Host header: an address, or a name that no other host can have.

    A server for everybody may be called by any name unless ``settings`` list some.
    """
    name = _hostname(host)
    known = {"localhost", settings.host.lower(), *settings.hosts}
    if name in known or (name and _is_address(name)):
        return True
    return bool(name) and not local and not settings.hosts


def same_origin(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether a request was sent by a page of this server, or by no page at all.

    A browser names the page's origin with every request that changes something; "null", which a page without a
    referrer has, is believed only with the browser's word that it is the same.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None:
        return site in (None, "same-origin", "none")
    if origin == "null":
        return site == "same-origin"
    try:
        place = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    return bool(place) and (place == headers.get("host", "").lower() or _hostname(place) in settings.hosts)


def _hostname(host: str) -> str:
    """The name in a Host header, without the port and the brackets of an IPv6 address; empty if there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _token(headers: Headers) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _payer(scope: Scope, found: User | None, secret: str) -> str:
    """Whose bucket the request takes from."""
    if found is not None and found.name:
        return f"token {hash(secret)}" if secret else f"user {found.name}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"


class _Passage:
    """One request on its way: counted, its body waited for only so long, its response given our headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, shared: Shared) -> None:
        self.started = False
        self.ended = False
        self._scope = scope
        self._receive = receive
        self._send = send
        self._shared = shared
        self._ours = within(scope["path"], OURS)
        self._begun = time.perf_counter()
        self.status = 500
        self._whole = scope["type"] != "http"
        settings = shared.settings
        uploads = scope["path"] == "/api/documents" or not self._ours
        self._patience = settings.upload_seconds if uploads else settings.request_seconds
        self._most = (settings.upload_mb if uploads else settings.request_mb) << 20
        self._size = 0
        shared.metrics.begun()

    def refusal(self) -> ASGIApp | None:
        """The response for a request that says itself that it is too large."""
        length = Headers(scope=self._scope).get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._most:
            return problems.of(self._scope["path"], self._too_large())
        return None

    async def receive(self) -> Message:
        """The next part of the request. ``HTTPException`` 408 if the whole takes too long to come, 413 if it is too large."""
        if self._whole:
            return await self._receive()
        left = self._begun + self._patience - time.perf_counter()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, left))
        except TimeoutError as error:
            raise HTTPException(408, headers={"Connection": "close"}) from error
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            await self.drain()
            raise self._too_large()
        return message

    async def drain(self) -> None:
        """Take what is still being sent, within reason: a client that is cut off while it sends hears no answer."""
        taken = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAINING):
                while not self._whole and taken < DRAINED:
                    message = await self._receive()
                    self._whole = message["type"] != "http.request" or not message.get("more_body", False)
                    taken += len(message.get("body", b""))

    async def send(self, message: Message) -> None:
        """Pass a part of the response on."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            if self._ours:
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
        self.ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"请求的内容超过 {self._most >> 20} MB", {"Connection": "close"})

    def count(self) -> None:
        """Count the request."""
        route = getattr(self._scope.get("route"), "path", "") if self._ours else "page"
        method = self._scope.get("method", "GET")
        known = method in SAFE or method in ("POST", "PUT", "PATCH", "DELETE")
        seconds = time.perf_counter() - self._begun
        self._shared.metrics.ended(route or "none", method if known else "other", self.status, seconds)
