"""What the page asks for beside the chat: documents to read, files to add, conversations, feedback.

These routes are the page's own and not an interface for programs. The gate before them knows whose request it is and
lets no other site's page in. A refusal is a status and a Chinese line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from secrets import token_hex
from threading import Lock
from typing import Annotated, Any
from urllib.parse import quote as quoted

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from assistant.describing import correct
from assistant.page import originals
from assistant.page.adding import added
from assistant.page.keeping import Keeping
from assistant.page.offering import Offering
from assistant.page.picture import picture
from assistant.page.reading import Reading
from assistant.page.visitors import asker, owner, remember, visitor
from assistant.records.accounts import EVERYBODY, Role, User
from assistant.render import quotation
from index.errors import (
    LibraryBusy,
    LoadError,
    PolicyError,
    StorageBusy,
    Undescribable,
    UnknownConversation,
    UnknownDocument,
)
from index.library import Library
from index.search import passing
from index.store import Summary
from index.types import Facts, Filters, Span

OPEN = 4
"""Documents that are kept ready to be read on."""
QUOTED = 2000
"""Characters of a quote that are looked for on a page."""
PATIENCE = 60
"""Seconds that a correction waits for others who write to the library."""

_STATUS = {
    **dict.fromkeys((UnknownDocument, UnknownConversation), 404),
    **dict.fromkeys((LibraryBusy, StorageBusy, Undescribable), 409),
}
_REMOVED = "这份文件已从文件库中移除"
_KINDS = {"md": "text/markdown", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


class Renamed(BaseModel):
    """A conversation's new title."""

    title: str = Field(min_length=1, max_length=100)


class Correction(BaseModel):
    """The facts of a document that are to be corrected; an empty one is read from the file again."""

    facts: dict[str, Annotated[str, Field(max_length=1000)]]


class Verdict(BaseModel):
    """What somebody thinks of an answer: the conversation, the place of the exchange in it, and why."""

    conversation: str = Field(max_length=64)
    exchange: int = Field(ge=0)
    good: bool
    reason: str = Field(default="", max_length=2000)


class Behind:
    """What stands behind the routes; files are added one at a time, in ``turn``.

    ``record`` puts an event, who caused it and its facts into the audit log, if there is one. ``run`` is another after
    each start of the server.
    """

    def __init__(
        self, library: Library, keeping: Keeping, offering: Offering, record: Callable[..., None]
    ) -> None:
        self.library = library
        self.keeping = keeping
        self.offering = offering
        self.record = record
        self.turn = Lock()
        self.run = token_hex(4)
        # A cached method would keep every library that there ever was.
        self._opened = lru_cache(maxsize=OPEN)(self._open)

    def reading(self, document_id: str) -> Reading:
        """The document of that id, ready to be read. Raises ``UnknownDocument``."""
        return self._opened(document_id, self.library.version)

    def _open(self, document_id: str, version: int) -> Reading:
        return Reading(self.library.document(document_id), self.library.sections(document_id))


def routes(library: Library, keeping: Keeping, offering: Offering, record: Callable[..., None]) -> FastAPI:
    """The routes as an application, to be mounted where the page's scripts look for them.

    ``record`` is told of every change of the library, as ``Shared.record`` of the API is.
    """
    app = FastAPI(openapi_url=None)
    app.state.behind = Behind(library, keeping, offering, record)
    app.include_router(router)
    app.add_exception_handler(PolicyError, _refused)
    app.add_exception_handler(HTTPException, _declined)
    return app


def _behind(request: Request) -> Behind:
    found: Behind = request.app.state.behind
    return found


def _visitor(request: Request) -> User:
    user = visitor(request)
    if user is None:
        raise HTTPException(401, "请先登录")
    return user


Visitor = Annotated[User, Depends(_visitor)]


def _editor(user: Visitor) -> User:
    if not user.role.covers(Role.EDITOR):
        raise HTTPException(403, "没有权限；请联系管理员")
    return user


def _owner(request: Request, user: Visitor) -> str:
    return owner(request)


def _opened(document_id: str, request: Request, user: Visitor) -> Reading:
    return _behind(request).reading(document_id)


Editor = Annotated[User, Depends(_editor)]
Owner = Annotated[str, Depends(_owner)]
Opened = Annotated[Reading, Depends(_opened)]
There = Annotated[Behind, Depends(_behind)]

