"""The reader around its network: tokens, windows, spans and where they may be cut; what its file holds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from assistant.answering.scope import Source
from assistant.answering.windows import SIZE, around, windows
from assistant.language.question import understand
from assistant.reader import weights
from assistant.reader.boundaries import whole
from assistant.reader.reading import LONGEST, Read, Reader, Window, spans
from assistant.reader.tokens import ABOVE, MOST, QUESTION, encode
from index import model
from index.errors import ReaderDamaged
from index.split import chunks
from index.structure import sections
from index.types import Document, Facts, Hit, Span


@pytest.fixture(scope="module")
def bundled() -> model.Weights:
    return model.read_weights(model.weights_file())


@pytest.fixture(scope="module")
def tokenizer(bundled: model.Weights) -> Tokenizer:
    return model.build_tokenizer(bundled.vocabulary)


# tokens


def test_a_question_and_a_window_are_parted_by_separators(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "碳达峰", "通知", "完成。")
    pieces = [tokenizer.id_to_token(id_) for id_ in encoded.ids]
    assert (pieces[0], pieces.count("</s>"), pieces[-1]) == ("<s>", 3, "</s>")
    assert "".join(pieces[1 : pieces.index("</s>")]).replace("▁", " ").strip() == "query: 碳达峰"
    assert ["完成。"[start:end] for start, end in encoded.places][-1] == "。"
    assert pieces[encoded.first + len(encoded.places)] == "</s>"


def test_what_is_too_long_is_cut_and_never_more_tokens_than_the_network_sees(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "碳" * 900, "上" * 900, "文" * 9000)
    assert len(encoded.ids) == MOST
    assert encoded.first == 1 + QUESTION + 1 + ABOVE + 1


@given(st.text(max_size=60))
def test_places_are_ranges_of_the_window_in_its_order(tokenizer: Tokenizer, window: str) -> None:
    places = encode(tokenizer, "问", "", window).places
    assert all(0 <= start <= end <= len(window) for start, end in places)
    assert places == sorted(places)


# windows


def test_a_window_holds_its_hit_and_more_of_what_follows_than_of_what_precedes() -> None:
    assert around(Span(1000, 1100), 5000) == Span(925, 1325)
    assert around(Span(10, 110), 5000) == Span(0, 400)
    assert around(Span(0, 900), 5000) == Span(0, 900)
    assert len(around(Span(60, 70), 80)) == 80


def test_a_hit_that_stands_in_an_earlier_window_is_not_read_again() -> None:
    text = "\n".join(
        f"第{number}段说明甲事项的办理条件和程序，申请人应当按照本通知提交材料。" for number in range(60)
    )
    document = Document("d", text, Facts(title="通知"), "d.txt", "")
    source = Source(document, sections(text))
    hits = [Hit(chunk, 1.0, 1.0, 0.8) for chunk in chunks("d", text, source.sections)]
    asked = understand("甲事项怎么办理")
    found = windows(asked, [hits[1], hits[1], hits[4]], lambda _: source)
    assert len(found) == 2
    assert found[0].span.covers(hits[1].chunk.span)
    assert all(window.text == window.span.of(text) and len(window.text) >= SIZE for window in found)
    assert found[0].above.startswith("通知")
    assert len(windows(asked, hits, lambda _: source, room=3 * SIZE)) == 3
    assert windows(understand("2019年甲事项怎么办理"), hits, lambda _: source) == ()


def test_what_can_hold_no_answer_of_the_kind_asked_for_is_read_last() -> None:
    filler = "各单位要提高认识，把各项措施落到实处。" * 30
    text = f"领导高度重视会议精神。{filler}\n市委书记王小明出席会议。{filler}"
    source = Source(Document("d", text, Facts(title="通知"), "d.txt", ""), sections(text))
    hits = [Hit(chunk, 1.0, 1.0, 0.8) for chunk in chunks("d", text, source.sections)]
    assert "王小明" not in windows(understand("领导高度重视什么"), hits, lambda _: source)[0].text
    assert "王小明" in windows(understand("哪些领导出席了会议"), hits, lambda _: source)[0].text


def test_more_windows_of_short_documents_are_read() -> None:
    documents = {f"d{number}": f"第{number}条规定甲事项的办理条件。" for number in range(30)}
    sources = {
        id_: Source(Document(id_, text, Facts(title="法"), "d.txt", ""), sections(text))
        for id_, text in documents.items()
    }
    hits = [
        Hit(chunk, 1.0, 1.0, 0.8)
        for id_, text in documents.items()
        for chunk in chunks(id_, text, sources[id_].sections)
    ]
    found = windows(understand("甲事项怎么办理"), hits, sources.__getitem__, room=100)
    assert len(found) == 100 // len("第0条规定甲事项的办理条件。")


# spans


def test_the_best_span_ends_behind_its_beginning() -> None:
    places = np.array([[0, 2], [2, 4], [4, 6]])
    found = spans(np.array([0.0, 5.0, 1.0]), np.array([6.0, 1.0, 2.0]), places)
    assert found[0] == (Span(2, 6), 7.0)
    assert all(span.start < span.end for span, _ in found)


def test_no_span_is_longer_than_the_longest() -> None:
    count = LONGEST + 40
    places = np.stack([np.arange(count), np.arange(count) + 1], axis=1)
    starts, ends = np.zeros(count), np.zeros(count)
    starts[0] = ends[-1] = 9.0
    assert all(len(span) <= LONGEST for span, _ in spans(starts, ends, places))
    assert spans(np.zeros(0), np.zeros(0), np.zeros((0, 2), int)) == ()


def test_support_is_the_best_beginning_and_the_best_end_in_a_sentence() -> None:
    places = np.array([[10, 12], [12, 14], [14, 16]])
    read = Read(
        Window("d", Span(10, 16), "", "一二三四五六"),
        0.0,
        (),
        places,
        np.array([1.0, 2, 3]),
        np.array([5.0, 4, 9]),
    )
    assert read.support(Span(10, 14)) == 7.0
    assert read.support(Span(0, 9)) == -np.inf
    assert read.best == -np.inf


# boundaries

TEXT = "到2025年,全市新建充电桩1.2万个(含公共桩),依据《关于加快建设的意见(试行)》给予五十万元补助。"


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        ("新建充电桩1", "新建充电桩1.2万个"),
        ("1.2万个(含公", "1.2万个(含公共桩)"),
        ("依据《关于加快建设的意", "依据《关于加快建设的意见(试行)》"),
        ("给予五十", "给予五十万元"),
        (",全市新建充电桩1.2万个", "全市新建充电桩1.2万个"),
        ("试行", "试行"),
        ("025年,全市", "2025年,全市"),
    ],
)
def test_a_span_is_never_cut_in_a_word_a_quantity_or_a_bracket(part: str, kept: str) -> None:
    start = TEXT.index(part)
    assert whole(Span(start, start + len(part)), TEXT).of(TEXT) == kept


@given(st.text(alphabet="12.万元年(《“”》)，。、关于新建 \n", max_size=40), st.data())
def test_a_whole_span_holds_the_span_but_for_its_outer_marks(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    grown = whole(Span(start, end), text)
    assert 0 <= grown.start <= grown.end <= len(text)
    inside = Span(start, end).of(text).strip(" \n，、。")
    assert not inside or inside in grown.of(text)


# turns


class Still(Reader):
    """Takes until it is let go, and reads nothing."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.begun, self.over = Event(), Event()

    def load(self) -> None:
        """Nothing to load."""

    def _batch(self, question: str, windows: Sequence[Window]) -> list[Read]:
        self.begun.set()
        assert self.over.wait(30)
        return [Read(windows[0], 1.0, (), np.zeros((0, 2), int), np.zeros(0), np.zeros(0))]


