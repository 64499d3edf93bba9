"""Reports that appear year by year, and beside those of the country those of provinces: none passes for another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant import Assistant

NATIONAL = """{year}年国务院政府工作报告

——{year}年3月5日在第十四届全国人民代表大会会议上
国务院总理 李强

一、过去一年工作回顾

面对复杂形势，我们扎实工作。全年国内生产总值增长{grown}%，城镇新增就业{employed}万人。粮食再获丰收，产量达到1.3万亿斤。

二、{year}年工作总体部署

今年发展主要预期目标是：国内生产总值增长{target}%左右；城镇新增就业{jobs}万人以上。今年赤字率拟按{deficit}%安排，赤字规模3万亿元。
"""
PROVINCIAL = """2024年安徽省政府工作报告

——2024年1月23日在安徽省第十四届人民代表大会第二次会议上
安徽省省长 王清宪

一、2023 年工作回顾

全省扎实推进各项工作。全年地区生产总值增长5.8%，城镇新增就业72万人。煤矿智能化产能占比达到80%。

二、2024 年工作安排

今年主要预期目标：地区生产总值增长6%左右；城镇新增就业65万人以上。
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("reports")
    figures = {
        2022: ("8.1", 1269, "5.5", 1100, "2.8"),
        2023: ("3", 1206, "5.1", 1200, "3"),
        2024: ("5.2", 1244, "5", 1210, "3.2"),
    }
    for year, (grown, employed, target, jobs, deficit) in figures.items():
        text = NATIONAL.format(
            year=year, grown=grown, employed=employed, target=target, jobs=jobs, deficit=deficit
        )
        (folder / f"{year}年国务院政府工作报告.txt").write_text(text, encoding="utf-8")
    (folder / "2024年安徽省政府工作报告.txt").write_text(PROVINCIAL, encoding="utf-8")
    with Assistant.open(home=tmp_path_factory.mktemp("home"), documents=folder) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("2022年国内生产总值增长多少", "增长3%"),
        ("2022年国内生产总值增长目标是多少", "5.5%左右"),
        ("2023年城镇新增就业多少万人", "1244万人"),
        ("2023年城镇新增就业目标是多少", "1200万人以上"),
        ("2023年赤字率是多少", "赤字率拟按3%"),
        ("城镇新增就业目标是多少", "1210万人以上"),
        ("赤字率是多少", "赤字率拟按3.2%"),
        ("2023年安徽省生产总值增长多少", "增长5.8%"),
        ("安徽2024年经济增长目标是多少", "6%左右"),
    ],
)
def test_each_figure_is_of_its_year_and_place(reports: Assistant, question: str, told: str) -> None:
    answer = reports.ask(question)
    assert answer.answered
    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("湖北省2024年经济增长目标是多少", "place"),
        ("2019年国内生产总值增长多少", "period"),
        ("2023年安徽省煤炭产量是多少", "related"),
    ],
)
def test_no_other_year_or_place_is_told_for_the_one_asked_for(
    reports: Assistant, question: str, refusal: str
) -> None:
    answer = reports.ask(question)
    assert not answer.answered
    assert answer.refusal == refusal


def test_a_refusal_for_the_place_says_whose_figures_are_shown(reports: Assistant) -> None:
    assert reports.ask("湖北省2024年经济增长目标是多少").text.startswith(
        "已收录的文件中没有湖北的相关内容。以下是"
    )
