"""The pair model: how well a text answers a question, both read together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.retrieval.encoder import BATCH, Scores, TunedModel

if TYPE_CHECKING:
    from assistant.settings import Settings

TUNED = "pairs.safetensors"
"""The layers that were trained, in this package; `python -m evals.training.fit_pairs` writes them.
The rest are the shipped encoder's."""

SECTION, SENTENCE = 0, 1
"""Heads: whether a section answers, and whether a sentence under its title does."""

HEADS = 2

MAX_TOKENS = 208
"""Tokens of question and text together; the longer of the two is cut."""


class PairModel:
    """Scores texts for a question: a cross-encoder (Nogueira and Cho 2019, section 3).

    It raises as `TunedModel` does.
    """

    def __init__(self, settings: Settings) -> None:
        self._model = TunedModel(settings, tuned_path(), MAX_TOKENS)

    def score(self, question: str, texts: Sequence[str], head: int = SECTION) -> Scores:
        """Return for each text the log-odds that it answers a question, shape (texts,)."""
        if not texts:
            return np.zeros(0)
        return self._model.run([(question, text) for text in texts])[:, head]

    def read(self, pairs: Sequence[tuple[str, str]]) -> Scores:
        """Return for each question and text what both heads say, shape (pairs, heads).

        Pairs of like length go through together, since all of a batch take as long as its longest.
        """
        found = np.zeros((len(pairs), HEADS))
        order = sorted(range(len(pairs)), key=lambda at: sum(map(len, pairs[at])))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            found[part] = self._model.run([pairs[at] for at in part])
        return found


def tuned_path() -> Path:
    """Return the file of the trained layers."""
    return Path(__file__).with_name(TUNED)
