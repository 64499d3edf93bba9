"""Documents that say the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.duplicates import SKETCH, distinct, fingerprint, letters, resemblance
from index.types import Facts


def test_only_letters_and_digits_are_compared() -> None:
    assert letters("关于节水的通知（２０２１）\n 第1条：ＡB。") == "关于节水的通知2021第1条ab"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # abcdefg has the shingles abcde bcdef cdefg, abcdefh abcde bcdef cdefh: 2 in common of 4.
        ("abcdefg", "abcdefh", 2 / 4),
        ("A-b c.d,e!f(g)", "abcdefg", 1),
        ("abcdefg", "hijklmn", 0),
        # abcabcabc has 5 shingles, of which abcab and bcabc stand twice: 3 different, cabca the third.
        ("abcabcabc", "abcabca", 1),
        ("abcd", "abcd", 0),
        ("", "abcdefg", 0),
    ],
)
def test_resemblance_is_the_share_of_the_shingles_in_common(one: str, other: str, expected: float) -> None:
    assert resemblance(one, other) == expected


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    # The last of the two shingles of "abcdef", worked with whole numbers instead of arrays.
    value = 0
    for character in "bcdef":
        value = (value * 0x100000001B3 + ord(character)) % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    value = (value ^ value >> 31) >> 1
    found = fingerprint("abcdef")
    assert value in found.sketch
    assert len(found.sketch) == 2
    # printf abcdef | sha256sum
    assert found.whole == "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721"


def test_a_sketch_shares_as_much_as_the_texts_do() -> None:
    lines = [f"第{number}条 单位{number * 7919}应当安装水表。" for number in range(400)]
    one, other = "".join(lines), "".join(lines[40:])
    share = resemblance(one, other)
    assert 0.9 < share < 1
    shared = set(fingerprint(one).sketch) & set(fingerprint(other).sketch)
    # 64 draws with the probability ``share``: within three standard deviations of their mean.
    assert abs(len(shared) - SKETCH * share) <= 3 * (SKETCH * share * (1 - share)) ** 0.5


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_has_a_fingerprint_and_resembles_itself(text: str) -> None:
    found = fingerprint(text)
    assert list(found.sketch) == sorted(set(found.sketch))
    assert all(0 <= value < 2**63 for value in found.sketch)
    assert resemblance(text, text) == (1 if found.sketch else 0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Facts("水法"), Facts("水法"), False),
        (Facts("水法", number="水〔2021〕1号"), Facts("水法", number="水[2021]1号"), False),
        (Facts("水法", number="水〔2021〕1号"), Facts("水法", number="水〔2021〕2号"), True),
        (Facts("水法", date=date(2002, 8, 29)), Facts("水法", date=date(2016, 7, 2)), True),
        (Facts("水法", date=date(2002, 8, 29)), Facts("水法"), False),
        (Facts("2020年放假通知"), Facts("2021年放假通知"), True),
        (Facts("2020年放假通知"), Facts("放假通知"), False),
        (Facts("2020年放假通知"), Facts("2020年放假通知（1月7日）"), False),
        (Facts("第三批目录"), Facts("第四批目录"), True),
        (Facts("第三批统一目录"), Facts("统一目录"), False),
    ],
)
def test_facts_tell_versions_apart(one: Facts, other: Facts, expected: bool) -> None:
    assert distinct(one, other) is expected
