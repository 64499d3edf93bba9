"""The assistant as a server of the Model Context Protocol, over standard input and output: ask, search and read."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from assistant import render
from assistant.api.models import LONGEST, AnswerBody, FiltersBody, HitBody, Hits, TurnBody
from assistant.assistant import Assistant
from assistant.audit import FILE, Audit
from assistant.service import Asker, Service
from assistant.types import Turn
from index.errors import PolicyError

PIECE = 20_000
"""Characters of a document that are read at a time."""
INSTRUCTIONS = (
    "只依据已收录的中文政策文件作答。ask 给出带编号引用的完整回答，answered 为 false 即文件中没有答案，不要另行编造；"
    "转述时请保留 [编号] 与出处。search 只检索段落，read 读取文件原文。"
)


class Passage(BaseModel):
    """A part of a document's text: its characters from ``start`` to ``end`` of ``characters``."""

    document_id: str
    title: str
    start: int
    end: int
    characters: int
    text: str


def server(assistant: Assistant) -> MCPServer:
    """The server over an assistant; ``run()`` answers until standard input ends."""
    audit = Audit(assistant.library.home / FILE) if assistant.settings.audit else None
    service = Service(assistant, *([audit.asked] if audit else []))
    library = assistant.library
    asker = Asker(_user(), "mcp")
    offered: MCPServer = MCPServer(
        "policy-assistant",
        title="政策文件问答助手",
        instructions=INSTRUCTIONS,
        version=version("policy-assistant"),
        log_level="WARNING",
    )

    def tool(title: str, description: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        hints = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return offered.tool(title=title, description=description, annotations=hints)

    @tool("提问", "依据已收录的政策文件回答问题，每句话都有精确到句的出处；文件中没有的，会说没有。")
    def ask(
        question: Annotated[str, Field(max_length=LONGEST, description="问题，例如“2021年碳达峰任务有哪些”")],
        history: Annotated[list[TurnBody], Field(description="此前的问答，用于理解追问")] = [],  # noqa: B006
        filters: Annotated[FiltersBody | None, Field(description="只看哪些文件")] = None,
    ) -> Annotated[CallToolResult, AnswerBody]:
        turns = [Turn(turn.question, turn.answer) for turn in history]
        with _told():
            answer = service.ask(question, turns, filters.plain() if filters else None, asker=asker)
        return _result(render.terminal(answer), AnswerBody.of(answer))

    @tool("检索", "检索最相关的段落，不作答；可用 read 读取其上下文。")
    def search(
        query: Annotated[str, Field(max_length=LONGEST, description="要查找的内容")],
        k: Annotated[int, Field(ge=1, le=50, description="段落数")] = 5,
        filters: Annotated[FiltersBody | None, Field(description="只看哪些文件")] = None,
    ) -> Annotated[CallToolResult, Hits]:
        with _told():
            found = library.search(query, k, filters.plain() if filters else None)
        titles = {one.id: one.title for one in library.documents()}
        hits = [HitBody.of(hit, titles.get(hit.chunk.document_id, "")) for hit in found]
        lines = [
            f"{place}. 《{hit.title}》{hit.heading}（文件 {hit.document_id}，第 {hit.start}–{hit.end} 字）\n{hit.text}"
            for place, hit in enumerate(hits, 1)
        ]
        return _result("\n\n".join(lines) or "没有找到相关段落。", Hits(query=query, hits=hits))

    @tool("读取原文", f"读取一份文件的全文或其中一段，每次最多 {PIECE} 字。")
    def read(
        document_id: Annotated[str, Field(description="文件编号，见 ask、search 的结果")],
        start: Annotated[int, Field(ge=0, description="起始位置（字）")] = 0,
        end: Annotated[int | None, Field(ge=0, description="结束位置（字），不含")] = None,
    ) -> Annotated[CallToolResult, Passage]:
        with _told():
            document = library.document(document_id)
        characters = len(document.text)
        begin = min(start, characters)
        until = max(begin, min(characters if end is None else end, begin + PIECE, characters))
        text = document.text[begin:until]
        rest = f"\n\n（全文 {characters} 字，以上为第 {begin}–{until} 字）" if until - begin < characters else ""
        passage = Passage(
            document_id=document_id,
            title=document.title,
            start=begin,
            end=until,
            characters=characters,
            text=text,
        )
        return _result(f"《{document.title}》\n\n{text}{rest}", passage)

    return offered


@contextmanager
def _told() -> Iterator[None]:
    """Let the client see a deliberate error in Chinese; the protocol hides all others."""
    try:
        yield
    except PolicyError as error:
        raise ToolError(error.chinese) from error


def _result(text: str, structured: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=structured.model_dump(mode="json")
    )


def _user() -> str:
    """Who runs this process."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
