"""What characters of the private use area mean: those of symbol fonts and of Founder's typesetting fonts."""

from __future__ import annotations

UNKNOWN = "\ufffd"  # stands for a character that nobody can tell
# Adobe's Symbol encoding, from 0x20 and from 0xA0
_LOW = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪□〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
_SYMBOL = {0xF020 + at: character for at, character in enumerate(_LOW)} | {
    0xF0A0 + at: character for at, character in enumerate(_HIGH)
}
_FOUNDER = {0xE010: ".", 0xE011: "-", 0xE012: "*"}  # read off the printed page of GB 22337-2008


def meaning(code: int, font: str) -> str:
    """The character that a private code of a font shows, or UNKNOWN."""
    if "Symbol" in font:
        return _SYMBOL.get(code, UNKNOWN)
    if "-PK" in font:
        return _FOUNDER.get(code, UNKNOWN)
    return UNKNOWN