router = APIRouter()


@router.get("/me")
def me(request: Request, response: Response, there: There, user: Visitor) -> dict[str, Any]:
    """Who is at the page, what they may do, and which start of the server answers."""
    remember(request, response)
    return {
        "name": user.name,
        "known": user != EVERYBODY,
        "editor": user.role.covers(Role.EDITOR),
        "documents": len(there.library.documents()),
        "run": there.run,
    }


@router.get("/examples")
def examples(there: There, user: Visitor) -> dict[str, Any]:
    """Whether the example questions are found; as long as they are not, they are looked for."""
    return {"ready": there.offering.questions() is not None}


@router.get("/documents")
def documents(there: There, user: Visitor) -> list[dict[str, Any]]:
    """The table of documents."""
    return [_row(summary) for summary in there.library.documents()]


@router.post("/passing")
def passes(there: There, user: Visitor, filters: Filters) -> dict[str, Any]:
    """How many documents filters let through."""
    return {"count": int(passing(filters, there.library.documents()).sum())}


@router.get("/document/{document_id}")
def document(opened: Opened, start: int = 0, end: int = 0) -> dict[str, Any]:
    """What is known of a document, and of the quote from ``start`` to ``end`` in it."""
    found, span = opened.document, _span(opened, start, end)
    place, words = opened.place(span), span.of(found.text)
    return {
        **_facts(found.facts),
        "id": found.id,
        "file": _file(opened),
        "notes": found.notes,
        "pages": len(found.pages),
        "pictures": found.path.lower().endswith(".pdf"),
        "original": originals.state(found),
        "characters": len(found.text),
        "start": span.start,
        "end": span.end,
        "heading": place.heading,
        "article": place.article,
        "page": place.page,
        "quotation": quotation(found.facts, place.article, words) if words.strip() else "",
    }


@router.get("/document/{document_id}/quote")
def quote(opened: Opened, start: int, end: int) -> dict[str, Any]:
    """A quote with the words around it, and where it stands in which document."""
    span = _span(opened, start, end)
    place = opened.place(span)
    return {
        **_facts(opened.document.facts),
        **opened.context(span)._asdict(),
        "heading": place.heading,
        "page": place.page,
    }


@router.get("/document/{document_id}/outline")
def outline(opened: Opened) -> list[Any]:
    """The heads of a document: offset, depth and text of each."""
    return list(opened.outline())


@router.get("/document/{document_id}/text")
def text(opened: Opened, start: int = 0, end: int = 0, around: bool = False) -> dict[str, Any]:
    """Some lines of a document: those from ``start`` to ``end``, or those ``around`` them."""
    window = opened.around(_span(opened, start, end)) if around else opened.window(start, end)
    return {"start": window.start, "end": window.end, "lines": opened.lines(window)}


@router.get("/document/{document_id}/find")
def find(opened: Opened, words: str) -> dict[str, Any]:
    """Where words stand in a document."""
    count, spans = opened.matches(words)
    return {"count": count, "spans": [(span.start, span.end) for span in spans]}


@router.get("/document/{document_id}/page/{number}")
def page(opened: Opened, number: int, start: int = 0, end: int = 0) -> Response:
    """The picture of a page, with the quote marked on it; the header ``Mark`` says how far down, as a share."""
    words = _span(opened, start, end).of(opened.document.text)
    shown = picture(_content(opened), number, words[:QUOTED])
    headers = {} if shown.mark is None else {"Mark": f"{shown.mark:.3f}"}
    return Response(shown.png, media_type="image/png", headers=headers)


@router.get("/document/{document_id}/original")
def original(opened: Opened) -> Response:
    """The file that the document was made of."""
    return _attachment(_content(opened), _file(opened), "application/octet-stream")


@router.delete("/document/{document_id}")
def remove(document_id: str, request: Request, there: There, user: Editor) -> None:
    """Take a document out of the library, and its file away if it came through the page."""
    library = there.library
    found = library.document(document_id)
    library.remove(document_id)
    originals.discard(library.home, found.path, frozenset(one.path for one in library.documents()))
    who = asker(request, "page")
    there.record("remove", who, documents=[document_id], title=found.title, library=library.version)


