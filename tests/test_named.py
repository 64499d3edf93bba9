"""Documents that questions name: answered from themselves, or said not to be there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, Filters
from assistant.answering.named import absent, named
from index.store import Summary
from index.types import Facts

RIVERS = """云溪市河道管理条例
第一章 总则
第一条 为了加强河道管理，保障防洪安全，制定本条例。
第二条 河道采砂实行许可制度，许可证有效期为一年。
第三条 市水行政主管部门负责全市河道的监督管理工作。
"""
LAKES = """云溪市湖泊保护办法
第一章 总则
第一条 依照《云溪市河道管理条例》和《云溪市渔业条例》，制定本办法。
第二条 湖泊保护遵循统筹规划、生态优先的原则。
第三条 围网养殖应当依照《云溪市渔业条例》办理养殖证，养殖证有效期为三年。
"""
NEWS = """市司法局推出企业服务新举措
近日，市司法局编制了《云溪市企业法律服务指引》，供企业免费下载。
指引由市律师协会协助编写，收录劳动用工问答八十条。
"""


@pytest.fixture(scope="module")
def town(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("town")
    for name, text in (("河道", RIVERS), ("湖泊", LAKES), ("消息", NEWS)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICYQA_CACHE", str(cache))
        opened = Assistant.open(tmp_path_factory.mktemp("home"), folder)
    with opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "title", "fact"),
    [
        ("《云溪市河道管理条例》第二条", "云溪市河道管理条例", "河道采砂实行许可制度"),
        ("《河道管理条例》第三条规定了什么", "云溪市河道管理条例", "市水行政主管部门"),
        ("云溪市湖泊保护办法第二条", "云溪市湖泊保护办法", "统筹规划、生态优先"),
        ("《云溪市湖泊保护办法》对围网养殖有什么规定", "云溪市湖泊保护办法", "养殖证"),
    ],
)
def test_a_named_document_answers_itself(town: Assistant, question: str, title: str, fact: str) -> None:
    answer = town.ask(question)
    assert answer.answered
    assert fact in answer.text
    assert {citation.title for citation in answer.citations} == {title}


@pytest.mark.parametrize(
    "question",
    [
        "《云溪市城市更新条例》第二条规定了什么",
        "云政发〔2099〕1号的内容",
        "GB 8978 河道采砂许可证有效期",
        "《云溪市渔业条例》第三条",
    ],
)
def test_of_one_that_is_not_there_it_says_so(town: Assistant, question: str) -> None:
    answer = town.ask(question)
    assert not answer.answered
    assert answer.text.startswith("已收录的文件中没有")
    assert answer.refusal in {"related", "nothing"}


def test_what_another_says_of_it_is_told_as_such(town: Assistant) -> None:
    answer = town.ask("《云溪市渔业条例》规定的围网养殖养殖证有效期是多久")
    assert answer.answered
    assert answer.text.startswith("已收录的文件中没有《云溪市渔业条例》。以下出自提到它的文件：\n")
    assert "三年" in answer.text
    assert answer.citations[0].title == "云溪市湖泊保护办法"


def test_news_that_it_was_issued_are_about_it(town: Assistant) -> None:
    answer = town.ask("《云溪市企业法律服务指引》收录了多少条劳动用工问答")
    assert answer.answered
    assert answer.text.startswith("已收录的文件中没有《云溪市企业法律服务指引》。以下出自提到它的文件：\n")
    assert "八十条" in answer.text


def test_only_what_is_looked_in_is_there(town: Assistant) -> None:
    lakes = next(one.id for one in town.library.documents() if "湖泊" in one.title)
    answer = town.ask("《云溪市河道管理条例》第二条", filters=Filters(documents=(lakes,)))
    assert not answer.answered


def documents(*titled: tuple[str, str]) -> list[Summary]:
    return [
        Summary(str(place), title, "", Facts(title=title, number=number), 1, 1)
        for place, (title, number) in enumerate(titled)
    ]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("《环保法》第六十五条", {"0"}),
        ("环保税法第十三条", {"1"}),
        ("《中华人民共和国环境保护法》", {"0"}),
        ("海洋环境保护法第三条", set()),
        ("gb13271 新建锅炉", {"2"}),
        ("GB 13271—2014", {"2"}),
        ("GB 13271-2001", set()),
        ("GB14554-1993", {"3"}),
        ("国令第706号", {"4"}),
        ("《专利代理条例》", {"4"}),
        ("《国务院工作规则》有什么要求", {"5"}),
    ],
)
def test_names_are_looked_up_as_people_write_them(text: str, held: set[str]) -> None:
    there = documents(
        ("中华人民共和国环境保护法", ""),
        ("中华人民共和国环境保护税法", ""),
        ("锅炉大气污染物排放标准", "GB 13271-2014"),
        ("恶臭污染物排放标准", "GB 14554—93"),
        ("专利代理条例", "国务院令第706号"),
        ("国务院关于印发《国务院工作规则》的通知", "国发〔2004〕18号"),
    )
    found = named(text, lambda: there)
    assert [set(one.held) for one in found] == [held]


def test_another_edition_is_told_in_the_place_of_the_one_asked_for() -> None:
    there = documents(("锅炉大气污染物排放标准", "GB 13271-2014"))
    found = named("GB 13271-2001 新建锅炉", lambda: there)
    assert absent(found) == "GB 13271-2001（收录的是《锅炉大气污染物排放标准》GB 13271-2014）"
