"""The scores of a case by name, so that two runs can be set side by side in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.passage import Record
from evals.metrics.scores import Score

Value = bool | float
"""A verdict, or a share from 0 to 1."""

Values = dict[str, Value]
"""By name; what had nothing to score is not in it."""

RISK_WITHOUT_ANSWER = "AURC (without an answer)"
"""Area under risk and coverage, where the risk is to answer what nothing answers."""

RISK_NOT_RIGHT = "AURC (not right)"
"""The same, where the risk is an answer that is not right."""

LESS_IS_BETTER = frozenset({"seconds", RISK_WITHOUT_ANSWER, RISK_NOT_RIGHT})
"""Measures in which a fall is no loss; in all others more is better."""

Ranked = dict[str, tuple[bool, float]]
"""By name of a measure over all cases together: whether a case is good, and the confidence."""

_NOT_BETTER_OR_WORSE = frozenset({"abstained", "confidence", "judges_agree", "to_answer"})
"""Fields that look like measures, and of which neither more nor less is better."""

_WANTED_AND_GIVEN = frozenset({"safeguarding"})
"""Fields that hold what should be and what is; any other two texts are a list."""


def values_of(score: Score) -> Values:
    """Return every measure of a score, read off its fields so that a new one comes along.

    A field is a measure if it holds a verdict, a share, a part and a whole, whose quotient is
    taken, or what should be and what is, which are compared; those of a record inside carry its
    name (`recall outcomes`). Texts and counts alone are none.
    """
    first: Values = {"right": score.right}
    return first | dict(_of_record(score))


def ranked_of(score: Score) -> Ranked:
    """Return what the measures of confidence are made of; empty where there is no confidence.

    They have no value in a single case: they ask in which order cases stand.
    """
    if score.confidence is None:
        return {}
    found: Ranked = {}
    if score.to_answer is not None:
        found[RISK_WITHOUT_ANSWER] = score.to_answer, score.confidence
    if score.status in ("answered", "partial"):
        found[RISK_NOT_RIGHT] = score.right, score.confidence
    return found


def is_loss(name: str, before: Value, after: Value) -> bool:
    """Return whether a measure got worse.

    >>> is_loss("recall", 1.0, 0.5), is_loss("seconds", 0.1, 0.2), is_loss("right", False, True)
    (True, True, False)
    """
    return after > before if name in LESS_IS_BETTER else after < before


def is_rate(values: Iterable[Value | None]) -> bool:
    """Return whether a measure is a verdict in each case, and so a share over cases.

    >>> is_rate([True, None, False]), is_rate([1.0, 0.0])
    (True, False)
    """
    return all(isinstance(one, bool) for one in values if one is not None)


def _of_record(record: Record, suffix: str = "") -> Iterator[tuple[str, Value]]:
    for name in type(record).model_fields:
        if name not in _NOT_BETTER_OR_WORSE:
            yield from _of_field(name.replace("_", " ") + suffix, getattr(record, name))


def _of_field(label: str, value: object) -> Iterator[tuple[str, Value]]:
    match value:
        case bool() | float():
            yield label, value
        case (int(part), int(whole)) if whole:
            yield label, part / whole
        case (str(wanted), str(given)) if label in _WANTED_AND_GIVEN:
            yield label, wanted == given
        case dict():
            for key, one in value.items():
                inner = isinstance(one, Record)
                yield from _of_record(one, f" {key}") if inner else _of_field(str(key), one)
        case _:
            return
