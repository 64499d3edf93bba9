"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import io
import re
from zipfile import BadZipFile, ZipFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta)\b", re.I | re.S
)
_SAVED = re.compile(rb"(?:MIME-Version:|From: <?Saved by|Content-Type: multipart/related)", re.I)
_PARTS = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}


def actual(data: bytes) -> str:
    """The suffix of the type that the bytes plainly are (.pdf, .docx, .doc, .html…); empty if they tell nothing.

    A file that is protected by a password in the way of Office is ".encrypted".
    """
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    opening = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if _SAVED.match(opening.lstrip()):
        return ".mhtml"
    return ".html" if _PAGE.match(opening) else ""


def _package(data: bytes) -> str:
    try:
        with ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if any(name.lower().endswith("ofd.xml") and name.count("/") < 2 for name in names):
        return ".ofd"
    if "META-INF/container.xml" in names:
        return ".epub"
    if "[Content_Types].xml" in names:
        for start, suffix in _PARTS.items():
            if any(name.startswith(start) for name in names):
                return suffix
    return ".zip"


def _compound(data: bytes) -> str:
    """What an OLE file holds, by the names of its streams, which stand in it in UTF-16."""
    streams = {
        "EncryptedPackage": ".encrypted",
        "WordDocument": ".doc",
        "Workbook": ".xls",
        "PowerPoint Document": ".ppt",
    }
    for stream, suffix in streams.items():
        if stream.encode("utf-16-le") in data:
            return suffix
    return ".xls" if b"B\0o\0o\0k\0\0\0" in data else ""
