"""What is on screen: every word is escaped, markers and sources lead to their quotes, each state looks its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from assistant.page.messages import asked, messages, replied
from assistant.page.talk import Round, Talk, Window, resumed
from assistant.records.conversations import Exchange
from assistant.types import Answer, Citation, Statement, Turn

TOOLS = (
    '<div class="tools"><button type="button" class="copy">复制</button>'
    '<button type="button" class="again">重新回答</button>'
)
JUDGE = (
    '<span class="judge"><button type="button" class="good" title="回答得好"><span class="unseen">好</span></button>'
    '<button type="button" class="bad" title="回答得不好"><span class="unseen">不好</span></button></span>'
)


def citation(marker: int, start: int, quote: str, heading: str, page: int | None = None) -> Citation:
    day = date(2021, 1, 2)
    facts = ("某<规定>", "某部", "", day, "已废止")
    return Citation(marker, "d", *facts, heading, page, start, start + len(quote), quote, "x.txt")


WHOLE = "《某&lt;规定&gt;》（某部，2021年1月2日）"

ANSWER = Answer(
    question="问",
    query="问一",
    text="一是甲&乙[3]。[1][7]\n1. 丙[2]\n2. 丁[3]",
    answered=True,
    kind="list",
    confidence=1.0,
    statements=(Statement("一是甲&乙[3]。", 1),),
    citations=(
        citation(1, 6, "一是甲&乙[3]。", "总则 › 一是"),
        citation(2, 14, "丙，\n戊", "总则 › 一是", 2),
        citation(3, 20, "丁", "总则 › 二是"),
    ),
)


def test_an_answer_is_html_with_every_word_escaped_and_its_markers_linked() -> None:
    # "[3]" stands inside the first line and "[7]" has no citation: neither is a link. Of the heading paths only what
    # is new is shown; of the second place, where nothing is but the page, the innermost head.
    assert replied(Round("问", ANSWER, ended=True)) == (
        '<div class="answer kept"><div class="searched">按“<span class="query">问一</span>”检索'
        '<button type="button" class="requery" title="修改检索的问题，重新作答">修改</button></div><div class="said">'
        f'<div class="line">一是甲&amp;乙[3]。<a class="marker" href="#d:6-15" title="{WHOLE}&#10;总则 › 一是">[1]</a>[7]</div>'
        '<div class="line item">1. 丙<a class="marker" href="#d:14-18" '
        f'title="{WHOLE}&#10;总则 › 一是&#10;第2页">[2]</a></div>'
        f'<div class="line item">2. 丁<a class="marker" href="#d:20-21" title="{WHOLE}&#10;总则 › 二是">[3]</a></div></div>'
        '<div class="sources"><div class="caption">出处</div>'
        '<div class="document"><div class="title"><span class="name">《某&lt;规定&gt;》</span>'
        '<span class="facts">（某部，2021年1月2日）</span><span class="badge repealed">已废止</span></div>'
        '<div class="place"><span class="numbers"><a class="source" href="#d:6-15" title="“一是甲&amp;乙[3]。”">[1]</a></span>'
        '<a class="where" href="#d:6-15">总则 › 一是</a></div>'
        '<div class="place"><span class="numbers"><a class="source" href="#d:14-18" title="“丙， 戊”">[2]</a></span>'
        '<a class="where" href="#d:14-18" title="总则 › 一是">一是</a><span class="page">第2页</span></div>'
        '<div class="place"><span class="numbers"><a class="source" href="#d:20-21" title="“丁”">[3]</a></span>'
        '<a class="where" href="#d:20-21" title="总则 › 二是">二是</a></div></div></div>'
        f"{TOOLS}{JUDGE}</div></div>"
    )


def test_each_state_of_a_round_has_a_class_of_its_own() -> None:
    plain = Answer("问", "问", "甲。", answered=True, kind="open", confidence=1.0)
    refused = replace(plain, answered=False, refusal="nothing")
    said = '<div class="said"><div class="line">甲。</div></div>'
    assert replied(Round("问")) == '<div class="waiting">正在查阅文件</div>'
    assert replied(Round("问", plain)) == f'<div class="answer growing">{said}</div>'
    # Sources stand below the last line, once it has come.
    assert "sources" not in replied(Round("问", ANSWER))
    assert replied(Round("问", plain, ended=True, stopped=True)) == (
        f'<div class="answer partial">{said}<div class="note">已停止。以上回答不完整。</div>{TOOLS}</div></div>'
    )
    assert replied(Round("问", refused, ended=True)).startswith('<div class="refusal kept">')
    assert replied(Round("问", failure="坏<了", ended=True)) == (
        '<div class="failed"><div class="said">坏&lt;了</div><div class="tools">'
        '<button type="button" class="again">重新回答</button></div></div>'
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_question_is_text_whatever_it_is(question: str) -> None:
    (shown,) = LexborHTMLParser(asked(question)).css("div.asked")
    assert shown.text() == question
    assert shown.css("*") == [shown]


def test_a_conversation_is_two_messages_a_round() -> None:
    shown = messages((Round("甲", ANSWER, ended=True), Round("乙")))
    assert [message["role"] for message in shown] == ["user", "assistant"] * 2
    assert shown[3]["content"] == replied(Round("乙"))


def test_the_turns_of_a_conversation_are_its_answers_with_the_question_that_was_asked() -> None:
    changed = replace(ANSWER, question="改过的问", text="丙")
    talk = Talk(
        "", (Round("甲", ANSWER, ended=True), Round("乙", failure="出错", ended=True), Round("丁", changed))
    )
    assert talk.turns == (Turn("问", ANSWER.text), Turn("改过的问", "丙"))
    assert resumed("x", [Exchange("甲", ANSWER)]) == Talk("x", (Round("甲", ANSWER, ended=True),))


def test_of_two_answers_in_one_window_the_later_alone_goes_on() -> None:
    window = Window()
    first = window.begin(Talk("", (Round("甲"),)))
    assert (window.busy, window.run) == (True, first)
    window.end(Talk())
    assert not window.busy
    assert window.run != first
    second = window.begin(Talk("", (Round("乙"),)))
    assert window.run == second != first


def test_what_answers_by_itself_stands_out_in_its_line() -> None:
    said = Statement("占比为<98%>，创新高", 1, short="<98%>")
    shown = replied(Round("问", replace(ANSWER, text="占比为<98%>，创新高[1]", statements=(said,)), ended=True))
    assert '<div class="line">占比为<strong class="short">&lt;98%&gt;</strong>，创新高<a ' in shown
    whole = replace(said, short=said.text)
    assert "<strong" not in replied(
        Round("问", replace(ANSWER, text=f"{said.text}[1]", statements=(whole,)), ended=True)
    )


def test_quotes_from_one_place_share_a_line() -> None:
    cited = (
        citation(1, 0, "甲", "总则 › 一是", 2),
        citation(2, 5, "乙", "总则 › 一是", 2),
        replace(citation(3, 9, "丙", ""), document_id="e"),
    )
    page = LexborHTMLParser(replied(Round("问", replace(ANSWER, citations=cited), ended=True)))
    assert [place.text() for place in page.css(".place")] == ["[1][2]总则 › 一是第2页", "[3]正文"]
    assert [link.attributes["href"] for link in page.css(".where, .source")] == [
        *("#d:0-1", "#d:5-6", "#d:0-1"),
        *("#e:9-10", "#e:9-10"),
    ]


def test_the_sides_of_a_comparison_stand_in_blocks_of_their_own() -> None:
    text = "先说\n【2020年】\n1. 甲[2]\n【2021年】\n没有。"
    page = LexborHTMLParser(replied(Round("问", replace(ANSWER, text=text))))
    assert [line.text() for line in page.css(".said > .line")] == ["先说"]
    assert [[line.text() for line in side.css(".line")] for side in page.css(".sides > .side")] == [
        ["【2020年】", "1. 甲[2]"],
        ["【2021年】", "没有。"],
    ]


def test_of_many_places_and_documents_all_but_the_first_are_folded_away() -> None:
    cited = tuple(citation(at + 1, at, "甲", f"第{at}章") for at in range(6))
    page = LexborHTMLParser(replied(Round("问", replace(ANSWER, citations=cited), ended=True)))
    assert len(page.css(".document > .place")) == 4
    assert [one.text() for one in page.css(".document > details > summary")] == ["另有 2 处"]
    assert len(page.css(".place")) == 6
    many = tuple(replace(one, document_id=f"{one.marker}") for one in cited)
    page = LexborHTMLParser(replied(Round("问", replace(ANSWER, citations=many), ended=True)))
    assert [one.text() for one in page.css(".sources > details > summary")] == ["另有 2 份文件"]
    # A single one is no more to read than the line that would stand for it.
    page = LexborHTMLParser(replied(Round("问", replace(ANSWER, citations=cited[:5]), ended=True)))
    assert not page.css("details")


def test_the_signs_before_the_heads_of_a_markdown_file_are_not_shown() -> None:
    cited = replace(citation(1, 0, "## 第五章 保护", ""), path="法.md")
    answer = replace(ANSWER, text="## 第五章 保护[1]", statements=(), citations=(cited,))
    page = LexborHTMLParser(replied(Round("问", answer, ended=True)))
    assert [line.text() for line in page.css(".line.lead")] == ["第五章 保护[1]"]
    plain = replace(answer, citations=(replace(cited, path="法.txt"),))
    page = LexborHTMLParser(replied(Round("问", plain, ended=True)))
    assert [line.text() for line in page.css(".line")] == ["## 第五章 保护[1]"]


def test_a_refusal_says_that_only_some_documents_were_asked() -> None:
    refused = replace(ANSWER, answered=False, refusal="related")
    page = LexborHTMLParser(replied(Round("问", refused, ended=True, within=True)))
    assert [note.text() for note in page.css(".note")] == ["只在限定的范围内查找过。在全部文件中再问"]
    for other in (Round("问", refused, ended=True), Round("问", ANSWER, ended=True, within=True)):
        assert not LexborHTMLParser(replied(other)).css(".note")


def shown_row(text: str, short: str = "") -> LexborHTMLParser:
    said = replace(ANSWER, text=f"{text}[1]", statements=(Statement(text, 1, short=short or text),))
    return LexborHTMLParser(replied(Round("问", said, ended=True)))


def test_a_row_of_a_table_has_its_values_below_their_headings_and_all_its_words() -> None:
    text = "颗粒<物> · 限值 · 燃煤：50；限值 · 燃油：30（单位：mg/m³）"
    page = shown_row(text, "30")
    assert [name.text() for name in page.css(".row .name")] == ["颗粒<物>"]
    assert [over.text() for over in page.css(".over")] == ["限值 · 燃煤", "限值 · 燃油"]
    assert [value.html for value in page.css(".value")] == [
        '<span class="value">50</span>',
        '<span class="value"><strong class="short">30</strong></span>',
    ]
    assert page.css_first(".row").text() == f"{text}[1]"
    assert not page.css(".tall")
    # A value of more than 16 characters has a line to itself.
    long = shown_row("补贴 · 条件：在本市连续缴纳社会保险费满十二个月；标准：300元")
    assert len(long.css(".row.tall .cell")) == 2
    # What only looks like one is a line.
    assert not shown_row("标准：300元").css(".row")


@given(st.lists(st.text("甲乙 ·：；（）单位12。", min_size=1, max_size=12), min_size=1, max_size=5))
def test_whatever_a_row_says_nothing_of_it_is_lost(parts: list[str]) -> None:
    text = "；".join(parts).strip()
    page = shown_row(text)
    assert page.css_first(".line").text() == f"{text}[1]"


def test_the_query_is_shown_only_where_it_says_something_else() -> None:
    def searched(question: str, query: str) -> list[str]:
        shown = replied(Round(question, replace(ANSWER, query=query), ended=True))
        return [one.text() for one in LexborHTMLParser(shown).css(".query")]

    assert searched("2020年呢", "2020年任务有哪些") == ["2020年任务有哪些"]
    assert searched("有哪些任务？\n ", "有哪些任务") == []
    assert searched("有哪些任务", "") == []


def test_a_very_long_question_is_scrolled_in_its_place() -> None:
    assert LexborHTMLParser(asked("问" * 400)).css(".asked.long")
    assert not LexborHTMLParser(asked("问" * 399)).css(".long")
