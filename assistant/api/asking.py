"""Routes that ask and search."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from assistant import render
from assistant.api import problems
from assistant.api.models import LONGEST, AnswerBody, Day, FiltersBody, HitBody, Hits, Question, Search, Text
from assistant.api.shared import Parts, Reader, Shared
from assistant.page.visitors import asker
from assistant.types import Answer
from index.types import Filters

EVENTS = "text/event-stream"
_EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {name: {"type": "string"} for name in ("event", "data")},
}
STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {EVENTS: {"schema": _EVENT}}}}
"""For the OpenAPI document: a response of server-sent events, each of which is as described."""

router = APIRouter()


@router.post(
    "/api/ask",
    summary="提问",
    description="只依据已收录的文件作答，每句话都有出处；文件中没有的，`answered` 为 false。",
)
async def ask(body: Question, parts: Parts, user: Reader, request: Request) -> AnswerBody:
    """The answer to a question."""
    who = asker(request, "api")
    answer = await parts.asking.run(
        lambda: parts.service.ask(body.question, body.turns(), body.wanted(), asker=who)
    )
    return AnswerBody.of(answer)


@router.post(
    "/api/ask/stream",
    summary="提问，边答边返回",
    response_class=StreamingResponse,
    responses=STREAMED,
    description=(
        "以服务器发送事件返回：若干 `piece`（text 与 citations，依次相接即为全文），"
        "最后一个 `answer`（与 /api/ask 的回答相同）；中途出错则为 `error`。"
    ),
)
async def ask_stream(body: Question, parts: Parts, user: Reader, request: Request) -> StreamingResponse:
    """The answer as server-sent events."""
    who = asker(request, "api")
    pieces = await parts.asking.stream(
        lambda: parts.service.stream(body.question, body.turns(), body.wanted(), asker=who)
    )
    return streamed(_events(pieces, request.url.path))


async def _events(pieces: AsyncIterator[Answer], path: str) -> AsyncIterator[bytes]:
    so_far: Answer | None = None
    try:
        async for piece in pieces:
            so_far = piece if so_far is None else so_far + piece
            if piece.text or piece.citations:
                citations = [render.citation_json(citation) for citation in piece.citations]
                yield event("piece", {"text": piece.text, "citations": citations})
        if so_far is not None:
            yield event("answer", render.as_json(so_far))
    except Exception as error:  # the edge: too late for a status
        yield event("error", problems.told(path, error))


def streamed(events: AsyncIterator[bytes]) -> StreamingResponse:
    """The response that sends the events as they come; no proxy is to hold them back."""
    return StreamingResponse(events, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


def event(name: str | None, value: Any) -> bytes:
    """One server-sent event."""
    return format_sse_event(event=name, data_str=json.dumps(value, ensure_ascii=False))


@router.post("/api/search", summary="检索", description="只检索，不作答；段落按相关程度排列。")
async def search(body: Search, parts: Parts, user: Reader) -> Hits:
    """The passages that fit best."""
    filters = body.filters.plain() if body.filters else None
    return await parts.asking.run(_found, parts, body.query, body.k, filters)


@router.get("/api/search", summary="检索", description="同 POST /api/search。")
async def search_by_address(
    parts: Parts,
    user: Reader,
    query: Annotated[str, Query(max_length=LONGEST)],
    k: Annotated[int, Query(ge=1, le=100, description="段落数")] = 5,
    issuer: Text = "",
    region: Text = "",
    status: Text = "",
    since: Day = "",
    until: Day = "",
) -> Hits:
    """The same, asked for in the address."""
    wanted = FiltersBody(issuer=issuer, region=region, status=status, since=since, until=until)
    return await parts.asking.run(_found, parts, query, k, wanted.plain())


def _found(parts: Shared, query: str, k: int, filters: Filters | None) -> Hits:
    library = parts.assistant.library
    titles = {one.id: one.title for one in library.documents()}
    hits = library.search(query, k, filters)
    found = [HitBody.of(hit, titles.get(hit.chunk.document_id, "")) for hit in hits]
    return Hits(query=query, hits=found)
