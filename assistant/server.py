"""The server: the page as one ASGI application, and the process that listens for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.web import mount
from index.errors import SettingsError


def application(assistant: Assistant) -> FastAPI:
    """Everything that is served, as an ASGI application that asks no other host for anything."""
    app = FastAPI(openapi_url=None)

    async def mounted() -> FastAPI:
        # Outside a running event loop Gradio opens one for each of its locks and never closes it.
        mount(app, assistant)
        return app

    return asyncio.run(mounted())


def serve(assistant: Assistant, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Run the server until interrupted; ``ready`` is called once the page can be opened.

    Raises ``SettingsError`` when ``host`` and ``port`` cannot be listened on.
    """

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and ready is not None:
                ready()

    with _listening(host, port) as listening:
        app = application(assistant)
        server = Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on ({error.strerror}); stop what uses it or choose --port",
            f"无法在 {host}:{port} 打开网页（{error.strerror}）；请停止占用它的程序，或用 --port 另选端口",
        ) from error
