"""The gate: who may what, from where, how often and how much; and what is refused is a problem in Chinese."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from serving import over, serving

from assistant.api.gate import named, same_origin
from assistant.api.shared import COOKIE
from assistant.assistant import Assistant
from assistant.records.accounts import Accounts, Role
from assistant.settings import Settings
from assistant.types import Answer, Turn
from index.library import Library
from index.types import Filters

ASK = {"question": "节水有哪些规定"}
FILE = {"files": ("节水办法.txt", "节水办法\n\n第一条　节水。\n".encode())}


class Slow(Assistant):
    """An assistant that takes a while."""

    seconds = 4.0

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, config: Any = None
    ) -> Answer:
        time.sleep(self.seconds)
        return Answer(question, question, "答。", answered=True, kind="open", confidence=1.0)


@pytest.fixture
def accounts(library: Library) -> Iterator[Accounts]:
    """Users of each role beside the library."""
    with Accounts(library.home) as opened:
        for role in reversed(Role):
            opened.add(role.value, "correct horse", role)
        yield opened


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == response.status_code
    return found["status"], found["detail"]


# Roles


NEEDED = [
    ("GET", "/healthz", {}, None, 200),
    ("GET", "/readyz", {}, None, 200),
    ("GET", "/metrics", {}, Role.READER, 200),
    ("GET", "/api/openapi.json", {}, Role.READER, 200),
    ("GET", "/api/docs", {}, Role.READER, 200),
    ("POST", "/api/ask", {"json": ASK}, Role.READER, 200),
    ("POST", "/api/ask/stream", {"json": ASK}, Role.READER, 200),
    ("POST", "/api/search", {"json": {"query": "节水"}}, Role.READER, 200),
    ("GET", "/api/search?query=节水", {}, Role.READER, 200),
    ("GET", "/api/documents", {}, Role.READER, 200),
    ("GET", "/api/documents/x", {}, Role.READER, 404),
    ("GET", "/api/documents/x/text", {}, Role.READER, 404),
    ("GET", "/api/documents/x/original", {}, Role.READER, 404),
    ("POST", "/api/feedback", {"json": {}}, Role.READER, 422),
    ("GET", "/v1/models", {}, Role.READER, 200),
    ("GET", "/v1/models/x", {}, Role.READER, 404),
    ("POST", "/v1/chat/completions", {"json": {"messages": []}}, Role.READER, 422),
    ("POST", "/api/documents", {"files": FILE}, Role.EDITOR, 200),
    ("PATCH", "/api/documents/x", {"json": {}}, Role.EDITOR, 404),
    ("DELETE", "/api/documents/x", {}, Role.EDITOR, 404),
]


def test_each_role_may_what_it_is_for_by_token_and_by_session(library: Library, accounts: Accounts) -> None:
    with over(library) as client:
        described = client.get("/api/openapi.json", headers=bearer(accounts.issue_token("reader", "docs"))).json()
        routes = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
        tried = {(method, path.replace("/x", "/{document_id}").split("?")[0]) for method, path, *_ in NEEDED}
        tried |= {("GET", "/v1/models/{model}")}
        assert routes <= tried  # no route is forgotten here
        for role in Role:
            token = bearer(accounts.issue_token(role.value, "all"))
            user = accounts.verify(role.value, "correct horse")
            assert user is not None
            session = {"Cookie": f"{COOKIE}={accounts.open_session(user)}"}
            for method, path, given, least, status in NEEDED:
                for headers in (token, session):
                    found = client.request(method, path, headers=headers, **given)
                    allowed = least is None or role.covers(least)
                    assert found.status_code == (status if allowed else 403), (role, method, path, found.text)
                    if not allowed:
                        assert "editor" in problem(found)[1]


def test_without_session_or_token_only_the_state_is_told(library: Library, accounts: Accounts) -> None:
    with over(library) as client:
        for method, path, given, least, status in NEEDED:
            for headers in (
                {},
                bearer("pqa_wrong"),
                {"Cookie": f"{COOKIE}=wrong"},
                {"Authorization": "Basic eDp5"},
            ):
                found = client.request(method, path, headers=headers, **given)
                assert found.status_code == (status if least is None else 401), (method, path)
                if least is not None:
                    assert problem(found)[1] == "请先登录，或提供有效的令牌"
                    assert found.headers["www-authenticate"] == "Bearer"


def test_a_token_lasts_until_it_is_revoked_and_a_session_until_it_is_closed(
    library: Library, accounts: Accounts
) -> None:
    with over(library) as client:
        token = accounts.issue_token("reader", "one")
        assert client.get("/v1/models", headers=bearer(token)).status_code == 200
        accounts.revoke("one")
        assert client.get("/v1/models", headers=bearer(token)).status_code == 401
        user = accounts.verify("reader", "correct horse")
        assert user is not None
        secret = accounts.open_session(user)
        session = {"Cookie": f"{COOKIE}={secret}"}
        assert client.get("/v1/models", headers=session).status_code == 200
        accounts.close_session(secret)
        assert client.get("/v1/models", headers=session).status_code == 401


def test_without_users_everybody_may_everything_whatever_token_is_sent(library: Library) -> None:
    with over(library) as client:
        assert client.post("/api/documents", files=FILE, headers=bearer("any")).status_code == 200


def test_the_first_user_closes_the_door_at_once(library: Library) -> None:
    with over(library) as client, Accounts(library.home) as accounts:
        assert client.get("/v1/models").status_code == 200
        accounts.add("admin", "correct horse", Role.ADMIN)
        assert client.get("/v1/models").status_code == 401


def test_a_browser_is_sent_to_sign_in_and_back(library: Library, accounts: Accounts) -> None:
    with over(library) as client:
        response = client.get("/metrics?a=1&b=2", headers={"Accept": "text/html,*/*"})
        assert (response.status_code, response.headers["location"]) == (
            303,
            "/signin?next=/metrics%3Fa%3D1%26b%3D2",
        )


# Names and origins


@pytest.mark.parametrize(
    ("host", "local", "hosts", "well"),
    [
        ("127.0.0.1:7860", True, (), True),
        ("localhost:7860", True, (), True),
        ("LOCALHOST", True, (), True),
        ("[::1]:7860", True, (), True),
        ("192.168.1.5:7860", True, (), True),  # an address cannot be rebound
        ("evil.example", True, (), False),
        ("localhost.evil.example", True, (), False),
        ("127.0.0.1.evil.example", True, (), False),
        ("qa.example.cn", True, ("qa.example.cn",), True),
        ("qa.example.cn", False, (), True),
        ("other.example.cn", False, ("qa.example.cn",), False),
        ("", True, (), False),
        ("", False, (), False),
        ("[", True, (), False),
        ("a b@localhost", True, (), True),
    ],
)
def test_a_local_server_is_called_by_an_address_or_a_known_name_only(
    host: str, local: bool, hosts: tuple[str, ...], well: bool
) -> None:
    assert named(host, Settings(hosts=hosts), local=local) is well


@pytest.mark.parametrize(
    ("headers", "well"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:7860"}, True),
        ({"origin": "https://127.0.0.1:7860"}, True),  # a proxy may speak TLS
        ({"origin": "http://127.0.0.1:1"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "https://qa.example.cn"}, True),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "file://"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://["}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_what_changes_something_comes_from_this_servers_pages_or_from_none(
    headers: dict[str, str], well: bool
) -> None:
    assert same_origin({"host": "127.0.0.1:7860", **headers}, Settings(hosts=("qa.example.cn",))) is well


def test_a_foreign_name_and_a_foreign_page_are_refused(library: Library) -> None:
    with over(library) as client:
        assert problem(client.get("/healthz", headers={"Host": "evil.example"}))[0] == 421
        foreign = {"Origin": "http://evil.example"}
        assert problem(client.post("/api/documents", files=FILE, headers=foreign))[0] == 403
        assert problem(client.delete("/api/documents/x", headers=foreign))[0] == 403
        assert client.get("/api/documents", headers=foreign).status_code == 200
        assert "access-control-allow-origin" not in client.get("/api/documents", headers=foreign).headers


def test_a_foreign_page_cannot_use_a_session_but_a_program_may_its_token(
    library: Library, accounts: Accounts
) -> None:
    user = accounts.verify("reader", "correct horse")
    assert user is not None
    session = {"Cookie": f"{COOKIE}={accounts.open_session(user)}"}
    token = bearer(accounts.issue_token("reader", "app"))
    foreign = {"Origin": "app://chat"}
    with over(library) as client:
        assert client.post("/api/search", json={"query": "水"}, headers=session | foreign).status_code == 403
        assert client.post("/api/search", json={"query": "水"}, headers=token | foreign).status_code == 200
        assert (
            client.post("/api/search", json={"query": "水"}, headers=session | token | foreign).status_code == 200
        )


# Limits


def test_more_requests_than_a_minute_allows_are_told_when_to_come_again(
    library: Library, accounts: Accounts
) -> None:
    one, other = (bearer(accounts.issue_token("reader", label)) for label in ("one", "other"))
    with over(library, rate=3) as client:
        assert [client.get("/v1/models", headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get("/v1/models", headers=one)
        assert problem(refused)[1] == "请求过于频繁，请稍后再试"
        assert 1 <= int(refused.headers["retry-after"]) <= 21  # a token each 20 seconds
        assert client.get("/v1/models", headers=other).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_without_users_an_address_has_one_rate_whatever_tokens_it_makes_up(library: Library) -> None:
    with over(library, rate=3) as client:
        codes = [client.get("/v1/models", headers=bearer(f"made up {count}")).status_code for count in range(4)]
        assert codes == [200, 200, 200, 429]


def test_wrong_tokens_use_up_the_rate_of_their_address_alone(library: Library, accounts: Accounts) -> None:
    known = bearer(accounts.issue_token("reader", "one"))
    with over(library, rate=3) as client:
        codes = [client.get("/v1/models", headers=bearer(f"wrong {count}")).status_code for count in range(4)]
        assert codes == [401, 401, 401, 429]
        assert client.get("/v1/models", headers=known).status_code == 200


@pytest.mark.parametrize("path", ["/api/ask", "/api/feedback", "/v1/chat/completions", "/signin", "/nothing"])
def test_a_request_that_is_too_large_is_refused_known_length_or_not(library: Library, path: str) -> None:
    with over(library, request_mb=1, upload_mb=1) as client:
        large = json.dumps({"question": "问" * (1 << 20)}).encode()
        headers = {"Content-Type": "application/json"}
        assert problem(client.post(path, content=large, headers=headers))[0] == 413

    def parts() -> Iterator[bytes]:
        for start in range(0, len(large), 1 << 16):
            yield large[start : start + (1 << 16)]

    if path not in ("/nothing", "/signin"):  # where nobody reads the request, nothing comes of its length
        with over(library, request_mb=1, upload_mb=1) as client:
            assert client.post(path, content=parts(), headers=headers).status_code == 413


def test_a_request_that_never_ends_is_given_up(library: Library) -> None:
    with over(library, request_seconds=1) as client:
        port = client.base_url.port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port), timeout=60) as opened:
            opened.sendall(
                b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            begun, said = time.monotonic(), b""
            while part := opened.recv(4096):
                said += part
        assert said.startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - begun < 60


def test_what_takes_too_long_is_504_and_what_finds_no_place_503(library: Library) -> None:
    with serving(Slow(library, Settings(reader="none")), at_once=1, waiting=1, request_seconds=6) as (client, _):
        codes: list[int] = []
        retries: list[str] = []

        def ask() -> None:
            response = client.post("/api/ask", json=ASK)
            codes.append(problem(response)[0] if response.is_error else response.status_code)
            retries.append(response.headers.get("retry-after", ""))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        # The third finds no place at once, the first takes 4 s, the second would take 3.9 + 4 s.
        assert codes == [503, 200, 504]
        assert retries == ["1", "", ""]
        assert client.get("/healthz").status_code == 200


# What every response carries


def test_responses_carry_headers_that_keep_browsers_from_mischief(library: Library) -> None:
    with over(library) as client:
        for path in ("/api/documents", "/api/nothing", "/healthz", "/v1/models"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/api/ask", 405),
        ("PUT", "/api/documents", 405),
        ("OPTIONS", "/api/ask", 405),
        ("GET", "/api/documents/../../etc/passwd", 404),
        ("GET", "/api/documents/%00/text", 404),
        ("GET", "/api/documents/%F0%9F%98%80/text", 404),
    ],
)
def test_what_is_not_there_is_a_problem(library: Library, method: str, path: str, status: int) -> None:
    with over(library) as client:
        assert problem(client.request(method, path))[0] == status
