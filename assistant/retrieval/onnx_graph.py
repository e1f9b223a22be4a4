"""A sentence encoder as a graph for onnxruntime, written from its safetensors weights alone.

Devlin et al. 2019 (BERT), section 3, with mean pooling and unit norm as in Reimers and Gurevych
2019 (Sentence-BERT), section 3. Neither torch nor transformers is needed, so that nobody who asks
a question has to install them.
"""

import json
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from assistant.errors import ModelError
from assistant.home import sha256_of_file, write_whole
from assistant.retrieval.encoder import FIELDS, HASHES, WORDS_LAYER, Encoder, read_weights

OPSET = 20  # Version of the operators: the first with `Gelu`.

RUNTIME = "com.microsoft"
"""Domain of the operators that onnxruntime brings beside the standard ones."""

TOLERANCE = 1e-5  # Largest difference in any number of a vector between the graph and the original.

SAMPLES = "encoder_samples.json"
"""Texts with what sentence-transformers makes of them, the first numbers of each vector: short,
long, over the limit, and in scripts that the tokenizer breaks up."""

UNFINISHED = ".export-"  # Start of the name of a folder that an export is made in.


def export(folder: Path, onnx_path: Path, tuned: Path | None = None) -> None:
    """Write the way from tokens to unit vectors, or to what heads make of them, as one graph.

    It takes any batch of any length, and is put in place when it is whole and checked.

    Args:
        folder: with `config.json` and `model.safetensors` of a BERT model.
        onnx_path: where to. The graph's inputs are those of `FIELDS`, shape (texts, tokens); its
            output is `vectors`, shape (texts, dimension), or `scores`, shape (texts, outputs), and
            `words`, shape (texts, tokens, 2), where it has a head of words.
        tuned: layers in the place of the model's, `head.weight` and `head.bias`, over the mean of
            all tokens and the first one, and perhaps `words.weight` and `words.bias`, over each
            token of a lower layer; none for the model as it is.

    Raises:
        KeyError: the weights are not a BERT model's.
        ModelError: the vectors differ from the original's.
        OSError: a file cannot be read, or the home cannot be written.
    """
    place = onnx_path.parent
    for unfinished in place.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished)
    with tempfile.TemporaryDirectory(
        dir=place.parent, prefix=UNFINISHED, ignore_cleanup_errors=True
    ) as name:
        draft = Path(name) / place.name / onnx_path.name
        draft.parent.mkdir()
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(folder / "model.safetensors")
        weights |= read_weights(tuned) if tuned else {}
        model = _Graph(weights, config).model()
        # The weights lie beside it, where they can be mapped.
        onnx.save(model, draft, save_as_external_data=True, location="weights.bin")
        if tuned is None:
            _check(Encoder(folder, draft))
        made = sorted(draft.parent.iterdir())
        rows = [f"{sha256_of_file(path)}  {path.name}\n" for path in made]
        write_whole(draft.with_name(HASHES), "".join(rows).encode())
        if place.exists():
            shutil.rmtree(place)
        draft.parent.replace(place)


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