@router.patch("/document/{document_id}")
def describe(
    document_id: str, correction: Correction, request: Request, there: There, user: Editor
) -> dict[str, Any]:
    """Correct what is known of a document; what is known of it then."""
    library, facts = there.library, correction.facts
    id_ = correct(library, document_id, facts, seconds=PATIENCE)
    there.record("describe", asker(request, "page"), documents=[id_], facts=facts, library=library.version)
    return {**_facts(library.document(id_).facts), "id": id_}


@router.put("/upload/{name}")
async def upload(name: str, request: Request, there: There, user: Editor) -> Response:
    """Add the file that is the request's body; lines of JSON tell how it goes."""
    sent = await originals.receive(there.library.home, name, request.stream())
    record = partial(there.record, "add", asker(request, "page"), files=[name])
    return StreamingResponse(added(there.library, sent, there.turn, record), media_type="application/x-ndjson")


@router.get("/conversations")
def conversations(there: There, kept_by: Owner, matching: str = "") -> list[dict[str, Any]]:
    """The visitor's conversations."""
    return [
        {"id": one.id, "title": one.title, "changed": one.changed.isoformat(), "turns": one.turns}
        for one in there.keeping.heads(kept_by, matching[:100])
    ]


@router.patch("/conversation/{conversation}")
def rename(conversation: str, there: There, kept_by: Owner, renamed: Renamed) -> None:
    """Give a conversation another title."""
    there.keeping.conversations.rename(kept_by, conversation, renamed.title)


@router.delete("/conversation/{conversation}")
def delete(conversation: str, there: There, kept_by: Owner) -> None:
    """Delete a conversation for good."""
    there.keeping.conversations.delete(kept_by, conversation)


@router.get("/conversation/{conversation}/export/{kind}")
def export(conversation: str, kind: str, there: There, kept_by: Owner) -> Response:
    """A conversation as a file."""
    if kind not in _KINDS:
        raise HTTPException(404, "没有这种格式")
    title, data = there.keeping.exported(kept_by, conversation, kind)
    return _attachment(data, f"{title}.{kind}", _KINDS[kind])


@router.get("/conversation/{conversation}/opinions")
def opinions(conversation: str, there: There, kept_by: Owner) -> list[dict[str, Any]]:
    """What the visitor thinks of the answers of a conversation."""
    found = there.keeping.opinions(kept_by, conversation)
    return [{"exchange": place, "good": one.good, "reason": one.reason} for place, one in found.items()]


@router.delete("/conversation/{conversation}/opinion/{exchange}")
def unjudge(conversation: str, exchange: int, there: There, kept_by: Owner) -> None:
    """Take an opinion back."""
    there.keeping.unjudged(kept_by, conversation, exchange)


@router.post("/feedback")
def feedback(there: There, kept_by: Owner, verdict: Verdict) -> None:
    """Store what the visitor thinks of an answer."""
    there.keeping.judged(kept_by, verdict.conversation, verdict.exchange, verdict.good, verdict.reason)


def _content(opened: Reading) -> bytes:
    try:
        return originals.content(opened.document)
    except (OSError, LoadError) as error:
        raise HTTPException(404, "原文件已不在原处") from error


def _file(opened: Reading) -> str:
    return opened.document.path.rpartition("/")[2]


def _row(summary: Summary) -> dict[str, Any]:
    return {**_facts(summary.facts), "id": summary.id, "pages": summary.pages, "characters": summary.characters}


def _facts(facts: Facts) -> dict[str, Any]:
    days = {
        name: day.isoformat() if (day := getattr(facts, name)) else ""
        for name in ("date", "published", "effective", "expires")
    }
    words = ("title", "issuer", "number", "status", "region", "level", "kind", "replaced_by")
    return {**{name: getattr(facts, name) for name in words}, **days}


def _span(opened: Reading, start: int, end: int) -> Span:
    """The span as far as it lies in the document."""
    longest = len(opened.document.text)
    begin = max(0, min(start, longest))
    return Span(begin, max(begin, min(end, longest)))


def _attachment(data: bytes, name: str, kind: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quoted(name, safe='')}"
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition})


def _refused(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    # What the error itself advises is a command.
    gone = isinstance(error, UnknownDocument)
    return JSONResponse({"error": _REMOVED if gone else getattr(error, "chinese", "")}, status)


def _declined(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": getattr(error, "detail", "")}, getattr(error, "status_code", 500))
