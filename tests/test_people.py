from __future__ import annotations

import pytest

from assistant.language import people


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "生态环境部党组书记孙金龙出席会议并讲话,生态环境部部长黄润秋出席会议并作工作报告。",
            ("孙金龙", "黄润秋"),
        ),
        ("国务院总理李强作报告；副部长王毅、主任欧阳修在京", ("李强", "王毅", "欧阳修")),
        ("由部长召开会议，主任会议决定", ()),
        ("省长应当报告", ()),
        ("书记", ()),
        ("", ()),
    ],
)
def test_people_are_named_behind_their_titles(text: str, expected: tuple[str, ...]) -> None:
    assert people.named(text) == expected


PEOPLE = people.by_pinyin(["部长黄润秋出席", "书记孙金龙讲话"])


def test_people_are_known_by_their_pinyin() -> None:
    assert PEOPLE == {"huangrunqiu": "黄润秋", "sunjinlong": "孙金龙"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who is Sun Jinlong?", "Who is 孙金龙?"),
        ("Is Jinlong Sun here?", "Is 孙金龙 here?"),
        ("Did Huang Run-qiu speak", "Did 黄润秋 speak"),
        ("Did Huang Run Qiu speak", "Did 黄润秋 speak"),
        ("Who is Tom Smith?", "Who is Tom Smith?"),
        ("the sun is shining", "the sun is shining"),
    ],
)
def test_a_name_in_pinyin_is_written_as_the_documents_write_it(text: str, expected: str) -> None:
    assert people.written_in_chinese(text, PEOPLE) == expected
