"""The description of the API: OpenAPI's JSON made by FastAPI, and a page of it that needs no script and no other host."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, Template

from assistant.api.shared import SIGNED_IN, Reader

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False, dependencies=SIGNED_IN)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a body: its type in words."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it."""

    method: str
    path: str
    summary: str
    about: str
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]
    statuses: tuple[tuple[str, str], ...]


@router.get("/api/docs")
async def page(user: Reader, request: Request) -> HTMLResponse:
    """The page."""
    described = request.app.openapi()
    html = _template().render(about=described["info"], operations=list(operations(described)))
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


@router.get("/api/docs.css")
async def style(user: Reader) -> Response:
    """What the page looks like."""
    return Response(_static("docs.css"), media_type="text/css")


def operations(described: Mapping[str, Any]) -> Iterator[Operation]:
    """The routes of an OpenAPI document, in its order."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                about=operation.get("description", ""),
                takes=(*_parameters(operation), *_members(_content(operation.get("requestBody", {})), described)),
                gives=tuple(_members(_content(_good(operation)), described)),
                statuses=tuple((code, each["description"]) for code, each in operation["responses"].items()),
            )


def _parameters(operation: Mapping[str, Any]) -> Iterator[Field]:
    for each in operation.get("parameters", ()):
        yield Field(each["name"], _kind(each["schema"]), each.get("required", False), each.get("description", ""))


def _good(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The response to a request that is carried out."""
    found: Mapping[str, Any] = next(
        (each for code, each in operation["responses"].items() if code.startswith("2")), {}
    )
    return found


def _content(described: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a body."""
    content: Mapping[str, Any] = described.get("content", {})
    for kind in ("application/json", "multipart/form-data"):
        if kind in content:
            found: Mapping[str, Any] = content[kind].get("schema", {})
            return found
    return {}


def _members(schema: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Field]:
    """The members of the object that ``schema`` describes or names."""
    schema = _followed(schema, described)
    for name, member in schema.get("properties", {}).items():
        about = member.get("description") or _followed(member, described).get("description", "")
        yield Field(name, _kind(member), name in schema.get("required", ()), about)


def _followed(schema: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema's type in a few words, such as "integer | null" or "Citation[]"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2].removesuffix("Body"))
    if "anyOf" in schema:
        return " | ".join(map(_kind, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    return str(schema.get("format") or schema.get("type") or "any")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_static("docs.html.j2"))


@cache
def _static(name: str) -> str:
    return files("assistant.api").joinpath("static", name).read_text(encoding="utf-8")
