"""Statistics over cases: estimates with intervals, two runs compared, and abstention."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import scipy  # type: ignore[import-untyped]  # it ships no types; its parts load when used
from numpy.typing import NDArray
from pydantic import computed_field

from corpus.passage import Record

Pair = tuple[float, float]
"""What a measure was before and is after, in one case; 0 and 1 for a verdict."""

Ranked = tuple[bool, float]  # Whether a case is good, and the confidence in it.
Numbers = NDArray[np.float64]

Metric = Callable[[Numbers, Numbers], float]
"""Takes what is true of each question, 1 if it can be answered, and what was given for it."""

ALPHA, POWER = 0.05, 0.8
"""Chance of calling a difference real that is none, and chance with which a difference as large as
the smallest detectable one is called real."""

_RESAMPLES, _EXCHANGES, _FEWER, _SEED = 2000, 4999, 999, 20_261_125


class Estimate(Record):
    """A number over cases; an interval covers 95 %."""

    value: float | None
    """The number; none if no case could be scored."""

    n: int
    unscored: int
    """Number of cases in which there was nothing to score."""

    low: float | None = None
    high: float | None = None
    method: Literal["wilson", "bootstrap", "none"] = "none"
    """Ends of the interval, none where there is none, and how it was made."""

    def __str__(self) -> str:
        """Return it with its interval and n.

        >>> str(Estimate(value=0.5, n=4, unscored=0, low=0.15, high=0.85, method="wilson"))
        '0.500 (0.150 to 0.850, n 4)'
        """
        if self.value is None:
            return f"nothing to score (n {self.n})"
        between = "" if self.low is None else f"{self.low:.3f} to {self.high:.3f}, "
        return f"{self.value:.3f} ({between}n {self.n})"


class Difference(Record):
    """One measure before and after, over the cases that were scored both times."""

    n: int
    unscored: int = 0
    """Number of cases in which one side or both had nothing to score."""

    before: float | None
    after: float | None
    """Shares or means; none without cases."""

    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval of the difference, after less before."""

    p_lower: float | None = None
    p_higher: float | None = None
    """Chance of a fall as large, and of a rise, if no difference were real."""

    test: Literal["mcnemar", "permutation", "none"] = "none"
    detectable: float | None = None
    """Smallest fall that would be called real with a chance of 80 %; none where no fall would."""

    @property
    def change(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @computed_field  # type: ignore[prop-decorator]
    @property
    def p(self) -> float | None:
        """Chance of a difference as large, either way, if none were real."""
        chances = [one for one in (self.p_lower, self.p_higher) if one is not None]
        return min(2 * min(chances), 1.0) if chances else None


def rate(verdicts: Sequence[bool | None]) -> Estimate:
    """Return the share of verdicts that are true, with Wilson's score interval.

    Wilson 1927, JASA 22:209-212; by `scipy.stats.binomtest`.

    >>> one = rate([True] * 9 + [False, None])
    >>> one.value, one.n, one.unscored, round(one.low, 3), round(one.high, 3)
    (0.9, 10, 1, 0.596, 0.982)
    """
    scored = [verdict for verdict in verdicts if verdict is not None]
    n, unscored = len(scored), len(verdicts) - len(scored)
    if not scored:
        return Estimate(value=None, n=0, unscored=unscored)
    low, high = _wilson(sum(scored), n)
    value = sum(scored) / n
    return Estimate(value=value, n=n, unscored=unscored, low=low, high=high, method="wilson")


def mean(values: Sequence[float | None]) -> Estimate:
    """Return the mean of values, with a percentile bootstrap interval over cases.

    Efron 1979, Annals of Statistics 7:1-26; by `scipy.stats.bootstrap`, seeded.
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
    n, unscored = len(scored), len(pairs) - len(scored)
    if not scored:
        return Estimate(value=None, n=0, unscored=unscored)
    value = sum(part for part, _ in scored) / sum(whole for _, whole in scored)
    if n == 1:
        return Estimate(value=value, n=1, unscored=unscored)
    low, high = interval(
        [*zip(*scored, strict=True)],
        lambda parts, wholes, axis=-1: parts.sum(axis=axis) / wholes.sum(axis=axis),
    )
    return Estimate(value=value, n=n, unscored=unscored, low=low, high=high, method="bootstrap")


def percentile(values: Sequence[float], percent: float) -> Estimate:
    """Return a percentile, from 0 to 100, interpolated between neighbours; no interval."""
    value = float(np.percentile(values, percent)) if values else None
    return Estimate(value=value, n=len(values), unscored=0)


def interval(
    samples: Sequence[Sequence[float]] | np.ndarray,
    statistic: Callable[..., object],
    resamples: int = _RESAMPLES,
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a statistic, by `scipy.stats.bootstrap`.

    Samples have the shape (samples, cases), two cases at least; cases are drawn together. The
    statistic is of as many samples, and vectorised if it takes an `axis`.
    """
    found = scipy.stats.bootstrap(
        tuple(np.asarray(samples)),
        statistic,
        paired=len(samples) > 1,
        n_resamples=resamples,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def compare_rates(pairs: Sequence[Pair], alpha: float = ALPHA) -> Difference:
    """Compare two shares over the same cases, each pair of verdicts as 0 or 1.

    McNemar's exact test (McNemar 1947, Psychometrika 12:153-157): of the cases that changed, as
    many are expected to rise as to fall; by `scipy.stats.binomtest`. The interval is Newcombe's
    (see `newcombe`), the smallest detectable fall that of `detectable_rate`.
    """
    if not pairs:
        return _compared(pairs)
    lower = sum(after < before for before, after in pairs)
    changed = sum(after != before for before, after in pairs)
    chances = [
        float(scipy.stats.binomtest(lower, changed, alternative=side).pvalue) if changed else 1.0
        for side in ("greater", "less")
    ]
    detectable = detectable_rate(len(pairs), changed / len(pairs), alpha)
    told = (*newcombe(pairs), *chances)
    return _compared(pairs, *told, test="mcnemar", detectable=detectable)


def compare_means(pairs: Sequence[Pair], alpha: float = ALPHA) -> Difference:
    """Compare two means over the same cases.

    The interval is the percentile bootstrap of the paired differences (Efron and Tibshirani 1993,
    section 13.3; `scipy.stats.bootstrap`), the test that of paired signs: if nothing had changed,
    before and after could be exchanged in any case (Fisher 1935, section 21;
    `scipy.stats.permutation_test`, every exchange where there are few). Both are seeded.
    """
    changes = [after - before for before, after in pairs]
    if not changes:
        return _compared(pairs)
    ends = changes[:1] * 2 if len(set(changes)) == 1 else interval([changes], np.mean)
    moved = [change for change in changes if change]  # what did not change adds nothing to p
    held = np.array([*moved, 0.0] if len(moved) == 1 else moved)  # scipy wants two
    chances = _chances((held,), np.sum, _EXCHANGES) if moved else (1.0, 1.0)
    detectable = detectable_mean(changes, alpha)
    return _compared(pairs, *ends, *chances, test="permutation", detectable=detectable)


def compare_areas(before: Sequence[Ranked], after: Sequence[Ranked]) -> Difference:
    """Compare two areas under risk and coverage (see `aurc`) over the same cases.

    The test exchanges before and after case by case, as that of `compare_means` does; the interval
    is the percentile bootstrap over cases. Both are seeded. No smallest fall is given.

    >>> one = compare_areas([(True, 0.9), (False, 0.1)], [(True, 0.1), (False, 0.9)])
    >>> one.before, one.after
    (0.25, 0.75)
    """
    if not before:
        return _compared(())
    # Both sides as one list, so that a case can be named by its place: n further on if after.
    n, (truth, sure) = len(before), np.array([*before, *after], dtype=np.float64).T
    old, new = np.arange(n), np.arange(n) + n

    def area(places: np.ndarray) -> float:
        return aurc(truth[places], sure[places])

    def change(old: np.ndarray, new: np.ndarray) -> float:
        return area(new) - area(old)

    low = high = change(old, new)
    if n > 1:
        low, high = interval(old[None], lambda drawn: change(drawn, drawn + len(drawn)), _FEWER)
    changed = n > 1 and tuple(before) != tuple(after)
    chances = _chances((old, new), change, _FEWER) if changed else (1.0, 1.0)
    sides = {"n": n, "before": area(old), "after": area(new)}
    return _compared((), low, high, *chances, test="permutation", **sides)


def newcombe(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return the 95 % interval of a difference of two shares over the same cases.

    Method 10 of Newcombe 1998, Statistics in Medicine 17:2635-2650: Wilson's intervals of the two
    shares, joined by their correlation phi, which is corrected for continuity and 0 where one side
    does not vary. Unlike a bootstrap it is no point where nothing changed.

    >>> low, high = newcombe([(1, 1)] * 20)
    >>> round(low, 3), round(high, 3)
    (-0.161, 0.161)
    """
    n, counts = len(pairs), Counter(pairs)
    both, fell, rose, none = (counts[one] for one in ((1, 1), (1, 0), (0, 1), (0, 0)))
    spread = (both + fell) * (rose + none) * (both + rose) * (fell + none)
    together = float(both * none - fell * rose)
    if together > 0:
        together = max(together - n / 2, 0.0)
    phi = together / spread**0.5 if spread else 0.0
    before, after = (both + fell) / n, (both + rose) / n
    before_low, before_high = _wilson(both + fell, n)
    after_low, after_high = _wilson(both + rose, n)

    def reach(one: float, other: float) -> float:
        return float(max(one**2 - 2 * phi * one * other + other**2, 0.0) ** 0.5)

    change = after - before
    low = change - reach(after - after_low, before_high - before)
    return low, change + reach(after_high - after, before - before_low)


def detectable_rate(n: int, changed: float, alpha: float = ALPHA) -> float | None:
    """Return the smallest fall of a share that McNemar's exact test sees with a chance of 80 %.

    The exact power of the conditional test, summed over how many cases change (Duffy 1984,
    Biometrics 40:1005-1015); one-sided. `None` where it is not reached even if every case falls.

    Of `n` cases a share of `changed` changes either way, as it was seen; at least the fall itself.

    >>> round(detectable_rate(100, 0.0), 3), round(detectable_rate(100, 0.2), 3)
    (0.066, 0.115)
    >>> detectable_rate(4, 0.0) is None
    True
    """
    many = np.arange(n + 1)
    most_by_chance = scipy.stats.binom.isf(alpha, many, 0.5)

    def lacks(fall: float) -> float:
        share = max(changed, fall)
        if share <= 0.0:
            return -POWER
        seen = scipy.stats.binom.sf(most_by_chance, many, (share + fall) / (2 * share))
        chance = scipy.stats.binom.pmf(many, n, share) * np.where(many > 0, seen, 0.0)
        return float(np.sum(chance)) - POWER

    return None if lacks(1.0) < 0 else float(scipy.optimize.brentq(lacks, 0.0, 1.0, xtol=1e-4))


def detectable_mean(changes: Sequence[float], alpha: float = ALPHA) -> float | None:
    """Return the smallest fall of a mean that is seen with a chance of 80 %.

    (z(1 - alpha) + z(power)) times the standard error of the paired differences, one-sided (Bloom
    1995, Evaluation Review 19:547-556). `None` where all changed alike, or there are too few.

    >>> round(detectable_mean([0.1, -0.1] * 50), 3)
    0.025
    """
    if len({*changes}) < 2 or fewest(len(changes), alpha) is None:
        return None
    error = np.std(changes, ddof=1) / len(changes) ** 0.5
    return float((scipy.stats.norm.ppf(1 - alpha) + scipy.stats.norm.ppf(POWER)) * error)


def fewest(n: int, alpha: float = ALPHA) -> int | None:
    """Return how many of `n` cases must fall, none rising, to be called real; `None` if too few.

    One-sided McNemar: the smallest k with one half to the power k at most `alpha`.

    >>> fewest(100), fewest(100, 0.005), fewest(4)
    (5, 8, None)
    """
    return next((k for k in range(1, n + 1) if 0.5**k <= alpha), None)


def refusal_f1(truth: Numbers, answered: Numbers) -> float:
    """Return the harmonic mean of precision and recall of refusing."""
    both = float(np.sum((truth == 0.0) & (answered == 0.0)))
    return 2.0 * both / (float(np.sum(truth == 0.0)) + float(np.sum(answered == 0.0)))


def risk_coverage(told: Sequence[Ranked]) -> tuple[tuple[float, float], ...]:
    """Return coverage and risk at each cut, the surest first; empty without any question.

    Coverage is the share of questions answered, risk the share of those that have no answer
    (El-Yaniv and Wiener 2010, JMLR 11:1605-1641).

    >>> risk_coverage([(False, 0.2), (True, 0.9)])
    ((0.5, 0.0), (1.0, 0.5))
    """
    right, sure = np.array(told, dtype=np.float64).reshape(-1, 2).T
    coverages = np.arange(1, len(told) + 1) / max(len(told), 1)
    return tuple(zip(coverages.tolist(), _risks(right, sure).tolist(), strict=True))


def aurc(truth: Numbers, chance: Numbers) -> float:
    """Return the mean risk over all coverages; lower is better.

    Geifman, Uziel and El-Yaniv 2019, "Bias-reduced uncertainty estimation", section 2.
    """
    return float(np.mean(_risks(truth, chance)))


def estimate(metric: Metric, told: Sequence[Ranked], groups: Sequence[str] = ()) -> Estimate:
    """Return a metric over what is true and what was given, with a percentile bootstrap interval.

    Unscored where the same is true of all. Where the cases have groups, whole groups are drawn.

    >>> estimate(aurc, [(True, 0.9), (False, 0.1)]).value
    0.25
    """
    if len({right for right, _ in told}) < 2:
        return Estimate(value=None, n=0, unscored=len(told))
    truth, given = np.array(told, dtype=np.float64).T
    draw, names = np.random.default_rng(_SEED), np.array(groups)
    members = [np.flatnonzero(names == name) for name in dict.fromkeys(groups)]
    found: list[float] = []
    while len(found) < _RESAMPLES:
        at = draw.integers(len(members or told), size=len(members or told))
        if members:
            at = np.concatenate([members[one] for one in at])
        if 0.0 < truth[at].mean() < 1.0:
            found.append(metric(truth[at], given[at]))
    low, high = map(float, np.percentile(found, [2.5, 97.5]))
    value, n = float(metric(truth, given)), len(told)
    return Estimate(value=value, n=n, unscored=0, low=low, high=high, method="bootstrap")


def best_cut(metric: Metric, truth: Sequence[bool], given: Sequence[float]) -> float:
    """Return the value from which answering makes a metric the greatest."""
    answers, values = np.array(truth, dtype=np.float64), np.array(given, dtype=np.float64)
    known = np.unique(values)
    cuts = [float(one) for one in (known[1:] + known[:-1]) / 2.0] or [float(known[0])]
    return max(cuts, key=lambda cut: metric(answers, (values >= cut).astype(np.float64)))


def _wilson(count: int, n: int) -> tuple[float, float]:
    low, high = scipy.stats.binomtest(count, n).proportion_ci(method="wilson")
    return float(low), float(high)


def _risks(truth: Numbers, chance: Numbers) -> Numbers:
    risks: Numbers = np.cumsum(1.0 - truth[np.argsort(-chance, kind="stable")])
    return risks / np.arange(1, len(truth) + 1)


def _chances(
    samples: Sequence[np.ndarray], statistic: Callable[..., object], resamples: int
) -> tuple[float, float]:
    """Return p of what was seen among exchanges: of as low and of as high a value."""
    found = scipy.stats.permutation_test(
        samples,
        statistic,
        permutation_type="samples",
        vectorized=statistic is np.sum,
        n_resamples=resamples,
        rng=np.random.default_rng(_SEED),
    )
    off = found.null_distribution - found.statistic
    # What was seen is one more of those drawn by chance; where all are tried, it is among them.
    off = np.append(off, 0.0) if len(off) == resamples else off
    return float(np.mean(off <= 1e-12)), float(np.mean(-off <= 1e-12))


def _compared(pairs: Sequence[Pair], *told: float, **more: object) -> Difference:
    """Return a difference with its ends, and its chances of a fall and of a rise."""
    n = len(pairs)
    found = Difference(
        n=n,
        before=sum(before for before, _ in pairs) / n if n else None,
        after=sum(after for _, after in pairs) / n if n else None,
    )
    named = zip(("low", "high", "p_lower", "p_higher"), told, strict=False)
    return found.model_copy(update={**dict(named), **more})
