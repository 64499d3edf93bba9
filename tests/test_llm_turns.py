"""Relations whose sides have changed places; each by hand."""

from __future__ import annotations

import pytest

from assistant.llm.turns import reversed_relations

CAUSE = "由于发生自然灾害而造成水土流失时，应当报告。"
GROUND = "财政部门根据能源消耗定额制定支出标准体系。"
PLACE = "允许银行将电子交易凭证替代双方贸易合同。"
WATCH = "核设施单位接受公安部门的监督。"


@pytest.mark.parametrize(
    ("sentence", "quote", "found"),
    [
        (CAUSE, CAUSE, False),
        ("由于水土流失而造成自然灾害时，应当报告。", CAUSE, True),
        ("因为自然灾害而造成水土流失的，应当报告。", CAUSE, False),
        ("财政部门根据支出标准体系制定能源消耗定额。", GROUND, True),
        ("根据能源消耗定额制定支出标准体系。", GROUND, False),
        ("银行将双方贸易合同替代电子交易凭证。", PLACE, True),
        ("公安部门接受核设施单位的监督。", WATCH, True),
        ("核设施单位接受公安部门的监督。", WATCH, False),
        ("", CAUSE, False),
    ],
)
def test_sides_that_have_changed_places_are_found(sentence: str, quote: str, found: bool) -> None:
    assert bool(list(reversed_relations(sentence, quote))) == found
