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


def said(question: str) -> list[str]:
    of = source(TEXT, title="甲区工作安排", day=None)
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


def test_one_thing_is_told_by_the_best_sentence_alone() -> None:
    assert said("粮食种植面积是多少") == ["粮食种植面积稳定在4500万亩左右。"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2016年GDP和CPI的目标分别是多少", [["gdp"], ["cpi"]]),
        ("油料、蔬菜产量分别达到多少", [["油料"], ["蔬菜", "产量"]]),
        ("粮食和棉花的产量", []),
        ("补贴分别是多少", []),
    ],
)
def test_things_are_known_by_the_words_that_the_others_do_not_have(
    question: str, expected: list[list[str]]
) -> None:
    assert [[term.text for term in thing] for thing in things(understand(question))] == expected
