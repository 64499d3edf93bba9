"""Evidence: only sentences of the time asked for, weighed by what they say of the subject."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.evidence import Candidate, candidates, clauses, residual
from assistant.answering.scope import Source
from assistant.language.question import understand
from index.split import chunks
from index.structure import sections
from index.types import Document, Facts, Hit, Span

MINUTES = (
    "1月5日,水务局召开2021年水务工作会议。水务局局长王建国出席会议。\n"
    "2020年,全市水务系统扎实工作。 一是治理河道。完成河道清淤12.5公里,消除黑臭水体3处。 二是保障供水。新建水厂1座。\n"
    "2021年要抓好以下重点任务。 一是继续治理河道。推进河道清淤,建设生态护岸。 二是节约用水。推广节水器具。"
)


def source(text: str = MINUTES, title: str = "2021年水务工作会议", day: date | None = date(2021, 1, 5)) -> Source:
    return Source(Document("d", text, Facts(title=title, date=day), "d.txt", ""), sections(text))


def even(word: str) -> float:
    return 1.0


def found(question: str, of: Source | None = None) -> tuple[Candidate, ...]:
    """The candidates of a whole document, every chunk of which was found alike."""
    of = of or source()
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", of.document.text, of.sections)]
    return candidates(understand(question), hits, lambda _: of, even)


def test_only_sentences_of_the_year_asked_for_are_evidence() -> None:
    assert {candidate.period for candidate in found("2021年河道治理有哪些任务")} == {"2021"}
    assert {candidate.period for candidate in found("2020年河道治理做了什么")} <= {"2020", "2021"}
    assert all("2020" in one.period or "2020" in one.text for one in found("2020年河道治理做了什么"))
    assert found("2022年河道治理有哪些任务") == ()


def test_a_sentence_that_names_the_year_itself_is_of_that_year() -> None:
    of = source("全市2019年建成水厂1座。", title="水务公报", day=None)
    (only,) = found("2019年建成几座水厂", of)
    assert only.features.period == 1.0


def test_a_document_without_times_is_of_the_year_it_was_written() -> None:
    of = source("要推广节水器具。", title="节水通知", day=date(2021, 3, 1))
    assert [one.text for one in found("2021年怎么节水", of)] == ["要推广节水器具。"]
    assert found("2020年怎么节水", of) == ()


def test_the_best_candidate_tells_of_the_subject() -> None:
    assert found("2020年消除黑臭水体几处")[0].text == "完成河道清淤12.5公里,消除黑臭水体3处。"
    assert found("2021年节水器具")[0].text == "推广节水器具。"


def test_coverage_counts_by_clause_and_by_sentence() -> None:
    features = found("消除黑臭水体")[0].features
    assert (features.own, features.clause, features.head) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("2020年消除黑臭水体几处", 1.0),
        ("2020年消除黑臭水体多少吨", 0.0),
        ("2020年河道清淤谁负责", 0.0),
        ("黑臭水体", 0.5),
    ],
)
def test_the_form_of_the_answer_is_looked_for_beside_the_subject(question: str, form: float) -> None:
    best = next(one for one in found(question) if "黑臭" in one.text)
    assert best.features.form == form


def test_results_are_told_of_years_before_the_document_and_tasks_of_its_own() -> None:
    done = {one.text: one.features.tense for one in found("河道治理得怎么样了")}
    assert done["完成河道清淤12.5公里,消除黑臭水体3处。"] == 1.0
    assert done["推进河道清淤,建设生态护岸。"] == 0.0


def test_what_the_title_says_tells_no_sentence_from_another() -> None:
    terms = residual(understand("2021年水务工作会议的河道任务"), source())
    assert {term.text for term in terms if not term.weak} == {"河道"}


def test_the_place_of_a_document_tells_none_of_its_sentences_from_another() -> None:
    of = Source(Document("d", "", Facts(title="积分入户问答", region="广东省广州市"), "d.txt", ""), ())
    terms = residual(understand("广州积分入户排名规则"), of)
    assert "广州" not in {term.text for term in terms if not term.weak}


def test_a_sentence_is_of_the_year_of_the_target_with_which_its_paragraph_begins() -> None:
    text = "发展目标。\n到2020年，装备增加。总动力达到10亿千瓦。\n到2025年，装备齐全。总动力达到11亿千瓦。\n"
    of = source(text, title="农机意见", day=date(2018, 12, 21))
    assert [one.text for one in found("2020年总动力目标是多少", of)][:1] == ["总动力达到10亿千瓦。"]
    assert [one.text for one in found("2025年总动力目标是多少", of)][:1] == ["总动力达到11亿千瓦。"]


def test_clauses_tile_a_sentence_and_spare_quotes_brackets_and_numbers() -> None:
    # 甲(乙,丙), | 丁“戊,己”, | 1,200元。
    text = "甲(乙,丙),丁“戊,己”,1,200元。"
    assert [part.of(text) for part in clauses(text, Span(0, len(text)))] == [
        "甲(乙,丙),",
        "丁“戊,己”,",
        "1,200元。",
    ]
    assert clauses("", Span(0, 0)) == (Span(0, 0),)


def test_a_law_of_one_plateau_stands_behind_the_law_of_the_whole_country() -> None:
    text = "第一条 开垦湿地的，处一万元罚款。\n"
    laws = {
        id_: Source(Document(id_, text, Facts(title=title, level="中央"), f"{id_}.txt", ""), sections(text))
        for id_, title in (("a", "青藏高原生态保护法"), ("b", "湿地保护法"))
    }
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for id_ in laws for chunk in chunks(id_, text, laws[id_].sections)]
    asked = understand("开垦湿地罚多少")
    assert [one.behind > 0 for one in candidates(asked, hits, laws.__getitem__, even)] == [False, True]
    asked = understand("青藏高原开垦湿地罚多少")
    assert all(one.behind == 0 for one in candidates(asked, hits, laws.__getitem__, even))


def test_an_outdated_document_and_one_of_a_place_stand_behind() -> None:
    text = "非法倾倒三吨以上的，应当认定为严重污染。"

    def best(*facts: Facts) -> list[str]:
        every = {
            str(place): Source(Document(str(place), text, one, "", ""), sections(text))
            for place, one in enumerate(facts)
        }
        hits = [Hit(chunk, 1.0, 1.0, 0.85) for id_ in every for chunk in chunks(id_, text, every[id_].sections)]
        asked = understand("非法倾倒多少吨算严重污染")
        return [one.source.document.title for one in candidates(asked, hits, every.__getitem__, even)]

    assert best(Facts(title="旧解释", status="已废止"), Facts(title="新解释")) == ["新解释", "旧解释"]
    local = Facts(title="省规定", region="云南省", level="省")
    assert best(local, Facts(title="国家规定", level="中央")) == ["国家规定", "省规定"]


def test_an_item_is_of_what_its_list_announces() -> None:
    text = (
        "第一条 具有下列情形之一的，应当认定为“严重污染”：\n（一）倾倒三吨以上的；\n（二）其他严重情形。\n"
        "第二条 具有下列情形之一的，应当认定为“后果特别严重”：\n（一）倾倒一百吨以上的；\n（二）其他情形。\n"
    )
    assert found("倾倒多少吨算严重污染", source(text, "解释"))[0].text == "（一）倾倒三吨以上的；"
