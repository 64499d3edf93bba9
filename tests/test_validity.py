"""What documents say of their own and of others' validity, and what follows for a library."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.library import Library
from index.names import name
from index.types import Facts, Filters
from index.validity import Repeal, Validity, expiry, own_status, repeals, validity, with_validity

TODAY = date(2026, 11, 23)
MARCH = date(2021, 3, 1)
LAW = Facts(title="云州市节水条例", date=date(2020, 1, 1), effective=MARCH, kind="条例")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本条例自2021年3月1日起施行。《云州市用水条例》同时废止。", [Repeal("云州市用水条例", "", MARCH)]),
        (
            "本条例施行后，《甲办法》（云政发〔2011〕5号）、《乙办法》（云水[2012]6号）同时废止；之前的规定不一致的，以本条例为准。",
            [Repeal("甲办法", "云政发〔2011〕5号", MARCH), Repeal("乙办法", "云水[2012]6号", MARCH)],
        ),
        (
            "1989年10月24日市政府发布的《甲办法》和1990年3月2日市政府发布的《乙办法》同时废止。",
            [Repeal("甲办法", "", MARCH), Repeal("乙办法", "", MARCH)],
        ),
        ("《甲办法》自2022年6月30日起废止。", [Repeal("甲办法", "", date(2022, 6, 30))]),
        ("《甲办法》、《乙办法》等3个文件一并废止。", [Repeal("甲办法", "", MARCH), Repeal("乙办法", "", MARCH)]),
        ("现决定废止《甲办法》和《乙办法》。", [Repeal("甲办法", "", MARCH), Repeal("乙办法", "", MARCH)]),
        ("依照《水法》制定的《甲办法》同时废止。", [Repeal("甲办法", "", MARCH)]),
        ("《关于印发〈甲办法〉的通知》停止执行。", [Repeal("关于印发〈甲办法〉的通知", "", MARCH)]),
        ("《关于印发《甲办法》的通知》同时废止。", [Repeal("关于印发《甲办法》的通知", "", MARCH)]),
        ("《甲办法》第三条同时废止。", []),
        ("废止《甲办法》中的第三条。", []),
        ("决定废止《甲办法》第三条。", []),
        ("《甲办法》废止后，另行规定。", []),
        ("研究修订或废止《甲办法》。", []),
        ("根据《甲办法》，许可证失效。", []),
        ("执行《甲办法》。许可证同时废止。", []),
    ],
)
def test_a_clause_repeals_the_titles_that_it_lists(text: str, expected: list[Repeal]) -> None:
    assert list(repeals(text, LAW)) == expected


@pytest.mark.parametrize(
    ("title", "text", "status"),
    [
        ("节水办法（已废止）", "", "已废止"),
        ("节水办法[失效]", "", "失效"),
        ("节水办法", "本办法已于2020年1月1日废止。", "已废止"),
        ("节水办法", "《用水办法》已废止。", ""),
        ("节水办法（2020年修订）", "许可证失效。", ""),
    ],
)
def test_a_document_may_say_itself_that_it_is_over(title: str, text: str, status: str) -> None:
    assert own_status(title, text) == status


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("本办法自2021年3月1日起施行，有效期5年。", date(2026, 2, 28)),
        ("本办法自2021年3月1日起施行，有效期为三年。", date(2024, 2, 29)),
        ("本办法自2021年8月31日起试行，试行期6个月。", date(2022, 2, 28)),
        ("本通知自印发之日起实施，有效期两年。", date(2023, 2, 28)),
        ("本办法自印发之日起施行，有效期至2026年12月31日。", date(2026, 12, 31)),
        ("本通知自发布之日起暂执行至2020年6月30日止。", date(2020, 6, 30)),
        ("本通知有效期至2022年6月30日。", date(2022, 6, 30)),
        ("许可证有效期5年。\n本办法自2021年3月1日起施行。", None),
        ("本通告自即日起施行，有效期至疫情解除。", None),
        ("自2021年3月1日起，各单位应当办理许可证，有效期5年。", None),
        ("", None),
    ],
)
def test_a_term_ends_on_its_last_day(text: str, last: date | None) -> None:
    assert expiry(text, LAW) == last


def found(documents: dict[str, Facts], repealed: list[tuple[str, Repeal]] | None = None) -> dict[str, Validity]:
    return validity(documents, repealed or [], TODAY)


def law(title: str, day: str, kind: str = "法律", **facts: object) -> Facts:
    return Facts(title=title, date=date.fromisoformat(day), kind=kind, **facts)  # type: ignore[arg-type]


def test_the_later_of_two_versions_takes_the_place_of_the_earlier() -> None:
    documents = {
        "old": law("中华人民共和国水法", "2002-08-29"),
        "middle": law("水法（2009修正）", "2009-08-27"),
        "new": law("水法", "2016-07-02"),
        "other": law("水土保持法", "2010-12-25"),
    }
    heir = Validity("已修改", "水法（2016年7月2日）")
    assert found(documents) == {"old": heir, "middle": heir}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (law("甲法", "2020-01-01"), law("甲法", "2020-05-01")),  # 121 days: passed and published
        (law("关于防汛的通知", "2020-01-01", "通知"), law("关于防汛的通知", "2021-01-01", "通知")),
        (law("实施细则", "2010-01-01", "细则"), law("实施细则", "2020-01-01", "细则")),
        (
            law("优待办法", "2010-01-01", "办法", region="甲市"),
            law("优待办法", "2020-01-01", "办法", region="乙市"),
        ),
        (
            law("用水办法", "2010-01-01", "办法", number="云政〔2010〕1号"),
            law("用水办法", "2020-01-01", "办法", number="云政[2010]1号"),
        ),
        (Facts(title="甲法", kind="法律"), law("甲法", "2020-01-01")),
        (law("甲法", "2020-01-01"), law("甲法", "2026-10-01", effective=date(2027, 1, 1))),
    ],
)
def test_two_of_one_title_that_are_no_versions_of_one_law(one: Facts, other: Facts) -> None:
    assert found({"one": one, "other": other}) == {}


def test_a_repeal_ends_what_it_names_from_its_day_on() -> None:
    documents = {
        "noise": law("中华人民共和国环境噪声污染防治法", "2018-12-29"),
        "sound": law("中华人民共和国噪声污染防治法", "2021-12-24"),
    }
    named = "中华人民共和国环境噪声污染防治法"
    assert found(documents, [("sound", Repeal(named, "", date(2022, 6, 5)))]) == {
        "noise": Validity("已废止", "中华人民共和国噪声污染防治法")
    }
    assert found(documents, [("sound", Repeal(named, "", date(2027, 1, 1)))]) == {}


def test_a_repeal_of_a_title_like_its_own_means_an_earlier_document() -> None:
    title = "两院关于办理环境污染案件的解释"
    documents = {
        "2013": law(title, "2013-06-17", "解释", number="法释〔2013〕15号"),
        "2016": law(title, "2016-12-23", "解释"),
        "2023": law(title, "2023-08-08", "解释"),
    }
    known = found(
        documents,
        [
            ("2016", Repeal("关于办理环境污染案件的解释", "法释〔2013〕15号", date(2017, 1, 1))),
            ("2023", Repeal(title, "法释〔2016〕29号", date(2023, 8, 15))),
        ],
    )
    assert known["2013"] == Validity("已废止", f"{title}（2016年12月23日）")
    assert known["2016"] == Validity("已废止", f"{title}（2023年8月8日）")
    assert "2023" not in known


def test_a_number_decides_where_both_are_known() -> None:
    documents = {
        "a": law("市政府关于节水的意见", "2015-01-01", "意见", number="云政〔2015〕1号"),
        "b": law("市政府关于防汛的意见", "2015-01-01", "意见", number="云政〔2015〕2号"),
        "new": law("市政府关于用水的意见", "2020-01-01", "意见"),
    }
    assert set(found(documents, [("new", Repeal("关于节水的旧意见", "云政[2015]1号"))])) == {"a"}
    assert found(documents, [("new", Repeal("市政府关于防汛的意见", "云政〔2014〕9号"))]) == {}


def test_one_authors_repeal_does_not_end_anothers_notice_of_the_same_name() -> None:
    documents = {
        "ours": law("甲市人民政府关于节水的意见", "2015-01-01", "意见"),
        "theirs": law("乙市人民政府关于节水的意见", "2015-01-01", "意见"),
        "new": law("甲市人民政府关于用水的意见", "2020-01-01", "意见"),
    }
    assert set(found(documents, [("new", Repeal("关于节水的意见"))])) == {"ours"}


def test_what_puts_out_a_measure_goes_by_its_name() -> None:
    documents = {
        "old": law("甲市人民政府关于印发《积分入户办法》的通知", "2018-01-01", "通知"),
        "new": law("积分入户管理规定", "2023-01-01", "规定"),
    }
    assert found(documents, [("new", Repeal("积分入户办法"))])["old"].status == "已废止"


def test_a_decision_that_only_repeals_takes_nothings_place() -> None:
    documents = {
        "a": law("甲办法", "2015-01-01", "办法"),
        "b": law("关于废止《甲办法》的决定", "2020-01-01", "决定"),
    }
    assert found(documents, [("b", Repeal("甲办法"))]) == {"a": Validity("已废止", "")}


def test_a_term_is_in_force_up_to_its_last_day() -> None:
    documents = {
        "past": Facts(title="甲", expires=date(2026, 11, 22)),
        "present": Facts(title="乙", expires=TODAY),
    }
    assert found(documents) == {"past": Validity("失效"), "present": Validity("现行")}


def test_the_facts_of_the_document_override_everything() -> None:
    documents = {
        "old": law("甲法", "2010-01-01", status="现行"),
        "new": law("甲法", "2020-01-01"),
        "told": law("乙办法", "2010-01-01", "办法", replaced_by="丙办法"),
    }
    assert found(documents) == {"old": Validity("现行", ""), "told": Validity("", "丙办法")}
    assert with_validity(documents["old"], None) == documents["old"]
    assert with_validity(documents["new"], Validity("失效", "丁")).replaced_by == "丁"


def test_the_time_is_linear() -> None:
    text = "《甲办法》、" * 20_000 + "《甲办法》同时废止" * 5_000
    assert len(repeals(text, LAW)) == 1
    documents = {str(place): law(f"第{place}法", "2020-01-01") for place in range(5_000)}
    assert found(documents, [("1", Repeal(f"第{place}法")) for place in range(5_000)]) == {}


OLD = "# 云州市节水条例\n\n2012年5月1日 云州市人大常委会公布\n\n第一条 节约用水的单位可以获得奖励。\n"
NEW = "# 云州市节约用水条例\n\n第一条 节约用水的单位应当获得奖励。\n\n" + (
    "第二条 本条例自2021年3月1日起施行。《云州市节水条例》同时废止。\n"
)


def test_a_library_tells_search_and_citations_what_is_in_force(library: Library, tmp_path: Path) -> None:
    old, new = tmp_path / "节水条例(2012-05-01).md", tmp_path / "节约用水条例(2021-01-20).md"
    old.write_text(OLD, "utf-8")
    library.add(old)
    (before,) = library.documents()
    assert before.facts.status == ""
    new.write_text(NEW, "utf-8")
    library.add(new)
    (facts,) = (one.facts for one in library.documents() if one.id == before.id)
    assert (facts.status, facts.replaced_by) == ("已废止", "云州市节约用水条例")
    assert library.document(before.id).facts == facts
    hits = library.search("节约用水的单位奖励", k=5)
    assert hits[0].chunk.document_id != before.id
    assert {hit.chunk.document_id for hit in library.search("奖励", 5, Filters(status="已废止"))} == {before.id}
    assert before.id not in {hit.chunk.document_id for hit in library.search("奖励", 5, Filters(status="现行"))}
    (again,) = (one.id for one in library.documents() if one.id != before.id)
    library.remove(again)
    assert library.document(before.id).facts.status == ""


def test_a_rebuilt_library_keeps_the_repeals(library: Library, tmp_path: Path) -> None:
    for file, text in (("节水条例(2012-05-01).md", OLD), ("节约用水条例(2021-01-20).md", NEW)):
        (tmp_path / file).write_text(text, "utf-8")
    library.add(*sorted(tmp_path.glob("*.md")))
    library.rebuild()
    statuses = {name(one.title): one.facts.status for one in library.documents()}
    assert statuses == {"云州市节水条例": "已废止", "云州市节约用水条例": ""}
