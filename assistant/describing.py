"""What an editor corrects of a document's facts: it is kept in the sidecar beside the file, which is then read again."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType

import filelock
import tomlkit

from index.errors import InvalidFact, LibraryBusy, Undescribable, UnknownDocument
from index.library import WRITER_PATIENCE, Library, Progress, Report
from index.load import archive, content_hash
from index.metadata import SIDECAR
from index.store import busy, faults
from index.types import DAYS, Document
from index.validity import AMENDED, EXPIRED, IN_FORCE, REPEALED

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "标题",
        "issuer": "发文机关",
        "number": "发文字号",
        "date": "日期",
        "status": "时效",
        "region": "地区",
        "level": "层级",
        "kind": "文种",
        "published": "公布日期",
        "effective": "施行日期",
        "expires": "有效期至",
    }
)
"""The facts that can be corrected, with what people call them."""
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "status": (IN_FORCE, AMENDED, REPEALED, EXPIRED),
        "level": ("中央", "部委", "省", "市", "县"),
    }
)
"""What those may be that are not free: by any other word no filter would find the document."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def correct(
    library: Library,
    document_id: str,
    facts: Mapping[str, str],
    progress: Progress | None = None,
    seconds: float = 0,
) -> str:
    """The id of the document after its file was read again with ``facts``, days as YYYY-MM-DD, in its sidecar.

    An empty fact leaves the sidecar, and what the file itself tells counts again; facts that are not given stay.
    Meanwhile another may write to the library for so many seconds. Whatever fails, the sidecar is as it was before.

    Raises ``UnknownDocument``, ``InvalidFact``, ``Undescribable``, and what adding a file raises or reports.
    """
    changes = _checked(facts)
    with _alone(library, seconds):
        document = library.document(document_id)
        _check_file(document, library.limits.largest)
        path = Path(document.path)
        sidecar = path.with_name(path.name + SIDECAR)
        before = sidecar.read_bytes() if os.path.isfile(sidecar) else b""
        after = merged(before, changes)
        if after == before:
            return document_id
        with _replaced(sidecar, after, path):
            report = patiently(library, path, progress, seconds)
            if report.failed:
                error = report.failed[0][1]
                raise type(error)(str(error), error.chinese.replace(f"{path.parent}/", ""))
    return (*report.replaced, *report.unchanged, *report.added)[0]


def merged(sidecar: bytes, changes: Mapping[str, str | date | None]) -> bytes:
    """The sidecar with the changes, its other keys and its comments as they were; nothing if nothing is left in it.

    What is ``None`` is taken out.
    """
    known = tomlkit.parse(sidecar.decode("utf-8-sig"))
    for name, value in changes.items():
        if value is not None:
            known[name] = value
        elif name in known:
            del known[name]
    text = tomlkit.dumps(known)
    return text.encode() if text.strip() else b""


def patiently(library: Library, path: Path, progress: Progress | None = None, seconds: float = 0) -> Report:
    """What adding the file came to, when others have written; ``LibraryBusy`` if they do for more than so many seconds.

    ``progress`` is called between two attempts, too, and ends them by what it raises.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return library.add(path, progress=progress)
        except LibraryBusy:
            if time.monotonic() > until:
                raise
            if progress is not None:
                progress(0, 0, "")


def identified(library: Library, which: str) -> str:
    """The id of the document whose id or whose file's path is ``which``. Raises ``UnknownDocument``."""
    path = os.path.realpath(which)
    for one in library.documents():
        if one.id == which or one.path == path:
            return one.id
    raise UnknownDocument(
        f"no document has the id or the path {which!r}; 'policyqa documents' lists those there are",
        f"没有编号或路径为 {which!r} 的文件；可用 policyqa documents 查看全部文件",
    )


def _checked(facts: Mapping[str, str]) -> dict[str, str | date | None]:
    """The facts as the sidecar takes them, ``None`` for those that leave it. Raises ``InvalidFact``."""
    return {name: _value(name, given.strip()) for name, given in facts.items()}


