"""Fit what chooses the sentences of an answer: `python -m evals.training.fit_points`; 5 minutes.

It learns from graded sentences of `development` and `calibration`, which the pair model has not
learned from. How it does is told of each hand by weighings that the other hands taught.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from assistant.answering.answerability import Gate
from assistant.answering.guidance import MOST
from assistant.answering.points import FIGURES, FILE, KIN, LEADS, LEAST, Candidate, Points
from assistant.pipeline import Assistant
from assistant.settings import Settings
from evals import refusing
from evals.training.fit_gate import NEAR, OUT, weighing
from evals.training.tuning import labelled_questions

STRENGTH = 0.3
"""Inverse of the ridge penalty, on standardised figures; chosen on hands left out in turn."""


class Graded(NamedTuple):
    """A question's candidates, each with its grade: 0 to 3, or - where it was not judged."""

    author: str
    read: tuple[Candidate, ...]
    grades: str


def collect(assistant: Assistant) -> list[Graded]:
    """Return the graded rows with the candidates that a search finds for them."""
    today, found = datetime.now(UTC).date(), []
    for row in labelled_questions():
        if row.split == "train" or not row.grades or not row.answerable:
            continue
        read = assistant.tell(row.sought, today, NEAR, row.core, row.before).read
        grades = [row.grades.get(one.passage, "")[one.number : one.number + 1] for one in read]
        found.append(Graded(row.author, read, "".join(grade or "-" for grade in grades)))
    return found


def fit(rows: Sequence[Graded]) -> Points:
    """Fit both weighings on the sentences that were judged."""
    judged = [
        (one.figures, grade)
        for row in rows
        for one, grade in zip(row.read, row.grades, strict=True)
        if grade != "-"
    ]
    figures = [figures for figures, _ in judged]

    def fitted(grades: str, names: Sequence[str]) -> object:
        truth = [grade in grades for _, grade in judged]
        return weighing(figures, truth, names, STRENGTH, class_weight=None)

    leads, belongs = fitted("3", LEADS), fitted("23", (*FIGURES, *KIN))
    return Points.model_validate({"leads": leads, "belongs": belongs, "least": LEAST})


def report(rows: Sequence[Graded], points: Points) -> str:
    """Return how the points chosen were graded, and how many of the best were found."""
    leads, chosen, best, held = [], [], 0, 0
    for row in rows:
        grades = {one.place: grade for one, grade in zip(row.read, row.grades, strict=True)}
        told = [grades[one.place] for one in points.order(row.read)[:MOST]]
        leads.append(told[0] == "3")
        chosen.append([grade in "23" for grade in told])
        best, held = best + row.grades.count("3"), held + told.count("3")
    share = np.mean([one for told in chosen for one in told])
    return (
        f"{len(rows)} questions: {np.mean(list(map(len, chosen))):.2f} points, of which"
        f" {share:.3f} belong; {np.mean(leads):.3f} leads answer; {held / best:.3f} of what"
        " answers is told"
    )


@refusing
def main() -> None:
    """Fit, report and write."""
    rows = collect(Assistant.open(Settings.from_environment(), Gate.open()))
    for author in sorted({row.author for row in rows}):
        others = fit([row for row in rows if row.author != author])
        own = [row for row in rows if row.author == author]
        sys.stdout.write(f"{author}: {report(own, others)}\n")
    (OUT / FILE).write_text(f"{fit(rows).model_dump_json(indent=1)}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
