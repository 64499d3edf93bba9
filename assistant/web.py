"""The web page: a chat that answers from the documents, every statement with its source to open.

``page`` builds it, ``mount`` puts it into an application behind the shield of ``assistant.page.shield``.
The only state is the conversation on screen: each window sends its own with every question, so that no two
windows share anything and retry, undo and clear can never disagree with what is seen.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from gradio.components.chatbot import ExampleMessage

from assistant.assistant import Assistant
from assistant.page.examples import examples
from assistant.page.messages import WAITING, answered, asked, failed, question, stopped, turns, unfinished
from assistant.page.shield import Shield
from index.errors import PolicyError

TITLE = "政策文件问答"
EXAMPLES = 4
"""Example questions on the page."""
NEWEST = 8
"""Documents, the newest, that example questions are drawn from."""
AT_ONCE = 8
"""Questions that are answered at the same time; more wait their turn."""
WAITING_ROOM = 200
"""Questions that may wait; more are told that the page is busy."""

log = logging.getLogger(__name__)

Messages = list[dict[str, Any]]
Shown = tuple[Any, ...]
"""What an event changes: the conversation, the box and the three buttons."""


def page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant's library, in Chinese."""
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))
    offered = _offered(assistant)

    def opening() -> tuple[str, Any]:
        return _heading(assistant), gr.Chatbot(examples=offered(assistant.library.version))

    def respond(messages: Messages, **box_changes: Any) -> Iterator[Shown]:
        """The conversation and the controls while the last question is being answered."""
        yield (
            messages,
            gr.Textbox(submit_btn=False, stop_btn="停止", **box_changes),
            *[gr.Button(interactive=False)] * 3,
        )
        for content in replies(assistant, messages):
            yield [*messages[:-1], {"role": "assistant", "content": content}], *[gr.skip()] * 4
        yield gr.skip(), *ready(messages)

    def send(asking: str, messages: Messages) -> Iterator[Shown]:
        if not asking.strip() or (messages and unfinished(messages[-1])):
            yield (gr.skip(),) * 5
        else:
            yield from respond([*messages, *_pair(asking)], value="")

    def pick(messages: Messages, picked: gr.SelectData) -> Iterator[Shown]:
        yield from respond([*messages, *_pair(picked.value["text"])])

    def again(messages: Messages) -> Iterator[Shown]:
        yield from respond([*messages[:-2], *_pair(question(messages[-2]))])

    def undo(messages: Messages) -> Shown:
        kept = messages[:-2]
        return kept, gr.Textbox(value=question(messages[-2])), *ready(kept)[1:]

    def halt(messages: Messages) -> Shown:
        shown = [*messages[:-1], {"role": "assistant", "content": stopped(messages[-1])}] if messages else messages
        return shown, *ready(shown)

    def ready(messages: Messages) -> Shown:
        return gr.Textbox(submit_btn="发送", stop_btn=False), *[gr.Button(interactive=bool(messages))] * 3

    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        heading = gr.Markdown(_heading(assistant), elem_id="heading")
        chat = gr.Chatbot(
            elem_id="chat",
            label="对话",
            show_label=False,
            container=False,
            scale=1,
            height="100%",
            layout="bubble",
            autoscroll=False,
            buttons=[],
            feedback_options=None,
            render_markdown=False,
            sanitize_html=True,
            allow_tags=False,
            latex_delimiters=[],
            examples=offered(assistant.library.version),
            placeholder="请直接提问，或从下面的例子开始",
        )
        with gr.Column(elem_id="composer", scale=0):
            box = gr.Textbox(
                elem_id="box",
                label="问题",
                show_label=False,
                container=False,
                placeholder="请输入问题",
                lines=1,
                max_lines=6,
                autofocus=True,
                submit_btn="发送",
            )
            with gr.Row(elem_id="actions"):
                retry = gr.Button("重新回答", size="sm", elem_id="retry", interactive=False)
                withdraw = gr.Button("撤回上一问", size="sm", elem_id="undo", interactive=False)
                clear = gr.Button("清空对话", size="sm", elem_id="clear", interactive=False)
        controls = [chat, box, retry, withdraw, clear]
        plain: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quick = {**plain, "queue": False}
        # "once" would drop a question that follows on a stop at once; whether one is being answered, send sees.
        long = {**plain, "concurrency_id": "answers", "concurrency_limit": AT_ONCE, "trigger_mode": "multiple"}
        answers: list[dict[str, Any]] = [
            box.submit(send, [box, chat], controls, **long),
            chat.example_select(pick, chat, controls, **long),
            retry.click(again, chat, controls, **long),
        ]
        box.stop(halt, chat, controls, cancels=answers, **quick)
        withdraw.click(undo, chat, controls, **quick)
        clear.click(lambda: ([], *ready([])), None, controls, **quick)
        blocks.load(opening, None, [heading, chat], **quick)
    blocks.queue(max_size=WAITING_ROOM)
    return blocks


