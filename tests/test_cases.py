"""The evaluation cases agree with the documents, and the split is the published one."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.types import Turn
from evals.cases import FOLDER, KINDS, Case, read, split
from index.errors import LoadError, UnreadableFile

DOCUMENTS = Path(__file__).parents[1] / "documents"
DEV = read(FOLDER / "dev.jsonl")
TEST = read(FOLDER / "test.jsonl")
FRESH = read(FOLDER / "fresh.jsonl")
ALL = DEV + TEST
ANSWERABLE = tuple(case for case in ALL + FRESH if case.answerable)
RECORD = {
    "id": "date-01",
    "question": "会议什么时候开的",
    "history": [{"question": "你好", "answer": "您好"}],
    "kind": "date",
    "answerable": True,
    "document": "会议.txt",
    "evidence": ["1月21日召开会议。"],
    "must": ["1月21日"],
    "must_not": [],
    "items": 0,
}


def text_of(case: Case) -> str:
    return (DOCUMENTS / case.document).read_text(encoding="utf-8")


def write(folder: Path, *lines: str) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("case", ANSWERABLE, ids=lambda case: case.id)
def test_the_gold_stands_in_the_document_in_its_order(case: Case) -> None:
    text = text_of(case)
    places = [text.find(evidence) for evidence in case.evidence]
    assert -1 not in places
    assert places == sorted(set(places))
    for must in case.must:
        assert any(must in evidence for evidence in case.evidence), must
    for must_not in case.must_not:
        assert not any(must_not in evidence for evidence in case.evidence), must_not


@pytest.mark.parametrize("case", ANSWERABLE, ids=lambda case: case.id)
def test_evidence_is_whole_sentences(case: Case) -> None:
    text = text_of(case)
    for evidence in case.evidence:
        start = text.find(evidence)
        end = start + len(evidence)
        assert start == 0 or text[start - 1] in " \n。", evidence
        assert evidence.endswith("。") or text[end] == " ", evidence
        assert evidence.count("。") <= 1, evidence


@pytest.mark.parametrize("case", [case for case in ALL if case.items], ids=lambda case: case.id)
def test_the_items_of_a_list_stand_in_the_order_of_the_document(case: Case) -> None:
    gold = "".join(case.evidence)
    end = 0
    for item in case.must:
        start = gold.find(item, end)
        assert start >= 0, item
        end = start + len(item)


def test_what_must_not_be_said_is_something_that_the_document_says() -> None:
    for case in ANSWERABLE:
        for must_not in case.must_not:
            assert must_not in text_of(case), (case.id, must_not)


def test_ids_and_questions_are_unique_across_both_halves() -> None:
    assert len({case.id for case in ALL}) == len(ALL)
    assert len({(case.question, case.history) for case in ALL}) == len(ALL)


def test_every_kind_is_there_and_a_quarter_cannot_be_answered() -> None:
    counts = Counter(case.kind for case in ALL)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 8
    assert len(ALL) >= 160
    for half in (DEV, TEST):
        assert sum(not case.answerable for case in half) >= 0.25 * len(half)
    for case in ALL:
        assert not (case.answerable and case.kind in {"unanswerable", "offtopic", "injection"}), case.id
        assert case.history or case.kind != "followup", case.id


def test_nearly_every_sentence_of_the_seed_document_is_evidence() -> None:
    text = text_of(ANSWERABLE[0])
    sentences = [part.strip() for part in text.replace("。", "。\n").split("\n") if part.strip()]
    evidence = {evidence for case in ANSWERABLE for evidence in case.evidence}
    # Only "要抓好以下重点任务。", which announces a list, is not in any case's gold; a sentence holds a gold
    # string, not always is one: one long passage has spaces where full stops would stand.
    bare = [sentence for sentence in sentences if not any(gold in sentence for gold in evidence)]
    assert bare == ["要抓好以下重点任务。"]


def test_the_split_reproduces_both_files() -> None:
    assert split(reversed(ALL)) == (DEV, TEST)


def test_split_puts_three_of_five_into_dev_by_their_hash() -> None:
    cases = [
        Case(f"date-0{number}", str(number), (), "date", False, "", (), (), (), 0, "") for number in range(1, 6)
    ]
    lots = {case.id: hashlib.sha256(f"policyqa-2026:{case.id}".encode()).hexdigest() for case in cases}
    dev, test = split(cases)
    assert (len(dev), len(test)) == (3, 2)  # 5 × 0.6 = 3
    assert max(lots[case.id] for case in dev) < min(lots[case.id] for case in test)


def test_read_gives_every_field_and_passes_over_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "", json.dumps(RECORD, ensure_ascii=False), "")
    assert read(path) == (
        Case(
            id="date-01",
            question="会议什么时候开的",
            history=(Turn("你好", "您好"),),
            kind="date",
            answerable=True,
            document="会议.txt",
            evidence=("1月21日召开会议。",),
            must=("1月21日",),
            must_not=(),
            items=0,
            note="",
        ),
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "riddle"}, "kind 'riddle' is none of list, number"),
        ({"question": ""}, "id or question is empty"),
        ({"question": 3}, "question is not a string"),
        ({"answerable": "yes"}, "answerable is neither true nor false"),
        ({"answerable": False}, "it is not answerable, so document"),
        ({"evidence": []}, "it is answerable, so document"),
        ({"must": ["1月21日", ""]}, "must is not a list of strings"),
        ({"must_not": "2020年"}, "must_not is not a list of strings"),
        ({"items": 1}, "items must be the length of must"),
        ({"items": True}, "items is not a whole number"),
        ({"history": None}, "history is not a list"),
        ({"history": [{"question": "你好"}]}, "a turn of history has other fields"),
        ({"colour": "red"}, "unknown colour"),
    ],
)
def test_a_line_that_is_no_case_is_named_with_its_reason(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = write(tmp_path, json.dumps(RECORD), json.dumps({**RECORD, "id": "date-02", **change}))
    with pytest.raises(LoadError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}, line 2, is not a case: {reason}")
    assert caught.value.chinese.startswith(f"{path} 第 2 行")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "it is not a JSON object"),
        ("{}", "missing answerable, document, evidence"),
        (json.dumps(RECORD), "the id 'date-01' stands twice"),
    ],
)
def test_a_broken_or_repeated_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = write(tmp_path, json.dumps(RECORD), line)
    with pytest.raises(LoadError, match="line 2, is not a case") as caught:
        read(path)
    assert reason in str(caught.value)


def test_a_missing_or_binary_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(tmp_path / "none.jsonl")
    path = tmp_path / "binary.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile, match="give a JSON lines file in UTF-8"):
        read(path)


def test_the_later_cases_are_none_of_the_earlier_ones() -> None:
    assert {case.id for case in FRESH}.isdisjoint(case.id for case in ALL)
    assert {(case.question, case.history) for case in FRESH}.isdisjoint(
        (case.question, case.history) for case in ALL
    )
