"""The assistant as a whole: bad questions, many threads, what it is opened over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import HashedEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Filters, Turn
from assistant.assistant import library
from assistant.settings import Settings
from index.errors import EmptyDocument, EncoderMismatch, InvalidQuestion, ModelError, SettingsError
from index.library import Library
from index.load import Limits

QUESTIONS = ("2021年碳达峰任务有哪些", "谁作工作报告", "黑臭水体消除比例", "2022年碳达峰任务有哪些", "你好")


def whole(assistant: Assistant, answer: Answer) -> bool:
    """Whether every citation quotes its document and every marker of the text has its citation."""
    return all(
        assistant.library.document(citation.document_id).text[citation.start : citation.end] == citation.quote
        and f"[{citation.marker}]" in answer.text
        for citation in answer.citations
    )


@pytest.mark.parametrize(
    "question", ["", "  \n", "\0", "\ud800\udfff", "？！……", "\x7f\u2028", "\N{ZERO WIDTH JOINER}"], ids=ascii
)
def test_a_question_in_which_nothing_is_asked_is_refused_with_an_error(
    assistant: Assistant, question: str
) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        assistant.ask(question)
    assert caught.value.chinese == "问题是空的；请输入要查询的内容"


@pytest.mark.parametrize(
    "question",
    [
        "碳达峰任务有哪些" * 12_500,
        "ﷺ" * 10_000,
        "？" * 99_999 + "碳",
        "碳\0达\ud83d峰\udfff任务有哪些",
        "e\u0301" * 5_000 + "碳达峰",
        "((((((((" * 500 + "碳达峰任务有哪些",
        "“《" * 1_000 + "碳达峰任务",
        "第" + "一" * 5_000 + "条说什么",
        "1" * 5_000 + "年的任务有哪些",
        "' OR 1=1; DROP TABLE documents; -- 任务",
        "%s %n ${HOME} $placeholder {0} 任务",
    ],
    ids=lambda question: ascii(question[:12]),
)
def test_hostile_questions_are_answered_or_declined_in_time(assistant: Assistant, question: str) -> None:
    started = time.process_time()
    try:
        answer = assistant.ask(question)
    except InvalidQuestion:
        pass
    else:
        assert answer.question == question
        assert whole(assistant, answer)
    assert time.process_time() - started < 60  # less than one; what is quadratic would take minutes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    question=st.text(max_size=60),
    history=st.lists(st.builds(Turn, st.text(max_size=30), st.text(max_size=60)), max_size=3),
)
def test_any_text_after_any_history_is_answered_declined_or_refused(
    assistant: Assistant, question: str, history: list[Turn]
) -> None:
    try:
        answer = assistant.ask(f"{question}任务", history)
    except InvalidQuestion:
        pytest.fail("任务 can be asked")
    assert whole(assistant, answer)


@pytest.mark.parametrize("field", ["since", "until"])
def test_a_filter_that_is_no_date_is_named(assistant: Assistant, field: str) -> None:
    with pytest.raises(InvalidQuestion, match="2021-13-01"):
        assistant.ask("2021年碳达峰任务有哪些", filters=Filters(**{field: "2021-13-01"}))


def test_threads_get_the_answers_that_one_alone_would_get(assistant: Assistant) -> None:
    """Without the reader, which does not keep a question waiting."""
    unread = Assistant(assistant.library, replace(assistant.settings, reader="none"), assistant.encoder)

    def ask(question: str) -> Answer:
        return replace(unread.ask(question), seconds=0)

    alone = list(map(ask, QUESTIONS))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, QUESTIONS * 4))
    assert together == alone * 4


def test_questions_are_answered_while_documents_come_change_and_go(library: Library, tmp_path: Path) -> None:
    """Every answer stands on a whole document: what a writer has taken away meanwhile is neither read nor cited."""
    path = tmp_path / "办法.txt"
    texts = (
        "办法\n第一条 宾馆应当使用节水型器具。\n",
        "新办法\n第一条 总则。\n第二条 宾馆应当使用节水型器具。\n",
    )
    path.write_text(texts[0], encoding="utf-8")
    library.add(path)
    assistant = Assistant(library, Settings(reader="none"))
    answers = []

    def ask() -> None:
        for _ in range(40):
            answers.append(assistant.ask("宾馆应当使用什么器具"))

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        turn = 0
        while not all(future.done() for future in asking):
            turn += 1
            path.write_text(texts[turn % 2], encoding="utf-8")
            (id_,) = library.add(path).replaced or library.add(path).unchanged
            if turn % 3 == 0:
                library.remove(id_)
                library.add(path)
        [future.result() for future in asking]
    assert len(answers) == 120
    quotes = {citation.quote for answer in answers for citation in answer.citations}
    assert quotes
    assert all(any(quote in text for text in texts) for quote in quotes)


def test_an_answer_comes_in_pieces_that_add_up_to_it(assistant: Assistant) -> None:
    pieces = list(assistant.stream(QUESTIONS[0]))
    assert len(pieces) > 3
    total = pieces[0]
    for piece in pieces[1:]:
        total += piece
    assert replace(total, seconds=0) == replace(assistant.ask(QUESTIONS[0]), seconds=0)


def test_files_that_cannot_be_read_when_the_library_is_filled_are_kept_with_their_reasons(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYQA_CACHE", str(cache))
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "通知.txt").write_text("各单位应当节约用水。", encoding="utf-8")
    (documents / "空.txt").write_bytes(b"")
    with Assistant.open(tmp_path / "home", documents) as assistant:
        ((path, error),) = assistant.failed
        assert path == str(documents / "空.txt")
        assert isinstance(error, EmptyDocument)
        assert len(assistant.library.documents()) == 1
    with Assistant.open(tmp_path / "home", documents) as assistant:
        assert assistant.failed == ()


def test_documents_that_were_chosen_must_be_there_but_the_default_folder_need_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Assistant.open() as assistant:
        assert assistant.library.documents() == ()
        answer = assistant.ask("碳达峰任务有哪些")
        assert (answer.answered, answer.refusal) == (False, "nothing")
    with pytest.raises(SettingsError, match="nowhere are not there"):
        Assistant.open(documents=tmp_path / "nowhere")


@pytest.mark.slow
def test_a_model_that_is_not_here_stops_the_program_and_is_named(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "通知.txt").write_text("各单位应当节约用水。", encoding="utf-8")
    with pytest.raises(ModelError, match="no/such-model"):
        Assistant.open(tmp_path / "home", documents, model="no/such-model")


def test_the_settings_limit_what_a_file_may_cost(tmp_path: Path) -> None:
    found = library(
        Settings(
            *(tmp_path, tmp_path / "cache"),
            file_mb=3,
            file_pages=7,
            archive_files=9,
            file_seconds=50,
            file_memory_mb=400,
        )
    )
    with found:
        assert found.limits == Limits(
            largest=3 << 20, seconds=50, longest=50, memory=400 << 20, pages=7, members=9
        )


def test_it_is_loaded_once_and_says_that_it_loads(
    library: Library, tmp_path: Path, encoder: HashedEncoder
) -> None:
    (tmp_path / "a.txt").write_text("单位应当安装水表。", encoding="utf-8")
    library.add(tmp_path / "a.txt")
    asked, loading = [], []

    class Watched(Assistant):
        def _load_reader(self) -> None:
            loading.append(self.loading)

    def encode(texts: Sequence[str]) -> np.ndarray:
        asked.append(texts)
        return HashedEncoder.encode_queries(encoder, texts)

    encoder.encode_queries = encode  # type: ignore[method-assign]
    opened = Watched(library, Settings(reader="none"))
    opened.load(lambda: not asked)
    assert (len(asked), loading) == (1, [])  # given up after the search
    opened.load()
    opened.load()
    assert (len(asked), loading) == (2, [True])
    assert not opened.loading


def test_what_cannot_be_loaded_is_said_and_tried_again(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("单位应当安装水表。", encoding="utf-8")
    library.add(tmp_path / "a.txt")
    with Library(library.home, HashedEncoder("another")) as other:
        opened = Assistant(other, Settings(reader="none"))
        for _ in range(2):
            with pytest.raises(EncoderMismatch):
                opened.load()
        assert not opened.loading
