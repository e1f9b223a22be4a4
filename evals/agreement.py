"""How far the suite and verdicts by reading agree, weighted back to the run that was sampled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from assistant.errors import BatchError
from corpus.passage import Record

if TYPE_CHECKING:
    import numpy as np

Verdict = Literal["right", "partly", "wrong"]
"""What a reader says of an answer."""

STRICT: frozenset[Verdict] = frozenset({"right"})
"""Only what is wholly right counts as right."""

LENIENT: frozenset[Verdict] = frozenset({"right", "partly"})
"""What is right in part counts as right too."""

_DRAWS = 20_000
_SEED = 20_261_125
_EVEN = 0.5


class Judged(Record):
    """An answer that was read, beside what the suite says of it."""

    id: str
    """The case."""

    family: str
    """The case's family."""

    right: bool
    """Whether the suite held the answer to be right when it was drawn: the stratum."""

    weight: float = Field(gt=0)
    """How many answers of the run it stands for: the inverse of its chance to be drawn."""

    verdict: Verdict
    """What the reader says."""

    why: str
    """The reader's reason."""


class Share(Record):
    """A number with its 95 % interval."""

    value: float
    """The number."""

    low: float
    """Lower end."""

    high: float
    """Upper end."""


class Agreement(Record):
    """How far the suite and a reader agree, over all answers that the sample was drawn from."""

    n: int
    """Answers that were read."""

    answers: float
    """Answers that they stand for."""

    agree: Share
    """Share of answers of which both say the same."""

    kappa: Share
    """Cohen's kappa: agreement beyond what the two margins alone would give; 1 is perfect."""

    by_reading: Share
    """Share of answers that reading holds to be right."""

    by_suite: float
    """Share of answers that the suite holds to be right; known, not estimated."""

    lax: Share
    """Of the answers that the suite holds to be right, the share that reading does not."""

    strict: Share
    """Of the answers that the suite holds not to be right, the share that reading does."""


def agreement(judged: Sequence[Judged], as_right: Collection[Verdict] = STRICT) -> Agreement:
    """Return the agreement over the answers that a stratified sample stands for.

    Each answer counts by the inverse of its chance to be drawn (Horvitz and Thompson 1952, JASA
    47:663-685), which in a sample stratified by the suite's verdict is the stratified mean. The
    intervals take the share that reading holds to be right in each of the two strata from its
    Jeffreys posterior, Beta(k + 1/2, n - k + 1/2) (Brown, Cai and DasGupta 2001, Statistical
    Science 16:101-133), 20,000 times, seeded: unlike a bootstrap, they have a width where a stratum
    holds not one disagreement. That a sample may be a good part of its stratum is not counted in
    their favour.

    Args:
        judged: the answers that were read, of both strata.
        as_right: the verdicts that count as right.

    Raises:
        BatchError: one of the two strata is empty.

    >>> rows = [("right", True)] * 9 + [("wrong", True)] + [("wrong", False)] * 10
    >>> one = agreement([_judged(verdict, right, 9 if right else 1) for verdict, right in rows])
    >>> one.answers, one.by_suite, round(one.agree.value, 2), round(one.kappa.value, 2)
    (100.0, 0.9, 0.91, 0.64)
    >>> round(one.agree.low, 2), round(one.agree.high, 2)
    (0.66, 0.99)
    """
    import numpy as np

    strata = {side: [one for one in judged if one.right is side] for side in (True, False)}
    if not all(strata.values()):
        raise BatchError("Verdicts are needed on answers that the suite holds right and on others.")
    total = sum(one.weight for one in judged)
    held = sum(one.weight for one in strata[True]) / total
    counts = {side: sum(one.verdict in as_right for one in group) for side, group in strata.items()}
    rng = np.random.default_rng(_SEED)
    drawn = {
        side: rng.beta(counts[side] + _EVEN, len(group) - counts[side] + _EVEN, _DRAWS)
        for side, group in strata.items()
    }
    point = {side: np.array(counts[side] / len(group)) for side, group in strata.items()}
    values, draws = _measures(point, held), _measures(drawn, held)
    shares = {
        name: Share(
            value=float(values[name]),
            low=float(np.quantile(draws[name], 0.025)),
            high=float(np.quantile(draws[name], 0.975)),
        )
        for name in values
    }
    return Agreement(n=len(judged), answers=total, by_suite=held, **shares)


def _measures(read_right: Mapping[bool, np.ndarray], held: float) -> dict[str, np.ndarray]:
    """Return the measures by name, from the share read as right in each stratum.

    Kappa is (agree - chance) / (1 - chance) (Cohen 1960, Educational and Psychological Measurement
    20:37-46), with the margins of all answers and not those of the sample.
    """
    of_right, of_others = read_right[True], read_right[False]
    agree = held * of_right + (1 - held) * (1 - of_others)
    by_reading = held * of_right + (1 - held) * of_others
    chance = held * by_reading + (1 - held) * (1 - by_reading)
    return {
        "agree": agree,
        "kappa": (agree - chance) / (1 - chance),
        "by_reading": by_reading,
        "lax": 1 - of_right,
        "strict": of_others,
    }


def confusion(judged: Sequence[Judged]) -> dict[tuple[bool, Verdict], tuple[int, float]]:
    """Return how many were read, and how many they stand for, by the suite's and the reader's say.

    >>> confusion([_judged("partly", True, 9), _judged("partly", True, 9)])
    {(True, 'partly'): (2, 18.0)}
    """
    found: dict[tuple[bool, Verdict], tuple[int, float]] = {}
    for one in judged:
        read, stood = found.get((one.right, one.verdict), (0, 0.0))
        found[one.right, one.verdict] = read + 1, stood + one.weight
    return found


def disagreements(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """Return the answers of which only one of the two says that they are wholly right."""
    return tuple(one for one in judged if one.right != (one.verdict in STRICT))


def _judged(verdict: Verdict, right: bool, weight: float) -> Judged:
    return Judged(id="a", family="facets", right=right, weight=weight, verdict=verdict, why="")
