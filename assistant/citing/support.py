"""The fitted weights: measures of a claim and its context to a score of support, 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import ModelError
from corpus.passage import Record

FILE = "support.json"


class Weighing(Record):
    """How one measure counts."""

    centre: float
    """Mean of the measure over what was fitted."""

    spread: float
    """Its standard deviation, above 0."""

    weight: float
    """Log-odds for one standard deviation more."""


class Logistic(Record):
    """A logistic regression over measures."""

    intercept: float
    """Log-odds where every measure is at its centre."""

    measures: dict[str, Weighing]
    """What counts, and how."""

    supported: float
    """Score from which a claim is supported."""

    unsupported: float
    """Score below which it is unsupported; between the two it is partly supported."""

    def score(self, measures: Mapping[str, float]) -> float:
        """Return the probability that a claim is supported, 0 to 1.

        Raises:
            KeyError: a measure is not there.
        """
        odds = self.intercept + sum(
            one.weight * (measures[name] - one.centre) / one.spread
            for name, one in self.measures.items()
        )
        return 1.0 / (1.0 + math.exp(-odds))


class FittedFrom(Record):
    """Data that weights were fitted from."""

    name: str
    rows: int
    """Pairs of a context and a claim."""

    supported: int
    """How many of them are labelled as supported."""

    sha256: str


class Support(Record):
    """All that was fitted, and from what."""

    version: str
    """Name and version of the checker."""

    words: Logistic
    """For what words alone tell."""

    meaning: Logistic
    """For words and the likeness of sentences by the shipped model."""

    fitted_from: tuple[FittedFrom, ...]
    """The data."""


@lru_cache(maxsize=1)
def shipped_support() -> Support:
    """Return the weights that come with the package.

    Raises:
        ModelError: the file is not there, or not in its form.
    """
    path = Path(__file__).with_name(FILE)
    try:
        return Support.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise ModelError(f"The verifier's weights {path} cannot be read: {error}") from None
