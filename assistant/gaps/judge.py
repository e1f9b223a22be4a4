"""The judge: how likely it is that a plan addresses an item, or touches on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple, Self

import numpy as np
from pydantic import Field

from assistant.answering.answerability import Weighing
from assistant.gaps.evidence import Evidence, Near
from assistant.gaps.findings import Judgement
from corpus.passage import Record

FILE = "judge.json"
"""The fitted weights, in this package; `python -m evals.training.fit_judge` writes them."""

NONE = -6.0
"""Log-odds of a sentence that is not there."""

PLACES = 3
"""Sentences whose log-odds count one by one."""


class Weighed(NamedTuple):
    """A sentence with how likely it is that it says what an item does."""

    near: Near
    """The sentence."""

    odds: float
    """Log-odds."""

    @property
    def chance(self) -> float:
        """The same as a probability, 0 to 1."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.odds))))


class Verdict(NamedTuple):
    """What the judge says of an item."""

    judgement: Judgement
    """How much of it the plan says."""

    addressed: float
    """How likely it is that the plan addresses it, 0 to 1."""

    touched: float
    """How likely it is that the plan at least touches on it, 0 to 1."""

    sentences: tuple[Weighed, ...]
    """The nearest sentences, the likeliest first."""


class Judge(Record):
    """Weighings over figures, and where they say yes."""

    says: Weighing
    """That a sentence says what the item does."""

    touched: Weighing
    """That a plan at least touches on an item, by its likeliest sentences."""

    addressed: Weighing
    """That it addresses the item."""

    says_from: float = Field(ge=0.0, le=1.0)
    """Likelihood from which a sentence is quoted beside the best."""

    touched_from: float = Field(ge=0.0, le=1.0)
    """Likelihood from which a plan touches on an item."""

    addressed_from: float = Field(ge=0.0, le=1.0)
    """Likelihood from which it addresses the item."""

    made_from: dict[str, str]
    """Digests of the plans, the framework and the weights that it was fitted with."""

    @classmethod
    def shipped(cls) -> Self:
        """Read the fitted weights."""
        return cls.model_validate_json((files(__package__) / FILE).read_text("utf-8"))

    def judge(self, evidence: Evidence) -> Verdict:
        """Judge an item by what a plan says near it."""
        weighed = weigh(self.says, evidence.near)
        figures = figures_of(weighed, evidence)
        addressed, touched = self.addressed.chance(figures), self.touched.chance(figures)
        judgement: Judgement = "not_found"
        if addressed >= self.addressed_from:
            judgement = "addressed"
        elif touched >= self.touched_from:
            judgement = "touched_on"
        # What is addressed is touched on as well.
        return Verdict(judgement, addressed, max(addressed, touched), weighed)


def weigh(says: Weighing, near: Sequence[Near]) -> tuple[Weighed, ...]:
    """Return sentences with how likely each says what an item does, the likeliest first."""
    weighed = (Weighed(one, says.odds(one.figures)) for one in near)
    return tuple(sorted(weighed, key=lambda one: -one.odds))


def figures_of(weighed: Sequence[Weighed], evidence: Evidence) -> dict[str, float]:
    """Return what a judgement weighs: the likeliest sentences, and what the plan tells.

    `says_all` is the logarithm of the sum of all odds.
    """
    odds = [one.odds for one in weighed]
    padded = [*odds, *(NONE for _ in range(PLACES))][:PLACES]
    figures = {f"says_{at}": odd for at, odd in enumerate(padded, start=1)}
    figures["says_all"] = float(np.logaddexp.reduce([*odds, NONE]))
    best = weighed[0].near.figures if weighed else {}
    return figures | {f"best_{name}": one for name, one in best.items()} | evidence.figures
