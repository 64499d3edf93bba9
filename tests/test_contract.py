"""The contract that others build on, line by line as the design has it (§9)."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable

from assistant import Answer, Assistant, Citation, Filters, Turn
from assistant.cli import main
from index.embed import LangChainEmbeddings

CITATION = {
    *("marker", "document_id", "title", "issuer", "number", "date", "status", "heading", "page"),
    *("start", "end", "quote", "path"),
}
QUESTION = "2021年碳达峰任务有哪些"


@pytest.fixture
def copy(home: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real library, to be changed."""
    monkeypatch.setenv("POLICYQA_CACHE", str(cache))
    return shutil.copytree(home, tmp_path / "home")


def test_a_question_is_answered_followed_up_and_filtered(copy: Path) -> None:
    with Assistant.open(copy) as assistant:
        answer = assistant.ask(QUESTION)
        assert (answer.question, answer.query, answer.answered) == (QUESTION, QUESTION, True)
        assert "低碳省市试点" in answer.text
        assert answer.citations
        again = assistant.ask("2020年呢", history=[Turn(question=answer.question, answer=answer.text)])
        assert again.answered
        assert "碳达峰" in again.query
        assert "2020" in again.query
        assert "低碳省市试点" not in again.text
        inside = assistant.ask(QUESTION, filters=Filters(issuer="生态环境部", since="2021-01-01"))
        assert inside.text == answer.text
        outside = assistant.ask(QUESTION, filters=Filters(issuer="财政部", since="2021-01-01"))
        assert (outside.answered, outside.citations) == (False, ())


def test_every_citation_quotes_its_document_exactly(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    assert {field.name for field in dataclasses.fields(Citation)} == CITATION
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        document = assistant.library.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert (citation.title, citation.issuer) == ("2021年全国生态环境保护工作会议", "生态环境部")
        assert (citation.date, citation.page, citation.path) == (date(2021, 1, 21), None, document.path)
        assert f"[{citation.marker}]" in answer.text


def test_the_library_adds_lists_searches_and_removes(copy: Path, tmp_path: Path) -> None:
    rules = tmp_path / "节水办法.txt"
    rules.write_text("节水办法\n第一条 宾馆应当使用节水型器具。\n第二条 违者处以罚款。\n", encoding="utf-8")
    with Assistant.open(copy) as assistant:
        library = assistant.library
        (added,) = library.add(str(tmp_path / "节水办法.txt")).added
        found = {one.id: (one.title, one.path) for one in library.documents()}
        assert found[added] == ("节水办法", str(rules))
        hits = library.search("节水型器具", k=5)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        chunk = hits[0].chunk
        assert chunk.document_id == added
        assert library.document(added).text[chunk.start : chunk.end] == chunk.text
        assert assistant.ask("宾馆应当使用什么").answered
        library.remove(added)
        assert added not in {hit.chunk.document_id for hit in library.search("节水型器具", k=50)}
        assert not assistant.ask("宾馆应当使用什么").answered


def test_an_empty_library_is_filled_and_home_and_documents_come_from_the_environment(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "通知.txt").write_text("关于节水的通知\n各单位应当节约用水。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICYQA_CACHE", str(cache))
    with Assistant.open() as assistant:
        assert assistant.library.home == tmp_path / "var"
        assert [one.path for one in assistant.library.documents()] == [str(documents / "通知.txt")]
    monkeypatch.setenv("POLICYQA_HOME", str(tmp_path / "elsewhere"))
    with Assistant.open() as assistant:
        assert assistant.library.home == tmp_path / "elsewhere"
        assert len(assistant.library.documents()) == 1


def test_its_parts_are_langchains(assistant: Assistant) -> None:
    assert isinstance(assistant.chain, Runnable)
    assert isinstance(assistant.chain.invoke(QUESTION), Answer)
    assert isinstance(assistant.retriever, BaseRetriever)
    assert "达峰" in assistant.retriever.invoke("碳达峰行动方案")[0].page_content
    embeddings = LangChainEmbeddings(assistant.encoder)
    assert isinstance(embeddings, Embeddings)
    assert len(embeddings.embed_query("碳达峰")) == len(embeddings.embed_documents(["碳达峰"])[0]) == 384


def test_the_command_gives_one_json_object_and_a_line_for_each_of_a_batch(
    home: Path, cache: Path, tmp_path: Path
) -> None:
    batch = tmp_path / "questions.jsonl"
    asked = [
        {"question": QUESTION},
        {"question": "2020年呢", "history": [{"question": QUESTION, "answer": "…"}]},
        {"question": QUESTION, "filters": {"issuer": "财政部"}},
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in asked), encoding="utf-8")
    environment = {"POLICYQA_CACHE": str(cache)}
    one = CliRunner().invoke(main, ["ask", "--json", QUESTION, "--home", str(home)], env=environment)
    many = CliRunner().invoke(main, ["ask", "--batch", str(batch), "--home", str(home)], env=environment)
    answers = [json.loads(line) for line in many.stdout.splitlines()]
    assert (one.exit_code, many.exit_code, many.stderr) == (0, 0, "")
    assert [answer["question"] for answer in answers] == [QUESTION, "2020年呢", QUESTION]
    assert [answer["answered"] for answer in answers] == [True, True, False]
    alone = json.loads(one.stdout)
    assert {"question", "query", "answered", "text", "citations", "seconds"} <= alone.keys()
    assert set(alone["citations"][0]) == CITATION
    assert {**alone, "seconds": 0} == {**answers[0], "seconds": 0}


def test_every_command_is_there_and_takes_a_home() -> None:
    names = {"ingest", "documents", "remove", "describe", "search", "ask", "chat", "serve", "eval", "doctor"}
    with main.make_context("policyqa", ["doctor"]) as context:
        assert names <= set(main.list_commands(context))
        for name in names - {"eval"}:
            command = main.get_command(context, name)
            assert command is not None
            assert "--home" in {option for parameter in command.params for option in parameter.opts}
