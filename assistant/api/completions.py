"""The routes of OpenAI's API that chat programs use: chat completions, streamed and not, and the list of models.

The citations stand as text at the end of the answer, and as objects in the field ``citations`` of the completion (of
the last chunk of a stream). What would steer a model (temperature, tools, system messages…) has nothing to steer here
and is passed over.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant import render
from assistant.api import problems
from assistant.api.asking import STREAMED, event, streamed
from assistant.api.models import LONGEST, CitationBody
from assistant.api.shared import Parts, Reader
from assistant.page.visitors import asker
from assistant.types import Answer, Turn
from index.errors import InvalidQuestion

MODEL = "policy-assistant"
CREATED = 1767225600
"""When the model "was created": 2026-01-01."""
ANSWERED = "\n\n出处：\n"
REFUSED = "\n\n所引：\n"
"""What parts a message's answer, or refusal, from its references."""

router = APIRouter()


class Part(BaseModel):
    """A part of a message; only text can be answered."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def words(self) -> str:
        """What the message says."""
        if isinstance(self.content, list):
            other = next((part.type for part in self.content if part.type not in ("text", "refusal")), None)
            if other:
                raise InvalidQuestion(
                    f"a message part of type {other!r} cannot be read; send text",
                    f"无法处理类型为 {other!r} 的消息内容；请只发送文字",
                )
            return "\n".join(part.text or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """A conversation whose last message is to be answered; further fields of OpenAI's are taken and passed over."""

    model_config = ConfigDict(extra="allow")

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=1)] = 1


class Usage(BaseModel):
    """Sizes in characters, of which a Chinese token has about one; no tokens are counted here."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Said(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The only choice."""

    index: int = 0
    message: Said
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """A completion as OpenAI has it, and the citations."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    citations: list[CitationBody]


class Model(BaseModel):
    """The assistant, as a model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = CREATED
    owned_by: str = MODEL


class Models(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.get("/v1/models", summary="模型列表（OpenAI 兼容）", description="只有一个。")
async def models(user: Reader) -> Models:
    """All models."""
    return Models(data=[Model()])


@router.get(
    "/v1/models/{model}",
    summary="一个模型（OpenAI 兼容）",
    responses=problems.described({404: "没有这个模型"}),
    description="模型的信息。",
)
async def model(model: str, user: Reader) -> Model:
    """One model."""
    if model != MODEL:
        raise HTTPException(404, f"没有模型 {model!r}；请使用 {MODEL}")
    return Model()


@router.post(
    "/v1/chat/completions",
    summary="对话（OpenAI 兼容）",
    response_model=Completion,
    responses=STREAMED,
    description="回答最后一条消息；模型名称不限。引用既以文字列在回答末尾，也在 `citations` 字段中。",
)
async def completions(
    body: CompletionRequest, parts: Parts, user: Reader, request: Request
) -> Response | Completion:
    """The answer to the last message."""
    question, history = conversation(body.messages)
    who = asker(request, "openai")
    about: dict[str, Any] = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    asked = sum(len(message.words()) for message in body.messages)
    if body.stream:
        pieces = await parts.asking.stream(lambda: parts.service.stream(question, history, asker=who))
        counted = bool(body.stream_options and body.stream_options.include_usage)
        return streamed(_chunks(pieces, about, request.url.path, asked if counted else None))
    answer = await parts.asking.run(lambda: parts.service.ask(question, history, asker=who))
    content = answer.text + references(answer)
    return Completion(
        **about,
        choices=[Choice(message=Said(content=content))],
        usage=_usage(asked, content),
        citations=[CitationBody(**render.citation_json(citation)) for citation in answer.citations],
    )


def conversation(messages: Sequence[Message]) -> tuple[str, tuple[Turn, ...]]:
    """The last message's question and the turns before it.

    Raises ``InvalidQuestion`` if the last message is not a user's, or is too long.
    """
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    if not spoken or messages[-1].role != "user":
        raise InvalidQuestion("the last message is not the user's", "最后一条消息应当来自用户（role 为 user）")
    turns = [
        Turn(asked.words(), answered.words().partition(ANSWERED)[0].partition(REFUSED)[0])
        for asked, answered in pairwise(spoken)
        if (asked.role, answered.role) == ("user", "assistant")
    ]
    question = spoken[-1].words()
    if len(question) > LONGEST:
        raise InvalidQuestion(
            f"the question has {len(question)} characters; ask in up to {LONGEST}",
            f"问题有 {len(question)} 字；请缩短到 {LONGEST} 字以内",
        )
    return question, tuple(turns)


def references(answer: Answer) -> str:
    """The references at the end of a message; empty for an answer without any."""
    lines = [
        f"[{citation.marker}] {render.reference(citation)}\n    “{' '.join(citation.quote.split())}”"
        for citation in answer.citations
    ]
    return (ANSWERED if answer.answered else REFUSED) + "\n".join(lines) if lines else ""


async def _chunks(
    pieces: AsyncIterator[Answer], about: dict[str, Any], path: str, asked: int | None
) -> AsyncIterator[bytes]:
    """The events of a stream; ``asked`` is the size of the request if the usage is to be sent."""

    def chunk(delta: dict[str, str] | None, reason: str | None = None, **members: Any) -> bytes:
        choices = (
            [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        )
        return event(None, {**about, "object": "chat.completion.chunk", "choices": choices, **members})

    try:
        yield chunk({"role": "assistant", "content": ""})
        whole: Answer | None = None
        async for piece in pieces:
            whole = piece if whole is None else whole + piece
            if piece.text:
                yield chunk({"content": piece.text})
        whole = whole or Answer.piece("")
        after = references(whole)
        if after:
            yield chunk({"content": after})
        citations = [render.citation_json(citation) for citation in whole.citations]
        yield chunk({}, "stop", citations=citations)
        if asked is not None:
            yield chunk(None, usage=_usage(asked, whole.text + after).model_dump())
    except Exception as error:  # the edge: too late for a status
        yield event(None, {"error": problems.told(path, error)["error"]})
    yield b"data: [DONE]\n\n"


def _usage(asked: int, said: str) -> Usage:
    return Usage(prompt_tokens=asked, completion_tokens=len(said), total_tokens=asked + len(said))
