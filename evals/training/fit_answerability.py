"""Fit what tells whether a draft answers: `python -m evals.training.fit_answerability`.

A logistic regression over the signs of `answerability`, fitted on the development cases
of every shipped suite that ask one thing: 1 for a case that the corpus answers, 0 for one that it
does not. The operating point is the loosest threshold at which false answers have a one-sided 95 %
upper bound (Clopper and Pearson 1934) of at most `RISK`. They are counted over the calibration
cases alone: questions that the corpus does not answer, written after the rules were, and used for
nothing else. What is answered is counted over the development cases, each judged by the fold that
has not seen it (ten folds, stratified).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta  # type: ignore[import-untyped]

from assistant.errors import QuestionError, SignpostError
from assistant.rules.answerability import Model, Signs
from assistant.settings import Settings
from corpus.passage import Record
from evals.cases.case import Case, load_split

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

RISK = 0.05
"""Greatest upper bound on the rate of false answers."""

FOLDS = 10

STRENGTH = 0.1
"""Inverse of the ridge penalty, on standardised signs; chosen by the folds."""

STEP = 2
"""At every how many levels the two looser thresholds are tried."""

STRUCTURED = (0.5, 0.8)
"""Least and greatest threshold for what the framework's structure answers: above it, lists that
are complete and of what was named would be refused for a word beside them."""

OUT = Path(__file__).parents[2] / "assistant" / "rules" / "answerability.json"

_GIVEN = frozenset({"answered"})
"""What is given as an answer; one in part says what it lacks."""

Floats = NDArray[np.float64]


class Row(Record):
    """A case with what its drafts are judged by."""

    answerable: bool
    """Whether the corpus answers it."""

    alone: bool
    """Whether it has one draft, and that is judged, so that the case's gold is about it."""

    structured: bool
    """Whether the framework's structure is part of everything judged."""

    framed: bool
    """Whether words of the framework are."""

    whole: bool
    """Whether everything asked is given, judged or not; what is given in part says so."""

    signs: tuple[tuple[float, ...], ...]
    """Of each judged draft, in the order of `Signs`."""


class Point(Record):
    """One operating point."""

    threshold: float
    """Probability from which an answer is given."""

    framed_threshold: float
    """The same for what the framework's words answer."""

    structured_threshold: float
    """The same for what its structure answers."""

    answered: int
    """Answerable questions that are answered."""

    answerable: int
    """Of how many."""

    false_answers: int
    """Unanswerable questions that are answered."""

    unanswerable: int
    """Of how many."""

    @property
    def upper(self) -> float:
        """One-sided 95 % upper bound on the rate of false answers."""
        return upper_bound(self.false_answers, self.unanswerable)


def collect(assistant: Assistant, cases: Sequence[Case]) -> list[Row]:
    """Draft every case without turns at a threshold of 0, and keep what was judged.

    Args:
        assistant: with a model that refuses nothing.
        cases: of one split.
    """
    today = datetime.now(UTC).date()
    rows = []
    for case in (case for case in cases if not case.turns):
        try:
            drafts = assistant.drafts(case.question, today)
        except QuestionError:
            drafts = []
        given = [draft for draft in drafts if draft.status in _GIVEN]
        signs = tuple(draft.signs for draft in given if draft.signs)
        row = Row(
            answerable=case.answerable,
            structured=bool(signs) and all(Signs(*one).structured for one in signs),
            framed=bool(signs) and all(Signs(*one).framework for one in signs),
            alone=len(drafts) == len(signs) == 1,
            whole=bool(drafts) and len(given) == len(drafts),
            signs=signs,
        )
        rows.append(row)
    return rows


def upper_bound(events: int, trials: int) -> float:
    """Return the one-sided 95 % upper bound on a rate (Clopper and Pearson 1934).

    >>> round(upper_bound(0, 72), 3), round(upper_bound(3, 100), 3)
    (0.041, 0.076)
    """
    return 1.0 if events >= trials else float(beta.ppf(0.95, events + 1, trials - events))


def curve(rows: Sequence[Row], confidence: Sequence[float]) -> list[Point]:
    """Return for each number of false answers the point that answers most, the loosest first.

    Args:
        rows: cases.
        confidence: of each, 0 where not all is given and 1 where nothing of it is judged.
    """
    sure = np.asarray(confidence)
    answerable = np.array([row.answerable for row in rows])
    structured = np.array([row.structured for row in rows])
    framed = np.array([row.framed for row in rows])
    levels = np.unique(np.round(sure[(sure > 0.0) & (sure < 1.0)], 2))
    best: dict[int, Point] = {}
    for threshold, page, own in product(levels, levels[::STEP], levels[::STEP]):
        # The surer the ground, the looser the threshold may be, and no stricter.
        if not (own <= page <= threshold and STRUCTURED[0] <= own <= STRUCTURED[1]):
            continue
        given = sure >= np.where(structured, own, np.where(framed, page, threshold))
        point = Point(
            threshold=float(threshold),
            framed_threshold=float(page),
            structured_threshold=float(own),
            answered=int((answerable & given).sum()),
            answerable=int(answerable.sum()),
            false_answers=int((~answerable & given).sum()),
            unanswerable=int((~answerable).sum()),
        )
        known = best.get(point.false_answers)
        if known is None or point.answered > known.answered:
            best[point.false_answers] = point
    return _increasing(best[number] for number in sorted(best, reverse=True))


