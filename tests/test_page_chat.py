"""Answering a round: pieces add up, deliberate errors are said in Chinese, bugs are logged; what is whole is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.page.chat import answering
from assistant.page.keeping import Keeping
from assistant.page.talk import Round, Talk
from assistant.settings import Settings
from assistant.types import Answer, Turn
from index.errors import InvalidQuestion, UnknownConversation
from index.library import Library
from index.types import Filters


class Scripted(Assistant):
    """An assistant that says what it was asked."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, config: object = None
    ) -> Iterator[Answer]:
        if question == "错误":
            raise InvalidQuestion("no question", "请换一种问法")
        if question == "故障":
            raise ZeroDivisionError
        yield Answer(question, question, "", answered=True, kind="open", confidence=1.0)
        yield Answer.piece(f"{question}|{len(history)}|")
        yield Answer.piece(filters.issuer if filters else "无")


def said(library: Library, question: str, query: str = "", filters: str = "") -> list[Round]:
    scripted = Scripted(library, Settings(reader="none"))
    return list(answering(scripted, Round(question), query, (Turn("甲", "乙"),), filters))


def test_the_pieces_add_up_and_the_last_round_is_whole(library: Library) -> None:
    first, second, last = said(library, "问", filters='{"issuer": "水务局"}')
    assert (first.answer and first.answer.text, first.ended) == ("问|1|", False)
    assert (second.answer and second.answer.text, second.whole) == ("问|1|水务局", False)
    assert last == replace(second, ended=True)
    assert last.whole


def test_a_changed_query_is_asked_in_the_place_of_the_question(library: Library) -> None:
    last = said(library, "2020年呢", query="2020年任务")[-1]
    assert last.question == "2020年呢"
    assert last.answer
    assert last.answer.question == "2020年任务"


def test_errors_become_a_chinese_line_and_bugs_an_apology_that_is_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    assert said(library, "错误") == [Round("错误", failure="请换一种问法", ended=True)]
    assert not caplog.records
    assert said(library, "故障") == [Round("故障", failure="出错了，请重试。", ended=True)]
    assert "ZeroDivisionError" in caplog.text


def test_what_is_whole_is_kept_and_kept_anew_when_a_question_is_asked_again(library: Library) -> None:
    keeping = Keeping(library)
    one, two = (Round(name, Answer(name, name, "答", True, "open", 1.0), ended=True) for name in "甲乙")
    partial = replace(two, stopped=True)
    talk = keeping.keep("张三", Talk("", (one, partial)))
    assert [exchange.question for exchange in keeping.read("张三", talk.id)] == ["甲"]
    assert keeping.keep("张三", Talk(talk.id, (one, two))).id == talk.id
    assert [exchange.question for exchange in keeping.read("张三", talk.id)] == ["甲", "乙"]
    assert [head.title for head in keeping.heads("张三", "")] == ["甲"]
    with pytest.raises(UnknownConversation):
        keeping.read("李四", talk.id)
    keeping.close()


def test_a_conversation_that_was_deleted_meanwhile_begins_anew(library: Library) -> None:
    keeping = Keeping(library)
    one = Round("甲", Answer("甲", "甲", "答", True, "open", 1.0), ended=True)
    first = keeping.keep("张三", Talk("", (one,)))
    keeping.conversations.delete("张三", first.id)
    second = keeping.keep("张三", first)
    assert second.id != first.id
    assert len(keeping.read("张三", second.id)) == 1
    keeping.close()


def test_without_an_owner_nothing_is_kept(library: Library) -> None:
    keeping = Keeping(library)
    one = Round("甲", Answer("甲", "甲", "答", True, "open", 1.0), ended=True)
    assert keeping.keep("", Talk("", (one,))).id == ""
    assert keeping.heads("", "") == ()
    keeping.close()


def test_an_opinion_is_kept_with_all_that_led_to_it(library: Library) -> None:
    keeping = Keeping(library)
    rounds = tuple(Round(name, Answer(name, name, "答", True, "open", 1.0), ended=True) for name in "甲乙")
    talk = keeping.keep("张三", Talk("", rounds))
    keeping.judged("张三", talk.id, 1, False, "不完整")
    (opinion,) = keeping.feedback.all()
    assert (opinion.user, opinion.good, opinion.reason, opinion.question) == ("张三", False, "不完整", "乙")
    assert opinion.history == (Turn("甲", "答"),)
    with pytest.raises(UnknownConversation):
        keeping.judged("张三", talk.id, 2, True, "")
    with pytest.raises(UnknownConversation):
        keeping.judged("李四", talk.id, 0, True, "")
    keeping.close()


def test_an_exported_conversation_has_its_title_and_its_answers(library: Library, tmp_path: Path) -> None:
    keeping = Keeping(library)
    talk = keeping.keep(
        "张三", Talk("", (Round("甲问", Answer("甲问", "甲问", "答乙", True, "open", 1.0), ended=True),))
    )
    title, content = keeping.exported("张三", talk.id, "md")
    assert title == "甲问"
    assert "答乙" in content.decode()
    assert keeping.exported("张三", talk.id, "docx")[1].startswith(b"PK")
    keeping.close()
