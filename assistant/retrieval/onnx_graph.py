"""A sentence encoder as a graph for onnxruntime, written from its safetensors weights alone.

Devlin et al. 2019 (BERT), section 3, with mean pooling and unit norm as in Reimers and Gurevych
2019 (Sentence-BERT), section 3. Neither torch nor transformers is needed, so that nobody who asks
a question has to install them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from assistant.errors import ModelError
from assistant.home import sha256_of_file, write_whole
from assistant.retrieval.encoder import Encoder, FastPath

OPSET = 20
"""Version of the operators: the first with `Gelu`."""

RUNTIME = "com.microsoft"
"""Domain of the operators that onnxruntime brings beside the standard ones."""


TOLERANCE = 1e-5
"""Largest difference in any number of a vector between the graph and the original."""

SAMPLES = "encoder_samples.json"
"""Texts with what sentence-transformers makes of them, the first numbers of each vector: short,
long, over the limit, and in scripts that the tokenizer breaks up."""

WEIGHTS_FILE = "weights.bin"

UNFINISHED = ".export-"
"""Start of the name of a folder that an export is made in."""


def export(folder: Path, fast: FastPath, progress: Callable[[str], None]) -> None:
    """Write the shipped model for onnxruntime, check it, and only then put it in place.

    Raises:
        ModelError: its vectors differ from the original's.
        OSError: the home cannot be written.
    """
    with _aside(fast) as draft:
        progress("Preparing the embedding model")
        write_encoder(folder, draft)
        progress("Checking the export against the original")
        _check(Encoder.load(folder, draft))


def export_tuned(folder: Path, tuned: Path, fast: FastPath) -> None:
    """Write a tuned model for onnxruntime, and put it in place when it is whole.

    Raises:
        KeyError: the weights are not a BERT model's.
        OSError: the home cannot be written.
    """
    with _aside(fast) as draft:
        write_tuned(folder, tuned, draft)


@contextmanager
def _aside(fast: FastPath) -> Iterator[Path]:
    """Give the path of a graph to write; it is put in place with its hashes if nothing fails."""
    place = fast.onnx.parent
    for unfinished in place.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished)
    with tempfile.TemporaryDirectory(
        dir=place.parent, prefix=UNFINISHED, ignore_cleanup_errors=True
    ) as name:
        draft = FastPath.within(Path(name) / place.name)
        folder = draft.onnx.parent
        folder.mkdir()
        yield draft.onnx
        rows = [f"{sha256_of_file(one)}  {one.name}\n" for one in sorted(folder.iterdir())]
        write_whole(draft.sha256, "".join(rows).encode())
        if place.exists():
            shutil.rmtree(place)
        folder.replace(place)


def _check(encoder: Encoder) -> None:
    """Compare single texts and a batch of unlike lengths with the original."""
    rows = json.loads((files(__package__) / SAMPLES).read_text(encoding="utf-8"))
    texts = [row["text"] for row in rows]
    wanted = np.asarray([row["vector"] for row in rows], dtype=np.float32)
    single = np.concatenate([encoder.encode([text]) for text in texts])
    found = (vectors[:, : wanted.shape[1]] for vectors in (encoder.encode(texts), single))
    worst = max(float(np.abs(vectors - wanted).max()) for vectors in found)
    if not worst <= TOLERANCE:
        raise ModelError(
            f"The exported model differs from the original by {worst:.1e}, more than "
            f"{TOLERANCE:.0e}, and is not used."
        )


def write_encoder(folder: Path, path: Path) -> None:
    """Write the whole way from tokens to unit vectors as one graph, any batch, any length.

    Args:
        folder: with `config.json` and `model.safetensors` of a BERT model.
        path: of the graph; its inputs are `input_ids` and `attention_mask`, shape (texts, tokens),
            its output is `vectors`, shape (texts, dimension).

    Raises:
        OSError: the folder cannot be read, or the graph cannot be written.
        KeyError: the weights are not a BERT model's.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    graph = _Graph(load_file(folder / "model.safetensors"), config)
    _save(graph.model(), path)


