"""The whole server: the page and the API behind one gate, whom it is open to, and how it bears fifty clients."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import HashedEncoder
from pages import until
from serving import listening, over, serving

from assistant.api.shared import COOKIE
from assistant.assistant import Assistant
from assistant.records.accounts import Accounts, Role
from assistant.server import application, serve
from assistant.settings import Settings
from index.errors import EncoderMismatch, SettingsError
from index.library import Library

QUESTIONS = (
    "2021年碳达峰任务有哪些",
    "黑臭水体消除比例是多少",
    "2022年碳达峰任务有哪些",
    "会议什么时候开的",
    "谁作工作报告",
    "长江流域水质怎么样",
)


@pytest.fixture(scope="module")
def client(seeded: Library) -> Iterator[httpx.Client]:
    """A client of the whole server over it."""
    with (
        listening(application(Assistant(seeded, Settings(reader="none")))) as address,
        httpx.Client(base_url=address) as opened,
    ):
        yield opened


def test_the_page_and_the_api_are_side_by_side(client: httpx.Client) -> None:
    page = client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    # With "no-referrer" a form of the page, such as that for signing out, would be sent with the origin "null".
    assert page.headers["referrer-policy"] == "same-origin"
    assert client.get("/api/nothing").headers["content-type"] == "application/problem+json"
    assert client.post("/api/ask", json={"question": QUESTIONS[0]}).json()["answered"] is True
    assert "<h1>" in client.get("/api/docs").text
    state = until(lambda: (found := client.get("/readyz")).status_code == 200 and found)
    assert state.json() == {"status": "ready", "documents": 1, "library": 1}


def test_the_description_of_the_api_asks_no_other_host(client: httpx.Client) -> None:
    page, style = client.get("/api/docs"), client.get("/api/docs.css")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<script" not in page.text
    assert page.text.replace("http://127.0.0.1:7860", "").count("http") == 0
    assert "url(" not in style.text
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text


def test_another_sites_page_cannot_use_the_page(client: httpx.Client) -> None:
    foreign = {"Origin": "http://evil.example"}
    assert client.post("/gradio_api/queue/join", json={}, headers=foreign).status_code == 403
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_what_the_page_changes_is_in_the_audit_log(client: httpx.Client, seeded: Library) -> None:
    headers = {"X-PolicyQA": "1"}
    with client.stream(
        "PUT", "/page/upload/节水.txt", content="节水\n\n第一条　节水。\n", headers=headers
    ) as sent:
        assert sent.status_code == 200
        sent.read()
    (id_,) = [one.id for one in seeded.documents() if one.path.endswith("节水.txt")]
    assert client.delete(f"/page/document/{id_}", headers=headers).status_code == 200
    lines = (seeded.home / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-2:]
    first, second = map(json.loads, lines)
    assert [first[name] for name in ("event", "via", "files", "documents")] == ["add", "page", ["节水.txt"], [id_]]
    assert [second[name] for name in ("event", "via", "documents")] == ["remove", "page", [id_]]


def test_the_page_needs_a_session_once_there_are_users(client: httpx.Client, seeded: Library) -> None:
    html = {"Accept": "text/html"}
    with Accounts(seeded.home) as accounts:  # the last of this server's tests: it stays closed from now on
        user = accounts.add("admin", "correct horse", Role.ADMIN)
        response = client.get("/", headers=html)
        assert (response.status_code, response.headers["location"]) == (303, "/signin?next=/")
        for path in ("/config", "/gradio_api/info", "/page/documents", "/page/static/page.js"):
            assert client.get(path).status_code == 401
        assert client.post("/gradio_api/queue/join", json={}).status_code == 401
        session = {"Cookie": f"{COOKIE}={accounts.open_session(user)}"}
        assert client.get("/", headers=html | session).status_code == 200
        assert client.get("/page/documents", headers=session).status_code == 200


def test_without_users_only_this_machine_is_served(library: Library) -> None:
    with pytest.raises(
        SettingsError, match=r"0\.0\.0\.0 can be reached from other machines, but no users"
    ) as caught:
        serve(Assistant(library, Settings(reader="none")), "0.0.0.0", 0)
    assert "policyqa users add" in caught.value.chinese


def test_what_cannot_be_loaded_ends_the_server_and_is_raised(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("单位应当安装水表。", encoding="utf-8")
    library.add(tmp_path / "a.txt")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        Library(library.home, HashedEncoder("another")) as other,
        pytest.raises(EncoderMismatch, match="was built with hashed-64"),
    ):
        serve(Assistant(other, Settings(reader="none")), "127.0.0.1", port)


def test_while_models_are_loaded_the_server_is_alive_but_not_ready(library: Library) -> None:
    with over(library) as client:
        assert client.get("/readyz").status_code == 200
    assistant = Assistant(library, Settings(reader="none"))
    assistant.loading = True
    with serving(assistant) as (client, _):
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["detail"]) == (503, "模型正在载入")
        assert answer.headers["retry-after"] == "2"


def test_a_server_for_others_is_called_by_any_name_and_asks_who_it_is(library: Library) -> None:
    with Accounts(library.home) as accounts:
        accounts.add("admin", "correct horse", Role.ADMIN)
    with serving(Assistant(library, Settings(reader="none")), local=False) as (client, _):
        name = {"Host": "qa.example.cn"}
        assert client.get("/healthz", headers=name).status_code == 200
        assert client.get("/api/documents", headers=name).status_code == 401


CLIENTS = """
import asyncio, json, sys, time
import httpx

address, lasting, clients, questions = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]

async def asking(client, number, end):
    took = []
    while time.monotonic() < end:
        begun = time.perf_counter()
        question = questions[(number + len(took)) % len(questions)]
        response = await client.post("/api/ask", json={"question": question})
        took.append((time.perf_counter() - begun, response.status_code))
    return took

async def main():
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        end = time.monotonic() + lasting
        found = await asyncio.gather(*(asking(client, number, end) for number in range(clients)))
    print(json.dumps(sorted(each for one in found for each in one)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_fifty_clients_at_once_are_answered_in_time_without_error_in_flat_memory(assistant: Assistant) -> None:
    """For LOAD_SECONDS, 30 unless set; two seconds for 95 of 100 are the target on two idle cores.

    A shape that was not read before costs 80 MB of kernels, once, on a slow machine in the second half, too: three of
    them are flat. What a question leaked, half a megabyte of it would show.
    """
    lasting, most = (
        float(os.environ.get(name, default)) for name, default in (("LOAD_SECONDS", "30"), ("LOAD_P95", "20"))
    )
    with serving(assistant, rate=1_000_000) as (first, _):
        for question in QUESTIONS * 5:
            first.post("/api/ask", json={"question": question})
        busy = time.process_time()
        command = [sys.executable, "-c", CLIENTS, str(first.base_url), str(lasting), "50", *QUESTIONS]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as clients:
            time.sleep(lasting / 2)
            half = _resident()
            said, _ = clients.communicate(timeout=lasting + 120)
        busy, after = time.process_time() - busy, _resident()
    took = json.loads(said)
    p50, p95 = (took[int(len(took) * share)][0] for share in (0.5, 0.95))
    statuses = sorted({status for _, status in took})
    sys.stdout.write(
        f"\n{len(took)} questions in {lasting:.0f} s: p50 {p50:.2f} s, p95 {p95:.2f} s, statuses {statuses}, "
        f"{busy / len(took) * 1000:.0f} ms of processor each; {half >> 20} MB at half time, {after >> 20} MB after\n"
    )
    assert statuses == [200]
    assert after - half < 256 << 20
    assert p95 <= most


def _resident() -> int:
    """The memory of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
