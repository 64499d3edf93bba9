from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language import form
from assistant.language.question import understand

HOLDS = [
    ("生态环境部副部长有哪几位", "生态环境部部长黄润秋出席会议", False),
    ("生态环境部副部长是谁", "生态环境部副部长赵英民主持会议", True),
    ("會議由誰主持", "生态环境部部长黄润秋出席会议", False),
    ("Who chaired the conference?", "生态环境部部长黄润秋出席会议", False),
    ("会议由谁主持", "会议由副部长赵英民主持", True),
    ("听证由谁负责主持", "听证由行政机关指定的非本案调查人员主持", True),
    ("国家教材委员会副主任有哪些人", "副 主 任：孙春兰 陈宝生", True),
    ("副市长由谁任命", "由市人民代表大会常务委员会任命", True),
    ("哪里人才补贴最高", "深圳市人才补贴最高可达300万元", True),
    ("回老家在哪里登记", "到县城社区居委会登记", True),
    ("曹冲是哪里人", "沛国谯县（今安徽亳州）人。", True),
    ("孙金龙是哪里人", "主要负责人，要落实责任", False),
    ("孙金龙是哪里人", "生态环境部在京召开会议", False),
    ("孙金龙是哪里人", "孙金龙，汉族，湖北钟祥人，在职研究生学历", True),
    ("离岛免税购物人次是多少", "销售额470.3亿元", False),
    ("离岛免税购物人次是多少", "购物568.3万人次", True),
    ("黑臭水体消除比例是多少", "黑臭水体消除比例达到98.2%", True),
    ("黑臭水体消除比例是多少", "处置157起事故", False),
    ("一共有多少条", "共12条", True),
    ("一共有多少条", "达到98.2%", False),
    ("处置了多少起事故", "调度处置各类环境应急事故157起", True),
    ("处置了多少起事故", "深化改革", False),
    ("庆祝建党多少周年", "庆祝中国共产党建党100周年", True),
    ("庆祝建党多少周年", "2021年", False),
    ("水体达到几类", "历史性地实现全Ⅱ类水体", True),
    ("审批要多久", "在20个工作日内作出决定", True),
    ("直接结算惠及多少人次", "惠及5700多万人次", True),
    ("查处了多少起案件", "累计查处相关案件70馀起", True),
    ("一共办了多少件", "全省办结行政复议案件21850件", True),
    ("经济增长几个点", "增长7.5%左右", True),
    ("经济增长几个点", "达到67.7万亿元", False),
    ("要种多少亩棉花", "播种面积安排为九千零三十万亩", True),
    ("大学生有多少人", "達到二十一萬六千餘人", True),
    ("共有多少套公寓", "本批次人才公寓共66套", True),
    ("年龄不超过多少周岁", "年龄一般不超过70周岁", True),
    ("确诊病例多少例", "首次确认2例输入性确诊病例", True),
    ("咨询电话是多少", "咨询电话：（010）8403-8327", True),
    ("咨询电话是多少", "共处置157起事故", False),
    ("累计亏损多少钱", "亏损金额达四十二亿元", True),
    ("项目要减少多少", "要减少三分之一", True),
    ("进出口总额是多少", "进出口总额增长百分之五十三点七", False),
    ("审批要多久", "共157起", False),
    ("会议什么时候召开", "1月21日,生态环境部在京召开会议", True),
    ("会议什么时候召开", "1月21日,起草文件", False),
    ("什么时候印发", "2035年前实现", False),
    ("通知何时印发", "财政部 生态环境部 2020年2月20日", True),
    ("2020年修订的固体废物法何时施行", "本法自2020年9月1日起施行。", True),
    ("拖拉机厂哪年建好", "一九五九年建成", True),
    ("环评报告什么时候报批", "在疫情解除后，逐步恢复", True),
    ("碳市场什么时候启动", "二是编制实施2030年前碳排放达峰行动方案", False),
    ("碳市场什么时候启动", "2021年7月,碳市场启动", True),
    ("什么时候启动碳达峰方案", "启动编制2030年前碳达峰方案", False),
    ("什么时候实现碳达峰", "2030年前实现碳达峰", True),
    ("谁作工作报告", "生态环境部部长黄润秋作工作报告", True),
    ("谁作工作报告", "会议作了部署", False),
    ("哪个部门负责", "由生态环境部负责", True),
    ("黄润秋是谁", "生态环境部部长黄润秋", True),
    ("孙金龙是什么职务", "孙金龙出席", False),
    ("会议在哪里召开", "在京召开会议", True),
    ("会议在哪里召开", "会议指出", False),
    ("支援了哪些城市", "全力支持湖北武汉等地", True),
    ("什么是三线一单", "三线一单是指生态保护红线", True),
    ("什么是三线一单", "“三线一单”,即生态保护红线", True),
    ("什么是三线一单", "加快三线一单落地应用", False),
    ("“六个必须”分别指什么", "体现为“六个必须”:必须坚持", True),
    ("臭氧是什么", "臭氧(O3)协同控制", True),
    ("备案要在几天内办", "应当在30日内办理备案", True),
    ("公示几天", "公示时间为5个工作日", True),
    ("公示多少天", "1月21日公示", False),
    ("粮食应急分几级", "分为国家级和省级两级", True),
    ("粮食应急分几级", "国家级（Ⅰ级）应急响应", False),
    ("毕业生中有多少比例继续深造", "毕业生1/3继续深造", True),
    ("煤炭产量是多少", "煤炭先进产能占比达到83%", False),
    ("煤炭产量是多少", "原煤产量12亿吨，增长3%", True),
    ("煤炭产量增长多少", "原煤产量增长3%", True),
    ("每年新增就业多少", "城镇新增就业年均1270多万人", True),
    ("接待入境游客多少人", "接待游客增长8%,其中入境游客111万、增长115.6%", True),
    ("夜间是几点到几点", "“夜间”是指晚上十点至次日早晨六点之间", True),
    ("昼间是几点到几点", "“昼间”是指 6 ∶ 00 至 22 ∶ 00 之间的时段", True),
    ("昼间是几点到几点", "时段：昼间；限值 · 31.5：76；限值 · 63：59；限值 · 125：48", False),
    ("生态流量由谁确定", "国务院水行政主管部门确定生态流量", True),
    ("转移要谁批准", "应当进行科学论证", False),
    ("环境保护税的纳税人是谁", "企业事业单位和其他生产经营者为纳税人", True),
    ("会议由谁主持", "生态环境部在京召开会议", False),
    ("领导小组组长是谁", "组　长：韩　正　　国务院副总理", True),
    ("领导小组组长是谁", "副组长：丁学东　　国务院副秘书长", False),
    ("总指挥是谁", "总指挥：国家发展改革委主要负责人", True),
    ("办公室设在哪里", "办公室设在教育部", True),
    ("私设暗管怎么处罚", "责令改正,处十万元以上一百万元以下的罚款", True),
    ("私设暗管怎么处罚", "禁止私设暗管排放水污染物", False),
    ("超标排放罚多少钱", "由环保部门责令停产整治", True),
    ("采购周期多长", "于2019年初开始执行采购结果", False),
    ("采购周期多长", "周期为1年", True),
    ("公示多久", "8月1日公示", False),
    ("赡养老人可以扣多少", "子女教育、赡养老人等6项专项附加扣除", False),
    ("赡养老人可以扣多少", "按照每月2000元的标准定额扣除", True),
    ("补贴限额是多少", "不超过实际支出的50%", True),
    ("租金多少", "共66套", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), HOLDS)
