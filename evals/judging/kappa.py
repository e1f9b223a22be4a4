"""Cohen's kappa of two who say yes or no, with a bootstrap interval, and where it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from corpus.passage import Record

if TYPE_CHECKING:
    import numpy as np

_RESAMPLES = 2000
_SEED = 20_261_125


class Said(NamedTuple):
    """What two say of one thing."""

    unit: str
    """What it is drawn with in the bootstrap: things of one unit hang together."""

    first: bool
    """What the one says."""

    second: bool
    """What the other says."""


class Kappa(Record):
    """How far two agree beyond chance; an interval covers 95 %."""

    value: float | None
    """From -1 to 1, where 1 is perfect and 0 what the two margins alone would give; none where one
    of the two says the same of all, so that there is nothing to agree on."""

    n: int
    """Things of which both say something."""

    agree: float | None
    """Share of them of which both say the same, from 0 to 1; none without any."""

    constant: tuple[bool, bool] = (False, False)
    """Whether the first, and the second, says the same of all."""

    low: float | None = None
    """Lower end of the interval; none where there is no value, or but one unit."""

    high: float | None = None
    """Upper end of the interval."""


def kappa(said: Sequence[Said]) -> Kappa:
    """Return Cohen's kappa (1960, Educational and Psychological Measurement 20:37-46).

    The value is `sklearn.metrics.cohen_kappa_score`. The interval is a percentile bootstrap over
    units (Efron 1979), seeded; a draw in which one of the two says the same of all has no kappa
    and is left out. If one of the two says the same of all from the start, the formula would give
    0 whoever the other is, or 0 / 0: that is told by `constant`, and no value is given.

    >>> told = [("a", True, True)] * 4 + [("b", False, False)] * 4 + [("c", True, False)] * 2
    >>> one = kappa([Said(*row) for row in told])
    >>> round(one.value, 3), one.n, one.agree, one.constant
    (0.615, 10, 0.8, (False, False))
    >>> kappa([Said("a", True, True), Said("b", False, True)]).constant
    (False, True)
    """
    firsts, seconds = [one.first for one in said], [one.second for one in said]
    n = len(said)
    agree = sum(one.first == one.second for one in said) / n if n else None
    constant = (len(set(firsts)) < 2, len(set(seconds)) < 2)
    if any(constant):
        return Kappa(value=None, n=n, agree=agree, constant=constant)
    from sklearn.metrics import cohen_kappa_score

    value = float(cohen_kappa_score(firsts, seconds))
    low, high = _interval(said)
    return Kappa(value=value, n=n, agree=agree, low=low, high=high)


def _interval(said: Sequence[Said]) -> tuple[float, float] | tuple[None, None]:
    import numpy as np

    units = {name: place for place, name in enumerate(dict.fromkeys(one.unit for one in said))}
    if len(units) < 2:
        return None, None
    cells = np.zeros((len(units), 2, 2))
    for one in said:
        cells[units[one.unit], int(one.first), int(one.second)] += 1
    rng = np.random.default_rng(_SEED)
    times = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), _RESAMPLES)
    values = kappas(np.einsum("du,uij->dij", times, cells))
    low, high = np.nanquantile(values, (0.025, 0.975))
    return float(low), float(high)


def kappas(tables: np.ndarray) -> np.ndarray:
    """Return the kappa of many tables at once, which the library takes one by one.

    Args:
        tables: counts, of the shape (tables, what the first says, what the second says).

    Returns:
        (agree - chance) / (1 - chance) of each; not a number where one says the same of all.
    """
    import numpy as np

    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    first, second = shares.sum(axis=2), shares.sum(axis=1)
    agree = np.trace(shares, axis1=1, axis2=2)
    chance = (first * second).sum(axis=1)
    varied = (first.min(axis=1) > 0) & (second.min(axis=1) > 0)
    found: np.ndarray = np.full(len(tables), np.nan)
    found[varied] = (agree[varied] - chance[varied]) / (1 - chance[varied])
    return found
