"""Routes that list, read, add, correct and remove documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse

from assistant.api import problems
from assistant.api.models import Added, ArrivalBody, Correction, Day, DocumentBody, Documents, Text, Unread
from assistant.api.shared import Editor, Parts, Reader, Shared
from assistant.describing import correct, patiently
from assistant.page import originals
from assistant.page.visitors import asker
from assistant.service import Asker
from index.errors import LoadError
from index.ingest import Progress, Report
from index.load import archive
from index.search import passing
from index.types import Document, Filters

PIECE = 1 << 20
"""Bytes that are read of an upload at a time."""
router = APIRouter()
ABSENT = problems.described({404: "没有这份文件"})


@router.get("/api/documents", summary="列出文件", description="按标题排列；`total` 是符合条件的总数。")
async def documents(
    parts: Parts,
    user: Reader,
    title: Annotated[Text, Query(description="标题，包含即可")] = "",
    issuer: Annotated[Text, Query(description="发文机关，包含即可")] = "",
    number: Annotated[Text, Query(description="发文字号")] = "",
    region: Annotated[Text, Query(description="地区，含其下级")] = "",
    status: Annotated[Text, Query(description="时效")] = "",
    level: Annotated[Text, Query(description="发文层级")] = "",
    kind: Annotated[Text, Query(description="文种")] = "",
    since: Annotated[Day, Query(description="此日及以后")] = "",
    until: Annotated[Day, Query(description="此日及以前")] = "",
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Documents:
    """The documents that match, by title."""
    filters = Filters(
        *(issuer, number, region, status, since, until),
        level=level,
        kind=kind,
    )
    return await parts.reading.run(_listed, parts, title, filters, offset, limit)


def _listed(parts: Shared, title: str, filters: Filters, offset: int, limit: int) -> Documents:
    every = parts.assistant.library.documents()
    through = passing(filters, every)
    found = [one for one, passes in zip(every, through, strict=True) if passes and title in one.title]
    return Documents(total=len(found), documents=[DocumentBody.of(one) for one in found[offset : offset + limit]])


@router.get(
    "/api/documents/{document_id}",
    summary="一份文件的信息",
    responses=ABSENT,
    description="标题、发文机关、日期、时效等。",
)
async def document(document_id: str, parts: Parts, user: Reader) -> DocumentBody:
    """One document's facts."""
    return await parts.reading.run(_summary, parts, document_id)


def _summary(parts: Shared, document_id: str) -> DocumentBody:
    library = parts.assistant.library
    for one in library.documents():
        if one.id == document_id:
            return DocumentBody.of(one)
    library.document(document_id)  # raises UnknownDocument
    raise HTTPException(404)


@router.get(
    "/api/documents/{document_id}/text",
    summary="一份文件的全文或其中一段",
    response_class=PlainTextResponse,
    responses=ABSENT,
    description="引文的 `start`、`end` 即此文本中的位置。",
)
async def text(
    document_id: str,
    parts: Parts,
    user: Reader,
    start: Annotated[int, Query(ge=0, description="起始位置（字）")] = 0,
    end: Annotated[int | None, Query(ge=0, description="结束位置（字），不含；缺省为文末")] = None,
) -> PlainTextResponse:
    """A document's text, or a part of it."""
    found = await parts.reading.run(parts.assistant.library.document, document_id)
    return PlainTextResponse(found.text[start:end])


@router.get(
    "/api/documents/{document_id}/original",
    summary="下载原文件",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **ABSENT,
        **problems.described({410: "原文件已不在原处"}),
    },
    description="收录时所读的文件；已被移走或改动的，全文仍可由 /text 得到。",
)
async def original(document_id: str, parts: Parts, user: Reader) -> Response:
    """The file that a document was read from."""
    found = await parts.reading.run(parts.assistant.library.document, document_id)
    return await parts.reading.run(_original, found)


def _original(found: Document) -> Response:
    path = Path(found.path)
    kind = "application/octet-stream"
    try:
        if originals.state(found) != "there":
            raise HTTPException(410, "原文件已被移走或改动；全文仍可由 /text 得到")
        if not archive.split(path)[1]:
            return FileResponse(path, media_type=kind, filename=path.name)
        name = f"attachment; filename*=utf-8''{quote(path.name)}"
        return Response(originals.content(found), media_type=kind, headers={"Content-Disposition": name})
    except (OSError, LoadError) as error:
        raise HTTPException(410, "原文件已无法读取；全文仍可由 /text 得到") from error


