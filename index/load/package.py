"""Zip files, opened within limits: the packages that office formats are, and the archives that hold documents.

What a zip file declares of its sizes is checked before anything is unpacked, and nothing is ever written to disk.
The XML inside is read without entities, without a network and without a document type.
"""

from __future__ import annotations

import io
import lzma
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml import etree

from index.errors import UnreadableFile
from index.load.reading import present

TOTAL = 1 << 30  # bytes in all, unpacked
RATIO = 200  # of a file's unpacked to its packed size; XML of office files stays below 100
SMALL = 16 << 20  # bytes unpacked up to which the ratio does not matter
PART = 256 << 20  # bytes of one XML part

_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_ENCRYPTED = 0x1
_UTF8 = 0x800


def opened(source: bytes | Path, path: Path) -> ZipFile:
    """The zip file in ``source``; it is within the limits. Raises UnreadableFile, naming ``path``, otherwise."""
    try:
        package = ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise damaged(path, str(error)) from error
    infos = package.infolist()
    total = sum(info.file_size for info in infos)
    swollen = any(info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1) for info in infos)
    if len(infos) > present().limits.members or total > TOTAL or swollen:
        raise UnreadableFile(
            f"{path} unpacks to {len(infos)} files and {total} bytes, more than is allowed; "
            "unpack it and add the documents you need",
            f"{path} 解压后有 {len(infos)} 个文件、{total} 字节，超过限制；请解压后只添加需要的文件",
        )
    return package


def read(package: ZipFile, info: ZipInfo, path: Path) -> bytes:
    """The bytes of one file of the package. Raises UnreadableFile if it is encrypted or damaged."""
    if info.flag_bits & _ENCRYPTED:
        raise protected(path)
    try:
        return package.read(info)
    except (BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise damaged(path, str(error)) from error


def name(info: ZipInfo) -> str:
    """The file's name in the package; one that is not marked as UTF-8 is read as UTF-8 or GB18030 if it is that."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def xml(package: ZipFile, part: str, path: Path) -> etree._Element | None:
    """The root of an XML part; ``None`` if the package has no part of that name (its case does not matter)."""
    wanted = part.lstrip("/").lower()
    for info in package.infolist():
        if info.filename.lstrip("/").lower() == wanted:
            return parsed(read(package, info, path), path)
    return None


def parsed(data: bytes, path: Path) -> etree._Element:
    """The root of an XML document. Raises UnreadableFile if it is damaged, too large or has a document type."""
    if len(data) > PART:
        raise damaged(path, f"an XML part of {len(data)} bytes")
    if any(doctype in data for doctype in _DOCTYPES):
        raise UnreadableFile(
            f"{path} holds XML with a document type, which documents never have; open it and save it anew",
            f"{path} 内含带 DOCTYPE 声明的 XML，正常文档不会有；请打开后重新保存",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(path, str(error)) from error


def checked(package: ZipFile, path: Path) -> None:
    """Refuse a package whose XML has a document type, before a library that might follow it reads it."""
    for info in package.infolist():
        if info.filename.lower().endswith((".xml", ".rels", ".vml")):
            data = read(package, info, path)
            if any(doctype in data for doctype in _DOCTYPES):
                parsed(data, path)


def damaged(path: Path, why: str) -> UnreadableFile:
    """The error for a file that is cut short or not what its name says, in one line whatever ``why`` holds."""
    why = " ".join(why.split())
    return UnreadableFile(
        f"{path} is damaged or not of the type that its name says ({why}); get it again and add it again",
        f"{path} 已损坏，或与扩展名不符（{why}）；请重新获取后再添加",
    )


def protected(path: Path) -> UnreadableFile:
    """The error for a file that needs a password."""
    return UnreadableFile(
        f"{path} is protected by a password; save it without one and add it again",
        f"{path} 已加密；请取消密码后重新添加",
    )
