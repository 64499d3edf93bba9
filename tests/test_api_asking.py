"""Asking and searching over HTTP: the answers are those of the assistant, the citations exact, mistakes explained."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from serving import over, serving

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.types import Answer, Turn
from index.errors import LibraryBusy
from index.library import Library
from index.types import Filters

LIST = "2021年碳达峰任务有哪些"


@pytest.fixture(scope="module")
def client(seeded: Library) -> Iterator[httpx.Client]:
    """A client of a server over it."""
    with over(seeded) as opened:
        yield opened


def events(text: str) -> list[tuple[str, Any]]:
    """The names and data of server-sent events, read as the standard says."""
    found = []
    for block in text.split("\n\n"):
        fields = [line.partition(": ") for line in block.splitlines() if line and not line.startswith(":")]
        if fields:
            data = "\n".join(value for name, _, value in fields if name == "data")
            name = "".join(value for name, _, value in fields if name == "event")
            found.append((name, json.loads(data)))
    return found


class Odd(Assistant):
    """An assistant with a fault of each kind, and one that waits after a piece until it is told to go on."""

    go_on = threading.Event()

    def ask(self, question: str, *given: Any, **named: Any) -> Answer:
        self._fail(question)
        return super().ask(question, *given, **named)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        config: Any = None,
    ) -> Iterator[Answer]:
        self._fail(question)
        for place, piece in enumerate(super().stream(LIST, history, filters)):
            if question == "中途故障" and place:
                raise ZeroDivisionError
            yield piece
            if question == "缓慢" and place:  # the server knows one piece more than it has sent
                self.go_on.wait(60)
                time.sleep(1.0)

    def _fail(self, question: str) -> None:
        if question == "故障":
            raise ZeroDivisionError
        if question == "正忙":
            raise LibraryBusy("busy", "另一个进程正在写入")


def test_an_answer_has_its_text_and_citations_that_stand_in_the_document(
    client: httpx.Client, seeded: Library
) -> None:
    response = client.post("/api/ask", json={"question": LIST})
    assert response.status_code == 200
    answer = response.json()
    assert answer["answered"] is True
    assert answer["text"].startswith("二是编制实施2030年前碳排放达峰行动方案。[1]\n")
    assert answer["refusal"] == ""
    for citation in answer["citations"]:
        text = seeded.document(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_history_and_filters_are_heeded(client: httpx.Client) -> None:
    history = [{"question": LIST, "answer": "…"}]
    assert client.post("/api/ask", json={"question": "2020年呢", "history": history}).json()["query"] == (
        "2020年碳达峰任务有哪些"
    )
    filters = {"since": "2022-01-01"}
    answer = client.post("/api/ask", json={"question": LIST, "filters": filters}).json()
    assert (answer["answered"], answer["refusal"], answer["citations"]) == (False, "nothing", [])


def test_the_pieces_of_a_stream_add_up_to_its_answer(client: httpx.Client) -> None:
    response = client.post("/api/ask/stream", json={"question": LIST})
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *pieces, (last, answer) = events(response.text)
    assert {name for name, _ in pieces} == {"piece"}
    assert last == "answer"
    assert len(pieces) > 1
    assert "".join(piece["text"] for _, piece in pieces) == answer["text"]
    assert [each for _, piece in pieces for each in piece["citations"]] == answer["citations"]
    whole = client.post("/api/ask", json={"question": LIST}).json()
    assert {**answer, "seconds": 0} == {**whole, "seconds": 0}


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_a_question_that_is_none_is_a_problem_in_chinese(client: httpx.Client, path: str) -> None:
    response = client.post(path, json={"question": "？！"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "请求的内容不正确", 422)
    assert "问题" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.question"),
        ({"question": 3}, "body.question"),
        ({"question": "问" * 10_001}, "body.question"),
        ({"question": "问", "histroy": []}, "body.histroy"),
        ({"question": "问", "history": [{"question": "问"}]}, "body.history.0.answer"),
        ({"question": "问", "filters": {"since": "2021"}}, "body.filters.since"),
        ({"question": "问", "filters": {"isuer": "某部"}}, "body.filters.isuer"),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_the_place(
    client: httpx.Client, body: dict[str, Any], place: str
) -> None:
    problem = client.post("/api/ask", json=body).json()
    assert problem["status"] == 422
    assert [each["place"] for each in problem["errors"]] == [place]
    assert place in problem["detail"]


def test_a_day_that_there_is_not_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": LIST, "filters": {"since": "2021-02-30"}})
    assert response.status_code == 422
    assert "2021-02-30" in response.json()["detail"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"question": "\\ud800"}', b"[]", b"null", b""])
def test_what_is_no_json_object_in_unicode_is_refused(client: httpx.Client, content: bytes) -> None:
    response = client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert "请求" in response.json()["detail"]


def test_a_search_gives_passages_best_first_by_either_method(client: httpx.Client, seeded: Library) -> None:
    by_body = client.post("/api/search", json={"query": "碳市场", "k": 3}).json()
    by_address = client.get("/api/search", params={"query": "碳市场", "k": 3}).json()
    assert by_body == by_address
    assert by_body["query"] == "碳市场"
    hits = by_body["hits"]
    assert len(hits) == 3
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    for hit in hits:
        assert seeded.document(hit["document_id"]).text[hit["start"] : hit["end"]] == hit["text"]
        assert hit["title"] == "2021年全国生态环境保护工作会议"
    assert client.get("/api/search", params={"query": "碳市场", "since": "2030-01-01"}).json()["hits"] == []


@pytest.mark.parametrize("params", [{}, {"query": "碳", "k": 0}, {"query": "碳", "k": 101}, {"query": " "}])
def test_a_search_for_nothing_or_too_much_is_refused(client: httpx.Client, params: dict[str, Any]) -> None:
    assert client.get("/api/search", params=params).status_code == 422


def test_faults_become_problems_and_never_a_traceback(seeded: Library, caplog: pytest.LogCaptureFixture) -> None:
    with serving(Odd(seeded, Settings(reader="none"))) as (client, _):
        for path in ("/api/ask", "/api/ask/stream"):
            response = client.post(path, json={"question": "故障"})
            assert (response.status_code, response.json()["detail"]) == (500, "服务器出错了，请重试")
            assert "ZeroDivisionError" in caplog.text
            caplog.clear()
            response = client.post(path, json={"question": "正忙"})
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            assert response.json()["detail"] == "另一个进程正在写入"
        *_, (name, problem) = events(client.post("/api/ask/stream", json={"question": "中途故障"}).text)
        assert (name, problem["status"]) == ("error", 500)


def test_a_stream_begins_before_it_ends_and_is_given_up_when_nobody_listens(seeded: Library) -> None:
    with serving(Odd(seeded, Settings(reader="none"))) as (client, shared):
        with client.stream("POST", "/api/ask/stream", json={"question": "缓慢"}) as response:
            next(response.iter_lines())
            assert not Odd.go_on.is_set()
        Odd.go_on.set()
        for _ in range(600):
            counted = shared.metrics.text(0, 0).decode()
            if 'policyqa_questions_total{outcome="stopped",via="api"} 1.0' in counted:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the stream was not given up")


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        ({}, "body.question", "缺少此项"),
        ({"question": 5}, "body.question", "应当是文字"),
        ({"question": "长" * 10_001}, "body.question", "最多 10000 字"),
        ({"question": "谁", "more": 1}, "body.more", "没有此项，请去掉"),
        ({"question": "谁", "history": [{}] * 2_000}, "body.history", "最多 200 项"),
        (
            {"question": "谁", "filters": {"since": "去年"}},
            "body.filters.since",
            r"应当符合格式 ^(\d{4}-\d{2}-\d{2})?$",
        ),
    ],
)
def test_what_is_wrong_with_a_request_is_told_in_chinese(
    client: httpx.Client, body: dict[str, Any], place: str, reason: str
) -> None:
    problem = client.post("/api/ask", json=body).json()
    assert {"place": place, "reason": reason} in problem["errors"]
    assert problem["detail"].startswith("请求的内容不正确：")
