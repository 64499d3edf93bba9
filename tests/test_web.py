"""The page: documents stay text, a source opens to its sentence, windows share nothing, no other host is asked."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browser import CHROMIUM, DRIVER, browser, complaints, hosts, resize
from conftest import HashedEncoder
from hypothesis import given
from hypothesis import strategies as st
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from assistant.assistant import Assistant
from assistant.page import messages
from assistant.page.examples import examples
from assistant.page.shield import changed
from assistant.server import application, serve
from assistant.settings import Settings
from assistant.types import Answer, Citation, Statement, Turn
from assistant.web import replies
from index.errors import InvalidQuestion, SettingsError
from index.library import Library
from index.types import Document, Facts, Filters, Section, Span

DOCUMENTS = Path(__file__).parent.parent / "documents"

HOSTILE_TITLE = "<script>window.hacked=1</script>数据安全规定`甲`"
HOSTILE = """2023年数据安全要抓好以下重点任务。
一是加强<img src=x onerror="window.hacked=2">数据分类管理。落实**分级**保护，公式$x^2$与$$y_1$$不变，\
代码`rm -rf`原样，模板{{7*7}}与${7*7}不变。
二是推进<script>window.hacked=3</script>数据交易监管。\
建立</div></details><a href="javascript:window.hacked=4">链接</a>备案制度。
"""


class Slow(Assistant):
    """An assistant that takes its time between the pieces of an answer, and has errors of both kinds."""

    pause = 0.0

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Answer]:
        if question == "错误":
            raise InvalidQuestion("no question", "请换一种问法")
        if question == "故障":
            raise ZeroDivisionError
        for piece in super().stream(question, history, filters):
            time.sleep(self.pause)
            yield piece


# What is shown, without a browser


DOCUMENT = Document("d", "前文<b>。一是甲&乙。后文。", Facts(title="某<规定>"), "x.txt", "")


def citation(start: int, end: int) -> Citation:
    quote = DOCUMENT.text[start:end]
    return Citation(
        1, "d", "某<规定>", "某部", "", date(2021, 1, 2), "", "总则 › 一是", None, start, end, quote, "x.txt"
    )


def test_an_answer_is_html_with_every_word_escaped_and_its_markers_linked() -> None:
    answer = Answer(
        question="问",
        query="问一",
        text="一是甲&乙[3]。[1][7]",
        answered=True,
        kind="list",
        confidence=1.0,
        statements=(Statement("一是甲&乙[3]。", 1, lead=True),),
        citations=(citation(6, 12),),
    )
    # "[3]" stands inside the line, "[7]" has no citation: neither is a link.
    assert messages.answered(answer, 4, lambda _: DOCUMENT) == (
        '<div class="answer"><div class="searched">按“问一”检索</div><div class="said">'
        '<div class="line">一是甲&amp;乙[3]。'
        '<a class="marker" href="#source-4-1" title="查看出处 1">[1]</a>[7]</div></div>'
        '<div class="sources"><div class="caption">出处</div><details class="source" id="source-4-1"><summary>'
        '<span class="number">[1]</span> <span class="reference">'
        '<span class="title">《某&lt;规定&gt;》（某部，2021-01-02）</span>'
        '<span class="above">总则 › </span><span class="heading">一是</span></span></summary>'
        '<div class="context">前文&lt;b&gt;。<mark>一是甲&amp;乙。</mark>后文。</div></details></div>'
        '<div class="tools"><button type="button" class="copy">复制</button></div></div>'
    )


def test_a_refusal_has_a_class_of_its_own() -> None:
    answer = Answer("问", "问", "没有相关内容。", answered=False, kind="open", confidence=0.0, refusal="nothing")
    assert messages.answered(answer, 2, lambda _: DOCUMENT).startswith('<div class="refusal"><div class="said">')


@given(st.text())
def test_a_question_is_read_back_from_its_message_as_it_was(text: str) -> None:
    assert messages.question({"role": "user", "content": messages.asked(text)}) == text


def test_the_turns_are_read_from_the_messages_and_failed_answers_make_none() -> None:
    said = '<div class="line">一&amp;<a>[1]</a></div><div class="line">二</div>'
    answer = f'<div class="answer"><div class="said">{said}</div><div class="sources">三</div></div>'
    shown: list[dict[str, Any]] = [
        {"role": "user", "content": messages.asked("甲<b>\n乙")},
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
        {"role": "user", "content": messages.asked("丙")},
        {"role": "assistant", "content": messages.failed("出错了")},
        {"role": "user", "content": messages.asked("丁")},
        {"role": "assistant", "content": messages.WAITING},
    ]
    assert messages.turns(shown) == (Turn("甲<b>\n乙", "一&[1]\n二"),)


def test_an_answer_that_is_stopped_says_so() -> None:
    def stopped(html: str) -> str:
        return messages.stopped({"role": "assistant", "content": html})

    answer = Answer("问", "问", "甲。", answered=True, kind="open", confidence=1.0)
    growing = messages.answered(answer, 2, lambda _: DOCUMENT, growing=True)
    whole = messages.answered(answer, 2, lambda _: DOCUMENT)
    end = '<div class="tools"><button type="button" class="copy">复制</button></div></div>'
    assert growing == '<div class="answer growing"><div class="said"><div class="line">甲。</div></div></div>'
    assert whole == f'<div class="answer"><div class="said"><div class="line">甲。</div></div>{end}'
    assert stopped(messages.WAITING) == '<div class="failed">已停止。</div>'
    assert stopped(growing) == whole.removesuffix(end) + f'<div class="note">已停止。以上回答不完整。</div>{end}'
    assert stopped(whole) == whole


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


def test_the_shield_removes_other_hosts_and_marks_the_pages_own_scripts() -> None:
    html = (
        '<html\n\tlang="en"><head>\n<meta property="og:url" content="https://gradio.app/" />'
        '<link rel="preconnect" href="https://fonts.example" /><script>1</script></head></html>'
    )
    assert changed(html, "<link>", "N") == (
        '<html\n\tlang="zh-CN"><head><link><script nonce="N">1</script></head></html>'
    )


def test_errors_become_a_chinese_line_and_bugs_an_apology_that_is_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    def last(question: str) -> list[str]:
        pair = [{"role": "user", "content": messages.asked(question)}]
        return list(
            replies(Slow(library, Settings()), [*pair, {"role": "assistant", "content": messages.WAITING}])
        )

    assert last("错误") == ['<div class="failed">请换一种问法</div>']
    assert not caplog.records
    assert last("故障") == ['<div class="failed">出错了，请重试。</div>']
    assert "ZeroDivisionError" in caplog.text


def test_a_port_in_use_is_named_before_anything_is_built(library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} cannot be listened on"):
            serve(Assistant(library, Settings()), "127.0.0.1", port)


@pytest.mark.slow
def test_serve_says_when_the_page_can_be_opened_and_ends_when_interrupted(library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    opened = []

    def visit() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            opened.append((answer.status, answer.headers["Content-Security-Policy"], answer.read().decode()))
        os.kill(os.getpid(), signal.SIGINT)

    visitor = threading.Thread(target=visit)
    serve(Assistant(library, Settings()), "127.0.0.1", port, visitor.start)
    visitor.join()
    ((status, policy, html),) = opened
    assert status == 200
    assert "default-src 'self'" in policy
    assert "还没有收录文件" in html
    assert 'content="https://' not in html
    assert "//fonts." not in html


# In a browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Slow]]:
    """The address of a page over the seed document and a hostile one, and the assistant behind it."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("no Chromium here; apt-get install chromium chromium-driver")
    folder = tmp_path_factory.mktemp("page")
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    sidecar = f"title = '{HOSTILE_TITLE}'\nissuer = '<i>某部</i>'\n"
    hostile.with_name("hostile.txt.meta.toml").write_text(sidecar, encoding="utf-8")
    with Library(folder / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS, hostile)
        assistant = Slow(library, Settings())
        with socket.create_server(("127.0.0.1", 0)) as listening:
            configured = uvicorn.Config(application(assistant), log_level="warning", timeout_graceful_shutdown=1)
            server = uvicorn.Server(configured)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", assistant
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def window(served: tuple[str, Slow], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser window of a common laptop."""
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def chat(served: tuple[str, Slow], window: Chrome) -> Chrome:
    """The page, freshly opened."""
    address, assistant = served
    assistant.pause = 0.0
    resize(window, 1366, 768)
    hosts(window), complaints(window)
    window.get(address)
    until(lambda: window.find_elements(By.CSS_SELECTOR, "#box .submit-button"))
    return window


def until(found: Callable[[], Any], seconds: float = 20) -> Any:
    """What ``found`` returns once it is true; fails after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} seconds in vain")


