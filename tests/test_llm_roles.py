"""Who does what: agents put in each other's place, those behind a preposition, ranks; each by hand."""

from __future__ import annotations

import pytest

from assistant.llm.plain import plain, shortened
from assistant.llm.roles import roles


def wrong(sentence: str, quote: str) -> bool:
    return bool(roles(shortened(plain(sentence)), shortened(plain(quote))))


SHARED = "市城管局负责户外广告设施的监督管理，市市场监管局负责广告内容的监督管理。"
APPEAL = "申请人不服的，可以向上一级人民政府申请复核，由上一级人民政府作出决定。"
SENT = "区民政局应当将调查材料送交受理申请的镇人民政府。"
FIRES = "重大火灾信息由国务院草原主管部门发布；其他火灾信息由省级草原防火部门发布。"
PLAN = "省新闻办会同省发展改革委制订应急预案。"
PAID = "所需经费由市财政局承担，由区财政局拨付到项目单位。"
MEETING = "会议由副省长周启明主持，厅长梁文博作工作报告。"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("户外广告设施的监督管理由市城管局负责。", SHARED),
        ("市市场监管局负责广告内容的监督管理。", SHARED),
        ("申请人可以向上一级政府申请复核。", APPEAL),
        ("镇政府收到区民政局送交的调查材料。", SENT),
        ("其他火灾信息由省级草原防火部门公布。", FIRES),
        ("应急预案由省新闻办会同省发改委制订。", PLAN),
        ("副省长周启明主持会议。", MEETING),
        ("", SHARED),
    ],
)
def test_whoever_keeps_the_place_is_let_pass(sentence: str, quote: str) -> None:
    assert roles(shortened(plain(sentence)), shortened(plain(quote))) == ()


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("市市场监管局负责户外广告设施的监督管理。", SHARED),
        ("户外广告设施的监督管理由市市场监管局负责。", SHARED),
        ("镇政府应当将调查材料送交区民政局。", SENT),
        ("重大火灾信息由省级草原防火部门发布。", FIRES),
        ("省发展改革委会同省新闻办制订应急预案。", PLAN),
        ("省长周启明主持会议。", MEETING),
        ("厅长周启明主持会议。", MEETING),
        ("所需经费由项目单位承担。", PAID),
    ],
)
def test_whoever_takes_the_place_of_another_is_found(sentence: str, quote: str) -> None:
    assert wrong(sentence, quote)


def test_to_whom_something_is_done_does_not_do_it() -> None:
    quote = "来访人员应当向居住地的村委会报告健康状况。"
    assert not wrong("来访人员要向居住地的村委会报告健康状况。", quote)
    assert wrong("由居住地的村委会向其报告健康状况。", quote)


def test_a_deputy_keeps_the_rank() -> None:
    quote = "副局长李明作了说明。"
    assert roles("局长作了说明。", quote) == ("局长 for 副局长",)
    assert roles("副局长李明作了说明。", quote) == ()
