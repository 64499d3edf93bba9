"""Statements: whole lists in order, the telling clause of a number, never a word that is not in the document."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import fitting
from assistant.answering.compose import compose
from assistant.answering.evidence import candidates
from assistant.answering.lines import Said, section_of, short, statement
from assistant.language.question import understand
from assistant.reader.reading import Read, Window
from index.sentences import sentences, trimmed
from index.split import chunks
from index.types import Hit, Span
from tests.test_evidence import even, source

LAW = (
    "第一章 总则\n第一条 为了节约用水，制定本办法。\n第二条 本办法所称节水，是指减少用水的活动。\n\n单位应当节水。\n"
    "第二章 罚则\n第三条 违反本办法的，有下列情形之一，处一千元罚款：\n（一）浪费自来水的；\n（二）毁坏水表的。\n"
)


def lines(question: str, text: str | None = None) -> tuple[Said, ...]:
    of = source() if text is None else source(text, title="节水办法", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", of.document.text, of.sections)]
    asked = understand(question)
    return compose(asked, candidates(asked, hits, lambda _: of, even), even)


def said(question: str, text: str | None = None) -> list[str]:
    return [statement(line) for line in lines(question, text)]


def test_a_list_question_gets_the_whole_section_measure_by_measure() -> None:
    assert said("2021年河道治理有哪些任务") == ["一是继续治理河道。", "推进河道清淤", "建设生态护岸"]
    first, *rest = lines("2021年河道治理有哪些任务")
    assert first.lead
    assert not any(line.lead for line in rest)
    assert {line.quoted for line in rest} == {rest[0].quoted}


def test_a_general_question_gets_the_list_by_its_heads() -> None:
    assert said("2021年重点任务有哪些") == ["2021年要抓好以下重点任务。", "一是继续治理河道。", "二是节约用水。"]


def test_the_item_asked_for_by_its_place_is_given_alone() -> None:
    assert said("2021年第二项重点任务是什么内容") == ["二是节约用水。", "推广节水器具。"]


def test_a_number_question_gets_the_sentence_that_has_it() -> None:
    assert said("2020年消除黑臭水体几处") == ["完成河道清淤12.5公里,消除黑臭水体3处。"]


def test_a_long_sentence_gives_the_clause_that_tells() -> None:
    text = "全市完成河道清淤12.5公里,新建改建水厂21座并全部投入运行,消除城市建成区黑臭水体3处,推广节水器具5万套并完成入户安装。"
    assert said("消除黑臭水体几处", text) == ["消除城市建成区黑臭水体3处"]


def test_the_clause_that_has_the_number_comes_with_the_one_that_tells_of_the_subject() -> None:
    text = (
        "市应急管理局还通过“危险化学品在线监测平台”,对200余家单位进行了联网视频检查,督促企业落实复工复产各项安全防范措施和"
        "疫情防控要求,确保安全生产形势稳定。"
    )
    assert said("市应急管理局通过“危险化学品在线监测平台”检查了多少家单位", text) == [
        "市应急管理局还通过“危险化学品在线监测平台”,对200余家单位进行了联网视频检查"
    ]


TAX = (
    "第一条 赡养支出，统一按照以下标准定额扣除：\n（一）独生子女，按照每月2000元的标准扣除；\n"
    "（二）非独生子女，每人分摊的额度不超过每月1000元。\n"
)


def test_all_amounts_of_a_short_list_are_told_unless_one_alone_is_asked_for() -> None:
    assert said("赡养支出可以扣除多少钱", TAX) == [
        "赡养支出，统一按照以下标准定额扣除：",
        "（一）独生子女，按照每月2000元的标准扣除；",
        "（二）非独生子女，每人分摊的额度不超过每月1000元。",
    ]


def test_what_announces_a_list_is_told_with_it_whoever_is_asked_for() -> None:
    text = "第一条 下列人员不得担任法定代表人：\n（一）失信人员；\n（二）未成年人。\n"
    assert said("哪些人不能担任法定代表人", text) == [
        "下列人员不得担任法定代表人：",
        "（一）失信人员；",
        "（二）未成年人。",
    ]


def test_how_something_is_done_is_not_told_by_what_it_means() -> None:
    text = "第一条 下列用语的含义：\n（一）配额，是指分配给单位的额度。\n（二）清缴，是指缴纳配额。\n第二条 配额实行免费分配。\n"
    of = source(text, title="交易办法", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, of.sections)]
    asked = understand("配额怎么分配")
    found = fitting(asked, candidates(asked, hits, lambda _: of, even))
    assert [statement(line) for line in compose(asked, found, even)] == ["第二条 配额实行免费分配。"]


def test_a_named_article_is_given_whole() -> None:
    assert said("节水办法第2条", LAW) == ["第二条 本办法所称节水，是指减少用水的活动。", "单位应当节水。"]


def test_what_a_colon_announces_comes_with_it() -> None:
    given = said("节水办法第三条", LAW)
    assert given[-2:] == ["（一）浪费自来水的；", "（二）毁坏水表的。"]


LESSONS = "“十三五”时期,治理取得成就。 宝贵经验主要体现为“三个必须”: 必须坚持人民至上。 必须坚持系统治理。 必须坚持严格执法。"


def test_the_whole_list_is_given_if_what_announces_it_bears_more_on_the_subject_than_its_items() -> None:
    of = source(LESSONS, title="会议", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", LESSONS, of.sections)]

    def twice(word: str) -> float:
        return 1.0 + (word == "宝贵经验")

    def said_for_the_item(question: str) -> list[str]:
        asked = understand(question)
        found = sorted(candidates(asked, hits, lambda _: of, even), key=lambda one: "严格执法" not in one.text)
        return [statement(line) for line in compose(asked, found, twice)]

    every = ["必须坚持人民至上。", "必须坚持系统治理。", "必须坚持严格执法。"]
    assert said_for_the_item("执法积累了哪些宝贵经验")[-3:] == every
    assert said_for_the_item("严格执法有哪些要求") == every[2:]


def test_nothing_found_says_nothing() -> None:
    assert compose(understand("节水"), (), even) == ()


def test_a_sentence_that_asks_is_answered_by_what_follows_up_to_the_next() -> None:
    text = (
        "问答。\n医院可以公开募捐吗？\n医院不可以公开募捐。可以与慈善组织合作。\n捐款如何开票？\n由财政部门监制。"
    )
    assert said("医院可以公开募捐吗", text) == [
        "医院可以公开募捐吗？",
        "医院不可以公开募捐。",
        "可以与慈善组织合作。",
    ]


NONE = np.zeros(0, np.float32)
TWO = "市水务局召开会议,局长王建国出席会议并讲话,要求加强城乡供水安全保障,副局长李明汇报了全年的工作。城乡供水由赵强负责。"


def read_for(question: str, part: str, logits: float) -> list[Said]:
    """The lines of an answer to ``question`` from ``TWO``, for a reader that takes ``part`` for the answer."""
    of = source(TWO, title="纪要", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", TWO, of.sections)]
    asked = understand(question)
    start = TWO.index(part)
    window = Window("d", Span(0, len(TWO)), "", TWO)
    span = (Span(start, start + len(part)), logits)
    read = Read(window, 0.0, (span,), np.zeros((0, 2), np.int64), NONE, NONE)
    return list(compose(asked, candidates(asked, hits, lambda _: of, even), even, [read]))


def test_what_the_reader_takes_for_the_answer_is_said_in_its_clause() -> None:
    (line,) = read_for("供水由哪位领导讲的", "王建国", 5.0)
    assert (statement(line), short(line)) == ("局长王建国出席会议并讲话", "王建国")


def test_another_sentence_is_said_for_the_best_one_only_if_the_reader_is_sure() -> None:
    assert [statement(line) for line in read_for("城乡供水安全由谁管", "赵强", 5.0)] == ["城乡供水由赵强负责"]
    (line,) = read_for("城乡供水安全由谁管", "赵强", -5.0)
    assert "赵强" not in statement(line)
    (line,) = read_for("全年的工作由谁汇报", "赵强", 5.0)  # in a sentence of something else
    assert "李明" in statement(line)


def test_what_is_about_as_good_as_the_pick_is_told_beside_it_where_a_list_is_asked_for() -> None:
    text = "要加强生物多样性保护协作,积极参加谈判进程。要推进机关建设。要实施生物多样性保护重大工程,制定指导意见。"
    of = source(text, title="纪要", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, of.sections)]
    asked = understand("生物多样性保护有哪些部署")
    part = "要实施生物多样性保护重大工程,制定指导意见"
    span = Span(text.index(part), text.index(part) + len(part))
    read = Read(
        Window("d", Span(0, len(text)), "", text), 0.0, ((span, 5.0),), np.zeros((0, 2), np.int64), NONE, NONE
    )
    given = compose(asked, candidates(asked, hits, lambda _: of, even), even, [read])
    assert len({line.quoted for line in given}) == 2
    assert "机关建设" not in "".join(map(statement, given))


def told_of(question: str, text: str) -> list[str]:
    of = source(text, title="纪要", day=None)
    hits = [Hit(chunk, 1.0, 1.0, 0.85) for chunk in chunks("d", text, of.sections)]
    asked = understand(question)
    return [statement(line) for line in compose(asked, candidates(asked, hits, lambda _: of, even), even)]


def test_of_clauses_side_by_side_those_of_the_subject_are_told_for_a_list() -> None:
    text = (
        "深入开展土壤治理行动,推进农用地分类管理,严格建设用地准入,推进地下水调查,开展黄河流域清废行动,强化重金属污染防治。"
        "要推进机关建设。"
    )
    assert told_of("黄河流域有哪些安排", text) == ["开展黄河流域清废行动"]
    assert len(told_of("土壤治理行动有哪些安排", text)) == 6  # which the first announces
    text = "深入开展农业面源防治,推进农村污水治理,配套建设收集管网,严格控制尾水排放。"
    assert len(told_of("农村污水治理有哪些措施", text)) == 4  # some of which go on about it


def test_a_brief_sentence_that_has_all_words_is_said_with_what_the_reader_takes_of_it() -> None:
    (line,) = read_for("全年的工作由谁汇报", "李明", 5.0)
    assert (line.said, short(line)) == (line.quoted, "李明")


@given(
    st.sampled_from(
        ["2021年任务", "2020年做了什么", "河道", "谁出席会议", "水厂几座", "什么是节水", "第三条", "为什么节水"]
    ),
    st.booleans(),
)
def test_every_line_lies_in_the_whole_sentence_that_it_quotes(question: str, law: bool) -> None:
    for line in lines(question, LAW if law else None):
        text = line.source.document.text
        assert line.quoted.covers(line.said)
        assert statement(line).strip()
        assert section_of(line).span.covers(line.quoted)
        starts = {trimmed(part, text).start for part in sentences(text, 0, len(text))}
        assert line.quoted.start in starts


def test_a_list_of_mere_titles_is_told_whole() -> None:
    more = "由救助机构在进入受助区域前为其检查随身物品，并按规定登记保管，确保不携带危险物品和易燃物品进入站内，做好记录。"
    text = (
        f"（一）求助接待。\n1.身体检视。{more}\n2.询问交流。{more}\n"
        f"（二）安检登记。\n4.安全检查。{more}站内严禁烟火。\n5.物品管理。{more}物品应当面清点。\n"
    )
    assert said("安检登记有哪些要求", text) == [
        "（二）安检登记。",
        "4.安全检查。",
        more,
        "站内严禁烟火。",
        "5.物品管理。",
        more,
        "物品应当面清点。",
    ]