def test_a_question_that_waits_too_long_for_its_turn_is_not_read_for() -> None:
    reader, window = Still(), Window("d", Span(0, 2), "", "文本")
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(reader.read, "问", [window])
        assert reader.begun.wait(30)
        assert reader.read("问", [window], patience=0.05) == ()
        reader.over.set()
        assert len(first.result(30)) == 1
    assert len(reader.read("问", [window], patience=0.05)) == 1


def test_only_one_question_waits_for_its_turn() -> None:
    reader, window = Still(), Window("d", Span(0, 2), "", "文本")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(reader.read, "问", [window])
        assert reader.begun.wait(30)
        waiting = threads.submit(reader.read, "问", [window], 30.0)
        while not reader._next.locked():
            sleep(0.001)
        assert reader.read("问", [window], patience=30.0) == ()  # at once: the other one waits already
        reader.over.set()
        assert [len(each.result(30)) for each in (first, waiting)] == [1, 1]


# weights


def test_a_missing_or_a_damaged_file_says_its_name_and_the_remedy(tmp_path: Path) -> None:
    about = tmp_path / "reader.json"
    with pytest.raises(ReaderDamaged, match=r"reader\.safetensors.*reader = \"none\""):
        weights.verified(tmp_path / "reader.safetensors", about)
    (tmp_path / "reader.safetensors").write_bytes(b"other")
    about.write_text('{"sha256": "0"}', encoding="utf-8")
    with pytest.raises(ReaderDamaged, match="SHA-256"):
        weights.verified(tmp_path / "reader.safetensors", about)
    about.write_text("no JSON", encoding="utf-8")
    with pytest.raises(ReaderDamaged, match=r"reader\.json"):
        weights.card(about)
