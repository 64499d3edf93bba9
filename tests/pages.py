"""The page as tests and screenshots see it: served over invented policies, in a window of a headless Chromium."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from assistant.assistant import Assistant
from assistant.server import application

SONG = "STSong-Light"  # a font that every reader has
pdfmetrics.registerFont(UnicodeCIDFont(SONG))

RIVERS = (
    (
        "云溪市河道保护办法",
        "云政令〔2024〕12号",
        "（2024年3月5日云溪市人民政府第8次常务会议通过）",
        "第一章　总则",
        "第一条　为了加强河道保护，保障防洪安全，改善水环境，根据有关法律、",
        "法规，结合本市实际，制定本办法。",
        "第二条　本市行政区域内河道的保护和管理，适用本办法。",
        "第三条　市水务部门负责全市河道的监督管理工作。",
        "第二章　保护",
        "第四条　河道保护范围由市水务部门会同自然资源部门划定，报市人民政府",
        "批准后公布。",
    ),
    (
        "第五条　在河道保护范围内禁止下列行为：",
        "（一）倾倒垃圾、渣土；",
        "（二）擅自取土、采砂；",
        "（三）排放未经处理的污水；",
        "（四）种植阻碍行洪的高秆作物。",
        "第六条　违反本办法第五条规定的，由市水务部门责令限期改正，处五千元",
        "以上五万元以下罚款；情节严重的，处五万元以上二十万元以下罚款。",
    ),
    (
        "第三章　附则",
        "第七条　本办法自2024年5月1日起施行。《云溪市河道管理暂行规定》同时废止。",
    ),
)
"""The pages of an invented policy, line by line."""

REPEALED = """云溪市河道管理暂行规定

云政发〔2009〕30号

第一条　为了加强河道管理，制定本规定。

第二条　在河道管理范围内洗车的，处一百元罚款。
"""


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF file with these lines on its pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for page in pages:
        for at, line in enumerate(page):
            title = at == 0 and page is pages[0]
            canvas.setFont(SONG, 18 if title else 12)
            if title or line.startswith(("（2024", "云政令")):
                canvas.drawCentredString(297, 760 - at * 26, line)
            else:
                head = line.startswith(("第", "（"))
                canvas.drawString(104 if head else 80, 760 - at * 26, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def policies(folder: Path) -> Path:
    """The folder, with an invented policy as PDF in it and another that it repeals."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "云溪市河道保护办法.pdf").write_bytes(pdf(RIVERS))
    (folder / "云溪市河道管理暂行规定.txt").write_text(REPEALED, encoding="utf-8")
    return folder


@contextmanager
def serving(assistant: Assistant, port: int = 0) -> Iterator[str]:
    """The address at which the assistant's page is served meanwhile."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        configured = uvicorn.Config(application(assistant), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(configured)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


def until(found: Callable[[], Any], seconds: float = 120) -> Any:
    """What ``found`` returns once it is true; ``TimeoutError`` after some seconds, many for a slow machine's sake.

    An element that the page has put another in the place of while it was looked at is not yet what is waited for.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(StaleElementReferenceException):
            value = found()
            if value:
                return value
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds} seconds in vain")


def opened(driver: Chrome, address: str) -> None:
    """Open the page and wait until it can be used."""
    driver.get(address)
    until(lambda: parts(driver, "#box .submit-button") and parts(driver, "#choose"))


def ask(driver: Chrome, question: str) -> None:
    """Type a question, send it with Enter and wait until its answer is complete."""
    answers = len(parts(driver, ".bot-row .tools"))
    box(driver).send_keys(question, Keys.ENTER)
    # The box is emptied when the question is taken, not before.
    taken = "return document.querySelector('#box textarea').value === ''"
    until(
        lambda: driver.execute_script(taken) and idle(driver) and len(parts(driver, ".bot-row .tools")) > answers
    )


def idle(driver: Chrome) -> bool:
    """Whether no answer is on its way."""
    return bool(parts(driver, "body:not(.restoring) #box .submit-button"))


def box(driver: Chrome) -> Any:
    """Where questions are typed."""
    return driver.find_element(By.CSS_SELECTOR, "#box textarea")


def part(driver: Chrome, selector: str) -> Any:
    """The first element."""
    return driver.find_element(By.CSS_SELECTOR, selector)


def parts(driver: Chrome, selector: str) -> list[Any]:
    """All elements."""
    return driver.find_elements(By.CSS_SELECTOR, selector)


def texts(driver: Chrome, selector: str) -> list[str]:
    """The texts of all elements, whether they can be seen or not."""
    return driver.execute_script(  # type: ignore[no-any-return]
        "return Array.from(document.querySelectorAll(arguments[0]), (one) => one.textContent)", selector
    )


def seen(driver: Chrome, selector: str) -> list[Any]:
    """The elements that can be seen."""
    return [one for one in parts(driver, selector) if one.is_displayed()]
