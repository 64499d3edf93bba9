"""The shield around Gradio's pages: nothing but the page's own host is ever asked for anything.

Gradio's page names other hosts in its head and would run any script that got into it. The shield removes those
lines, puts the page's own style and script in, and sends a Content Security Policy that allows this host alone
and no script but those of the page itself.
"""

from __future__ import annotations

import re
from secrets import token_urlsafe

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""What a browser may load; styles may be inline because Gradio writes them into its elements."""

_FOREIGN = re.compile(
    r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
    r'|\s*<link rel="(?:manifest|preconnect|dns-prefetch)"[^>]*>'
)
_BODY = re.compile(r"<body[^>]*>")
_SCRIPT = re.compile(r"<script(?=[\s>])")


class Shield:
    """An ASGI application around another; ``head`` and ``body`` are HTML that the page receives at their start."""

    def __init__(self, app: ASGIApp, head: str, body: str = "") -> None:
        self.app = app
        self.head = head
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the page itself is changed on its way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        page = scope["path"] == "/"
        await self.app({**scope, "headers": plain} if page else scope, receive, _Response(send, self, page))


class _Response:
    """What is sent back: headers added, and the page, which is held until it is whole, changed."""

    def __init__(self, send: Send, shield: Shield, page: bool) -> None:
        self.send = send
        self.shield = shield
        self.page = page
        self.nonce = token_urlsafe(16)
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = POLICY.format(nonce=self.nonce)
            headers["Referrer-Policy"] = "same-origin"
            headers["X-Content-Type-Options"] = "nosniff"
            self.page = self.page and Headers(scope=message).get("content-type", "").startswith("text/html")
            self.start = message
            if not self.page:
                await self.send(message)
        elif not self.page:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                body = changed(self.body.decode(), self.shield.head, self.shield.body, self.nonce).encode()
                MutableHeaders(scope=self.start)["Content-Length"] = str(len(body))
                await self.send(self.start)
                await self.send({"type": "http.response.body", "body": body})


def changed(html: str, head: str, body: str, nonce: str) -> str:
    """Gradio's page without what names other hosts, in Chinese, with ``head`` and ``body``, the scripts with the nonce."""
    html = _FOREIGN.sub("", html).replace('lang="en"', 'lang="zh-CN"', 1)
    html = _BODY.sub(lambda tag: tag[0] + body, html.replace("<head>", f"<head>{head}", 1), count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', html)
