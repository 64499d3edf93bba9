"""Texts to vectors: the bundled encoder, any other, and the sentences inside a passage."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import graph, model
from index.embed import Encoder, LangChainEmbeddings, Passage
from index.errors import ModelError, SettingsError
from index.types import Span

KNOWN_ANSWERS = Path(__file__).parents[2] / "shared" / "model" / "known_answers.json"

# The first six of 384 components, copied from the known answers of the encoder.
VECTORS = (
    ("query", "2021年碳达峰任务有哪些", [0.07172, 0.00677, 0.00966, -0.03148, 0.07532, -0.03131]),
    ("query", "碳達峰", [0.06242, -0.00882, -0.00116, -0.066, 0.04149, -0.02287]),
    ("passage", "①全角ＡＢＣ１２３\u3000空格", [0.06382, -0.01823, -0.00412, -0.05013, 0.08264, -0.0193]),
)
SENTENCES = ("加快编制达峰行动方案。", "全国地级及以上城市黑臭水体消除比例达到98.2%。", "严禁“一刀切”。")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One expanded encoder for the whole run, shared by the modules that need it."""
    return tmp_path_factory.getbasetemp() / "encoder"


@pytest.fixture(scope="module", params=["torch", "onnx"])
def encoder(cache: Path, request: pytest.FixtureRequest) -> Encoder:
    """The bundled encoder in each of the two ways in which it runs."""
    return Encoder(cache=cache, backend=request.param)


def vector(encoder: Encoder, kind: str, text: str) -> np.ndarray:
    if kind == "query":
        return encoder.encode_queries([text])[0]
    return encoder.encode_passages([Passage("", text)])[0][0]


def passage(*sentences: str, context: str = "") -> Passage:
    ends = np.cumsum([len(sentence) for sentence in sentences]).tolist()
    spans = tuple(Span(start, end) for start, end in zip([0, *ends], ends, strict=False))
    return Passage(context, "".join(sentences), spans)


def test_name_and_dimension_of_the_bundled_encoder_are_known_without_loading(tmp_path: Path):
    encoder = Encoder(cache=tmp_path)
    assert (encoder.name, encoder.dimension) == ("multilingual-e5-small-q4@1571fc98", 384)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "text", "first"), VECTORS)
def test_vectors_are_those_of_the_original(encoder: Encoder, kind: str, text: str, first: list[float]):
    assert vector(encoder, kind, text)[:6] == pytest.approx(first, abs=0.002)


def test_vectors_agree_with_all_known_answers(encoder: Encoder):
    if not KNOWN_ANSWERS.is_file():
        pytest.skip(f"{KNOWN_ANSWERS.name} is not beside this checkout")
    for case in json.loads(KNOWN_ANSWERS.read_text(encoding="utf-8"))["cases"]:
        expected = np.array(case["vector"]) / np.linalg.norm(case["vector"])
        assert vector(encoder, case["kind"], case["text"]) @ expected >= 0.999, case["text"]


