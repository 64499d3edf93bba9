"""Signing in and out with the form: sessions in a cookie that no script and no other site gets hold of."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import over

from assistant.api.shared import COOKIE
from assistant.api.signin import local
from assistant.records.accounts import Accounts, Role
from index.library import Library

WORDS = {"name": "张三", "password": "correct horse", "next": "/"}


@pytest.fixture
def client(library: Library) -> Iterator[httpx.Client]:
    """A client of a server that knows one user."""
    with Accounts(library.home) as accounts:
        accounts.add("张三", "correct horse", Role.EDITOR)
    with over(library) as opened:
        opened.headers["Origin"] = str(opened.base_url).rstrip("/")
        yield opened


def events(library: Library) -> list[tuple[str, str]]:
    lines = (library.home / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    return [(each["event"], each.get("name") or each["user"]) for each in map(json.loads, lines)]


def test_the_form_is_a_page_of_our_own_in_chinese_without_scripts(client: httpx.Client) -> None:
    response = client.get("/signin", params={"next": "/page?a=<script>"})
    assert response.status_code == 200
    assert "<title>登录 · 政策文件问答</title>" in response.text
    assert 'value="/page?a=&lt;script&gt;"' in response.text
    assert "<script" not in response.text
    assert "http" not in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    style = client.get("/signin/signin.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_who_signs_in_has_a_session_until_signing_out(client: httpx.Client, library: Library) -> None:
    assert client.get("/v1/models").status_code == 401
    response = client.post("/signin", data={**WORDS, "next": "/api/docs"})
    assert (response.status_code, response.headers["location"]) == (303, "/api/docs")
    cookie = response.headers["set-cookie"].split("; ")
    assert cookie[0].startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(cookie)
    assert "Secure" not in cookie
    assert client.get("/v1/models").status_code == 200
    assert client.get("/signin", params={"next": "/api/docs"}).headers["location"] == "/api/docs"
    secret = client.cookies[COOKIE]
    response = client.post("/signout")
    assert (response.status_code, response.headers["location"]) == (303, "/signin")
    assert COOKIE not in client.cookies
    assert client.get("/v1/models", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 401
    assert events(library) == [("sign-in", "张三"), ("sign-out", "张三")]


def test_behind_a_proxy_that_speaks_tls_the_cookie_is_for_tls_alone(client: httpx.Client) -> None:
    headers = {"X-Forwarded-Proto": "https", "Origin": f"https://{client.base_url.netloc.decode()}"}
    assert "; Secure" in client.post("/signin", data=WORDS, headers=headers).headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(client: httpx.Client, library: Library) -> None:
    said = []
    for name, password in (("张三", "wrong horse"), ("李四", "correct horse"), ("", ""), ("\0", "x" * 5000)):
        response = client.post("/signin", data={"name": name, "password": password})
        assert response.status_code == 401
        assert "set-cookie" not in response.headers
        assert "wrong horse" not in response.text
        said.append(response.text.partition('role="alert">')[2].partition("<")[0])
    assert said == ["用户名或密码不正确"] * 4
    assert events(library) == [("sign-in failed", name) for name in ("张三", "李四", "", "\0")]


def test_a_name_is_shown_again_escaped_and_never_whole_if_it_is_long(client: httpx.Client) -> None:
    text = client.post("/signin", data={"name": '"><script>' + "x" * 1000, "password": "y"}).text
    assert 'value="&#34;&gt;&lt;script&gt;' in text
    assert "x" * 65 not in text


def test_too_many_wrong_passwords_lock_the_name_for_a_while(client: httpx.Client, library: Library) -> None:
    codes = [client.post("/signin", data={**WORDS, "password": "wrong"}).status_code for _ in range(20)]
    assert codes == sorted(codes)
    assert set(codes) == {401, 429}
    response = client.post("/signin", data=WORDS)
    assert response.status_code == 429
    assert "密码错误次数过多" in response.text
    assert events(library)[-1] == ("sign-in refused", "张三")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_no_other_site_signs_anybody_in_or_out(client: httpx.Client, origin: str) -> None:
    for path in ("/signin", "/signout"):
        response = client.post(path, data=WORDS, headers={"Origin": origin})
        assert response.status_code == 403
        assert "set-cookie" not in response.headers


def test_where_there_are_no_users_nobody_needs_to_sign_in(library: Library) -> None:
    with over(library) as client:
        assert client.get("/signin").headers["location"] == "/"
        assert client.post("/signin", data=WORDS).status_code == 401
        assert client.post("/signout").status_code == 303


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/", "/"),
        ("/api/docs?a=1#b", "/api/docs?a=1#b"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/\t/evil.example", "/"),
        ("evil.example", "/"),
    ],
)
def test_nobody_is_sent_elsewhere(address: str, found: str) -> None:
    assert local(address) == found


@given(st.text())
def test_whatever_the_address_it_is_a_path_of_this_server(address: str) -> None:
    found = local(address)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "\n" not in found
