"""Files into documents: one loader a format, one normalisation for all of them.

A loader turns a file's bytes into ``Content``, whose text it has normalised with ``index.load.text.normalised``;
``load`` finds the document's facts and makes the ``Document``, whose offsets hold from there on.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from index.errors import EmptyDocument, LoadError, PolicyError, UnknownFormat, UnreadableFile
from index.load import archive
from index.load.convert import converted
from index.load.docx import word
from index.load.epub import book
from index.load.html import saved_webpage, webpage
from index.load.ofd import official
from index.load.package import damaged, opened, protected
from index.load.pdf import pdf
from index.load.reading import Limits as Limits
from index.load.reading import reading
from index.load.slides import presentation
from index.load.sniff import actual
from index.load.spreadsheet import old_workbook, separated, workbook
from index.load.text import markdown, plain
from index.metadata import SIDECAR, facts
from index.types import Content, Document

LIMITS = Limits()
LARGEST = LIMITS.largest

LOADERS: dict[str, Callable[[bytes, Path], Content]] = {
    ".txt": plain,
    ".md": markdown,
    ".markdown": markdown,
    ".html": webpage,
    ".htm": webpage,
    ".mhtml": saved_webpage,
    ".mht": saved_webpage,
    ".docx": word,
    ".doc": converted,
    ".wps": converted,
    ".rtf": converted,
    ".xlsx": workbook,
    ".xls": old_workbook,
    ".csv": separated,
    ".pptx": presentation,
    ".epub": book,
    ".ofd": official,
    ".pdf": pdf,
}
SUFFIXES = (*LOADERS, archive.SUFFIX)

_AKIN = {".htm": ".html", ".mht": ".mhtml", ".wps": ".doc"}
_SOURCE = (".txt", ".md", ".markdown", ".csv")  # what these hold is text, even if it is that of a web page


class Loaded(NamedTuple):
    """A document, and how many tables its loader found in the file."""

    document: Document
    tables: int


def load(path: Path, limits: Limits = LIMITS) -> Document:
    """The document in the file at ``path``, if it is within ``limits``.

    The facts that a sidecar ``<file name>.meta.toml`` gives go before those found in the text. Raises
    UnknownFormat, UnreadableFile or EmptyDocument, and LoadError for a bad sidecar; each names the file.
    """
    return loaded(path, limits).document


def loaded(path: Path, limits: Limits = LIMITS) -> Loaded:
    """What ``load`` gives, with the number of the tables."""
    with reading(limits) as one:
        return Loaded(_document(path, limits.largest), one.tables)


def _document(path: Path, largest: int) -> Document:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and present(path) and not os.path.isdir(path):
        known = " ".join(SUFFIXES)
        raise UnknownFormat(
            f"{path} is of an unknown type; convert it to one of {known}",
            f"{path} 的格式无法识别；请转换为以下格式之一：{known}",
        )
    data, described = _source(path, largest)
    content = _content(data, path, suffix)
    if not content.text.strip():
        raise EmptyDocument(
            f"{path} holds no text; check the file and add it again",
            f"{path} 没有任何文字；请检查文件后重新添加",
        )
    resolved = str(path.resolve())
    return Document(
        id=hashlib.sha256(os.fsencode(resolved)).hexdigest()[:16],
        text=content.text,
        facts=facts(content, path, described),
        path=resolved,
        content_hash=_hash(data, described),
        pages=content.pages,
        notes=content.notes,
    )


def content_hash(path: Path, largest: int = LARGEST) -> str:
    """The ``content_hash`` of the document that ``load`` would make of the file. Raises UnreadableFile."""
    return _hash(*_source(path, largest))


def files(paths: Iterable[Path], expand: Callable[[Path], Iterable[Path]] | None = None) -> tuple[Path, ...]:
    """Every file to load under ``paths``, each once: folders and archives expanded, in the order of the names.

    ``expand`` gives the files in an archive, ``members`` if ``None``. Hidden files, files that an office program
    holds open (~$…) and sidecars are left out. Files of unknown types and paths that do not exist are kept, so that
    ``load`` names what is wrong with each.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _inside(path) if os.path.isdir(path) else (path,):
            is_archive = file.suffix.lower() == archive.SUFFIX and os.path.isfile(file)
            found.update(dict.fromkeys((expand or members)(file) if is_archive else (file,)))
    return tuple(found)