@router.post(
    "/api/documents",
    summary="收录文件",
    responses=problems.described({422: "没有一个文件能够收录"}),
    description="以 multipart/form-data 上传；读取每个文件的时间与内存都有限度。能读的都收录，不能读的列在 `failed` 中。",
)
async def add(
    files: Annotated[list[UploadFile], File(description="一个或多个文件；同名的替换以前上传的")],
    parts: Parts,
    user: Editor,
    request: Request,
) -> Added:
    """Add files to the library."""
    home = parts.assistant.library.home
    upload = Upload()
    try:
        for file in files:
            try:
                upload.sent.append(
                    (file.filename or "", await originals.receive(home, file.filename or "", _pieces(file)))
                )
            except LoadError as error:
                upload.failed.append(Unread(name=file.filename or "", detail=error.chinese))
        added = await parts.adding.run(_added, parts, upload, asker(request, "api"))
    finally:
        if not upload.begun:
            upload.discard()
    if added.failed and not (added.added or added.replaced or added.unchanged):
        raise HTTPException(422, "；".join(f"{each.name}：{each.detail}" for each in added.failed))
    return added


@dataclass(slots=True)
class Upload:
    """The files of one request by the names under which they were sent, and those that cannot be read."""

    sent: list[tuple[str, originals.Sent]] = field(default_factory=list)
    failed: list[Unread] = field(default_factory=list)
    begun: bool = False

    def discard(self) -> None:
        """Delete what has not found its place."""
        for _, each in self.sent:
            each.held.unlink(missing_ok=True)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


def _added(parts: Shared, upload: Upload, who: Asker) -> Added:
    """Add the files one by one, so that each replaces one of its name only if it can be read."""
    upload.begun = True
    try:
        reports = [_report(parts, name, each, upload.failed) for name, each in upload.sent]
    finally:
        upload.discard()
    report = Added(
        added=[id_ for report in reports for id_ in report.added],
        replaced=[id_ for report in reports for id_ in report.replaced],
        unchanged=[id_ for report in reports for id_ in report.unchanged],
        arrivals=[ArrivalBody.of(each) for report in reports for each in report.arrivals],
        failed=upload.failed,
    )
    names = [name for name, _ in upload.sent]
    library = parts.assistant.library.version
    parts.record("add", who, documents=[*report.added, *report.replaced], files=names, library=library)
    return report


def _report(parts: Shared, name: str, sent: originals.Sent, failed: list[Unread]) -> Report:
    """What became of one file; while somebody else writes to the library, this waits."""
    with sent.placed() as path:
        report = patiently(parts.assistant.library, path, _open(parts), parts.adding.seconds)
        sent.accepted = bool(report.arrivals or report.unchanged)
    folder = f"{sent.path.parent}/"
    failed += [Unread(name=name, detail=error.chinese.replace(folder, "")) for _, error in report.failed]
    return report


def _open(parts: Shared) -> Progress:
    """What is told of the progress of a change, and ends it when the server closes."""

    def going_on(done: float, total: int, path: str) -> None:
        if parts.adding.closed.is_set():
            raise HTTPException(503, "服务器正在关闭", headers={"Retry-After": "5"})

    return going_on


@router.patch(
    "/api/documents/{document_id}",
    summary="更正文件的信息",
    responses={
        **ABSENT,
        **problems.described({409: "无法更正：原文件已被移走或改动，在压缩包中，或所在的文件夹不可写"}),
    },
    description="只改所给的各项；给空文字的，恢复为从文件中读出的内容。更正写入原文件旁的 `文件名.meta.toml`，"
    "随即重新读取文件；以后同名的文件重新收录时仍然有效。",
)
async def describe(
    document_id: str, correction: Correction, parts: Parts, user: Editor, request: Request
) -> DocumentBody:
    """Correct a document's facts."""
    who = asker(request, "api")
    return await parts.adding.run(_described, parts, document_id, correction.given(), who)


def _described(parts: Shared, document_id: str, facts: dict[str, str], who: Asker) -> DocumentBody:
    library = parts.assistant.library
    id_ = correct(library, document_id, facts, _open(parts), parts.adding.seconds)
    parts.record("describe", who, documents=[id_], facts=facts, library=library.version)
    return _summary(parts, id_)


@router.delete(
    "/api/documents/{document_id}",
    summary="移除文件",
    status_code=204,
    responses=ABSENT,
    description="从文档库移除，此后不再检索、引用；上传得来的文件一并删除。",
)
async def remove(document_id: str, parts: Parts, user: Editor, request: Request) -> None:
    """Remove a document."""
    await parts.adding.run(_removed, parts, document_id, asker(request, "api"))


def _removed(parts: Shared, document_id: str, who: Asker) -> None:
    library = parts.assistant.library
    found = library.document(document_id)
    library.remove(document_id)
    originals.discard(library.home, found.path, frozenset(one.path for one in library.documents()))
    parts.record("remove", who, documents=[document_id], title=found.title, library=library.version)
