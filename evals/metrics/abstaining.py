"""Whether a question was rightly left unanswered, and precision, recall and F1 over questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.records import Status
from evals.estimate import Estimate, rate

_ANSWERS: frozenset[Status] = frozenset({"answered", "partial"})
_GAPS = frozenset({"coverage_gap", "false_premise"})

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
    answers = bool(_ANSWERS & set(accepted))
    refusals = bool(set(accepted) - _ANSWERS - {"clarify"})
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
        return reason in _GAPS
    return status not in _ANSWERS


def abstention_precision(told: Sequence[Told]) -> Estimate:
    """Return the share of questions left unanswered that have no answer.

    Precision with leaving unanswered as the class (Manning, Raghavan and Schuetze 2008, section
    8.3).

    >>> abstention_precision([(False, True), (True, True), (True, False)]).value
    0.5
    """
    return rate([None if not abstained else not to_answer for to_answer, abstained in told])


def abstention_recall(told: Sequence[Told]) -> Estimate:
    """Return the share of questions without an answer that were left unanswered.

    >>> abstention_recall([(False, True), (False, False), (True, True)]).value
    0.5
    """
    return rate([None if to_answer else abstained for to_answer, abstained in told])


def abstention_f1(told: Sequence[Told]) -> Estimate:
    """Return the harmonic mean of the two, with a bootstrap interval over questions.

    Unscored where all questions have an answer, or none has.

    >>> abstention_f1([(False, True), (False, True), (True, True), (True, False)]).value
    0.8
    >>> abstention_f1([(True, False)]).value is None
    True
    """
    from evals.metrics import risk

    truth = [to_answer for to_answer, _ in told]
    if len(set(truth)) < 2:
        return Estimate(value=None, n=0, unscored=len(told))
    return risk.estimate(risk.abstention_f1, truth, [float(not gone) for _, gone in told])


def curve(told: Sequence[tuple[bool, float]]) -> tuple[tuple[float, float], ...]:
    """Return coverage and risk at each cut of the confidence, the surest first.

    Args:
        told: whether it is right to answer, or the answer is right, and the confidence, 0 to 1.

    >>> curve([(False, 0.2), (True, 0.9)])
    ((0.5, 0.0), (1.0, 0.5))
    """
    if not told:
        return ()
    import numpy as np

    from evals.metrics import risk

    right, sure = np.array(told, dtype=np.float64).T
    return tuple(risk.risk_coverage(right, sure))


def area(told: Sequence[tuple[bool, float]]) -> Estimate:
    """Return the area under risk and coverage, with a bootstrap interval; see `risk.aurc`.

    Unscored where all are right, or none is.

    >>> area([(True, 0.9), (False, 0.1)]).value
    0.25
    """
    from evals.metrics import risk

    if len({right for right, _ in told}) < 2:
        return Estimate(value=None, n=0, unscored=len(told))
    return risk.estimate(risk.aurc, [right for right, _ in told], [sure for _, sure in told])
