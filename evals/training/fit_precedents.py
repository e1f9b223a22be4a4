"""Train what reads two questions: `python -m evals.training.fit_precedents`; half an hour.

The upper layers of the pair model and a linear head of their own, on a question read together with
a precedent (Nogueira and Cho 2019, section 3): which share of what answers the precedent answers
the question too. Rows of `train`: each question stands beside some of the likest precedents of
other hands, of which some are answered by a sentence that answers it and some by none that belongs
in its answer; a near miss stands beside its pair, and beside some of the likest. The loss is binary
cross-entropy. Each round draws anew.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from assistant.answering.precedents import ANSWERS, BELONGS, READ, graded
from assistant.answering.sentences import shipped_adapter, turned
from assistant.retrieval.encoder import (
    HEADS,
    PRECEDENT_TOKENS,
    Matrix,
    first_words,
    precedents_path,
    tuned_path,
)
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion
from evals import refusing
from evals.training.tuning import SEED, Learner, fit, guidance, labelled_questions

BATCH = 48
RATE = 1e-4
ROUNDS = 2
DRAWN = 2  # Precedents of a question of each sort that a round draws.
ALIKE = 0.985  # Cosine from which two questions are one.
NEIGHBOURS = 20  # The likest precedents of other hands, of which is drawn.
AT_ONCE = 500  # Questions held against all precedents at a time.
Place = tuple[str, int]  # A passage and the number of a sentence in it.


class Example(NamedTuple):
    """A question, a precedent, and the share of what answers the second that answers the first."""

    question: str
    precedent: str
    share: float


class Judged(NamedTuple):
    """A question with the sentences that answer it, and those that belong beside them."""

    row: LabelledQuestion
    answers: frozenset[Place]
    belong: frozenset[Place]


def judged_rows(rows: Sequence[LabelledQuestion], passages: Sequence[Passage]) -> list[Judged]:
    """Return the rows that some sentence answers."""
    by_id = {one.id: one for one in passages}
    found = []
    for row in rows:
        grades = [*graded(row, by_id)]
        held = [
            frozenset((id_, at) for id_, at, grade in grades if grade == wanted)
            for wanted in (ANSWERS, BELONGS)
        ]
        if held[0]:
            found.append(Judged(row, *held))
    return found


def nearest(
    rows: Sequence[LabelledQuestion], vectors: Matrix, judged: Sequence[Judged], held: Matrix
) -> Iterator[tuple[LabelledQuestion, list[Judged]]]:
    """Give for each row the likest precedents of other hands, and its own pair if it is among them.

    `vectors` are of the rows and `held` of the precedents, shape (questions, dimension).
    """
    for start in range(0, len(rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        cosines = vectors[part] @ held.T
        cosines[cosines > ALIKE] = -1.0
        for row, given in zip(rows[part], cosines, strict=True):
            order = (judged[at] for at in np.argsort(-given)[: 2 * NEIGHBOURS])
            others = [
                one for one in order if one.row.author != row.author or one.row.id == row.pair
            ]
            yield row, others[:NEIGHBOURS]


def of_answered(own: Judged, near: Sequence[Judged]) -> list[Example]:
    """Return what is learned from a question that something answers."""
    shares = [(one, len(own.answers & one.answers) / len(one.answers)) for one in near]
    right = [(one, share) for one, share in shares if share]
    apart = [
        (one, share)
        for one, share in shares
        if not (share or own.answers & one.belong or own.belong & one.answers)
    ][:READ]
    drawn = [pair for some in (right, apart) for pair in random.sample(some, min(DRAWN, len(some)))]
    return [Example(own.row.sought, one.row.sought, share) for one, share in drawn]


def of_missed(row: LabelledQuestion, near: Sequence[Judged]) -> list[Example]:
    """Return what is learned from one that nothing answers: its pair first, if it has one."""
    some = random.sample(near[:READ], min(DRAWN, len(near[:READ])))
    pair = [one for one in near if one.row.id == row.pair and one not in some]
    return [Example(row.sought, one.row.sought, 0.0) for one in [*pair, *some][:DRAWN]]


def share_loss(learner: Learner, batch: Sequence[Example]) -> torch.Tensor:
    """Return the loss of a batch."""
    pairs = [(first_words(one.question), first_words(one.precedent)) for one in batch]
    scores = learner.scores(pairs, training=True)[:, 0].float()
    truth = torch.tensor([one.share for one in batch])
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, truth)


def report(
    learner: Learner, near: Sequence[tuple[LabelledQuestion, Sequence[Judged]]], places: set[str]
) -> str:
    """Return how the greatest log-odds of the likest precedents tell the rows of minimal pairs."""
    by_id = {row.id: (row, some) for row, some in near}
    missed = [
        row for row, _ in near if not row.answerable and row.about in places and row.pair in by_id
    ]
    asked = [by_id[row.pair] for row in missed] + [by_id[row.id] for row in missed]
    pairs = [
        (first_words(row.sought), first_words(one.row.sought))
        for row, some in asked
        for one in some[:READ]
    ]
    odds = learner.read(pairs)[:, 0].reshape(len(asked), -1).max(axis=1)
    area = roc_auc_score([1] * len(missed) + [0] * len(missed), odds)
    given, others = np.split(odds, 2)
    return f"AUROC {area:.3f}, right order in {(given > others).mean():.3f} of {len(missed)} pairs"


@refusing
def main() -> None:
    """Train, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=precedents_path())
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--further", action="store_true", help="go on from the weights that ship")
    options = parser.parse_args()
    random.seed(SEED)
    settings, passages = Settings.from_environment(), guidance()
    embed, adapter = ready_embedder(settings).embed_all, shipped_adapter()

    def vectors_of(rows: Sequence[LabelledQuestion]) -> Matrix:
        return turned(embed([row.sought for row in rows]), adapter)

    kept, places = labelled_questions("train"), {one.id for one in passages}
    judged = judged_rows(kept, passages)
    own = {one.row.id: one for one in judged}
    asked = [row for row in kept if row.id in own or (not row.answerable and row.about in places)]
    vectors, held = vectors_of(asked), vectors_of([one.row for one in judged])
    near = [*nearest(asked, vectors, judged, held)]
    learner = Learner(1 if options.further else HEADS, PRECEDENT_TOKENS)
    learner.load(precedents_path() if options.further else tuned_path())
    if not options.further:
        learner.head = torch.nn.Linear(learner.head.in_features, 1)
    for _ in range(options.rounds):
        learned = [
            example
            for row, some in near
            for example in (
                of_answered(own[row.id], some) if row.id in own else of_missed(row, some)
            )
        ]
        fit(
            (learner.encoder, learner.head),
            learned,
            partial(share_loss, learner),
            lambda one: len(one.question) + len(one.precedent),
            epochs=1,
            batch=BATCH,
            rate=RATE,
        )
    for split in ("development", "calibration"):
        rows = labelled_questions(split)
        told = report(learner, [*nearest(rows, vectors_of(rows), judged, held)], places)
        sys.stdout.write(f"{split}: {told}\n")
    learner.save(options.out)


if __name__ == "__main__":
    sys.exit(main())
