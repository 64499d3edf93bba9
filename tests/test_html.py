import time
from datetime import date
from pathlib import Path

import pytest

from index.errors import EmptyDocument, UnreadableFile
from index.load import load
from index.load.html import webpage
from index.load.labels import stated
from index.types import Facts

CORPUS = Path(__file__).parents[2] / "shared/corpus"

GOV = """<html><head><meta charset="utf-8"><title>青州省人民政府关于加强河湖管理的意见</title></head><body>
<div class="wrap"><table><tbody><tr><td><table class="bd1"><tbody>
<tr><td><b>索 引 号：</b></td><td>000014349/2019-00007</td><td><b>主题分类：</b></td><td>水利\\河湖</td></tr>
<tr><td><b>发文机关：</b></td><td>青州省人民政府</td><td><b>成文日期：</b></td><td>2019年01月27日</td></tr>
<tr><td><b>标　　题：</b></td><td colspan="3">青州省人民政府关于加强河湖管理的意见</td></tr>
<tr><td><b>发文字号：</b></td><td>青政发〔2019〕5号</td><td><b>发布日期：</b></td><td>2019年02月15日</td></tr>
</tbody></table><table><tbody><tr><td><b>主 题 词：</b></td><td></td></tr></tbody></table></td></tr></tbody></table>
<table><tbody><tr><td><table><tbody><tr><td class="b12c" id="UCAP-CONTENT">
<p style="text-align:center"><span>青州省人民政府关于</span><br> <span>加强河湖管理的意见</span></p>
<p>青政发〔2019〕5号</p><p><br> </p>
<p>各市人民政府：</p><p>&nbsp;&nbsp;为保护河湖，现提出
如下意见。</p>
<p><span>一、总体要求</span></p><p>到2025年，水面率不低于12%，取水量控制在3×10<sup>4</sup>m<sup>3</sup>以内。<script>alert(1)</script></p>
<p>青州省人民政府&nbsp; &nbsp;</p><p>2019年1月27日</p>
<p><a href="/files/P0201.docx">河湖名录.docx</a></p>
</td></tr></tbody></table>
<div id="qr_container">扫一扫在手机打开当前页</div></td></tr></tbody></table>
<div class="footer">主办单位：青州省人民政府办公厅　ICP备案：青ICP备1号</div></div></body></html>"""


def write(folder: Path, data: str | bytes, name: str = "页.html") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_page_of_the_state_council_gives_its_body_and_its_facts() -> None:
    content = webpage(GOV.encode(), Path("a.html"))
    assert content.text == (
        "青州省人民政府关于加强河湖管理的意见\n青政发〔2019〕5号\n各市人民政府：\n为保护河湖，现提出如下意见。\n"
        "一、总体要求\n到2025年，水面率不低于12%，取水量控制在3×10⁴m³以内。\n"
        "青州省人民政府\n2019年1月27日\n河湖名录.docx"
    )
    assert content.facts == Facts(
        title="青州省人民政府关于加强河湖管理的意见",
        issuer="青州省人民政府",
        number="青政发〔2019〕5号",
        date=date(2019, 1, 27),
        published=date(2019, 2, 15),
    )
    assert content.notes == ("网页附件（未包含在内）：河湖名录.docx",)


