"""What a sentence says of more than the quote, or of something else, in ordinary words."""

from __future__ import annotations

import pytest

from assistant.llm.replaced import mixed, out_of_order, replaced, tried_only, widened


@pytest.mark.parametrize(
    ("sentence", "quote", "told"),
    [
        ("紧急业务一律现场办理", "紧急业务确需现场办理的，单独办理", ["added: 一律"]),
        ("一律不得现场办理", "禁止现场办理", []),
        ("所有企业都要登记", "各企业应当登记", []),
        ("在全国范围内承担监督职责", "在所管辖范围内承担监督职责", ["added: 全国"]),
        ("全国各地都要登记", "我国各地应当登记", []),
        ("法院应当准许", "法院应当决定是否准许", ["dropped: 是否准许"]),
        ("是否准许由法院决定", "法院应当决定是否准许", []),
    ],
)
def test_words_of_all_and_of_what_is_left_open(sentence: str, quote: str, told: list[str]) -> None:
    assert list(widened(sentence, quote)) == told


def test_the_kind_of_something_is_not_another_one() -> None:
    quote = "电梯维保单位应调配人员，实行排污许可简化管理"
    assert list(replaced("电梯使用单位应调配人员", quote)) == ["使用 for 维保"]
    assert list(replaced("实行排污许可重点管理", quote)) == ["重点 for 简化"]
    assert list(replaced("电梯维保单位应调配人员", quote)) == []


def test_what_comes_first_does_not_come_last() -> None:
    assert list(out_of_order("现场办理后，通过电话预约", "通过电话预约后，现场单独办理")) == ["办理后 for 预约后"]
    assert list(out_of_order("电话预约后办理", "通过电话预约后，现场单独办理")) == []
    steps = "先选择“办税”，再进入“申报”"
    assert list(out_of_order("先选择“申报”，再进入“办税”", steps)) == ["another order: 申报、办税"]
    assert list(out_of_order("选择“办税”，再进入“申报”", steps)) == []


def test_the_members_of_a_list_keep_what_is_said_of_each() -> None:
    quote = "推动京津冀协同发展、长三角一体化发展、黄河流域生态保护"
    assert list(mixed("推动京津冀一体化发展", quote)) != []
    assert list(mixed("推动长三角一体化发展、黄河流域生态保护", quote)) == []


def test_a_trial_is_not_general() -> None:
    assert list(tried_only("全面推开公司改革", "推进公司改革试点")) == ["全面推开 for 试点"]
    assert list(tried_only("推进公司改革", "推进公司改革试点")) == []
