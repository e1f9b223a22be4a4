"""The judge: how likely it is that a plan addresses an item, or touches on it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple, Self

import numpy as np
from pydantic import Field

from assistant.answering.answerability import Weighing
from assistant.gaps.evidence import READ, Near
from assistant.gaps.findings import Judgement
from assistant.retrieval.encoder import Vector
from corpus.passage import Record

FILE, PLAIN = "judge.json", "judge_plain.json"
"""The fitted weights, in this package, and those for a framework without labelled sentences;
`python -m evals.training.fit_judge` writes them."""

SAYS = (
    "meaning", "centre", "headed", "wording", "likest", "partly", "trap", "words", "own", "share",
    "share_of_unlike", "stands_out", "among", "field", "field_among",
    *READ,
)  # fmt: skip
"""Figures that tell whether a sentence speaks of an item."""

DOES = (*SAYS, "commits")  # Figures that tell whether it addresses the item.
OF_ROWS = frozenset({"likest", "partly", "trap"})  # Figures that labelled sentences give.

BEST = ("own", "share", "centre", "likest", "partly", "trap", "commits", "field", "field_among")
"""Figures of the likeliest sentence that count for the item beside its log-odds."""

NONE = -6.0  # Log-odds of a sentence that is not there.


class Verdict(NamedTuple):
    """What the judge says of an item."""

    judgement: Judgement
    addressed: float
    touched: float
    """How likely it is that the plan addresses it, and at least touches on it, 0 to 1."""

    sentences: tuple[Near, ...]
    """The nearest sentences, the likeliest first."""


class Judge(Record):
    """Weighings over figures, and where they say yes."""

    committing: tuple[float, ...]
    """Direction in which sentences lie that say what is done, one number a dimension."""

    says: Weighing
    does: Weighing
    """That a sentence speaks of an item, and that it addresses it."""

    touched: Weighing
    addressed: Weighing
    """That a plan at least touches on an item, by its likeliest sentences, or addresses it."""

    says_from: float = Field(ge=0.0, le=1.0)
    """Likelihood from which a sentence is quoted beside the best."""

    touched_from: float = Field(ge=0.0, le=1.0)
    addressed_from: float = Field(ge=0.0, le=1.0)
    made_from: dict[str, str]
    """Digests of the plans, the framework and the weights that it was fitted with."""

    @classmethod
    def shipped(cls, *, plain: bool = False) -> Self:
        """Read the fitted weights, or those for a framework without labelled sentences."""
        file = files(__package__) / (PLAIN if plain else FILE)
        return cls.model_validate_json(file.read_text("utf-8"))

    @property
    def direction(self) -> Vector:
        """What `committing` is, as a vector."""
        return np.array(self.committing, dtype=np.float32)

    def judge(self, near: Sequence[Near]) -> Verdict:
        """Judge an item by the sentences of a plan that are nearest to it."""
        weighed = weigh(self.says, self.does, near)
        figures = figures_of(weighed)
        addressed, touched = self.addressed.chance(figures), self.touched.chance(figures)
        return Verdict(self.judged(addressed, touched), addressed, touched, weighed)

    def judged(self, addressed: float, touched: float) -> Judgement:
        """Say by the thresholds what so likely is."""
        if touched < self.touched_from:
            return "not_found"
        return "addressed" if addressed >= self.addressed_from else "touched_on"


def weigh(says: Weighing, does: Weighing, near: Sequence[Near]) -> tuple[Near, ...]:
    """Return sentences with how likely each speaks of an item, the likeliest first."""
    weighed = (
        one._replace(odds=says.odds(one.figures), does=does.odds(one.figures)) for one in near
    )
    return tuple(sorted(weighed, key=lambda one: -one.odds))


def figures_of(weighed: Sequence[Near]) -> dict[str, float]:
    """Return what a judgement weighs, which the likeliest sentences tell.

    `says` and `does` are logarithms of the sums of all odds, and `says_1` the greatest.
    """
    odds = [one.odds for one in weighed] + [NONE] * 3
    does = sorted((one.does for one in weighed), reverse=True) + [NONE] * 2
    chances = [one.chance for one in weighed]
    commits = [one.figures["commits"] for one in weighed]
    return {
        **{f"says_{at}": odds[at - 1] for at in (1, 2, 3)},
        **{f"does_{at}": does[at - 1] for at in (1, 2)},
        "says": float(np.logaddexp.reduce(odds)),
        "does": float(np.logaddexp.reduce(does)),
        "committed": float(np.average(commits, weights=chances)),
        **{f"best_{name}": weighed[0].figures[name] for name in BEST},
    }