def write_tuned(folder: Path, tuned: Path, path: Path) -> None:
    """Write the whole way from one text, or two, to what heads make of them as one graph.

    Args:
        folder: with `config.json` and `model.safetensors` of a BERT model.
        tuned: layers in its place, and `head.weight` and `head.bias`, over the mean of all tokens
            and the first one.
        path: of the graph; its inputs are those of the encoder and `token_type_ids`, its output
            is `scores`, shape (texts, outputs).

    Raises:
        OSError: a file cannot be read, or the graph cannot be written.
        KeyError: the weights are not a BERT model's.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    changed = {name: values.astype(np.float32) for name, values in load_file(tuned).items()}
    graph = _Graph({**load_file(folder / "model.safetensors"), **changed}, config)
    _save(graph.tuned(), path)


def _save(model: onnx.ModelProto, path: Path) -> None:
    """Write a graph, and its weights beside it, where they can be mapped."""
    onnx.save(model, path, save_as_external_data=True, location=WEIGHTS_FILE)


class _Graph:
    """Nodes and weights in the making; each method returns the name of a value."""

    def __init__(self, weights: dict[str, np.ndarray], config: dict[str, float]) -> None:
        self._weights = weights
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._size = int(config["hidden_size"])
        self._epsilon = float(config["layer_norm_eps"])
        self._nodes: list[onnx.NodeProto] = []
        self._kept: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        """Return the graph of the encoder with its weights."""
        segment = self._keep("segment", self._weights["embeddings.token_type_embeddings.weight"][0])
        hidden, mask = self._hidden(segment)
        mean = self._mean(hidden, mask)
        norm = self._node("ReduceL2", [mean, self._numbers("last", [-1])], keepdims=1)
        norm = self._node("Max", [norm, self._number("tiny", 1e-12)])
        self._nodes.append(helper.make_node("Div", [mean, norm], ["vectors"]))
        return self._closed(("input_ids", "attention_mask"), "vectors", ["texts", self._size])

    def tuned(self) -> onnx.ModelProto:
        """Return the graph of the encoder with linear heads on it."""
        segments = self._weight("embeddings.token_type_embeddings")
        hidden, mask = self._hidden(self._node("Gather", [segments, "token_type_ids"]))
        zero, one = self._numbers("zero", [0]), self._numbers("tokens", [1])
        first = self._node("Slice", [hidden, zero, one, one])
        first = self._node("Squeeze", [first, one])
        both = self._node("Concat", [self._mean(hidden, mask), first], axis=1)
        scores = self._linear("head", both)
        self._nodes.append(helper.make_node("Identity", [scores], ["scores"]))
        inputs = ("input_ids", "attention_mask", "token_type_ids")
        return self._closed(inputs, "scores", ["texts", "outputs"])

    def _hidden(self, segment: str) -> tuple[str, str]:
        """Return the last layer's tokens, and the mask over them."""
        present = self._node("Cast", ["attention_mask"], to=TensorProto.INT32)
        hidden = self._embedded(segment)
        for layer in range(self._layers):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, present)
        return hidden, self._node("Cast", ["attention_mask"], to=TensorProto.FLOAT)

    def _closed(
        self, inputs: Iterable[str], output: str, shape: list[str | int]
    ) -> onnx.ModelProto:
        """Return the nodes made so far as a model; onnxruntime checks it when it is loaded."""
        graph = helper.make_graph(
            self._nodes,
            output,
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
                for name in inputs
            ],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
            list(self._kept.values()),
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)],
            ir_version=10,
        )

    def _embedded(self, segment: str) -> str:
        """Words, places and segments, added and normalised."""
        words = self._node("Gather", [self._weight("embeddings.word_embeddings"), "input_ids"])
        count = self._node("Shape", ["input_ids"], start=1, end=2)
        first = self._numbers("first", [0])
        places = self._node(
            "Slice", [self._weight("embeddings.position_embeddings"), first, count, first]
        )
        both = self._node("Add", [words, places])
        return self._normalised("embeddings.LayerNorm", self._node("Add", [both, segment]))

    def _layer(self, name: str, hidden: str, mask: str) -> str:
        """Self-attention and the feed-forward network, each with its residual and norm."""
        attended = self._attended(name, hidden, mask)
        attended = self._linear(f"{name}.attention.output.dense", attended)
        hidden = self._normalised(
            f"{name}.attention.output.LayerNorm", self._node("Add", [attended, hidden])
        )
        wide = self._node("Gelu", [self._linear(f"{name}.intermediate.dense", hidden)])
        narrow = self._linear(f"{name}.output.dense", wide)
        return self._normalised(f"{name}.output.LayerNorm", self._node("Add", [narrow, hidden]))

    def _attended(self, name: str, hidden: str, mask: str) -> str:
        """softmax(Q K^T / sqrt(d)) V by head, padding masked (Vaswani et al. 2017, section 3.2)."""
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        inputs = [
            hidden,
            self._keep(f"{name}.attention.weight", weight),
            self._keep(f"{name}.attention.bias", bias),
            mask,
        ]
        return self._node("Attention", inputs, RUNTIME, num_heads=self._heads)

    def _mean(self, hidden: str, mask: str) -> str:
        """The mean over all that is no padding."""
        tokens = self._numbers("tokens", [1])
        column = self._node("Unsqueeze", [mask, self._numbers("last", [-1])])
        total = self._node("ReduceSum", [self._node("Mul", [hidden, column]), tokens], keepdims=0)
        return self._node("Div", [total, self._node("ReduceSum", [column, tokens], keepdims=0)])

    def _linear(self, name: str, rows: str) -> str:
        weight = self._keep(f"{name}.weight", self._weights[f"{name}.weight"].T)
        product = self._node("MatMul", [rows, weight])
        return self._node("Add", [product, self._weight(name, "bias")])

    def _normalised(self, name: str, rows: str) -> str:
        parts = [rows, self._weight(name), self._weight(name, "bias")]
        return self._node("LayerNormalization", parts, axis=-1, epsilon=self._epsilon)

    def _node(
        self,
        operator: str,
        inputs: Iterable[str],
        domain: str = "",
        **attributes: float | list[int],
    ) -> str:
        name = f"{operator}_{len(self._nodes)}"
        node = helper.make_node(operator, list(inputs), [name], domain=domain)
        node.attribute.extend(helper.make_attribute(key, one) for key, one in attributes.items())
        self._nodes.append(node)
        return name

    def _weight(self, name: str, part: str = "weight") -> str:
        return self._keep(f"{name}.{part}", self._weights[f"{name}.{part}"])

    def _number(self, name: str, value: float) -> str:
        return self._keep(name, np.asarray(value, dtype=np.float32))

    def _numbers(self, name: str, values: list[int]) -> str:
        return self._keep(name, np.asarray(values, dtype=np.int64))

    def _keep(self, name: str, values: np.ndarray) -> str:
        self._kept[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name
