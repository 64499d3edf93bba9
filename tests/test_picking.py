"""Picking: the likeliest span of all that were read, only in sentences that may answer, said in its clause."""

from __future__ import annotations

import numpy as np

from assistant.answering.evidence import Candidate, candidates
from assistant.answering.lines import Said, short, statement
from assistant.answering.picking import Pick, Weights, in_clause, marked, picked
from assistant.language.question import understand
from assistant.reader.reading import Read, Window
from index.split import chunks
from index.types import Hit, Span
from tests.test_evidence import even, source

TEXT = "会议于1月5日召开,听取了王建国的报告,部署年度工作。会议要求加快河道清淤,完成水厂改造。"
NONE = np.zeros(0, np.float32)
WEIGHTS = Weights(0.0, 1.0)


def candidates_of(question: str = "会议部署了什么工作") -> tuple[Candidate, ...]:
    of = source(TEXT, title="纪要", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", TEXT, of.sections)]
    return candidates(understand(question), hits, lambda _: of, even)


def at(part: str) -> Span:
    start = TEXT.index(part)
    return Span(start, start + len(part))


def reading(*spans: tuple[str, float], score: float = 0.0, document: str = "d") -> Read:
    """What a reader would make of the whole text, with these spans."""
    window = Window(document, Span(0, len(TEXT)), "", TEXT, score)
    found = tuple((at(part), value) for part, value in spans)
    return Read(window, 0.0, found, np.zeros((0, 2), np.int64), NONE, NONE)


def test_the_span_with_the_highest_logits_is_picked() -> None:
    pick = picked(candidates_of(), [reading(("王建国", 2.0), ("1月5日", 3.0))], WEIGHTS)
    assert pick is not None
    assert [statement(line) for line in pick.lines] == ["1月5日"]
    assert pick.score == 3.0


def test_the_hit_counts_but_not_in_the_score() -> None:
    reads = [reading(("1月5日", 3.0)), reading(("王建国", 2.0), score=1.5)]
    pick = picked(candidates_of(), reads, WEIGHTS)
    assert pick is not None
    assert (statement(pick.lines[0]), pick.score) == ("王建国", 2.0)


def test_a_span_over_two_sentences_is_a_line_of_each() -> None:
    pick = picked(candidates_of(), [reading(("部署年度工作。会议要求加快河道清淤", 1.0))], WEIGHTS)
    assert pick is not None
    assert [statement(line) for line in pick.lines] == ["部署年度工作", "会议要求加快河道清淤"]
    assert [line.quoted.of(TEXT)[-5:] for line in pick.lines] == ["年度工作。", "水厂改造。"]


def test_a_sentence_of_which_the_span_holds_but_a_mark_is_no_line_of_it() -> None:
    pick = picked(candidates_of(), [reading(("。会议要求加快河道清淤", 1.0))], WEIGHTS)
    assert pick is not None
    assert [statement(line) for line in pick.lines] == ["会议要求加快河道清淤"]


def test_what_is_no_candidate_is_not_picked() -> None:
    found = candidates_of()
    first = [one for one in found if one.span.start == 0]
    assert picked(first, [reading(("部署年度工作。会议要求加快河道清淤", 9.0))], WEIGHTS) is None
    assert picked(found, [reading(("王建国", 9.0), document="other")], WEIGHTS) is None
    assert picked(found, [], WEIGHTS) is None


def test_a_pick_is_within_the_sentence_that_it_stands_in() -> None:
    found = sorted(candidates_of(), key=lambda one: one.span)
    pick = picked(found, [reading(("王建国", 1.0))], WEIGHTS)
    assert pick is not None
    assert [pick.within(one) for one in found] == [True, False]


def test_a_pick_is_said_in_its_clause_and_keeps_what_was_picked() -> None:
    pick = picked(candidates_of(), [reading(("王建国", 1.0))], WEIGHTS)
    assert pick is not None
    line = in_clause(pick.lines[0])
    assert (statement(line), short(line)) == ("听取了王建国的报告", "王建国")


def test_a_span_whose_clause_has_what_is_asked_for_is_picked_before_a_likelier_one() -> None:
    reads = [reading(("王建国", 3.0), ("1月5日", 2.0))]
    pick = picked(candidates_of(), reads, WEIGHTS, check=lambda text: "1月" in text)
    assert pick is not None
    assert statement(pick.lines[0]) == "1月5日"
    pick = picked(candidates_of(), reads, WEIGHTS, check=lambda text: "公里" in text)
    assert pick is not None
    assert statement(pick.lines[0]) == "王建国"


def test_a_span_that_begins_in_the_midst_of_an_item_ends_with_it() -> None:
    text = "重点任务如下。\n一是防范风险。完善应急平台。排查隐患。\n二是夯实基础。建立监测体系。\n"
    of = source(text, title="纪要", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, of.sections)]
    found = candidates(understand("怎么防范风险"), hits, lambda _: of, even)

    def said(part: str) -> list[str]:
        span = Span(text.index(part), text.index(part) + len(part))
        window = Window("d", Span(0, len(text)), "", text)
        read = Read(window, 0.0, ((span, 9.0),), np.zeros((0, 2), np.int64), NONE, NONE)
        pick = picked(found, [read], WEIGHTS)
        return [statement(line) for line in pick.lines] if pick else []

    assert said("完善应急平台。排查隐患。\n二是夯实基础") == ["完善应急平台", "排查隐患"]
    assert said("防范风险。完善应急平台。排查隐患。\n二是夯实基础") == [
        "防范风险",
        "完善应急平台",
        "排查隐患",
        "二是夯实基础",
    ]


def test_lines_are_marked_with_what_of_them_was_picked() -> None:
    of = candidates_of()[0].source
    first, second = at("会议于1月5日召开"), at("会议要求加快河道清淤")
    lines = [Said(of, 0, span, span) for span in (first, second)]
    pick = Pick((Said(of, 0, at("1月5日召开,听取了"), at("1月5日召开,听取了")),), 1.0, 1.0)
    assert [short(line) for line in marked(lines, pick)] == ["1月5日召开", ""]
    assert marked(lines, None) == tuple(lines)
