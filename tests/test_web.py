"""The page in a browser: answers, sources, the library, conversations; windows share nothing, no other host is asked."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import socket
import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
from browser import CHROMIUM, DRIVER, browser, complaints, hosts, resize
from conftest import HashedEncoder
from docx import Document as Word
from pages import ask, box, idle, opened, part, parts, policies, seen, serving, texts, until
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By

from assistant.assistant import Assistant
from assistant.records.accounts import Accounts, Role
from assistant.records.conversations import Conversations
from assistant.records.feedback import FeedbackStore
from assistant.server import serve
from assistant.settings import Settings
from assistant.types import Answer, Turn
from index.errors import SettingsError
from index.library import Library
from index.types import Filters

DOCUMENTS = Path(__file__).parent.parent / "documents"
PEAK = "2021年碳达峰任务有哪些"
FIRST = "二是编制实施2030年前碳排放达峰行动方案。"

HOSTILE_TITLE = "<script>window.hacked=1</script>数据安全规定`甲`"
HOSTILE = """2023年数据安全要抓好以下重点任务。
一是加强<img src=x onerror="window.hacked=2">数据分类管理。落实**分级**保护，公式$x^2$与$$y_1$$不变，\
代码`rm -rf`原样，模板{{7*7}}与${7*7}不变。
二是推进<script>window.hacked=3</script>数据交易监管。\
建立</div></details><a href="javascript:window.hacked=4">链接</a>备案制度。
"""


class Slow(Assistant):
    """An assistant that takes its time before each piece of an answer, or stops after some until it may go on."""

    pause = 0.0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.begun = 0
        self._pieces = 0
        self._going = threading.Event()
        self._going.set()

    def hold(self, pieces: int = 0) -> None:
        """Let no answer have more than so many pieces from now on."""
        self._pieces = pieces
        self._going.clear()

    def go_on(self) -> None:
        """Let all answers come to their ends."""
        self._going.set()

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None, config: Any = None
    ) -> Iterator[Answer]:
        self.begun += 1
        for count, piece in enumerate(super().stream(question, history, filters, config)):
            if count >= self._pieces:
                self._going.wait(300)
            time.sleep(self.pause)
            yield piece


def test_a_port_in_use_is_named_before_anything_is_built(library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} cannot be listened on"):
            serve(Assistant(library, Settings(reader="none")), "127.0.0.1", port)


@pytest.mark.slow
def test_serve_says_when_the_page_can_be_opened_and_ends_when_interrupted(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    opened = []

    def visit() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            opened.append((answer.status, answer.headers["Content-Security-Policy"], answer.read().decode()))
        # A page that is open holds a request that does not end.
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/gradio_api/heartbeat/x") as held:
            held.read(1)
            os.kill(os.getpid(), signal.SIGINT)
            held.read()

    visitor = threading.Thread(target=visit)
    serve(Assistant(library, Settings(reader="none")), "127.0.0.1", port, visitor.start)
    visitor.join()
    ((status, policy, html),) = opened
    assert status == 200
    assert "default-src 'self'" in policy
    assert "还没有收录文件" in html
    assert 'content="https://' not in html
    assert "//fonts." not in html
    assert capfd.readouterr().err == ""


# In a browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Slow]]:
    """The address of a page over the seed document, invented ones and a hostile one, and the assistant behind it."""
    if not CHROMIUM or not DRIVER:
        pytest.skip("no Chromium here; apt-get install chromium chromium-driver")
    folder = tmp_path_factory.mktemp("page")
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    sidecar = f"title = '{HOSTILE_TITLE}'\nissuer = '<i>某部</i>'\n"
    hostile.with_name("hostile.txt.meta.toml").write_text(sidecar, encoding="utf-8")
    with Library(folder / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS, hostile, policies(folder / "policies"))
        assistant = Slow(library, Settings(reader="none"))
        with serving(assistant) as address:
            yield address, assistant


@pytest.fixture(scope="module")
def window(served: tuple[str, Slow], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser window of a common laptop."""
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def chat(served: tuple[str, Slow], window: Chrome) -> Chrome:
    """The page, freshly opened, without a conversation."""
    address, assistant = served
    assistant.go_on()
    resize(window, 1366, 768)
    hosts(window), complaints(window)
    # Of the page's own files one that runs no script, which could remember the last conversation again.
    window.get(f"{address}page/static/thumb.svg")
    window.execute_script("sessionStorage.clear()")
    opened(window, address)
    return window


def marks(driver: Chrome) -> list[str]:
    """The quote that is marked in the panel and can be seen."""
    return [mark.text for mark in seen(driver, "#paper mark.quote")]


def clicked(driver: Chrome, selector: str) -> bool:
    """Click the first element, which the page may put another in the place of at any time; to be waited for."""
    part(driver, selector).click()
    return True


def confirm(driver: Chrome, value: str) -> None:
    """Press a button of the dialog."""
    until(lambda: seen(driver, f"#dialog-buttons [value={value}]"))[0].click()


