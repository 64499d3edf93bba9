"""Exceptions, conditions and limits that are added or dropped, and words turned round; each by hand."""

from __future__ import annotations

import pytest

from assistant.llm.limits import limits, turned

BAN = "未经批准，不得在道路两侧设置广告设施，公益活动除外。"
FINES = "未办理备案的，责令改正；情节严重的，吊销营业执照。"


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("未经批准，不得在道路两侧设置广告设施，公益活动除外。", BAN, ()),
        ("未经批准，不得在道路两侧设置广告设施。", BAN, ("dropped: an exception",)),
        ("不得在道路两侧设置广告设施，公益活动除外。", BAN, ("dropped: 未经",)),
        ("情节严重的，吊销营业执照。", FINES, ()),
        ("未办理备案的，吊销营业执照。", FINES, ("dropped: 情节严重",)),
        ("未办理备案的，责令改正。", FINES, ()),
        ("仅对企业给予补贴。", "对企业给予补贴。", ("added: 仅",)),
        ("对企业给予补贴，小企业除外。", "对企业给予补贴。", ("added: an exception",)),
        (
            "上门核查和系统审核标准应一致。",
            "除系统审核外，还可上门核查，标准应一致。",
            (),
        ),  # 除…外，还 excepts nothing
        ("发放的实物和现金免税。", "发放的实物（不包括现金）免税。", ("included: 现金",)),
        ("发放的实物免税，现金不免税。", "发放的实物（不包括现金）免税。", ()),
        ("例会一般半年召开一次。", "原则上例会每半年召开一次。", ()),
        ("捐赠只能用于防疫。", "捐赠应专项用于防疫。", ()),
        ("", BAN, ()),
    ],
)
def test_what_bounds_a_rule_is_neither_added_nor_dropped(
    sentence: str, quote: str, expected: tuple[str, ...]
) -> None:
    assert limits(sentence, quote) == expected


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("收入同比下降5%。", "收入同比增长5%。", ("下降 for 增长",)),
        ("收入同比增长5%。", "收入同比增长5%。", ()),
        ("内容虚假的，处罚款。", "内容不真实的，处罚款。", ()),  # 虚假 is what 不真实 says
        ("", "收入同比增长5%。", ()),
    ],
)
def test_a_word_is_not_turned_into_its_opposite(sentence: str, quote: str, expected: tuple[str, ...]) -> None:
    assert turned(sentence, quote) == expected
