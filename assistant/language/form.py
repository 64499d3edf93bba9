"""What an answer must look like: a number with the unit asked for, a date, a person, a place, a definition.

wanted("黑臭水体消除比例是多少") finds "98.2%"; wanted("一共有多少条") finds "12条" and not "98.2%"
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.language import kinds, people
from assistant.language.question import Question
from assistant.language.vocabulary import comparable, places, synonyms

Check = Callable[[str], bool]

_VARIANTS = str.maketrans(
    "萬億個項餘馀兩歲張畝噸種條處間輛臺％０１２３４５６７８９．", "万亿个项余余两岁张亩吨种条处间辆台%0123456789."
)
"""Characters of numbers and units as older texts, and those in traditional characters, write them."""
_NUMERAL = r"(?:\d[\d,.]*\s*[余多]?\s*[万亿千百]*|[ⅠⅡⅢⅣⅤIV]+|[一二三四五六七八九十百千万亿零〇两半数]+(?![、是]))\s*(?:余|多)?"
_PERCENT = re.compile(
    r"\d[\d.]*\s*[%％‰]|\d/\d|百分之|[一二三四五六七八九]成|分之|[一减过]半|半数|\d\s*个百分点|\d[:∶：]\d"
)
_UNITS = (
    r"个|项|起|次|家|人|元|吨|公里|平方|立方|亩|公顷|倍|天|小时|辆|台|所|件|份|户|名|批|条|座|处|米|克|毫克|mg|t\b|位|分贝|度|℃|级"
    r"|例|套|部|架次|根|栋|幢|张|棵|株|只|头|种|类|周?岁|站|趟|届|轮|堂|笔|艘|班次|厘米|周|年|月|日"
)
_COUNTED = re.compile(
    rf"(?<![A-Za-z\d.])\d[\d,.]*\s*[余多]?(?:[%％‰万亿千百]|{_UNITS})|百分之|分之"
    r"|(?<![第一二三四五六七八九十])[一二三四五六七八九十百千两半]+[余多]?(?:个|项|起|次|家|倍|成|万|亿|名|人|批|元|吨|亩|例|户|座|件|立方|平方|公里|年|天)"
)
_MEASURES = (
    r"个百分点|个点|周年|个?工作日|个?自然日|个月|个?小时|分钟|类(?!任务|工作|措施|问题)|平方公里|公里|平方米|立方米|家次|人次|架次|班次|周岁|公顷|厘米"
    r"|[个项起次家人名吨亩条座件元份户批台辆所处种倍天日年米届位度级分例套根栋幢岁棵株张款趟轮站斤尺头堂笔艘]|部(?![门委分队署])|只(?![能要有])"
)
_ASKED_UNIT = re.compile(rf"(?:多少|几)[万亿千百]?({_MEASURES})")
_UNIT_NAMED = re.compile(r"(人次|家次|户)数?(?:总共|一共|共)?(?:是|为|有|达到?)?(?:多少|几)")
"""A unit that stands before 多少: 购物人次是多少."""
_PEOPLE = frozenset(("人", "人次", "名", "位"))
_POINTS = frozenset(("个点", "个百分点"))
_DIVIDED = re.compile("分(?:为|成)?几")
"""Where it is asked into how many kinds something is divided, which no one of them tells (Ⅰ级)."""
_ALSO_UNIT = {
    "人": "人|名|位|例",
    "名": "名|人|位|个",
    "位": "位|名|人",
    "家": "家|户|个|所",
    "户": "户|家|个家庭",
    "个": "个|项|种|类|名|位|人|例|处|座|家|件|条|所|起",
    "种": "种|类|个|项",
    "条": "条|项|艘",
    "项": "项|个|件",
    "起": "起|件|例|宗",
    "件": "件|起|项|个|宗|笔",
    "例": "例|名|人|个",
    "度": "度|℃",
    "周岁": "岁|周岁",
    "棵": "棵|株",
    "栋": "栋|幢|座",
    "幢": "幢|栋|座",
    "部": "部|台",
    "年": "年|周年|个月",
    "个小时": "个?小时",
    "趟": "趟|次|列|班",
    "笔": "笔|件",
}
"""Units that count the same."""
_DAYS = frozenset("天日")
_DAY_COUNT = re.compile(
    r"(?<![月\d.])(?:\d[\d,]*|[一二三四五六七八九十百两]+)\s*(?:个?工作日|个?自然日|日(?!起施行)|天)"
)
_UNCOUNTED = re.compile(r"\d[\d.]*\s*[万亿](?:余|多)?(?=[、，,；;。]|$)")
"""A number of people that does not say so: 入境游客111万、增长…"""
_DURATION_ASKED = re.compile(r"多久|多长|\bhow long\b", re.IGNORECASE)
_DURATION = re.compile(
    r"(?<![年月\d])(?!(?:19|20)\d{2}\s*年)(?!\d{1,2}月)"
    r"[0-9一二三四五六七八九十百两半]+\s*(?:个?(?:工作日|自然日|月|小时|星期)|日|天|年|周|分钟|公里|米)"
)
"""A length of time, and neither a year (2019年) nor a day of one (8月1日)."""
_MONEY_ASKED = re.compile(
    r"多少钱|限额|金额|租金|费用|津贴|工资|价格|收费|保证金|押金|(?:扣|交|缴|花|赔|补|罚|领|拿|报|发|给)(?:了|到)?多少(?![年个天次项条人户月日])"
)
_MONEY = re.compile(
    r"\d[\d,.]*\s*[余多]?\s*[万亿千百]*(?:余|多)?元|[一二三四五六七八九十百千万亿零两]+[余多]?[万亿]?元|\d[\d.]*\s*[%％]|百分之|[\d一二三四五六七八九十两]倍"
)
"""An amount of money, or the share or the multiple of one; where it is asked for, 6项 is none."""
_PHONE_ASKED = re.compile(r"(?:电话|热线|传真|手机|号码)(?:号码?)?(?:是|为|有)?(?:多少|几)")
_PHONE = re.compile(r"\d[\d()（）\-—－ ]{3,}\d")
_RATIO = re.compile(
    r"比例|比率|占比|百分|率(?!先|领)|\b(?:ratio|rate|percent\w*|proportion|share)\b", re.IGNORECASE
)

_QUANTITY_ASKED = re.compile(
    r"(?:产量|总量|总额|总产值|面积|人数|里程|装机|规模|数量|库存|存栏|出栏)(?:容量)?(?:是|为|有|达到?)?(?:多少|几|多大)"
)
_SHARES = re.compile(r"\d[\d.]*\s*(?:个百分点|[%％])|百分之[一二三四五六七八九十百零点\d.]+")
"""What tells how a quantity has changed, or what share of another it is, and not how much there is."""

_DAY = re.compile(
    r"\d{1,4}\s*年(?!来|以上|内)|(?<![\d.])(?:[01]?\d|2[0-4])\s?[:：∶]\s?[0-5]\d(?!\d)|[\d一二三四五六七八九十]{1,3}[点时](?=[至到整半，,。]|$|之间)|\d{1,2}\s*[月日]|[一二三四五六七八九十]+月|年底|之日|“?[一二三四五六七八九十]{1,2}五”?(?:末|期间|时期|计划期间)"
    r"|[一二三四五六七八九〇零○]{4}\s*年|[12]\d{3}-\d{1,2}-\d{1,2}|年内|明年|次日|当[日天]|每[年月周日季]|即日"
    r"|(?:解除|结束|期满|届满)之?(?:前|后|为止|(?=[。；;]|$))|[月日]内"
)
_ON = re.compile(r"(?:自|从|于)?(?:什么时候|什么时间|何时|何日|啥时候|多会儿|几时|哪一?[年天日月]|几[月号日])")
"""Where a question asks for a day: the event stands behind it, as a rule, or else before it (发布于哪天)."""
_ISSUED = frozenset(("印发", "发布", "公布", "签署", "出台"))
_SIGNED = re.compile(r"[^，,。；;：:]{0,100}[12]\d{3}年\d{1,2}月\d{1,2}日[^，,。；;：:]{0,20}")
"""The lines below a document that say who issued it on what day."""
_EVENT = re.compile(
    r"印发|发布|公布|施行|生效|启动|召开|成立|揭牌|开工|签署|出台|修订|开通|投产|举行|举办|结束|完成|实现|达峰"
    r"|召集|开(?=的|会|了|$|[?？])"
)

_SAME_EVENT = {"启动": ("开始", "启用")}
"""What tells of the same event, where the synonyms say too much: what is carried out (实施) was not then launched."""

_TERM = re.compile(r"\d{4}\s*年底?前")
_REACHED = frozenset(("完成", "实现", "达峰", "结束"))
"""Events that a term (2030年前) is set for; the term in the name of a plan is not the day on which that was launched."""

_BODIES = "部|委|局|厅|署|院|会|办|组织|机关|单位|部门|委员会|政府|公司|中心|协会|法院"
_BODY = re.compile(rf"[一-鿿]{{2,}}(?:{_BODIES})")
_PARTIES = "单位|个人|者|人|人员|企业|机构|组织"
_PARTY = re.compile(rf"[一-鿿]{{2,}}(?:{_BODIES}|{_PARTIES})")
_BY_WHOM = re.compile(
    r"由谁(?!主持|作|讲|出席|致|宣读|念)|[被让向要经找归]谁|谁(?:来|去|有权|可以|应当?|该)?"
    r"(?:负责|批准|审批|批|确定|制定|规定|组织|监管|管|承担|审核|主管|牵头|实施|发放|支付|出资|出钱|受理|处罚|决定|划定|编制|公布|指定)"
    r"|(?:义务|责任|纳税|缴费|申请|受理|审批|实施|适用)(?:人|对象|主体|单位)是谁"
)
"""Whom a question asks for that bodies answer as well as people: 由谁确定, 谁批准, 纳税人是谁."""
_POST_ASKED = re.compile(
    r"(副?(?:组长|总?指挥长?|主任|主席|理事长|秘书长|负责人|召集人|委员|成员))(?:都?是|有|为|由)?(?:谁|哪些人)"
)
_DEPUTY = r"副(?:部长|主任|主席|总理|委员长|省长|市长|区长|县长|局长|司长|厅长|处长|院长|校长|会长|书记)"
_DEPUTY_ASKED = re.compile(
    rf"哪几?位(?:是)?({_DEPUTY})|({_DEPUTY})(?:都|分别|现在|一共)*(?:是|有|叫|为)?(?:谁|哪[些几位]|啥)"
)
_DONE_BY_ONE = frozenset(("主持", "宣读"))
"""What is done at a meeting by one of those who are there: that somebody was there does not tell who did it."""
_BLANK = re.compile(r"\s")
_BODY_ASKED = re.compile(r"部门|单位|机构|机关|公司|企业|组织|哪家")
_ROLE_ASKED = re.compile(r"职务|什么职|身份|什么人|\bwho (?:is|was)\b", re.IGNORECASE)
_NAME_ASKED = re.compile(
    rf"领导|姓名|叫什么|谁(?:主持|作|讲|出席|致|宣读|念)|{kinds.WHICH_PEOPLE}|\bwho\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"(?!哪|那|这|讲|报|作|主)[一-鿿]{2,4}是谁")
_TITLE = re.compile(people.TITLE)

_COUNTY = re.compile(r"[一-鿿]{2,}县(?!城|级|域)")
_AREA = re.compile(
    r"[一-鿿]{2,}(?:省|市|县|区|镇|村|州|流域|海域|区域|地区)|县城|乡镇|农村|城市|在京|京津冀|长三角"
)
_SITE = re.compile(r"www\.|https?:|网站|平台|窗口|大厅|APP|小程序|公众号", re.IGNORECASE)
_HELD = re.compile(r"召开|举行|举办|开的")
_WHERE = re.compile(r"在京|设在|挂靠|在[一-鿿]{2,8}?(?:召开|举行|举办|成立|揭牌)|地址|地点|位于")
_BIRTHPLACE_ASKED = re.compile(
    r"(?:哪里|哪儿|什么地方|何处|何地)的?人(?:士|氏)?(?=[?？呢啊吗。]|$)|(?:老家|籍贯|祖籍|出生地)(?:是|在|为)*(?:哪|什么|何)|出生[在于](?:哪|什么|何)"
)
_BIRTHPLACE = re.compile(
    r"(?<!负责)(?<!申请)(?<=[一-鿿)）])(?<![万个本法私工])人(?=[，,。；;)）也]|$)|[省市县郡]|籍贯|祖籍|老家|出生|生于|来自"
)
_TYPED_PLACES = re.compile(
    r"(?:哪些|哪[一二三四五六七八九十两几]?个?|什么|哪座|哪里的?)(?:省份?|城市|市|地方|地区|县|省市)"
    r"|(?:省份?|城市|地区|省市)(?:有|是|分别)?(?:哪些|哪几个|哪里)"
    r"|\bwhich (?:city|cities|provinces?|regions?)\b",
    re.IGNORECASE,
)

_ENUMERATED = re.compile(
    r"(?:是|有|指|包括)?(?:指|是)?(?:哪[一二三四五六七八九十两几]{1,2}[个种项条类])|(?:分别|具体)(?:是|指)"
)
_DEFINED = (
    r"{subject}.{{0,6}}(?:是指|指的是|系指|即|是(?!否)|包括|主要是|分为|[:：]|——)",
    r"(?:所称|称为|简称|统称|叫做).{{0,3}}{subject}",
    r"[一-鿿]\({subject}\)|{subject}\([^)]+\)",
)
"""How a comparable text says what ``subject`` is."""


_PUNISHED_ASKED = re.compile(
    r"(?:怎么|如何|怎样|什么|何种|哪些|啥)(?:样的|的)?(?:行政|刑事)?(?:处罚|惩处|惩罚|罚则|法律责任)|(?:怎么|咋|如何)罚|罚款?多少|罚几"
    r"|判(?:几年|多久|多少年|什么刑)|(?:怎么|如何)(?:判|定罪)|(?:罚则|罚款|处罚|法律责任)(?:标准|金额|幅度|规定)?(?:是|有|[?？]?$)"
)
_PUNISHED = re.compile(
    r"罚款|罚金|拘留|吊销|暂扣|没收|警告|有期徒刑|拘役|责令(?:限期)?(?:改正|停|关|恢复|补|拆|消|采|缴)|给予处分|依法(?:给予|追究|承担)|从重处罚"
    r"|处[一二三四五六七八九十百千万\d]+(?:[万千百]?元|倍)"
)


def is_of_penalty(question: Question) -> bool:
    """Whether ``question`` asks how something is punished."""
    return bool(_PUNISHED_ASKED.search(question.text))


_CHARGE_ASKED = re.compile(
    r"(?:部门|单位|机构|机关|谁|哪家|哪个委|哪个局)(?:来|都|是|应当?|可以)*(?:具体|主要|统一)?(?:负责|监管|主管|监督|管理|管|牵头|统筹)"
    r"|(?:主管|监管|监督管理|牵头|负责|责任|管理)的?(?:部门|单位|机构|机关)(?:是|有|为|[?？]?$)"
)
_CHARGED = re.compile(
    r"[一-鿿](?:部门|部|委|局|厅|署|院|会|办|办公厅|办公室|政府|机构|机关|单位|公司|中心|组)(?:[（(][^（）()]{2,40}[)）])?"
    r"[^，,。；;、的]{0,24}?(?:负责|主管(?!部门|机关|单位)|牵头|承担|统筹)|由[^，,。；;]{2,40}(?:负责|牵头|主管(?!部门|机关|单位)|监督管理)"
    r"|(?:主管|牵头|责任|管理)(?:部门|单位|机构|机关)[是为：:]|是[^，,。；;]{2,30}主管(?:部门|单位|机关)|(?:负责|牵头)[）)]"
)
"""How it is said who is in charge: …部门负责…, 由…牵头, …是主管单位."""


def asks_who_is_in_charge(question: Question) -> bool:
    """Whether ``question`` asks which body is in charge of something."""
    return bool(_CHARGE_ASKED.search(question.text))


def tells_who_is_in_charge(text: str) -> bool:
    """Whether ``text`` says of some body that it is in charge, and does not merely name one."""
    return bool(_CHARGED.search(text))


_MANNER_ASKED = re.compile(r"(?:怎么|如何|怎样)(?!样|理解|定义)")
_MEANS = re.compile(r"[，,]\s*(?:是指|系指|指的是|是对)")


def names_a_unit(question: Question) -> bool:
    """Whether ``question`` says in what its answer is counted: 多少条, but not 分几类, which is answered by naming them."""
    return question.kind == "number" and bool(_unit(question.text)) and not _DIVIDED.search(question.text)


def _unit(text: str) -> str:
    """The unit in which a question wants its answer counted; empty where it names none."""
    found = _ASKED_UNIT.search(text) or _UNIT_NAMED.search(text)
    return found[1] if found else ""


def asks_for_a_manner(question: Question) -> bool:
    """Whether ``question`` asks how something is done, which no definition of it tells."""
    return question.kind == "open" and bool(_MANNER_ASKED.search(question.text)) and not is_of_penalty(question)


def defines(text: str) -> bool:
    """Whether ``text`` says what a term means (清缴,是指…)."""
    return bool(_MEANS.search(text[:60]))


def wanted(question: Question) -> Check | None:
    """A test of whether a text can hold the answer to ``question``; ``None`` where any text can."""
    if is_of_penalty(question):
        return lambda text: bool(_PUNISHED.search(text))
    if question.kind == "number":
        return _number(question.text)
    if question.kind == "date":
        return _date(question.text)
    if question.kind == "person":
        return _person(question)
    if question.kind == "place" or _TYPED_PLACES.search(question.text):
        return _place(question)
    if question.kind == "definition" or (question.names and _ENUMERATED.search(question.text)):
        return _definition(question)
    return None


def may_be_told(question: Question) -> Check | None:
    """A test of whether a text that fails ``wanted`` may hold the answer all the same; ``None`` where none may.

    By whom something is done, or where, is often a body, or people of some kind.
    """
    asked = question.text
    by_name = _DEPUTY_ASKED, _POST_ASKED, _ROLE_ASKED, _NAME_ASKED
    if question.kind == "person" and not any(one.search(asked) for one in by_name):
        return lambda text: bool(_PARTY.search(text))
    of_places = _BIRTHPLACE_ASKED, _TYPED_PLACES, _HELD
    if question.kind == "place" and not any(one.search(asked) for one in of_places):
        return lambda text: bool(_BODY.search(text) or _SITE.search(text))
    return None


def _number(text: str) -> Check:
    told = _counted(text)
    return lambda text: told(text.translate(_VARIANTS))


def _counted(text: str) -> Check:
    """The test of a text in simplified characters and plain digits."""
    if _PHONE_ASKED.search(text):
        return lambda text: bool(_PHONE.search(text))
    unit = _unit(text)
    if unit and unit not in _POINTS:
        if unit in _DAYS or unit.endswith(("工作日", "自然日")):
            return lambda text: bool(_DAY_COUNT.search(text))
        numeral = _NUMERAL.replace("[ⅠⅡⅢⅣⅤIV]+|", "") if _DIVIDED.search(text) else _NUMERAL
        pattern = re.compile(f"{numeral}(?:{_ALSO_UNIT.get(unit, re.escape(unit))})")
        if unit == "分":
            pattern = re.compile(_NUMERAL + "分(?!之|别)")
        people_asked = unit in _PEOPLE
        return lambda text: bool(pattern.search(text) or (people_asked and _UNCOUNTED.search(text)))
    if _DURATION_ASKED.search(text):
        return lambda text: bool(_DURATION.search(text))
    if unit or _RATIO.search(text):
        return lambda text: bool(_PERCENT.search(text))
    if _QUANTITY_ASKED.search(text):
        return lambda text: bool(_COUNTED.search(_SHARES.sub("", text)))
    if _MONEY_ASKED.search(text):
        return lambda text: bool(_MONEY.search(text))
    return lambda text: bool(_COUNTED.search(text))


def _date(text: str) -> Check:
    """A date, and what happened then if the question names it: 什么时候印发 is not answered by when it is to be met."""
    event = _event(text)
    if not event:
        return lambda text: bool(_DAY.search(text))
    words = (event, *_SAME_EVENT.get(event, synonyms().get(event, ())))
    term = event in _REACHED

    def told(text: str) -> bool:
        if event in _ISSUED and _SIGNED.fullmatch(text.strip()):
            return True
        return bool(_DAY.search(text if term else _TERM.sub("", text))) and any(word in text for word in words)

    return told


def _event(text: str) -> str:
    """What a question asks the day of; empty where it names no event."""
    events = list(_EVENT.finditer(text))
    asked = _ON.search(text)
    if not asked:
        return events[0][0] if events else ""
    behind = (event[0] for event in events if event.start() >= asked.end())
    before = (event[0] for event in reversed(events) if event.start() < asked.start())
    return next(behind, next(before, ""))


def _person(question: Question) -> Check:
    if _BODY_ASKED.search(question.text):
        return lambda text: bool(_BODY.search(text))
    if asked := _DEPUTY_ASKED.search(question.text):
        deputy = asked[1] or asked[2]
        listed = re.compile(rf"{deputy}(?:委员)?[：:][一-鿿]")
        return lambda text: (
            (deputy in text and bool(people.named(text))) or bool(listed.search(_BLANK.sub("", text)))
        )
    done = _DONE_BY_ONE & {term.text for term in question.terms}
    if done and not _BY_WHOM.search(question.text):
        return lambda text: any(one in text for one in done) and bool(people.named(text))
    post = _POST_ASKED.search(question.text)
    if post:
        told = re.compile(rf"(?<!副){re.escape(post[1])}[：:][一-鿿]")
        return lambda text: bool(people.named(text) or told.search(_BLANK.sub("", text)))
    if _ROLE_ASKED.search(question.text) or _WHO_IS.match(question.text):
        return lambda text: bool(_TITLE.search(text))
    if _BY_WHOM.search(question.text):
        return lambda text: bool(_PARTY.search(text))
    return lambda text: bool(people.named(text))


def _place(question: Question) -> Check:
    if _BIRTHPLACE_ASKED.search(question.text):
        return lambda text: bool(_BIRTHPLACE.search(text))
    if not _TYPED_PLACES.search(question.text) and not _HELD.search(question.text):
        return lambda text: bool(_AREA.search(text) or _WHERE.search(text))
    asked = comparable(question.text)
    names = [name for name in places() if len(name) > 1 and name not in asked]

    def holds(text: str) -> bool:
        return bool(_WHERE.search(text) or _COUNTY.search(text)) or any(name in text for name in names)

    return holds


def _definition(question: Question) -> Check:
    """Whether a text says what the subject is: X是指…, X即…, X：…, Y(X), or X as one of what it enumerates."""
    subjects = (
        [comparable(name) for name in question.names]
        or [term.text for term in question.subject]
        or [term.text for term in question.terms]
    )
    pattern = re.compile("|".join(one.format(subject=re.escape(word)) for word in subjects for one in _DEFINED))
    return lambda text: bool(pattern.search(comparable(text)))
