"""Fit what tells which items of the page deal with a topic: `python -m evals.training.fit_topics`.

Two logistic regressions over the figures of an item, in a minute: with those of judged questions
like the one asked, and without. They learn from the rows of `corpus/questions/topics` that are to
be learned from; the figures of a row come from rows of other hands alone, and items that only touch
on a topic teach nothing. What the development rows give is printed, and how often questions on
guidance, which are not asked of the page, are told an item.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from assistant.answering import page_search
from assistant.answering.page_search import (
    BESIDE,
    CLEARLY,
    DEALS,
    DOES_DEAL,
    DOES_TOUCH,
    FIGURES,
    JUDGED,
    PageSearch,
    Topics,
    Weights,
    bearing_of,
    chances_of,
    judged_topics,
)
from assistant.pipeline import Assistant
from assistant.retrieval.encoder import Matrix
from assistant.settings import Settings
from corpus.passage import digest_of
from corpus.readers.questions import LabelledTopic
from evals import refusing
from evals.training.fit_gate import weighing
from evals.training.tuning import SEED, labelled_questions

OUT = Path(__file__).parents[2] / "assistant" / "answering" / page_search.FILE
ELSEWHERE = 200  # Questions on guidance.
THRESHOLDS = (0.2, DEALS, CLEARLY, 0.65, BESIDE, 0.9)


class Tried(NamedTuple):
    """The figures of all items for a question, shape (items,) each, and how each bears on it."""

    figures: dict[str, Matrix]
    bearing: NDArray[np.int8]


def tried_of(search: PageSearch, rows: Sequence[LabelledTopic]) -> list[Tried]:
    """Return what is told of each row by the rows to learn from that other hands wrote."""
    hands = np.array([row.author for row in judged_topics()])
    if (topics := search.topics) is None:
        raise SystemExit("The page is searched without its topics; use the shipped embedder.")
    bearings = bearing_of(rows, search.items)
    tried = []
    for row, bearing in zip(rows, bearings, strict=True):
        others = hands != row.author
        kept = Topics(topics.vectors[others], topics.bearing[others])
        tried.append(Tried(search.figures(row.question, kept), bearing))
    return tried


def elsewhere(search: PageSearch) -> list[Tried]:
    """Return what is told of questions on guidance, with which no item of the page deals."""
    rows = [row for row in labelled_questions("development") if row.asked.operation == "other"]
    drawn = random.Random(SEED).sample([row for row in rows if row.answerable], ELSEWHERE)
    none = np.zeros(len(search.items), dtype=np.int8)
    return [Tried(search.figures(row.sought, search.topics), none) for row in drawn]


def fit(rows: Sequence[Tried]) -> Weights:
    """Fit both weighings on rows."""
    pairs = [
        ({name: float(column[at]) for name, column in row.figures.items()}, bears == DOES_DEAL)
        for row in rows
        for at, bears in enumerate(row.bearing)
        if bears != DOES_TOUCH
    ]
    figures, truth = [one for one, _ in pairs], [deals for _, deals in pairs]
    return Weights(
        judged=weighing(figures, truth, (*FIGURES, *JUDGED), class_weight=None),
        plain=weighing(figures, truth, FIGURES, class_weight=None),
        made_from={"rows": digest_of(judged_topics())},
    )


def told_of(rows: Sequence[Tried], chances: Sequence[Matrix]) -> str:
    """Say how well rows are told by the chances of their items."""
    pairs = [*zip(rows, chances, strict=True)]
    truth = np.concatenate([row.bearing[row.bearing != DOES_TOUCH] for row in rows])
    told = np.concatenate([some[row.bearing != DOES_TOUCH] for row, some in pairs])
    lines = [f"average precision {average_precision_score(truth > 0, told):.3f}"]
    deals = np.array([(row.bearing == DOES_DEAL).any() for row in rows])
    for least in THRESHOLDS:
        strays = np.array([(some[row.bearing == 0] >= least).sum() for row, some in pairs])
        whole = np.array([(some[row.bearing == DOES_DEAL] >= least).all() for row, some in pairs])
        good, stray = whole[deals].mean(), strays[deals].mean()
        silent = (strays[~deals] == 0).mean()
        lines.append(f"from {least}: all shown {good:.3f} of {deals.sum()}, strays {stray:.2f}")
        lines[-1] += f"; silent {silent:.3f} of {(~deals).sum()} that none deals with"
    return "\n".join(lines)


@refusing
def main() -> None:
    """Fit, report and write."""
    settings = Settings.from_environment()
    rows = LabelledTopic.read()
    search = Assistant.open(settings).page
    tried = tried_of(search, rows)
    learned, held = (
        [one for one, row in zip(tried, rows, strict=True) if (row.split == "train") is taught]
        for taught in (True, False)
    )
    weights = fit(learned)
    held += elsewhere(search)
    for one in (weights.judged, weights.plain):
        sys.stdout.write(f"{told_of(held, [chances_of(row.figures, one) for row in held])}\n")
    OUT.write_text(weights.model_dump_json(indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
