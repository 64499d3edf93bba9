"""Plain text and Markdown: bytes in any of the encodings that Chinese offices use, to characters."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import UnreadableFile
from index.types import Content

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 20_000  # characters that are looked at to tell encodings apart
PLAUSIBLE = 0.3  # the score below which no reading of the bytes is taken for text
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
CONTROLS = 0.05  # the share of control characters above which a file is binary


def plain(data: bytes, path: Path) -> Content:
    """A text file, in any of the encodings that ``decoded`` knows."""
    return Content(normalised(decoded(data, path)))


def decoded(data: bytes, path: Path) -> str:
    """The characters of a text file; UTF-8, GB18030 and UTF-16 (both orders) are told apart by their content.

    Raises UnreadableFile, naming ``path``, if the bytes are no text in any of them.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            text = _decoded(data[len(bom) :], encoding)
            return _checked(text, path)
    text = _decoded(data, "utf-8")
    if text is not None and _controls(text) <= CONTROLS:
        return text
    readings = [_decoded(data, encoding) for encoding in ("gb18030", "utf-16-le", "utf-16-be")]
    best = max((reading for reading in readings if reading), key=plausibility, default=None)
    if best is not None and plausibility(best) < PLAUSIBLE:
        best = None
    return _checked(best, path)


def markdown(data: bytes, path: Path) -> Content:
    """The Markdown source without its comments; a line that held nothing else goes with its comment."""
    text = decoded(data, path)
    pieces: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        pieces.append(text[position:start])
        position = end + 3
        alone = text[text.rfind("\n", 0, start) + 1 : start].strip() == ""
        if alone and text[position : position + 1] == "\n":
            position += 1
    return Content(normalised("".join((*pieces, text[position:]))))


def normalised(text: str) -> str:
    r"""The text with every line end as \n and without control characters, byte order marks and lone surrogates.

    Tabs stay, and so does everything else: full-width letters, spaces, variants.
    """
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plausibility(text: str) -> float:
    """How much ``text`` looks like Chinese or English, from -1 to 1: the mean over its first characters.

    The 3,755 common characters of GB 2312 and Chinese punctuation count 1, other Chinese characters 0, ASCII
    letters, digits and white space 0.3, everything else -1. Bytes read in a wrong encoding come out below 0.2.
    """
    sample = text[:SAMPLE]
    return sum(map(_weight, sample)) / len(sample) if sample else 0.0


def _weight(character: str) -> float:
    if character.isascii():
        return 0.3 if character.isalnum() or character in " \t\r\n" else 0.0 if character.isprintable() else -1.0
    try:
        pair = character.encode("gb2312")
    except UnicodeEncodeError:
        return 0.0 if "\u4e00" <= character <= "\u9fff" else -1.0
    if 0xB0 <= pair[0] <= 0xD7 or character in "，。、；：！？“”‘’（）《》〈〉【】〔〕…—　·％":
        return 1.0
    return 0.0


def _controls(text: str) -> float:
    """The share of control characters in the first of the text."""
    sample = text[:SAMPLE]
    return sum(character < " " and character not in "\t\n\r\f" for character in sample) / max(len(sample), 1)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _checked(text: str | None, path: Path) -> str:
    if text is not None and _controls(text) <= CONTROLS:
        return text
    raise UnreadableFile(
        f"{path} is not text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text and add it again",
        f"{path} 不是 UTF-8、GB18030 或 UTF-16 编码的文本；请另存为 UTF-8 文本后重新添加",
    )
