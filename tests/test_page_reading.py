"""Reading a document a window at a time: lines with their offsets, where a quote stands, what is found, the outline."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.page import reading
from assistant.page.reading import AROUND, LONGEST, OUTLINED, QUOTED, Context, Head, Line, Place, Reading
from index.structure import sections
from index.types import Document, Facts, Span

TEXT = """云溪市规定

第一章　总则

第一条　为了节水，制定本规定。
第二条　禁止下列行为：
（一）浪费；
（二）偷水。
"""


def read(text: str, pages: tuple[int, ...] = ()) -> Reading:
    document = Document("d", text, Facts(title="云溪市规定"), "规定.pdf", "", pages)
    return Reading(document, sections(text))


def test_lines_come_with_their_offsets_the_kind_of_section_they_begin_and_the_page() -> None:
    page = TEXT.index("第一条")
    found = read(TEXT, (0, page)).lines(Span(0, len(TEXT)))
    assert [line.text for line in found] == [line.strip() for line in TEXT.split("\n") if line]
    assert all(TEXT.startswith(line.text, line.at) for line in found)
    assert {line.text[:3]: line.kind for line in found[1:]} == {
        "第一章": "chapter",
        "第一条": "article",
        "第二条": "article",
        "（一）": "item",
        "（二）": "item",
    }
    assert [(line.text[:3], line.page) for line in found if line.page] == [("云溪市", 1), ("第一条", 2)]


def test_the_signs_before_heads_are_not_shown_in_markdown_and_stay_in_all_else() -> None:
    text = "# 云溪市规定\n\n## 第一章 总则\n\n第一条 为了节水。\n#节水# 人人有责\n"
    document = Document("d", text, Facts(title="云溪市规定"), "规定.md", "", ())
    found = Reading(document, sections(text)).lines(Span(0, len(text)))
    assert [line.text for line in found] == ["云溪市规定", "第一章 总则", "第一条 为了节水。", "#节水# 人人有责"]
    assert all(text.startswith(line.text, line.at) for line in found)
    assert [line.kind for line in found] == ["heading", "chapter", "article", ""]
    assert read(text).lines(Span(0, 20))[0].text == "# 云溪市规定"


def test_a_document_in_one_line_is_shown_section_by_section() -> None:
    text = "会议指出，要抓好以下重点任务。一是加强节水。减少浪费。二是推进治污。三是防汛。"
    assert [line.text for line in read(text).lines(Span(0, len(text)))] == [
        "会议指出，要抓好以下重点任务。",
        "一是加强节水。减少浪费。",
        "二是推进治污。",
        "三是防汛。",
    ]


def test_a_quote_is_placed_by_its_heads_its_article_and_its_page() -> None:
    opened = read(TEXT, (0, TEXT.index("第二条")))
    quote = TEXT.index("（二）")
    assert opened.place(Span(quote, quote + 3)) == Place(
        "第一章 总则 › 第二条 › 禁止下列行为 › （二）偷水", "第二条", 2
    )
    assert opened.place(Span(0, 3)).article == ""


@given(st.text("甲乙。\n ", max_size=300), st.integers(0, 300), st.integers(0, 300))
def test_windows_are_whole_lines_and_lose_nothing(text: str, start: int, end: int) -> None:
    opened = Reading(Document("d", text, Facts(), "x.txt", ""), ())
    window = opened.window(start, end)
    assert 0 <= window.start <= min(start, len(text))
    assert min(end, len(text)) <= window.end <= len(text)
    assert window.start == 0 or text[window.start - 1] == "\n"
    assert window.end == len(text) or text[window.end - 1] == "\n"
    lines = opened.lines(window)
    assert "".join("".join(line.text.split()) for line in lines) == "".join(window.of(text).split())
    assert all(text.startswith(line.text, line.at) for line in lines)


def test_a_line_without_an_end_is_shown_in_parts() -> None:
    text = "字" * (3 * LONGEST + 7)
    opened = Reading(Document("d", text, Facts(), "x.txt", ""), ())
    assert [len(line.text) for line in opened.lines(Span(0, len(text)))] == [LONGEST, LONGEST, LONGEST, 7]
    assert len(opened.window(LONGEST, LONGEST + 10)) <= 2 * LONGEST + 10


def test_words_are_found_whatever_their_case_and_the_breaks_within_them() -> None:
    opened = read("碳排放 PM2.5。碳\n排放。pm2.5。", ())
    assert opened.matches("碳排放") == (2, (Span(0, 3), Span(10, 14)))
    assert opened.matches(" pm2.5 ") == (2, (Span(4, 9), Span(15, 20)))
    assert opened.matches("p.2") == (0, ())
    assert opened.matches(" ") == (0, ())


def test_a_quote_is_shown_among_the_words_around_it() -> None:
    quote = TEXT.index("禁止下列行为：")
    assert read(TEXT).context(Span(quote, quote + 7)) == Context(
        "云溪市规定 第一章　总则 第一条　为了节水，制定本规定。 第二条　",
        "禁止下列行为：",
        " （一）浪费； （二）偷水。 ",
    )
    before, long, after = read("前" * 200 + "引" * 500 + "后" * 200).context(Span(200, 700))
    assert (before, after) == ("…" + "前" * AROUND, "后" * AROUND + "…")
    assert long == "引" * (QUOTED * 2 // 3) + "……" + "引" * (QUOTED // 3)


def test_the_outline_has_the_heads_with_their_depth_and_how_articles_begin_but_no_items() -> None:
    assert read(TEXT).outline() == (
        Head(TEXT.index("第一章"), 0, "第一章 总则"),
        Head(TEXT.index("第一条"), 1, "第一条 为了节水，制定本规定。"),
        Head(TEXT.index("第二条"), 1, "第二条 禁止下列行为："),
    )


def test_of_a_long_outline_the_inner_heads_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "OUTLINED", 2)
    assert [head.text for head in read(TEXT).outline()] == ["第一章 总则"]
    assert OUTLINED > 2


def test_ten_megabytes_are_opened_without_being_read_and_searched_in_one_go() -> None:
    line = "第一条为了节水，制定本规定，由市水务部门负责监督。\n"
    text = line * (10_000_000 // len(line.encode()))
    opened = Reading(Document("d", text, Facts(), "x.txt", ""), ())
    middle = Span(len(text) // 2, len(text) // 2 + 9)
    start = time.process_time()
    assert opened.lines(opened.around(middle))
    assert time.process_time() - start < 2
    start = time.process_time()
    assert opened.matches("监督")[0] == text.count("监督")
    assert time.process_time() - start < 20  # half a second


def test_a_line_is_what_the_page_takes_as_four_values() -> None:
    assert tuple(Line(1, "字", "item", None)) == (1, "字", "item", None)
