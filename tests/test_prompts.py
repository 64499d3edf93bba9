from __future__ import annotations

from pathlib import Path

import pytest

from assistant.prompts import render


def test_a_template_is_filled() -> None:
    assert render("period", asked="2022年", found="2020年、2021年") == (
        "已收录的文件中没有2022年的相关内容。以下是2020年、2021年的内容，不作为答案："
    )


def test_what_is_filled_in_is_not_read_as_a_template() -> None:
    assert "$found" in render("period", asked="$found", found="2020年")


def test_a_missing_and_an_extra_name_are_mistakes() -> None:
    with pytest.raises(KeyError, match="found"):
        render("period", asked="2022年")
    with pytest.raises(TypeError, match="prompt 'period' has no placeholder year"):
        render("period", asked="2022年", found="2021年", year="2020")


@pytest.mark.parametrize("path", sorted(Path("prompts").glob("*.md")), ids=lambda path: path.stem)
def test_every_template_can_be_read_and_ends_without_a_line_break(path: Path) -> None:
    try:
        text = render(path.stem)
    except KeyError:
        return
    assert text == text.strip() != ""
