"""The choice of an operating point."""

from __future__ import annotations

from assistant.rules.answerability import Signs
from evals.training.fit_answerability import Row, chosen, curve, upper_bound


def row(answerable: bool, **signs: float) -> Row:
    values = tuple(float(signs.get(name, 0.0)) for name in Signs._fields)
    return Row(
        answerable=answerable,
        alone=True,
        structured=bool(signs.get("structured")),
        framed=bool(signs.get("framework")),
        whole=True,
        signs=(values,),
    )


def test_none_of_72_is_the_least_that_shows_five_in_a_hundred() -> None:
    assert upper_bound(0, 72) < 0.05 < upper_bound(0, 57)


def test_a_stricter_point_answers_less_and_is_less_often_wrong() -> None:
    rows = [row(True)] * 50 + [row(False)] * 50
    confidence = [0.5 + place / 100 for place in range(50)] + [place / 100 for place in range(50)]
    points = curve(rows, confidence)
    assert [one.false_answers for one in points] == sorted(
        (one.false_answers for one in points), reverse=True
    )
    assert [one.answered for one in points] == sorted(
        (one.answered for one in points), reverse=True
    )


def test_the_loosest_point_under_the_bound_is_chosen() -> None:
    rows = [row(True)] * 90 + [row(False)] * 90
    confidence = [0.9] * 60 + [0.6] * 30 + [0.7] * 10 + [0.1] * 80
    point = chosen(curve(rows, confidence))
    assert (point.answered, point.false_answers) == (60, 0)
    assert point.upper <= 0.05
