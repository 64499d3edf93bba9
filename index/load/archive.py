"""Archives of documents: the files in a .zip, each a document of its own.

A file in an archive has an address, which is a path like any other: ``a.zip!/内部/文件.docx``; one in an archive
inside it ``a.zip!/b.zip!/c.txt``. Archives are opened two deep. Nothing is unpacked to disk, and a name that
points out of its archive (``../x``, ``/etc/x``) loses the parts that do.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from index.errors import LoadError, UnreadableFile
from index.load.package import name, opened, read

SUFFIX = ".zip"
MARK = "!"  # ends the name of an archive in an address
_PACKAGES = {"[Content_Types].xml", "OFD.xml", "META-INF/container.xml"}  # one of these: the zip is a document
INNER = 64 << 20  # bytes of an archive inside another


def members(path: Path) -> Iterator[Path]:
    """The addresses of the files in the archive at ``path`` in their order, those of archives inside it included.

    Hidden files and those that an office program holds open (~$…) are left out. An archive inside that cannot be
    opened stands as itself, and so does a document that is a zip file. Raises UnreadableFile if the one at
    ``path`` cannot be.
    """
    yield from _addresses(path, path, inside=False)


def _addresses(path: Path, source: bytes | Path, *, inside: bool) -> Iterator[Path]:
    with opened(source, path) as archive:
        if not _PACKAGES.isdisjoint(archive.namelist()):
            yield path
            return
        for inner, info in _files(archive).items():
            address = path.with_name(path.name + MARK) / inner
            if address.suffix.lower() == SUFFIX and not inside:
                try:
                    yield from list(_addresses(address, _bounded(archive, info, address), inside=True))
                    continue
                except LoadError:
                    pass
            yield address


def split(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The file on disk that an address leads through, and the names inside, outermost first; none for a plain path.

    A folder or file whose own name ends in "!" is no archive.
    """
    parts = path.parts
    marks = [at for at, part in enumerate(parts[:-1]) if part.lower().endswith(SUFFIX + MARK)]
    marks = [at for at in marks if not Path(*parts[: at + 1]).exists()]
    if not marks:
        return path, ()
    ends = [*marks[1:], len(parts) - 1]
    names = ["/".join(parts[begin + 1 : end + 1]) for begin, end in zip(marks, ends, strict=True)]
    inner = [each[: -len(MARK)] if at < len(names) - 1 else each for at, each in enumerate(names)]
    return Path(*parts[: marks[0]], parts[marks[0]][: -len(MARK)]), tuple(inner)


def member(path: Path) -> bytes:
    """The bytes of the file at an address. Raises UnreadableFile if the archive has none, or cannot be opened."""
    outer, names = split(path)
    try:
        stat = outer.stat()
    except OSError as error:
        raise _absent(path) from error
    if len(names) == 2:
        return _member(_archive(outer, stat.st_mtime_ns, names[0]), names[1], path)
    return _member(outer, names[0], path)


def holds(path: Path) -> bool:
    """Whether ``path`` is the address of a file that its archive has."""
    if not split(path)[1]:
        return False
    try:
        member(path)
    except (LoadError, OSError):
        return False
    return True


@lru_cache(maxsize=1)
def _archive(outer: Path, changed: int, inner: str) -> bytes:
    """The archive inside another; kept, since its members are asked for one after the other."""
    return _member(outer, inner, outer)


def _member(source: bytes | Path, inner: str, path: Path) -> bytes:
    with opened(source, path) as archive:
        info = _files(archive).get(inner)
        if info is None:
            raise _absent(path)
        return _bounded(archive, info, path)


def _bounded(archive: ZipFile, info: ZipInfo, path: Path) -> bytes:
    if info.filename.lower().endswith(SUFFIX) and info.file_size > INNER:
        raise UnreadableFile(
            f"{path} is an archive of {info.file_size} bytes inside another; unpack it and add its files",
            f"{path} 是压缩包内的大压缩包（{info.file_size} 字节）；请解压后添加其中的文件",
        )
    return read(archive, info, path)


def _files(archive: ZipFile) -> dict[str, ZipInfo]:
    """The files to load by their names, made safe; of two of one name the first."""
    found: dict[str, ZipInfo] = {}
    for info in archive.infolist():
        parts = PurePosixPath(name(info).replace("\\", "/").replace("\0", "")).parts
        safe = [part for part in parts if part not in ("..", ".") and not part.endswith((":", "/"))]
        hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in safe)
        if safe and not hidden and not info.is_dir():
            found.setdefault("/".join(safe), info)
    return found


def _absent(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path} is in no archive; check the path and add it again",
        f"{path} 不在压缩包中；请检查路径后重新添加",
    )
