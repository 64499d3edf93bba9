"""Character recognition: the text of a picture, by the models that come inside the package rapidocr."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from index.errors import MissingExtra
from index.load.grid import Rule
from index.load.layout import Block, Glyph, blocks
from index.load.paging import Page, paged

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

# Tuned on pages of three scanned standards, Nov 2026, for the processor's time at the same error rate: 3 s a page; 6 s
# with lines looked for at full size and short ones padded to 320 pixels, 7 s or more with two threads, which wait busily.
THREADS = 1  # of a process; files are read in two
LONGEST = 1280  # pixels of the longer side of what lines are looked for in; they are read at full size
NARROWEST = 160  # pixels to which a shorter line, 48 high, is padded
SURE = 0.5  # the mean certainty below which a line is no text
TRADITIONAL = 0.03  # the share of traditional characters below which a page is written in simplified ones
RULE = 0.025  # of the picture's longer side: the shortest stroke that is taken for a rule of a table

_ROMAN = "ⅠⅡⅢⅣⅤ"
_SURE_NUMERALS = {"Ⅱ": 2, "II": 2, "Ⅲ": 3, "III": 3, "Ⅳ": 4, "IV": 4, "N": 4, "Ⅴ": 5, "V": 5}
_CLASS = re.compile(r"([1IlⅠⅡⅢⅣⅤNVM【\[|]{1,3})\s?([类级])")


def read(image: Image | np.ndarray[Any, Any]) -> str:
    """The text of the picture in reading order, a paragraph or a table row a line; empty for a picture without any.

    Raises MissingExtra where rapidocr is not installed.
    """
    glyphs, rules = page(image)
    upwards = [glyph._replace(bottom=-glyph.bottom, top=-glyph.top) for glyph in glyphs]
    turned = [rule._replace(bottom=-rule.bottom, top=-rule.top) for rule in rules]
    found = blocks(upwards, turned)
    return paged([Page(tuple(found), -1e9, 1e9)])[0]


def page(image: Image | np.ndarray[Any, Any]) -> tuple[list[Glyph], list[Rule]]:
    """The characters of the picture and the rules drawn in it, in pixels, y downwards: the bottom is the larger y.

    Raises MissingExtra where rapidocr is not installed.
    """
    import numpy as np

    pixels = np.asarray(image if isinstance(image, np.ndarray) else image.convert("RGB"))
    result = engine()(pixels, return_word_box=True, return_single_char_box=True)
    glyphs: list[Glyph] = []
    if result.boxes is not None:
        for text, words in zip(result.txts, result.word_results, strict=True):
            glyphs += _glyphs(text, [(word, box) for word, _, box in words if box is not None])
    return _simplified(glyphs), _rules(pixels)


def numbered(found: Sequence[Block]) -> list[Block]:
    """The blocks with the headings Ⅰ类 to Ⅴ类 of their tables' columns, which are taken for 1类, 【类, N类, as they are.

    They are known by their places side by side: Ⅳ or Ⅴ must stand in its own, and nothing known in another.
    """
    return [
        block._replace(rows=(_roman(block.rows[0]), *block.rows[1:])) if block.rows else block for block in found
    ]


def _roman(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row of headings with its run of classes or grades named in order, if it has one."""
    cells = list(row)
    classes = [_CLASS.fullmatch(cell) for cell in row]
    start = 0
    while start < len(row):
        end = start
        while end < len(row) and classes[end]:
            end += 1
        run = [match for match in classes[start:end] if match]
        places = [_SURE_NUMERALS.get(match[1]) for match in run]
        told = [place for place in places if place is not None]
        right = all(place in (None, at) for at, place in enumerate(places, 1))
        if 3 <= len(run) <= len(_ROMAN) and right and max(told, default=0) > 3:
            cells[start:end] = [f"{_ROMAN[at]}{match[2]}" for at, match in enumerate(run)]
        start = end + 1
    return tuple(cells)


def _simplified(glyphs: list[Glyph]) -> list[Glyph]:
    """The characters with traditional ones made simple where they are few: on a simplified page they are misread."""
    from opencc import OpenCC

    simple = OpenCC("t2s.json")
    changed = [glyph._replace(text=simple.convert(glyph.text)) for glyph in glyphs]
    few = sum(old != new for old, new in zip(glyphs, changed, strict=True)) < TRADITIONAL * len(glyphs)
    return changed if few else glyphs


def _glyphs(text: str, words: Sequence[tuple[str, Sequence[Sequence[float]]]]) -> list[Glyph]:
    """The characters of a line, whose spaces the ``text`` tells better than the boxes of its words do."""
    spaced = _spaced(text)
    glyphs: list[Glyph] = []
    for word, box in words:
        left, right = min(point[0] for point in box), max(point[0] for point in box)
        top, bottom = min(point[1] for point in box), max(point[1] for point in box)
        step = (right - left) / max(len(word), 1)
        for at, character in enumerate(word):
            if character.isspace():
                continue
            start, apart = left + step * at, len(glyphs) in spaced
            if glyphs and not apart and 0 < start - glyphs[-1].right < bottom - top:
                glyphs[-1] = glyphs[-1]._replace(right=start)
            glyphs.append(Glyph(character, start, bottom, start + step, top, apart))
    return glyphs


def _spaced(text: str) -> frozenset[int]:
    """Before which of the characters, spaces not counted, a space stands."""
    ends = accumulate(len(word) for word in text.split())
    return frozenset(ends)


def _rules(pixels: np.ndarray[Any, Any]) -> list[Rule]:
    """The level and upright strokes of a picture: dark pixels that go on for long in one direction."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    dark = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    shortest = int(max(grey.shape) * RULE)
    found: list[Rule] = []
    for shape in ((shortest, 1), (1, shortest)):
        bridged = cv2.dilate(dark, np.ones(shape, np.uint8)[:3, :3])
        strokes = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones(shape[::-1], np.uint8))
        for left, top, width, height, _ in cv2.connectedComponentsWithStats(strokes)[2][1:]:
            if min(width, height) < shortest / 3:
                found.append(Rule(left, top + height, left + width, top))
    return found


@cache
def engine() -> Any:
    """The recogniser, loaded once; MissingExtra without rapidocr."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        raise MissingExtra(
            "install it with: pip install 'policy-assistant[ocr]'",
            "安装文字识别组件：pip install 'policy-assistant[ocr]'",
        ) from None
    return RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",
            "Global.text_score": SURE,
            "Global.use_cls": False,  # of lines that stand on their heads; pages are upright
            "Det.limit_type": "max",
            "Det.limit_side_len": LONGEST,
            "Rec.rec_img_shape": [3, 48, NARROWEST],
            "Rec.rec_batch_num": 1,  # several at once are no faster, and take 300 MB more
        }
    )