def ask(driver: Chrome, question: str) -> None:
    """Type a question, send it with Enter and wait until its answer is complete."""
    answers = len(parts(driver, ".bot-row .tools"))
    driver.find_element(By.CSS_SELECTOR, "#box textarea").send_keys(question, Keys.ENTER)
    until(lambda: len(parts(driver, ".bot-row .tools")) > answers and idle(driver))


def idle(driver: Chrome) -> bool:
    return bool(parts(driver, "#box .submit-button")) and driver.find_element(By.ID, "clear").is_enabled()


def parts(driver: Chrome, selector: str) -> list[Any]:
    return driver.find_elements(By.CSS_SELECTOR, f"{selector}")


def texts(driver: Chrome, selector: str) -> list[str]:
    return [str(part.get_attribute("textContent")) for part in parts(driver, selector)]


@pytest.mark.slow
def test_the_whole_list_is_answered_and_a_marker_opens_the_sentence_in_its_context(chat: Chrome) -> None:
    ask(chat, "2021年碳达峰任务有哪些")
    lines = texts(chat, ".answer .line")
    assert lines[0] == "二是编制实施2030年前碳排放达峰行动方案。[1]"
    assert any("《国家适应气候变化战略2035》" in line for line in lines)
    assert any("第二十六次缔约方大会" in line for line in lines)
    assert not any(part.is_displayed() for part in parts(chat, "mark"))
    parts(chat, "a.marker")[0].click()
    mark = until(lambda: [part for part in parts(chat, "mark") if part.is_displayed()])
    assert [part.text for part in mark] == ["二是编制实施2030年前碳排放达峰行动方案。"]
    (source,) = parts(chat, "details[open]")
    assert source.text.split("\n")[0].startswith("[1]")
    assert "《2021年全国生态环境保护工作会议》（生态环境部，2021-01-21）" in source.text
    assert "加快建立支撑实现国家自主贡献的项目库" in source.text


