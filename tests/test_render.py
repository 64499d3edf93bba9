"""Answers and hits as text and as plain values, compared with the whole expected string."""

from __future__ import annotations

import json
from datetime import date

from assistant.render import around, as_json, citation_json, hit_line, quotation, reference, terminal
from assistant.types import Answer, Citation
from index.types import Chunk, Document, Facts, Hit, Span

CITATION = Citation(
    marker=1,
    document_id="d1",
    title="节水条例",
    issuer="国务院",
    number="国令第776号",
    date=date(2024, 3, 9),
    status="现行",
    heading="第一章 总则 › 第二条",
    page=3,
    start=10,
    end=22,
    quote="国家厉行节水，\n　坚持节水优先。",
    path="/documents/节水条例.pdf",
)
BARE = Citation(2, "d2", "通知", "", "", None, "", "", None, 0, 5, "节约用水。", "/documents/通知.txt")


def test_an_answer_is_its_text_and_then_its_sources() -> None:
    answer = Answer(
        question="节水的原则是什么",
        query="节水的原则是什么",
        text="坚持节水优先。[1]\n节约用水。[2]",
        answered=True,
        kind="open",
        confidence=0.9,
        citations=(CITATION, BARE),
    )
    assert terminal(answer) == (
        "坚持节水优先。[1]\n"
        "节约用水。[2]\n"
        "\n"
        "出处：\n"
        "[1] 《节水条例》（国务院，国令第776号，2024-03-09）　第一章 总则 › 第二条\n"
        "    “国家厉行节水， 坚持节水优先。”\n"
        "[2] 《通知》\n"
        "    “节约用水。”"
    )


def test_a_rewritten_question_is_shown_and_a_refusal_has_found_and_not_proved() -> None:
    answer = Answer(
        question="2022年呢",
        query="2022年节水任务有哪些",
        text="文件没有讲到2022年。\n· 节约用水。[2]",
        answered=False,
        kind="list",
        confidence=0.1,
        citations=(BARE,),
        refusal="period",
    )
    assert terminal(answer) == (
        "（按“2022年节水任务有哪些”检索）\n"
        "文件没有讲到2022年。\n"
        "· 节约用水。[2]\n"
        "\n"
        "所引：\n"
        "[2] 《通知》\n"
        "    “节约用水。”"
    )


def test_small_talk_is_its_text_alone() -> None:
    answer = Answer("你好 ", "你好", "您好。", answered=False, kind="open", confidence=0.0, refusal="chat")
    assert terminal(answer) == "您好。"


def test_an_answer_as_json_has_plain_values() -> None:
    answer = Answer("问", "询", "答[1]", True, "open", 0.98765, (), (CITATION,), "", (), 0.123456)
    assert json.loads(json.dumps(as_json(answer))) == {
        "question": "问",
        "query": "询",
        "answered": True,
        "text": "答[1]",
        "kind": "open",
        "refusal": "",
        "confidence": 0.9877,
        "citations": [
            {
                "marker": 1,
                "document_id": "d1",
                "title": "节水条例",
                "issuer": "国务院",
                "number": "国令第776号",
                "date": "2024-03-09",
                "status": "现行",
                "heading": "第一章 总则 › 第二条",
                "page": 3,
                "start": 10,
                "end": 22,
                "quote": "国家厉行节水，\n　坚持节水优先。",
                "path": "/documents/节水条例.pdf",
            }
        ],
        "seconds": 0.1235,
    }
    assert citation_json(BARE)["date"] is None


def test_a_reference_names_what_is_known() -> None:
    assert reference(BARE) == "《通知》"
    assert reference(CITATION) == "《节水条例》（国务院，国令第776号，2024-03-09）　第一章 总则 › 第二条"


def test_a_hit_is_two_lines_and_a_long_one_is_cut_after_119_characters() -> None:
    short = Chunk("d1", 0, 0, 0, 5, "节约\n用水。", "", ())
    long = Chunk("d1", 1, 1, 5, 155, "水" * 150, "第一条", ())
    assert hit_line(1, Hit(short, 1.234, 0, 0), "通知") == "1. 《通知》  （1.23）\n   节约 用水。"
    assert hit_line(2, Hit(long, 1, 0, 0), "通知") == f"2. 《通知》 › 第一条  （1.00）\n   {'水' * 119}…"


def test_a_quote_stands_between_what_is_around_it() -> None:
    """90 characters on either side: 30 of 120 are left out before the quote, and 10 of 100 after it."""
    document = Document("d", "前" * 120 + "引文" + "后" * 100, Facts(), "/d.txt", "")
    assert around(document, Span(120, 122)) == ("…" + "前" * 90, "引文", "后" * 90 + "…")
    short = Document("d", "前引文后", Facts(), "/d.txt", "")
    assert around(short, Span(1, 3)) == ("前", "引文", "后")


def test_a_quote_is_written_as_it_is_put_into_a_letter() -> None:
    facts = Facts(title="节水条例", issuer="国务院", number="国令第776号", date=date(2024, 3, 9))
    assert quotation(facts, "第二条", "国家厉行节水，\n　坚持节水优先。") == (
        "《节水条例》（国务院，国令第776号，2024年3月9日）第二条：“国家厉行节水， 坚持节水优先。”"
    )
    assert quotation(Facts(title="通知"), "", "节约用水。") == "《通知》：“节约用水。”"
