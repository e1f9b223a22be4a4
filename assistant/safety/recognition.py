"""Which safeguarding case a message is, and in which language, by a fitted model of two readings.

One reading goes by words: cues and hashed pieces of words, weighed by a logistic regression. The
other goes by meaning: the message's vector and its cues, through one small layer. It was fitted
on vectors of one embedding model, and is left out where another is in use.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Vector
from assistant.rules.triage_cues import count
from assistant.rules.triage_signs import signs_of

CASES = "ABCDEFGHIJ"
"""Letters of the cases, in the order of probabilities."""

LANGUAGES = ("en", "fr", "es")
"""Languages that are told apart; whatever else is written is taken for one of them."""

LEAST = 1e-6
"""Probability below which a reading cannot overrule the other."""

CONTEXT = 0.3
"""Weight of the whole message in the reading of one of its sentences; chosen by folds."""

Floats = NDArray[np.float32]

Table = Mapping[str, object]
"""Weights as JSON: each layer a matrix of whole numbers, base64, with a scale for each column."""


class Layer(NamedTuple):
    """What is added up: `signs @ weights + bias`."""

    weights: Floats
    """Shape (signs, outputs)."""

    bias: Floats
    """Shape (outputs,)."""

    def __call__(self, signs: Floats) -> Floats:
        """Return the sums, shape (..., outputs)."""
        sums: Floats = signs @ self.weights + self.bias
        return sums

    @classmethod
    def unpack(cls, table: Mapping[str, str | list[float]]) -> Self:
        """Read a layer that `pack` wrote."""
        scale = np.asarray(table["scale"], dtype=np.float32)
        bias = np.asarray(table["bias"], dtype=np.float32)
        whole = np.frombuffer(base64.b64decode(str(table["weights"])), dtype=np.int8)
        return cls(whole.reshape(-1, len(scale)).astype(np.float32) * scale, bias)

    def pack(self) -> dict[str, str | list[float]]:
        """Return the layer for JSON, each weight as one of 255 steps of its column."""
        scale = np.maximum(np.abs(self.weights).max(axis=0), LEAST) / 127
        whole = np.round(self.weights / scale).astype(np.int8)
        return {
            "scale": [round(float(one), 8) for one in scale],
            "bias": [round(float(one), 5) for one in self.bias],
            "weights": base64.b64encode(whole.tobytes()).decode(),
        }


class Recognition(NamedTuple):
    """The fitted model."""

    words: Layer
    """From cues and hashed words to the cases."""

    hidden: tuple[Layer, ...]
    """From vector and cues to what lies between, one for each network; none for words alone."""

    outer: tuple[Layer, ...]
    """From there to the cases, likewise."""

    language: Layer
    """From hashed words to the languages."""

    weights: str
    """SHA-256 of the weights of the embedding model whose vectors it knows."""

    @classmethod
    def shipped(cls) -> Recognition:
        """Read the fitted model once; `python -m evals.training.fit_triage` writes it."""
        return _shipped()

    @classmethod
    def of(cls, text: str) -> Recognition:
        """Read a model from JSON."""
        read = json.loads(text)
        return cls(
            words=Layer.unpack(read["words"]),
            hidden=tuple(Layer.unpack(one["hidden"]) for one in read["meaning"]),
            outer=tuple(Layer.unpack(one["outer"]) for one in read["meaning"]),
            language=Layer.unpack(read["language"]),
            weights=str(read["embedder"]),
        )

    def cases(self, text: str, vector: Vector | None = None) -> Floats:
        """Return how likely each case is, shape (10,), by words and, with a vector, by meaning.

        The two readings are averaged by their logarithms, so that each can veto the other.

        Args:
            text: the message.
            vector: of the message, by the embedding model that `weights` names.
        """
        signs = signs_of(text)
        by_words = softmax(self.words(signs))
        if vector is None or not self.hidden:
            return by_words
        seen = np.concatenate([vector, signs[: count()]])
        networks = zip(self.hidden, self.outer, strict=True)
        by_meaning = np.mean(
            [softmax(outer(np.maximum(hidden(seen), 0.0))) for hidden, outer in networks], axis=0
        )
        return joined(by_words, by_meaning)

    def language_of(self, text: str) -> str:
        """Return the language of a message."""
        return LANGUAGES[int(np.argmax(self.language(signs_of(text)[count() :])))]


def joined(one: Floats, other: Floats) -> Floats:
    """Return the geometric mean of two readings, its sum brought to 1."""
    mean = np.sqrt(np.maximum(one, LEAST) * np.maximum(other, LEAST))
    share: Floats = mean / mean.sum(axis=-1, keepdims=True)
    return share


def steadied(readings: Sequence[Floats]) -> list[Floats]:
    """Return readings with those of sentences drawn towards that of the whole message.

    A sentence torn from its message may sound like a disclosure, such as `I am a police officer`,
    so the log odds of its being none count `1 - CONTEXT`, and those of the whole `CONTEXT`.

    Args:
        readings: of the whole message, then of its sentences, each of shape (10,).
    """
    whole = _odds(readings[0])
    return [readings[0], *(_moved(one, whole) for one in readings[1:])]


def _odds(reading: Floats) -> float:
    policy = float(np.clip(reading[-1], LEAST, 1.0 - LEAST))
    return float(np.log(policy / (1.0 - policy)))


def _moved(reading: Floats, whole: float) -> Floats:
    odds = (1.0 - CONTEXT) * _odds(reading) + CONTEXT * whole
    policy = 1.0 / (1.0 + np.exp(-odds))
    rest = max(1.0 - float(reading[-1]), LEAST)
    moved: Floats = reading * ((1.0 - policy) / rest)
    moved[-1] = policy
    return moved.astype(np.float32)


def softmax(sums: Floats) -> Floats:
    """Return probabilities in place of sums.

    >>> softmax(np.array([0.0, 0.0], dtype=np.float32)).tolist()
    [0.5, 0.5]
    """
    raised = np.exp(sums - sums.max(axis=-1, keepdims=True))
    share: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return share


@lru_cache(maxsize=1)
def _shipped() -> Recognition:
    return Recognition.of((files(__package__) / "triage.json").read_text("utf-8"))
