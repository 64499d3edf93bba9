"""The web page: a chat that answers from the documents, and the documents beside it to see for oneself.

``page`` builds the chat, ``mount`` puts it with all that belongs to it into an application, behind the shield of
``assistant.page.shield``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

from assistant.page.chat import chat
from assistant.page.keeping import Keeping
from assistant.page.offering import Offering
from assistant.page.routes import routes
from assistant.page.shield import Shield
from assistant.service import Service


def page(service: Service, keeping: Keeping, offering: Offering) -> gr.Blocks:
    """The chat over a service's library, in Chinese, with conversations kept in ``keeping``."""
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))
    return chat(service, keeping, offering)


def mount(app: FastAPI, service: Service, offering: Offering, record: Callable[..., None]) -> None:
    """Put the page at the root of ``app``; to be called in a running event loop, in which Gradio makes its locks.

    ``record`` puts into the audit log what the page changes of the library (``Shared.record``).
    Before ``app`` stands a gate that puts the user into the scope of every request (``assistant.api.gate``).
    """
    assets = files("assistant.page") / "static"
    head = "".join(
        form.format(f"page/static/{name}?{sha256(assets.joinpath(name).read_bytes()).hexdigest()[:8]}")
        for name, form in (
            ("page.js", '<script type="module" src="{}"></script>'),
            ("page.css", '<link rel="stylesheet" href="{}">'),
            ("chat.css", '<link rel="stylesheet" href="{}">'),
            ("panel.css", '<link rel="stylesheet" href="{}">'),
            ("print.css", '<link rel="stylesheet" href="{}" media="print">'),
        )
    )
    library = service.assistant.library
    keeping = Keeping(library)
    beside = routes(library, keeping, offering, record)
    beside.mount("/static", _Assets(packages=[("assistant.page", "static")]))
    app.mount("/page", beside)
    app.add_middleware(Shield, head=head, body=assets.joinpath("shell.html").read_text(encoding="utf-8"))
    gr.mount_gradio_app(
        app,
        page(service, keeping, offering),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        theme=_theme(),
        ssr_mode=False,
    )


class _Assets(StaticFiles):
    """The page's scripts and styles, of which a browser asks each time whether they are still the same.

    Scripts name each other, and after an update none of the old may go with the new.
    """

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file, or word that it has not changed."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


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
