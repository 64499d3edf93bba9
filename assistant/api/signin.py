"""Signing in and out: a small form of our own, without any script."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, Template

from assistant.api.shared import COOKIE, Parts
from assistant.page.visitors import asker
from assistant.records.accounts import SESSION
from index.errors import TooManyAttempts

NAMED = 64
"""Characters of a name that failed to sign in which the audit log keeps."""
WRONG = "用户名或密码不正确"
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)


@router.get("/signin")
async def form(request: Request, next: str = "/") -> Response:  # noqa: A002
    """The form; whoever is signed in already, or need not be, is sent on."""
    if request.scope["user"] is not None:
        return RedirectResponse(local(next), 303)
    return _page(local(next))


@router.post("/signin")
async def sign_in(
    request: Request,
    parts: Parts,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Open a session and go on, or show the form again."""
    who = asker(request, "page")
    try:
        found = await parts.signing.run(parts.accounts.verify, name, password)
    except TooManyAttempts as error:
        await parts.reading.run(lambda: parts.record("sign-in refused", who, name=name[:NAMED]))
        return _page(local(next), name, error.chinese, 429)
    if found is None:
        await parts.reading.run(lambda: parts.record("sign-in failed", who, name=name[:NAMED]))
        return _page(local(next), name, WRONG, 401)
    secret = await parts.reading.run(parts.accounts.open_session, found)
    await parts.reading.run(lambda: parts.record("sign-in", replace(who, name=found.name)))
    response = RedirectResponse(local(next), 303)
    seconds, secure = int(SESSION.total_seconds()), request.url.scheme == "https"
    response.set_cookie(COOKIE, secret, max_age=seconds, secure=secure, httponly=True, samesite="lax")
    return response


@router.post("/signout")
async def sign_out(request: Request, parts: Parts) -> Response:
    """End the session and show the form."""
    secret = request.cookies.get(COOKIE, "")
    if secret:
        await parts.reading.run(parts.accounts.close_session, secret)
        await parts.reading.run(lambda: parts.record("sign-out", asker(request, "page")))
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


@router.get("/signin/signin.css")
async def style() -> Response:
    """What the form looks like."""
    return Response(_static("signin.css"), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def local(address: str) -> str:
    """``address`` if it is a path of this server, else the page: nobody is sent elsewhere after signing in."""
    plain = address.isprintable() and address.isascii() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def _page(next: str, name: str = "", failed: str = "", status: int = 200) -> HTMLResponse:  # noqa: A002
    html = _template().render(next=next, name=name[:NAMED], failed=failed)
    return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})


@cache
def _template() -> Template:
    return Environment(autoescape=True).from_string(_static("signin.html.j2"))


@cache
def _static(name: str) -> str:
    return files("assistant.api").joinpath("static", name).read_text(encoding="utf-8")
