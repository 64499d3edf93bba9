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
        ("这一段文字既没有标题，也很长。" * 10, "t20200102_558491.txt", "这一段文字既没有标题"),
        ("这一段文字既没有标题，也很长。" * 10, "5f3e9c01ab.txt", "这一段文字既没有标题"),
        ("用水" * 50 + "。", "000123.txt", "用水" * 15),
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


def test_a_report_tells_who_delivered_it_when_and_where() -> None:
    text = (
        "2025年云南省政府工作报告\n——2025年1月18日在云南省第十四届 人民代表大会第三次会议上\n省长 某某\n各位代表："
    )
    assert facts(Content(text), NAME) == Facts(
        title="2025年云南省政府工作报告",
        issuer="云南省人民政府",
        date=date(2025, 1, 18),
        region="云南省",
        occasion="云南省第十四届人民代表大会第三次会议",
        level="省",
        kind="报告",
    )


RED_HEAD = """云州市人民政府办公厅文件
云政办发〔2021〕7号
云州市人民政府办公厅关于印发节水办法的通知
各区人民政府：
现将《云州市节水办法》印发给你们。
云州市人民政府办公厅
2021年1月21日
云州市节水办法
第九条 本办法自2021年3月1日起施行，有效期5年。
"""


def test_a_notice_with_a_red_head_tells_everything() -> None:
    assert facts(Content(RED_HEAD), NAME) == Facts(
        title="云州市人民政府办公厅关于印发节水办法的通知",
        issuer="云州市人民政府办公厅",
        number="云政办发〔2021〕7号",
        date=date(2021, 1, 21),
        kind="通知",
        effective=date(2021, 3, 1),
        expires=date(2026, 2, 28),
    )


STANDARD = """ICS 13.040
广东省地方标准
DB44/ 815-2010
代替 DB44/ 815-2001
印刷行业排放标准
Emission standard
2010-10-22 发布 2010-11-01 实施
广东省环境保护厅
广东省质量技术监督局 发布
前言
为保护环境，制定本标准。
"""


def test_a_standard_of_the_last_century_has_a_year_of_two_digits() -> None:
    cover = "UDC 614.718\n中华人民共和国国家标准\nGB 94554-93\n异味排放标准\n1993-08-06发布 1994-01-15实施\n1 适用范围\n"
    found = facts(Content(cover), Path("a.pdf"))
    assert (found.title, found.number, found.published) == ("异味排放标准", "GB 94554-93", date(1993, 8, 6))


def test_the_cover_of_a_standard_tells_its_facts() -> None:
    assert facts(Content(STANDARD), Path("a.pdf")) == Facts(
        title="印刷行业排放标准",
        issuer="广东省环境保护厅、广东省质量技术监督局",
        number="DB44/ 815-2010",
        date=date(2010, 10, 22),
        region="广东省",
        level="省",
        kind="标准",
        published=date(2010, 10, 22),
        effective=date(2010, 11, 1),
    )


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("国务院办公厅关于节水的意见\n正文。", "国务院办公厅"),
        ("海关总署关于通关的公告\n正文。", "海关总署"),
        ("财政部 税务总局关于税费的公告\n正文。", "财政部、税务总局"),
        ("国务院办公厅转发水利部关于节水意见的通知\n正文。", "国务院办公厅"),
        ("国家对外贸易委员会关于贸易的通知\n正文。", "国家对外贸易委员会"),
        ("水法\n2002年8月29日 第九届全国人民代表大会常务委员会第二十九次会议通过\n", "全国人民代表大会常务委员会"),
        (
            "节水条例\n（2020年5月1日 湖北省第十三届人民代表大会常务委员会第三次会议通过）\n",
            "湖北省人民代表大会常务委员会",
        ),
        ("节水条例\n2019年10月22日 中华人民共和国国务院令第722号公布\n", "国务院"),
        ("节水规定\n1988年10月1日 国家计划委员会、水利部令第1号发布\n", "国家计划委员会、水利部"),
        ("关于停水的通知\n正文。\n特此通知。\n云州市水务局\n2021年1月21日\n", "云州市水务局"),
        ("关于停水的通知 正文。 云州市水务局 云州市财政局 2021年1月21日", "云州市水务局、云州市财政局"),
        (
            "关于停水的通知\n正文。\n云州市防汛工作\n领导小组办公室\n2021年1月21日\n",
            "云州市防汛工作领导小组办公室",
        ),
        ("2021年国务院政府工作报告\n各位代表：", "国务院"),
        ("水利部、财政部联合印发通知\n记者2021年1月21日获悉", ""),
        ("记者从水利部获悉\n2021年1月21日，水利部通报。", ""),
        ("关于停水的公告\n某某基金会筹备会\n云州市水务局\n2021年1月21日\n", ""),
    ],
)
def test_the_issuer_is_that_of_the_title_the_adoption_or_the_signature(text: str, issuer: str) -> None:
    assert facts(Content(text), NAME).issuer == issuer


