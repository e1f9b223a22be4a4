"""How small a fall so many cases can show: the power of a comparison of two runs."""

from __future__ import annotations

from collections.abc import Sequence

ALPHA = 0.05
"""Chance of calling a difference real that is none."""

POWER = 0.8
"""Chance with which a difference as large as the smallest detectable one is called real."""


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
    from scipy import optimize  # type: ignore[import-untyped]  # scipy ships no types

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
    import numpy as np
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
    import numpy as np
    from scipy import stats

    if changed <= 0.0:
        return 0.0
    many = np.arange(n + 1)
    most_by_chance = stats.binom.isf(alpha, many, 0.5)
    seen = stats.binom.sf(most_by_chance, many, (changed + fall) / (2 * changed))
    return float(np.sum(stats.binom.pmf(many, n, changed) * np.where(many > 0, seen, 0.0)))
