"""Feedback: kept with all that led to the answer, changed by its giver alone, and made into evaluation cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.records import feedback, gold
from assistant.records.feedback import Feedback, FeedbackStore
from assistant.records.kept import Versions, versions
from assistant.types import Answer, Citation, Statement, Turn
from evals.cases import read
from index.errors import LoadError, TooLarge, UnknownFeedback

MADE_FROM = Versions(7, (("d1", "ab" * 32),), "0.1.0")
QUOTES = ("要抓好以下任务。", "加快试点,加强监测。", "推动合作。")
CITATIONS = tuple(
    Citation(
        marker, "d1", "会议", "生态环境部", "", None, "", "", None, start, start + len(quote), quote, "x/会议.txt"
    )
    for marker, (start, quote) in enumerate(zip((10, 40, 20), QUOTES, strict=True), 1)
)
LIST = Answer(
    question="任务有哪些",
    query="2021年任务有哪些",
    text="要抓好以下任务。[1]\n1. 加快试点[2]\n2. 加强监测[2]\n3. 推动合作[3]",
    answered=True,
    kind="list",
    confidence=0.9,
    statements=(
        Statement("要抓好以下任务。", 1, lead=True),
        *(Statement("加快试点", 2), Statement("加强监测", 2), Statement("推动合作", 3)),
    ),
    citations=CITATIONS,
)
NOTHING = Answer("房价", "房价", "没有找到。", False, "open", 0.0, refusal="nothing")
TURNS = (Turn("你好", "你好。"),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeedbackStore]:
    with FeedbackStore(tmp_path) as opened:
        yield opened


def given(good: bool, answer: Answer, reason: str = "", history: tuple[Turn, ...] = (), id_: int = 7) -> Feedback:
    return Feedback(id_, "王", datetime(2026, 11, 23, 8, tzinfo=UTC), good, reason, history, answer, MADE_FROM)


def test_feedback_is_kept_with_question_answer_citations_history_and_versions(store: FeedbackStore) -> None:
    before = datetime.now(UTC)
    id_ = store.add("王", False, LIST, reason="漏了\0一项\ud800", history=TURNS, versions=MADE_FROM)
    (one,) = store.all()
    assert before <= one.at <= datetime.now(UTC)
    assert one == Feedback(id_, "王", one.at, False, "漏了\0一项\ufffd", TURNS, LIST, MADE_FROM)
    assert (one.question, one.query, one.citations) == ("任务有哪些", "2021年任务有哪些", CITATIONS)


def test_a_users_feedback_is_found(store: FeedbackStore) -> None:
    first = store.add("王", False, LIST)
    store.add("李", True, LIST)
    last = store.add("王", True, NOTHING)
    assert [(one.id, one.answer) for one in store.of("王")] == [(first, LIST), (last, NOTHING)]
    assert store.of("赵") == ()


def test_looking_for_feedback_where_there_is_none_writes_nothing(tmp_path: Path) -> None:
    with FeedbackStore(tmp_path / "home") as store:
        assert store.all() == store.all(datetime(2026, 1, 1)) == store.of("王") == ()
        with pytest.raises(UnknownFeedback):
            store.change("王", 1, good=True)
    assert not (tmp_path / "home").exists()


def test_only_who_gave_it_changes_feedback_or_takes_it_back(store: FeedbackStore) -> None:
    id_ = store.add("王", True, LIST)
    store.change("王", id_, good=False, reason="看错了")
    for user, other in (("李", id_), ("", id_), ("王", id_ + 1)):
        with pytest.raises(UnknownFeedback):
            store.change(user, other, good=True)
        with pytest.raises(UnknownFeedback):
            store.remove(user, other)
    assert [(one.good, one.reason) for one in store.all()] == [(False, "看错了")]
    store.remove("王", id_)
    assert store.all() == ()
    assert store.add("王", True, LIST) > id_


def test_feedback_since_a_moment_in_local_time_or_a_zone(store: FeedbackStore) -> None:
    ids = [store.add("王", True, LIST) for _ in range(2)]
    first, second = store.all()
    assert [one.id for one in store.all(second.at)] == ids[1:]
    assert [one.id for one in store.all(second.at.astimezone().replace(tzinfo=None))] == ids[1:]
    assert [one.id for one in store.all(first.at - timedelta(seconds=1))] == ids
    assert store.all(second.at + timedelta(microseconds=1)) == ()


def test_more_than_is_kept_is_refused(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add("王", True, replace(LIST, text="字" * 1_000_000), reason="长" * 2000)
    monkeypatch.setattr(feedback, "SIZE", 10_000)
    with pytest.raises(TooLarge):
        store.add("王", True, LIST, reason="长" * 2001)
    with pytest.raises(TooLarge):
        store.add("王", True, replace(LIST, text="字" * 10_000))
    assert len(store.all()) == 1


def test_eight_threads_give_feedback_at_once(store: FeedbackStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda place: store.add(f"人{place % 8}", True, LIST), range(80)))
    assert sorted(ids) == [one.id for one in store.all()]
    assert len(set(ids)) == 80


def test_versions_name_the_library_its_documents_and_the_software(assistant: Assistant) -> None:
    answer = assistant.ask("2021年碳达峰任务有哪些")
    found = versions(assistant.library, answer)
    document = assistant.library.document(answer.citations[0].document_id)
    assert found.library == assistant.library.version > 0
    assert found.documents == ((document.id, document.content_hash),)
    assert found.software[0].isdigit()
    gone = replace(answer.citations[0], document_id="gone")
    assert versions(assistant.library, replace(answer, citations=(gone,))).documents == ()


CASE: dict[str, Any] = {
    "id": "feedback-0007",
    "question": "任务有哪些",
    "history": [],
    "kind": "list",
    "answerable": True,
    "document": "会议.txt",
    "evidence": [QUOTES[0], QUOTES[2], QUOTES[1]],  # in the document's order
    "must": ["加快试点", "加强监测", "推动合作"],
    "must_not": [],
    "items": 3,
    "note": "反馈 7，2026-11-23",
}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (given(True, LIST), CASE),
        (given(True, replace(LIST, statements=())), CASE),
        (
            given(True, LIST, "很全", TURNS),
            CASE
            | {"kind": "followup", "items": 0, "note": "反馈 7，2026-11-23，很全"}
            | {"history": [{"question": "你好", "answer": "你好。"}]},
        ),
        (
            given(True, replace(LIST, kind="reason", statements=(Statement("因为 如此", 1),))),
            CASE | {"kind": "open", "items": 0, "must": [QUOTES[0]]},  # said in other words than the quote's
        ),
        (
            given(True, NOTHING),
            CASE
            | {"question": "房价", "kind": "unanswerable", "answerable": False, "document": ""}
            | {"evidence": [], "must": [], "items": 0},
        ),
    ],
    ids=["list", "without statements", "followup", "other words", "refusal"],
)
def test_praise_makes_a_case_that_the_suite_reads(one: Feedback, expected: dict[str, Any], tmp_path: Path) -> None:
    assert gold.cases([one], complete=True) == [expected]
    assert gold.cases([one], complete=False) == []
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(expected, ensure_ascii=False) + "\n", encoding="utf-8")
    (case,) = read(path)
    assert (case.id, case.must, case.items) == ("feedback-0007", tuple(expected["must"]), expected["items"])


@pytest.mark.parametrize(
    ("one", "document", "lacking"),
    [
        (
            given(False, LIST, "漏项"),
            "会议.txt",
            "回答不合格，请补上 document、evidence 和 must；反馈 7，2026-11-23，漏项",
        ),
        (given(False, NOTHING), "", "回答不合格，请补上 document、evidence 和 must；反馈 7，2026-11-23"),
        (
            given(True, replace(LIST, citations=(*CITATIONS, replace(CITATIONS[0], marker=4, path="另.txt")))),
            "",
            "引用了多份文件，用例只能有一份；反馈 7，2026-11-23",
        ),
    ],
    ids=["blame", "blame of a refusal", "two documents"],
)
def test_a_case_without_its_gold_is_marked_and_no_suite_takes_it_for_whole(
    one: Feedback, document: str, lacking: str, tmp_path: Path
) -> None:
    assert gold.cases([one], complete=True) == []
    (case,) = gold.cases([one], complete=False)
    assert case["note"] == f"待补全：{lacking}；当时的回答：{one.answer.text}"
    assert (case["document"], case["evidence"], case["must"], case["items"]) == (document, [], [], 0)
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case), encoding="utf-8")
    with pytest.raises(LoadError, match="document, evidence and must may not be empty"):
        read(path)


def test_a_question_that_several_judged_alike_is_one_case() -> None:
    everything = [given(True, LIST, id_=1), given(False, LIST, id_=2), given(True, LIST, id_=3)]
    everything.append(given(True, LIST, history=TURNS, id_=4))
    assert [case["id"] for case in gold.cases(everything, complete=True)] == ["feedback-0003", "feedback-0004"]
    assert [case["id"] for case in gold.cases(everything, complete=False)] == ["feedback-0002"]


def test_a_real_answer_that_was_praised_passes_as_its_own_case(assistant: Assistant, tmp_path: Path) -> None:
    answer = assistant.ask("2021年碳达峰任务有哪些")
    path = tmp_path / "cases.jsonl"
    (case,) = gold.cases([given(True, answer)], complete=True)
    path.write_text(json.dumps(case), encoding="utf-8")
    (read_back,) = read(path)
    text = assistant.library.document(answer.citations[0].document_id).text
    assert [text.index(evidence) for evidence in read_back.evidence] == sorted(map(text.index, read_back.evidence))
    assert all(any(fact in evidence for evidence in read_back.evidence) for fact in read_back.must)
    assert read_back.items == len(read_back.must) == 7
    assert all(fact in answer.text for fact in read_back.must)
