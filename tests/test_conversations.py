"""Conversations: what is kept, for whom, and that no crash, crowd or hostile text harms it."""

from __future__ import annotations

import multiprocessing
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.records import conversations as module
from assistant.records.conversations import FILE, UNTITLED, Conversations, Exchange
from assistant.records.kept import Versions
from assistant.types import Answer, Citation, Statement
from index.errors import StorageDamaged, TooLarge, UnknownConversation
from index.types import Chunk, Hit

CITATION = Citation(
    marker=1,
    document_id="d1",
    title="环境条例",
    issuer="生态环境部",
    number="环发〔2021〕1号",
    date=date(2021, 1, 21),
    status="现行",
    heading="第一章 › 第二条",
    page=3,
    start=10,
    end=15,
    quote="不得排放。",
    path="a/环境条例.pdf",
)
VERSIONS = Versions(7, (("d1", "ab" * 32),), "0.1.0")


def exchange(question: str, text: str = "不得排放。[1]") -> Exchange:
    """A question with an answer in which every field holds something."""
    answer = Answer(
        question=question,
        query=f"{question}（全）",
        text=text,
        answered=True,
        kind="list",
        confidence=0.1 + 0.2,
        statements=(Statement("不得排放。", 1), Statement("以下：", 1, lead=True)),
        citations=(CITATION, replace(CITATION, marker=2, date=None, page=None)),
        refusal="",
        seconds=0.25,
    )
    return Exchange(question, answer, VERSIONS)


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    with Conversations(tmp_path) as opened:
        yield opened


def titles(conversations: Conversations, user: str, matching: str = "") -> list[str]:
    return [head.title for head in conversations.list(user, matching)]


def test_a_conversation_is_read_as_it_was_saved_but_for_the_hits(conversations: Conversations) -> None:
    chunk = Chunk("d1", 0, 0, 0, 1, "不", "", ())
    said = [exchange("有何要求"), exchange("还有吗")]
    found = [replace(said[0], answer=replace(said[0].answer, hits=(Hit(chunk, 1.0, 1.0, 1.0),))), said[1]]
    id_ = conversations.start("王")
    conversations.save("王", id_, found)
    assert conversations.read("王", id_) == tuple(said)


def test_looking_for_conversations_where_there_are_none_writes_nothing(tmp_path: Path) -> None:
    with Conversations(tmp_path / "home") as conversations:
        assert conversations.list("王") == ()
        assert conversations.forget("王") == 0
        with pytest.raises(UnknownConversation):
            conversations.read("王", "x")
        with pytest.raises(UnknownConversation):
            conversations.save("王", "x", [])
    assert not (tmp_path / "home").exists()


def test_saving_replaces_the_whole_and_appending_adds_to_the_end(conversations: Conversations) -> None:
    id_ = conversations.start("王")
    one, two, three = map(exchange, ("甲", "乙", "丙"))
    for said in ([one], [one, two], [one, three], [three, two, one], [], [two], [two]):
        conversations.save("王", id_, said)
        assert conversations.read("王", id_) == tuple(said)
        assert conversations.head("王", id_).turns == len(said)
    conversations.append("王", id_, three)
    assert conversations.read("王", id_) == (two, three)
    assert conversations.head("王", id_).turns == 2


def test_a_conversation_is_called_by_its_first_question_unless_it_was_renamed(
    conversations: Conversations,
) -> None:
    id_ = conversations.start("王")
    assert titles(conversations, "王") == [UNTITLED]
    conversations.save("王", id_, [exchange(" 碳达峰\n任务 有哪些 ")])
    assert titles(conversations, "王") == ["碳达峰 任务 有哪些"]
    conversations.save("王", id_, [exchange("问" * 61)])
    assert titles(conversations, "王") == ["问" * 59 + "…"]
    conversations.rename("王", id_, " 我的\n题目 ")
    conversations.save("王", id_, [exchange("别的")])
    assert titles(conversations, "王") == ["我的 题目"]
    conversations.rename("王", id_, "  ")
    assert titles(conversations, "王") == ["别的"]
    conversations.save("王", id_, [])
    assert titles(conversations, "王") == [UNTITLED]