def _increasing(points: Iterable[Point]) -> list[Point]:
    """Leave out what answers no more than a point with fewer false answers."""
    kept: list[Point] = []
    for point in reversed(list(points)):
        if not kept or point.answered > kept[-1].answered:
            kept.append(point)
    return kept[::-1]


def chosen(points: Sequence[Point]) -> Point:
    """Return the loosest point whose upper bound is low enough, or the strictest there is."""
    return next((point for point in points if point.upper <= RISK), points[-1])


def fit(signs: Floats, answerable: NDArray[np.bool_]) -> Model:
    """Fit the regression; its weights are for signs as they are read, and its threshold is 0.

    Args:
        signs: shape (drafts, signs).
        answerable: shape (drafts,).
    """
    from sklearn.linear_model import LogisticRegression

    mean, scale = signs.mean(axis=0), signs.std(axis=0)
    scale = np.where(scale == 0.0, 1.0, scale)
    regression = LogisticRegression(C=STRENGTH, max_iter=5000)
    regression.fit((signs - mean) / scale, answerable)
    weights = regression.coef_[0] / scale
    named = {name: round(float(one), 4) for name, one in zip(Signs._fields, weights, strict=True)}
    return Model(named, round(float(regression.intercept_[0] - weights @ mean), 4), 0.0, 0.0, 0.0)


def fitted_on(rows: Sequence[Row]) -> Model:
    """Fit on the rows of one thing asked."""
    alone = [row for row in rows if row.alone]
    signs = np.array([row.signs[0] for row in alone])
    return fit(signs, np.array([row.answerable for row in alone]))


def confidence_in(row: Row, model: Model) -> float:
    """Return how sure the least sure thing is that a row gives, 0 to 1; 0 if it gives not all."""
    if not row.whole:
        return 0.0
    return min((model.probability(Signs(*one)) for one in row.signs), default=1.0)


def out_of_fold(rows: Sequence[Row]) -> list[float]:
    """Return the confidence in each row by a model that has not seen its fold."""
    from sklearn.model_selection import StratifiedKFold

    found = [0.0] * len(rows)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    labels = [f"{row.answerable} {row.alone}" for row in rows]
    for train, held in folds.split(np.zeros(len(rows)), labels):
        model = fitted_on([rows[place] for place in train])
        for place in held:
            found[place] = confidence_in(rows[place], model)
    return found


def table(points: Sequence[Point]) -> str:
    """Return a risk-coverage curve as text, about twenty points of it."""
    lines = ["thresholds  answered of answerable  false answers of unanswerable  upper bound"]
    for one in points[:: max(1, len(points) // 20)]:
        share = one.answered / one.answerable if one.answerable else 0.0
        lines.append(
            f"{one.threshold:.2f}, {one.framed_threshold:.2f}, {one.structured_threshold:.2f}"
            f"  {one.answered:4d} of {one.answerable} ({share:.3f})"
            f"        {one.false_answers:3d} of {one.unanswerable}          {one.upper:.3f}"
        )
    return "\n".join(lines)


def area_under(points: Sequence[Point]) -> float:
    """Return the share of pairs of an answerable and an unanswerable question told apart.

    The area under the curve of answered over false answers, by trapezoids.
    """
    x = [1.0, *(one.false_answers / one.unanswerable for one in points), 0.0]
    y = [1.0, *(one.answered / one.answerable for one in points), 0.0]
    return float(np.trapezoid(y[::-1], x[::-1]))


def main() -> int:
    """Fit, print the curve, and write the model."""
    from assistant.pipeline import Assistant

    nothing = Model(dict.fromkeys(Signs._fields, 0.0), 0.0, 0.0, 0.0, 0.0)
    try:
        assistant = Assistant.open(Settings.from_environment(), nothing)
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    development = collect(assistant, load_split("development"))
    calibration = collect(assistant, load_split("calibration"))
    model = fitted_on(development)
    held = out_of_fold(development)
    fresh = [confidence_in(row, model) for row in calibration]
    known = [(row, sure) for row, sure in zip(development, held, strict=True) if row.answerable]
    unseen = [(row, sure) for row, sure in zip(calibration, fresh, strict=True)]
    judged = [*known, *unseen]
    points = curve([row for row, _ in judged], [sure for _, sure in judged])
    point = chosen(points)
    folds = curve(development, held)
    report = {
        "weights": model.weights,
        "bias": model.bias,
        "curve": [one.model_dump() | {"upper": round(one.upper, 4)} for one in points],
        "fitted": {
            "drafts": sum(row.alone for row in development),
            "development": len(development),
            "calibration": len(calibration),
            "area": round(area_under(folds), 4),
            "point": point.model_dump() | {"upper": round(point.upper, 4)},
        },
    }
    OUT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    said = f"{table(folds)}{os.linesep}{os.linesep}{table(points)}"
    sys.stdout.write(f"{said}{os.linesep}{json.dumps(report['fitted'], indent=1)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
