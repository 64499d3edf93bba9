"""The MCP server as a client of the official SDK sees it: tools, structured results, errors; over real pipes, too."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HashedEncoder
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent

from assistant.assistant import Assistant
from assistant.mcp import PIECE, server
from assistant.settings import Settings
from index.library import Library

DOCUMENTS = Path(__file__).parent.parent / "documents"
LIST = "2021年碳达峰任务有哪些"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of the documents that ship with us, and a long one."""
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "长文.txt").write_text(
        "长办法\n\n" + "".join(f"第{n}条　内容{n}。\n" for n in range(1, 4000)), "utf-8"
    )
    with Library(folder / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS, folder / "长文.txt")
        yield library


def within(library: Library, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """What ``work`` returns for a client that is connected in this process."""

    async def connected() -> Any:
        async with Client(server(Assistant(library, Settings(reader="none")))) as client:
            return await work(client)

    return asyncio.run(connected())


def call(library: Library, tool: str, **arguments: Any) -> CallToolResult:
    async def called(client: Client) -> CallToolResult:
        return await client.call_tool(tool, arguments)

    found: CallToolResult = within(library, called)
    return found


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_three_tools_are_described_in_chinese_and_change_nothing(seeded: Library) -> None:
    async def listed(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = within(seeded, listed)
    assert [tool.name for tool in tools] == ["ask", "search", "read"]
    for tool in tools:
        assert any("\u4e00" <= character <= "\u9fff" for character in tool.description or "")
        assert tool.annotations.read_only_hint is True
        assert tool.output_schema["type"] == "object"
    assert set(tools[0].input_schema["properties"]) == {"question", "history", "filters"}


def test_ask_gives_the_answer_to_read_and_the_citations_to_compute_with(seeded: Library) -> None:
    result = call(seeded, "ask", question=LIST)
    assert text(result).startswith("二是编制实施2030年前碳排放达峰行动方案。[1]\n")
    assert "\n出处：\n[1] 《2021年全国生态环境保护工作会议》" in text(result)
    answer = result.structured_content
    assert answer is not None
    assert answer["answered"] is True
    for citation in answer["citations"]:
        document = seeded.document(citation["document_id"]).text
        assert document[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_heeds_history_and_filters(seeded: Library) -> None:
    result = call(seeded, "ask", question="2020年呢", history=[{"question": LIST, "answer": "…"}])
    assert result.structured_content is not None
    assert result.structured_content["query"] == "2020年碳达峰任务有哪些"
    refused = call(seeded, "ask", question=LIST, filters={"since": "2030-01-01"})
    assert refused.structured_content is not None
    assert refused.structured_content["answered"] is False
    assert not refused.is_error


def test_search_finds_passages_and_read_reads_them_in_pieces(seeded: Library) -> None:
    result = call(seeded, "search", query="第30条 内容30", k=1)
    assert result.structured_content is not None
    (hit,) = result.structured_content["hits"]
    assert hit["title"] == "长办法"
    document = seeded.document(hit["document_id"]).text
    assert document[hit["start"] : hit["end"]] == hit["text"]
    assert hit["text"] in text(result)
    around = call(seeded, "read", document_id=hit["document_id"], start=hit["start"], end=hit["end"])
    assert around.structured_content is not None
    assert around.structured_content["text"] == hit["text"]
    pieces, start = [], 0
    while start < len(document):
        piece = call(seeded, "read", document_id=hit["document_id"], start=start).structured_content
        assert piece is not None
        assert len(piece["text"]) <= PIECE
        pieces.append(piece["text"])
        start = piece["end"]
    assert "".join(pieces) == document
    beyond = call(seeded, "read", document_id=hit["document_id"], start=10**9).structured_content
    assert beyond is not None
    assert beyond["text"] == ""


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "？"}, "问题"),
        ("ask", {}, "question"),
        ("ask", {"question": "问", "filters": {"since": "2021-02-30"}}, "2021-02-30"),
        ("ask", {"question": "问", "filters": {"isuer": "某部"}}, "isuer"),
        ("search", {"query": ""}, "检索词为空"),
        ("search", {"query": "水", "k": 0}, "k"),
        ("read", {"document_id": "nothing"}, "没有编号为 'nothing' 的文档"),
        ("delete", {}, "delete"),
    ],
)
def test_what_cannot_be_done_is_an_error_that_the_model_can_read(
    seeded: Library, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def called(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    try:
        result = within(seeded, called)
    except BaseException as error:  # an unknown tool is an error of the protocol
        assert tool == "delete"
        assert said in repr(error)  # noqa: PT017
    else:
        assert result.is_error
        assert said in text(result)


def test_questions_are_in_the_audit_log_with_who_runs_the_server(seeded: Library) -> None:
    call(seeded, "ask", question="节水有哪些规定")
    last = json.loads((seeded.home / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["via"], last["question"]) == ("ask", "mcp", "节水有哪些规定")
    assert last["user"]


@pytest.mark.slow
def test_the_command_answers_over_standard_input_and_output(cache: Path, home: Path) -> None:
    environment = {
        **os.environ,
        "POLICYQA_CACHE": str(cache),
        "POLICYQA_HOME": str(home),
        "POLICYQA_AUDIT": "false",
    }
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("policyqa")), args=["mcp"], env=environment
    )

    async def asked() -> Any:
        async with Client(command) as client:
            assert client.server_info.name == "policy-assistant"
            return await client.call_tool("ask", {"question": LIST})

    result = asyncio.run(asyncio.wait_for(asked(), 120))
    assert text(result).startswith("二是编制实施2030年前碳排放达峰行动方案。[1]\n")