def test_the_list_shows_the_last_changed_first_with_its_times(conversations: Conversations) -> None:
    before = datetime.now(UTC)
    ids = [conversations.start("王") for _ in range(3)]
    for id_, question in zip(ids, "甲乙丙", strict=True):
        conversations.save("王", id_, [exchange(question)])
    conversations.append("王", ids[0], exchange("又"))
    assert titles(conversations, "王") == ["甲", "丙", "乙"]
    assert [head.title for head in conversations.list("王", limit=2)] == ["甲", "丙"]
    head = conversations.list("王")[0]
    assert before <= head.started <= head.changed <= datetime.now(UTC)
    conversations.save("王", ids[2], [exchange("丙")])
    conversations.rename("王", ids[1], "改")
    assert titles(conversations, "王") == ["甲", "丙", "改"]


def test_search_finds_every_word_in_titles_questions_and_answers(conversations: Conversations) -> None:
    first, second = conversations.start("王"), conversations.start("王")
    conversations.save("王", first, [exchange("碳达峰", "ＰＭ2.5 下降[1]"), exchange("水污染", "100%_达标")])
    conversations.save("王", second, [exchange("大气", "O3")])
    conversations.rename("王", second, "蓝天")
    for matching in ("碳达峰", "pm2.5", "碳达峰 100%", "PM２．５ 污染", "_达", "  碳达峰  "):
        assert titles(conversations, "王", matching) == ["碳达峰"], matching
    for matching in ("蓝天", "蓝天 o3", "大气"):
        assert titles(conversations, "王", matching) == ["蓝天"], matching
    for matching in ("碳达峰 蓝天", "%%", "无", "'", "\0", "\ud800"):
        assert titles(conversations, "王", matching) == [], matching
    assert titles(conversations, "王", " ") == ["蓝天", "碳达峰"]


def test_nobody_sees_or_changes_anothers_conversation(conversations: Conversations) -> None:
    id_ = conversations.start("王")
    conversations.save("王", id_, [exchange("秘密")])
    for stranger in ("李", "", "王 ", "wang", "王\0"):
        assert conversations.list(stranger) == conversations.list(stranger, "秘密") == ()
        for look in (
            lambda user: conversations.read(user, id_),
            lambda user: conversations.head(user, id_),
            lambda user: conversations.save(user, id_, []),
            lambda user: conversations.append(user, id_, exchange("假")),
            lambda user: conversations.rename(user, id_, "假"),
            lambda user: conversations.delete(user, id_),
        ):
            with pytest.raises(UnknownConversation) as caught:
                look(stranger)
            assert "秘密" not in str(caught.value) + caught.value.chinese
        assert conversations.forget(stranger) == 0
    assert conversations.read("王", id_) == (exchange("秘密"),)


