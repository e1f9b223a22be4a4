"""Train the second reading of messages: `python -m evals.training.fit_cases`; some 20 minutes.

The upper layers of the multilingual encoder and a linear head learn the case from the messages of
`train` and `development`, with policy questions of `train` among those that are no disclosures. A
regression on the messages of `calibration`, which neither reading has learned from, weighs both.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.errors import SignpostError
from assistant.retrieval.encoder import KnownHashes
from assistant.safety.message import passages, readable
from assistant.safety.multilingual import (
    FILE,
    LEAST,
    TUNED,
    Multilingual,
    Weights,
    assembled,
    base_model,
    need_odds,
)
from assistant.safety.triage import POLICY, read_first
from assistant.settings import Settings
from assistant.understanding.reader import CASES, REPLIED, Reader, softmax
from corpus.passage import digest_of
from corpus.readers.labelled_messages import LabelledMessage, shipped_messages
from corpus.readers.labelled_messages import read_messages as read_rows
from corpus.readers.questions import read_questions, shipped_questions
from evals.cases.messages import read_messages
from evals.training.packed_encoder import PackedEncoder
from evals.training.tuning import SEED, fit

if TYPE_CHECKING:
    import torch

LAYERS = 6
EPOCHS = 3
BATCH = 32
RATE = 2e-4
SMOOTHED = 0.05

WIDE = 40.0
"""What a vector is multiplied by before the head, so that one rate suits both."""

QUESTIONS = 1500
"""Policy questions beside the messages."""

SHARES = np.arange(0.0, 1.55, 0.1)
"""What the logs of either reading's cases may count for."""

FOLDER = Path(__file__).parents[2] / "assistant" / "safety"

Floats = NDArray[np.float64]


class Row(NamedTuple):
    """A message with the place of its case."""

    tokens: list[int]
    case: int


def learned_from(messages: Sequence[LabelledMessage]) -> list[tuple[str, str]]:
    """Return texts with their cases: messages, those of the suite's development, questions."""
    asked = [one for one in read_questions(shipped_questions()) if one.split == "train"]
    drawn = random.Random(SEED).sample([one for one in asked if not one.turns], QUESTIONS)
    said = [(one.message, one.case) for one in messages]
    said += [(one.message, one.case) for one in read_messages("development")]
    return said + [(one.question, POLICY) for one in drawn]


def trained(data: bytes, said: Sequence[tuple[str, str]], before: Weights | None) -> PackedEncoder:
    """Return the encoder of a packed file with its upper layers and a head trained.

    Args:
        data: of the packed file.
        said: texts and the letters of their cases.
        before: weights to go on from, for one epoch at half the rate.
    """
    import torch

    torch.manual_seed(SEED)
    random.seed(SEED)
    encoder = PackedEncoder(data, LAYERS, len(CASES))
    if before:
        head = {"weight": torch.tensor(before.cases) / WIDE, "bias": torch.tensor(before.bias)}
        encoder.head.load_state_dict(head)
    rows = [Row(encoder.tokens(readable(text)), CASES.index(case)) for text, case in said]

    def loss(batch: Sequence[Row]) -> torch.Tensor:
        vectors = encoder.vectors([one.tokens for one in batch], training=True)
        truth = torch.tensor([one.case for one in batch])
        sums = encoder.head(torch.nn.functional.dropout(WIDE * vectors, 0.1)).float()
        return torch.nn.functional.cross_entropy(sums, truth, label_smoothing=SMOOTHED)

    fit(
        encoder,
        rows,
        loss,
        lambda one: len(one.tokens),
        epochs=1 if before else EPOCHS,
        batch=BATCH,
        rate=RATE / 2 if before else RATE,
        half=True,
    )
    return encoder


def weighed(second: Multilingual, rows: Sequence[LabelledMessage], settings: Settings) -> Weights:
    """Return the weights with what weighs both readings, fitted on rows that neither learned."""
    reader, drawn = Reader(settings), second.weights
    figures, needs, logs, truth = [], [], [], []
    for row in rows:
        text = passages(readable(row.message))[0]
        first, own = read_first(reader, [text])[0].cases, second.cases(text)
        figures.append([need_odds(one) for one in (first, own)])
        needs.append(row.case != POLICY)
        if row.case != POLICY and row.language == REPLIED[0]:
            logs.append([np.log(np.clip(one[:-1], LEAST, 1.0)) for one in (first, own)])
            truth.append(CASES.index(row.case))
    both = LogisticRegression(max_iter=3000).fit(figures, needs)

    def fits(shares: tuple[float, ...]) -> float:
        told = softmax(np.tensordot(np.array(logs), np.array(shares), axes=([1], [0])))
        return float(np.log(told[np.arange(len(truth)), truth]).sum())

    shares = max(product(SHARES, SHARES), key=fits)
    return drawn.model_copy(
        update={
            "odds": tuple(both.coef_[0].round(4).tolist()),
            "need": round(float(both.intercept_[0]), 4),
            "shares": tuple(round(float(one), 1) for one in shares),
        }
    )


def main() -> int:
    """Train, weigh and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weigh", action="store_true", help="keep the layers; only weigh anew")
    parser.add_argument("--further", action="store_true", help="go on from the layers that ship")
    options = parser.parse_args()
    settings = Settings.from_environment()
    known = KnownHashes(settings.home)
    messages = read_rows(shipped_messages())
    held = [one for one in messages if one.split == "calibration"]
    learned = [one for one in messages if one.split != "calibration"]
    try:
        if not options.weigh:
            before = Multilingual(settings).weights if options.further else None
            weights = _train(known, learned, before)
            (FOLDER / FILE).write_text(f"{weights.model_dump_json()}\n", "utf-8")
        kept = weighed(Multilingual(settings), held, settings)
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    (FOLDER / FILE).write_text(f"{kept.model_dump_json()}\n", "utf-8")
    sys.stdout.write(f"weighed on {len(held)}: {kept.odds}, {kept.need}, {kept.shares}\n")
    return 0


def _train(
    known: KnownHashes, learned: Sequence[LabelledMessage], before: Weights | None
) -> Weights:
    from safetensors.numpy import save_file

    base = base_model(known)
    data = assembled(base) if before else base.read_bytes()
    encoder = trained(data, learned_from(learned), before)
    save_file(encoder.packed_layers(), FOLDER / TUNED)
    head, bias = encoder.head.weight.detach().numpy(), encoder.head.bias.detach().numpy()
    return Weights(
        cases=(WIDE * head.astype(float)).round(3).tolist(),
        bias=bias.astype(float).round(4).tolist(),
        odds=(0.0, 1.0),
        need=0.0,
        shares=(0.0, 1.0),
        model=hashlib.sha256(assembled(base)).hexdigest(),
        rows=digest_of(learned),
    )


if __name__ == "__main__":
    sys.exit(main())
