"""Runs: which questions are asked, what a record holds, what a crash costs, and how a run is taken up again."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import HashedEncoder

import evals
from assistant.settings import Settings
from assistant.types import Answer, Citation, Statement, Turn
from evals import records
from evals.collection import Collection, collect, sample
from evals.command import evaluate
from evals.errors import MissingSet, UnknownSet
from evals.gate import Thresholds, check, thresholds
from evals.memory import RememberingEncoder
from evals.provenance import data_hash
from evals.report import load, save
from evals.run import ask, ask_all, chosen, run, split
from evals.score import crashed, score
from evals.summary import summary
from evals.types import Fact, Plan, Question, Source, Task
from index.embed import Passage
from index.errors import MissingExtra
from index.types import Filters, Hit, Span

WATER = Source("水", "节水通知", "居民用水价格为每立方米三元。\n工业用水价格为每立方米五元。\n", "2021-03-01")
POWER = Source("电", "", "居民用电价格为每千瓦时六角。\n")
GOLD = Question(
    "q1",
    "居民用水价格是多少",
    "number",
    documents=("水",),
    evidence=("居民用水价格为每立方米三元。",),
    must=(Fact(("三元",)),),
    must_not=(Fact(("六角",)),),
    strict=True,
)
NONE = Question("q2", "居民用油价格是多少", "unanswerable", answerable=False, strict=True)


class Quoting:
    """Answers with the first sentence of the first document that passes, and counts what it is asked."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.asked: list[str] = []

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        self.asked.append(question)
        library = self.collection.library
        documents = filters.documents if filters else [self.collection.ids["水"]]
        chunk = library.chunks(documents[0])[0]
        span = chunk.sentences[0]
        document = library.document(chunk.document_id)
        quote = span.of(document.text).strip()
        citation = Citation(
            1,
            document.id,
            document.title,
            "",
            "",
            None,
            "",
            "",
            None,
            span.start,
            span.start + len(quote),
            quote,
            "",
        )
        return Answer(
            question,
            question,
            f"{quote}[1]",
            answered=True,
            kind="open",
            confidence=0.8,
            statements=(Statement(quote, 1),),
            citations=(citation,),
            hits=(Hit(chunk, 1.0, 1.0, 1.0),),
        )


class Dying:
    """Raises whatever it is asked."""

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        raise RuntimeError("out of order")


@pytest.fixture
def collection(tmp_path: Path, encoder: HashedEncoder) -> Iterator[Collection]:
    made = collect("prices", (WATER, POWER), encoder, tmp_path / "libraries")
    yield made
    made.close()


def test_a_collection_knows_its_documents_by_the_names_of_the_set(collection: Collection) -> None:
    assert set(collection.ids) == {"水", "电"}
    document = collection.library.document(collection.ids["水"])
    assert (document.title, str(document.facts.date)) == ("节水通知", "2021-03-01")
    assert collection.texts[collection.ids["电"]] == POWER.text
    assert collection.filters(()) is None
    assert collection.filters(("电",)) == Filters(documents=(collection.ids["电"],))
    assert collection.filters(("gone",)) == Filters(documents=("no document",))


def test_a_collection_is_found_again_by_its_content(tmp_path: Path, encoder: HashedEncoder) -> None:
    folder = tmp_path / "libraries"
    for sources in ((WATER, POWER), (WATER, POWER), (replace(WATER, text="别的。"), POWER)):
        collect("prices", sources, encoder, folder).close()
    # water and power are a passage each, encoded once for the first two and once more for the third
    assert encoder.passages == 4
    assert len(list(folder.iterdir())) == 2


def test_a_source_that_cannot_be_read_is_named_and_keeps_no_other_out(
    tmp_path: Path, encoder: HashedEncoder
) -> None:
    made = collect("prices", (Source("empty", text=" "), POWER), encoder, tmp_path)
    assert set(made.ids) == {"电"}
    assert [name for name, _ in made.failed] == ["empty"]
    made.close()