def test_sentence_transformers_reads_the_folder_and_agrees_with_the_known_answers(cache: Path):
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(model.expand(cache)), device="cpu", local_files_only=True)
    assert original.prompts == {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    assert original.max_seq_length == 512
    for kind, text, first in VECTORS:
        assert original.encode(text, prompt_name=kind)[:6] == pytest.approx(first, abs=0.0001)
    if not KNOWN_ANSWERS.is_file():
        pytest.skip(f"{KNOWN_ANSWERS.name} is not beside this checkout")
    for case in json.loads(KNOWN_ANSWERS.read_text(encoding="utf-8"))["cases"]:
        expected = np.array(case["vector"]) / np.linalg.norm(case["vector"])
        assert original.encode(case["text"], prompt_name=case["kind"]) @ expected >= 0.9999, case["text"]


def test_rows_are_float32_of_length_one(encoder: Encoder):
    rows = encoder.encode_passages([passage(*SENTENCES, context="全国生态环境保护工作会议")])[0]
    assert rows.dtype == np.float32
    assert rows.shape == (4, 384)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_nothing_gives_nothing(encoder: Encoder):
    assert encoder.encode_passages([]) == []
    assert encoder.encode_queries([]).shape == (0, 384)


def test_the_order_of_texts_does_not_change_their_vectors(encoder: Encoder):
    passages = [
        passage(SENTENCES[number % 3] * (1 + number % 7), context="标题" * (number % 2)) for number in range(40)
    ]
    forward = encoder.encode_passages(passages)
    backward = encoder.encode_passages(passages[::-1])[::-1]
    alone = encoder.encode_passages(passages[3:4])[0]
    assert all(((one * other).sum(1) > 0.9999).all() for one, other in zip(forward, backward, strict=True))
    assert ((alone * forward[3]).sum(1) > 0.9999).all()


def test_context_is_part_of_what_is_embedded(encoder: Encoder):
    with_context = encoder.encode_passages([Passage("标题 › 二是", "加快编制方案。")])[0][0]
    joined = encoder.encode_passages([Passage("", "标题 › 二是\n加快编制方案。")])[0][0]
    assert with_context == pytest.approx(joined, abs=1e-6)


def test_progress_tells_how_many_passages_each_batch_had(encoder: Encoder):
    told: list[int] = []
    encoder.encode_passages([Passage("", "方案")] * 37, told.append)
    assert told == [8, 8, 8, 8, 5]


def test_a_query_finds_its_sentence_in_the_passage(encoder: Encoder):
    rows = encoder.encode_passages([passage(*SENTENCES)])[0]
    assert int(np.argmax(rows[1:] @ encoder.encode_queries(["黑臭水体消除比例是多少"])[0])) == 1


def test_a_sentence_beyond_what_the_model_sees_gets_the_row_of_its_passage(encoder: Encoder):
    rows = encoder.encode_passages([passage("碳" * 2000, "达峰。")])[0]
    assert rows[2].tolist() == rows[0].tolist()
    assert rows[1].tolist() != rows[0].tolist()


def test_an_empty_sentence_gets_the_row_of_its_passage(encoder: Encoder):
    rows = encoder.encode_passages([Passage("", "方案。", (Span(3, 3),))])[0]
    assert rows[1].tolist() == rows[0].tolist()


def test_any_text_can_be_encoded(encoder: Encoder):
    texts = ["", "\0", "😀", "a\ud800b", "碳" * 100_000, " " * 100_000, "ﷺ" * 10_000]
    rows = encoder.encode_queries(texts)
    assert rows.shape == (7, 384)
    assert np.isfinite(rows).all()
    assert all(
        np.isfinite(vectors).all() for vectors in encoder.encode_passages([Passage("", text) for text in texts])
    )


def test_langchain_sees_the_same_vectors(encoder: Encoder):
    embeddings = LangChainEmbeddings(encoder)
    assert embeddings.embed_query("碳达峰") == encoder.encode_queries(["碳达峰"])[0].tolist()
    assert embeddings.embed_documents(["方案。"]) == [
        encoder.encode_passages([Passage("", "方案。")])[0][0].tolist()
    ]
    assert embeddings.embed_documents([]) == []


def test_a_model_that_is_not_here_is_an_error_that_says_what_to_do(tmp_path: Path):
    with pytest.raises(ModelError, match="give the path of its folder, or configure 'bundled'") as caught:
        Encoder("somebody/no-such-model", cache=tmp_path).encode_queries(["问"])
    assert "模型文件夹的路径" in caught.value.chinese


def test_one_query_needs_no_pytorch(cache: Path):
    graph.expand(cache)
    code = (
        "import sys; from pathlib import Path; from index.embed import Encoder;"
        "print(Encoder(cache=Path(sys.argv[1])).encode_queries(['碳达峰']).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(cache)], capture_output=True, text=True, check=True)
    assert done.stdout == "(1, 384) False\n"


def test_both_ways_to_run_give_the_same_rows(cache: Path):
    passages = [passage(*SENTENCES, context="全国生态环境保护工作会议"), passage("ﷺＡＢＣ½。", "第二句 two。")]
    torch_rows = Encoder(cache=cache, backend="torch").encode_passages(passages)
    onnx_rows = Encoder(cache=cache, backend="onnx").encode_passages(passages)
    for one, other in zip(torch_rows, onnx_rows, strict=True):
        assert ((one * other).sum(1) > 0.999).all()


def test_many_passages_are_encoded_like_few(cache: Path):
    few = Encoder(cache=cache).encode_passages([passage(*SENTENCES)])[0]
    many = Encoder(cache=cache).encode_passages([passage(*SENTENCES)] * 65)[64]
    assert ((few * many).sum(1) > 0.999).all()


def test_a_question_need_not_wait_until_a_document_is_encoded(encoder: Encoder):
    alone = encoder.encode_queries(["黑臭水体"])
    asked = []
    with ThreadPoolExecutor(1) as thread:

        def ask(count: int) -> None:
            asked.append(thread.submit(encoder.encode_queries, ["黑臭水体"]).result(120))

        vectors = encoder.encode_passages([passage(*SENTENCES)] * 9, ask)
    assert len(asked) == 2
    assert all(np.allclose(rows, alone, atol=1e-5) for rows in asked)
    assert np.allclose(vectors[0], vectors[8], atol=0.02)


def test_another_model_cannot_run_on_the_graph(tmp_path: Path):
    with pytest.raises(SettingsError, match="use 'torch' or 'auto'"):
        Encoder("somebody/model", cache=tmp_path, backend="onnx")


# A Sentence Transformers model of our own: random, 8 dimensions, one token for each character.


@pytest.fixture(scope="module")
def characters() -> list[str]:
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"甲乙丙丁。Q:"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, characters: list[str]) -> Path:
    """Its folder, with mean pooling, without prompts and without a Normalize module."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(characters),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer = Tokenizer(
        models.WordLevel({character: number for number, character in enumerate(characters)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(8, "mean")], device="cpu").save(str(folder / "model"))
    return folder / "model"


def hidden(folder: Path, characters: list[str], text: str) -> np.ndarray:
    """The last hidden states of [CLS], each character of ``text``, [SEP]: straight from the transformer."""
    import torch
    from transformers import BertModel

    ids = [2, *(characters.index(character) for character in text), 3]
    with torch.inference_mode():
        return BertModel.from_pretrained(folder).eval()(torch.tensor([ids])).last_hidden_state[0].numpy()


def unit(row: np.ndarray) -> np.ndarray:
    return row / np.linalg.norm(row)


def test_sentences_are_means_of_their_tokens_in_one_pass(tiny: Path, characters: list[str], tmp_path: Path):
    # "甲乙。丙丁。" is tokens 1…6 between [CLS] and [SEP]; the sentences are tokens 1…3 and 4…6.
    rows = Encoder(str(tiny), cache=tmp_path).encode_passages([passage("甲乙。", "丙丁。")])[0]
    states = hidden(tiny, characters, "甲乙。丙丁。")
    assert rows[0] == pytest.approx(unit(states.mean(0)), abs=1e-5)
    assert rows[1] == pytest.approx(unit(states[1:4].mean(0)), abs=1e-5)
    assert rows[2] == pytest.approx(unit(states[4:7].mean(0)), abs=1e-5)


def test_a_sentence_that_is_the_whole_passage_is_the_mean_of_all_its_tokens(
    tiny: Path, characters: list[str], tmp_path: Path
):
    rows = Encoder(str(tiny), cache=tmp_path).encode_passages([passage("甲乙丙。")])[0]
    assert rows[1] == pytest.approx(unit(hidden(tiny, characters, "甲乙丙。")[1:-1].mean(0)), abs=1e-5)


def test_a_model_without_prompts_gets_none(tiny: Path, characters: list[str], tmp_path: Path):
    encoder = Encoder(str(tiny), cache=tmp_path)
    expected = unit(hidden(tiny, characters, "甲乙").mean(0))
    assert encoder.name == str(tiny)
    assert encoder.dimension == 8
    assert encoder.encode_queries(["甲乙"])[0] == pytest.approx(expected, abs=1e-5)
    assert encoder.encode_passages([Passage("", "甲乙")])[0][0] == pytest.approx(expected, abs=1e-5)


def test_prompts_come_from_the_configuration_of_the_model(tiny: Path, characters: list[str], tmp_path: Path):
    from sentence_transformers import SentenceTransformer

    prompted = SentenceTransformer(str(tiny), device="cpu", prompts={"query": "Q:", "passage": "丁:"})
    prompted.save(str(tmp_path / "prompted"))
    encoder = Encoder(str(tmp_path / "prompted"), cache=tmp_path)
    assert encoder.encode_queries(["甲"])[0] == pytest.approx(
        unit(hidden(tiny, characters, "Q:甲").mean(0)), abs=1e-5
    )
    rows = encoder.encode_passages([passage("甲。", "乙。")])[0]
    states = hidden(tiny, characters, "丁:甲。乙。")
    assert rows[0] == pytest.approx(unit(states.mean(0)), abs=1e-5)
    # [CLS] 丁 : 甲 。 乙 。 [SEP]: the sentences are tokens 3–4 and 5–6.
    assert rows[1] == pytest.approx(unit(states[3:5].mean(0)), abs=1e-5)
    assert rows[2] == pytest.approx(unit(states[5:7].mean(0)), abs=1e-5)
