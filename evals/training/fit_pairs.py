"""Train the pair model: `python -m evals.training.fit_pairs`; it takes over an hour on two cores.

The upper layers of the shipped encoder and one linear head, on a question and a section read
together (Nogueira and Cho 2019, section 3). Rows of `train`: each near miss stands beside a
question that its section answers, which is its pair or the likest everyday question; each
question of a pair also stands beside a section that is found for it and does not answer. The loss
is binary cross-entropy, and half of log(1 + exp(near miss - answerable)) on top.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering.sections import section_text
from assistant.errors import SignpostError
from assistant.retrieval.models import load_embedder, prepare_fast_path
from assistant.retrieval.rerank import MAX_TOKENS, tuned_path
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion, read_questions, shipped_questions
from corpus.whole import Whole
from evals.training.tuning import SEED, Learner, fit

if TYPE_CHECKING:
    import torch

EPOCHS = 3
BATCH = 12
RATE = 8e-5
AGAIN = 1.2
"""Pairs of hands learned before for each pair of new ones, where the model goes on."""

WRONG = 3
"""Sections, the nearest that do not answer, of which one is taken."""

Pair = tuple[str, str]
"""A question and a text."""

Example = tuple[Pair, Pair]
"""One that answers, and one that does not."""


def examples(
    rows: Sequence[LabelledQuestion], passages: Sequence[Passage], nearest: dict[str, list[str]]
) -> list[Example]:
    """Return the pairs that are learned from.

    Args:
        rows: of the training split.
        passages: of guidance.
        nearest: by question, ids of the sections whose vectors are nearest.
    """
    by_id = {one.id: one for one in passages}
    by_row = {row.id: row for row in rows}
    found: list[Example] = []
    for row in rows:
        if row.answerable or row.about not in by_id:
            continue
        section = by_id[row.about]
        text = section_text(section)
        pair = by_row.get(row.pair)
        asked = pair.question if pair else _likest(row.question, section.asked)
        if not asked or (pair and row.about not in pair.answers):
            continue
        found.append(((asked, text), (row.question, text)))
        others = [one for one in nearest.get(asked, ()) if not pair or one not in pair.answers]
        if pair and others:
            wrong = section_text(by_id[random.choice(others[:WRONG])])
            found.append(((asked, text), (asked, wrong)))
    return found


def _likest(question: str, asked: Sequence[str]) -> str:
    """Return the everyday question that shares most words with another."""
    words = set(question.lower().split())
    shared = {one: len(words & set(one.lower().split())) for one in asked}
    return max(shared, key=shared.__getitem__, default="")


def pair_loss(learner: Learner, batch: Sequence[Example]) -> torch.Tensor:
    """Return the loss of a batch: each score by itself, and those of a pair in their order."""
    import torch

    scores = learner.scores([one for pair in batch for one in pair], training=True)[:, 0]
    truth = torch.tensor([1.0, 0.0] * len(batch))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, truth)
    return loss + 0.5 * torch.nn.functional.softplus(scores[1::2] - scores[0::2]).mean()


def report(learner: Learner, rows: Sequence[LabelledQuestion], passages: Sequence[Passage]) -> str:
    """Return how it does on minimal pairs, each held against the section that it is about."""
    from sklearn.metrics import roc_auc_score

    by_id = {one.id: one for one in passages}
    by_row = {row.id: row for row in rows}
    near = [row for row in rows if not row.answerable and row.about in by_id and row.pair in by_row]
    texts = [section_text(by_id[row.about]) for row in near]
    pairs: list[Pair] = [
        *zip([by_row[row.pair].question for row in near], texts, strict=True),
        *zip([row.question for row in near], texts, strict=True),
    ]
    scores = learner.read(pairs)[:, 0]
    given, missed = np.split(scores, 2)
    area = roc_auc_score([1] * len(given) + [0] * len(missed), scores)
    return f"AUROC {area:.3f}, right order in {(given > missed).mean():.3f} of {len(near)} pairs"


def main() -> int:
    """Train, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=tuned_path())
    parser.add_argument(
        "--more",
        metavar="HANDS",
        default="",
        help="go on from the weights that ship: one epoch over the rows of these hands, as "
        "ea,eb, and over some of the others",
    )
    options = parser.parse_args()
    random.seed(SEED)
    settings = Settings.from_environment()
    passages = [one for one in Whole.read().corpus.passages if one.facets["tier"] == "guidance"]
    try:
        prepare_fast_path(settings)
        embedder = load_embedder(settings)
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    rows = read_questions(shipped_questions())
    kept = [row for row in rows if row.split == "train"]
    matrix = embedder.embed_all([section_text(one) for one in passages])
    questions = [row.question for row in kept if row.answerable]
    nearest = {
        question: [passages[at].id for at in np.argsort(-(matrix @ vector))[: 2 * WRONG]]
        for question, vector in zip(questions, embedder.embed_all(questions), strict=True)
    }
    learner = Learner(1, MAX_TOKENS)
    if options.more:
        hands = set(options.more.split(","))
        learner.load(tuned_path())
        learned = examples([row for row in kept if row.author in hands], passages, nearest)
        others = examples([row for row in kept if row.author not in hands], passages, nearest)
        learned += random.sample(others, min(len(others), round(AGAIN * len(learned))))
    else:
        learned = examples(kept, passages, nearest)
    sys.stdout.write(f"{len(learned)} pairs\n")
    fit(
        learner,
        learned,
        lambda batch: pair_loss(learner, batch),
        lambda one: len(one[0][1]),
        epochs=1 if options.more else EPOCHS,
        batch=BATCH,
        rate=RATE,
    )
    for split in ("development", "calibration"):
        part = [row for row in rows if row.split == split]
        sys.stdout.write(f"{split}: {report(learner, part, passages)}\n")
    learner.save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
