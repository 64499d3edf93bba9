"""Files into documents: one loader a format, one normalisation for all of them.

A loader turns a file's bytes into ``Content``, whose text it has normalised with ``index.load.text.normalised``;
``load`` finds the document's facts and makes the ``Document``, whose offsets hold from there on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from index.errors import EmptyDocument, UnknownFormat, UnreadableFile
from index.load.text import markdown, plain
from index.metadata import SIDECAR, facts
from index.types import Content, Document

LOADERS: dict[str, Callable[[bytes, Path], Content]] = {".txt": plain, ".md": markdown, ".markdown": markdown}
SUFFIXES = tuple(LOADERS)


def load(path: Path) -> Document:
    """The document in the file at ``path``.

    The facts that a sidecar ``<file name>.meta.toml`` gives go before those found in the text. Raises
    UnknownFormat, UnreadableFile or EmptyDocument, and LoadError for a bad sidecar; each names the file.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None and not os.path.isdir(path):
        known = " ".join(SUFFIXES)
        raise UnknownFormat(
            f"{path} is of an unknown type; convert it to one of {known}",
            f"{path} 的格式无法识别；请转换为以下格式之一：{known}",
        )
    data = _bytes(path)
    sidecar = path.with_name(path.name + SIDECAR)
    described = _bytes(sidecar) if os.path.isfile(sidecar) else b""
    content = loader(data, path) if loader else Content("")
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
        content_hash=hashlib.sha256(data + described).hexdigest(),
        pages=content.pages,
        notes=content.notes,
    )


def files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Every file to load under ``paths``, each once: folders expanded, their files in the order of their names.

    Hidden files, files that an office program holds open (~$…) and sidecars are left out. Files of unknown
    types and paths that do not exist are kept, so that ``load`` names what is wrong with each.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if os.path.isdir(path):
            found.update(dict.fromkeys(_inside(path)))
        else:
            found[path] = None
    return tuple(found)


def _inside(folder: Path) -> Iterable[Path]:
    refused: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: refused.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")) and not name.endswith(SIDECAR):
                yield Path(root, name)
    yield from refused


def _bytes(path: Path) -> bytes:
    try:
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
