"""Whole numbers as policy texts write them: 12, 十二, 一百零五, 二〇二一, 三万五千, ⑫."""

from __future__ import annotations

_DIGITS = {character: digit for digit, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "Ｏ": 0,
    "两": 2,
}
_ARABIC = str.maketrans({character: str(digit) for character, digit in _DIGITS.items()})
_TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
"""What the number before it is multiplied by as a whole."""
SCALES = _TENS | MYRIADS
"""The value of each character that multiplies what stands before it."""


def digits(written: str) -> str:
    """``written`` with its Chinese digits in Arabic ones, one by one, and all else as it is: 二〇二一 → 2021, 零五 → 05."""
    return written.translate(_ARABIC)


def value(written: str) -> int | None:
    """The number that Arabic, Chinese or circled digits write; ``None`` if they write none.

    Digits alone are read one by one (二〇二一), others by their scales (十二, 一百零五, 二亿三千万, 六万万).
    """
    if len(written) == 1 and "①" <= written <= "⑳":
        return ord(written) - ord("①") + 1
    arabic = digits(written)
    if arabic.isdecimal():
        return int(arabic)
    return _scaled(written) if written else None


def numeral(number: int) -> str:
    """A number from 1 to 9999 as laws write it: 20 → 二十, 108 → 一百零八, 1260 → 一千二百六十."""
    written = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            gap = "零" if written and number // (place * 10) % 10 == 0 else ""
            written += gap + "零一二三四五六七八九"[digit] + unit
    return written.removeprefix("一") if 10 <= number < 20 else written


def _scaled(written: str) -> int | None:
    total, section, digit = 0, 0, None
    for character in written:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _TENS:
            if digit is None and not (character == "十" and section % 100 == 0):
                return None
            section += (1 if digit is None else digit) * _TENS[character]
            digit = None
        elif character in MYRIADS:
            section += digit or 0
            if not total + section:
                return None
            if character == "万" and section:
                total += section * MYRIADS["万"]
            else:
                total = (total + section) * MYRIADS[character]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)
