"""Estimates over cases: rates, means, ratios and percentiles, with n and an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from corpus.passage import Record

if TYPE_CHECKING:
    import numpy as np

Method = Literal["wilson", "bootstrap", "none"]
"""How an interval was made."""

_RESAMPLES = 2000
_SEED = 20_261_125


class Estimate(Record):
    """A number over cases; an interval covers 95 %."""

    value: float | None
    """The number; none if no case could be scored."""

    n: int
    unscored: int
    """Number of cases in which there was nothing to score."""

    low: float | None = None
    high: float | None = None
    """Ends of the interval; none where there is none."""

    method: Method = "none"

    def __str__(self) -> str:
        """Return it with its interval and n.

        >>> str(Estimate(value=0.5, n=4, unscored=0, low=0.15, high=0.85, method="wilson"))
        '0.500 (0.150 to 0.850, n 4)'
        """
        if self.value is None:
            return f"nothing to score (n {self.n})"
        between = "" if self.low is None else f"{self.low:.3f} to {self.high:.3f}, "
        return f"{self.value:.3f} ({between}n {self.n})"


def rate(verdicts: Sequence[bool | None]) -> Estimate:
    """Return the share of verdicts that are true, with Wilson's score interval.

    Wilson 1927, JASA 22:209-212; by `scipy.stats.binomtest`.

    >>> one = rate([True] * 9 + [False, None])
    >>> one.value, one.n, one.unscored, round(one.low, 3), round(one.high, 3)
    (0.9, 10, 1, 0.596, 0.982)
    """
    from scipy import stats  # type: ignore[import-untyped]  # scipy ships no types

    scored = [verdict for verdict in verdicts if verdict is not None]
    unscored = len(verdicts) - len(scored)
    if not scored:
        return Estimate(value=None, n=0, unscored=unscored)
    interval = stats.binomtest(sum(scored), len(scored)).proportion_ci(method="wilson")
    return Estimate(
        value=sum(scored) / len(scored),
        n=len(scored),
        unscored=unscored,
        low=float(interval.low),
        high=float(interval.high),
        method="wilson",
    )


def mean(values: Sequence[float | None]) -> Estimate:
    """Return the mean of values, with a percentile bootstrap interval over cases.

    Efron 1979, Annals of Statistics 7:1-26; by `scipy.stats.bootstrap`, seeded.

    >>> one = mean([0.0, 1.0, 1.0, None])
    >>> round(one.value, 3), one.n, one.unscored, one.low, one.high
    (0.667, 3, 1, 0.0, 1.0)
    """
    return ratio([None if value is None else (value, 1.0) for value in values])


def ratio(pairs: Sequence[tuple[float, float] | None]) -> Estimate:
    """Return a sum of parts over a sum of wholes, with a bootstrap interval over cases.

    The micro-average of a share (Manning, Raghavan and Schuetze 2008, section 13.6): a case counts
    by its size. Pairs are drawn together.

    >>> one = ratio([(1, 2), (6, 6), None])
    >>> one.value, one.n, one.unscored, one.low, one.high
    (0.875, 2, 1, 0.5, 1.0)
    """
    scored = [pair for pair in pairs if pair is not None and pair[1] > 0]
    unscored = len(pairs) - len(scored)
    if not scored:
        return Estimate(value=None, n=0, unscored=unscored)
    value = sum(part for part, _ in scored) / sum(whole for _, whole in scored)
    if len(scored) == 1:
        return Estimate(value=value, n=1, unscored=unscored)
    low, high = interval([*zip(*scored, strict=True)], _share)
    return Estimate(
        value=value, n=len(scored), unscored=unscored, low=low, high=high, method="bootstrap"
    )


def percentile(values: Sequence[float], percent: float) -> Estimate:
    """Return a percentile, interpolated between neighbours; no interval.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50).value
    2.5
    """
    import numpy as np

    if not values:
        return Estimate(value=None, n=0, unscored=0)
    return Estimate(value=float(np.percentile(values, percent)), n=len(values), unscored=0)


def interval(
    samples: Sequence[Sequence[float]] | np.ndarray,
    statistic: Callable[..., object],
    resamples: int = _RESAMPLES,
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a statistic, by `scipy.stats.bootstrap`.

    Args:
        samples: shape (samples, cases), two cases at least; cases are drawn together.
        statistic: of as many samples; it is vectorised if it takes an `axis`.
        resamples: how often cases are drawn.
    """
    import numpy as np
    from scipy import stats

    found = stats.bootstrap(
        tuple(np.asarray(samples)),
        statistic,
        paired=len(samples) > 1,
        n_resamples=resamples,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _share(parts: np.ndarray, wholes: np.ndarray, axis: int = -1) -> np.ndarray:
    total: np.ndarray = parts.sum(axis=axis) / wholes.sum(axis=axis)
    return total