def _value(name: str, given: str) -> str | date | None:
    if name not in FIELDS:
        raise InvalidFact(
            f"{name!r} is no fact that can be corrected; use only {', '.join(FIELDS)}",
            f"不能更正 {name!r}；可以更正的是{'、'.join(FIELDS.values())}",
        )
    label, choices = FIELDS[name], CHOICES.get(name)
    if not given:
        return None
    if choices and given not in choices:
        raise InvalidFact(
            f"{name} cannot be {given!r}; use one of {', '.join(choices)}",
            f"{label}不能是“{given}”；请从{'、'.join(choices)}中选一个",
        )
    if name in DAYS:
        return _day(label, name, given)
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise InvalidFact(
            f"{name} is not valid Unicode; write it as text", f"{label}不是有效的文字；请重新输入"
        ) from error
    return given


def _day(label: str, name: str, given: str) -> date:
    try:
        return date.fromisoformat(given if _DAY.fullmatch(given) else "")
    except ValueError as error:
        raise InvalidFact(
            f"{name} is {given!r}, which is no day; write it as 2021-01-31",
            f"{label}“{given}”不是有效的日期；请写成 2021-01-31 的样子",
        ) from error


def _check_file(document: Document, largest: int) -> None:
    """Raise ``Undescribable`` unless the document's file is there as it was read."""
    path = Path(document.path)
    outer, inside = archive.split(path)
    if inside:
        raise Undescribable(
            f"{path} is in an archive, where nothing can be written; unpack it and add its files, "
            f"or put {path.name}{SIDECAR} into it",
            f"{path.name} 在压缩包 {outer.name} 中，无法更正；请解压后收录其中的文件，"
            f"或在压缩包内它的旁边放入 {path.name}{SIDECAR}",
        )
    if not os.path.exists(path):
        raise Undescribable(
            f"{path} is gone, and only its file can be described; put it back, or add it where it is now",
            f"{path.name} 已不在原处，无法更正；请放回原处，或在新的位置重新收录",
        )
    if content_hash(path, largest) != document.content_hash:
        raise Undescribable(
            f"{path} or its sidecar has changed since it was read; add it again first",
            f"{path.name} 或旁边的 {SIDECAR} 文件在收录后有改动；请先重新收录，再更正",
        )


@contextmanager
def _alone(library: Library, seconds: float) -> Iterator[None]:
    """While nobody else corrects anything in the library: of two corrections of one document none is lost."""
    with faults(library.home):
        lock = filelock.FileLock(library.home / "describing.lock", timeout=max(seconds, WRITER_PATIENCE))
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise busy(library.home) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _replaced(sidecar: Path, content: bytes, file: Path) -> Iterator[None]:
    """The sidecar with other content, as readable as it was, or as ``file``; as it was before, if what follows raises."""
    there = os.path.isfile(sidecar)
    state, before = os.stat(sidecar if there else file), sidecar.read_bytes() if there else b""
    _write(sidecar, content, state.st_mode)
    try:
        yield
    except BaseException:
        _write(sidecar, before, state.st_mode)
        if there:
            os.utime(sidecar, ns=(state.st_atime_ns, state.st_mtime_ns))
        raise


def _write(sidecar: Path, content: bytes, mode: int) -> None:
    """Put the content in the sidecar's place, at once; without any there is no sidecar. Raises ``Undescribable``."""
    held = ""
    try:
        if not content:
            sidecar.unlink(missing_ok=True)
            return
        with NamedTemporaryFile(dir=sidecar.parent, prefix=".", delete=False) as file:
            held = file.name
            file.write(content)
        os.chmod(held, stat.S_IMODE(mode))
        os.replace(held, sidecar)
        held = ""
    except OSError as error:
        raise Undescribable(
            f"{sidecar} cannot be written ({error.strerror}); make its folder writable, or rename the file",
            f"{sidecar.name} 无法写入（{error.strerror}）；请修改文件所在文件夹的权限，或缩短文件名",
        ) from error
    finally:
        if held:
            os.unlink(held)
