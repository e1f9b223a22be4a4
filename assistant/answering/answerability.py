"""The gate: how likely it is that guidance answers outright, and whether it is of this field."""

import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Self

import numpy as np
from pydantic import Field

from assistant.retrieval.encoder import Vector
from corpus.passage import Record

FILE = "answerability.json"
"""The fitted weights, in this package; `python -m evals.training.fit_gate` writes them."""

DOCUMENTS = "answerability_documents.json"
"""The same for texts of which nothing is known but their words: no everyday questions."""


class Weighing(Record):
    """A logistic regression over standardised figures."""

    weights: dict[str, tuple[float, float, float]]
    """By the name of a figure: its mean, its standard deviation, and its weight."""

    bias: float
    """What is added to the sum."""

    def odds(self, figures: Mapping[str, float]) -> float:
        """Return the log-odds: bias + sum of weight (x - mean) / deviation.

        A figure that is not there is taken for its mean.
        """
        return self.bias + sum(
            weight * (figures.get(name, mean) - mean) / deviation
            for name, (mean, deviation, weight) in self.weights.items()
        )

    def chance(self, figures: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1: 1 / (1 + exp(-log-odds))."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.odds(figures)))))


class Point(Record):
    """A threshold and what it gave on the calibration rows."""

    threshold: float
    """Chance from which a question is answered outright."""

    answered: float
    """Share of the answerable questions that are, 0 to 1."""

    false: float
    """Share of the near misses that are, 0 to 1."""


TOPIC = "topic"  # Name of the log-odds, by its words alone, that a question is of this field.
BREADTH = "breadth"
"""Name of the log-odds, by its words alone, that a question wants more than a fact or two."""

ANSWERED = "answered"  # Name of the log-odds that guidance answers, among the figures of the field.
BROADEST = 2.0  # The greatest of them that counts; the least is 0.
SIGNS = "signs"  # Name of the log-odds of the first weighing among the figures of the second.


def worded(weights: tuple[float, ...], vector: Vector | None) -> float:
    """Return the log-odds of a regression over a vector, its bias last; 0 without either."""
    if not weights or vector is None:
        return 0.0
    return float(np.array(weights[:-1]) @ vector) + weights[-1]


class Gate(Record):
    """Weighings, and the points at which they say yes."""

    signs: Weighing
    """That the best sections answer outright, by what retrieval tells and what they lack."""

    answers: Weighing
    """The same by those log-odds, the pair model, which learned from the same rows, and breadth.

    One section says less of a broad matter than of a fact, and seldom does none say anything.
    """

    field: Weighing
    """That they are about the question's subject at all."""

    topic: tuple[float, ...] = ()
    """A logistic regression over a question's vector, its bias last: that it is of this field."""

    breadth: tuple[float, ...] = ()
    """Another over the vector: that the question wants more than a fact or two."""

    field_threshold: float = Field(ge=0.0, le=1.0)
    """Chance from which they are shown as the closest there is."""

    curve: tuple[Point, ...]
    """Risk and coverage on the calibration rows, the loosest point first."""

    made_from: dict[str, str]
    """Digests of the rows, the passages and the encoder's weights that it was fitted with."""

    threshold: float = 1.0
    """The point in use."""

    def chance(self, figures: Mapping[str, float], vector: Vector | None = None) -> float:
        """Return how likely it is that guidance answers outright, 0 to 1.

        Args:
            figures: of the sections found.
            vector: of the question, unit norm.
        """
        return self.answers.chance(self._weighed(figures, vector))

    def nearness(self, figures: Mapping[str, float], vector: Vector | None = None) -> float:
        """Return how likely sections are about a question's subject, 0 to 1; see `chance`."""
        weighed = self._weighed(figures, vector)
        topic = worded(self.topic, vector)
        return self.field.chance({TOPIC: topic, **weighed, ANSWERED: self.answers.odds(weighed)})

    def _weighed(self, figures: Mapping[str, float], vector: Vector | None) -> dict[str, float]:
        breadth = min(max(worded(self.breadth, vector), 0.0), BROADEST)
        return {SIGNS: self.signs.odds(figures), BREADTH: breadth, **figures}

    @classmethod
    def shipped(cls, risk: float, file: str = FILE) -> Self:
        """Read the fitted gate.

        Args:
            file: of the weights.
            risk: greatest share of near misses answered outright, 0 to 1; the loosest point that
                keeps it is used, or the strictest there is.
        """
        return cls.model_validate_json((files(__package__) / file).read_text("utf-8")).at(risk)

    def at(self, risk: float) -> Self:
        """Return the gate at the loosest point with at most this share of false answers."""
        point = next((one for one in self.curve if one.false <= risk), self.curve[-1])
        return self.model_copy(update={"threshold": point.threshold})

    @classmethod
    def open(cls) -> Self:
        """Return a gate that lets everything through, to see what it would judge."""
        return cls.shipped(1.0).model_copy(update={"threshold": 0.0, "field_threshold": 0.0})
