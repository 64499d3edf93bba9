"""Routes for feedback and for those who look after the server."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from assistant.api import problems
from assistant.api.models import Kept, Opinion, State
from assistant.api.shared import SIGNED_IN, Parts, Reader, Shared
from assistant.records.kept import versions
from assistant.types import Turn

router = APIRouter()


@router.post(
    "/api/feedback",
    summary="评价一个回答",
    status_code=201,
    dependencies=SIGNED_IN,
    description="把 /api/ask 的回答原样放在 `answer` 中；可用 policyqa feedback export 导出为评测用例。",
)
async def feedback(body: Opinion, parts: Parts, user: Reader) -> Kept:
    """Keep an opinion of an answer."""
    answer = body.answer.plain()
    history = tuple(Turn(turn.question, turn.answer) for turn in body.history)

    def keep() -> int:
        made_from = versions(parts.assistant.library, answer)
        return parts.feedback.add(
            user.name, body.good, answer, reason=body.reason, history=history, versions=made_from
        )

    return Kept(id=await parts.reading.run(keep))


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="服务是否在运行", description="只要进程在运行就是 200；不需要登录。")
async def healthz() -> State:
    """Whether the process runs."""
    return State(status="ok")


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    summary="服务能否作答",
    responses=problems.described({503: "暂时不能作答"}),
    description="模型已载入、文档库可读即为 200；不需要登录。",
)
async def readyz(parts: Parts) -> State:
    """Whether a question would be answered at once: the models are loaded, and the library can be read."""
    if parts.assistant.loading:
        raise HTTPException(503, "模型正在载入", headers={"Retry-After": "2"})
    documents, library = await parts.reading.run(_library, parts)
    return State(status="ready", documents=documents, library=library)


@router.get(
    "/metrics",
    summary="运行指标（Prometheus 格式）",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    dependencies=SIGNED_IN,
    description="请求与问题的次数、用时，文件数与文档库版本。",
)
async def metrics(parts: Parts, user: Reader, request: Request) -> Response:
    """What has been counted."""
    documents, library = await parts.reading.run(_library, parts)
    return Response(parts.metrics.text(documents, library), media_type="text/plain; version=0.0.4; charset=utf-8")


def _library(parts: Shared) -> tuple[int, int]:
    """How many documents the library holds, and its version."""
    library = parts.assistant.library
    return len(library.documents()), library.version
