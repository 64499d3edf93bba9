"""The chat: a question becomes an answer that grows on screen, and every round can be asked again or otherwise.

What is on screen follows from the conversation of the ``Window`` alone, which lives in the server and is kept after
each answer. The browser holds no more than its id, by which it is found again after the server was started anew.
The page's scripts ask for what has no button of Gradio's through hidden boxes, in JSON; that a box was changed by a
script Gradio notices by its value alone, hence ``change`` and values of which no two in a row are alike.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

import gradio as gr
from gradio.components.chatbot import ExampleMessage
from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.assistant import Assistant
from assistant.page.keeping import Keeping
from assistant.page.messages import messages
from assistant.page.offering import Offering
from assistant.page.talk import EMPTY, Round, Talk, Window, resumed
from assistant.page.visitors import asker, owner
from assistant.service import Asker, Behalf, Service
from assistant.types import Turn
from index.errors import PolicyError
from index.types import Filters

TITLE = "政策文件问答"
EVERY = 0.1
"""Seconds between two looks at an answer that grows; each costs the server as much as the answer itself."""

log = logging.getLogger(__name__)

Shown = tuple[Any, ...]
"""What an event changes: the messages, the box, and the conversation's id."""

_FILTERS = TypeAdapter(Filters)
_FAULT = "出错了，请重试。"


class Command(BaseModel):
    """What a script asks for: the question of a round anew, with other words, or with another query."""

    do: Literal["again", "question", "query"]
    round: int
    words: str = ""


def chat(service: Service, keeping: Keeping, offering: Offering) -> gr.Blocks:
    """The chat over a service's library, which begins with the questions that are offered.

    As many questions as the settings say are answered at the same time and may wait; more are told that it is busy.
    """
    assistant = service.assistant

    def name(request: gr.Request) -> str:
        return owner(request.request) if request.request else ""

    def present(window: Window, id_: str, request: gr.Request) -> Talk:
        """The window's conversation, read again if the server has lost it."""
        if not window.busy and id_ and window.talk.id != id_:
            with suppress(PolicyError):
                window.talk = resumed(id_, keeping.read(name(request), id_))
        return window.talk

    def respond(
        window: Window, talk: Talk, filters: str, request: gr.Request, query: str = "", **box: Any
    ) -> Iterator[Shown]:
        """The window while the last question is being answered, with ``query`` in its place if there is one."""
        run = window.begin(talk)
        yield messages(talk.rounds), gr.Textbox(submit_btn=False, stop_btn="停止", **box), gr.skip()
        *before, last = talk.rounds
        turns = () if query else Talk("", tuple(before)).turns
        asking = service.on_behalf_of(asker(request.request, "page") if request.request else Asker(via="page"))
        shown = 0.0
        for one in answering(asking, last, query, turns, filters):
            if window.run != run:
                return
            window.talk = talk = replace(talk, rounds=(*before, one))
            if not one.ended and time.monotonic() - shown > EVERY:
                yield messages(talk.rounds), gr.skip(), gr.skip()
                shown = time.monotonic()
        try:
            talk = keeping.keep(name(request), talk)
        except PolicyError as error:
            unkept = replace(talk.rounds[-1], note=f"对话未能保存：{error.chinese}")
            talk = replace(talk, rounds=(*before, unkept))
        if window.run == run:
            window.end(talk)
            yield messages(talk.rounds), _ready(), talk.id

    def send(asking: str, window: Window, id_: str, filters: str, request: gr.Request) -> Iterator[Shown]:
        if not asking.strip() or window.busy:
            yield (gr.skip(),) * 3
        else:
            talk = present(window, id_, request)
            yield from respond(window, _asking(talk, len(talk.rounds), asking), filters, request, value="")

    def pick(
        window: Window, id_: str, filters: str, request: gr.Request, picked: gr.SelectData
    ) -> Iterator[Shown]:
        talk = _asking(present(window, id_, request), 0, picked.value["text"])
        yield from respond(window, talk, filters, request)

    def command(given: str, window: Window, id_: str, filters: str, request: gr.Request) -> Iterator[Shown]:
        talk = present(window, id_, request)
        try:
            wanted = Command.model_validate_json(given)
        except ValidationError:
            wanted = Command(do="again", round=-1)
        if window.busy or not 0 <= wanted.round < len(talk.rounds):
            yield (gr.skip(),) * 3
            return
        one = talk.rounds[wanted.round]
        question = wanted.words if wanted.do == "question" and wanted.words.strip() else one.question
        changed = one.answer.question if one.answer and one.answer.question != one.question else ""
        query = {"query": wanted.words.strip(), "again": changed}.get(wanted.do, "")
        yield from respond(window, _asking(talk, wanted.round, question), filters, request, query)

    def halt(window: Window) -> Shown:
        talk = window.talk
        if window.busy and not talk.rounds[-1].ended:
            *before, last = talk.rounds
            failure = "" if last.answer and last.answer.text else "已停止。"
            talk = replace(talk, rounds=(*before, replace(last, ended=True, stopped=True, failure=failure)))
        window.end(talk)
        return messages(talk.rounds), _ready(), gr.skip()

    def opening(id_: str, window: Window, request: gr.Request) -> Shown:
        window.end(EMPTY)
        talk = present(window, id_.strip(), request)
        value: Any = messages(talk.rounds)
        shown = gr.Chatbot(value=value, examples=_examples(offering), placeholder=_welcome(assistant))
        return shown, _ready(), talk.id

    def fresh() -> Any:
        return gr.Chatbot(examples=_examples(offering), placeholder=_welcome(assistant))

    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        log_ = gr.Chatbot(
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
            examples=_examples(offering),
            placeholder=_welcome(assistant),
        )
        with gr.Column(elem_id="composer", scale=0):
            box = gr.Textbox(
                elem_id="box",
                label="问题",
                show_label=False,
                container=False,
                placeholder="就已收录的文件提问",
                lines=1,
                max_lines=6,
                autofocus=True,
                submit_btn="发送",
            )
        window = gr.State(Window())
        id_, filters, asked, opened, changed = (
            gr.Textbox(elem_id=each, visible="hidden")
            for each in ("talk-id", "filters", "command", "open", "changed")
        )
        shown = [log_, box, id_]
        known = [window, id_, filters]
        plain: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # "once" would drop a question that follows on a stop at once; whether one is being answered, send sees.
        at_once = assistant.settings.at_once
        long = {**plain, "concurrency_id": "answers", "concurrency_limit": at_once, "trigger_mode": "multiple"}
        answers: list[dict[str, Any]] = [
            box.submit(send, [box, *known], shown, **long),
            log_.example_select(pick, known, shown, **long),
            asked.change(command, [asked, *known], shown, **long),
        ]
        box.stop(halt, window, shown, cancels=answers, queue=False, **plain)
        blocks.load(fresh, None, log_, queue=False, **plain)
        changed.change(fresh, None, log_, queue=False, **plain)
        opened.change(opening, [opened, window], shown, cancels=answers, queue=False, **plain)
    blocks.queue(max_size=assistant.settings.waiting)
    return blocks


