"""Example questions come from the outline of a document."""

from __future__ import annotations

from dataclasses import replace

from assistant.page.examples import examples
from index.types import Document, Facts, Section, Span


def section(number: int, kind: str, text: str, head: str, label: str = "", period: str = "") -> Section:
    start = text.index(head)
    span = Span(start, start + len(head))
    return Section(number, 0 if number else None, kind, label, span, span, period)


def test_examples_ask_for_lists_named_groups_points_and_chapters_by_turns() -> None:
    text = (
        "要把握“五个坚持”:2021年要抓好以下重点任务。"
        "一是继续开展污染防治行动。二是编制2030年方案。第二章 监督管理。"
    )
    outline = [
        section(1, "list", text, "要把握“五个坚持”:", period="十四五"),
        section(2, "list", text, "2021年要抓好以下重点任务。", period="2021"),
        section(3, "item", text, "一是继续开展污染防治行动。", "一是", "2021"),
        section(4, "item", text, "二是编制2030年方案。", "二是", "2021"),
        section(5, "chapter", text, "第二章 监督管理"),
    ]
    document = Document("d", text, Facts(title="某规定"), "x.txt", "")
    # The point "2030年方案" bears a year of its own, which would be taken for the year asked for.
    assert examples(document, outline) == (
        "2021年有哪些重点任务？",
        "2021年污染防治行动有哪些措施？",
        "《某规定》对监督管理有哪些规定？",
        "“五个坚持”包括哪些内容？",
    )
    assert examples(document, ()) == ()
    # Where many regions have tasks of the same year, the question says whose.
    of_a_region = replace(document, facts=Facts(title="某规定", region="云溪市"))
    assert examples(of_a_region, outline)[:2] == (
        "云溪市2021年有哪些重点任务？",
        "云溪市2021年污染防治行动有哪些措施？",
    )


def test_no_example_asks_for_works_or_levels_of_nobody_knows_what() -> None:
    text = "2021年要做好以下工作。一是提升消防安全水平。"
    outline = [
        section(1, "list", text, "2021年要做好以下工作。", period="2021"),
        section(2, "item", text, "一是提升消防安全水平。", "一是", "2021"),
    ]
    assert examples(Document("d", text, Facts(title="某规定"), "x.txt", ""), outline) == ()