def test_an_answer_has_the_form_that_the_question_wants(question: str, text: str, expected: bool) -> None:
    check = form.wanted(understand(question))
    assert check is not None
    assert check(text) is expected


@pytest.mark.parametrize("question", ["2021年碳达峰任务有哪些", "碳市场", "为什么限行", "普查完成了吗"])
def test_questions_that_any_text_can_answer_want_no_form(question: str) -> None:
    assert form.wanted(understand(question)) is None


@pytest.mark.parametrize(
    ("question", "text", "asked", "told"),
    [
        ("碳排放权交易由哪个部门监管", "国务院生态环境主管部门负责监督管理工作。", True, True),
        ("节水工作由谁负责", "其他负有监督管理职责的部门应当处理。", True, False),
        ("政务新媒体的主管单位是谁", "国务院办公厅是全国政务新媒体工作的主管单位", True, True),
        ("谁牵头", "（农业农村部、发展改革委等负责）", True, True),
        ("哪些部门参加会议", "生态环境主管部门的工作人员", False, False),
    ],
)
def test_who_is_in_charge_is_told_by_saying_so(question: str, text: str, asked: bool, told: bool) -> None:
    assert form.asks_who_is_in_charge(understand(question)) is asked
    assert form.tells_who_is_in_charge(text) is told


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("配额怎么分配", True),
        ("配额是什么", False),
        ("怎么理解配额", False),
        ("天气怎么样", False),
        ("偷排怎么处罚", False),
    ],
)
def test_a_manner_is_asked_for(question: str, expected: bool) -> None:
    assert form.asks_for_a_manner(understand(question)) is expected


def test_a_definition_says_what_a_term_means() -> None:
    assert form.defines("（二）配额，是指分配给单位的额度。")
    assert not form.defines("配额实行免费分配。")


@given(st.sampled_from([question for question, _, _ in HOLDS]), st.text())
@settings(deadline=None)
def test_any_text_can_be_checked(question: str, text: str) -> None:
    check = form.wanted(understand(question))
    assert check is not None
    assert check(text) in (True, False)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("黑臭水体总共有多少条", True),
        ("购物人次是多少", True),
        ("投入是多少", False),
        ("放射源分为几类", False),
        ("有哪几条", False),
    ],
)
def test_a_unit_is_known_to_be_named(asked: str, named: bool) -> None:
    assert form.names_a_unit(understand(asked)) is named


@pytest.mark.parametrize(
    ("asked", "text", "may_be"),
    [
        ("谁应当建立扑火队", "有关单位应当建立群众扑火队", True),
        ("谁应当建立扑火队", "建立扑火队", False),
        ("失业保险在哪儿能办", "可通过全国人社政务服务平台在线申请", True),
    ],
)
def test_by_whom_and_where_may_be_told_by_a_body(asked: str, text: str, may_be: bool) -> None:
    check = form.may_be_told(understand(asked))
    assert check is not None
    assert check(text) is may_be


@pytest.mark.parametrize(
    "asked", ["哪些领导出席了", "副部长是谁", "孙金龙是哪里人", "会议在哪个城市召开", "黑臭水体有多少条"]
)
def test_a_name_that_is_asked_for_is_told_by_itself_alone(asked: str) -> None:
    assert form.may_be_told(understand(asked)) is None
