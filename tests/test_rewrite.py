from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dialogue.rewrite import person_in, standalone
from assistant.types import Turn
from index.errors import InvalidQuestion

TASKS = "2021年碳达峰任务有哪些"
MEASURES = "1. 加快建立项目库[1]\n2. 推进全国碳排放权交易市场建设,深化试点[1]\n3. 强化能力建设[2]"
REPORT = "生态环境部党组书记孙金龙出席会议并讲话,生态环境部部长黄润秋出席会议并作工作报告。[1]"
LAW = "《大气污染防治法》什么时候施行"
ENGLISH = "What are the carbon peaking tasks for 2021?"


def follow(question: str, before: str, answer: str = "") -> str:
    return standalone(question, [Turn(before, answer)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2020年呢", "2020年碳达峰任务有哪些"),
        ("那2020年的呢？", "2020年碳达峰任务有哪些"),
        ("20年的", "2020年碳达峰任务有哪些"),
        ("换成2020年", "2020年碳达峰任务有哪些"),
        ("去年呢", "去年碳达峰任务有哪些"),
        ("那十三五呢", "“十三五”时期碳达峰任务有哪些"),
        ("2020年和2021年呢", "2020年和2021年碳达峰任务有哪些"),
    ],
)
def test_another_time_asks_the_same_of_that_time(question: str, expected: str) -> None:
    assert follow(question, TASKS) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (TASKS, "碳中和呢", "2021年碳中和任务有哪些"),
        ("2021年大气污染防治任务有哪些", "那水污染呢", "2021年水污染防治任务有哪些"),
        (TASKS, "那2020年的大气呢", "2020年大气任务有哪些"),
        ("北京有哪些购房补贴", "上海呢", "上海有哪些购房补贴"),
        ("北京的落户政策有哪些", "积分落户呢", "北京积分落户政策有哪些"),
        (LAW, "《水污染防治法》呢", "《水污染防治法》什么时候施行"),
        (LAW, "处罚标准呢", "《大气污染防治法》的处罚标准"),
        ("谁作工作报告", "那讲话的是谁", "讲话的是谁"),
    ],
)
def test_another_topic_place_or_document_takes_the_place_of_the_old_one(
    before: str, question: str, expected: str
) -> None:
    assert follow(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (TASKS, "为什么", "2021年碳达峰为什么"),
        (TASKS, "具体措施有哪些", "2021年碳达峰具体措施有哪些"),
        (TASKS, "具体到企业呢", "2021年碳达峰具体到企业"),
        (TASKS, "什么时候完成？", "2021年碳达峰什么时候完成"),
        (TASKS, "展开讲讲", "2021年碳达峰有哪些具体内容"),
        (TASKS, "请详细说一下吧", "2021年碳达峰有哪些具体内容"),
        (TASKS, "谁负责", "2021年碳达峰谁负责"),
        ("黑臭水体消除比例是多少", "这个比例是哪一年的", "黑臭水体消除比例是哪一年的"),
        ("黑臭水体消除比例是多少", "它达标了吗", "黑臭水体消除比例达标了吗"),
        ("COP15是什么会", "这事2021年怎么推进", "COP15 2021年怎么推进"),
        ("哲学院有哪些本科专业", "学院有多少位教师", "哲学院有多少位教师"),
        ("国学院有哪些系别", "该院人才培养有哪些特色", "国学院人才培养有哪些特色"),
        ("节水条例规定了哪些处罚", "条例什么时候施行", "节水条例什么时候施行"),
        (LAW, "它有多少条", "《大气污染防治法》有多少条"),
        ("2021年核安全任务有哪些", "那前一年做了什么", "2020年核安全做了什么"),
        ("2021年环境监测怎么搞", "前一年做到什么程度了", "2020年环境监测做到什么程度了"),
        ("2021年核安全任务有哪些", "前一年碳达峰做了什么", "2020年碳达峰做了什么"),
        ("2021年核安全任务有哪些", "2020年其它任务有哪些", "2020年其它任务有哪些"),
        ("2021年核安全任务有哪些", "次年底前要完成什么", "次年底前要完成什么"),
        ("2021年怎么领失业保险", "第二年还能领吗", "2021年失业保险第二年还能领吗"),
        ("2021年工伤怎么赔", "上一年度职工月平均工资是多少", "上一年度职工月平均工资是多少"),
        ("2020年全国碳市场建设有什么进展", "2021年它要做什么", "2021年全国碳市场要做什么"),
        (LAW, "第五条是什么", "《大气污染防治法》第五条是什么"),
    ],
)
def test_what_has_no_subject_of_its_own_is_asked_about_the_last_one(
    before: str, question: str, expected: str
) -> None:
    assert follow(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("无证排放怎么处罚", "那情节严重的呢", "无证排放，情节严重的怎么处罚"),
        ("无证排放罚多少钱", "拒不改正的怎么办", "无证排放，拒不改正的罚多少钱"),
        ("无证排放怎么处罚", "那无证采砂呢", "无证采砂怎么处罚"),
    ],
)
def test_a_graver_case_is_one_of_the_act_before(before: str, question: str, expected: str) -> None:
    assert follow(question, before) == expected


