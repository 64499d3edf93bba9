"""Errors as they are sent: application/problem+json (RFC 9457), the detail in Chinese.

Under /v1 the same object has the member ``error`` besides, where OpenAI's clients look for it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from assistant.api.models import Problem
from index import errors
from index.errors import PolicyError

MEDIA_TYPE = "application/problem+json"
RETRY = 5
"""Seconds after which a request that met a busy library may be repeated."""

_STATUSES: Mapping[type[PolicyError], int] = {
    errors.InvalidQuestion: 422,
    errors.InvalidFact: 422,
    errors.Undescribable: 409,
    errors.MissingExtra: 501,
    errors.UnknownFormat: 415,
    errors.LoadError: 422,
    errors.TooManyAttempts: 429,
    errors.AccountError: 422,
    errors.UnknownDocument: 404,
    errors.TooLarge: 413,
    errors.LibraryBusy: 503,
    errors.StorageBusy: 503,
    errors.LibraryReadOnly: 403,
    errors.LibraryFull: 507,
    errors.StorageUnwritable: 507,
}
_CHINESE = {
    400: "请求无法理解",
    401: "请先登录，或提供有效的令牌",
    403: "没有权限",
    404: "没有找到",
    405: "此地址不支持该请求方法",
    406: "无法给出所要求的格式",
    408: "请求未能在时限内发送完毕",
    409: "文件现在的状态不允许",
    411: "请求须注明长度",
    413: "请求的内容过大",
    414: "地址过长",
    415: "不支持这种格式",
    416: "所要求的范围不存在",
    421: "不接受以此主机名访问",
    422: "请求的内容不正确",
    429: "请求过于频繁，请稍后再试",
    431: "请求的首部过大",
    500: "服务器出错了，请重试",
    501: "没有安装此功能",
    503: "服务器正忙，请稍后再试",
    504: "未能在时限内完成",
    507: "磁盘空间不足",
}
_REASONS = {
    "missing": "缺少此项",
    "extra_forbidden": "没有此项，请去掉",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应当是文字",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "bool_type": "应当是 true 或 false",
    "bool_parsing": "应当是 true 或 false",
    "float_type": "应当是数字",
    "list_type": "应当是数组",
    "dict_type": "应当是对象",
    "model_type": "应当是对象",
    "model_attributes_type": "应当是对象",
    "literal_error": "应当是 {expected} 之一",
    "string_too_long": "最多 {max_length} 字",
    "string_too_short": "至少 {min_length} 字",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "greater_than_equal": "应当不小于 {ge}",
    "less_than_equal": "应当不大于 {le}",
    "string_pattern_mismatch": "应当符合格式 {pattern}",
}
"""Why a value is refused, by pydantic's type of the error; the framework's own English for any other."""
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}

_log = logging.getLogger(__name__)


def described(statuses: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: the errors of a route, with what they mean."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {code: {"description": about, "content": content} for code, about in statuses.items()}


def problem(
    path: str, status: int, detail: str = "", headers: Mapping[str, str] | None = None, **members: Any
) -> JSONResponse:
    """The response for an error at ``path``; without ``detail`` the title says it all."""
    content = body(path, status, detail, **members)
    return JSONResponse(content, status, dict(headers or {}), MEDIA_TYPE)


def body(path: str, status: int, detail: str = "", **members: Any) -> dict[str, Any]:
    """The problem object."""
    title = _CHINESE.get(status) or HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail or title, **members}
    if path.startswith("/v1/"):
        kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        content["error"] = {"message": content["detail"], "type": kind, "param": None, "code": None}
    return content


def status(error: PolicyError) -> int:
    """The status for a deliberate error; 500 for one that is the installation's fault."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)


def of(path: str, error: Exception) -> JSONResponse:
    """The response for an exception; one that is neither deliberate nor the framework's is logged."""
    if isinstance(error, HTTPException):
        own = "" if error.detail.isascii() else error.detail  # the framework's own is English
        return problem(path, error.status_code, own, error.headers)
    if isinstance(error, RequestValidationError):
        return problem(path, 422, _described(error), errors=_places(error))
    if isinstance(error, PolicyError):
        code = status(error)
        if code >= 500:
            _log.error("%s: %s", path, error)
        return problem(path, code, error.chinese, {"Retry-After": str(RETRY)} if code in (429, 503) else None)
    _log.error("%s failed", path, exc_info=error)
    return problem(path, 500)


def told(path: str, error: Exception) -> dict[str, Any]:
    """The problem object for an exception that comes too late for a status."""
    content: dict[str, Any] = json.loads(bytes(of(path, error).body))
    return content


def install(app: FastAPI) -> None:
    """Let all errors of ``app`` be sent like this."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        return of(request.url.path, error)

    for kind in (HTTPException, RequestValidationError, PolicyError, Exception):
        app.add_exception_handler(kind, handle)


def _places(error: RequestValidationError) -> list[dict[str, str]]:
    """What is wrong where; the values themselves are not repeated, they may be long."""
    return [{"place": ".".join(map(str, each["loc"])), "reason": _reason(each)} for each in error.errors()]


def _reason(error: Mapping[str, Any]) -> str:
    reason = _REASONS.get(error["type"])
    return reason.format(**error.get("ctx", {})) if reason else str(error["msg"])


def _described(error: RequestValidationError) -> str:
    first = _places(error)[0]
    return f"请求的内容不正确：{first['place']}（{first['reason']}）"