@pytest.mark.slow
def test_the_example_is_answered_whole_and_a_marker_opens_the_highlighted_sentence(chat: Chrome) -> None:
    labels = "return Array.from(document.querySelectorAll('[aria-label]'), (one) => one.ariaLabel)"
    until(lambda: parts(chat, ".example"))
    until(lambda: not [label for label in chat.execute_script(labels) if label[:1].isascii()])
    ask(chat, PEAK)
    lines = texts(chat, ".answer .line")
    assert lines[0] == f"{FIRST}[1]"
    until(lambda: not [label for label in chat.execute_script(labels) if label[:1].isascii()])
    assert any("《国家适应气候变化战略2035》" in line for line in lines)
    assert any("第二十六次缔约方大会" in line for line in lines)
    parts(chat, "a.marker")[0].click()
    until(lambda: marks(chat) == [FIRST])
    paper, mark = part(chat, "#paper").rect, part(chat, "#paper mark.quote").rect
    assert paper["y"] <= mark["y"] <= paper["y"] + paper["height"] / 2
    assert paper["x"] > parts(chat, ".answer")[0].rect["x"] + parts(chat, ".answer")[0].rect["width"]
    assert part(chat, "#panel-title").text == "2021年全国生态环境保护工作会议"
    assert part(chat, "#panel-facts").text == "生态环境部\n2021年1月21日"
    assert "二是编制实施2030年前碳排放达峰行动方案" in part(chat, "#panel-place").text
    assert chat.switch_to.active_element.get_attribute("id") == "panel-title"
    part(chat, "#citation-after").click()
    until(lambda: marks(chat)[:1] != [FIRST] and part(chat, "#citation-count").text == "出处 2 / 3")
    assert len(parts(chat, "a.source[aria-current]")) == 1
    chat.switch_to.active_element.send_keys(Keys.ESCAPE)
    until(lambda: not seen(chat, "#panel"))
    assert chat.switch_to.active_element == parts(chat, "a.marker")[0]


@pytest.mark.slow
def test_a_marker_that_is_pointed_at_shows_the_quote_among_the_words_around_it(chat: Chrome) -> None:
    ask(chat, PEAK)
    ActionChains(chat).move_to_element(parts(chat, "a.marker")[0]).perform()
    until(lambda: seen(chat, "#preview"))
    assert texts(chat, "#preview mark") == [FIRST]
    assert texts(chat, "#preview .title") == ["2021年全国生态环境保护工作会议 "]
    assert "加快建立支撑实现国家自主贡献的项目库" in part(chat, "#preview").text
    preview = part(chat, "#preview").rect
    assert preview["y"] + preview["height"] <= 768
    ActionChains(chat).move_to_element(part(chat, "#bar h1")).perform()
    until(lambda: not seen(chat, "#preview"))


@pytest.mark.slow
def test_a_quote_is_copied_in_its_official_form_and_the_document_is_searched(chat: Chrome) -> None:
    permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    chat.execute_cdp_cmd("Browser.grantPermissions", permissions)
    ask(chat, PEAK)
    parts(chat, "a.marker")[0].click()
    until(lambda: marks(chat))
    part(chat, "#quote").click()
    until(lambda: texts(chat, "#toast") == ["已复制引文"])
    copied = chat.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == f"《2021年全国生态环境保护工作会议》（生态环境部，2021年1月21日）：“{FIRST}”"
    part(chat, "#find").send_keys("减污降碳")
    count = until(lambda: part(chat, "#find-count").text)
    place, total = map(int, count.split(" / "))
    assert (
        total == chat.execute_script("return document.querySelector('#paper').textContent").count("减污降碳") > 1
    )
    part(chat, "#find").send_keys(Keys.ENTER)
    until(lambda: part(chat, "#find-count").text == f"{place % total + 1} / {total}")
    assert until(lambda: [mark.text for mark in seen(chat, "#paper mark.now")]) == ["减污降碳"]
    # The outline opens at the head above what is read.
    part(chat, "#outline-toggle").click()
    head = until(lambda: seen(chat, "#outline [aria-current]"))[0]
    box = part(chat, "#outline").rect
    assert box["y"] <= head.rect["y"] < box["y"] + box["height"]
    part(chat, "#outline-toggle").click()
    part(chat, "#find").clear()
    part(chat, "#find").send_keys("没有的词")
    until(lambda: part(chat, "#find-count").text == "没有找到")


@pytest.mark.slow
def test_a_pdf_shows_its_page_with_the_quote_marked_and_can_be_downloaded(
    chat: Chrome, served: tuple[str, Slow]
) -> None:
    ask(chat, "河道保护范围内禁止哪些行为")
    parts(chat, "a.marker")[0].click()
    until(lambda: marks(chat))
    assert "第 2 页 / 共 3 页" in part(chat, "#panel-place").text
    part(chat, "#view-page").click()
    picture = part(chat, "#page-picture")
    until(lambda: picture.get_attribute("complete") and int(picture.get_attribute("naturalWidth")) == 1100)
    # Of the page, in black and white, only the mark is yellow: much more red than blue.
    yellow = chat.execute_script(
        "const canvas = document.createElement('canvas'); const picture = arguments[0];"
        "canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;"
        "const context = canvas.getContext('2d'); context.drawImage(picture, 0, 0);"
        "const { data } = context.getImageData(0, 0, canvas.width, canvas.height);"
        "let found = 0; for (let i = 0; i < data.length; i += 4) found += data[i] - data[i + 2] > 100; return found",
        picture,
    )
    assert yellow > 2000
    # However large the page is shown, what is marked on it is in view.
    resize(chat, 1366, 560)
    place = (
        "const [frame, picture] = ['.picture-frame', '#page-picture'].map((one) => document.querySelector(one)"
        ".getBoundingClientRect()); const mark = document.querySelector('#page-picture').mark;"
        "return [frame.top, picture.top + mark * picture.height, frame.bottom, picture.width]"
    )
    for pressed in ("#citation-before", "#enlarge"):
        part(chat, pressed).click()
        until(lambda: not parts(chat, "#picture[aria-busy]"))
        top, mark, bottom, _ = chat.execute_script(place)
        assert top <= mark <= bottom
    assert chat.execute_script(place)[3] == 1100
    assert not seen(chat, "#unmarked")
    part(chat, "#enlarge").click()
    resize(chat, 1366, 768)
    address = part(chat, "#download").get_attribute("href")
    answer = httpx.get(address)
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.slow
def test_a_follow_up_shows_what_was_searched_and_the_query_can_be_changed(chat: Chrome) -> None:
    ask(chat, PEAK)
    ask(chat, "2020年呢")
    assert texts(chat, ".query") == ["2020年碳达峰任务有哪些"]
    last = parts(chat, ".bot-row")[-1].text
    assert "启动编制2030年前二氧化碳排放达峰行动方案" in last
    assert "《国家适应气候变化战略2035》" not in last
    part(chat, "button.requery").click()
    until(lambda: box(chat).get_attribute("value") == "2020年碳达峰任务有哪些")
    box(chat).clear()
    box(chat).send_keys("谁作工作报告", Keys.ENTER)
    until(lambda: texts(chat, ".query") == ["谁作工作报告"] and idle(chat))
    assert texts(chat, ".asked") == [PEAK, "2020年呢"]
    assert "黄润秋" in parts(chat, ".bot-row")[-1].text


