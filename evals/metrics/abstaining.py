"""Whether a question was rightly left unanswered, over many questions, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.records import Status
from evals.estimate import Estimate
from evals.metrics.metrics import ANSWERS, GAPS

RESAMPLES = 2000
SEED = 20_261_125

Numbers = NDArray[np.float64]
Metric = Callable[[Numbers, Numbers], float]
"""Takes what is true of each question, 1 if it can be answered, and what was given for it."""

Told = tuple[bool, bool]
"""Whether a question is to be answered, and whether it was left unanswered."""


def is_to_be_answered(answerable: bool, accepted: Collection[Status] = ()) -> bool | None:
    """Return whether a question is to be answered; `None` if that is open, or a reply in turn.

    >>> is_to_be_answered(True), is_to_be_answered(True, ["answered", "not_covered"])
    (True, None)
    >>> is_to_be_answered(False, ["not_covered", "partial"]), is_to_be_answered(True, ["clarify"])
    (False, None)
    """
    if not accepted:
        return answerable
    answers = bool(ANSWERS & set(accepted))
    refusals = bool(set(accepted) - ANSWERS - {"clarify"})
    if not answerable:
        return None if "answered" in accepted else False
    return True if answers and not refusals else None


def has_abstained(status: Status, reason: str, to_answer: bool) -> bool:
    """Return whether a question was left unanswered.

    `partial` leaves a question that has no answer unanswered if it says so by its reason, and
    answers one that has.

    >>> has_abstained("partial", "coverage_gap", False), has_abstained("partial", "x", False)
    (True, False)
    >>> has_abstained("partial", "coverage_gap", True), has_abstained("clarify", "", True)
    (False, True)
    """
    if status == "partial" and not to_answer:
        return reason in GAPS
    return status not in ANSWERS


def abstention_f1(told: Sequence[Told]) -> Estimate:
    """Return the harmonic mean of precision and recall of leaving questions unanswered.

    With a bootstrap interval over questions; unscored where all have an answer, or none has.

    >>> abstention_f1([(False, True), (False, True), (True, True), (True, False)]).value
    0.8
    >>> abstention_f1([(True, False)]).value is None
    True
    """
    truth = [to_answer for to_answer, _ in told]
    if len(set(truth)) < 2:
        return Estimate(value=None, n=0, unscored=len(told))
    return estimate(refusal_f1, truth, [float(not gone) for _, gone in told])


def curve(told: Sequence[tuple[bool, float]]) -> tuple[tuple[float, float], ...]:
    """Return `risk_coverage` of what is right and the confidence, 0 to 1; empty without any.

    >>> curve([(False, 0.2), (True, 0.9)])
    ((0.5, 0.0), (1.0, 0.5))
    """
    if not told:
        return ()
    right, sure = np.array(told, dtype=np.float64).T
    return tuple(risk_coverage(right, sure))


def area(told: Sequence[tuple[bool, float]]) -> Estimate:
    """Return the area under risk and coverage, with a bootstrap interval; see `aurc`.

    Unscored where all are right, or none is.

    >>> area([(True, 0.9), (False, 0.1)]).value
    0.25
    """
    if len({right for right, _ in told}) < 2:
        return Estimate(value=None, n=0, unscored=len(told))
    return estimate(aurc, [right for right, _ in told], [sure for _, sure in told])


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


def refusal_f1(truth: Numbers, answered: Numbers) -> float:
    """Return the harmonic mean of precision and recall of refusing.

    >>> round(refusal_f1(np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])), 3)
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