def answering(
    asking: Assistant | Behalf, one: Round, query: str, turns: tuple[Turn, ...], filters: str
) -> Iterator[Round]:
    """What becomes of a question while it is being answered, its final state last.

    A deliberate error becomes its Chinese line; a bug is logged and an apology takes the answer's place.
    """
    try:
        so_far = None
        wanted = _FILTERS.validate_json(filters) if filters else None
        one = replace(one, within=wanted is not None)
        for piece in asking.stream(query or one.question, turns, wanted):
            so_far = piece if so_far is None else so_far + piece
            if so_far.text:
                yield replace(one, answer=so_far)
        yield replace(one, answer=so_far, ended=True)
    except PolicyError as error:
        yield replace(one, failure=error.chinese, ended=True)
    except Exception:
        log.exception("a question could not be answered")
        yield replace(one, failure=_FAULT, ended=True)


def _asking(talk: Talk, place: int, question: str) -> Talk:
    """The conversation up to ``place``, and then the question."""
    return replace(talk, rounds=(*talk.rounds[:place], Round(question)))


def _welcome(assistant: Assistant) -> str:
    """What is said before the first question."""
    count = len(assistant.library.documents())
    if not count:
        return f"## {TITLE}\n\n还没有收录文件。请先在“文件库”中添加文件，再来提问。"
    return f"## {TITLE}\n\n已收录 {count} 份文件。只依据这些文件作答，每句话都有出处，点开即见原文。"


def _ready() -> Any:
    return gr.Textbox(submit_btn="发送", stop_btn=False)


def _examples(offering: Offering) -> list[ExampleMessage]:
    return [{"text": question} for question in offering.questions() or ()]
