"""Each metric against answers worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Citation, Statement
from evals import metrics, refusal, retrieval, statistics
from evals.normalise import normalise, says
from evals.refusal import Outcome, Point
from evals.types import Fact


def citation(quote: str, start: int = 0, document: str = "d", marker: int = 1) -> Citation:
    return Citation(
        marker=marker,
        document_id=document,
        title="",
        issuer="",
        number="",
        date=None,
        status="",
        heading="",
        page=None,
        start=start,
        end=start + len(quote),
        quote=quote,
        path="",
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("９８．２％", "98.2%"),
        ("百分之九十八点二", "98.2%"),
        ("1.5万亿元", "1500000000000元"),
        ("３万人", "30000人"),
        ("三万人", "30000人"),
        ("12,345 人", "12345人"),
        ("2020年，“蓝天”保卫战。", "2020年蓝天保卫战"),
        ("3、5", "3-5"),
        ("3～5天", "3-5天"),
        ("二是推进", "2是推进"),
        ("十四五规划", "十四五规划"),
        ("二〇二一年", "2021年"),
        ("", ""),
    ],
)
def test_text_is_normalised_to_one_form(text: str, form: str) -> None:
    assert normalise(text) == form


@given(st.text())
def test_normalising_any_text_gives_one_without_white_space(text: str) -> None:
    assert not any(character.isspace() for character in normalise(text))


def test_a_number_is_not_said_by_a_longer_number() -> None:
    assert says("降低12%", "12%")
    assert not says("降低112%", "12%")
    assert not says("共3.25个", "3")
    assert not says("共3.25个", "25")
    assert not says("任何话", "")


def test_rouge_l_weighs_recall_by_beta() -> None:
    # answer 甲乙丙丁 against 甲丙戊: the common subsequence 甲丙 is 2 long; P = 2/4, R = 2/3, β² = 1.44,
    # F = 2.44 · 1/2 · 2/3 / (2/3 + 1.44 · 1/2) = 0.81333 / 1.38667 = 0.586538
    assert metrics.rouge_l("甲乙 丙丁", "甲丙戊") == pytest.approx(0.586538, abs=1e-6)
    assert metrics.rouge_l("甲乙", "甲 乙") == pytest.approx(1.0)
    assert metrics.rouge_l("", "甲") == 0.0
    assert metrics.rouge_l("甲", "乙") == 0.0


@given(st.text("甲乙丙", max_size=8), st.text("甲乙丙", max_size=8))
def test_the_common_subsequence_is_what_the_textbook_recursion_gives(first: str, second: str) -> None:
    def textbook(one: str, other: str) -> int:
        if not one or not other:
            return 0
        if one[-1] == other[-1]:
            return textbook(one[:-1], other[:-1]) + 1
        return max(textbook(one[:-1], other), textbook(one, other[:-1]))

    assert metrics.common_subsequence(first, second) == textbook(first, second)


def test_the_common_substring_must_hang_together() -> None:
    assert metrics.common_substring("甲乙丙丁", "乙丙戊甲") == 2  # 乙丙
    assert metrics.common_substring("甲", "") == 0


def test_character_f1_counts_each_character_as_often_as_both_have_it() -> None:
    # 人人为我 has 4 characters, 我为人 has 3; common 人 我 为 = 3; F1 = 2·3 / (4 + 3) = 0.857143
    assert metrics.character_f1("人人为我。", "我为人") == pytest.approx(6 / 7)
    assert metrics.character_f1("甲", "乙") == 0.0
    assert metrics.character_f1("", "") == 0.0


def test_exact_match_looks_through_width_punctuation_and_numerals() -> None:
    assert metrics.exact_match("三亿五千万元。", "３.5亿元") == 1.0
    assert metrics.exact_match("十二", "13") == 0.0


def test_the_best_of_several_gold_answers_counts() -> None:
    assert metrics.best(metrics.exact_match, "2018", ["2017年", "二〇一八"]) == 1.0
    assert metrics.best(metrics.rouge_l, "甲", []) == 0.0


def test_facts_are_recalled_in_any_of_their_forms() -> None:
    facts = (Fact(("98.2%",)), Fact(("特朗普", "川普")), Fact(("300万",)))
    # the first and the second are said, the third is not (3000000 is, 3000001 is another number): 2 of 3
    assert metrics.fact_recall("川普说百分之九十八点二，共3000001", facts) == pytest.approx(2 / 3)
    assert metrics.fact_recall("无", ()) == 1.0


def test_the_forbidden_rate_is_the_share_of_forbidden_facts_said() -> None:
    assert metrics.forbidden_rate("2020年启动编制", (Fact(("2020年",)), Fact(("2019年",)))) == 0.5
    assert metrics.forbidden_rate("", ()) == 0.0


def test_a_list_is_complete_if_all_items_stand_and_ordered_if_they_rise() -> None:
    items = ("甲一事", "乙二事", "丙三事", "丁四事")
    # found are 乙 first, then 甲, then 丙: 3 of 4; in gold order their places are 甲 3, 乙 0, 丙 6,
    # whose longest rise (甲 丙) is 2 of 3
    assert metrics.list_completeness("乙2事甲1事；丙3事", items) == 0.75
    assert metrics.list_order("乙2事甲1事；丙3事", items) == pytest.approx(2 / 3)
    assert metrics.list_order("没有", items) == 0.0


def test_a_choice_is_made_only_if_the_right_option_stands_out() -> None:
    assert metrics.choice("应当在2027年6月30日前调整", ("2027年6月30日",), ("2027年7月1日", "2029年7月1日")) == 1.0
    assert metrics.choice("2027年6月30日或2027年7月1日", ("2027年6月30日",), ("2027年7月1日",)) == 0.0
    assert metrics.choice("", ("甲",), ("乙",)) == 0.0


def test_citation_precision_asks_whether_the_own_quote_says_it() -> None:
    citations = (citation("消除比例达到98.2%。", marker=1), citation("黄润秋作报告。", marker=2))
    statements = (Statement("消除比例达到 98.2%", 1), Statement("黄润秋作报告", 1), Statement("", 2))
    # only the first is borne out by its own marker: 1 of 3
    assert metrics.citation_precision(statements, citations) == pytest.approx(1 / 3)
    assert metrics.citation_precision((), citations) == 0.0


def test_a_paraphrase_is_borne_out_by_the_rules_by_which_a_chat_model_is_checked() -> None:
    citations = (citation("到2025年，城市污水处理率不得低于98%。", marker=1),)
    said = (
        "2025年城市污水处理率不低于98%",
        "到2025年，城市污水处理率不低于百分之九十八。",
        "到2026年，城市污水处理率不得低于98%。",
    )
    # the last has another year: 2 of 3
    statements = tuple(Statement(text, 1) for text in said)
    assert metrics.citation_precision(statements, citations) == pytest.approx(2 / 3)


def test_citation_recall_asks_whether_each_gold_passage_is_cited_from_its_document() -> None:
    citations = (citation("甲乙丙。"), citation("丁戊己。", document="other"))
    # 乙丙 stands in the first quote; 丁戊己 is quoted, but from another document; 庚 is not quoted: 1 of 3
    assert metrics.citation_recall(citations, ("乙 丙", "丁戊己。", "庚"), ("d",)) == pytest.approx(1 / 3)
    assert metrics.citation_recall((), (), ()) == 1.0


def test_an_offset_is_valid_only_if_the_range_is_the_quote() -> None:
    texts = {"d": "零一二三"}
    assert metrics.valid_offsets((citation("一二", 1), citation("一二", 2)), texts) == 0.5
    assert metrics.valid_offsets((citation("一", 1, document="gone"),), texts) == 0.0
    assert metrics.valid_offsets((), texts) == 1.0


def test_document_scores_are_what_the_formulas_give_by_hand() -> None:
    # gold a and b; the ranking x a y has a at place 2 and no b.
    # recall@1 = 0/2, recall@5 = 1/2, MRR = 1/2,
    # nDCG = (1/log2 3) / (1/log2 2 + 1/log2 3) = 0.63093 / 1.63093 = 0.386853
    scores = retrieval.document_scores(["x", "a", "y"], ["a", "b"])
    assert scores == pytest.approx(
        {"recall@1": 0.0, "recall@5": 0.5, "recall@10": 0.5, "mrr@10": 0.5, "ndcg@10": 0.386853}, abs=1e-6
    )


def test_a_document_found_beyond_the_tenth_place_scores_nothing_at_ten() -> None:
    ranking = [str(place) for place in range(10)] + ["a"]
    assert set(retrieval.document_scores(ranking, ["a"]).values()) == {0.0}
    assert set(retrieval.document_scores([], ["a"]).values()) == {0.0}


def test_a_document_stands_at_the_place_of_its_best_passage() -> None:
    assert retrieval.ranked_documents(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_evidence_is_found_if_it_stands_whole_in_one_of_the_first_passages() -> None:
    passages = ["无关", "前 甲乙 丙后", "丁"]
    # 甲乙丙 stands in the second passage, 丙丁 in none: nothing of 2 at 1, 1 of 2 at 5 and at 10
    assert retrieval.evidence_scores(passages, ["甲乙丙", "丙丁"]) == {
        "evidence@1": 0.0,
        "evidence@5": 0.5,
        "evidence@10": 0.5,
    }


def test_refusal_is_judged_on_the_unanswerable() -> None:
    outcomes = [
        Outcome(answerable=False, answered=False, correct=1, confidence=0.1),
        Outcome(answerable=False, answered=True, correct=0, confidence=0.6),
        Outcome(answerable=False, answered=False, correct=1, confidence=0.2),
        Outcome(answerable=True, answered=False, correct=0, confidence=0.3),
        Outcome(answerable=True, answered=True, correct=1, confidence=0.9),
    ]
    # refused 3, of which 2 rightly: P = 2/3; unanswerable 3, of which 2 refused: R = 2/3; F1 = 2/3
    assert refusal.refusal(outcomes) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert refusal.refusal([]) == (0.0, 0.0, 0.0)


def test_answers_wrongly_given_are_counted_where_nine_in_ten_of_the_answerable_are_answered() -> None:
    known = [refusal.Outcome(True, True, 1.0, confidence / 10) for confidence in range(1, 11)]
    silent = [refusal.Outcome(False, False, 0.0, confidence) for confidence in (0.1, 0.2, 0.15, 0.9)]
    assert refusal.wrongly_given([*known, *silent]) == 0.5  # 0.2 is the threshold: it is reached by two of four
    assert refusal.wrongly_given([*known, *silent], coverage=1.0) == 1.0
    assert refusal.wrongly_given(known) == refusal.wrongly_given(silent) == 0.0


def test_risk_rises_with_coverage_as_the_losses_come_in() -> None:
    outcomes = [
        Outcome(answerable=True, answered=True, correct=1.0, confidence=0.9),
        Outcome(answerable=True, answered=True, correct=0.0, confidence=0.5),
        Outcome(answerable=False, answered=True, correct=0.0, confidence=0.7),
        Outcome(answerable=False, answered=False, correct=1.0, confidence=0.95),
    ]
    # by confidence: loss 0, then 1 (no answer exists), then 1, then the refused one: 1
    # risks: 0/1, 1/2, 2/3, 3/4; their mean is 23/48
    points = refusal.risk_coverage(outcomes)
    assert points == [Point(0.25, 0), Point(0.5, 0.5), Point(0.75, 2 / 3), Point(1, 0.75)]
    assert refusal.area(points) == pytest.approx(23 / 48)
    assert refusal.area([]) == 1.0


def test_answers_of_equal_confidence_share_their_loss() -> None:
    outcomes = [Outcome(True, True, correct, 0.5) for correct in (1.0, 0.0)]
    assert [point.risk for point in refusal.risk_coverage(outcomes)] == [0.5, 0.5]


def test_calibration_compares_confidence_with_accuracy_in_tenths() -> None:
    outcomes = [
        Outcome(True, True, 1.0, 0.82),
        Outcome(True, True, 0.0, 0.88),
        Outcome(True, True, 1.0, 1.0),
        Outcome(True, False, 0.0, 0.1),
    ]
    bins = refusal.calibration(outcomes)
    assert bins == [pytest.approx((0.85, 0.5, 2)), pytest.approx((1.0, 1.0, 1))]
    # (2 · |0.85 - 0.5| + 1 · 0) / 3
    assert refusal.calibration_error(bins) == pytest.approx(0.7 / 3)
    assert refusal.calibration_error([]) == 0.0


def test_an_estimate_has_its_mean_its_n_and_an_interval_around_it() -> None:
    sure = statistics.estimate([1.0] * 20)
    assert sure == (1.0, 1.0, 1.0, 20)
    half = statistics.estimate([0.0, 1.0] * 50)
    # the standard error of a share of one half over 100 is .05, so the interval is near .5 ± .098
    assert half.mean == 0.5
    assert half.low == pytest.approx(0.402, abs=0.02)
    assert half.high == pytest.approx(0.598, abs=0.02)
    assert statistics.estimate([]) == (0.0, 0.0, 0.0, 0)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.1, 0.5, 0.9, 0.2]
    assert statistics.estimate(values, seed=7) == statistics.estimate(values, seed=7)
    assert statistics.estimate(values, seed=7) != statistics.estimate(values, seed=8)


def test_a_difference_is_paired() -> None:
    # every pair gains exactly .1: whatever is drawn, the mean gain is .1 and never on the other side of zero
    gain = statistics.difference([0.1, 0.5, 0.9], [0.2, 0.6, 1.0])
    assert gain == pytest.approx((0.1, 0.1, 0.1, 0.0, 3))
    none = statistics.difference([0.5, 0.5], [0.5, 0.5])
    assert none == (0.0, 0.0, 0.0, 1.0, 2)
    with pytest.raises(ValueError, match="cannot be paired"):
        statistics.difference([1.0], [])


def test_percentiles_are_interpolated() -> None:
    # ranks 0…4; p50 is rank 2, p95 is rank 3.8: 40 + .8 · 10
    assert statistics.percentile([10, 20, 30, 40, 50], 50) == 30
    assert statistics.percentile([10, 20, 30, 40, 50], 95) == pytest.approx(48)
    assert statistics.percentile([], 50) == 0.0
