"""The API as one application, signing in included."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI

from assistant.api import asking, completions, docs, documents, problems, signin, status
from assistant.api.shared import SIGNED_IN, Shared

TITLE = "政策文件问答助手"
ABOUT = (
    "只依据已收录的政策文件作答，每句话都有出处。"
    "配置了用户时，请求须带首部 Authorization: Bearer 令牌；出错时返回 application/problem+json。"
)
REFUSALS = {
    400: "请求无法理解",
    401: "没有登录，或令牌无效",
    403: "角色不够，或请求来自其他网站",
    408: "请求未能在时限内发送完毕",
    413: "请求的内容过大",
    415: "不支持这种格式",
    422: "请求的内容不正确",
    429: "请求过于频繁；请在 Retry-After 秒后再试",
    503: "服务器正忙；请在 Retry-After 秒后再试",
    504: "未能在时限内完成",
}
"""What any request may be answered with."""


def api(shared: Shared) -> FastAPI:
    """The API over a server's parts."""
    app = FastAPI(
        title=TITLE,
        version=version("policy-assistant"),
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.described(REFUSALS),
    )
    app.state.shared = shared
    problems.install(app)
    for router in (asking.router, documents.router, completions.router):
        app.include_router(router, dependencies=SIGNED_IN)
    for router in (status.router, docs.router, signin.router):
        app.include_router(router)
    return app