@pytest.mark.slow
def test_a_follow_up_shows_what_was_searched_and_answers_of_that_year(chat: Chrome) -> None:
    ask(chat, "2021年碳达峰任务有哪些")
    ask(chat, "2020年呢")
    assert texts(chat, ".searched") == ["按“2020年碳达峰任务有哪些”检索"]
    last = parts(chat, ".bot-row")[-1].text
    assert "启动编制2030年前二氧化碳排放达峰行动方案" in last
    assert "《国家适应气候变化战略2035》" not in last


@pytest.mark.slow
def test_a_refusal_looks_different_and_shows_what_was_found(chat: Chrome) -> None:
    ask(chat, "2022年碳达峰任务有哪些")
    assert texts(chat, ".refusal .caption") == ["找到的相关内容，不作为答案"]
    assert not parts(chat, ".answer")


@pytest.mark.slow
def test_a_script_in_a_title_a_text_or_a_question_stays_text(chat: Chrome) -> None:
    question = "<script>window.hacked=5</script><img src=x onerror=window.hacked=6>2023年数据安全 `a` $b$ **c**"
    ask(chat, question)
    ask(chat, "2023年数据安全重点任务有哪些")
    assert texts(chat, ".asked")[0] == question
    for source in parts(chat, "details"):
        chat.execute_script("arguments[0].open = true", source)
    shown = "\n".join(texts(chat, ".bot-row"))
    for literal in (
        f"《{HOSTILE_TITLE}》（<i>某部</i>）",
        '<img src=x onerror="window.hacked=2">',
        "<script>window.hacked=3</script>",
        '</div></details><a href="javascript:window.hacked=4">链接</a>',
        "**分级**",
        "$x^2$与$$y_1$$",
        "`rm -rf`",
        "{{7*7}}与${7*7}",
    ):
        assert literal in shown
    assert not parts(chat, "#chat script, #chat img, #chat .katex, #chat strong, #chat code, #chat a:not(.marker)")
    assert chat.execute_script("return window.hacked") is None


@pytest.mark.slow
def test_only_the_pages_own_host_is_asked_and_nothing_complains(chat: Chrome, served: tuple[str, Slow]) -> None:
    time.sleep(1)
    ask(chat, "2021年碳达峰任务有哪些")
    parts(chat, "a.marker")[0].click()
    assert hosts(chat) == {served[0].removeprefix("http://").rstrip("/")}
    assert complaints(chat) == []


@pytest.mark.slow
def test_an_example_question_is_answered(chat: Chrome) -> None:
    example = until(lambda: parts(chat, ".example"))[0]
    question = example.text
    example.click()
    until(lambda: parts(chat, ".answer .tools"))
    assert texts(chat, ".asked") == [question]