@pytest.mark.parametrize(
    ("issuer", "level"),
    [
        ("国务院", "中央"),
        ("国务院办公厅、中央军委办公厅", "中央"),
        ("全国人民代表大会常务委员会", "中央"),
        ("最高人民法院", "中央"),
        ("生态环境部", "部委"),
        ("生态环境部办公厅", "部委"),
        ("国家税务总局", "部委"),
        ("国务院扶贫办", "部委"),
        ("国家税务总局深圳市税务局", "市"),
        ("湖北省人民政府", "省"),
        ("北京市人民政府办公厅", "省"),
        ("武汉市水务局", "市"),
        ("广州市天河区住房建设和园林局", "县"),
        ("海陵区行政审批局", "县"),
        ("巴东县人民政府", "县"),
        ("某某学会", ""),
        ("", ""),
    ],
)
def test_the_level_is_that_of_the_first_issuer(issuer: str, level: str) -> None:
    sidecar = f'issuer = "{issuer}"'.encode()
    assert facts(Content("标题\n正文。"), NAME, sidecar).level == level


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("节水条例\n中华人民共和国国务院令\n第641号\n正文。", "国务院令第641号"),
        ("节水条例\n（2013年10月2日中华人民共和国国务院令第641号公布）\n", "国务院令第641号"),
        ("节水法\n中华人民共和国主席令第一〇四号\n", "主席令第一〇四号"),
        ("生态环境部公告\n2021年第3号\n正文。", "公告2021年第3号"),
        ("关于节水的公告\n（2021年第3号）\n正文。", "公告2021年第3号"),
        ("关于节水的公告 财政部 税务总局公告2021年第3号 为了节水，公告如下。", "公告2021年第3号"),
        ("关于节水的公告\n公告2021年第3号\n正文。", "公告2021年第3号"),
        ("关于节水的通知\n根据《办法》（国务院令第641号），制定本通知。\n", ""),
        ("节水通知\n【2021】3号\n", ""),
        ("节水通知\n云水【2021】3号\n", "云水【2021】3号"),
    ],
)
def test_an_order_or_a_notice_of_a_year_has_a_number_too(text: str, number: str) -> None:
    assert facts(Content(text), NAME).number == number


def test_an_order_that_promulgates_a_regulation_has_its_own_number_and_the_regulation_s_title() -> None:
    known = facts(
        Content(
            "中华人民共和国国务院令\n第706号\n《采砂条例》已经2018年9月6日国务院第23次常务会议修订通过，现予公布，"
            "自2019年3月1日起施行。\n总理　李某\n2018年11月6日\n采砂条例\n"
            "（1991年3月4日中华人民共和国国务院令第76号发布　2018年9月6日修订通过）\n第一条　为了采砂，制定本条例。\n"
        ),
        NAME,
    )
    assert (known.title, known.number, known.kind) == ("采砂条例", "国务院令第706号", "条例")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("中华人民共和国水法", "法律"),
        ("节水管理办法（试行）", "办法"),
        ("节水条例（2019年修订）", "条例"),
        ("关于节水的复函", "复函"),
        ("某市推出34项节水措施", ""),
        ("两部门联合印发通知", ""),
        ("关于印发《节水办法》的通知", "通知"),
        ("节水的方法", ""),
        ("如何节水", ""),
    ],
)
def test_the_kind_is_the_last_word_of_a_title_that_is_no_news(title: str, kind: str) -> None:
    assert facts(Content(f"{title}\n正文。"), NAME).kind == kind


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("湖北省武汉市水务局关于停水的通知\n", "武汉市"),
        ("国务院关于支持海南自由贸易试验区的通知\n", "海南省"),
        ("海陵区行政审批局关于办事的公告\n", "海陵区"),
        ("国务院关于节水的通知\n", ""),
    ],
)
def test_the_region_is_that_of_the_issuer_else_of_the_title(text: str, region: str) -> None:
    assert facts(Content(text), NAME).region == region


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("条例\n2017年10月1日 施行\n", date(2017, 10, 1)),
        ("办法\n2021年1月5日\n第九条 本办法自公布之日起施行。", date(2021, 1, 5)),
        ("办法\n第九条 本办法自二〇二一年三月一日起施行。", date(2021, 3, 1)),
        ("通知\n现予公布，自2021年3月1日起施行。", date(2021, 3, 1)),
        ("办法\n自2021年3月1日起，企业应当报告。", None),
        ("办法\n本决定自2021年3月1日起施行。\n本条例自2001年3月1日起施行。", None),
        ("办法\n《甲法》自2021年3月1日起施行。", None),
    ],
)
def test_a_document_comes_into_force_on_the_day_of_its_clause(text: str, day: date | None) -> None:
    assert facts(Content(text), NAME).effective == day


def test_a_file_s_own_word_that_it_is_in_force_counts_for_nothing() -> None:
    assert facts(Content("标题\n正文。", Facts(status="现行")), NAME).status == ""
    assert facts(Content("标题\n正文。", Facts(status="失效")), NAME).status == "失效"
    assert facts(Content("标题\n正文。", Facts(status="失效")), NAME, 'status = "现行"'.encode()).status == "现行"
