"""The items of an answer, and which one a follow-up means."""

from __future__ import annotations

import pytest

from assistant.language.items import items, means_article, meant

MEASURES = "1. 加快建立项目库[1]\n2. 推进全国碳排放权交易市场建设,深化试点[1]\n3. 强化能力建设[2]"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (MEASURES, ["加快建立项目库", "推进全国碳排放权交易市场建设,深化试点", "强化能力建设"]),
        ("一是系统谋划。[1]\n二是继续开展行动。[2]", ["系统谋划", "继续开展行动"]),
        ("要做好：（一）安装设施；（二）建立台账。", ["安装设施", "建立台账"]),
        ("必须坚持生态优先。[1]\n必须坚持人民至上。[2]", ["必须坚持生态优先", "必须坚持人民至上"]),
        ("重点任务如下\n系统谋划\n继续开展", ["系统谋划", "继续开展"]),
        ("没有找到", []),
        ("", []),
    ],
)
def test_the_items_of_an_answer_are_found(answer: str, expected: list[str]) -> None:
    assert items(answer) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("第二条展开说说", "推进全国碳排放权交易市场建设"),
        ("第3个呢", "强化能力建设"),
        ("最后一项是什么", "强化能力建设"),
        ("倒数第三条具体讲讲", "加快建立项目库"),
        ("一是什么", "加快建立项目库"),
        ("第四条呢", ""),
        ("第二条", ""),
        ("第三季度呢", ""),
        ("第二轮督察什么时候开始", ""),
    ],
)
def test_an_item_is_meant_by_its_place(question: str, expected: str) -> None:
    assert meant(question, MEASURES) == expected


def test_an_article_may_be_meant_too() -> None:
    assert means_article("第五条是什么")
    assert not means_article("第五项是什么")