@pytest.mark.parametrize("question", ["还有吗", "还有没有", "就这些吗？", "继续", "其他的呢", "What else?"])
def test_more_of_the_same_is_the_question_before(question: str) -> None:
    assert follow(question, TASKS, MEASURES) == TASKS


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("第二条展开说说", "2021年推进全国碳排放权交易市场建设有哪些具体内容"),
        ("最后一项具体是什么", "2021年强化能力建设有哪些具体内容"),
        ("第3点讲的什么", "2021年强化能力建设有哪些具体内容"),
    ],
)
def test_an_item_of_the_answer_is_asked_about_by_its_words(question: str, expected: str) -> None:
    assert follow(question, TASKS, MEASURES) == expected


def test_an_item_is_of_the_time_of_its_list_and_not_of_the_turn_between() -> None:
    history = [Turn(TASKS, MEASURES), Turn("2020年呢", "启动编制行动方案。[1]")]
    assert standalone("第二条展开说说", history) == "2021年推进全国碳排放权交易市场建设有哪些具体内容"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("不对，我问的是2020年", "2020年碳达峰任务有哪些"),
        ("我问的是碳市场，不是碳达峰", "2021年碳市场任务有哪些"),
        ("我是说谁作工作报告", "2021年谁作工作报告"),
        ("应该是2020年", "2020年碳达峰任务有哪些"),
    ],
)
def test_a_correction_takes_the_place_of_what_was_understood(question: str, expected: str) -> None:
    assert follow(question, TASKS) == expected


@pytest.mark.parametrize(
    ("before", "answer", "question", "expected"),
    [
        ("谁作工作报告", REPORT, "他是谁", "黄润秋是谁"),
        ("会上谁讲话了", REPORT, "他的职务是什么", "孙金龙的职务是什么"),
        ("孙金龙是谁", "", "他讲了什么", "孙金龙讲了什么"),
        ("谁作工作报告", "没有找到", "他是谁", "他是谁"),
    ],
)
def test_he_is_the_person_whom_the_answer_or_the_question_names(
    before: str, answer: str, question: str, expected: str
) -> None:
    assert follow(question, before, answer) == expected


@pytest.mark.parametrize(
    ("before", "answer", "question", "expected"),
    [
        (ENGLISH, MEASURES, "And in 2020?", "What are the carbon peaking tasks for 2020?"),
        (ENGLISH, MEASURES, "What about nuclear safety?", "What are the nuclear safety tasks for 2021?"),
        (TASKS, MEASURES, "What about 2020?", "2020年碳达峰任务有哪些"),
        ("Who delivered the work report?", REPORT, "Who is he?", "Who is 黄润秋?"),
        ("Who delivered the work report?", REPORT, "What is his position?", "What is 黄润秋's position?"),
        (ENGLISH, MEASURES, "When will it start?", "When will carbon peaking start?"),
        (ENGLISH, MEASURES, "Who won the election?", "Who won the election?"),
        (ENGLISH, MEASURES, "Which laws that protect rivers passed?", "Which laws that protect rivers passed?"),
    ],
)
def test_english_follow_ups_are_rewritten_too(before: str, answer: str, question: str, expected: str) -> None:
    assert follow(question, before, answer) == expected


@pytest.mark.parametrize(
    "question",
    [
        "黑臭水体消除比例是多少",
        "核安全",
        "谢谢",
        "谁作工作报告",
        "你能做什么",
        "企业要怎么做",
        "2020年土壤污染防治做了什么",
        "《水污染防治法》有哪些规定",
    ],
)
def test_a_question_with_a_subject_of_its_own_does_not_drag_the_old_one_along(question: str) -> None:
    assert follow(question, TASKS, MEASURES) == question


def test_a_follow_up_of_a_follow_up_goes_back_to_the_first_question() -> None:
    history = [Turn(TASKS, ""), Turn("2020年呢", ""), Turn("碳中和呢", "")]
    assert standalone("那十三五呢", history) == "“十三五”时期碳中和任务有哪些"


def test_a_turn_in_which_nothing_was_asked_is_passed_over() -> None:
    assert standalone("2020年呢", [Turn(TASKS, ""), Turn(" ？", "请提问")]) == "2020年碳达峰任务有哪些"


def test_without_history_a_question_stays_as_it_is() -> None:
    assert standalone(" 2020年呢 ") == "2020年呢"


def test_of_several_people_the_one_whose_clause_was_asked_about_is_meant() -> None:
    assert person_in(REPORT, "谁讲话") == "孙金龙"
    assert person_in(REPORT, "谁作工作报告") == "黄润秋"
    assert person_in("没有人") == ""


ANY = st.text(
    alphabet=st.one_of(st.sampled_from("2020年那呢他它第三条还有吗我是说的任务and in"), st.characters(codec=None))
)


@given(ANY, ANY, ANY)
@settings(deadline=None)
def test_any_conversation_is_rewritten_or_the_question_refused(question: str, before: str, answer: str) -> None:
    try:
        assert standalone(question, [Turn(before, answer)])
    except InvalidQuestion:
        assert not any(one.isalnum() for one in question if one.isprintable())


@pytest.mark.parametrize("unit", ["ﷺ", "呢", "他", "2020年", "第三条", "a ", "一是", "\n1. 碳"])
def test_a_long_conversation_is_rewritten_at_once(unit: str) -> None:
    follow("2020年呢", TASKS)  # what is read once
    started = time.process_time()
    follow(unit * 100_000, unit * 100_000, unit * 100_000)
    follow("它呢", unit * 100_000, unit * 100_000)
    assert time.process_time() - started < 10  # a fraction of a second; what is quadratic would take minutes
