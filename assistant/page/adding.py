"""A file that was sent from the page on its way into the library, told line by line."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from queue import Queue
from threading import Lock, Thread
from typing import Any

from assistant.page.originals import Sent
from index.errors import PolicyError
from index.library import Library, Report

log = logging.getLogger(__name__)


def added(library: Library, sent: Sent, turn: Lock, record: Callable[..., None]) -> Iterator[str]:
    """Lines of JSON: how far the adding has come, and at the end what became of the file.

    A ``stage`` is waiting (for ``turn``, which one file has at a time), adding (with the ``share`` that is done),
    done (see ``_outcome``) or failed (with the ``reason``, in Chinese). It goes on when nobody reads the lines.
    ``record`` is told which documents came of it and of the library's version, even if none came.
    """
    told: Queue[dict[str, Any] | None] = Queue()

    def add() -> None:
        try:
            if turn.locked():
                told.put({"stage": "waiting"})
            with turn, sent.placed() as path:
                report = library.add(
                    path, progress=lambda done, total, _: told.put({"stage": "adding", "share": done / total})
                )
                sent.accepted = bool(report.arrivals or report.unchanged)
                record(documents=[*report.added, *report.replaced], library=library.version)
                told.put(_outcome(library, report, sent))
        except PolicyError as error:
            told.put({"stage": "failed", "reason": _without(error.chinese, sent)})
        except Exception:
            log.exception("%s could not be added", sent.path)
            told.put({"stage": "failed", "reason": "出错了，请重试"})
        finally:
            told.put(None)

    Thread(target=add, daemon=True).start()
    while (line := told.get()) is not None:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _outcome(library: Library, report: Report, sent: Sent) -> dict[str, Any]:
    """What became of the file: documents that arrived, how many of them replaced one, and what could not be read."""
    titles = {one.id: one.title for one in library.documents()}
    arrived = [
        {
            "id": one.id,
            "title": one.title,
            "pages": one.pages,
            "characters": one.characters,
            "notes": one.notes,
            "same_as": [titles[twin] for twin in one.same_as if twin in titles],
        }
        for one in report.arrivals
    ]
    failed = [(path.rpartition("/")[2], _without(error.chinese, sent)) for path, error in report.failed]
    counts = {"replaced": len(report.replaced), "unchanged": len(report.unchanged)}
    return {"stage": "done", "arrived": arrived, "failed": failed, **counts}


def _without(reason: str, sent: Sent) -> str:
    """The reason without the folder in which this machine keeps files."""
    return reason.replace(f"{sent.path.parent}/", "")