def test_a_file_is_ingested_with_its_sidecar_and_its_name(tmp_path: Path, encoder: HashedEncoder) -> None:
    path = tmp_path / "供气.txt"
    path.write_text("冬季供气自十一月开始。", encoding="utf-8")
    path.with_name("供气.txt.meta.toml").write_text('issuer = "市政府"\n', encoding="utf-8")
    made = collect("prices", (Source("气", path=str(path)),), encoder, tmp_path / "libraries")
    document = made.library.document(made.ids["气"])
    assert (document.title, document.facts.issuer) == ("供气", "市政府")
    made.close()


def test_a_sample_holds_the_wanted_sources_and_keeps_their_order() -> None:
    sources = tuple(Source(name) for name in "abcdef")
    # the lots of b, c, d, f are their names: with e and a wanted and room for four, b and c are drawn
    assert sample(sources, ("e", "a"), 4, str) == tuple(Source(name) for name in "abce")
    assert sample(sources, ("e", "a"), 1, str) == (Source("a"), Source("e"))
    assert sample(sources, (), 0, str) == sources


def test_the_limit_draws_by_the_seed_and_the_split_by_the_id() -> None:
    questions = tuple(Question(str(number), "问", "open") for number in range(100))
    task = Task("many", (), questions)
    drawn = chosen(Plan(task, limit=10, seed=1))
    assert len(drawn) == 10
    assert drawn == chosen(Plan(Task("many", (), questions[::-1]), limit=10, seed=1))[::-1]
    assert drawn != chosen(Plan(task, limit=10, seed=2))
    halves = [chosen(Plan(task, split=name)) for name in ("dev", "test")]
    assert sorted(halves[0] + halves[1], key=lambda each: int(each.id)) == list(questions)
    assert all(35 <= len(half) <= 65 for half in halves)
    assert split(Question("1", "问", "open", split="dev")) == "dev"


def test_what_answers_by_itself_is_scored_beside_the_answer() -> None:
    question = Question("q", "水价多少", "number", answers=("三元",))
    said = Answer("水价多少", "水价多少", "水价三元[1]", answered=True, kind="number", confidence=1.0)
    stressed = replace(said, statements=(Statement("水价三元", 1, short="三元"),))
    assert score(question, said, "rouge_l", {}, {})["short_exact"] == 0.0
    found = score(question, stressed, "rouge_l", {}, {})
    assert (found["short_exact"], found["short_f1"], found["short_rouge_l"], found["exact"]) == (
        1.0,
        1.0,
        1.0,
        0.0,
    )
    refused = replace(stressed, answered=False)
    assert score(question, refused, "rouge_l", {}, {})["short_f1"] == 0.0


def test_a_right_answer_says_all_facts_and_cites_all_evidence(collection: Collection) -> None:
    record = ask("quoting", Quoting(collection), GOLD, "correct", collection)
    assert record.scores == {
        **dict.fromkeys(("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"), 1.0),
        **dict.fromkeys(("evidence@1", "evidence@5", "evidence@10", "valid_offsets", "fact_recall"), 1.0),
        **dict.fromkeys(("accurate", "citation_precision", "citation_recall", "answered", "correct"), 1.0),
        "forbidden_rate": 0.0,
    }
    assert record.gold == ("三元",)
    assert record.text == "居民用水价格为每立方米三元。[1]"
    assert [(quote.document, quote.text) for quote in record.citations] == [("水", "居民用水价格为每立方米三元。")]
    assert record.hits[0].document == "水"


def test_a_strict_answer_is_wrong_without_its_citation_or_with_a_forbidden_fact(collection: Collection) -> None:
    answer = Quoting(collection).ask(GOLD.question)
    names, texts = collection.sources, collection.texts

    def correct(question: Question, given: Answer) -> float:
        return score(question, given, "correct", names, texts)["correct"]

    assert correct(GOLD, answer) == 1
    assert correct(GOLD, replace(answer, citations=())) == 0
    assert correct(replace(GOLD, must_not=(Fact(("三元",)),)), answer) == 0
    assert correct(replace(GOLD, evidence=(*GOLD.evidence, "工业用水价格为每立方米五元。")), answer) == 0
    shifted = replace(answer.citations[0], start=answer.citations[0].start + 1)
    assert correct(GOLD, replace(answer, citations=(shifted,))) == 0
    assert correct(GOLD, replace(answer, answered=False)) == 0
    assert correct(NONE, answer) == 0
    assert correct(NONE, replace(answer, answered=False)) == 1


