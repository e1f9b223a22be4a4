"""Train the pair model: `python -m evals.training.fit_pairs`; it takes half an hour on two cores.

The upper layers of the shipped encoder and one linear head, on a question and a section read
together (Nogueira and Cho 2019, section 3). Rows of `train`: each near miss stands beside a
question that its section answers, which is its pair or the likest everyday question; each
question of a pair also stands beside a section that is found for it and does not answer. The loss
is binary cross-entropy, and half of log(1 + exp(near miss - answerable)) on top.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answering.sections import section_text
from assistant.errors import SignpostError
from assistant.retrieval.models import load_embedder, prepare_fast_path, shipped_folder
from assistant.retrieval.rerank import MAX_TOKENS, tuned_path
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion, read_questions, shipped_questions
from corpus.whole import Whole

if TYPE_CHECKING:
    import torch

FROZEN = 2
"""Layers, the lowest ones, that stay as they are, and the embeddings with them."""

EPOCHS = 3
BATCH = 12
RATE = 8e-5
WARM = 0.06
"""Share of the steps in which the rate grows."""

DROPPED = 0.1
SEED = 7
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


class Learner:
    """The encoder with a head, in torch."""

    def __init__(self, folder: Path) -> None:
        """Load the shipped encoder, and put an untrained head on it."""
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(SEED)
        self.encoder = AutoModel.from_pretrained(str(folder))
        self.tokenizer = AutoTokenizer.from_pretrained(str(folder))
        size = int(self.encoder.config.hidden_size)
        self.head = torch.nn.Linear(2 * size, 1)
        self.dropout = torch.nn.Dropout(DROPPED)
        still = [self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]]
        for part in still:
            for weights in part.parameters():
                weights.requires_grad = False

    def weights(self) -> list[Any]:
        """Return what is trained."""
        moving = [one for one in self.encoder.parameters() if one.requires_grad]
        return [*moving, *self.head.parameters()]

    def scores(self, pairs: Sequence[Pair], *, training: bool = False) -> torch.Tensor:
        """Return the log-odds that each text answers its question, shape (pairs,)."""
        import torch

        self.encoder.train(training)
        self.dropout.train(training)
        batch = self.tokenizer(
            [question for question, _ in pairs],
            [text for _, text in pairs],
            padding=True,
            truncation="longest_first",
            max_length=MAX_TOKENS,
            return_tensors="pt",
        )
        hidden = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        mean = (hidden * mask).sum(1) / mask.sum(1)
        both = torch.cat([mean, hidden[:, 0]], dim=-1)
        scores: torch.Tensor = self.head(self.dropout(both))[:, 0]
        return scores

    def save(self, path: Path) -> None:
        """Write what was trained, at half precision."""
        from safetensors.torch import save_file

        kept = {
            name: values.half().contiguous()
            for name, values in self.encoder.state_dict().items()
            if name.startswith("encoder.layer.") and int(name.split(".")[2]) >= FROZEN
        }
        head = {f"head.{name}": one.half() for name, one in self.head.state_dict().items()}
        save_file(kept | head, path)


def train(learner: Learner, rows: list[Example]) -> None:
    """Fit by AdamW with a rate that grows and then falls in a straight line."""
    import torch

    weights = learner.weights()
    steps = EPOCHS * math.ceil(len(rows) / BATCH)

    def rate(step: int) -> float:
        return min((step + 1) / (WARM * steps + 1), max(0.0, (steps - step) / steps))

    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    began = time.monotonic()
    for epoch in range(EPOCHS):
        random.shuffle(rows)
        total = 0.0
        batches = _batches(rows)
        for batch in batches:
            scores = learner.scores([one for pair in batch for one in pair], training=True)
            truth = torch.tensor([1.0, 0.0] * len(batch))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, truth)
            loss = loss + 0.5 * torch.nn.functional.softplus(scores[1::2] - scores[0::2]).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.item())
        seconds = time.monotonic() - began
        sys.stdout.write(f"epoch {epoch + 1}: loss {total / len(batches):.4f}, {seconds:.0f} s\n")


def _batches(rows: list[Example]) -> list[list[Example]]:
    """Return batches of texts of like length, in any order."""
    found = []
    for start in range(0, len(rows), 20 * BATCH):
        part = sorted(rows[start : start + 20 * BATCH], key=lambda one: len(one[0][1]))
        found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    random.shuffle(found)
    return found


def report(learner: Learner, rows: Sequence[LabelledQuestion], passages: Sequence[Passage]) -> str:
    """Return how it does on minimal pairs, each held against the section that it is about."""
    import torch
    from sklearn.metrics import roc_auc_score

    by_id = {one.id: one for one in passages}
    by_row = {row.id: row for row in rows}
    near = [row for row in rows if not row.answerable and row.about in by_id and row.pair in by_row]
    texts = [section_text(by_id[row.about]) for row in near]
    with torch.no_grad():
        pairs = [*zip([by_row[row.pair].question for row in near], texts, strict=True)]
        pairs += zip([row.question for row in near], texts, strict=True)
        parts = [learner.scores(pairs[at : at + 32]) for at in range(0, len(pairs), 32)]
    scores = torch.cat(parts).numpy()
    given, missed = np.split(scores, 2)
    area = roc_auc_score([1] * len(given) + [0] * len(missed), scores)
    return f"AUROC {area:.3f}, right order in {(given > missed).mean():.3f} of {len(near)} pairs"


def main() -> int:
    """Train, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=tuned_path())
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
    learned = examples(kept, passages, nearest)
    learner = Learner(shipped_folder())
    sys.stdout.write(f"{len(learned)} pairs\n")
    train(learner, learned)
    for split in ("development", "calibration"):
        part = [row for row in rows if row.split == split]
        sys.stdout.write(f"{split}: {report(learner, part, passages)}\n")
    learner.save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
