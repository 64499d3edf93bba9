"""The bundled encoder as an ONNX graph that keeps its 4-bit weights: for starting fast and for single queries.

ONNX Runtime multiplies the 4-bit blocks as they are with activations rounded to 8 bits in blocks of 32; matrices that
were trained are kept in 8 bits.
Against float32 the cosine of the vectors is above .9999; int8 weights, one scale a row, gave .996 to .998. The
first query of a process takes 1 s where PyTorch takes 7, each further one 4 ms instead of 10 (two cores with
AMX, Nov 2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import model
from index.model import Weights

FOLDER = f"{model.IDENTITY}-onnx-1"  # the last number is the layout of the folder

_MICROSOFT = "com.microsoft"
_OPSET = 21  # the first with 4-bit integers
_IR_VERSION = 10
_BLOCK = 32
_LARGEST = 127  # of a weight in 8 bits, whose zero is 128
_ACCURACY = 4  # activations in 8 bits


def expand(cache: Path) -> Path:
    """The folder (83 MB) in ``cache`` that holds model.onnx and tokenizer.json; see ``model.write_once``."""
    return model.write_once(cache / FOLDER, write_folder)


def write_folder(weights: Weights, folder: Path) -> None:
    """Writes the graph and the tokenizer of ``weights`` into the existing ``folder``."""
    (folder / "model.onnx").write_bytes(build(weights))
    model.build_tokenizer(weights.vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    model.seal(folder)


def build(weights: Weights) -> bytes:
    """An ONNX model: int64 input_ids and attention_mask (n, tokens) to float32 token_embeddings.

    The embeddings are (n, tokens, hidden), those of padding included.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    state = graph.embed()
    for layer in range(weights.shape.layers):
        state = graph.layer(state, f"l{layer}.")
    graph.node("Identity", [state], "token_embeddings")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(
        "token_embeddings", TensorProto.FLOAT, ["n", "tokens", weights.shape.hidden]
    )
    made = helper.make_model(
        helper.make_graph(graph.nodes, model.NAME, inputs, [output], graph.constants),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=_IR_VERSION,
    )
    serialized: bytes = made.SerializeToString()
    return serialized


class _Graph:
    """Collects the nodes and constants of a BERT encoder; every method returns the name of its result."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._weights = weights

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def embed(self) -> str:
        """Words, positions and the one token type, summed and normalised."""
        from onnx import TensorProto, helper

        shape, tensors = self._weights.shape, self._weights.tensors
        words = tensors["emb.word"]
        # The operator's 4 bits are signed: half - 8 is half with its highest bit turned over.
        packed = model.pack(model.unpack(words) ^ np.uint8(8)).tobytes()
        dimensions = (shape.vocabulary, shape.hidden)
        self.constants.append(helper.make_tensor("words", TensorProto.INT4, dimensions, packed, raw=True))
        scales = self._constant("words.scales", words["scale"].astype(np.float32))
        self.node(
            "GatherBlockQuantized",
            ["words", "input_ids", scales],
            "word",
            _MICROSOFT,
            block_size=_BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        positions = self._constant("positions", tensors["emb.pos"] + tensors["emb.type"][0])
        zero = self._constant("zero", np.array([0]))
        self.node("Shape", ["input_ids"], "length", start=1, end=2)
        self.node("Slice", [positions, zero, "length", zero], "position")
        self.node("Add", ["word", "position"], "summed")
        self.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        norm = [self._tensor("emb.ln.w"), self._tensor("emb.ln.b")]
        return self.node("LayerNormalization", ["summed", *norm], "embedded", epsilon=shape.epsilon, axis=-1)

    def layer(self, state: str, at: str) -> str:
        """Attention and the two dense layers after it, each added to what went in and normalised."""
        from onnx import helper

        shape = self._weights.shape
        joined = self._linear(state, [f"{at}{name}" for name in "qkv"], f"{at}qkv")
        biases = np.concatenate([self._weights.tensors[f"{at}{name}.b"] for name in "qkv"])
        thirds = self._constant(f"{at}thirds", np.array([shape.hidden] * 3))
        parts = [f"{at}{name}" for name in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [joined, thirds], parts, axis=-1))
        attended = self.node(
            "MultiHeadAttention",
            [*parts, self._constant(f"{at}qkv.b", biases), "mask"],
            f"{at}attended",
            _MICROSOFT,
            num_heads=shape.heads,
        )
        middle = self._add(self._linear(attended, [f"{at}ao"], f"{at}ao"), state, f"{at}ao.b", f"{at}aln")
        wide = self._linear(middle, [f"{at}fi"], f"{at}fi")
        active = self.node("BiasGelu", [wide, self._tensor(f"{at}fi.b")], f"{at}active", _MICROSOFT)
        return self._add(self._linear(active, [f"{at}fo"], f"{at}fo"), middle, f"{at}fo.b", f"{at}oln")

    def _linear(self, state: str, names: Sequence[str], output: str) -> str:
        """The products of ``state`` with the matrices ``names``, one after the other, without their biases."""
        matrices = [self._weights.tensors[f"{name}.w"] for name in names]
        if all(matrix.dtype == model.BLOCKS for matrix in matrices):
            blocks = np.concatenate(matrices)
            bits, packed, scales = 4, model.pack(model.unpack(blocks)), blocks["scale"].astype(np.float32)
        else:  # trained: 4 bits would lose what training changed
            bits, (packed, scales) = (
                8,
                _bytes(np.concatenate([self._weights.floats(f"{name}.w") for name in names])),
            )
        inputs = [
            state,
            self._constant(f"{output}.packed", packed),
            self._constant(f"{output}.scales", scales),
        ]
        size = {"N": len(scales), "K": _BLOCK * scales.shape[1], "bits": bits, "block_size": _BLOCK}
        return self.node("MatMulNBits", inputs, output, _MICROSOFT, **size, accuracy_level=_ACCURACY)

    def _add(self, state: str, other: str, bias: str, norm: str) -> str:
        inputs = [state, other, *map(self._tensor, (f"{norm}.w", f"{norm}.b", bias))]
        epsilon = self._weights.shape.epsilon
        return self.node("SkipLayerNormalization", inputs, f"{norm}.out", _MICROSOFT, epsilon=epsilon)

    def _tensor(self, name: str) -> str:
        return self._constant(name, self._weights.tensors[name])

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _bytes(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """A matrix in 8 bits: bytes (rows, blocks, 32) and scales (rows, blocks)."""
    blocks = matrix.reshape(len(matrix), -1, _BLOCK)
    scales = np.maximum(np.abs(blocks).max(2) / _LARGEST, np.finfo(np.float32).tiny)
    return (np.rint(blocks / scales[..., None]) + 128).astype(np.uint8), scales
