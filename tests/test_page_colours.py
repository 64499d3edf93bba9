"""Every text of the page can be read: its colour and its ground differ as WCAG 2.2 wants it, 4.5 to 1 at least."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("assistant.page").joinpath("static", "page.css").read_text(encoding="utf-8")
GROUNDS = {
    "ink": ("paper", "sheet", "accent-soft", "caution-soft", "highlight", "now"),
    "faded": ("paper", "sheet", "accent-soft", "caution-soft"),
    "accent": ("paper", "sheet", "accent-soft", "caution-soft"),
    "accent-ink": ("accent",),
    "caution": ("paper", "sheet", "caution-soft"),
    "fault": ("paper", "sheet", "fault-soft"),
    "valid": ("sheet", "valid-soft"),
}
"""What is written in which colour on which grounds."""


def colours(selector: str) -> dict[str, str]:
    """The colours that a rule gives names to."""
    rule = re.search(rf"^{re.escape(selector)} {{(.*?)^}}", CSS, re.DOTALL | re.MULTILINE)
    assert rule
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule[1]))


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_is_that_of_the_standard() -> None:
    # White on black is 21 to 1; of the greys on white, #767676 is the lightest that is read.
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("selector", [":root", ".dark"])
def test_every_text_stands_out_from_its_ground(selector: str) -> None:
    named = colours(":root") | colours(selector)
    faint = {
        f"{text} on {ground}": round(found, 2)
        for text, grounds in GROUNDS.items()
        for ground in grounds
        if (found := contrast(named[text], named[ground])) < 4.5
    }
    assert faint == {}
