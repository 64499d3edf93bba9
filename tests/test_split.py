from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load import load
from index.split import chunks
from index.structure import heading_path, sections
from index.types import Chunk

CORPUS = Path(__file__).parent / "corpus"
SEED = Path(__file__).parents[1] / "documents" / "2021年全国生态环境保护工作会议.txt"


def split(text: str, size: int = 300) -> tuple[Chunk, ...]:
    return chunks("d", text, sections(text), size)


def check(text: str, size: int = 300) -> tuple[Chunk, ...]:
    """The chunks, after everything that the nouns promise of them has been checked."""
    found = sections(text)
    parts = chunks("d", text, found, size)
    assert "".join(part.text for part in parts) == text
    for number, part in enumerate(parts):
        assert part.number == number
        assert part.text == text[part.start : part.end]
        assert part.sentences[0].start == part.start
        assert part.sentences[-1].end == part.end
        assert all(before.end == after.start for before, after in pairwise(part.sentences))
        assert found[part.section].span.covers(part.span)
        assert not any(section.span.covers(part.span) for section in found if section.parent == part.section)
        assert part.heading == heading_path(text, found, part.section)
    return parts


@pytest.mark.parametrize("name", ["节水条例.txt", "防汛通知.md", "一行通知.txt", "工作会议.txt"])
@pytest.mark.parametrize("size", [20, 60, 300])
def test_chunks_join_back_to_the_document_and_stay_in_their_sections(name: str, size: int) -> None:
    check(load(CORPUS / name).text, size)


def test_a_heading_goes_with_the_first_article_below_it() -> None:
    # with chunks of 80 characters no part is short enough to be one; 第一条 (25) and 第二条 (40) are both tiny
    parts = [part.text for part in check(load(CORPUS / "节水条例.txt").text, 80)]
    assert any(part.startswith("第一编　总　　则\n\n第一条") for part in parts)
    assert any(
        part.startswith("第二编　用水管理\n\n第一章　计划用水\n\n第一节　一般规定\n\n第三条") for part in parts
    )
    assert any(part.startswith("第二节　工业用水\n\n第四条") for part in parts)


def test_a_title_goes_with_what_follows_it() -> None:
    text = "# 某某条例\n\n## 第一章 总则\n\n第一条 " + "甲" * 200 + "。\n\n第二条 " + "乙" * 200 + "。\n"
    assert [part.text[:6] for part in check(text)] == ["# 某某条例", "第二条 乙乙"]


def test_two_articles_share_a_chunk_only_if_both_are_tiny() -> None:
    # 5 + 60 + 1 characters against the limit of 60; 5 + 20 + 1 twice
    text = "".join(
        f"第{n}条　{'甲' * length}。" + "\n" for n, length in [("一", 60), ("二", 20), ("三", 20), ("四", 60)]
    )
    assert [part.text.count("条") for part in check(text + "第五条　" + "乙" * 200)] == [1, 2, 1, 1]


def test_small_articles_of_a_long_chapter_stay_apart_and_know_their_article() -> None:
    # articles of 4 + 70 + 2 characters, eight of which make a chapter longer than 300
    text = "第一章　总则\n" + "".join(f"第{n}条　{'甲' * 70}。\n" for n in "一二三四五六七八")
    headings = [part.heading for part in check(text + "第二章　附则\n第九条　乙。")]
    assert headings == ["第一章 总则", *(f"第一章 总则 › 第{n}条" for n in "二三四五六七八"), "第二章 附则"]


def test_an_item_of_the_seed_document_is_one_chunk_under_its_year() -> None:
    parts = check(load(SEED).text)
    plan = [part for part in parts if part.text.startswith("二是编制实施2030年前碳排放达峰行动方案。")]
    assert [part.heading for part in plan] == [
        "2021年…要抓好以下重点任务 › 二是编制实施2030年前碳排放达峰行动方案"
    ]
    assert [len(part.sentences) for part in plan] == [3]
    assert plan[0].text.rstrip().endswith("扎实推进气候变化南南合作。")
    assert all(len(part.text) <= 600 for part in parts)


def test_small_neighbours_are_joined_and_large_ones_are_not() -> None:
    # the list is longer than 300; items of 5 + 20 + 1 and 5 + 120 + 1 characters; only the small are joined
    items = [20, 20, 120, 20, 20, 120, 120]
    text = "下列事项：\n" + "".join(f"（{n}）{'甲' * i}；\n" for n, i in zip("一二三四五六七", items, strict=True))
    assert [part.text.count("；") for part in check(text)] == [2, 1, 2, 1, 1]


def test_a_sentence_longer_than_two_chunks_is_cut_at_a_comma() -> None:
    # 10 clauses of 51 characters with chunks of 100: the last comma between 50 and 100 stands at 51
    text = ("甲" * 50 + "，") * 10
    parts = check(text, 100)
    assert [len(part.text) for part in parts] == [51] * 6 + [204] or max(len(part.text) for part in parts) <= 200


def test_text_without_any_break_is_cut_all_the_same() -> None:
    assert [len(part.text) for part in check("ﷺ" * 1000, 100)] == [200] * 5


def test_a_short_rest_joins_the_text_before_it() -> None:
    # 3 sentences of 90 fill a chunk of 300; the rest of 31 is less than 50, and 270 + 31 not more than 375
    text = ("甲" * 89 + "。") * 3 + "乙" * 30 + "。"
    assert [len(part.text) for part in check(text)] == [301]


def test_an_empty_text_has_no_chunks() -> None:
    assert split("") == ()


PARTS = st.sampled_from(
    [
        "一、",
        "二、",
        "（一）",
        "（二）",
        "1.",
        "2.",
        "①",
        "②",
        "一是",
        "二是",
        "第一条\u3000",
        "第二条\u3000",
        "第一章\u3000甲\n",
        "2021年",
        "以下：",
        "。",
        "甲乙丙丁",
        "必须甲。",
        "必须乙。",
        "甲乙丙——\n",
        "会议强调\u3000",
        "附件\n",
        "\n",
        "\u3000",
        "#\t",
        "👩\u200d👩\u200d👧",
        "é",
        "\u202e",
        "ﷺ",
        "\x00",
        "\u2028",
        "“",
        "）",
    ]
)


@given(st.one_of(st.text(), st.lists(PARTS, max_size=60).map("".join)), st.integers(5, 60))
def test_chunks_join_back_to_any_text(text: str, size: int) -> None:
    parts = check(text, size)
    heads = sum(len(section.head) + 10 for section in sections(text))
    assert all(len(part.text) <= 2 * size + heads for part in parts)


def test_a_hundred_thousand_characters_join_back() -> None:
    text = load(SEED).text * 20
    assert len(text) > 100_000
    assert "".join(part.text for part in split(text)) == text
