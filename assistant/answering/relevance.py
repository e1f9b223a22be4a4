"""How well each passage speaks of a topic: words that it shares, and meaning."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Matrix, Vector
from assistant.rules.lexicon import Concept, contains, stems_of
from corpus.passage import Passage

LEXICAL_WEIGHT = 0.5
"""Share of the words in a passage's relevance; the rest is meaning."""

NEAR = 0.9
"""Share of the best passage's score from which another that holds as much stands beside it."""

ALIKE = 0.95
"""Share of the best cosine from which another passage means a topic as well."""

HALF = 0.5
"""Share of the best passage's coverage from which another adds what it leaves out."""

WHOLE = 0.999
"""Coverage from which a passage holds every concept of a topic."""


class Relevant(NamedTuple):
    """A passage and how well it speaks of a topic."""

    passage_id: str
    """The passage."""

    score: float
    """Weighted mean of the two below, 0 to 1."""

    coverage: float
    """Share of the topic's concepts that the passage holds, each by its weight, 0 to 1."""

    similarity: float
    """Cosine between topic and passage, -1 to 1."""


class Meaning(NamedTuple):
    """What passages mean, as vectors."""

    vectors: Matrix
    """Of the passages, in their order; shape (passages, dimension), unit norm."""

    wordings: tuple[tuple[str, ...], Matrix]
    """Of everyday wordings: the passage that each stands for, and shape (wordings, dimension)."""

    embed: Callable[[str], Vector]
    """Embeds a topic; unit norm."""


