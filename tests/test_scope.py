"""Of what time and place a sentence is, and which reports are of one series."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.scope import Source, agrees, elsewhere, innermost, last_of_series, series, speaks, time
from assistant.language.question import understand
from index.split import chunks
from index.types import Document, Facts, Hit, Span
from tests.test_evidence import source

REPORT = (
    "一、过去一年和五年工作回顾\n全年建成水厂3座。五年累计建成水厂12座。\n"
    "二、2023年工作安排\n今年新建水厂4座。去年缓建的水厂复工。\n"
)


def test_the_innermost_section_covers_the_sentence() -> None:
    of = source()
    start = of.document.text.index("新建水厂")
    section = innermost(of.sections, Span(start, start + 4))
    assert section.head.of(of.document.text) == "二是保障供水。"
    assert time(of, section, "新建水厂1座。") == "2020"


def test_a_sentence_begins_with_its_own_time() -> None:
    of = source()
    assert time(of, of.sections[0], "“十四五”时期要节水。") == "十四五"


def test_agreement_needs_no_time_where_none_is_asked_for() -> None:
    of = source()
    assert agrees(understand("河道治理"), "2020", "治理河道。", of, Span(0, 5)) == 0.5


@pytest.mark.parametrize(
    ("question", "region", "is_elsewhere"),
    [
        ("武汉市水厂建设", "广东省广州市", True),
        ("武汉市水厂建设", "湖北省", False),
        ("湖北省水厂建设", "武汉市", False),
        ("水厂建设", "广东省", False),
        ("武汉市水厂建设", "", False),
        ("广州和武汉的水厂", "广东省广州市", False),
    ],
)
def test_a_document_of_another_place_does_not_answer(question: str, region: str, is_elsewhere: bool) -> None:
    of = Source(Document("d", "", Facts(title="水务通知", region=region), "d.txt", ""), ())
    assert elsewhere(understand(question), "新建水厂1座。", of) is is_elsewhere


def test_a_document_that_names_the_place_itself_answers_of_it() -> None:
    of = Source(Document("d", "", Facts(title="对口支援通知", region="广东省"), "d.txt", ""), ())
    assert not elsewhere(understand("武汉的支援"), "支援武汉。", of)


def test_a_document_of_no_known_region_is_of_the_places_that_it_names() -> None:
    of = Source(Document("d", "在广州市工作满一年可以申请。", Facts(title="积分入户问答"), "d.txt", ""), ())
    assert elsewhere(understand("深圳积分入户条件"), "工作满一年可以申请。", of)
    assert not elsewhere(understand("广州积分入户条件"), "工作满一年可以申请。", of)
    law = Source(Document("d", "北京市等地", Facts(title="水法", level="中央"), "d.txt", ""), ())
    assert not elsewhere(understand("深圳用水"), "用水应当节约。", law)


def test_the_law_of_another_river_does_not_answer() -> None:
    of = Source(Document("d", "", Facts(title="黄河保护法", level="中央"), "d.txt", ""), ())
    assert elsewhere(understand("长江流域捕捞怎么处罚"), "在黄河流域捕捞的，处罚款。", of)
    assert not elsewhere(understand("黄河流域捕捞怎么处罚"), "捕捞的，处罚款。", of)


def test_what_is_asked_of_the_country_is_told_by_no_document_of_one_place() -> None:
    of = Source(Document("d", "", Facts(title="政府工作报告", region="云南省"), "d.txt", ""), ())
    assert elsewhere(understand("2024年全国新增就业多少人"), "新增就业51万人。", of)
    assert not elsewhere(understand("2024年新增就业多少人"), "新增就业51万人。", of)


@pytest.mark.parametrize(
    ("sentence", "year"),
    [
        ("全年建成水厂3座。", "2022"),
        ("五年累计建成水厂12座。", "五年"),
        ("今年新建水厂4座。", "2023"),
        ("去年缓建的水厂复工。", "2022"),
    ],
)
def test_what_a_report_tells_of_the_year_before_is_of_that_year(sentence: str, year: str) -> None:
    of = source(REPORT, title="2023年政府工作报告", day=date(2023, 1, 9))
    start = REPORT.index(sentence)
    section = innermost(of.sections, Span(start, start + len(sentence)))
    assert time(of, section, sentence) == year


@pytest.mark.parametrize(
    ("title", "sentence", "is_elsewhere"),
    [
        ("2025年政府工作报告", "经济增长目标为5%左右。", True),
        ("2025年政府工作报告", "支持湖北等省疫后重振。", False),
        ("2025年政府工作报告", "支持武汉建设科技创新中心。", False),
        ("水法", "用水应当节约。", False),
    ],
)
def test_what_a_report_tells_of_the_country_is_no_answer_for_one_place(
    title: str, sentence: str, is_elsewhere: bool
) -> None:
    of = Source(Document("d", sentence, Facts(title=title, level="中央"), "d.txt", ""), ())
    assert elsewhere(understand("湖北省2025年经济增长目标"), sentence, of) is is_elsewhere


def test_a_hit_speaks_if_one_of_its_sentences_is_of_the_time_and_place() -> None:
    of = source(REPORT, title="2023年政府工作报告", day=date(2023, 1, 9))
    hits = [Hit(chunk, 1.0, 1.0, 0.8) for chunk in chunks("d", REPORT, of.sections)]

    def speaking(question: str) -> list[bool]:
        return [speaks(understand(question), hit, of) for hit in hits]

    assert any(speaking("2022年建成几座水厂"))
    assert not any(speaking("2019年建成几座水厂"))
    assert all(speaking("建成几座水厂"))


def test_the_reports_of_all_years_are_one_series() -> None:
    assert series("2023年政府工作报告") == ("政府工作报告", "2023")
    assert series("水法") == ("", "")
    titles = ["2023年政府工作报告", "2025年政府工作报告", "2024年水务公报", "水法"]
    assert last_of_series(titles) == {"政府工作报告": "2025", "水务公报": "2024", "": ""}
