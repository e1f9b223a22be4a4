"""Every passage of a corpus held against a conversation: by meaning and by words, as one score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.records import Hit
from assistant.retrieval.encoder import Matrix, Vector
from assistant.retrieval.search import Words
from assistant.retrieval.wordings import meant_by
from assistant.rules.leaning import Understood
from corpus.passage import Passage

MEANING = 0.7
"""What cosine counts for in the score; BM25, as a share of the best, counts for the rest. Chosen on
questions about other collections than those that the README reports on."""

Scores = NDArray[np.float64]
"""One number for each passage, shape (passages,)."""


class Blend(NamedTuple):
    """How well each passage speaks of a question, in the order of the corpus."""

    vector: Vector
    """Of the question with the turns before it, unit norm."""

    cosine: Scores
    """Of the passage, or of the piece of it that is nearest, -1 to 1."""

    words: Scores
    """BM25 of question and earlier turns, each counted as far as the question leans on it."""

    score: Scores
    """The convex combination of both."""

    def hits(self, passages: Sequence[Passage], k: int) -> tuple[Hit, ...]:
        """Return the best `k` passages, best first, with their place in either list."""
        dense, bm25 = _places(self.cosine), _places(self.words)
        found = np.argsort(-self.score, kind="stable")[:k]
        return tuple(
            Hit(
                passage_id=passages[at].id,
                rank=rank,
                score=float(self.score[at]),
                ranks={"dense": int(dense[at])}
                | ({"bm25": int(bm25[at])} if self.words[at] > 0.0 else {}),
            )
            for rank, at in enumerate(found, start=1)
        )


class Blending:
    """Scores passages by a convex combination of cosine and BM25.

    Bruch, Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval", section 4;
    BM25 is normalised by the best score, and cosine, which has a scale of its own, is left alone.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Sequence[tuple[Sequence[str], Matrix]],
        words: Words,
        embed: Callable[[str], Vector],
    ) -> None:
        """Keep what questions are held against.

        Args:
            passages: in reading order.
            vectors: ids with their rows: of the passages, and then of their pieces in order.
            words: BM25 over the same passages.
            embed: gives the vector of a text.
        """
        at = {passage.id: place for place, passage in enumerate(passages)}
        self._size = len(passages)
        self._owner = np.array([at[meant_by(one)] for ids, _ in vectors for one in ids], np.intp)
        self._rows = np.concatenate([rows for _, rows in vectors])
        self._of: list[list[int]] = [[] for _ in passages]
        for row, owner in enumerate(self._owner):
            self._of[owner].append(row)
        self._words = words
        self.embed = embed

    def nearest(self, place: int, vector: Vector) -> tuple[list[int], Vector]:
        """Return a passage's own pieces, the nearest first, by number from 0, and the best row.

        A passage that is no longer than a piece has none.
        """
        rows = self._rows[self._of[place]]
        near = rows @ vector
        return [int(one) - 1 for one in np.argsort(-near) if one > 0], rows[int(np.argmax(near))]

    def blend(self, text: str, understood: Understood) -> Blend:
        """Hold a question and the turns before it against every passage."""
        own = self.embed(text)
        mixed = own.astype(np.float64)
        for turn, weight in understood.earlier:
            mixed += weight * self.embed(turn)
        vector: Vector = (mixed / (np.linalg.norm(mixed) or 1.0)).astype(np.float32)
        cosine = np.full(self._size, -1.0)
        np.maximum.at(cosine, self._owner, self._rows @ vector)
        words = self._words.scores(text).astype(np.float64)
        for turn, weight in understood.earlier:
            words += weight * self._words.scores(turn)
        best = float(words.max(initial=0.0)) or 1.0
        score = MEANING * cosine + (1.0 - MEANING) * words / best
        return Blend(vector, cosine, words, score)


def _places(scores: Scores) -> NDArray[np.intp]:
    """Return the place of each score in the list of all, from 1."""
    places = np.empty(len(scores), dtype=np.intp)
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return places
