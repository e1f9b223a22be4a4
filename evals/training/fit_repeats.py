"""Fit what tells that of two sentences one is enough: `python -m evals.training.fit_repeats`.

A logistic regression over how alike two sentences are, on pairs that were judged by hand. How it
does on the hand of calibration is told by the one that the hand of train taught; what ships has
learned from both. It takes a minute.
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from assistant.answering import points
from assistant.answering.answerability import Weighing
from assistant.answering.points import Points, Wording
from assistant.retrieval.encoder import Matrix
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.readers.questions import LabelledRepeat
from evals import refusing
from evals.folder import write_file
from evals.training.fit_gate import OUT, weighing

STRENGTH = 1.0  # Inverse ridge penalty.

Figures = dict[str, float]
"""What is weighed of two sentences, by `points.REPEATS`."""


def figures_of(
    rows: Sequence[LabelledRepeat], embed: Callable[[list[str]], Matrix]
) -> list[Figures]:
    """Return what is weighed of each pair; `embed` gives vectors of unit norm, one a row."""
    ones, others = embed([row.one for row in rows]), embed([row.other for row in rows])
    found = []
    for row, one, other in zip(rows, ones, others, strict=True):
        first, second = map(Wording.of, (row.one, row.other), row.passages)
        found.append(first.repeating(second, float(one @ other)))
    return found


def fitted(pairs: Sequence[tuple[LabelledRepeat, Figures]]) -> Weighing:
    """Fit the weighing; of a pair that was judged 1 one sentence is enough as well."""
    figures, truth = [one for _, one in pairs], [row.repeats > 0 for row, _ in pairs]
    return weighing(figures, truth, points.REPEATS, STRENGTH, class_weight=None)


def told_of(pairs: Sequence[tuple[LabelledRepeat, Figures]], chosen: Weighing) -> str:
    """Return how many repeats of these are found, and how many others are taken for some."""
    told = np.array([chosen.chance(figures) >= points.SAME for _, figures in pairs])
    truth = np.array([row.repeats > 0 for row, _ in pairs])
    return (
        f"{len(pairs)} pairs: {np.sum(told & truth)} of {np.sum(truth)} repeats are found, and"
        f" {np.sum(told & ~truth)} of {np.sum(~truth)} others are taken for some"
    )


@refusing
def main() -> None:
    """Fit, report and write."""
    rows = LabelledRepeat.read()
    embed = ready_embedder(Settings.from_environment()).embed_all
    pairs = list(zip(rows, figures_of(rows, embed), strict=True))
    taught = fitted([one for one in pairs if one[0].split == "train"])
    held = [one for one in pairs if one[0].split == "calibration"]
    sys.stdout.write(f"{told_of(held, taught)}\n")
    update = {"repeats": fitted(pairs)}
    for file in (points.FILE, points.DOCUMENTS):
        chosen = Points.shipped(file).model_copy(update=update)
        write_file(OUT / file, chosen.model_dump_json(indent=1) + "\n")


if __name__ == "__main__":
    main()