def present(path: Path) -> bool:
    """Whether there is a file at ``path``, on disk or in an archive."""
    return os.path.exists(path) or archive.holds(path)


def members(path: Path) -> Iterable[Path]:
    """The files in the archive at ``path``; itself if it has none, or cannot be opened."""
    try:
        found = [member for member in archive.members(path) if not member.name.endswith(SIDECAR)]
    except (LoadError, OSError):
        return (path,)
    return found or (path,)


def _content(data: bytes, path: Path, suffix: str) -> Content:
    """What the loader for the file's type gets out of it; the bytes tell the type where the name is wrong."""
    if not data:
        return Content("")
    found = actual(data)
    if found == ".encrypted":
        raise protected(path)
    if suffix == archive.SUFFIX and found in ("", suffix):
        opened(data, path).close()
        raise UnreadableFile(
            f"{path} holds no documents that could be added; unpack it and add its files",
            f"{path} 中没有可添加的文件；请解压后添加其中的文件",
        )
    note: tuple[str, ...] = ()
    if found in LOADERS and found != _AKIN.get(suffix, suffix) and suffix not in _SOURCE:
        note = (f"文件扩展名为{suffix}，实际格式为{found}，已按实际格式读取",)
        suffix = found
    loader = LOADERS.get(suffix)
    if loader is None:
        raise damaged(path, f"no {suffix} file")
    try:
        content = loader(data, path)
    except (PolicyError, MemoryError):
        raise
    except Exception as error:
        # The readers of office formats raise whatever a damaged file leads them into (KeyError, AttributeError,
        # struct.error, RecursionError…), and none documents it. One bad file must not end the ingest of the rest.
        raise damaged(path, f"{type(error).__name__}: {error}") from error
    return replace(content, notes=(*note, *content.notes)) if note else content


def _inside(folder: Path) -> Iterable[Path]:
    refused: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: refused.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")) and not name.endswith(SIDECAR):
                yield Path(root, name)
    yield from refused


def _source(path: Path, largest: int) -> tuple[bytes, bytes]:
    """The bytes of the file and of its sidecar, which are none where there is no sidecar."""
    sidecar = path.with_name(path.name + SIDECAR)
    there = os.path.isfile(sidecar) or archive.holds(sidecar)
    return _bytes(path, largest), _bytes(sidecar, largest) if there else b""


def _hash(data: bytes, described: bytes) -> str:
    return hashlib.sha256(data + described).hexdigest()


def too_large(path: Path, largest: int) -> UnreadableFile:
    """The error for a file of more than ``largest`` bytes."""
    return UnreadableFile(
        f"{path} is larger than {largest >> 20} MiB; split it and add the parts",
        f"{path} 超过 {largest >> 20} MB；请拆分后重新添加",
    )


def _bytes(path: Path, largest: int) -> bytes:
    try:
        if archive.split(path)[1]:
            return archive.member(path)
        state = path.stat()
        if state.st_size > largest:
            raise too_large(path, largest)
        if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
            raise UnreadableFile(
                f"{path} is no file but a pipe or a device; name a file",
                f"{path} 不是普通文件（管道或设备）；请指定文件",
            )
        return path.read_bytes()
    except FileNotFoundError:
        english, chinese = "does not exist; check the path", "不存在；请检查路径"
    except IsADirectoryError:
        english, chinese = (
            "is a folder, not a file; name the files in it",
            "是文件夹而不是文件；请指定其中的文件",
        )
    except PermissionError:
        english, chinese = "may not be read; change its permissions", "没有读取权限；请修改文件权限"
    except (OSError, ValueError) as error:
        english, chinese = f"cannot be read ({error}); check the path", f"无法读取（{error}）；请检查路径"
    raise UnreadableFile(f"{path} {english} and add it again", f"{path} {chinese}后重新添加")