def replies(assistant: Assistant, messages: Messages) -> Iterator[str]:
    """What the last message becomes while the question before it is being answered, its final state last.

    A deliberate error becomes its Chinese line; a bug is logged and an apology takes the answer's place.
    """
    document = lru_cache(assistant.library.document)
    try:
        so_far = None
        for piece in assistant.stream(question(messages[-2]), turns(messages[:-2])):
            so_far = piece if so_far is None else so_far + piece
            if so_far.text:
                yield answered(so_far, len(messages), document, growing=True)
        if so_far is not None:
            yield answered(so_far, len(messages), document)
    except PolicyError as error:
        yield failed(error.chinese)
    except Exception:
        log.exception("a question could not be answered")
        yield failed("出错了，请重试。")


def mount(app: FastAPI, assistant: Assistant) -> None:
    """Put the page at the root of an application, behind its shield; to be called inside a running event loop."""
    assets = files("assistant.page") / "static"
    head = "".join(
        form.format(f"page/{name}?{sha256(assets.joinpath(name).read_bytes()).hexdigest()[:8]}")
        for name, form in (
            ("page.js", '<script src="{}"></script>'),
            ("page.css", '<link rel="stylesheet" href="{}">'),
        )
    )
    app.mount("/page", StaticFiles(packages=[("assistant.page", "static")]), name="page")
    app.add_middleware(Shield, head=head)
    gr.mount_gradio_app(
        app,
        page(assistant),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        theme=_theme(),
        ssr_mode=False,
    )


def _pair(asking: str) -> Messages:
    """A question and the place of its answer."""
    return [{"role": "user", "content": asked(asking)}, {"role": "assistant", "content": WAITING}]


def _heading(assistant: Assistant) -> str:
    count = len(assistant.library.documents())
    about = (
        f"已收录 {count} 份文件。只依据这些文件作答，每句话都有出处，点开即见原文。"
        if count
        else "还没有收录文件。请先用 policyqa ingest 收录，再来提问。"
    )
    return f'<h1>{TITLE}</h1><p class="about">{about}</p>'


def _offered(assistant: Assistant) -> Callable[[int], list[ExampleMessage]]:
    """The example questions for a version of the library, each of which it answers."""

    @lru_cache(maxsize=1)
    def offered(version: int) -> list[ExampleMessage]:
        library = assistant.library
        newest = sorted(library.documents(), key=lambda one: str(one.facts.date or ""), reverse=True)[:NEWEST]
        drawn = [examples(library.document(one.id), library.sections(one.id)) for one in newest]
        found: list[ExampleMessage] = []
        for place in range(max(map(len, drawn), default=0)):
            for questions in drawn:
                if len(found) < EXAMPLES and place < len(questions) and assistant.ask(questions[place]).answered:
                    found.append({"text": questions[place]})
        return found

    return offered


def _theme() -> Any:
    fonts = [
        "PingFang SC",
        "Microsoft YaHei",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "system-ui",
        "sans-serif",
    ]
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=fonts, font_mono=["monospace"])
