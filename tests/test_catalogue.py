"""Questions about the library are told from questions to its documents, and answered with real spans."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add

import pytest

from assistant import Assistant, Filters
from assistant.dialogue.catalogue import MOST, Listing, is_about_library, listing, title_span, write
from index.store import Summary
from index.types import Document, Facts


def summary(id_: str, facts: Facts) -> Summary:
    return Summary(id_, facts.title, f"{id_}.txt", facts, 10, 1)


WATER = summary(
    "w", Facts("湖北省节约用水条例", "湖北省人大常委会", "", date(2020, 7, 1), region="湖北", kind="条例")
)
AIR = summary("a", Facts("关于大气污染防治的通知", "生态环境部", "", date(2021, 3, 1), "现行", kind="通知"))
HOUSING = summary("h", Facts("公租房管理办法", "住房和城乡建设部", "", date(2012, 5, 28), "已废止", kind="办法"))
UNDATED = summary("u", Facts("2021年工作要点"))
ALL = (WATER, AIR, HOUSING, UNDATED)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("有哪些文件", "awhu"),
        ("收录了多少份文件？", "awhu"),
        ("文档库里一共有几份文件", "awhu"),
        ("列出所有文件", "awhu"),
        ("最新的是哪一份", "a"),
        ("最近发布的两份文件是什么", "aw"),
        ("最早的文件是哪一份", "h"),
        ("2021年的文件有哪些", "au"),
        ("有没有生态环境部的文件", "a"),
        ("有没有住建部的文件", "h"),
        ("国家生态环境部的文件有哪些", "a"),
        ("北京生态环境部的文件有哪些", "a"),
        ("湖北有哪些文件", "w"),
        ("哪些文件已经废止", "h"),
        ("现行有效的文件有哪些", "awu"),
        ("有没有关于大气污染防治的文件", "a"),
        ("有没有收录《公租房管理办法》", "h"),
        ("有没有教育部的文件", ""),
        ("2019年有哪些文件", ""),
        ("有《民法典》吗", ""),
    ],
)
def test_a_question_about_the_library_finds_its_documents(query: str, expected: str) -> None:
    found = listing(query, lambda: ALL)
    assert found is not None
    assert "".join(one.id for one in found.documents) == expected


@pytest.mark.parametrize(
    "query",
    [
        "文件里有没有提到碳市场",
        "文件有哪些要求",
        "文件什么时候印发",
        "生态环境部为做好分类指导印发了什么文件",
        "有没有关于核安全的文件",
        "2021年碳达峰任务有哪些",
        "最新的最低工资标准是多少",
        "《节约用水条例》有哪些规定",
        "申请低保需要哪些材料",
        "谁作工作报告",
    ],
)
def test_a_question_to_the_documents_is_none(query: str) -> None:
    assert listing(query, lambda: ALL) is None


def test_the_documents_are_not_listed_for_a_question_to_what_they_say() -> None:
    def unwanted() -> tuple[Summary, ...]:
        raise AssertionError("the documents were listed")

    assert listing("2021年碳达峰任务有哪些", unwanted) is None
    assert listing("文件有哪些要求", unwanted) is None


def test_only_what_says_nothing_else_is_about_the_library() -> None:
    assert is_about_library("最新的是哪一份")
    assert not is_about_library("有没有生态环境部的文件")
    assert not is_about_library("碳达峰任务有哪些")


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("节约用水条例", "湖北省人大\n节约\n用水条例\n第一条 为了节水。", "节约\n用水条例"),
        ("别的标题", "\n第一条 为了节水。第二条 略。", "第一条 为了节水。"),
        ("", "第一条 为了节水。", "第一条 为了节水。"),
    ],
)
def test_the_title_is_cited_where_it_stands_or_else_the_first_sentence(
    title: str, text: str, expected: str
) -> None:
    document = Document("d", text, Facts(title), "d.txt", "")
    assert title_span(document).of(text) == expected


def document(id_: str) -> Document:
    facts = next(one.facts for one in ALL if one.id == id_)
    return Document(id_, f"{facts.title}\n第一条 略。", facts, f"{id_}.txt", "")


def test_the_answer_has_a_line_for_each_document_with_its_facts() -> None:
    found = listing("有哪些文件", lambda: ALL[:3])
    assert found is not None
    answer = reduce(add, write("有哪些文件", "有哪些文件", found, document))
    assert answer.text == (
        "文档库中共有 3 份文件：\n"
        "1. 《关于大气污染防治的通知》（生态环境部，2021-03-01）[1]\n"
        "2. 《湖北省节约用水条例》（湖北省人大常委会，2020-07-01）[2]\n"
        "3. 《公租房管理办法》（住房和城乡建设部，2012-05-28）（已废止）[3]"
    )
    assert [one.quote for one in answer.citations] == [one.text for one in answer.statements]
    assert answer.answered


def test_none_is_said_to_be_there() -> None:
    found = listing("有没有教育部的文件", lambda: ALL)
    assert found is not None
    (answer,) = write("", "", found, document)
    assert (answer.text, answer.answered) == ("文档库收录的 4 份文件中没有教育部的文件。", False)


def test_a_long_list_ends_with_how_many_are_left() -> None:
    many = Listing((AIR,) * (MOST + 2), "", "", MOST + 2)
    answer = reduce(add, write("", "", many, document))
    assert answer.text.endswith("\n另有 2 份未列出，可加上年份、发文机关或地区再问。")
    assert len(answer.citations) == MOST


def test_the_assistant_lists_what_the_filters_pass(assistant: Assistant) -> None:
    answer = assistant.ask("有哪些文件")
    (citation,) = answer.citations
    text = assistant.library.document(citation.document_id).text
    assert text[citation.start : citation.end] == citation.quote == "2021年全国生态环境保护工作会议"
    assert not assistant.ask("有哪些文件", filters=Filters(issuer="教育部")).answered
