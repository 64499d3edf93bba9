"""The edge to a chat model: what is sent, what comes back on time, and what is not logged, against a real server."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
import scripted
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from scripted import Behaviour, serving

from assistant.llm.model import REASONS, Unspoken, chat_model, estimated_tokens, spoken

SECONDS = 1.0
PATIENT = 30.0
"""Seconds in which a fault that is no lateness is told on a slow machine."""


def said(address: str, prompt: str = "问", seconds: float = SECONDS) -> str:
    model = chat_model("m", address, "sk-geheim", timeout=seconds, tokens=50)
    return "".join(spoken(model, prompt, time.monotonic() + seconds))


def test_a_reply_is_the_model_s_words() -> None:
    with serving(scripted.saying("第一句。第二句。")) as server:
        assert said(server.address, "说两句") == "第一句。第二句。"
        assert (server.asked, server.keys) == (["说两句"], ["Bearer sk-geheim"])


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("<think>想一想</think>\n答。", "答。"),
        ("\n <think>想</think>答<think>。", "答<think>。"),
        ("<b>答</b>", "<b>答</b>"),
        ("<", "<"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_thoughts_before_a_reply_are_left_out(reply: str, expected: str, size: int) -> None:
    with serving(scripted.saying(reply, size=size)) as server:
        assert said(server.address) == expected


ODD = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}

FAULTS: dict[str, tuple[Behaviour, str]] = {
    "silent": (scripted.silent, "late"),
    "a letter now and then": (scripted.dripping, "late"),
    "rate-limited": (scripted.failing(429, Retry_After="30"), "busy"),
    "overloaded": (scripted.failing(503), "busy"),
    "an error": (scripted.failing(500), "refused"),
    "a wrong key": (scripted.failing(401), "refused"),
    "too long a prompt": (scripted.failing(400), "refused"),
    "cut off": (scripted.cut_off("全市"), "broken"),
    "no tokens left": (scripted.out_of_tokens("全市绿地率达到"), "long"),
    "empty": (scripted.saying(""), "empty"),
    "only a thought": (scripted.saying("<think>想"), "empty"),
    "white space": (scripted.saying(" \n "), "empty"),
    "100,000 characters": (scripted.long, "long"),
    "no event": (scripted.raw(""), "broken"),
    "no JSON": (scripted.raw("data: {\n\n"), "broken"),
    "JSON of another shape": (scripted.raw("data: [1]\n\n"), "broken"),
    "no choices": (scripted.raw(f"data: {json.dumps({**ODD, 'choices': None})}\n\n"), "broken"),
    "a web page": (scripted.raw("<html>请登录</html>", "text/html"), "broken"),
}


@pytest.mark.parametrize(("behave", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_by_its_reason_and_on_time(behave: Behaviour, reason: str) -> None:
    with serving(behave) as server:
        started = time.monotonic()
        with pytest.raises(Unspoken) as caught:
            said(server.address, seconds=SECONDS if reason == "late" else PATIENT)
        assert (caught.value.reason, time.monotonic() - started < PATIENT) == (reason, True)
        assert len(server.asked) == 1
        assert reason in REASONS


def test_a_redirect_is_not_followed() -> None:
    with serving(scripted.saying("不该问我。")) as other:
        away = scripted.failing(307, Location=f"{other.address}/chat/completions")
        with serving(away) as server, pytest.raises(Unspoken, match="refused"):
            said(server.address)
        assert other.asked == []


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        started = time.monotonic()
        with pytest.raises(Unspoken, match="down"):
            said(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", seconds=300.0)
        assert time.monotonic() - started < PATIENT


def logged(run: Callable[[], object], caplog: pytest.LogCaptureFixture) -> str:
    """Everything that is logged meanwhile, at every level, by whatever logger."""
    for name in ("assistant", "openai", "openai._base_client", "httpx2", "httpcore2", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    run()
    return caplog.text


@pytest.mark.parametrize(
    "behave",
    [
        scripted.saying("机密的回答。"),
        scripted.failing(400),
        scripted.failing(429),
        scripted.cut_off("机密的回答"),
    ],
    ids=["a reply", "an error that quotes the request", "rate-limited", "cut off"],
)
def test_neither_the_key_nor_what_is_asked_or_said_is_logged(
    behave: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(behave) as server:

        def run() -> None:
            with suppress(Unspoken):
                said(server.address, "机密的问题")

        text = logged(run, caplog)
        assert len(server.asked) == 1
    assert "geheim" not in text
    assert "机密" not in text
    assert "\\u673a" not in text


def test_it_needs_no_network_but_the_server_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations are counted without the tokenizers that would be fetched."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://example.invalid/v1")
    monkeypatch.setenv("OPENAI_PROXY", "http://example.invalid")
    with serving(scripted.saying("好。")) as server:
        assert said(server.address) == "好。"


def test_a_fake_of_langchain_speaks_too() -> None:
    assert "".join(spoken(FakeListChatModel(responses=["好。"]), "问", time.monotonic() + 5)) == "好。"


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("全市", 2), ("abcd", 1), ("abcde", 2), ("全a", 2)])
def test_tokens_are_estimated(text: str, expected: int) -> None:
    assert estimated_tokens(text) == expected