@pytest.mark.slow
def test_shift_enter_breaks_the_line_and_blank_questions_are_not_sent(chat: Chrome) -> None:
    box = parts(chat, "#box textarea")[0]
    box.send_keys("  ", Keys.ENTER)
    box.clear()
    box.send_keys("2021年碳达峰", Keys.SHIFT, Keys.ENTER, Keys.NULL, "任务有哪些")
    assert box.get_attribute("value") == "2021年碳达峰\n任务有哪些"
    assert not parts(chat, ".asked")


@pytest.mark.slow
def test_answering_again_taking_back_and_clearing_keep_the_conversation_in_step(
    chat: Chrome, served: tuple[str, Slow]
) -> None:
    ask(chat, "2021年碳达峰任务有哪些")
    ask(chat, "2020年呢")
    served[1].pause = 0.3
    parts(chat, "#retry")[0].click()
    until(lambda: parts(chat, ".waiting"))
    until(lambda: idle(chat) and len(parts(chat, ".bot-row .tools")) == 2)
    assert texts(chat, ".searched") == ["按“2020年碳达峰任务有哪些”检索"]
    parts(chat, "#undo")[0].click()
    until(lambda: len(parts(chat, ".asked")) == 1)
    assert until(lambda: parts(chat, "#box textarea")[0].get_attribute("value")) == "2020年呢"
    parts(chat, "#clear")[0].click()
    until(lambda: not parts(chat, ".asked"))
    parts(chat, "#box textarea")[0].clear()
    ask(chat, "2020年呢")
    assert texts(chat, ".searched") == []


@pytest.mark.slow
def test_stopping_ends_the_answer_and_the_next_question_is_answered(
    chat: Chrome, served: tuple[str, Slow]
) -> None:
    served[1].pause = 1.0
    parts(chat, "#box textarea")[0].send_keys("2021年碳达峰任务有哪些", Keys.ENTER)
    until(lambda: parts(chat, "#box .stop-button"))
    # While an answer comes, Enter leaves the next question where it is.
    parts(chat, "#box textarea")[0].send_keys("谁", Keys.ENTER)
    until(lambda: parts(chat, ".growing .line"))
    parts(chat, "#box .stop-button")[0].click()
    until(lambda: idle(chat))
    assert len(parts(chat, ".asked")) == 1
    assert texts(chat, ".note") == ["已停止。以上回答不完整。"]
    served[1].pause = 0.0
    assert "扎实推进气候变化南南合作" not in parts(chat, ".bot-row")[0].text
    ask(chat, "作工作报告")
    assert texts(chat, ".asked")[1] == "谁作工作报告"
    assert "黄润秋" in parts(chat, ".bot-row")[-1].text


@pytest.mark.slow
def test_an_answer_is_copied_with_its_references(chat: Chrome) -> None:
    permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    chat.execute_cdp_cmd("Browser.grantPermissions", permissions)
    ask(chat, "黑臭水体消除比例")
    parts(chat, "button.copy")[0].click()
    until(lambda: texts(chat, "button.copy") == ["已复制"])
    copied = chat.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    answer, empty, caption, reference = str(copied).split("\n")
    assert "98.2%" in answer
    assert answer.endswith("[1]")
    assert (empty, caption) == ("", "出处")
    assert reference.startswith("[1] 《2021年全国生态环境保护工作会议》（生态环境部，2021-01-21） 2020年")
    assert "› 三是突出“三个治污”" in reference


@pytest.mark.slow
def test_two_windows_never_see_each_others_turns(chat: Chrome, served: tuple[str, Slow]) -> None:
    first = chat.current_window_handle
    ask(chat, "2021年碳达峰任务有哪些")
    chat.switch_to.new_window("window")
    try:
        resize(chat, 1366, 768)
        chat.get(served[0])
        until(lambda: parts(chat, "#box .submit-button"))
        assert not parts(chat, ".asked")
        ask(chat, "2020年呢")
        assert texts(chat, ".searched") == []
        assert texts(chat, ".asked") == ["2020年呢"]
    finally:
        chat.close()
        chat.switch_to.window(first)
    ask(chat, "2020年呢")
    assert texts(chat, ".searched") == ["按“2020年碳达峰任务有哪些”检索"]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_nothing_is_wider_or_higher_than_the_window(chat: Chrome, width: int, height: int) -> None:
    resize(chat, width, height)
    ask(chat, "2021年碳达峰任务有哪些")
    parts(chat, "a.marker")[1].click()
    size = "const e = document.scrollingElement; return [e.scrollWidth, e.scrollHeight]"
    assert chat.execute_script(size) == [width, height]
    assert chat.execute_script("return document.querySelector('#chat .bubble-wrap').scrollWidth") <= width
    box = parts(chat, "#box")[0].rect
    assert box["y"] + box["height"] <= height