@pytest.mark.slow
def test_an_earlier_question_is_changed_and_what_followed_it_goes(chat: Chrome) -> None:
    ask(chat, PEAK)
    ask(chat, "谁作工作报告")
    chat.execute_script("document.querySelector('.user-row .edit').click()")
    until(lambda: box(chat).get_attribute("value") == PEAK)
    assert "其后 1 轮将被替换" in part(chat, "#editing").text
    box(chat).send_keys(Keys.BACKSPACE * 20, "2020年碳达峰任务有哪些", Keys.ENTER)
    until(lambda: texts(chat, ".asked") == ["2020年碳达峰任务有哪些"] and idle(chat))
    assert not parts(chat, "#editing")
    assert "启动编制2030年前二氧化碳排放达峰行动方案" in parts(chat, ".bot-row")[-1].text


@pytest.mark.slow
def test_a_refusal_looks_different_and_shows_what_was_found(chat: Chrome) -> None:
    ask(chat, "2022年碳达峰任务有哪些")
    assert texts(chat, ".refusal .caption") == ["找到的相关内容，不作为答案"]
    assert not parts(chat, ".answer")
    parts(chat, ".refusal a.source")[0].click()
    until(lambda: marks(chat))


@pytest.mark.slow
def test_a_script_in_a_title_a_text_or_a_question_stays_text(chat: Chrome) -> None:
    question = "<script>window.hacked=5</script><img src=x onerror=window.hacked=6>2023年数据安全 `a` $b$ **c**"
    ask(chat, question)
    ask(chat, "2023年数据安全重点任务有哪些")
    assert texts(chat, ".asked")[0] == question
    parts(chat, "a.source")[-1].click()
    until(lambda: marks(chat))
    part(chat, "#find").send_keys("<script>")
    until(lambda: part(chat, "#find-count").text)
    part(chat, "#outline-toggle").click()
    until(lambda: parts(chat, "#outline li"))
    part(chat, "#tab-library").click()
    until(lambda: parts(chat, "#rows tr"))
    shown = "\n".join(texts(chat, ".bot-row, #panel, #library, #talks"))
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
    made = "script, .katex, strong, code, i, img:not(#page-picture), a:not(.marker, .source, #download)"
    assert not parts(
        chat, ", ".join(f":is(#chat, #panel, #library, #talks) {one}" for one in made.split(", ")[:6])
    )
    assert not parts(chat, "a[href^=javascript]")
    assert chat.execute_script("return window.hacked") is None


@pytest.mark.slow
def test_only_the_pages_own_host_is_asked_and_nothing_complains(chat: Chrome, served: tuple[str, Slow]) -> None:
    time.sleep(1)
    ask(chat, PEAK)
    parts(chat, "a.marker")[0].click()
    until(lambda: marks(chat))
    part(chat, "#tab-library").click()
    until(lambda: parts(chat, "#rows tr"))
    assert hosts(chat) == {served[0].removeprefix("http://").rstrip("/")}
    assert complaints(chat) == []