def test_a_refused_answer_has_said_nothing(collection: Collection) -> None:
    question = replace(GOLD, strict=False, must=(), must_not=(), answers=("每立方米三元",))
    refused = replace(Quoting(collection).ask(GOLD.question), answered=False)
    scores = score(question, refused, "rouge_l", collection.sources, collection.texts)
    assert (scores["rouge_l"], scores["citation_recall"], scores["answered"]) == (0, 0, 0)
    assert scores["recall@1"] == 1
    assert "citation_precision" not in scores


def test_a_rewriting_is_scored_by_its_query() -> None:
    question = Question("r", "怎么去", "changed", rewritten="微山湖怎么去")
    answer = Answer("怎么去", "微山湖 怎么去？", "", answered=False, kind="open", confidence=0)
    assert score(question, answer, "rewrite_rouge_l", {}, {})["rewrite_exact"] == 1


def test_a_crash_scores_the_worst_and_is_recorded(
    collection: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    record = ask("dying", Dying(), GOLD, "correct", collection)
    assert re.fullmatch(r"RuntimeError: out of order \(test_run\.py:\d+\)", record.error)
    assert record.scores["correct"] == 0
    assert record.scores["forbidden_rate"] == 1
    assert set(record.scores.values()) == {0, 1}
    assert "q1" in caplog.text
    assert crashed(NONE, "correct") == {"correct": 0}
    figures = summary("dying", [record, ask("dying", Dying(), NONE, "correct", collection)])
    assert figures.n == figures.figures["errors"] == 2
    assert figures.means["correct"].n == 2
    assert figures.means["refusal_recall"].mean == 0


def test_an_interrupted_run_goes_on_where_it_stopped(collection: Collection, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.jsonl"
    first, second = Quoting(collection), Quoting(collection)
    before = ask_all("quoting", first, [GOLD], "correct", collection, checkpoint)
    with checkpoint.open("a", encoding="utf-8") as lines:
        lines.write('\n{"id": "q2", "sys')  # killed while it wrote
    counted: list[tuple[str, int, int]] = []
    after = ask_all(
        "quoting", second, [GOLD, NONE], "correct", collection, checkpoint, lambda *each: counted.append(each)
    )
    assert after[0] == before[0]
    assert second.asked == [NONE.question]
    assert counted == [("quoting", 1, 2), ("quoting", 2, 2)]
    assert len(records.restored(checkpoint)) == 2
    other = Quoting(collection)
    ask_all("another", other, [GOLD], "correct", collection, checkpoint)
    assert other.asked == [GOLD.question]


def test_a_record_comes_back_from_json_as_it_was(collection: Collection) -> None:
    question = replace(GOLD, history=(Turn("问\u2028", "答\n"),))
    record = ask("quoting", Quoting(collection), question, "correct", collection)
    assert records.from_json(json.loads(json.dumps(records.to_json(record)))) == record


def test_remembered_vectors_are_not_encoded_again(tmp_path: Path, encoder: HashedEncoder) -> None:
    passages = [Passage("", "甲乙", (Span(0, 1), Span(1, 2))), Passage("题", "甲乙")]
    seen: list[int] = []
    for _ in range(2):
        remembering = RememberingEncoder(encoder, tmp_path / "vectors.sqlite")
        vectors = remembering.encode_passages(passages, seen.append)
        remembering.close()
    assert encoder.passages == 2
    assert [rows.shape for rows in vectors] == [(3, 64), (1, 64)]
    assert vectors[0] == pytest.approx(encoder.encode_passages(passages)[0], abs=1e-3)
    assert sum(seen) == 4


def test_the_hash_of_the_data_is_of_its_content(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text("甲", encoding="utf-8")
    first, second = (Source("x", path=str(tmp_path / folder / "x.txt")) for folder in ("a", "b"))
    assert data_hash([first]) == data_hash([second])
    (tmp_path / "b" / "x.txt").write_text("乙", encoding="utf-8")
    assert data_hash([first]) != data_hash([second])
    assert data_hash([GOLD]) != data_hash([NONE])


def test_a_whole_run_asks_the_assistant_and_the_baselines_and_keeps_its_circumstances(
    tmp_path: Path, encoder: HashedEncoder
) -> None:
    plan = Plan(
        Task("prices", (WATER, POWER), (GOLD, NONE), headline="correct"), ("naive", "lexical", "dense", "rrf")
    )
    settings = Settings(home=tmp_path / "home", cache=tmp_path / "cache", reader="none")
    ingested: list[float] = []
    finished = run(plan, settings, lambda done, total, path: ingested.append(done / total), encoder=encoder)
    report = finished.report
    assert report.systems == ("assistant", "naive", "lexical", "dense", "rrf")
    assert [len(report.of(system)) for system in report.systems] == [2] * 5
    assert not any(record.error for record in report.records)
    assert ingested[-1] == 1
    assert {"data", "code", "commit", "versions", "machine", "encoder", "seed", "split"} <= set(report.about)
    assert len(records.restored(finished.checkpoint)) == 10
    encoded = encoder.passages
    again = run(plan, settings, encoder=encoder)
    assert again.report.records == report.records
    assert encoder.passages == encoded
    save(report, tmp_path / "report.json")
    assert load(tmp_path / "report.json").records == report.records


def test_the_gate_names_every_figure_that_is_not_within_its_threshold(
    tmp_path: Path, collection: Collection
) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.policyqa.gate]\nleast = {correct = 0.5}\nmost = {errors = 0}\n", encoding="utf-8")
    limits = thresholds(path)
    assert limits == Thresholds({"correct": 0.5}, {"errors": 0})
    good = summary("quoting", [ask("quoting", Quoting(collection), GOLD, "correct", collection)])
    check(good, limits)
    bad = summary("dying", [ask("dying", Dying(), GOLD, "correct", collection)])
    with pytest.raises(Exception, match=r"correct 0\.0000 < 0\.5; errors 1\.0000 > 0"):
        check(bad, limits)
    with pytest.raises(Exception, match=r"rouge_l \? < 0\.1"):
        check(good, Thresholds({"rouge_l": 0.1}, {}))
    path.write_text("[tool.policyqa.gate.least]\nbeauty = 1\n", encoding="utf-8")
    with pytest.raises(Exception, match="beauty, which nothing measures"):
        thresholds(path)
    with pytest.raises(Exception, match="has no table"):
        thresholds(tmp_path / "nowhere.toml")


def test_the_command_lists_the_sets_and_says_in_chinese_what_is_wrong(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(evaluate, ["--help"])
    assert listed.exit_code == 0
    for name in ("ncp", "stard", "beir", "compare", "gate"):
        assert f"\n  {name} " in listed.output
    usage = runner.invoke(evaluate, ["ncp"])
    assert usage.exit_code == 2
    assert "请用 --data 指定评测集 ncp 所在的文件夹" in usage.output
    missing = runner.invoke(evaluate, ["ncp", "--data", str(tmp_path / "nowhere")])
    assert isinstance(missing.exception, MissingSet)
    assert "DataFountain" in missing.exception.chinese
    unknown = runner.invoke(evaluate, ["own", "--compare", "best"])
    assert isinstance(unknown.exception, UnknownSet)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    monkeypatch.delattr(evals, "retrieval")
    for name in ("evals.run", "evals.score", "evals.retrieval"):
        monkeypatch.delitem(sys.modules, name)
    failed = CliRunner().invoke(evaluate, ["own", "--home", str(tmp_path)])
    assert isinstance(failed.exception, MissingExtra)
    assert failed.exception.chinese == "缺少 ir_measures，请运行：pip install 'policy-assistant[eval]'"