def test_what_is_deleted_is_gone_from_the_disk_too(conversations: Conversations, tmp_path: Path) -> None:
    gone, kept, others = (conversations.start(user) for user in ("王", "王", "李"))
    for user, id_, text in (("王", gone, "DELETED" * 3000), ("王", kept, "STAYS"), ("李", others, "OTHERS")):
        conversations.save(user, id_, [exchange("问", text)])

    def disk() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"DELETED" in disk()
    conversations.delete("王", gone)
    with pytest.raises(UnknownConversation):
        conversations.read("王", gone)
    assert b"DELETED" not in disk()
    assert conversations.forget("王") == 1
    assert conversations.list("王") == ()
    assert b"STAYS" not in disk()
    assert conversations.read("李", others)[0].answer.text == "OTHERS"


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_any_text_is_kept_with_its_lone_surrogates_replaced(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    readable = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    with Conversations(tmp_path_factory.mktemp("any")) as conversations:
        id_ = conversations.start(text)
        conversations.save(text, id_, [exchange(text, text)])
        conversations.rename(text, id_, text)
        (read,) = conversations.read(text, id_)
        assert (read.question, read.answer.text) == (readable, readable)
        assert len(conversations.list(text, text)) == 1


@pytest.mark.parametrize(
    "text",
    ["字" * 1_000_000, "a\0b\ud800<script>'; DROP TABLE exchanges; --\u2028", "😀\u0301" * 100_000],
    ids=["a megabyte", "hostile", "combining"],
)
def test_huge_and_hostile_text_is_kept(conversations: Conversations, text: str) -> None:
    id_ = conversations.start("王")
    conversations.save("王", id_, [exchange(text, text)])
    (read,) = conversations.read("王", id_)
    assert read.answer.text == text.replace("\ud800", "\ufffd")
    assert len(conversations.head("王", id_).title) <= 60
    conversations.rename("王", id_, text)
    assert len(conversations.head("王", id_).title) <= 60


def test_more_than_is_kept_is_refused_and_changes_nothing(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURNS", 3)
    monkeypatch.setattr(module, "SIZE", 10_000)
    id_ = conversations.start("王")
    said = [exchange(question) for question in "甲乙丙"]
    conversations.save("王", id_, said)
    for change in (
        lambda: conversations.append("王", id_, exchange("丁")),
        lambda: conversations.save("王", id_, [*said, said[0]]),
        lambda: conversations.save("王", id_, [exchange("长" * 10_000)]),
    ):
        with pytest.raises(TooLarge, match="start a new one"):
            change()
        assert conversations.read("王", id_) == tuple(said)


_DYING = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from assistant.records import conversations
from test_conversations import exchange
insert = conversations._insert
def dying(*arguments):
    insert(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
conversations._insert = dying
conversations.Conversations(Path(sys.argv[1])).save("王", sys.argv[2], [exchange("新")] * 50)
"""


def test_a_process_killed_in_the_middle_of_saving_leaves_the_last_state(
    conversations: Conversations, tmp_path: Path
) -> None:
    id_ = conversations.start("王")
    said = tuple(exchange(question) for question in "甲乙丙")
    conversations.save("王", id_, said)
    script = _DYING.format(tests=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", script, tmp_path, id_], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with Conversations(tmp_path) as elsewhere:
        for one in (conversations, elsewhere):
            assert one.read("王", id_) == said
            assert one.head("王", id_).turns == 3
    conversations.append("王", id_, exchange("丁"))
    assert len(conversations.read("王", id_)) == 4


def test_eight_threads_write_at_once_and_nothing_is_lost(conversations: Conversations) -> None:
    shared = conversations.start("王")

    def write(place: int) -> str:
        own = conversations.start(f"人{place}")
        for turn in range(10):
            conversations.append("王", shared, exchange(f"{place}-{turn}"))
            conversations.save(f"人{place}", own, [exchange(str(one)) for one in range(turn + 1)])
            assert len(conversations.read(f"人{place}", own)) == turn + 1
        return own

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(write, range(8)))
    said = [one.question for one in conversations.read("王", shared)]
    assert sorted(said) == sorted(f"{place}-{turn}" for place in range(8) for turn in range(10))
    for place in range(8):  # each thread's own turns are in their order
        assert [one for one in said if one.startswith(f"{place}-")] == [f"{place}-{turn}" for turn in range(10)]
        assert [head.id for head in conversations.list(f"人{place}")] == [ids[place]]


def _append(home: Path, id_: str, question: str) -> None:
    with Conversations(home) as conversations:
        conversations.append("王", id_, exchange(question))


def test_several_processes_write_to_one_conversation(conversations: Conversations, tmp_path: Path) -> None:
    id_ = conversations.start("王")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_append, [(tmp_path, id_, str(place)) for place in range(12)])
    said = [one.question for one in conversations.read("王", id_)]
    assert sorted(said, key=int) == [str(place) for place in range(12)]


def test_an_answer_of_another_version_is_read_as_far_as_it_goes(
    conversations: Conversations, tmp_path: Path
) -> None:
    id_ = conversations.start("王")
    conversations.save("王", id_, [exchange("甲")])
    connection = sqlite3.connect(tmp_path / FILE)
    change = (
        "UPDATE exchanges SET content = json_remove(json_set(content, '$.answer.later', 1), '$.answer.seconds')"
    )
    connection.execute(change)
    connection.commit()
    (read,) = conversations.read("王", id_)
    assert read.answer == replace(exchange("甲").answer, seconds=0.0)
    connection.execute("UPDATE exchanges SET content = '{'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageDamaged, match=r"conversations\.sqlite holds an answer"):
        conversations.read("王", id_)
