"""What a corpus of any subject holds on a question: the best texts, their sentences, and signs."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.answering.sentences import UNHELD, Relevant, Sentences, Vectors
from assistant.records import Hit
from assistant.retrieval.encoder import Matrix, Vector
from assistant.retrieval.search import Words
from assistant.retrieval.wordings import meant_by
from assistant.rules.cues import ASKING_WORDS, EXPLAINING, FUNCTION_WORDS, POLAR_OPENINGS
from assistant.rules.giving import value_wanted
from assistant.rules.leaning import Understood
from assistant.rules.lexicon import Concept, Lexicon, stems_of, words_of
from assistant.understanding.query import Query
from corpus.passage import Passage, Span
from corpus.readers.running import pieces_of

TEXTS = 4
"""Passages whose sentences are read for an answer."""

MOST = 24
"""Sentences read of each of them, around the piece that is nearest."""

REMEMBERED = 20_000
"""Sentences whose vectors are kept."""

UNRELATED = 0.1
"""Score of a text that has nothing to do with a question."""

DEEP = 10
"""Passages that are held against each other to see how clear the first is."""

_ASKING = FUNCTION_WORDS | ASKING_WORDS | EXPLAINING


class Evidence(NamedTuple):
    """All that an answer, or the decision to give none, rests on."""

    query: Query
    """What is asked."""

    concepts: tuple[Concept, ...]
    """What it is about."""

    names: tuple[Concept, ...]
    """Those of them that are names, years or words of no dictionary."""

    blend: Blend
    """How well every passage fits."""

    order: NDArray[np.intp]
    """Places of the passages, best first."""

    sentences: Sentences
    """Those of the best passages."""

    seen: Relevant
    """How well each of them speaks of it."""

    signs: dict[str, float]
    """What tells whether the corpus answers at all, by name; each 0 to 1."""


class Reading:
    """Reads what passages hold on a question."""

    def __init__(
        self,
        passages: Sequence[Passage],
        blending: Blending,
        words: Words,
        lexicon: Lexicon,
        embed: Callable[[Sequence[str]], Matrix],
    ) -> None:
        """Keep what is read, and what it is held against.

        Args:
            passages: of the whole corpus, in reading order.
            blending: scores all of them.
            words: counts in how many a word stands.
            lexicon: what is known of words.
            embed: gives the vectors of sentences.
        """
        self._passages = passages
        self._by_id = {one.id: one for one in passages}
        self._blending = blending
        self._words = words
        self._lexicon = lexicon
        self._memory = Memory(embed)

    def read(self, text: str, understood: Understood) -> Evidence:
        """Return what there is on a question."""
        blend = self._blending.blend(text, understood)
        order = np.argsort(-blend.score, kind="stable")[:DEEP]
        concepts = self.concepts(text)
        sentences = self._sentences([int(at) for at in order[:TEXTS]], blend.vector)
        about = (*concepts, *self.concepts(understood.topic)) if understood.leans else concepts
        seen = sentences.relevance(blend.vector, about)
        query = Query(
            text=text, operation="explain", wants=value_wanted(text), polar=_is_polar(text)
        )
        names = tuple(one for one in concepts if self._is_name(one, text))
        found = Evidence(query, concepts, names, blend, order, sentences, seen, {})
        return found._replace(signs=self._signs(found, understood))

    def concepts(self, text: str) -> tuple[Concept, ...]:
        """Return what a text is about."""
        tokens = self._lexicon.tokens(text)
        for empty in (_ASKING, FUNCTION_WORDS):
            if telling := [one for one in tokens if one.word not in empty]:
                return self._lexicon.concepts(telling, text)
        return ()

    def weight(self, concept: Concept) -> float:
        """Return how much a concept tells, by the number of passages that hold its rarest word."""
        held = min(self._words.holders(one) for one in concept.forms[0])
        weight = math.log((len(self._passages) + 1) / (held + 0.5))
        return weight if held else weight * UNHELD * self._lexicon.rarity(concept.label)

    def _is_name(self, concept: Concept, text: str) -> bool:
        return not concept.label.startswith(("I'", "I\u2019")) and self._lexicon.is_name(
            concept, text
        )

    def _sentences(self, places: Sequence[int], vector: Vector) -> Sentences:
        """Return the sentences of some passages with their vectors."""
        parts = [self._part(at, vector) for at in places]
        texts = [span.of(one.text) for one, _ in parts for span in one.sentences]
        vectors = Vectors(
            sentences=self._memory.embed(texts),
            passages=np.stack([row for _, row in parts]),
            summaries={},
        )
        passages = [one for one, _ in parts]
        return Sentences(passages, vectors, self._lexicon.rarity, self.weight)

    def _part(self, place: int, vector: Vector) -> tuple[Passage, Vector]:
        """Return a passage with the sentences that are read of it, and its nearest vector."""
        passage = self._passages[place]
        near, row = self._blending.nearest(place, vector)
        if len(passage.sentences) <= MOST or not near:
            return passage, row
        pieces = pieces_of(passage.text, passage.sentences)
        kept: list[Span] = []
        for number in near:
            piece = pieces[number]
            inside = [
                one
                for one in passage.sentences
                if piece.start <= one.start and one.end <= piece.end
            ]
            if kept and len(kept) + len(inside) > MOST:
                break
            kept += inside
        kept.sort(key=lambda one: one.start)
        return passage.model_copy(update={"sentences": tuple(kept)}), row

    def _signs(self, found: Evidence, understood: Understood) -> dict[str, float]:
        """Return what tells whether the corpus answers; none of it names a corpus or a subject."""
        seen, query = found.seen, found.query
        meant = self._blending.embed(understood.text)
        resolved = float((found.sentences.vectors.sentences @ meant).max(initial=0.0))
        weights = [self.weight(one) for one in found.concepts]
        held = self._held(found, found.concepts)
        return {
            "sentence": float(seen.similarity.max(initial=0.0)),
            "resolved": resolved,
            "clear": _clear(found.blend.score[found.order]),
            "held": max((_share(row, weights) for row in held), default=0.0),
            "lost": 1.0 - float(np.mean(self.named(found))) if found.names else 0.0,
            "polar": float(query.polar),
            "wants": float(bool(query.wants)),
        }

    def named(self, found: Evidence) -> list[bool]:
        """Tell for each name in a question whether one of the best texts holds it."""
        held = self._held(found, found.names)
        return [bool(held[:, at].any()) for at in range(len(found.names))]

    def is_held(self, concept: Concept, passage_ids: Collection[str]) -> bool:
        """Tell whether one of some passages says a concept."""
        stems = (self._stems(self._by_id[one]) for one in passage_ids)
        return any(one.issuperset(form) for one in stems for form in concept.forms)

    def _stems(self, passage: Passage) -> frozenset[str]:
        return frozenset(stems_of(" ".join((*passage.heading_path, passage.text))))

    def _held(self, found: Evidence, concepts: Sequence[Concept]) -> NDArray[np.bool_]:
        """Tell which of the best passages hold which concepts, shape (passages, concepts)."""
        rows = []
        for at in found.order[:TEXTS]:
            stems = self._stems(self._passages[at])
            rows.append([any(stems.issuperset(form) for form in one.forms) for one in concepts])
        return np.array(rows, dtype=np.bool_).reshape(len(rows), len(concepts))


def _clear(scores: NDArray[np.float64]) -> float:
    """Return how far the best text stands above the next; a small corpus is filled up."""
    others = np.full(DEEP - 1, UNRELATED)
    others[: len(scores) - 1] = scores[1:]
    return float(scores[0] - others.mean())


class Memory:
    """Vectors of sentences that were read before, since passages come up again."""

    def __init__(self, embed: Callable[[Sequence[str]], Matrix]) -> None:
        """Keep what embeds those that are new."""
        self._embed = embed
        self._rows: dict[str, Vector] = {}

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of texts, in order."""
        rows = dict(self._rows)
        new = [one for one in dict.fromkeys(texts) if one not in rows]
        if new:
            rows.update(zip(new, self._embed(new), strict=True))
            # Set at once: two askers at a time must not see each other's half.
            self._rows = rows if len(rows) <= REMEMBERED else {}
        return np.stack([rows[one] for one in texts])

    def keep(self, text: str, vector: Vector) -> None:
        """Keep the vector of a text that was embedded elsewhere."""
        self._rows = {text: vector, **self._rows} if len(self._rows) < REMEMBERED else {}


def _share(held: NDArray[np.bool_], weights: Sequence[float]) -> float:
    total = sum(weights)
    return float(held @ np.array(weights)) / total if total else 0.0


def _is_polar(text: str) -> bool:
    return next((word for word, _, _ in words_of(text)), "") in POLAR_OPENINGS


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
