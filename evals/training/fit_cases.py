"""Fit the second reading of messages: `python -m evals.training.fit_cases`; minutes on two cores.

A multinomial logistic regression over the vectors of messages, with policy questions of the same
split among those that are no disclosures, tells the case. A second regression weighs the reader,
the first one and the vector, on the hands of `development`, which the reader has not learned from;
what the first says of a hand there was fitted without it.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.errors import SignpostError
from assistant.safety.message import passages, readable
from assistant.safety.multilingual import FILE, Multilingual, Weights, need_odds
from assistant.safety.triage import POLICY, read_first
from assistant.settings import Settings
from assistant.understanding.reader import CASES, Reader, softmax
from corpus.passage import digest_of
from corpus.readers.labelled_messages import read_messages as read_rows
from corpus.readers.labelled_messages import shipped_messages
from corpus.readers.questions import read_questions, shipped_questions
from evals.cases.messages import read_messages
from evals.training.tuning import SEED

STRENGTH = 10.0
"""Inverse of the ridge penalty of the first regression; chosen on the calibration hand."""

SECOND_STRENGTH = 0.3
ODDS, VECTOR = 3.0, 4.0
"""The same of the second, and what its figures are multiplied by, so that it shrinks them less."""

QUESTIONS = 3000
"""Policy questions beside the messages."""

OUT = Path(__file__).parents[2] / "assistant" / "safety" / FILE

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


def cases_of(vectors: Floats, truth: Numbers) -> LogisticRegression:
    """Fit the first regression."""
    model = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
    return model.fit(vectors, truth)


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    messages = [one for one in read_rows(shipped_messages()) if one.split != "calibration"]
    asked = [one for one in read_questions(shipped_questions()) if one.split == "train"]
    drawn = random.Random(SEED).sample([one for one in asked if not one.turns], QUESTIONS)
    said = [(one.message, one.case, one.author) for one in messages]
    said += [(one.message, one.case, "") for one in read_messages("development")]
    said += [(one.question, POLICY, "") for one in drawn]
    settings = Settings.from_environment()
    reader, encoder = Reader(settings), Multilingual(settings)
    try:
        read = [encoder.vector(passages(readable(one))[0]) for one, _, _ in said]
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    vectors = np.stack(read).astype(np.float64)
    truth = np.array([CASES.index(case) for _, case, _ in said], dtype=np.intp)
    hands = np.array([hand for _, _, hand in said])
    cases = cases_of(vectors, truth)
    unseen = {one.author for one in messages if one.split == "development"}
    figures, needs = [], []
    for hand in sorted(unseen):
        own = np.flatnonzero(hands == hand)
        others = cases_of(vectors[hands != hand], truth[hands != hand])
        for at in own:
            _, steadied, whole = read_first(reader, passages(readable(said[at][0]))[:1])[0]
            mine = softmax(others.coef_ @ vectors[at] + others.intercept_)
            odds = [ODDS * need_odds(one) for one in (steadied, whole, mine)]
            figures.append([*odds, *(VECTOR * vectors[at])])
            needs.append(said[at][1] != POLICY)
    second = LogisticRegression(C=SECOND_STRENGTH, max_iter=3000).fit(figures, needs)
    (weighed,) = second.coef_
    kept = Weights(
        cases=cases.coef_.round(4).tolist(),
        bias=cases.intercept_.round(4).tolist(),
        odds=(ODDS * weighed[:3]).round(4).tolist(),
        vector=(VECTOR * weighed[3:]).round(4).tolist(),
        need=round(float(second.intercept_[0]), 4),
        rows=digest_of(messages),
    )
    options.out.write_text(f"{kept.model_dump_json()}\n", "utf-8")
    share = second.score(figures, needs)
    sys.stdout.write(f"{len(said)} texts; of {len(needs)} messages {share:.3f} are told right\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
