"""Real servers on loopback for the tests of the API, without the page, which takes seconds to build."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from assistant.api.application import api
from assistant.api.gate import Gate
from assistant.api.shared import Shared
from assistant.assistant import Assistant
from assistant.settings import Settings
from index.library import Library


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """The address at which an application is served by a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", server_header=False, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serving(assistant: Assistant, *, local: bool = True, **settings: Any) -> Iterator[tuple[httpx.Client, Shared]]:
    """A client of the API over an assistant, behind its gate, and the server's parts."""
    shared = Shared.of(assistant, Settings(**settings))
    try:
        with (
            listening(Gate(api(shared), shared, local=local)) as address,
            httpx.Client(base_url=address, timeout=120) as client,
        ):
            yield client, shared
    finally:
        shared.close()


@contextmanager
def over(library: Library, **settings: Any) -> Iterator[httpx.Client]:
    """A client of the API over a library."""
    with serving(Assistant(library, Settings(reader="none")), **settings) as (client, _):
        yield client
