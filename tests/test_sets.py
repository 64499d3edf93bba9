"""Each reader of a question set against a small set in its layout, and the shared ones if they are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.types import Turn
from evals import sets
from evals.errors import MalformedSet, MissingSet, UnknownSet
from evals.sets import policies
from evals.sets.written import Written, mark
from evals.types import Fact, Question, Source
from index.types import Span

SHARED = Path(__file__).parent.parent.parent / "shared" / "benchmarks"


def lines(path: Path, *rows: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_our_own_cases_come_with_the_documents_of_the_project_and_their_split() -> None:
    task = sets.read("own", sets.own.CASES)
    assert {question.split for question in task.questions} == {"dev", "test"}
    names = {source.id for source in task.sources}
    assert all(set(question.documents) <= names for question in task.questions)
    assert not any(name.endswith(".meta.toml") for name in names)
    listing = next(question for question in task.questions if question.items)
    assert listing.items == tuple(fact.forms[0] for fact in listing.must)


def test_ncp_answers_are_spans_of_their_document(tmp_path: Path) -> None:
    lines(tmp_path / "documents.jsonl", {"id": "d", "text": "补助不超过50万元。"})
    lines(
        tmp_path / "questions.jsonl",
        {"id": "q", "question": "补助多少", "document": "d", "answer": "不超过50万元"},
    )
    task = sets.read("ncp", tmp_path)
    assert task.sources == (Source("d", text="补助不超过50万元。"),)
    assert task.questions == (
        Question("q", "补助多少", "span", answers=("不超过50万元",), documents=("d",), evidence=("不超过50万元",)),
    )


def test_stard_is_told_by_its_retrieval(tmp_path: Path) -> None:
    lines(
        tmp_path / "documents.jsonl",
        {"id": "7", "title": "某法第一条", "text": "甲", "law": "某法", "date": None},
    )
    asked = {"question": "问", "documents": ["7"]}
    lines(
        tmp_path / "questions.jsonl",
        {"id": "0", "answer": "您好", **asked},
        {"id": "1", "answer": float("nan"), **asked},
    )
    task = sets.read("stard", tmp_path)
    assert task.headline == "ndcg@10"
    assert task.sources == (Source("7", "某法第一条", "甲"),)
    assert [(question.documents, question.answers) for question in task.questions] == [
        (("7",), ("您好",)),
        (("7",), ()),  # one question of the set has NaN for an answer
    ]


def domainrag(folder: Path) -> None:
    lines(
        folder / "documents.jsonl",
        {
            "id": "0",
            "title": "甲",
            "date": "2021-01-02",
            "text": "成立于2008年。",
            "source_id": "9",
            "passage_id": 1,
        },
        {"id": "1", "title": "乙", "date": None, "text": "学院有甲、乙。", "source_id": "9", "passage_id": 2},
    )
    rows: dict[str, Any] = {
        "history": [],
        "evidence": [{"source_id": "9", "passage_id": "1", "title": "甲", "text": "成立于2008年。"}],
        "counterfactual": None,
    }
    talk = {
        "id": "c",
        "question": "哪年",
        "answers": ["2008年", "〇八年"],
        "history": [{"question": "问", "answer": "答"}],
    }
    lines(folder / "conversation.jsonl", rows | talk)
    lines(folder / "extractive.jsonl", rows | {"id": "e", "question": "有哪些", "answers": [["甲", "乙"]]})
    lines(
        folder / "time_sensitive.jsonl",
        rows | {"id": "t", "question": "哪年", "answers": [["2008年"], ["2008"]]},
    )
    lines(
        folder / "multi_document.jsonl",
        rows | {"id": "m", "question": "比较", "answers": ["其一", "其二"], "evidence": []},
    )
    edited = rows | {"answers": [["2008年"]], "counterfactual": [["2009年"]]}
    lines(
        folder / "faithful.jsonl",
        edited | {"id": "f", "question": "哪年"},
        edited | {"id": "g", "question": "哪月", "answers": [["3月"]], "counterfactual": [["4月"]]},
    )


def test_domainrag_keeps_alternatives_items_and_parts_apart(tmp_path: Path) -> None:
    domainrag(tmp_path)
    task = sets.read("domainrag", tmp_path)
    conversation, extractive, time_sensitive, multi_document = task.questions
    assert conversation.history == (Turn("问", "答"),)
    assert conversation.answers == ("2008年", "〇八年")
    assert (extractive.answers, extractive.items, extractive.must) == (("甲、乙",), ("甲", "乙"), ())
    assert time_sensitive.must == (Fact(("2008年", "2008")),)
    assert multi_document.answers == ("其一\n其二",)
    assert conversation.documents == ("0",)
    assert task.sources[0].text == "成立于2008年。"


def test_the_faithful_part_edits_its_passages_and_asks_what_could_be_edited(tmp_path: Path) -> None:
    domainrag(tmp_path)
    task = sets.read("domainrag", tmp_path, "faithful")
    assert task.sources[0].text == "成立于2009年。"
    assert [(question.id, question.answers) for question in task.questions] == [("f", ("2009年",))]
    assert task.note == "1 题的段落无法改写成反事实内容，没有提问"


def test_doc2bot_asks_each_turn_that_is_answered_with_the_turns_before_it(tmp_path: Path) -> None:
    def turn(place: int, role: str, act: str, utterance: str, grounding: str) -> dict[str, Any]:
        return {
            "turn": place,
            "role": role,
            "act": act,
            "utterance": utterance,
            "document": "医学_妊娠.json",
            "grounding": [grounding],
        }

    turns = [
        turn(0, "user", "when", "何时胎动", "约16周。"),
        turn(1, "system", "ans/open", "16周", "约16周。"),
        turn(2, "user", "what", "会怎样", "不详。"),
        turn(3, "system", "question/open", "想问哪方面", "不详。"),
        turn(4, "user", "how", "怎么办", "休息。"),
        turn(5, "system", "ans/open", "多休息", "休息。"),
    ]
    lines(tmp_path / "dialogues.jsonl", {"id": "x", "domain": "health", "turns": turns})
    task = sets.read("doc2bot", tmp_path)
    assert task.sources == (Source("医学_妊娠.json", "妊娠", "约16周。\n不详。\n休息。"),)
    assert [question.id for question in task.questions] == ["x-0", "x-4"]
    assert task.questions[1].history == (Turn("何时胎动", "16周"), Turn("会怎样", "想问哪方面"))
    assert task.questions[1].kind == "follow-up"


def test_rewrite_measures_the_query(tmp_path: Path) -> None:
    lines(
        tmp_path / "rewrite.jsonl",
        {
            "id": "1",
            "history": ["滕州有什么好玩的", "微山湖"],
            "question": "怎么去",
            "rewritten": "微山湖怎么去",
        },
    )
    task = sets.read("rewrite", tmp_path)
    assert task.questions == (
        Question(
            "1", "怎么去", "changed", history=(Turn("滕州有什么好玩的", "微山湖"),), rewritten="微山湖怎么去"
        ),
    )


def test_reading_asks_each_question_within_its_passage(tmp_path: Path) -> None:
    row = {"id": "1", "passage": "花期3月。", "question": "花期", "answers": ["3月"], "answerable": True}
    other = {"id": "2", "passage": "花期3月。", "question": "果期", "answers": [], "answerable": False}
    polar = {"id": "3", "passage": "已离婚。", "question": "离婚了吗", "answers": ["YES"], "answerable": True}
    lines(tmp_path / "cail2019.jsonl", row, other, polar)
    task = sets.read("reading", tmp_path, "cail2019")
    assert [source.text for source in task.sources] == ["花期3月。", "已离婚。"]
    assert [question.within for question in task.questions] == [
        ("cail2019-0",),
        ("cail2019-0",),
        ("cail2019-1",),
    ]
    assert [question.answerable for question in task.questions] == [True, False, True]
    assert (task.questions[2].kind, task.questions[2].answers) == ("cail2019 yesno", ("是",))


def test_rgb_asks_for_noise_refusal_integration_and_what_the_passages_say(tmp_path: Path) -> None:
    row = {
        "id": 1,
        "query": "票房",
        "answer": [["300亿元", "300亿"]],
        "positive": ["共300亿元。"],
        "negative": ["无。"],
    }
    lines(tmp_path / "zh_refine.jsonl", row)
    lines(tmp_path / "zh_int.jsonl", row | {"answer": ["甲", "乙"], "positive": [["甲。"], ["乙。"]]})
    lines(
        tmp_path / "zh_fact.jsonl",
        row | {"answer": "2021年", "fakeanswer": "2020年", "positive_wrong": ["2020年。"]},
    )
    noise, refusal, integration, counterfactual = sets.read("rgb", tmp_path).questions
    assert noise.must == (Fact(("300亿元", "300亿")),)
    assert len(noise.within) == 2
    assert (refusal.answerable, len(refusal.within)) == (False, 1)
    assert (integration.must, len(integration.within)) == ((Fact(("甲",)), Fact(("乙",))), 3)
    assert (counterfactual.must, counterfactual.must_not) == ((Fact(("2020年",)),), (Fact(("2021年",)),))


def test_policybench_asks_what_its_policies_are_there_for(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks" / "policybench"
    policy = tmp_path / "corpus" / "laws" / "节约用水条例.md"
    policy.parent.mkdir(parents=True)
    policy.write_text("应当在20日内公示。", encoding="utf-8")
    row = {"doc_paths": ["laws/节约用水条例.md"], "policy_name": "节约用水条例"}
    lines(
        folder / "questions.jsonl",
        row
        | {
            "id": 1,
            "question_type": "multiple_choice",
            "question": "____",
            "answer": "AC",
            "choice": {"A": "甲", "B": "乙", "C": "丙"},
        },
        row
        | {
            "id": 2,
            "question_type": "true_or_false",
            "question": "15日内公示。",
            "answer": "False",
            "explanation": "20日内公示。",
        },
        row | {"id": 3, "question_type": "q&a", "question": "问", "answer": "答", "doc_paths": ["laws/没有.md"]},
    )
    task = sets.read("policybench", folder)
    assert task.sources == (Source("节约用水条例.md", path=str(policy)),)
    chosen, judged = task.questions
    assert (chosen.right, chosen.wrong) == (("甲", "丙"), ("乙",))
    assert judged.must == (Fact(("20",)),)
    assert task.note == "共 3 题，其中 1 题所依据的文件不在本地，没有提问"


def test_a_beir_set_asks_the_queries_that_have_a_relevant_document(tmp_path: Path) -> None:
    lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "题", "text": "文"}, {"_id": "d2", "text": "文"})
    lines(tmp_path / "queries.jsonl", {"_id": "q1", "text": "问"}, {"_id": "q2", "text": "问"})
    qrels = tmp_path / "qrels" / "test.tsv"
    qrels.parent.mkdir()
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td2\t0\n", encoding="utf-8")
    task = sets.read("beir", tmp_path)
    assert task.sources == (Source("d1", "题", "文"), Source("d2", "", "文"))
    assert task.questions == (Question("q1", "问", "query", documents=("d1",)),)


def test_a_squad_file_marks_what_cannot_be_answered(tmp_path: Path) -> None:
    asked = [
        {"id": "1", "question": "花期", "answers": [{"text": "3月", "answer_start": 2}, {"text": "3月"}]},
        {"id": "2", "question": "果期", "answers": [], "is_impossible": True},
        {"id": "3", "question": "叶期", "answers": [{"text": "", "answer_start": -1}]},
    ]
    data = {"data": [{"title": "花", "paragraphs": [{"context": "花期3月。", "qas": asked}]}]}
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    for folder in (path, tmp_path):
        task = sets.read("squad", folder)
        assert task.sources == (Source("dev-0", "花", "花期3月。"),)
        assert [question.answers for question in task.questions] == [("3月",), (), ()]
        assert [question.answerable for question in task.questions] == [True, False, False]


def test_the_contest_files_are_tab_separated_and_may_hold_quotation_marks(tmp_path: Path) -> None:
    (tmp_path / "NCPPolicies_context_20200301.csv").write_text(
        '\ufeffdocid\ttext\nd\t他说"好。\n', encoding="utf-8"
    )
    (tmp_path / "NCPPolicies_train_20200301.csv").write_text(
        "id\tdocid\tquestion\tanswer\nq\td\t说什么\t好\n", encoding="utf-8"
    )
    task = sets.read("datafountain", tmp_path)
    assert task.sources == (Source("d", text='他说"好。'),)
    assert (task.questions[0].answers, task.questions[0].documents) == (("好",), ("d",))


def test_real_policies_are_asked_in_the_words_that_were_written_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "甲市通知\n补贴每月一千元。"
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "甲.txt").write_text(text, encoding="utf-8")
    start = text.index("一千元")
    written = (
        Written("甲.txt", ("补贴多少", "给几个钱"), Span(start, start + 3), True, mark("一千元")),
        Written("甲.txt", ("谁来发",), Span(0, 5), False, mark(text[:5])),
        Written(
            "甲.txt", ("今年由谁来发", "今年谁给钱"), Span(0, 5), True, mark(text[:5])
        ),  # of the year of the text
        Written("甲.txt", ("发多少",), Span(0, 5), False, mark(text[:5]), elsewhere=True),
        Written("甲.txt", ("发几回",), Span(0, 5), False, mark(text[:5]), elsewhere=None),
        Written("甲.txt", ("变了吗",), Span(0, 5), False, mark("另外的文字")),
        Written("乙.txt", ("在哪里",), Span(0, 5), False, mark(text[:5])),
    )
    monkeypatch.setattr(policies, "read_written", lambda _: written)
    task = sets.read("policies", tmp_path)
    assert [source.id for source in task.sources] == ["甲.txt"]
    assert [(one.question, one.kind, one.answers, one.within) for one in task.questions] == [
        ("补贴多少", "formal", ("一千元",), ()),
        ("给几个钱", "colloquial", ("一千元",), ("甲.txt",)),
        ("谁来发", "silent", (), ("甲.txt",)),
    ]
    assert [one.question for one in sets.read("policies", tmp_path, "silent").questions] == ["谁来发"]


@pytest.mark.parametrize("name", list(sets.LAYOUTS))
def test_a_missing_folder_says_where_the_set_can_be_had(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSet) as caught:
        sets.read(name, tmp_path / "nowhere")
    assert "\n" not in str(caught.value)
    assert sets.LAYOUTS[name].public in str(caught.value)
    assert sets.LAYOUTS[name].chinese in caught.value.chinese


def test_unknown_names_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownSet, match="no question set is called 'nowhere'"):
        sets.read("nowhere", tmp_path)
    with pytest.raises(UnknownSet, match="reading has no part 'x'"):
        sets.read("reading", tmp_path, "x")
    with pytest.raises(UnknownSet, match="domainrag has no part 'x'"):
        sets.read("domainrag", tmp_path, "x")


def test_a_row_of_another_layout_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "documents.jsonl", {"id": "d", "content": "甲"})
    with pytest.raises(MalformedSet, match="KeyError: 'text'"):
        sets.read("ncp", tmp_path)
    (tmp_path / "documents.jsonl").write_text("no json\n", encoding="utf-8")
    with pytest.raises(MalformedSet, match=r"documents\.jsonl:1 is not JSON"):
        sets.read("ncp", tmp_path)


@pytest.mark.parametrize(
    ("name", "part", "documents", "questions"),
    [
        ("ncp", "", 599, 685),
        ("stard", "", 58639, 988),
        ("domainrag", "", 2515, 125),
        ("rewrite", "", 0, 6000),
        ("reading", "drcd", 1000, 3524),
        ("rgb", "", None, 400),
        ("doc2bot", "", None, None),
    ],
)
def test_the_shared_sets_are_read_whole(
    name: str, part: str, documents: int | None, questions: int | None
) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"no {name} in ../shared/benchmarks")
    task = sets.read(name, SHARED / name, part)
    assert documents in (None, len(task.sources))
    assert questions in (None, len(task.questions))
    known = {source.id for source in task.sources}
    assert len(known) == len(task.sources)
    assert len({question.id for question in task.questions}) == len(task.questions)
    assert all(known.issuperset(question.documents + question.within) for question in task.questions)
