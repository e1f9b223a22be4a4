"""Two runs over the same cases, one measure at a time: difference, interval and test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from corpus.passage import Record
from evals.comparing.power import ALPHA, detectable_mean, detectable_rate

if TYPE_CHECKING:
    import numpy as np

Pair = tuple[float, float]
"""What a measure was before and is after, in one case; 0 and 1 for a verdict."""

Ranked = tuple[bool, float]
"""Whether a case is good, and the confidence in it."""

Test = Literal["mcnemar", "permutation", "none"]
"""How a difference was tested."""

_RESAMPLES = 4999
_FEWER = 999
_SEED = 20_261_125


class Difference(Record):
    """One measure before and after, over the cases that were scored both times."""

    n: int
    """Number of cases."""

    unscored: int
    """Number of cases in which one side or both had nothing to score."""

    before: float | None
    """Share or mean before; none without cases."""

    after: float | None
    """Share or mean after."""

    low: float | None = None
    """Lower end of the 95 % interval of the difference, after less before."""

    high: float | None = None
    """Upper end."""

    lower: int = 0
    """Cases in which the measure fell."""

    higher: int = 0
    """Cases in which it rose."""

    p: float | None = None
    """Chance of a difference as large, either way, if none were real."""

    p_lower: float | None = None
    """Chance of a fall as large if none were real: the test of one side."""

    p_higher: float | None = None
    """Chance of a rise as large if none were real."""

    test: Test = "none"
    """How it was tested."""

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
    higher = sum(after > before for before, after in scored)
    changed = lower + higher
    low, high = newcombe(scored)
    p, p_lower, p_higher = (
        float(stats.binomtest(lower, changed, alternative=side).pvalue) if changed else 1.0
        for side in ("two-sided", "greater", "less")
    )
    return _filled(
        pairs,
        low=low,
        high=high,
        p=p,
        p_lower=p_lower,
        p_higher=p_higher,
        test="mcnemar",
        detectable=detectable_rate(len(scored), changed / len(scored), alpha),
    )


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
    low, high = _bootstrap(changes)
    p, p_lower, p_higher = (_signs(changes, side) for side in ("two-sided", "less", "greater"))
    return _filled(
        pairs,
        low=low,
        high=high,
        p=p,
        p_lower=p_lower,
        p_higher=p_higher,
        test="permutation",
        detectable=detectable_mean(changes, alpha),
    )


def compare_areas(before: Sequence[Ranked], after: Sequence[Ranked]) -> Difference:
    """Compare two areas under risk and coverage (`risk.aurc`) over the same cases.

    The test exchanges before and after case by case, as that of `compare_means` does; the interval
    is the percentile bootstrap over cases. Both are seeded. No smallest fall is given.

    Args:
        before: whether each case is good, and its confidence.
        after: the same cases in the same order.

    >>> one = compare_areas([(True, 0.9), (False, 0.1)], [(True, 0.1), (False, 0.9)])
    >>> one.before, one.after
    (0.25, 0.75)
    """
    import numpy as np

    from evals.metrics.risk import aurc

    if not before:
        return _empty(before)
    # Both sides as one list, so that a case can be named by its place: n further on if after.
    truth = np.array([float(good) for good, _ in (*before, *after)])
    sure = np.array([confidence for _, confidence in (*before, *after)])
    places = np.arange(len(before))

    def change(old: np.ndarray, new: np.ndarray) -> float:
        return aurc(truth[new], sure[new]) - aurc(truth[old], sure[old])

    low, high = _resampled(change, places)
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
    n = len(pairs)
    before, low_before, high_before = _wilson(sum(pair[0] for pair in pairs), n)
    after, low_after, high_after = _wilson(sum(pair[1] for pair in pairs), n)
    phi = _correlation(pairs)

    def reach(one: float, other: float) -> float:
        return float(max(one**2 - 2 * phi * one * other + other**2, 0.0) ** 0.5)

    change = after - before
    low = change - reach(after - low_after, high_before - before)
    return low, change + reach(high_after - after, before - low_before)


def _wilson(count: float, n: int) -> tuple[float, float, float]:
    from scipy import stats

    interval = stats.binomtest(round(count), n).proportion_ci(method="wilson")
    return count / n, float(interval.low), float(interval.high)


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


def _bootstrap(changes: Sequence[float]) -> tuple[float, float]:
    import numpy as np
    from scipy import stats

    if len(set(changes)) == 1:
        return changes[0], changes[0]
    interval = stats.bootstrap(
        (np.array(changes),),
        np.mean,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def _signs(changes: Sequence[float], alternative: str) -> float:
    """Return the p value of exchanging before and after; what did not change adds nothing to it."""
    import numpy as np
    from scipy import stats

    moved = np.array([one for one in changes if one])
    if not len(moved):
        return 1.0
    if len(moved) == 1:  # scipy wants two
        moved = np.append(moved, 0.0)
    return float(
        stats.permutation_test(
            (moved,),
            _total(),
            permutation_type="samples",
            vectorized=True,
            n_resamples=_RESAMPLES,
            alternative=alternative,
            rng=np.random.default_rng(_SEED),
        ).pvalue
    )


def _resampled(
    change: Callable[[np.ndarray, np.ndarray], float], places: np.ndarray
) -> tuple[float, float]:
    import numpy as np

    draw = np.random.default_rng(_SEED)
    n = len(places)
    samples = (draw.integers(0, n, n) for _ in range(_FEWER))
    low, high = np.percentile([change(one, one + n) for one in samples], [2.5, 97.5])
    return float(low), float(high)


def _exchanged(
    change: Callable[[np.ndarray, np.ndarray], float], places: np.ndarray, *, moved: bool
) -> tuple[float, float, float]:
    """Return p both ways, of a fall and of a rise."""
    import numpy as np
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


def _total() -> Callable[..., np.ndarray]:
    def total(changes: np.ndarray, axis: int = -1) -> np.ndarray:
        added: np.ndarray = changes.sum(axis=axis)
        return added

    return total


def _empty(pairs: Sequence[Pair | None]) -> Difference:
    return Difference(n=0, unscored=len(pairs), before=None, after=None)


def _filled(pairs: Sequence[Pair | None], **found: object) -> Difference:
    scored = [pair for pair in pairs if pair is not None]
    plain: dict[str, object] = {
        "n": len(scored),
        "unscored": len(pairs) - len(scored),
        "before": sum(before for before, _ in scored) / len(scored),
        "after": sum(after for _, after in scored) / len(scored),
        "lower": sum(after < before for before, after in scored),
        "higher": sum(after > before for before, after in scored),
    }
    return Difference.model_validate(plain | found)
