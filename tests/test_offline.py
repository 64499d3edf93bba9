"""Nothing reaches for the network: the real thing in a process of its own, where only loopback is open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

GUARD = """
import json, os, sys

reached = []

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event in ("subprocess.Popen", "os.system"):
        host = str(arguments[0])
        if os.path.basename(host) not in ("curl", "wget", "ping"):
            return
    else:
        return
    host = host[0] if isinstance(host, tuple) else host
    host = host.decode() if isinstance(host, bytes) else host
    if host and not str(host).startswith(("127.", "::1", "localhost", "::ffff:127.")):
        reached.append(f"{event} {host}")
        raise ConnectionRefusedError(f"{host} is out of reach")

sys.addaudithook(watch)
"""

EVERYTHING = """
import socket, threading, urllib.request
import uvicorn
from assistant import Assistant

with Assistant.open(sys.argv[1], sys.argv[2]) as assistant:
    answer = assistant.ask("2021年碳达峰任务有哪些")
    report = assistant.library.add(sys.argv[3])
    again = assistant.ask("节水型器具")

    from assistant.server import application

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(assistant), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        pages = []
        for path in ("/", "/config"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as page:
                pages.append(page.status)
        server.should_exit = True
        thread.join()
    modules = [name for name in ("torch", "sentence_transformers", "gradio", "onnxruntime") if name in sys.modules]

print(json.dumps([reached, answer.answered, len(report.added), pages, len(again.citations) > 0, modules]))
"""

GUARDED = """
import runpy
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(json.dumps(reached), file=sys.stderr)
"""


def run(script: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python process that starts with the guard, free of variables that would have hushed the libraries anyway."""
    hushed = ("HF_", "TRANSFORMERS_", "LANG", "GRADIO_", "DO_NOT_TRACK", "POLICYQA_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hushed)}
    return subprocess.run(
        [sys.executable, "-c", GUARD + script, *map(str, arguments)],
        env={**environment, "PYTHONUTF8": "1", **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_opening_asking_ingesting_and_the_page_reach_for_nothing(tmp_path: Path, cache: Path) -> None:
    """Enough to ingest that Sentence Transformers is loaded, too (more than 64 passages)."""
    long = tmp_path / "long.txt"
    lines = (f"第{number}号办法：应当使用节水型器具，{'不得浪费用水；' * 30}违者处罚。" for number in range(90))
    long.write_text("\n".join(lines), encoding="utf-8")
    done = run(
        EVERYTHING, tmp_path / "home", ROOT / "documents", long, POLICYQA_CACHE=str(cache), HOME=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    loaded = ["torch", "sentence_transformers", "gradio", "onnxruntime"]
    assert json.loads(done.stdout.splitlines()[-1]) == [[], True, 1, [200, 200], True, loaded]


def test_the_command_reaches_for_nothing(home: Path, cache: Path) -> None:
    command = Path(sys.executable).with_name("policyqa")
    done = run(GUARDED, command, "ask", "谁作工作报告", "--home", home, POLICYQA_CACHE=str(cache))
    assert done.returncode == 0, done.stderr
    assert "黄润秋" in done.stdout
    assert json.loads(done.stderr.splitlines()[-1]) == []


def test_the_guard_of_these_tests_sees_an_attempt() -> None:
    """An address of the range kept for documentation (RFC 5737), and a name that cannot exist (RFC 2606)."""
    script = """
import socket
for attempt in (lambda: socket.create_connection(("192.0.2.1", 80)), lambda: socket.gethostbyname("a.invalid")):
    try:
        attempt()
    except ConnectionRefusedError:
        pass
print(json.dumps(reached))
"""
    done = run(script)
    assert json.loads(done.stdout) == [
        "socket.getaddrinfo 192.0.2.1",
        "socket.gethostbyname a.invalid",
    ]


def test_importing_the_package_switches_telemetry_off_before_any_library_is_there() -> None:
    script = """
import assistant
assert not {"gradio", "huggingface_hub", "langsmith", "transformers"} & sys.modules.keys()
print(json.dumps({name: os.environ.get(name) for name in assistant.offline.QUIET}))
"""
    done = run(script, HF_HUB_OFFLINE="0")
    assert json.loads(done.stdout) == {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "0",  # the user's own choice stays
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "LANGSMITH_TRACING": "false",
        "LANGCHAIN_TRACING_V2": "false",
        "TOKENIZERS_PARALLELISM": "false",
    }
