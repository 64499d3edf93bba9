"""Feedback, the server's state and its counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import over, serving

from assistant.assistant import Assistant
from assistant.records.feedback import FeedbackStore
from assistant.settings import Settings
from index.library import Library

DOCUMENTS = Path(__file__).parent.parent / "documents"
LIST = "2021年碳达峰任务有哪些"


@pytest.fixture
def client(library: Library) -> Iterator[httpx.Client]:
    """A client of a server over the documents that ship with us."""
    library.add(DOCUMENTS)
    with over(library) as opened:
        yield opened


def test_an_answer_is_judged_as_it_was_received(client: httpx.Client, library: Library) -> None:
    history = [{"question": "什么会", "answer": "…"}]
    answer = client.post("/api/ask", json={"question": LIST}).json()
    opinion = {"good": False, "reason": "漏了一项", "history": history, "answer": answer}
    response = client.post("/api/feedback", json=opinion)
    assert (response.status_code, response.json()) == (201, {"id": 1})
    with FeedbackStore(library.home) as store:
        (kept,) = store.all()
    assert (kept.good, kept.reason, kept.history[0].question) == (False, "漏了一项", "什么会")
    assert (kept.question, kept.answer.text) == (LIST, answer["text"])
    assert [citation.quote for citation in kept.citations] == [each["quote"] for each in answer["citations"]]
    assert kept.versions.library == library.version


def test_an_opinion_without_an_answer_or_too_long_is_refused(client: httpx.Client) -> None:
    answer = client.post("/api/ask", json={"question": LIST}).json()
    assert client.post("/api/feedback", json={"good": True}).status_code == 422
    long = {"good": True, "reason": "长" * 2001, "answer": answer}
    assert client.post("/api/feedback", json=long).status_code == 422


def test_the_state_is_told(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "documents": None, "library": None}
    assert client.get("/readyz").json() == {"status": "ready", "documents": 1, "library": 1}


def test_a_balancer_may_ask_for_the_state_without_the_body(client: httpx.Client) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_a_library_that_cannot_be_read_is_not_ready_but_alive(library: Library) -> None:
    with over(library) as client:
        library.close()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code >= 500


def test_requests_and_questions_are_counted_by_route_and_outcome(client: httpx.Client) -> None:
    client.post("/api/ask", json={"question": LIST})
    client.post("/api/ask", json={"question": "2022年碳达峰任务有哪些"})
    client.post("/api/ask", json={"question": ""})
    client.get("/api/documents/a")
    client.get("/api/documents/b")
    client.get("/nothing/at/all")
    response = client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = set(response.text.splitlines())
    assert {
        'policyqa_requests_total{method="POST",route="/api/ask",status="200"} 2.0',
        'policyqa_requests_total{method="POST",route="/api/ask",status="422"} 1.0',
        'policyqa_requests_total{method="GET",route="/api/documents/{document_id}",status="404"} 2.0',
        'policyqa_requests_total{method="GET",route="page",status="404"} 1.0',
        'policyqa_questions_total{outcome="answered",via="api"} 1.0',
        'policyqa_questions_total{outcome="error_InvalidQuestion",via="api"} 1.0',
        'policyqa_question_seconds_count{via="api"} 3.0',
        "policyqa_requests_running 1.0",
        "policyqa_documents 1.0",
        "policyqa_library_version 1.0",
    } <= lines
    assert not any("_created" in line for line in lines)


def test_the_audit_can_be_switched_off(library: Library) -> None:
    with serving(Assistant(library, Settings(reader="none")), audit=False) as (client, _):
        assert client.post("/api/ask", json={"question": LIST}).status_code == 200
    assert not (library.home / "audit.jsonl").exists()
