import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentences, trimmed
from index.types import Span


def quotes(text: str) -> list[str]:
    return [trimmed(span, text).of(text) for span in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("做好储备。加强值守！完成了吗？是的", ["做好储备。", "加强值守！", "完成了吗？", "是的"]),
        (
            "达到98.2%,下降1.5个百分点。细颗粒物(PM2.5)下降。",
            ["达到98.2%,下降1.5个百分点。", "细颗粒物(PM2.5)下降。"],
        ),
        ("他说：“要抓紧。要落实。”会后他走了。", ["他说：“要抓紧。要落实。”", "会后他走了。"]),
        ("坚持“要抓紧。要落实。”的方针。", ["坚持“要抓紧。要落实。”的方针。"]),
        ("印发《怎么办？》，推进（含试点。）工作。", ["印发《怎么办？》，推进（含试点。）工作。"]),
        ("第一行\n第二行\r\n\n第三行。\n", ["第一行", "第二行", "第三行。"]),
        ("第 三 条 总　　则 王 毅", ["第 三 条 总　　则 王 毅"]),
        ("主要指标： 单位能耗下降", ["主要指标：", "单位能耗下降"]),
        (
            "支持企业发展。 　　连日来有序复工　　市税务局 表示",
            ["支持企业发展。", "连日来有序复工", "市税务局 表示"],
        ),
        ("时间： 2020-02-19", ["时间： 2020-02-19"]),
        ("（一）安装设施；（二）建立台账；", ["（一）安装设施；", "（二）建立台账；"]),
        ("责令改正；情节严重的，处罚款。", ["责令改正；情节严重的，处罚款。"]),
        ("把握新发展阶段—— 当前仍处于关键期", ["把握新发展阶段——", "当前仍处于关键期"]),
        (
            "推动形成更高水平动态平衡 加快构建现代环境治理体系 会议强调 要坚持",
            ["推动形成更高水平动态平衡", "加快构建现代环境治理体系", "会议强调 要坚持"],
        ),
        ("全市碳排放总量下降目标 2035年生态环境根本好转", ["全市碳排放总量下降目标", "2035年生态环境根本好转"]),
        (
            "主要污染物排放总量持续下降到 2035年实现根本好转",
            ["主要污染物排放总量持续下降到 2035年实现根本好转"],
        ),
        (
            "1982年8月23日 第五届全国人民代表大会常务委员会第二十四次会议通过",
            ["1982年8月23日 第五届全国人民代表大会常务委员会第二十四次会议通过"],
        ),
        ("See www.gov.cn?a=1.5 for more. The end.", ["See www.gov.cn?a=1.5 for more.", "The end."]),
        ("  \n ", [""]),
        ("", []),
    ],
)
def test_sentences_end_where_a_person_would_end_a_quote(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


def test_a_long_sentence_is_parted_at_its_semicolons() -> None:
    # 3 parts of 61 characters and one of 60 make 243, more than the 150 up to which a sentence stays whole
    part = "甲" * 60
    assert quotes("；".join([part] * 4)) == [f"{part}；"] * 3 + [part]


def test_white_space_belongs_to_the_sentence_before_it() -> None:
    assert sentences("  甲。 \n 乙。\n", 0, 10) == (Span(0, 7), Span(7, 10))


def test_only_the_range_asked_for_is_parted() -> None:
    assert sentences("甲。乙。丙。", 2, 4) == (Span(2, 4),)


POLICY = st.text(alphabet=st.one_of(st.sampled_from("。！；;:： \n“”（）《》…—.1一、第条是甲乙"), st.characters()))


@given(POLICY, st.integers(0, 50), st.integers(0, 50))
def test_sentences_tile_any_range_of_any_text(text: str, start: int, end: int) -> None:
    start, end = min(start, len(text)), min(end, len(text))
    spans = sentences(text, start, end)
    assert "".join(span.of(text) for span in spans) == text[start:end]
    assert all(len(span) for span in spans)


@pytest.mark.parametrize("unit", ["“", "（", "”", "（”", "“（”", "；", "甲 ", "。", "\n", "…", "."])
def test_any_mark_over_and_over_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    spans = sentences(text, 0, len(text))
    assert time.process_time() - began < 20  # a fraction of a second; a quadratic one would take minutes
    assert spans[-1].end == len(text)
