from __future__ import annotations

import pytest

from assistant.language.naming import Mention, mentions, without_numbers
from assistant.language.question import understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《水法》第二十条", [Mention("水法", "title", True)]),
        (
            "《国务院关于印发《工作规则》的通知》说了什么",
            [Mention("国务院关于印发《工作规则》的通知", "title", False)],
        ),
        ("请问国发〔2099〕1号的内容", [Mention("国发〔2099〕1号", "number", False)]),
        ("国务院令第736号第三条", [Mention("国务院令第736号", "number", True)]),
        ("GB 8978 一级标准 化学需氧量", [Mention("GB 8978", "standard", False)]),
        ("gb13271-2014新建锅炉", [Mention("gb13271-2014", "standard", False)]),
        ("DB44/26 氨氮", [Mention("DB44/26", "standard", False)]),
        ("根据劳动法第三十六条", [Mention("劳动法", "law", True)]),
        ("黄河保护法里生态流量由谁确定", [Mention("黄河保护法", "law", False)]),
        # no name of one document
        ("《办法》第三条", []),
        ("《指南》对哪些企业提出要求", []),
        ("本条例第五条", []),
        ("这个办法第三条", []),
        ("有关规定第三条", []),
        ("执法对象有哪些", []),
        ("2021年立法中做了什么", []),
        ("PM2.5浓度", []),
    ],
)
def test_the_documents_that_a_text_names(text: str, expected: list[Mention]) -> None:
    assert list(mentions(text)) == expected


def test_the_years_of_numbers_ask_for_no_time() -> None:
    assert without_numbers("HJ 2025 危险废物") == "， 危险废物"
    assert understand("HJ 2025 危险废物收集要求").periods == ()
    assert understand("国发(2018)39号有什么要求").periods == ()
    assert understand("DB44/26—2001 2021年任务").periods == ("2021",)


def test_a_name_is_told_back_as_it_was_given() -> None:
    assert [one.written for one in mentions("《水法》和国发〔2099〕1号")] == ["《水法》", "国发〔2099〕1号"]
