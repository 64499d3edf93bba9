"""Books (.epub): the pages of the book, in the order of its spine."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from index.load.html import characters, every_line
from index.load.numbering import local
from index.load.package import damaged, opened, read, xml
from index.load.text import normalised
from index.types import Content, Facts


def book(data: bytes, path: Path) -> Content:
    """The text of a book, and its title. Raises UnreadableFile, naming ``path``, if it is damaged."""
    with opened(data, path) as package:
        container = xml(package, "META-INF/container.xml", path)
        name = next((str(node.get("full-path", "")) for node in _named(container, "rootfile")), "")
        root = xml(package, name, path)
        if root is None:
            raise damaged(path, "no package document inside")
        items = {str(node.get("id")): str(node.get("href", "")) for node in _named(root, "item")}
        text: list[str] = []
        for reference in _named(root, "itemref"):
            href = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), unquote(items.get(str(reference.get("idref")), "")))
            )
            text += _page(package, href.partition("#")[0], path)
        title = next((" ".join((node.text or "").split()) for node in _named(root, "title")), "")
    return Content(normalised("\n".join(text)), Facts(title=normalised(title)))


def _page(package: ZipFile, name: str, path: Path) -> list[str]:
    """The lines of one page of the book; none if the book lacks it."""
    try:
        info = package.getinfo(name)
    except KeyError:
        return []
    return every_line(characters(read(package, info, path), path), path)


def _named(root: etree._Element | None, name: str) -> list[etree._Element]:
    return [node for node in root.iter() if local(node) == name] if root is not None else []
