from datetime import date
from pathlib import Path

import pytest

from index.errors import LoadError
from index.metadata import facts
from index.types import Content, Facts

NAME = Path("某文件.txt")


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("# 中华人民共和国水法\n\n正文。", "a.md", "中华人民共和国水法"),
        ("关于节约用水的通知\n\n各区：", "a.txt", "关于节约用水的通知"),
        ("市政府文件\n云政发〔2023〕7号\n关于 防汛的通知\n正文。", "a.txt", "关于 防汛的通知"),
        ("1月21日,部门召开会议。\n会议指出，要节水。", "全国会议(2021-12-24).txt", "全国会议"),
        (
            "关于支持企业复工的通知 云工信〔2020〕3号 各区：" + "正文。" * 30,
            "3f2a.txt",
            "关于支持企业复工的通知",
        ),
        ("这一段文字既没有标题，也很长。" * 10, "工作报告（2020-01-02）.txt", "工作报告"),
    ],
)
def test_the_title_is_a_heading_a_short_first_line_or_the_file_name(text: str, name: str, title: str) -> None:
    assert facts(Content(text), Path(name)).title == title


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("通知\n国发〔2021〕23号\n正文。", "国发〔2021〕23号"),
        ("通知\n环办〔2020〕 3 号\n正文。", "环办〔2020〕3号"),
        ("通知\n沪府规[2022]5号\n正文。", "沪府规[2022]5号"),
        ("通知 云工信（2020）3号 各区：正文。", "云工信（2020）3号"),
        ("通知\n根据《意见》（国发〔2021〕23号）和国发〔2021〕24号文，制定本办法。", ""),
        ("通知\n2021年第23号\n", ""),
        ("通知\n" + "正文。\n" * 20 + "国发〔2021〕23号\n", ""),
    ],
)
def test_the_number_stands_alone_in_the_first_lines(text: str, number: str) -> None:
    assert facts(Content(text), NAME).number == number


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("水法\n2016年7月2日\n", "水法(2020-12-26).md", date(2020, 12, 26)),
        ("通知\n2021年12月24日\n正文。", "a.txt", date(2021, 12, 24)),
        ("通知\n发布日期：2021-12-24\n正文。", "a.txt", date(2021, 12, 24)),
        ("条例\n（2022年3月18日人大常委会通过）\n正文。", "a.txt", date(2022, 3, 18)),
        (
            "条例\n1998年11月29日 国务院令发布\n2017年7月16日 修订\n2017年10月1日 施行\n正文。",
            "a.txt",
            date(2017, 7, 16),
        ),
        ("通知\n正文。\n某局\n2020年2月20日\n", "a.txt", date(2020, 2, 20)),
        ("报道\n2020年2月4日，为做好防控工作，某部开展检查。", "a.txt", None),
        ("通知\n2021年13月45日\n正文。", "a.txt", None),
        ("通知\n1月21日\n正文。", "a.txt", None),
    ],
)
def test_the_date_is_that_of_the_file_name_the_header_or_the_signature(
    text: str, name: str, day: date | None
) -> None:
    assert facts(Content(text), Path(name)).date == day


def test_what_is_not_certain_stays_empty() -> None:
    known = facts(
        Content("国务院关于节水的通知\n国发〔2021〕23号\n各省、自治区、直辖市：\n本通知即日废止旧文。"), NAME
    )
    assert known == Facts(
        title="国务院关于节水的通知", number="国发〔2021〕23号", issuer="国务院", level="中央", kind="通知"
    )


def test_a_sidecar_goes_before_the_rules() -> None:
    words = 'title = "全称"\nissuer = "生态环境部"\nstatus = "现行"\nregion = "全国"\noccasion = "会议"\n'
    sidecar = words + "date = 2021-01-21\n"
    known = facts(Content("短标题\n国发〔2021〕23号\n2020年1月1日\n"), NAME, sidecar.encode())
    assert known == Facts(
        *("全称", "生态环境部", "国发〔2021〕23号", date(2021, 1, 21), "现行", "全国", "会议"), level="部委"
    )


@pytest.mark.parametrize(
    ("sidecar", "english", "chinese"),
    [
        (b'issuers = "a"', "unknown key 'issuers'; use only title, issuer", "issuers 不是可用的字段"),
        (b"title = 5", "title is 5; it must be text", "title 的值 5 有误；应为文字"),
        (b'date = "2021-01-21"', "date is '2021-01-21'; it must be a date", "应为日期"),
        (b"date = 2021-01-21T10:00:00", "it must be a date such as 2021-01-21", "应为日期"),
        (b"title = ", "not a TOML file", "不是 UTF-8 编码的 TOML 文件"),
        (b"\xff", "not a TOML file", "不是 UTF-8 编码的 TOML 文件"),
    ],
)
def test_a_bad_sidecar_is_named_with_its_key(sidecar: bytes, english: str, chinese: str) -> None:
    with pytest.raises(LoadError) as raised:
        facts(Content("标题\n正文。"), NAME, sidecar)
    assert "某文件.txt.meta.toml" in str(raised.value)
    assert english in str(raised.value)
    assert "某文件.txt.meta.toml" in raised.value.chinese
    assert chinese in raised.value.chinese