class Relevance:
    """Passages as words and as vectors."""

    def __init__(
        self, passages: Sequence[Passage], meaning: Meaning, rarity: Callable[[str], float]
    ) -> None:
        """Keep the passages' stems beside their vectors.

        Args:
            passages: in reading order.
            meaning: their vectors, in the same order.
            rarity: tells how telling words are that no passage holds, 0 to 1.
        """
        self._passages = passages
        self._stems = [stems_of(passage.text) for passage in passages]
        self._meaning = meaning
        self._rarity = rarity
        self._group = {one.id: one.facets.get("group", "") for one in passages}
        self._cache: dict[tuple[str, ...], frozenset[int]] = {}
        place = {passage.id: at for at, passage in enumerate(passages)}
        self._owners = np.array([place[one] for one in meaning.wordings[0]], dtype=np.intp)

    def _similarity(self, topic: str) -> Vector:
        """Return the cosine of a topic with each passage, or with its nearest wording."""
        vector = self._meaning.embed(topic)
        similarity: Vector = self._meaning.vectors @ vector
        np.maximum.at(similarity, self._owners, self._meaning.wordings[1] @ vector)
        return similarity

    def rank(self, topic: str, concepts: Sequence[Concept], question: str = "") -> list[Relevant]:
        """Return every passage, most relevant first; ties in reading order.

        Args:
            topic: the words that say what is sought.
            concepts: of the topic.
            question: as it is embedded later; its meaning only orders passages where one of them
                holds every concept, and one embedding then does for both.
        """
        coverage = self._coverage(concepts)
        held = bool(question) and coverage.max() >= WHOLE
        similarity = self._similarity(question if held else topic)
        score = LEXICAL_WEIGHT * coverage + (1 - LEXICAL_WEIGHT) * np.maximum(similarity, 0.0)
        return [
            Relevant(
                self._passages[place].id,
                float(score[place]),
                float(coverage[place]),
                float(similarity[place]),
            )
            for place in np.argsort(-score, kind="stable")
        ]

    def _coverage(self, concepts: Sequence[Concept]) -> NDArray[np.float64]:
        """Return the share of the concepts' weight that each passage holds, shape (passages,)."""
        held = np.zeros(len(self._passages))
        total = 0.0
        for concept in concepts:
            holders = self.holders(concept)
            weight = self._weight(len(holders))
            if not holders:
                weight *= self._rarity(concept.label)
            held[list(holders)] += weight
            total += weight
        return held / total if total else held

    def nearest(self, ranked: Sequence[Relevant]) -> tuple[str, ...]:
        """Return the passages that mean a topic best, whatever words they share with it."""
        most = max(one.similarity for one in ranked)
        near = [one for one in ranked if one.similarity >= ALIKE * most]
        return tuple(one.passage_id for one in sorted(near, key=lambda one: -one.similarity))

    def cover(
        self, ranked: Sequence[Relevant], segments: Sequence[Sequence[Concept]]
    ) -> tuple[str, ...]:
        """Return the passages that together speak of every segment of a topic, best first.

        Those that hold the whole topic are enough. Else it is the best that hold the most of it,
        and for each segment (`a` and `b` in `a and b`) that they do not touch the best that does.
        """
        most = max(one.coverage for one in ranked)
        if most >= WHOLE:
            return tuple(one.passage_id for one in ranked if one.coverage >= WHOLE)
        best = ranked[0]
        chosen = [
            one.passage_id
            for one in ranked
            if one.score >= NEAR * best.score and one.coverage >= NEAR * best.coverage
        ]
        for segment in segments:
            chosen.extend(self._beside(chosen, ranked, segment))
        return tuple(dict.fromkeys(chosen))

    def _beside(
        self, chosen: Sequence[str], ranked: Sequence[Relevant], segment: Sequence[Concept]
    ) -> list[str]:
        """Return what speaks of the concepts of a segment that the chosen passages leave out.

        A segment that none of them touches brings in the best that does, wherever it stands; a
        single concept only a passage of their own group that is half as relevant or more.
        """
        holders = {self._passages[at].id for one in segment for at in self.holders(one)}
        holders &= {one.passage_id for one in ranked}
        if holders and not holders & set(chosen):
            found = [one for one in ranked if one.passage_id in holders]
            return [one.passage_id for one in found if one.score >= NEAR * found[0].score]
        groups = {self._group[one] for one in chosen}
        more: list[str] = []
        for concept in segment:
            held = {self._passages[at].id for at in self.holders(concept)}
            if held and not held & {*chosen, *more}:
                near = [
                    one.passage_id
                    for one in ranked
                    if one.passage_id in held
                    and self._group[one.passage_id] in groups
                    and one.coverage >= HALF * ranked[0].coverage
                ]
                more.extend(near[:1])
        return more

    def _weight(self, holders: int) -> float:
        """Return the inverse document frequency of a concept that `holders` passages hold.

        log((N + 1) / (n + 0.5)) with N passages, n holders (after Robertson and Zaragoza 2009,
        section 3.1): a concept that no passage holds weighs most, one that all hold nothing.
        """
        return max(0.0, math.log((len(self._passages) + 1) / (holders + 0.5)))

    def holding_any(self, parts: Sequence[Sequence[Concept]]) -> tuple[str, ...]:
        """Return the passages that hold all concepts of at least one part, in reading order."""
        held = [set.intersection(*(set(self.holders(one)) for one in part)) for part in parts]
        return tuple(self._passages[at].id for at in sorted(set().union(*held)))

    def holders(self, concept: Concept) -> frozenset[int]:
        """Return the places of the passages that say a concept in any of its forms."""
        held = {at for at, passage in enumerate(self._passages) if passage.id in concept.items}
        return frozenset(held.union(*(self._holding(form) for form in concept.forms)))

    def _holding(self, form: tuple[str, ...]) -> frozenset[int]:
        if form not in self._cache:
            self._cache[form] = frozenset(
                place for place, text in enumerate(self._stems) if contains(text, form)
            )
        return self._cache[form]

    def uncovered(self, concepts: Sequence[Concept]) -> tuple[Concept, ...]:
        """Return the concepts that no passage holds."""
        return tuple(concept for concept in concepts if not self.holders(concept))
