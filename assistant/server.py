"""The server: the page and the API behind one gate, and the process that listens for them."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.application import api
from assistant.api.gate import OURS, Gate, within
from assistant.api.shared import Shared
from assistant.assistant import Assistant
from assistant.page.offering import Offering
from assistant.records.accounts import Accounts
from assistant.web import mount
from index.errors import SettingsError

SWITCHING = 0.0005
"""Seconds that a thread computes before others may, a tenth of Python's own.

A page that is opened while models are loaded can be used in 2 s instead of 3.5 (238 documents, two cores, Nov 2026).
"""


def application(assistant: Assistant, host: str = "127.0.0.1") -> ASGIApp:
    """Everything that is served at ``host``, as an ASGI application that asks no other host for anything.

    Raises ``StorageUnwritable`` if the audit log cannot be written.
    """
    settings = replace(assistant.settings, host=host)
    shared = Shared.of(assistant, settings)

    offering = Offering(shared.service)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        yield
        offering.close()
        shared.close()

    page = FastAPI(openapi_url=None, lifespan=running)

    async def mounted() -> None:
        # Outside a running event loop Gradio opens one for each of its locks and never closes it.
        mount(page, shared.service, offering, shared.record)

    asyncio.run(mounted())
    return Gate(_Fork(api(shared), page), shared, local=_local(host))


def serve(assistant: Assistant, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Run the server until interrupted; ``ready`` is called once the page can be opened.

    What answers need is loaded meanwhile; whatever that raises ends the server and is raised. Raises ``SettingsError``
    when ``host`` and ``port`` cannot be listened on, or others than this machine could reach a server that nobody needs
    to sign in to.
    """

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and ready is not None:
                ready()

    if not _local(host):
        _check_users(assistant, host)
    with _listening(host, port) as listening:
        app = application(assistant, host)
        sys.setswitchinterval(SWITCHING)
        server = Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=1))
        # A page that is open keeps a request waiting, which an end cuts off; that is nothing to complain of.
        logging.getLogger("uvicorn.error").addFilter(lambda record: not (server.should_exit and _cut_off(record)))

        def load() -> None:
            try:
                assistant.load(lambda: not server.should_exit)
            except BaseException:
                server.should_exit = True
                raise

        with ThreadPoolExecutor(1, "loading") as thread:
            loading = thread.submit(load)
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listening])
        loading.result()


def _cut_off(record: logging.LogRecord) -> bool:
    """Whether a line of the log says that a request was cut off."""
    error = record.exc_info[1] if record.exc_info else None
    return isinstance(error, asyncio.CancelledError) or "timeout graceful shutdown exceeded" in record.getMessage()


class _Fork:
    """Two applications as one: ``ours`` for the API's paths, ``page`` for all others and for starting and ending."""

    def __init__(self, ours: ASGIApp, page: ASGIApp) -> None:
        self._ours = ours
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and within(scope["path"], OURS)
        await (self._ours if ours else self._page)(scope, receive, send)


def _check_users(assistant: Assistant, host: str) -> None:
    with Accounts(assistant.library.home) as accounts:
        if accounts.configured:
            return
    raise SettingsError(
        f"{host} can be reached from other machines, but no users are configured; add one with "
        "'policyqa users add NAME --role admin', or listen on 127.0.0.1",
        f"{host} 可由其他机器访问，但还没有配置用户；请先用 policyqa users add 用户名 --role admin 添加用户，"
        "或改为监听 127.0.0.1",
    )


def _local(host: str) -> bool:
    """Whether only this machine can reach what listens at ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on ({error.strerror}); stop what uses it or choose --port",
            f"无法在 {host}:{port} 打开网页（{error.strerror}）；请停止占用它的程序，或用 --port 另选端口",
        ) from error
