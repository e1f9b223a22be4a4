"""Two runs over the same cases, one measure at a time: difference, interval, test and power."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from corpus.passage import Record
from evals.estimate import interval, rate

Pair = tuple[float, float]
"""What a measure was before and is after, in one case; 0 and 1 for a verdict."""

Ranked = tuple[bool, float]
"""Whether a case is good, and the confidence in it."""

Test = Literal["mcnemar", "permutation", "none"]

ALPHA = 0.05
"""Chance of calling a difference real that is none."""

POWER = 0.8
"""Chance with which a difference as large as the smallest detectable one is called real."""

_EXCHANGES = 4999
_FEWER = 999
_SEED = 20_261_125


class Difference(Record):
    """One measure before and after, over the cases that were scored both times."""

    n: int
    unscored: int
    """Number of cases in which one side or both had nothing to score."""

    before: float | None
    after: float | None
    """Shares or means; none without cases."""

    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval of the difference, after less before."""

    lower: int = 0
    higher: int = 0
    """Cases in which the measure fell, and in which it rose."""

    p: float | None = None
    p_lower: float | None = None
    p_higher: float | None = None
    """Chance of a difference as large if none were real: either way, of a fall, of a rise."""

    test: Test = "none"
    detectable: float | None = None
    """Smallest fall that would be called real with a chance of 80 %; none where no fall would."""

    @property
    def change(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before


def compare_rates(pairs: Sequence[Pair | None], alpha: float = ALPHA) -> Difference:
    """Compare two shares over the same cases, each pair of verdicts as 0 or 1.

    McNemar's exact test (McNemar 1947, Psychometrika 12:153-157): of the cases that changed, as
    many are expected to rise as to fall; by `scipy.stats.binomtest`. The interval is Newcombe's
    (see `newcombe`), the smallest detectable fall that of `detectable_rate`.

    >>> one = compare_rates([(1, 1)] * 12 + [(1, 0)] * 6 + [None])
    >>> one.n, one.unscored, one.lower, one.higher, one.p, one.p_lower
    (18, 1, 6, 0, 0.03125, 0.015625)
    """
    scored = [pair for pair in pairs if pair is not None]
    if not scored:
        return _empty(pairs)
    from scipy import stats  # type: ignore[import-untyped]  # scipy ships no types

    lower = sum(after < before for before, after in scored)
    changed = sum(after != before for before, after in scored)
    chances = [
        float(stats.binomtest(lower, changed, alternative=side).pvalue) if changed else 1.0
        for side in ("two-sided", "greater", "less")
    ]
    detectable = detectable_rate(len(scored), changed / len(scored), alpha)
    return _filled(pairs, newcombe(scored), chances, "mcnemar", detectable)


def compare_means(pairs: Sequence[Pair | None], alpha: float = ALPHA) -> Difference:
    """Compare two means over the same cases.

    The interval is the percentile bootstrap of the paired differences (Efron and Tibshirani 1993,
    section 13.3; `scipy.stats.bootstrap`), the test that of paired signs: if nothing had changed,
    before and after could be exchanged in any case (Fisher 1935, section 21;
    `scipy.stats.permutation_test`, every exchange where there are few). Both are seeded.

    >>> one = compare_means([(1.0, 0.5)] * 6 + [(0.5, 0.5)] * 2)
    >>> one.before, one.after, one.change, one.p
    (0.875, 0.5, -0.375, 0.03125)
    """
    scored = [pair for pair in pairs if pair is not None]
    if not scored:
        return _empty(pairs)
    changes = [after - before for before, after in scored]
    is_point = len(set(changes)) == 1
    ends = (changes[0], changes[0]) if is_point else interval([changes], np.mean)
    chances = [_signs(changes, side) for side in ("two-sided", "less", "greater")]
    return _filled(pairs, ends, chances, "permutation", detectable_mean(changes, alpha))


def compare_areas(before: Sequence[Ranked], after: Sequence[Ranked]) -> Difference:
    """Compare two areas under risk and coverage (`abstaining.aurc`) over the same cases.

    The test exchanges before and after case by case, as that of `compare_means` does; the interval
    is the percentile bootstrap over cases. Both are seeded. No smallest fall is given.

    >>> one = compare_areas([(True, 0.9), (False, 0.1)], [(True, 0.1), (False, 0.9)])
    >>> one.before, one.after
    (0.25, 0.75)
    """
    from evals.metrics.abstaining import aurc

    if not before:
        return _empty(before)
    # Both sides as one list, so that a case can be named by its place: n further on if after.
    truth = np.array([float(good) for good, _ in (*before, *after)])
    sure = np.array([confidence for _, confidence in (*before, *after)])
    places = np.arange(len(before))

    def change(old: np.ndarray, new: np.ndarray) -> float:
        return aurc(truth[new], sure[new]) - aurc(truth[old], sure[old])

    low = high = change(places, places + len(places))
    if len(places) > 1:
        low, high = interval(places[None], lambda drawn: change(drawn, drawn + len(drawn)), _FEWER)
    p, p_lower, p_higher = _exchanged(change, places, moved=tuple(before) != tuple(after))
    return Difference(
        n=len(before),
        unscored=0,
        before=aurc(truth[places], sure[places]),
        after=aurc(truth[places + len(before)], sure[places + len(before)]),
        low=low,
        high=high,
        p=p,
        p_lower=p_lower,
        p_higher=p_higher,
        test="permutation",
    )


def newcombe(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return the 95 % interval of a difference of two shares over the same cases.

    Method 10 of Newcombe 1998, Statistics in Medicine 17:2635-2650: Wilson's intervals of the two
    shares, joined by their correlation. Unlike a bootstrap it is no point where nothing changed.

    >>> low, high = newcombe([(1, 1)] * 20)
    >>> round(low, 3), round(high, 3)
    (-0.161, 0.161)
    """
    phi = _correlation(pairs)
    # How far each share lies from the lower and the upper end of its own interval.
    before, below_before, above_before = _reaches([bool(old) for old, _ in pairs])
    after, below_after, above_after = _reaches([bool(new) for _, new in pairs])

    def reach(one: float, other: float) -> float:
        return float(max(one**2 - 2 * phi * one * other + other**2, 0.0) ** 0.5)

    change = after - before
    return change - reach(below_after, above_before), change + reach(above_after, below_before)


def _reaches(verdicts: Sequence[bool]) -> tuple[float, float, float]:
    found = rate(verdicts)
    value, low, high = found.value or 0.0, found.low or 0.0, found.high or 0.0
    return value, value - low, high - value


def _correlation(pairs: Sequence[Pair]) -> float:
    """Return Newcombe's phi, corrected for continuity; 0 where one side does not vary."""
    n = len(pairs)
    both = sum(before == 1 and after == 1 for before, after in pairs)
    none = sum(before == 0 and after == 0 for before, after in pairs)
    fell = sum(before > after for before, after in pairs)
    rose = n - both - none - fell
    spread = (both + fell) * (rose + none) * (both + rose) * (fell + none)
    if not spread:
        return 0.0
    together = float(both * none - fell * rose)
    if together > 0:
        together = max(together - n / 2, 0.0)
    return float(together / spread**0.5)


def _signs(changes: Sequence[float], alternative: str) -> float:
    """Return the p value of exchanging before and after; what did not change adds nothing to it."""
    from scipy import stats

    moved = np.array([one for one in changes if one])
    if not len(moved):
        return 1.0
    if len(moved) == 1:  # scipy wants two
        moved = np.append(moved, 0.0)
    return float(
        stats.permutation_test(
            (moved,),
            np.sum,
            permutation_type="samples",
            vectorized=True,
            n_resamples=_EXCHANGES,
            alternative=alternative,
            rng=np.random.default_rng(_SEED),
        ).pvalue
    )


def _exchanged(
    change: Callable[[np.ndarray, np.ndarray], float], places: np.ndarray, *, moved: bool
) -> tuple[float, float, float]:
    """Return p both ways, of a fall and of a rise."""
    from scipy import stats

    if not moved or len(places) < 2:
        return 1.0, 1.0, 1.0
    found = stats.permutation_test(
        (places, places + len(places)),
        change,
        permutation_type="samples",
        vectorized=False,
        n_resamples=_FEWER,
        rng=np.random.default_rng(_SEED),
    )
    spread = np.append(found.null_distribution, found.statistic)
    lower = float(np.mean(spread <= found.statistic + 1e-12))
    higher = float(np.mean(spread >= found.statistic - 1e-12))
    return min(2 * min(lower, higher), 1.0), lower, higher


def _empty(pairs: Sequence[Pair | None]) -> Difference:
    return Difference(n=0, unscored=len(pairs), before=None, after=None)


def _filled(
    pairs: Sequence[Pair | None],
    ends: tuple[float, float],
    chances: Sequence[float],
    test: Test,
    detectable: float | None,
) -> Difference:
    """Return a difference with its interval, and its chances: either way, of a fall, of a rise."""
    scored = [pair for pair in pairs if pair is not None]
    return Difference(
        n=len(scored),
        unscored=len(pairs) - len(scored),
        before=sum(before for before, _ in scored) / len(scored),
        after=sum(after for _, after in scored) / len(scored),
        low=ends[0],
        high=ends[1],
        lower=sum(after < before for before, after in scored),
        higher=sum(after > before for before, after in scored),
        p=chances[0],
        p_lower=chances[1],
        p_higher=chances[2],
        test=test,
        detectable=detectable,
    )


def detectable_rate(n: int, changed: float, alpha: float = ALPHA) -> float | None:
    """Return the smallest fall of a share that McNemar's exact test sees with a chance of 80 %.

    The exact power of the conditional test, summed over how many cases change (Duffy 1984,
    Biometrics 40:1005-1015); one-sided. `None` where it is not reached even if every case falls.

    Args:
        n: number of cases.
        changed: share of cases that change either way, as it was seen; at least the fall itself.
        alpha: chance of calling a fall real that is none.

    >>> round(detectable_rate(100, 0.0), 3), round(detectable_rate(100, 0.2), 3)
    (0.066, 0.115)
    >>> detectable_rate(4, 0.0) is None
    True
    """
    from scipy import optimize

    def lacks(fall: float) -> float:
        return _power(n, max(changed, fall), fall, alpha) - POWER

    if lacks(1.0) < 0:
        return None
    return float(optimize.brentq(lacks, 0.0, 1.0, xtol=1e-4))


def detectable_mean(changes: Sequence[float], alpha: float = ALPHA) -> float | None:
    """Return the smallest fall of a mean that is seen with a chance of 80 %.

    (z(1 - alpha) + z(power)) times the standard error of the paired differences, one-sided (Bloom
    1995, Evaluation Review 19:547-556). `None` where nothing changed, so that it cannot be told.

    >>> round(detectable_mean([0.1, -0.1] * 50), 3)
    0.025
    """
    from scipy import stats

    if len(changes) < 2 or not any(changes):
        return None
    error = np.std(changes, ddof=1) / len(changes) ** 0.5
    return float((stats.norm.ppf(1 - alpha) + stats.norm.ppf(POWER)) * error)


def fewest(n: int, alpha: float = ALPHA) -> int | None:
    """Return how many of `n` cases must fall, none rising, to be called real; `None` if too few.

    One-sided McNemar: the smallest k with one half to the power k at most `alpha`.

    >>> fewest(100), fewest(100, 0.005), fewest(4)
    (5, 8, None)
    """
    needed = next(k for k in range(1, 1000) if 0.5**k <= alpha)
    return needed if needed <= n else None


def _power(n: int, changed: float, fall: float, alpha: float) -> float:
    from scipy import stats

    if changed <= 0.0:
        return 0.0
    many = np.arange(n + 1)
    most_by_chance = stats.binom.isf(alpha, many, 0.5)
    seen = stats.binom.sf(most_by_chance, many, (changed + fall) / (2 * changed))
    return float(np.sum(stats.binom.pmf(many, n, changed) * np.where(many > 0, seen, 0.0)))
