"""Several things asked for at once: each is told, from the documents that are quoted."""

from __future__ import annotations

import pytest

from assistant.answering.compose import compose
from assistant.answering.evidence import candidates
from assistant.answering.lines import statement
from assistant.answering.several import each_told, things
from assistant.language.question import understand
from index.split import chunks
from index.types import Hit
from tests.test_evidence import even, source

TEXT = (
    "一、农业\n粮食种植面积稳定在4500万亩左右。加强高标准农田建设，提高灌溉保证水平。\n"
    "棉花总产稳定在500万吨以上。油料种植保持稳定。\n二、工业\n工业投资增长8%。\n"
)


def said(question: str, text: str = TEXT) -> list[str]:
    of = source(text, title="2024年甲区政府工作报告", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", of.document.text, of.sections)]
    asked = understand(question)
    found = candidates(asked, hits, lambda _: of, even)
    return [statement(line) for line in each_told(asked, compose(asked, found[:1], even), found, even)]


def test_what_the_best_sentence_leaves_out_is_told_beside_it() -> None:
    both = ["粮食种植面积稳定在4500万亩左右。", "棉花总产稳定在500万吨以上。"]
    assert said("粮食种植面积和棉花总产分别是多少") == both
    assert said("棉花总产、粮食种植面积分别达到多少") == both


def test_what_the_documents_do_not_say_adds_nothing() -> None:
    assert said("粮食种植面积和外贸出口分别是多少") == ["粮食种植面积稳定在4500万亩左右。"]


def test_what_is_added_is_of_the_time_and_the_tense_of_the_best() -> None:
    text = "去年粮食产量达到650万吨。今年力争棉花产量突破500万吨。2015年棉花产量300万吨。\n"
    assert said("粮食产量和棉花产量分别达到了多少", text) == ["去年粮食产量达到650万吨。"]


def test_no_sentence_is_told_twice() -> None:
    more = "油料产量达到30万吨，蔬菜产量达到800万吨，都好于预期。"
    text = f"全市粮食产量达到650万吨，比上年增长百分之三点五，棉花产量达到500万吨，{more}\n"
    assert said("粮食产量和棉花产量分别是多少", text) == [
        "全市粮食产量达到650万吨，比上年增长百分之三点五，棉花产量达到500万吨"
    ]


def test_one_thing_is_told_by_the_best_sentence_alone() -> None:
    assert said("粮食种植面积是多少") == ["粮食种植面积稳定在4500万亩左右。"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2016年GDP和CPI的目标分别是多少", [["gdp"], ["cpi"]]),
        ("油料、蔬菜产量分别达到多少", [["油料"], ["蔬菜", "产量"]]),
        ("粮食和棉花的产量", []),
        ("补贴分别是多少", []),
        ("甲区粮食和棉花分别是多少", [["粮食"], ["棉花"]]),
        ("按照发展规划，粮食和棉花分别是多少", [["粮食"], ["棉花"]]),
        ("碳中和、碳达峰分别是什么", []),  # 和 joins nothing there
    ],
)
def test_things_are_known_by_the_words_that_the_others_do_not_have(
    question: str, expected: list[list[str]]
) -> None:
    of = source("工作。", title="甲区工作安排", day=None)
    assert [[term.text for term in thing] for thing in things(understand(question), of)] == expected