CITY = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>丰泽市民政局关于高龄津贴的通知-丰泽市民政局网站</title>
<meta name="ArticleTitle" content="丰泽市民政局关于高龄津贴的通知"><meta name="PubDate" content="2023-05-06 09:22">
</head><body><div class="header"><a href="/">首页</a>政务公开</div>
<div class="search"><span>文件状态</span><i>不限</i><i>现行有效</i></div>
<div class="xxgkcontop"><ul><li>文　号：<em>丰民规字〔2023〕4号</em></li><li>实施日期：2023年07月01日</li>
<li>失效日期：2028年06月30日</li><li>发布机关：丰泽市民政局,丰泽市财政局</li><li>有效性：有效</li></ul></div>
<div class="content_article" id="zoomcon"><p>各区民政局：</p><p>高龄津贴标准如下：</p>
<table><thead><tr><th rowspan="2">年龄</th><th colspan="2">标准（元/月）</th></tr>
<tr><th>城镇</th><th>农村</th></tr></thead><tbody>
<tr><td>80至89岁</td><td>100</td><td>80</td></tr><tr><td>90至99岁</td><td>200</td><td>150</td></tr></tbody></table>
<ol start="3"><li>按月发放。</li><li>不得截留。</li></ol>
<p style="display:none">隐藏的字</p><div class="share-box">分享到：</div><p>【打印】</p><img src="a.jpg">
</div><div class="footer">版权所有</div></body></html>"""


def test_a_city_page_in_gb2312_gives_its_body_tables_lists_and_facts() -> None:
    content = webpage(CITY.encode("gb18030"), Path("a.html"))
    lines = content.text.splitlines()
    assert lines[:3] == ["丰泽市民政局关于高龄津贴的通知", "各区民政局：", "高龄津贴标准如下："]
    assert lines[-2:] == ["3. 按月发放。", "4. 不得截留。"]
    assert "80至89岁" in lines[3]
    assert "城镇：100" in lines[3]
    assert "农村：150" in lines[4]
    assert len(lines) == 7
    assert content.facts == Facts(
        title="丰泽市民政局关于高龄津贴的通知",
        issuer="丰泽市民政局、丰泽市财政局",
        number="丰民规字〔2023〕4号",
        published=date(2023, 5, 6),
        effective=date(2023, 7, 1),
        expires=date(2028, 6, 30),
        status="现行",
    )
    assert content.notes == ("网页正文含图片1幅，图片中的文字未读取",)


def test_fields_without_a_value_state_nothing() -> None:
    fields = [
        ("发文机关", "无"),
        ("发文字号", "-"),
        ("成文日期", "2019-02-31"),
        ("成文日期", "2019-06-17"),
        ("页", "x"),
    ]
    assert stated(fields) == Facts(date=date(2019, 6, 17))


def test_a_page_that_names_no_body_gives_the_element_with_the_prose() -> None:
    page = (
        "<html><head><title>关于停水的通知 - 丰泽市水务局网站</title></head><body><div class=nav-bar><a>首页</a>"
        "<a>通知</a></div><div class=mid><div class=left><a href=1>更多通知，请点击这里查看全部通知列表。</a></div>"
        "<div class=box><h2>关于停水的通知</h2><div>因检修，2023年5月6日8时至18时，东城区停水，请提前储水。</div>"
        "<div>请各单位、各住户相互转告，不便之处，敬请谅解。</div></div></div>"
        "<div class=bottom>丰泽市水务局 版权所有</div></body></html>"
    )
    content = webpage(page.encode(), Path("a.html"))
    assert content.text == (
        "关于停水的通知\n因检修，2023年5月6日8时至18时，东城区停水，请提前储水。\n"
        "请各单位、各住户相互转告，不便之处，敬请谅解。"
    )
    assert content.facts.title == "关于停水的通知"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + "<html><meta charset=gbk><p>节约用水".encode(),
        "<html><meta charset='utf-8'><p>节约用水".encode("gb18030"),  # what it declares is wrong
        '<html><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>节约用水'.encode("gbk"),
        '<html><meta charset="big5"><p>節約用水'.encode("big5"),
        "<html><p>节约用水".encode("gb18030"),
        "<html><p>节约用水".encode("utf-16"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes) -> None:
    assert webpage(data, Path("a.html")).text in ("节约用水", "節約用水")


def test_a_page_cut_in_a_character_is_read_as_far_as_it_goes() -> None:
    text = "<html><meta charset=utf-8><p>" + "节约用水。" * 1000
    assert webpage(text.encode()[:-1], Path("a.html")).text.startswith("节约用水。" * 999 + "节约用水")


def test_rows_have_the_unit_that_stands_above_their_table_and_the_next_table_has_its_own() -> None:
    table = "<table><tr><td>等级</td><td>普通班</td></tr><tr><td>一级园</td><td>480</td></tr></table>"
    page = f"<p>保教费标准</p><p>单位：元/月</p>{table}{table}".encode()
    assert webpage(page, Path("a.html")).text.splitlines() == [
        "保教费标准",
        "单位：元/月",
        "一级园 · 普通班：480（单位：元/月）",
        "一级园 · 普通班：480",
    ]


def test_tables_that_lay_out_a_page_are_no_tables() -> None:
    page = "<table><tr><td>左栏</td><td><table><tr><td>甲</td></tr></table></td></tr></table>"
    assert webpage(page.encode(), Path("a.html")).text == "左栏\n甲"
    assert webpage(b"<table><tr><td>one</td></tr><tr><td>two</td></tr></table>", Path("a.html")).text == "one\ntwo"


@pytest.mark.parametrize("tag", ["div", "span", "b", "table", "ul", "font", "p", "a"])
def test_deep_nesting_is_read_or_refused_quickly(tag: str) -> None:
    started = time.process_time()
    try:
        assert "水" in webpage((f"<{tag}>" * 100_000 + "水").encode(), Path("a.html")).text
    except UnreadableFile as error:
        assert "a.html" in str(error)  # noqa: PT017
    assert time.process_time() - started < 60


def test_unclosed_paragraphs_are_not_nested() -> None:
    page = "<html>" + "<p>第一条 节约用水。" * 30_000
    assert webpage(page.encode(), Path("a.html")).text.count("\n") == 29_999


def test_a_cell_that_claims_the_whole_world_is_bounded() -> None:
    page = "<table>" + '<tr><td colspan="999999" rowspan="999999">甲<td>乙</tr>' * 3 + "</table>"
    assert "甲" in webpage(page.encode(), Path("a.html")).text


MHTML = (
    "From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b1"\r\n\r\n--b1\r\n'
    "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    '<html><head><meta charset=3D"utf-8"></head><body><p>=E8=8A=82=E6=B0=B4</p></body></html>\r\n'
    "--b1\r\nContent-Type: image/png\r\n\r\nxx\r\n--b1--\r\n"
)


def test_a_saved_page_is_read_and_one_without_a_page_is_refused(tmp_path: Path) -> None:
    assert load(write(tmp_path, MHTML, "页.mhtml")).text == "节水"
    with pytest.raises(UnreadableFile, match="holds no web page"):
        load(write(tmp_path, MHTML.replace("text/html", "text/plain"), "无.mht"))
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(5000))
    with pytest.raises(UnreadableFile, match=r"深\.mht"):
        load(write(tmp_path, "MIME-Version: 1.0\n" + nested, "深.mht"))


def test_a_page_without_text_is_empty(tmp_path: Path) -> None:
    for data in ("", "<html><body><script>x</script></body></html>", "<!-- nothing -->"):
        with pytest.raises(EmptyDocument):
            load(write(tmp_path, data))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_page_of_the_state_council_has_its_facts() -> None:
    paths = sorted((CORPUS / "govcn_html").glob("*.html"))
    for path in paths:
        content = webpage(path.read_bytes(), path)
        facts = content.facts
        assert facts.issuer.startswith("国务院")
        assert facts.title
        assert facts.number.endswith("号")
        assert facts.date
        assert facts.published
        assert "扫一扫" not in content.text
        assert "主题分类" not in content.text
    assert len(paths) == 36