@pytest.mark.slow
def test_a_script_is_asked_for_each_time_and_sent_only_when_it_has_changed(served: tuple[str, Slow]) -> None:
    script = httpx.get(f"{served[0]}page/static/panel.js")
    assert script.headers["cache-control"] == "no-cache"
    again = httpx.get(script.url, headers={"If-None-Match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.slow
def test_an_example_question_is_answered(chat: Chrome) -> None:
    example = until(lambda: parts(chat, ".example"))[0]
    question = example.text
    example.click()
    until(lambda: parts(chat, ".answer .tools"))
    assert texts(chat, ".asked") == [question]


@pytest.mark.slow
def test_shift_enter_breaks_the_line_and_blank_questions_are_not_sent(chat: Chrome) -> None:
    typed = box(chat)
    typed.send_keys("  ", Keys.ENTER)
    typed.clear()
    typed.send_keys("2021年碳达峰", Keys.SHIFT, Keys.ENTER, Keys.NULL, "任务有哪些")
    assert typed.get_attribute("value") == "2021年碳达峰\n任务有哪些"
    assert not parts(chat, ".asked")


@pytest.mark.slow
def test_stopping_ends_the_answer_and_the_next_question_is_answered(
    chat: Chrome, served: tuple[str, Slow]
) -> None:
    served[1].hold(2)
    box(chat).send_keys(PEAK, Keys.ENTER)
    until(lambda: parts(chat, "#box .stop-button"))
    # While an answer comes, Enter leaves the next question where it is.
    box(chat).send_keys("谁", Keys.ENTER)
    until(lambda: parts(chat, ".growing .line"))
    part(chat, "#box .stop-button").click()
    until(lambda: idle(chat) and parts(chat, ".note"))
    assert len(parts(chat, ".asked")) == 1
    assert texts(chat, ".note") == ["已停止。以上回答不完整。"]
    served[1].go_on()
    assert "扎实推进气候变化南南合作" not in parts(chat, ".bot-row")[0].text
    ask(chat, "作工作报告")
    assert texts(chat, ".asked")[1] == "谁作工作报告"
    assert "黄润秋" in parts(chat, ".bot-row")[-1].text
    parts(chat, "button.again")[0].click()
    until(lambda: texts(chat, ".asked") == [PEAK] and idle(chat) and parts(chat, ".kept"))
    assert "扎实推进气候变化南南合作" in parts(chat, ".bot-row")[0].text


@pytest.mark.slow
def test_an_answer_is_copied_with_its_references(chat: Chrome) -> None:
    permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    chat.execute_cdp_cmd("Browser.grantPermissions", permissions)
    ask(chat, "黑臭水体消除比例")
    parts(chat, "button.copy")[0].click()
    until(lambda: texts(chat, "button.copy") == ["已复制"])
    copied = chat.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    answer, empty, caption, document, place = str(copied).split("\n")
    assert "98.2%" in answer
    assert answer.endswith("[1]")
    assert (empty, caption) == ("", "出处")
    assert document == "《2021年全国生态环境保护工作会议》（生态环境部，2021年1月21日）"
    assert place.startswith("[1] 2020年")
    assert "› 三是突出“三个治污”" in place


@pytest.mark.slow
def test_a_file_is_uploaded_asked_removed_and_then_refused(chat: Chrome, tmp_path: Path) -> None:
    question = "云溪市公园几点关门"
    ask(chat, question)
    assert parts(chat, ".refusal")
    good, bad = tmp_path / "公园管理规定.txt", tmp_path / "坏.pdf"
    good.write_text("云溪市公园管理规定\n\n第一条　云溪市公园每日21时关门。\n", encoding="utf-8")
    bad.write_bytes(b"no pdf")
    part(chat, "#tab-library").click()
    part(chat, "#files").send_keys(f"{bad}\n{good}")
    assert texts(chat, "#uploads .report span")[0].startswith("正在收录：已完成 ")
    until(lambda: len(parts(chat, "#uploads .done")) == len(parts(chat, "#uploads .fault")) == 1)
    assert part(chat, "#uploads .done .state").text == "已添加《云溪市公园管理规定》（29 字）"
    assert (
        part(chat, "#uploads .fault .state").text
        == "未能收录：不是 PDF 文件或已损坏；请确认文件能正常打开后重新添加"
    )
    until(lambda: texts(chat, "#uploads .report span") == ["2 个文件：1 个已收录，1 个未能收录"])
    assert [one.get_attribute("class") for one in parts(chat, "#uploads li")] == ["report", "fault", "done"]
    part(chat, "#uploads .report button").click()
    assert not parts(chat, "#uploads li")
    part(chat, "#files").send_keys(str(good))
    until(lambda: texts(chat, "#uploads .done .state") == ["已在文件库中，没有变化"])
    until(lambda: "云溪市公园管理规定" in texts(chat, "#rows th"))
    part(chat, "#tab-chat").click()
    ask(chat, question)
    assert "21时关门" in parts(chat, ".bot-row")[-1].text
    part(chat, "#tab-library").click()
    until(lambda: clicked(chat, "[aria-label='移除《云溪市公园管理规定》']"))
    confirm(chat, "remove")
    until(lambda: "云溪市公园管理规定" not in texts(chat, "#rows th"))
    part(chat, "#tab-chat").click()
    ask(chat, question)
    assert "refusal" in parts(chat, ".bot-row .said")[-1].find_element(By.XPATH, "..").get_attribute("class")


@pytest.mark.slow
def test_what_is_wrongly_read_is_corrected_by_keyboard_and_what_is_refused_can_be_put_right(
    chat: Chrome, served: tuple[str, Slow], tmp_path: Path
) -> None:
    rule = tmp_path / "公园规定.txt"
    rule.write_text("云溪市公园规定\n\n第一条　云溪市公园每日21时关门。\n", encoding="utf-8")
    library = served[1].library
    (id_,) = library.add(rule).added
    part(chat, "#tab-library").click()
    part(chat, "#library-search").send_keys("公园")
    until(lambda: texts(chat, "#rows th") == ["云溪市公园规定"])
    part(chat, "#rows .link").click()
    until(lambda: texts(chat, "#panel-title") == ["云溪市公园规定 "])
    button = "[aria-label='更正《云溪市公园规定》的信息']"
    part(chat, button).send_keys(Keys.ENTER)
    until(lambda: seen(chat, "#dialog"))

    def field(label: str) -> Any:
        (found,) = [one for one in parts(chat, "#dialog .field") if one.text.split("\n")[0] == label]
        return found.find_element(By.CSS_SELECTOR, "input, select")

    assert field("标题").get_attribute("value") == "云溪市公园规定"
    assert field("标题") == chat.switch_to.active_element
    assert [field("文种").get_attribute("value"), field("日期").get_attribute("value")] == ["规定", ""]
    assert field("发文机关").accessible_name == "发文机关"
    chat.execute_script("arguments[0].value = '2024-03-04'", field("日期"))
    field("时效").send_keys("已废止")
    # The file is gone for a while: what was typed stays, and can be sent again.
    rule.rename(tmp_path / "别处.txt")
    field("发文机关").send_keys("云溪市园林局", Keys.ENTER)
    gone = "公园规定.txt 已不在原处，无法更正；请放回原处，或在新的位置重新收录"
    until(lambda: texts(chat, "#dialog [role=alert]") == [gone] and seen(chat, "#dialog [role=alert]"))
    (tmp_path / "别处.txt").rename(rule)
    confirm(chat, "save")
    until(lambda: texts(chat, "#rows td.issuer") == ["云溪市园林局"])
    assert texts(chat, "#rows td:is(.date, .status)") == ["2024-03-04", "已废止"]
    assert until(lambda: chat.switch_to.active_element == part(chat, button))
    until(lambda: texts(chat, "#panel-facts span") == ["云溪市园林局", "2024年3月4日"])
    facts = library.document(id_).facts
    assert (facts.issuer, str(facts.date), facts.status) == ("云溪市园林局", "2024-03-04", "已废止")
    sidecar = rule.with_name("公园规定.txt.meta.toml").read_text(encoding="utf-8")
    assert (
        sidecar == 'issuer = "云溪市园林局"\ndate = 2024-03-04\nstatus = "已废止"\n'
    )  # and nothing that was not changed
    # What is emptied is read from the file again, and that is said; Esc changes nothing.
    part(chat, button).send_keys(Keys.ENTER)
    until(lambda: seen(chat, "#dialog"))
    field("标题").clear()
    field("发文机关").clear()
    confirm(chat, "save")
    until(lambda: texts(chat, "#toast.shown") == ["从文件中读出：标题“云溪市公园规定”"])
    until(lambda: texts(chat, "#rows td.issuer") == [""])
    part(chat, button).send_keys(Keys.ENTER)
    until(lambda: seen(chat, "#dialog"))
    field("标题").send_keys("没有保存", Keys.ESCAPE)
    until(lambda: not seen(chat, "#dialog"))
    assert texts(chat, "#rows th") == ["云溪市公园规定"]
    library.remove(id_)
    (conflict,) = complaints(chat)  # of the browser itself, on the correction that was refused
    assert "409" in conflict


@pytest.mark.slow
def test_the_table_is_sorted_and_filtered_and_a_document_asked_alone(chat: Chrome) -> None:
    part(chat, "#tab-library").click()
    until(lambda: len(parts(chat, "#rows tr")) == 4)
    dates = [date for date in texts(chat, "#rows td.date") if date]
    assert dates == sorted(dates, reverse=True)
    assert part(chat, "#columns .date").get_attribute("aria-sort") == "descending"
    part(chat, "#columns .date button").click()
    until(lambda: [date for date in texts(chat, "#rows td.date") if date] == sorted(dates))
    assert texts(chat, "#rows .badge") == ["已废止"]
    part(chat, "#library-search").send_keys("河道 云政令")
    until(lambda: texts(chat, "#rows th") == ["云溪市河道保护办法"])
    part(chat, "#rows td.actions button").click()
    until(lambda: texts(chat, ".chip span") == ["文件：云溪市河道保护办法"])
    ask(chat, PEAK)
    assert "2030年前碳排放达峰行动方案" not in parts(chat, ".bot-row")[-1].text
    # A refusal says that only this document was asked, and asks the others too.
    part(chat, "button.wider").click()
    until(lambda: idle(chat) and parts(chat, ".answer.kept") and not parts(chat, ".chip"))
    assert "2030年前碳排放达峰行动方案" in parts(chat, ".bot-row")[-1].text
    part(chat, "#choose").click()
    until(lambda: texts(chat, "#dialog .passing") == ["这个范围内有 4 份文件"])
    until(lambda: seen(chat, "#dialog select"))[0].send_keys("生态环境部")
    until(lambda: texts(chat, "#dialog .passing") == ["这个范围内有 1 份文件"])
    confirm(chat, "apply")
    until(lambda: texts(chat, ".chip span") == ["发文机关：生态环境部"])
    parts(chat, "button.again")[-1].click()
    until(lambda: idle(chat) and "2030年前碳排放达峰行动方案" in parts(chat, ".bot-row")[-1].text)
    part(chat, ".chip button").click()
    until(lambda: not parts(chat, ".chip"))
    # Several documents are ticked to be asked alone.
    part(chat, "#tab-library").click()
    part(chat, "#library-search").clear()
    part(chat, "#library-search").send_keys("云溪市")
    until(lambda: len(parts(chat, "#rows tr")) == 2)
    part(chat, "#columns input").click()
    until(lambda: texts(chat, "#selected span") == ["已选 2 份"])
    part(chat, "#selected .primary").click()
    titles = ["文件：云溪市河道保护办法", "文件：云溪市河道管理暂行规定"]
    until(lambda: texts(chat, ".chip span") == titles)
    assert not seen(chat, "#library")


@pytest.mark.slow
def test_a_conversation_goes_on_after_a_reload_is_renamed_exported_and_deleted(
    chat: Chrome, served: tuple[str, Slow]
) -> None:
    ask(chat, PEAK)
    until(lambda: texts(chat, "#talks-list [aria-current]") == [PEAK])
    chat.refresh()
    until(lambda: texts(chat, ".asked") == [PEAK] and idle(chat))
    ask(chat, "2020年呢")
    assert texts(chat, ".query") == ["2020年碳达峰任务有哪些"]
    part(chat, "#talks-list [aria-current] + .more").click()
    until(lambda: seen(chat, "#menu button"))
    for key, entry in ((Keys.ARROW_UP, "删除"), (Keys.ARROW_DOWN, "重命名")):
        chat.switch_to.active_element.send_keys(key)
        assert chat.switch_to.active_element.text == entry
    chat.switch_to.active_element.send_keys(Keys.ENTER)
    until(lambda: seen(chat, "#dialog input"))[0].send_keys("碳达峰", Keys.ENTER)
    until(lambda: texts(chat, "#talks-list [aria-current]") == ["碳达峰"])
    cookies = {cookie["name"]: cookie["value"] for cookie in chat.get_cookies()}
    id_ = chat.execute_script("return sessionStorage.getItem('talk')")
    export = f"{served[0]}page/conversation/{id_}/export/"
    word = Word(io.BytesIO(httpx.get(f"{export}docx", cookies=cookies).raise_for_status().content))
    assert any("启动编制2030年前二氧化碳排放达峰行动方案" in paragraph.text for paragraph in word.paragraphs)
    assert FIRST in httpx.get(f"{export}md", cookies=cookies).raise_for_status().text
    assert httpx.get(f"{export}md").status_code == 404
    part(chat, "#new").click()
    until(lambda: not parts(chat, ".asked") and not texts(chat, "#talks-list [aria-current]"))
    parts(chat, "#talks-list .open")[0].click()
    until(lambda: len(parts(chat, ".asked")) == 2)
    part(chat, "#talks-search").send_keys("没有这样的对话")
    until(lambda: texts(chat, "#talks-empty") == ["没有找到"] and not parts(chat, "#talks-list li"))
    part(chat, "#talks-search").send_keys(Keys.BACKSPACE * 7)
    until(lambda: parts(chat, "#talks-list [aria-current] + .more"))[0].click()
    until(lambda: seen(chat, "#menu button.danger"))[0].click()
    confirm(chat, "delete")
    until(lambda: "碳达峰" not in texts(chat, "#talks-list .open") and not parts(chat, ".asked"))


@pytest.mark.slow
def test_an_opinion_is_stored_with_its_reason(chat: Chrome, served: tuple[str, Slow]) -> None:
    ask(chat, PEAK)
    until(lambda: parts(chat, "#talks-list [aria-current]"))
    part(chat, "button.bad").click()
    until(lambda: seen(chat, "#dialog .choice"))[1].click()
    part(chat, "#dialog textarea").send_keys("少了一项")
    confirm(chat, "send")
    until(lambda: parts(chat, "button.bad[aria-pressed=true]"))
    home = served[1].library.home
    (stored,) = [one for one in FeedbackStore(home).all() if one.reason == "不完整：少了一项"]
    assert (stored.good, stored.question) == (False, PEAK)
    assert stored.versions.documents
    # It is shown again after a reload and in a conversation that is opened, and can be changed and taken back.
    chat.refresh()
    until(lambda: parts(chat, "button.bad[aria-pressed=true]") and idle(chat))
    part(chat, "#new").click()
    until(lambda: not parts(chat, ".asked") and not texts(chat, "#talks-list [aria-current]"))
    until(lambda: clicked(chat, "#talks-list .open"))
    until(lambda: parts(chat, "button.bad[aria-pressed=true]"))
    part(chat, "button.bad").click()
    until(lambda: seen(chat, "#dialog textarea"))
    assert part(chat, "#dialog textarea").get_attribute("value") == "少了一项"
    assert part(chat, "#dialog input:checked").get_attribute("value") == "不完整"
    chat.switch_to.active_element.send_keys(Keys.ESCAPE)
    until(lambda: not seen(chat, "#dialog"))
    part(chat, "button.good").click()
    confirm(chat, "send")
    until(
        lambda: parts(chat, "button.good[aria-pressed=true]") and not parts(chat, "button.bad[aria-pressed=true]")
    )
    (changed,) = [one for one in FeedbackStore(home).all() if one.id == stored.id]
    assert (changed.good, changed.reason) == (True, "")
    part(chat, "button.good").click()
    confirm(chat, "take")
    until(lambda: not parts(chat, ".judge [aria-pressed=true]"))
    assert stored.id not in [one.id for one in FeedbackStore(home).all()]
    # Praise of which nothing more is to be said takes one press.
    part(chat, "button.good").click()
    until(lambda: parts(chat, "button.good[aria-pressed=true]"))
    assert [one.good for one in FeedbackStore(home).all()][-1:] == [True]
    assert not seen(chat, "#dialog")


@pytest.mark.slow
def test_two_windows_never_see_each_others_turns(
    chat: Chrome, served: tuple[str, Slow], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ask(chat, PEAK)
    mine = chat.current_window_handle
    chat.switch_to.new_window("window")
    try:
        opened(chat, served[0])
        assert not parts(chat, ".asked")
        ask(chat, "2020年呢")
        assert texts(chat, ".asked") == ["2020年呢"]
        assert texts(chat, ".query") == []
    finally:
        chat.close()
        chat.switch_to.window(mine)
    # In another browser there is not even the list of conversations.
    with browser(tmp_path_factory.mktemp("other")) as other:
        opened(other, served[0])
        until(lambda: texts(other, "#talks-empty") == ["还没有对话"])
        assert not parts(other, "#talks-list li")
    ask(chat, "2020年呢")
    assert texts(chat, ".query") == ["2020年碳达峰任务有哪些"]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_nothing_is_wider_or_higher_than_the_window(chat: Chrome, width: int, height: int) -> None:
    resize(chat, width, height)
    chat.refresh()
    until(lambda: idle(chat))
    ask(chat, PEAK)
    parts(chat, "a.marker")[1].click()
    until(lambda: marks(chat))
    size = "const e = document.scrollingElement; return [e.scrollWidth, e.scrollHeight]"
    assert chat.execute_script(size) == [width, height]
    for each in ("#chat .bubble-wrap", "#panel", "#paper"):
        assert chat.execute_script(f"return document.querySelector('{each}').scrollWidth") <= width
    panel = part(chat, "#panel").rect
    assert (panel["width"] == width) == (width < 500)
    if width < 500:  # where the document covers all, the way back leads to the chat
        chat.back()
        until(lambda: not seen(chat, "#panel"))
        parts(chat, "a.marker")[1].click()
        until(lambda: marks(chat))
    part(chat, "#panel-close").click()
    until(lambda: not chat.execute_script("return history.state?.panel"))
    assert texts(chat, ".asked") == [PEAK]
    part(chat, "#choose").click()
    dialog = until(lambda: seen(chat, "#dialog"))[0].rect
    assert dialog["x"] >= 8
    assert dialog["x"] + dialog["width"] <= width - 8
    chat.switch_to.active_element.send_keys(Keys.ESCAPE)
    until(lambda: not seen(chat, "#dialog"))
    typed = part(chat, "#box").rect
    assert typed["y"] + typed["height"] <= height
    part(chat, "#tab-library").click()
    until(lambda: parts(chat, "#rows tr"))
    assert chat.execute_script(size) == [width, height]
    wide = "const table = document.querySelector('.table'); return table.scrollWidth - table.clientWidth"
    assert chat.execute_script(wide) == 0
    parts(chat, "#rows .correct")[0].click()
    dialog = until(lambda: seen(chat, "#dialog"))[0]
    assert dialog.rect["x"] >= 8
    assert dialog.rect["x"] + dialog.rect["width"] <= width - 8
    assert chat.execute_script("return arguments[0].scrollWidth - arguments[0].clientWidth", dialog) == 0
    chat.switch_to.active_element.send_keys(Keys.ESCAPE)
    until(lambda: not seen(chat, "#dialog"))
    if width > 500:  # nor beside an open document
        parts(chat, "#rows .link")[0].click()
        until(lambda: seen(chat, "#panel"))
        assert chat.execute_script(wide) == 0


@pytest.mark.slow
def test_on_paper_there_is_the_whole_conversation_and_nothing_else(chat: Chrome) -> None:
    for question in (PEAK, "2022年碳达峰任务有哪些", "谁作工作报告"):
        ask(chat, question)
    printed = pypdfium2.PdfDocument(base64.b64decode(chat.execute_cdp_cmd("Page.printToPDF", {})["data"]))
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in printed)
    printed.close()
    assert text.startswith(PEAK)
    for word in (FIRST, "以下是2020年、2021年的内容，不作为答案", "黄润秋", "《2021年全国生态环境保护工作会议》"):
        assert word in text
    for word in ("复制", "修改", "新对话", "文件库", "限定范围"):
        assert word not in text


@pytest.mark.slow
def test_dark_is_chosen_and_stays(chat: Chrome) -> None:
    def background() -> str:
        return str(part(chat, "#bar").value_of_css_property("background-color"))

    light = background()
    part(chat, "#theme").click()
    until(lambda: background() != light)
    chat.refresh()
    until(lambda: idle(chat) and background() != light)
    part(chat, "#theme").click()
    until(lambda: background() == light)


@pytest.mark.slow
def test_when_the_server_is_gone_the_page_says_so_and_loses_no_question(window: Chrome, tmp_path: Path) -> None:
    with Library(tmp_path / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS)
        assistant = Slow(library, Settings(reader="none"))
        with serving(assistant) as address:
            opened(window, address)
            ask(window, PEAK)
            until(lambda: texts(window, "#talks-list [aria-current]") == [PEAK])
        port = int(address.rstrip("/").rpartition(":")[2])
        box(window).send_keys("2020年呢", Keys.ENTER)
        until(lambda: "连接不上服务" in part(window, "#banner").text)
        until(lambda: "连接" in texts(window, "#toast")[0])
        assert box(window).get_attribute("value") == "2020年呢"
        with serving(assistant, port):
            until(lambda: not seen(window, "#banner") and idle(window))
            until(lambda: len(parts(window, ".asked")) == 1 and box(window).get_attribute("value") == "2020年呢")
            box(window).send_keys(Keys.ENTER)
            until(lambda: texts(window, ".query") == ["2020年碳达峰任务有哪些"] and idle(window))
            assistant.pause = 5.0
            box(window).send_keys("谁作工作报告", Keys.ENTER)
            until(lambda: parts(window, "#box .stop-button"))
        until(lambda: "连接不上服务" in part(window, "#banner").text)
        assistant.pause = 0.0
        with serving(assistant, port):
            until(lambda: not seen(window, "#banner") and idle(window))
            until(lambda: box(window).get_attribute("value") == "谁作工作报告")
            box(window).send_keys(Keys.ENTER)
            until(lambda: len(parts(window, ".kept")) == 3 and idle(window))
            assert "黄润秋" in parts(window, ".bot-row")[-1].text
            window.get("about:blank")


@pytest.mark.slow
def test_when_too_many_ask_the_page_says_so_and_takes_the_question_once(window: Chrome, tmp_path: Path) -> None:
    with Library(tmp_path / "home", HashedEncoder()) as library:
        library.add(DOCUMENTS)
        assistant = Slow(library, Settings(reader="none", at_once=1, waiting=1))
        with serving(assistant) as address, ThreadPoolExecutor(2) as others:
            opened(window, address)
            assistant.hold()
            first = others.submit(wait_for_answer, address, PEAK)
            until(lambda: assistant.begun == 1)
            # One is being answered; this one waits, and pressing Enter again does not send it twice.
            box(window).send_keys("谁作工作报告", Keys.ENTER)
            until(lambda: texts(window, "#queued") == ["提问的人较多，正在排队，请稍候"])
            box(window).send_keys(Keys.ENTER)
            second = others.submit(wait_for_answer, address, PEAK)
            with pytest.raises(httpx.HTTPStatusError, match="503"):
                second.result()
            assistant.go_on()
            first.result()
            until(lambda: parts(window, ".kept") and idle(window))
            assert texts(window, ".asked") == ["谁作工作报告"]
            assert not parts(window, "#queued")
            # With one being answered and one waiting there is no place for a third.
            assistant.hold()
            waiting = [others.submit(wait_for_answer, address, PEAK)]
            until(lambda: assistant.begun == 3)
            joined = threading.Event()
            waiting.append(others.submit(wait_for_answer, address, PEAK, joined))
            assert joined.wait(120)
            box(window).send_keys("会议什么时候开的", Keys.ENTER)
            until(lambda: texts(window, "#toast") == ["现在提问的人太多，请稍后再试"])
            assert box(window).get_attribute("value") == "会议什么时候开的"
            assert not seen(window, ".toast-wrap")
            assistant.go_on()
            for each in waiting:
                each.result()
            box(window).send_keys(Keys.ENTER)
            until(lambda: len(parts(window, ".kept")) == 2 and idle(window))
            window.get("about:blank")


@pytest.mark.slow
def test_a_reader_signs_in_asks_and_signs_out_but_changes_nothing(window: Chrome, tmp_path: Path) -> None:
    rule = tmp_path / "公园管理规定.txt"
    rule.write_text("云溪市公园管理规定\n\n第一条　云溪市公园每日21时关门。\n", encoding="utf-8")
    with Library(tmp_path / "home", HashedEncoder()) as library, Accounts(library.home) as accounts:
        library.add(rule)
        accounts.add("张三", "correct horse", Role.READER)
        with serving(Assistant(library, Settings(reader="none"))) as address:
            window.get(address)
            window.find_element(By.NAME, "name").send_keys("张三")
            window.find_element(By.NAME, "password").send_keys("correct horse", Keys.ENTER)
            until(lambda: texts(window, "#who span") == ["张三"] and idle(window))
            ask(window, "云溪市公园几点关门")
            assert "21时关门" in part(window, ".bot-row").text
            part(window, "#tab-library").click()
            until(lambda: parts(window, "#rows tr"))
            assert not seen(window, "#add")
            assert not parts(window, "#rows :is(.danger, .correct)")
            # Who signs in next in the same window finds nothing of what was typed or chosen.
            part(window, "#tab-chat").click()
            box(window).send_keys("没有发出的问题")
            part(window, "#who button").click()
            until(lambda: parts(window, "input[name=password]"))
            assert window.execute_script("return sessionStorage.length") == 0
            assert httpx.get(f"{address}page/documents").status_code == 401
        with Conversations(library.home) as conversations:
            assert [head.title for head in conversations.list("张三")] == ["云溪市公园几点关门"]
        window.get("about:blank")


# Many at once


def wait_for_answer(
    address: str, question: str, joined: threading.Event | None = None
) -> tuple[float, float, str]:
    """Seconds until the first words and until the whole answer to a question, asked as the page asks; the answer.

    ``joined`` is set when the question has its place in the queue.
    """
    with httpx.Client(base_url=address, timeout=300) as client:
        config = client.get("config").json()
        boxes = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        event = next(
            one for one in config["dependencies"] if [boxes["box"], "submit"] in map(list, one["targets"])
        )
        session = os.urandom(6).hex()
        asking = {"data": [question, None, "", ""], "fn_index": event["id"], "session_hash": session}
        start = time.perf_counter()
        client.post("gradio_api/queue/join", json=asking).raise_for_status()
        if joined is not None:
            joined.set()
        first, content = 0.0, ""
        with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as lines:
            for line in lines.iter_lines():
                if not line.startswith("data:"):
                    continue
                told = json.loads(line.removeprefix("data:"))
                if "said" in line and not first:
                    first = time.perf_counter() - start
                    content = line
                if told["msg"] == "process_completed":
                    break
        return first, time.perf_counter() - start, content


@pytest.mark.slow
def test_twenty_users_at_once_are_all_answered(served: tuple[str, Slow]) -> None:
    """Two seconds at the median are the target on two idle cores; PAGE_P50 seconds are the limit, 20 unless set."""
    address, assistant = served
    assistant.go_on()
    wait_for_answer(address, PEAK)
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: wait_for_answer(address, PEAK), range(20)))
    assert all("碳排放达峰行动方案" in content for _, _, content in waits)
    p50 = statistics.median(whole for _, whole, _ in waits)
    sys.stdout.write(f"\n20 at once: {p50:.2f} s at the median\n")
    assert p50 <= float(os.environ.get("PAGE_P50", "20"))


@pytest.mark.slow
def test_the_first_words_come_before_one_would_wonder(served: tuple[str, Slow]) -> None:
    """300 milliseconds are the target on two idle cores; PAGE_FIRST seconds are the limit, 5 unless set."""
    address, assistant = served
    assistant.go_on()
    first = statistics.median(wait_for_answer(address, PEAK)[0] for _ in range(7))
    sys.stdout.write(f"\nfirst words after {first * 1000:.0f} ms\n")
    assert first <= float(os.environ.get("PAGE_FIRST", "5"))