class _Graph:
    """Nodes and weights in the making; each method but the first returns the name of a value."""

    def __init__(self, weights: dict[str, np.ndarray], config: dict[str, float]) -> None:
        self._weights = weights
        self._layers = int(config["num_hidden_layers"])
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._nodes: list[onnx.NodeProto] = []
        self._kept: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        """Return the graph of the encoder with its weights, and with linear heads if it has some.

        onnxruntime checks it when it is loaded.
        """
        present = self._node("Cast", ["attention_mask"], to=TensorProto.INT32)
        hidden, words = self._embedded(), []
        for layer in range(self._layers):
            if layer == WORDS_LAYER and "words.weight" in self._weights:
                words.append(self._node("Identity", [self._linear("words", hidden)], named="words"))
            hidden = self._layer(f"encoder.layer.{layer}", hidden, present)
        # The mean over all that is no padding.
        mask = self._node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        zero, one, last = (self._keep(f"at_{at}", np.asarray([at])) for at in (0, 1, -1))
        column = self._node("Unsqueeze", [mask, last])
        total = self._node("ReduceSum", [self._node("Mul", [hidden, column]), one], keepdims=0)
        count = self._node("ReduceSum", [column, one], keepdims=0)
        mean = self._node("Div", [total, count])
        if "head.weight" in self._weights:
            first = self._node("Squeeze", [self._node("Slice", [hidden, zero, one, one]), one])
            both = self._node("Concat", [mean, first], axis=1)
            output = self._node("Identity", [self._linear("head", both)], named="scores")
        else:
            norm = self._node("ReduceL2", [mean, last], keepdims=1)
            tiny = self._keep("tiny", np.asarray(1e-12, dtype=np.float32))
            output = self._node("Div", [mean, self._node("Max", [norm, tiny])], named="vectors")
        info = helper.make_tensor_value_info
        taken = [info(name, TensorProto.INT64, ["texts", "tokens"]) for name in FIELDS]
        given = [info(output, TensorProto.FLOAT, ["texts", "outputs"])]
        given += [info(one, TensorProto.FLOAT, ["texts", "tokens", 2]) for one in words]
        graph = helper.make_graph(self._nodes, output, taken, given, list(self._kept.values()))
        sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=10)

    def _embedded(self) -> str:
        """Words, places and segments, added and normalised."""
        words, segments = (
            self._node("Gather", [self._weight(f"embeddings.{kind}_embeddings"), taken])
            for kind, taken in (("word", "input_ids"), ("token_type", "token_type_ids"))
        )
        count = self._node("Shape", ["input_ids"], start=1, end=2)
        first, all_places = self._keep("at_0", np.asarray([0])), "embeddings.position_embeddings"
        places = self._node("Slice", [self._weight(all_places), first, count, first])
        both = self._node("Add", [words, places])
        return self._normalised("embeddings.LayerNorm", both, segments)

    def _layer(self, name: str, hidden: str, mask: str) -> str:
        """Self-attention and the feed-forward network, each with its residual and norm.

        softmax(Q K^T / sqrt(d)) V by head, padding masked (Vaswani et al. 2017, section 3.2).
        """
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        weights = self._keep(f"{name}.attention.weight", weight)
        biases = self._keep(f"{name}.attention.bias", bias)
        inputs = [hidden, weights, biases, mask]
        attended = self._node("Attention", inputs, RUNTIME, num_heads=self._heads)
        attended = self._linear(f"{name}.attention.output.dense", attended)
        hidden = self._normalised(f"{name}.attention.output.LayerNorm", attended, hidden)
        wide = self._node("Gelu", [self._linear(f"{name}.intermediate.dense", hidden)])
        narrow = self._linear(f"{name}.output.dense", wide)
        return self._normalised(f"{name}.output.LayerNorm", narrow, hidden)

    def _linear(self, name: str, rows: str) -> str:
        weight = self._keep(f"{name}.weight", self._weights[f"{name}.weight"].T)
        return self._node("Add", [self._node("MatMul", [rows, weight]), self._weight(name, "bias")])

    def _normalised(self, name: str, rows: str, more: str) -> str:
        parts = [self._node("Add", [rows, more]), self._weight(name), self._weight(name, "bias")]
        return self._node("LayerNormalization", parts, axis=-1, epsilon=self._epsilon)

    def _node(
        self, operator: str, inputs: list[str], domain: str = "", named: str = "", **how: float
    ) -> str:
        name = named or f"{operator}_{len(self._nodes)}"
        node = helper.make_node(operator, inputs, [name], domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in how.items())
        self._nodes.append(node)
        return name

    def _weight(self, name: str, part: str = "weight") -> str:
        return self._keep(f"{name}.{part}", self._weights[f"{name}.{part}"])

    def _keep(self, name: str, values: np.ndarray) -> str:
        self._kept[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name
