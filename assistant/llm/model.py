"""The chat model of an OpenAI-compatible server: this module alone talks to it.

A reply is read as it comes, in a thread, so that it can be given up on time whatever the server does: it may keep
silent, send a letter an hour, break off, redirect, or send what is no reply. Nothing of the key, the question or the
documents is logged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextvars import copy_context
from importlib import import_module
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from index.errors import MissingExtra

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig

TEMPERATURE = 0.0
"""The same is to be said of the same evidence."""
CONNECTING = 5.0
"""Seconds after which a server that does not even accept a connection is given up."""
LONGEST = 20_000
"""Characters of a reply after which it is no answer any more."""

_log = logging.getLogger(__name__)


class Unspoken(Exception):
    """The model gave no whole reply; ``reason`` is why, one of the keys of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS = {
    "late": "未在时限内答完",
    "down": "连接不上",
    "busy": "请求过多，暂不应答",
    "refused": "拒绝了请求",
    "broken": "应答中断或无法读取",
    "empty": "没有给出内容",
    "long": "应答过长",
    "unsupported": "所写内容均与原文不符",
    "partial": "未能直接回答所问",
    "list": "所写清单不全",
}
"""Why the documents' own words are given instead of the model's, as the user is told."""


def chat_model(
    name: str, base_url: str, key: str = "", *, timeout: float, tokens: int | None = None, retries: int = 0
) -> BaseChatModel:
    """The model ``name`` of an OpenAI-compatible server; nothing is sent yet. ``MissingExtra`` without its package.

    ``timeout`` is how long the server may keep silent, in seconds; ``tokens`` the most of a reply, as the server
    counts them. No redirect is followed: what is meant for one server goes to no other.
    """
    try:
        import_module("langchain_openai")
        from httpx2 import Client, Timeout
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise MissingExtra(
            f"langchain-openai cannot be imported ({error}); run: pip install 'policy-assistant[llm]'",
            f"缺少 langchain-openai（{error}），请运行：pip install 'policy-assistant[llm]'",
        ) from error
    _hush()
    waits = Timeout(timeout, connect=min(CONNECTING, timeout))
    return init_chat_model(
        name,
        model_provider="openai",
        base_url=base_url,
        api_key=key or "none",  # a local server wants none, the client wants one
        temperature=TEMPERATURE,
        timeout=waits,
        max_retries=retries,
        max_tokens=tokens,
        http_client=Client(follow_redirects=False, timeout=waits),
        openai_proxy="",
        stream_usage=False,
        use_responses_api=False,
    )


def spoken(model: BaseChatModel, prompt: str, until: float, config: RunnableConfig | None = None) -> Iterator[str]:
    """The reply to ``prompt`` piece by piece, without the thoughts that some models print before it.

    ``until`` is when it must be there, as ``time.monotonic`` tells it. Raises ``Unspoken`` if it is not, is empty, or is
    too long; what came before that has been given.
    """
    pieces: Queue[str | BaseException | None] = Queue()
    given_up = Event()
    run = copy_context().run
    Thread(target=run, args=(_listen, model, prompt, config, pieces, given_up), daemon=True).start()
    try:
        yield from _thoughtless(_received(pieces, until))
    finally:
        given_up.set()


def estimated_tokens(text: str) -> int:
    """How many tokens a model makes of ``text``, about: one a Chinese character, one for four of others.

    Chinese models make fewer. No tokenizer is asked: those of other vendors are fetched from the network.
    """
    wide = sum(not character.isascii() for character in text)
    return wide + (len(text) - wide + 3) // 4


def _listen(
    model: BaseChatModel,
    prompt: str,
    config: RunnableConfig | None,
    pieces: Queue[str | BaseException | None],
    given_up: Event,
) -> None:
    """Put the reply into ``pieces``, then ``None``, or else the error that ended it."""
    ended: Any = ""
    try:
        for chunk in model.stream(prompt, config):
            if given_up.is_set():
                return
            ended = chunk.response_metadata.get("finish_reason", ended)
            pieces.put(str(chunk.text))
        # Over HTTP every whole reply says why it ended; one that does not was cut off.
        if not ended and hasattr(model, "openai_api_base"):
            pieces.put(Unspoken("broken"))
        else:
            pieces.put(Unspoken("long") if ended == "length" else None)
    except Exception as error:  # whatever a server does to its client
        _log.warning("the chat model failed: %s", _told(error))
        pieces.put(Unspoken(_reason(error)))


def _received(pieces: Queue[str | BaseException | None], until: float) -> Iterator[str]:
    length = 0
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            _log.warning("the chat model did not reply in time")
            raise Unspoken("late") from None
        if piece is None:
            break
        if isinstance(piece, BaseException):
            raise piece
        length += len(piece)
        if length > LONGEST:
            raise Unspoken("long")
        if time.monotonic() > until:
            raise Unspoken("late")
        yield piece
    if not length:
        raise Unspoken("empty")


_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


def _thoughtless(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces without a thought at their beginning; ``Unspoken`` if there is nothing else."""
    held, thought, speaking, spoke = "", False, False, False
    for piece in pieces:
        if not speaking:
            held = (held + piece).lstrip()
            if not thought and held.startswith(_THOUGHT):
                _, ended, after = held.partition(_THOUGHT_ENDS)
                if not ended:
                    continue
                held, thought = after.lstrip(), True
            if not held or (not thought and _THOUGHT.startswith(held)):
                continue
            speaking, piece = True, held
        spoke = spoke or bool(piece.strip())
        yield piece
    if not speaking and held and (thought or not held.startswith(_THOUGHT)):
        yield held
        spoke = True
    if not spoke:
        raise Unspoken("empty")


def _told(error: Exception) -> str:
    """An error as it may be logged: what it says itself may quote the request."""
    status = getattr(error, "status_code", None)
    return type(error).__name__ + (f" (status {status})" if status else "")


def _reason(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    if status is not None:
        return "busy" if status in (429, 503) else "refused"
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"APITimeoutError", "TimeoutException"}:
        return "late"
    return "down" if names & {"APIConnectionError", "ConnectError"} else "broken"


class _Quiet(logging.Filter):
    """Lets warnings pass: below them, the client logs whole requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_QUIET = _Quiet()


def _hush() -> None:
    """Keep the client from logging what it sends, even where everything else is logged."""
    for name in ("openai._base_client", "openai._response", "openai._legacy_response"):
        logging.getLogger(name).addFilter(_QUIET)
