"""Whether a corpus answers a question at all: a logistic model over signs that any corpus has."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib import resources
from typing import Self

from corpus.passage import Record

FILE = "abstention.json"
"""Name of the fitted model, beside this module."""


class Sign(Record):
    """What one sign counts for."""

    mean: float
    """Its mean where the model was fitted."""

    scale: float
    """Its standard deviation there."""

    weight: float
    """What one standard deviation adds to the log odds that the corpus answers."""


class Abstention(Record):
    """A fitted model with its operating point; `evals.training.fit_abstention` writes it."""

    signs: dict[str, Sign]
    """By name, as `Reading` gives them."""

    bias: float
    """Log odds where every sign is at its mean."""

    threshold: float
    """Chance from which a question is answered."""

    fitted_on: dict[str, int]
    """Tasks of each collection that the model was fitted on."""

    @classmethod
    def shipped(cls) -> Self:
        """Return the model that ships."""
        text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
        return cls.model_validate(json.loads(text))

    def chance(self, signs: Mapping[str, float]) -> float:
        """Return the chance that the corpus answers, 0 to 1.

        >>> one = Sign(mean=0.5, scale=0.1, weight=1.0)
        >>> model = Abstention(signs={"held": one}, bias=0.0, threshold=0.5, fitted_on={})
        >>> model.chance({"held": 0.5}), round(model.chance({"held": 0.6}), 3)
        (0.5, 0.731)
        """
        odds = self.bias + sum(
            sign.weight * (signs[name] - sign.mean) / sign.scale
            for name, sign in self.signs.items()
        )
        return 1.0 / (1.0 + math.exp(-odds))
