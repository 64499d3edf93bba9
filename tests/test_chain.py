"""The chain as a LangChain runnable: calls, composition, streams, batches, callbacks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers import BaseTracer
from langchain_core.tracers.schemas import Run

from assistant import Answer, Assistant, Filters, Turn
from assistant.asked import Asked
from index.errors import InvalidQuestion

QUESTION = "2021年碳达峰任务有哪些"
HISTORY = (Turn(QUESTION, "二是编制实施2030年前碳排放达峰行动方案。[1]"),)


def timeless(answer: Answer) -> Answer:
    return replace(answer, seconds=0.0)


@pytest.mark.parametrize(
    "given",
    [
        {"question": "2020年呢", "history": HISTORY, "filters": Filters(issuer="生态环境部")},
        {
            "question": "2020年呢",
            "history": [{"question": HISTORY[0].question, "answer": HISTORY[0].answer}],
            "filters": {"issuer": "生态环境部", "documents": []},
        },
        Asked("2020年呢", HISTORY, Filters(issuer="生态环境部")),
    ],
    ids=["objects", "plain values", "Asked"],
)
def test_it_takes_objects_and_plain_values_alike(assistant: Assistant, given: Any) -> None:
    answer = assistant.chain.invoke(given)
    assert timeless(answer) == timeless(assistant.ask("2020年呢", HISTORY, Filters(issuer="生态环境部")))
    assert answer.answered


def test_a_string_is_a_question_without_history(assistant: Assistant) -> None:
    alone = timeless(assistant.ask(QUESTION))
    assert timeless(assistant.chain.invoke(QUESTION)) == alone
    assert timeless(assistant.chain.invoke({"question": QUESTION, "history": None, "filters": None})) == alone


@pytest.mark.parametrize("question", [QUESTION, "2022年碳达峰任务有哪些", "你好", "黑臭水体消除比例"])
def test_a_stream_adds_up_to_the_answer(assistant: Assistant, question: str) -> None:
    pieces = list(assistant.chain.stream(question))
    total = reduce(add, pieces)
    assert timeless(total) == timeless(assistant.chain.invoke(question))
    assert total.seconds > 0


def test_an_answer_of_many_lines_comes_line_by_line(assistant: Assistant) -> None:
    texts = [piece.text for piece in assistant.chain.stream(QUESTION) if piece.text]
    assert len(texts) == len("".join(texts).splitlines()) > 3


def test_a_batch_is_in_order_and_gives_errors_back_when_asked(assistant: Assistant) -> None:
    answers = assistant.chain.batch([QUESTION, "谁作工作报告"])
    assert [answer.question for answer in answers] == [QUESTION, "谁作工作报告"]
    first, second = assistant.chain.batch(["", QUESTION], return_exceptions=True)
    assert isinstance(first, InvalidQuestion)
    assert second.answered


def test_it_is_composed_with_others(assistant: Assistant) -> None:
    before = RunnableLambda(lambda topic: {"question": f"2021年{topic}任务有哪些"})
    after = RunnableLambda(lambda answer: answer.citations[0].title)
    assert (before | assistant.chain | after).invoke("碳达峰") == "2021年全国生态环境保护工作会议"
    named = assistant.chain.with_config(run_name="问政策", tags=["演示"])
    assert timeless(named.invoke(QUESTION)) == timeless(assistant.ask(QUESTION))
    assert len(assistant.chain.get_graph().nodes) >= 4


def test_it_is_awaited_and_streamed_asynchronously(assistant: Assistant) -> None:
    async def everything() -> tuple[Answer, Answer, list[Answer]]:
        return (
            await assistant.chain.ainvoke(QUESTION),
            reduce(add, [piece async for piece in assistant.chain.astream(QUESTION)]),
            # one after the other: a question that waits long for the reader is answered without it
            await assistant.chain.abatch([QUESTION, "谁作工作报告"], {"max_concurrency": 1}),
        )

    invoked, streamed, (first, second) = asyncio.run(everything())
    assert timeless(invoked) == timeless(streamed) == timeless(first) == timeless(assistant.ask(QUESTION))
    assert second.question == "谁作工作报告"


class Names(BaseTracer):
    """Keeps the whole trees of runs."""

    def __init__(self) -> None:
        super().__init__()
        self.trees: list[Run] = []

    def _persist_run(self, run: Run) -> None:
        self.trees.append(run)


def outline(run: Run, depth: int = 0) -> list[tuple[int, str, str]]:
    children = [line for child in run.child_runs for line in outline(child, depth + 1)]
    return [(depth, run.run_type, run.name), *children]


def test_a_tracer_sees_every_step_of_the_path(assistant: Assistant) -> None:
    tracer = Names()
    assistant.ask("2020年呢", HISTORY, config={"callbacks": [tracer], "tags": ["t"], "metadata": {"user": "u"}})
    (tree,) = tracer.trees
    assert outline(tree) == [
        (0, "chain", "policy_answer"),
        (1, "chain", "rewrite"),
        (1, "chain", "understand"),
        (1, "chain", "search"),
        (2, "retriever", "PolicyRetriever"),
        (1, "chain", "answer"),
    ]
    assert tree.error is None
    assert "t" in (tree.tags or [])
    assert tree.extra["metadata"]["user"] == "u"
    (retriever,) = tree.child_runs[2].child_runs
    assert "2020" in retriever.inputs["query"]
    assert "碳达峰" in retriever.inputs["query"]


class Heard(BaseCallbackHandler):
    """Keeps what the search found and what went wrong."""

    def __init__(self) -> None:
        self.found: list[Document] = []
        self.errors: list[BaseException] = []

    def on_retriever_end(self, documents: Sequence[Document], *, run_id: UUID, **_: Any) -> None:
        self.found += documents

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.errors.append(error)


def test_a_callback_hears_what_was_found_and_what_went_wrong(assistant: Assistant) -> None:
    heard = Heard()
    answer = reduce(add, assistant.stream(QUESTION, config={"callbacks": [heard]}))
    # what two searches found, of all documents and of those of the year, is heard twice
    assert {document.page_content for document in heard.found} == {hit.chunk.text for hit in answer.hits}
    with pytest.raises(InvalidQuestion):
        assistant.ask("", config={"callbacks": [heard]})
    assert {type(error) for error in heard.errors} == {InvalidQuestion}


def test_small_talk_is_answered_without_a_search(assistant: Assistant) -> None:
    heard = Heard()
    answer = assistant.ask("你好", config={"callbacks": [heard]})
    assert (answer.answered, answer.refusal, answer.hits, heard.found) == (False, "chat", (), [])
