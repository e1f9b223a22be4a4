"""Train the query adapter: `python -m evals.training.fit_query`; it takes three minutes.

A linear adapter on the side of the question (`turned` of `assistant.answering.sentences`). The loss
is the cross-entropy of the section that answers among all sections, by the mean of the cosine with
the section and of the greatest cosine with one of its sentences.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from assistant.answering.sections import section_text
from assistant.answering.sentences import ADAPTER, MATRIX, turned
from assistant.retrieval.encoder import Matrix
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.passage import Passage
from evals import refusing
from evals.training.tuning import SEED, guidance, labelled_questions

STEPS = 400
BATCH = 256
RATE = 1e-3
DECAY = 0.01
SHARP = 20.0  # What a cosine is multiplied with before the softmax.
SMALL = 1e-4  # Weight of the adapter's squared norm in the loss.
OUT = Path(__file__).parents[2] / "assistant" / "answering" / ADAPTER


def asked_of(passages: list[Passage], split: str) -> tuple[list[str], NDArray[np.bool_]]:
    """Return the questions of a split, and which sections answer each; `train` has everyday ones.

    Shapes (questions,) and (questions, sections).
    """
    told = [(asked, [one.id]) for one in passages for asked in one.asked if split == "train"]
    for row in labelled_questions(split):
        if row.answerable and (row.grades or not row.turns):
            best = [id_ for id_, grades in row.grades.items() if "3" in grades]
            told.append((row.sought, best or [*row.answers]))
    known = {one.id for one in passages}
    told = [(asked, ids) for asked, ids in told if known.intersection(ids)]
    answered = np.array([[one.id in ids for one in passages] for _, ids in told])
    return [asked for asked, _ in told], answered


def trained(
    questions: Matrix, answered: NDArray[np.bool_], sections: Matrix, sentences: list[Matrix]
) -> Matrix:
    """Return the adapter's matrix, from vectors of questions, sections and their sentences."""
    torch.manual_seed(SEED)
    asked, whole = torch.tensor(questions), torch.tensor(sections)
    each = torch.tensor(np.concatenate(sentences))
    owner = torch.tensor(np.repeat(np.arange(len(sentences)), [*map(len, sentences)]))
    truth = torch.tensor(answered / answered.sum(1, keepdims=True), dtype=torch.float32)
    adapter = torch.zeros(2 * [asked.shape[1]], requires_grad=True)
    steps = torch.optim.AdamW([adapter], lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        drawn = torch.randint(len(asked), (BATCH,))
        moved = torch.nn.functional.normalize(asked[drawn] + asked[drawn] @ adapter, dim=1)
        lowest, owners = torch.full((BATCH, len(whole)), -1.0), owner.expand(BATCH, -1)
        greatest = lowest.scatter_reduce(1, owners, moved @ each.T, "amax")
        chances = torch.log_softmax(SHARP * (moved @ whole.T + greatest) / 2.0, 1)
        loss = -(truth[drawn] * chances).sum(1).mean() + SMALL * (adapter**2).sum()
        steps.zero_grad()
        torch.autograd.backward(loss)
        steps.step()
    matrix: Matrix = adapter.detach().numpy().astype(np.float16)
    return matrix


@refusing
def main() -> None:
    """Train, report how often the right section is found, and write."""
    passages = guidance()
    embed = ready_embedder(Settings.from_environment()).embed_all
    sections = embed([section_text(one) for one in passages])
    sentences = [embed([span.of(one.text) for span in one.sentences]) for one in passages]
    texts, answered = asked_of(passages, "train")
    adapter = trained(embed(texts), answered, sections, sentences)
    texts, answered = asked_of(passages, "development")
    vectors = embed(texts)
    for name, held in (("without", vectors), ("with", turned(vectors, adapter.astype(np.float32)))):
        best = np.stack([(held @ one.T).max(1) for one in sentences], axis=1)
        order = np.argsort(-(held @ sections.T + best), axis=1)
        right = np.take_along_axis(answered, order, 1)
        shares = [f"{right[:, :most].any(1).mean():.3f}" for most in (1, 3, 6)]
        sys.stdout.write(f"{name}: right first, in three, in six {', '.join(shares)}\n")
    save_file({MATRIX: adapter}, OUT)


if __name__ == "__main__":
    sys.exit(main())
