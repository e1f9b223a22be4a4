"""Metrics of knowing when not to answer, each over many questions, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.estimate import Estimate

RESAMPLES = 2000
SEED = 20_261_125

Numbers = NDArray[np.float64]
Metric = Callable[[Numbers, Numbers], float]
"""Takes what is true of each question, 1 if it can be answered, and what was given for it."""


def auroc(truth: Numbers, chance: Numbers) -> float:
    """Return the chance that a question with an answer is ranked above one without; ties half.

    The Mann-Whitney statistic (Hanley and McNeil 1982, Radiology 143:29-36).

    >>> auroc(np.array([1.0, 1.0, 0.0]), np.array([0.9, 0.4, 0.4]))
    0.75
    """
    above = chance[truth == 1.0][:, None] - chance[truth == 0.0][None, :]
    return float(np.mean(np.where(above == 0.0, 0.5, above > 0.0)))


def balanced_accuracy(truth: Numbers, answered: Numbers) -> float:
    """Return the mean of the share answered of what can be, and refused of what cannot.

    >>> balanced_accuracy(np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0]))
    0.75
    """
    return float(np.mean(answered[truth == 1.0]) + np.mean(1.0 - answered[truth == 0.0])) / 2.0


def abstention_f1(truth: Numbers, answered: Numbers) -> float:
    """Return the harmonic mean of precision and recall of refusing.

    >>> round(abstention_f1(np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])), 3)
    0.5
    """
    both = float(np.sum((truth == 0.0) & (answered == 0.0)))
    return 2.0 * both / (float(np.sum(truth == 0.0)) + float(np.sum(answered == 0.0)))


def risk_coverage(truth: Numbers, chance: Numbers) -> list[tuple[float, float]]:
    """Return coverage and risk at each cut, the surest first.

    Coverage is the share of questions answered, risk the share of those that have no answer
    (El-Yaniv and Wiener 2010, JMLR 11:1605-1641).

    >>> risk_coverage(np.array([1.0, 0.0]), np.array([0.9, 0.1]))
    [(0.5, 0.0), (1.0, 0.5)]
    """
    wrong = np.cumsum(1.0 - truth[np.argsort(-chance, kind="stable")])
    count = np.arange(1, len(truth) + 1)
    return [(float(n / len(truth)), float(w / n)) for n, w in zip(count, wrong, strict=True)]


def aurc(truth: Numbers, chance: Numbers) -> float:
    """Return the mean risk over all coverages; lower is better.

    Geifman, Uziel and El-Yaniv 2019, "Bias-reduced uncertainty estimation", section 2.

    >>> aurc(np.array([1.0, 0.0]), np.array([0.9, 0.1]))
    0.25
    """
    return float(np.mean([risk for _, risk in risk_coverage(truth, chance)]))


def estimate(metric: Metric, truth: Sequence[bool], given: Sequence[float]) -> Estimate:
    """Return a metric over questions with the 95 % interval of a percentile bootstrap."""
    answers, values = np.array(truth, dtype=np.float64), np.array(given, dtype=np.float64)
    draw = np.random.default_rng(SEED)
    found: list[float] = []
    while len(found) < RESAMPLES:
        at = draw.integers(0, len(answers), len(answers))
        if 0.0 < answers[at].mean() < 1.0:
            found.append(metric(answers[at], values[at]))
    low, high = np.percentile(found, [2.5, 97.5])
    return Estimate(
        value=metric(answers, values),
        n=len(answers),
        unscored=0,
        low=float(low),
        high=float(high),
        method="bootstrap",
    )


def best_cut(metric: Metric, truth: Sequence[bool], given: Sequence[float]) -> float:
    """Return the value from which answering makes a metric the greatest.

    >>> best_cut(balanced_accuracy, [True, True, False], [1.0, 0.5, 0.25])
    0.375
    """
    answers, values = np.array(truth, dtype=np.float64), np.array(given, dtype=np.float64)
    known = np.unique(values)
    cuts = [float(one) for one in (known[1:] + known[:-1]) / 2.0] or [float(known[0])]
    return max(cuts, key=lambda cut: metric(answers, (values >= cut).astype(np.float64)))
