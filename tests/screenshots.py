"""The pictures of the README, made anew: ``python tests/screenshots.py``.

They show the page over the documents that ship with the project and an invented policy, with the bundled encoder.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from browser import browser, resize
from pages import ask, box, opened, part, parts, policies, seen, serving, until
from PIL import Image
from selenium.webdriver import Chrome

from assistant.assistant import Assistant

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "assistant" / "page" / "screenshots"
LARGEST = 150_000
"""Bytes of a picture at most."""


def main() -> None:
    """Make every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Assistant.open(folder / "home", ROOT / "documents") as assistant:
            assistant.library.add(policies(folder / "policies"), ROOT / "tests" / "corpus")
            with serving(assistant) as address, browser(folder / "profile") as driver:
                laptop(driver, address)
                phone(driver, address)


def laptop(driver: Chrome, address: str) -> None:
    """The states of the page in a window of 1366 × 768."""
    opened(driver, address)
    until(lambda: parts(driver, "#chat .example"))
    save(driver, "start")
    ask(driver, "2021年碳达峰任务有哪些")
    ask(driver, "2020年呢")
    ask(driver, "2022年碳达峰任务有哪些")
    save(driver, "refusal")
    until(lambda: parts(driver, "#talks-list [aria-current]"))
    parts(driver, "a.marker")[0].click()
    until(lambda: seen(driver, "#paper mark.quote"))
    save(driver, "source")
    driver.execute_script("arguments[0].click()", part(driver, "#new"))
    until(lambda: not parts(driver, "#chat .asked"))
    ask(driver, "河道保护范围内禁止哪些行为")
    parts(driver, "a.marker")[2].click()
    until(lambda: seen(driver, "#paper mark.quote"))
    part(driver, "#view-page").click()
    until(lambda: part(driver, "#page-picture").get_attribute("naturalWidth") != "0")
    save(driver, "page")
    part(driver, "#panel-close").click()
    part(driver, "#tab-library").click()
    until(lambda: parts(driver, "#rows tr"))
    save(driver, "library")
    part(driver, "#tab-chat").click()
    part(driver, "#theme").click()
    parts(driver, "a.marker")[0].click()
    until(lambda: seen(driver, "#view-text"))[0].click()
    until(lambda: seen(driver, "#paper mark.quote"))
    until(lambda: not seen(driver, "#toast.shown"))
    save(driver, "dark")
    part(driver, "#theme").click()


def phone(driver: Chrome, address: str) -> None:
    """The chat and the document in a window of a phone."""
    resize(driver, 390, 844)
    driver.execute_script("sessionStorage.clear()")
    opened(driver, address)
    ask(driver, "2021年碳达峰任务有哪些")
    save(driver, "phone")
    parts(driver, "a.marker")[1].click()
    until(lambda: seen(driver, "#paper mark.quote"))
    save(driver, "phone-source")
    assert box(driver)


def save(driver: Chrome, name: str) -> None:
    """Write the window as a small picture."""
    driver.execute_script("document.activeElement.blur(); document.getAnimations().forEach((one) => one.finish())")
    until(lambda: not seen(driver, "#toast.shown"))
    picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size <= LARGEST, f"{path} has {path.stat().st_size} bytes"


if __name__ == "__main__":
    main()
