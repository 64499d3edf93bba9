"""An OpenAI-compatible server on loopback that says what a test tells it, or fails as servers fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server(ThreadingHTTPServer):
    """A server with its ``address``, what it was ``asked`` (the prompts) and with which ``keys``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behave: Callable[[Handler, str], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        """The base URL of its API."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: they are meant to."""


class Handler(BaseHTTPRequestHandler):
    """One request, answered as the server is told to."""

    server: Server

    def do_POST(self) -> None:
        """Answer a chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["messages"][-1]["content"]
        self.server.asked.append(prompt)
        self.server.keys.append(self.headers.get("Authorization", ""))
        self.server.behave(self, prompt)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """The head of a reply."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def event(self, text: str, ended: str | None = None) -> None:
        """One piece of a streamed reply."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": ended}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def body(self, text: str, status: int = 200, kind: str = "application/json") -> None:
        """A reply in one piece."""
        content = text.encode()
        self.begin(status, kind, Content_Length=str(len(content)))
        self.wfile.write(content)


Behaviour = Callable[[Handler, str], None]


def saying(*replies: str, size: int = 3) -> Behaviour:
    """Say the replies, one a request, the last one from then on, ``size`` characters a piece."""
    left = list(replies)

    def behave(handler: Handler, prompt: str) -> None:
        reply = left.pop(0) if len(left) > 1 else left[0]
        handler.begin()
        for place in range(0, len(reply), size):
            handler.event(reply[place : place + size])
        handler.event("", "stop")
        handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def silent(handler: Handler, prompt: str) -> None:
    """Say nothing, and keep the line open."""
    handler.server.over.wait(60)


def dripping(handler: Handler, prompt: str) -> None:
    """Say a character every now and then, and never end."""
    handler.begin()
    while not handler.server.over.wait(0.1):
        handler.event("好")


def cut_off(reply: str) -> Behaviour:
    """Break off after ``reply``."""

    def behave(handler: Handler, prompt: str) -> None:
        handler.begin()
        handler.event(reply)
        handler.connection.close()

    return behave


def out_of_tokens(reply: str) -> Behaviour:
    """End after ``reply`` because there are no more tokens."""

    def behave(handler: Handler, prompt: str) -> None:
        handler.begin()
        handler.event(reply)
        handler.event("", "length")

    return behave


def failing(status: int, text: str = "", **headers: str) -> Behaviour:
    """Reply with an error; what it says quotes the request, as some servers do."""

    def behave(handler: Handler, prompt: str) -> None:
        content = (text or json.dumps({"error": {"message": f"cannot: {prompt}"}}, ensure_ascii=False)).encode()
        handler.begin(status, "application/json", Content_Length=str(len(content)), **headers)
        handler.wfile.write(content)

    return behave


def raw(text: str, kind: str = "text/event-stream") -> Behaviour:
    """Reply with ``text`` as it is."""
    return lambda handler, prompt: handler.body(text, kind=kind)


def long(handler: Handler, prompt: str) -> None:
    """Say 100,000 characters."""
    handler.begin()
    for _ in range(100):
        handler.event("长" * 1_000)
    handler.event("", "stop")


@contextmanager
def serving(behave: Behaviour) -> Iterator[Server]:
    """The server, listening."""
    server = Server(behave)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
