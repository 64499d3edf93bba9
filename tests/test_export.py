"""Exported conversations: every quote exact and in its place, in Markdown, in Word and as others read them."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from assistant import Assistant
from assistant.records.conversations import Exchange
from assistant.records.export import ABOUT, as_docx, as_markdown
from assistant.types import Answer, Citation
from index.load.docx import word

LAW = Citation(
    marker=1,
    document_id="d1",
    title="环境条例",
    issuer="生态环境部",
    number="环发〔2021〕1号",
    date=date(2021, 1, 21),
    status="现行",
    heading="第二章 › 第十条",
    page=3,
    start=0,
    end=9,
    quote="禁止*排放*污水。",
    path="环境条例.pdf",
)
OLD = Citation(2, "d2", "旧办法", "", "", None, "已废止", "", None, 5, 14, "可以排放。\n应当备案。", "旧办法.txt")


def answered(text: str, *citations: Citation, question: str = "能排放吗", query: str = "") -> Exchange:
    return Exchange(question, Answer(question, query or question, text, True, "open", 0.9, citations=citations))


def refused(text: str, refusal: str, *citations: Citation) -> Exchange:
    answer = Answer("房价", "房价", text, False, "open", 0.0, citations=citations, refusal=refusal)
    return Exchange("房价", answer)


CONVERSATION = (
    answered("1. 不能。[1]\n2. 曾经可以[2]，现在不能[1]", LAW, OLD, question="能_排放_吗", query="企业能排放吗"),
    refused("没有找到。", "nothing"),
    refused("不客气。", "chat"),
    answered("再问一次。[1]", LAW),
)


def test_markdown_of_a_conversation() -> None:
    assert as_markdown(CONVERSATION, "我的 <对话>\n#1") == "\n\n".join(
        [
            r"# 我的 \<对话\> #1",
            f"*{ABOUT}*",
            r"## 能\_排放\_吗",
            "*按“企业能排放吗”检索*",
            r"1\. 不能。[^1]",
            r"2\. 曾经可以[^2]，现在不能[^1]",
            "**注意：《旧办法》的时效为“已废止”，请勿作为现行依据引用。**",
            "## 房价",
            "【未作答】没有找到。",
            "## 房价",
            "不客气。",
            "## 能排放吗",
            "再问一次。[^3]",
            r"[^1]: 《环境条例》（生态环境部，环发〔2021〕1号，2021-01-21）　第二章 › 第十条，第3页：“禁止\*排放\*污水。”",
            "[^2]: 《旧办法》【已废止】：“可以排放。\n    应当备案。”",
            r"[^3]: 《环境条例》（生态环境部，环发〔2021〕1号，2021-01-21）　第二章 › 第十条，第3页：“禁止\*排放\*污水。”"
            "\n",
        ]
    )


def test_word_file_as_our_own_loader_reads_it() -> None:
    note = "《环境条例》（生态环境部，环发〔2021〕1号，2021-01-21）　第二章 › 第十条，第3页：“禁止*排放*污水。”"
    assert word(as_docx(CONVERSATION, "我的对话"), Path("对话.docx")).text.split("\n") == [
        "我的对话",
        ABOUT,
        "# 能_排放_吗",
        "按“企业能排放吗”检索",
        "1. 不能。[注1]",
        f"[注1] {note}",
        "2. 曾经可以[注2]，现在不能¹",
        "[注2] 《旧办法》【已废止】：“可以排放。 应当备案。”",
        "注意：《旧办法》的时效为“已废止”，请勿作为现行依据引用。",
        "# 房价",
        "【未作答】没有找到。",
        "# 房价",
        "不客气。",
        "# 能排放吗",
        "再问一次。[注3]",
        f"[注3] {note}",
    ]


def test_the_notes_are_words_own_and_every_reference_has_its_note() -> None:
    with ZipFile(BytesIO(as_docx(CONVERSATION, "我的对话"))) as package:
        notes = etree.fromstring(package.read("word/footnotes.xml"))
        body = etree.fromstring(package.read("word/document.xml"))
        settings_ = etree.fromstring(package.read("word/settings.xml"))
        types = package.read("[Content_Types].xml").decode()
        related = package.read("word/_rels/document.xml.rels").decode()
    ids = [note.get(qn("w:id")) for note in notes]
    assert ids == ["-1", "0", "1", "2", "3"]
    assert [one.get(qn("w:id")) for one in body.iter(qn("w:footnoteReference"))] == ["1", "2", "3"]
    assert [one.get(qn("w:id")) for one in settings_.iter(qn("w:footnote"))] == ["-1", "0"]
    assert [one.get(qn("w:instr")) for one in body.iter(qn("w:fldSimple"))] == [" NOTEREF _Note1 \\h "]
    names = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert names == ["_Note1", "_Note2", "_Note3"]
    assert "/word/footnotes.xml" in types
    assert "relationships/footnotes" in related
    breaks = [one.tag for one in notes[3].iter(qn("w:t"), qn("w:br"))]
    assert breaks == [qn("w:t"), qn("w:br"), qn("w:t")]  # the line of the quote that begins anew


def test_the_file_names_its_title_and_no_author_and_is_a4_in_chinese() -> None:
    document = docx.Document(BytesIO(as_docx(CONVERSATION, "我的对话")))
    assert document.core_properties.title == "我的对话"
    assert document.core_properties.author == document.core_properties.comments == ""
    assert round(document.sections[0].page_width.cm, 1) == 21.0
    assert {one.get(qn("w:eastAsia")) for one in document.styles.element.iter(qn("w:lang"))} == {"zh-CN"}


def test_citations_that_the_text_does_not_mark_are_named_at_its_end_and_strange_markers_stay() -> None:
    said = answered("见附件[9]和[1]。", LAW, OLD)
    assert r"见附件\[9\]和[^1]。" + "\n\n参见：[^2]" in as_markdown([said], "题")
    assert "参见：[注2]" in word(as_docx([said], "题"), Path("x.docx")).text


def test_a_long_question_is_cut_in_the_heading_and_given_whole_below() -> None:
    question = "问" * 300
    text = word(as_docx([answered("答。", question=question)], "题"), Path("x.docx")).text
    assert f"# {'问' * 199}…\n{question}\n" in text


def test_an_empty_conversation_has_its_title() -> None:
    assert as_markdown([], "空") == f"# 空\n\n*{ABOUT}*\n"
    assert word(as_docx([], "空"), Path("x.docx")).text == f"空\n{ABOUT}"


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
def test_any_text_can_be_exported(text: str) -> None:
    citation = Citation(1, "d", text, text, text, None, text, text, None, 0, 1, text, text)
    said = [answered(f"{text}[1]", citation, question=text, query=text)]
    as_markdown(said, text).encode()
    with ZipFile(BytesIO(as_docx(said, text))) as package:
        notes = etree.fromstring(package.read("word/footnotes.xml"))
    assert len(notes) == 3


def test_markup_in_a_text_stays_text_in_markdown() -> None:
    lines = ["# 一", "- 二", "---", "`x` **y** ~~z~~ [a](b) <script>alert(1)</script> &lt; $x$", "12) 三"]
    text = as_markdown([answered("\n".join(lines))], "题")
    assert text.split("\n\n")[3:] == [
        r"\# 一",
        r"\- 二",
        r"\---",
        r"\`x\` \*\*y\*\* \~\~z\~\~ \[a\](b) \<script\>alert(1)\</script\> \&lt; \$x\$",
        "12\\) 三\n",
    ]


def test_a_real_answer_is_exported_with_every_quote_exact(assistant: Assistant) -> None:
    answers = [assistant.ask(question) for question in ("2021年碳达峰任务有哪些", "2021年重点任务有哪些", "房价")]
    said = [Exchange(answer.question, answer) for answer in answers]
    with ZipFile(BytesIO(as_docx(said, "题"))) as package:
        notes = etree.fromstring(package.read("word/footnotes.xml"))
    quotes = [re.search("：“(.*)”$", "".join(note.itertext()), re.DOTALL) for note in notes[2:]]
    wanted = [citation.quote for answer in answers for citation in answer.citations]
    assert len(wanted) > 5
    assert [found and found[1] for found in quotes] == wanted
    for answer in answers:
        for citation in answer.citations:
            text = assistant.library.document(citation.document_id).text
            assert citation.quote == text[citation.start : citation.end]
            assert f"：“{citation.quote}”" in as_markdown(said, "题").replace("\\", "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file_and_shows_the_notes(tmp_path: Path) -> None:
    import pypdfium2

    (tmp_path / "对话.docx").write_bytes(as_docx(CONVERSATION, "我的对话"))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, "pdf", "--outdir", tmp_path, tmp_path / "对话.docx"],
        check=True,
        capture_output=True,
        timeout=600,
    )
    with pypdfium2.PdfDocument(tmp_path / "对话.pdf") as pdf:
        text = "".join("".join(page.get_textpage().get_text_range() for page in pdf).split())
    assert "2.曾经可以2，现在不能1" in text
    assert (
        "3《环境条例》（生态环境部，环发〔2021〕1号，2021-01-21）第二章›第十条，第3页：“禁止*排放*污水。”" in text
    )
    assert "2《旧办法》【已废止】：“可以排放。应当备案。”" in text
