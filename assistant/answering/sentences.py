"""Sentences of notes and documents, and how well each speaks of a question."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Matrix, Vector
from assistant.understanding.lexicon import (
    FUNCTION_WORDS,
    Concept,
    contains,
    stems_of,
)
from corpus.passage import Passage, Span
from corpus.readers.entries import KIND as TERM

Shares = NDArray[np.float64]
"""One number for each of several things, 0 to 1."""

UNHELD = 0.5
"""Weight of an ordinary word that no sentence holds: it is more often a word of asking."""


class Vectors(NamedTuple):
    """What sentences and what is around them mean, unit vectors of one dimension."""

    sentences: Matrix
    """Of all sentences in reading order."""

    passages: Matrix
    """Of the passages in reading order, with the titles above them."""

    summaries: dict[str, Vector]
    """By source, of what it says that it answers; a source may have none."""

    asked: tuple[Matrix, ...] = ()
    """By passage, of the everyday questions that it answers; of no rows where it has none."""


class Sentence(NamedTuple):
    """A sentence in its place."""

    passage: Passage
    """The passage that it stands in."""

    span: Span
    """Where in the passage's text."""

    number: int
    """Place in its source, counted from 0."""

    @property
    def text(self) -> str:
        """Its words."""
        return self.span.of(self.passage.text)

    @property
    def source_id(self) -> str:
        """The note or document."""
        return self.passage.source_id

    @property
    def grounds(self) -> tuple[str, ...]:
        """What it rests on: ids of its source's references, of passages, or `signpost`."""
        if not self.passage.grounds:
            return ()
        return self.passage.grounds[self.passage.sentences.index(self.span)]

    @property
    def text_id(self) -> str:
        """What is read as one: the note or document, or the entry of a glossary."""
        return self.passage.id if self.passage.facets["kind"] == TERM else self.source_id


class Sentences:
    """All sentences of some passages, as words and as vectors."""

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        rarity: Callable[[str], float],
    ) -> None:
        """Keep the sentences' stems beside their vectors.

        Args:
            passages: in reading order.
            vectors: of them and of their sentences.
            rarity: tells how telling words are that no sentence holds, 0 to 1.
        """
        self.passages = tuple(passages)
        self.all = tuple(_sentences(passages))
        self.vectors = vectors
        asked = [rows for rows in vectors.asked if rows.size]
        self._questions = np.concatenate(asked) if asked else np.zeros((0, 0), dtype=np.float32)
        counts = [len(rows) for rows in vectors.asked] or [0] * len(passages)
        self._answered_by = np.repeat(np.arange(len(passages)), counts)
        at = {passage.id: place for place, passage in enumerate(passages)}
        self._passage = np.array([at[one.passage.id] for one in self.all], dtype=np.intp)
        self._rarity = rarity
        # The title says what a sentence is about, even where the sentence names a part of it.
        self._stems = [
            stems_of(" ".join((*one.passage.heading_path[:1], one.text))) for one in self.all
        ]
        self._at: dict[str, set[int]] = defaultdict(set)
        for place, stems in enumerate(self._stems):
            for stem in stems:
                self._at[stem].add(place)
        self._in_order = sorted(self._at)
        self._cache: dict[tuple[str, ...], frozenset[int]] = {}
        sources = list(dict.fromkeys(one.text_id for one in self.all))
        self._text_ids = sources
        number = {source: at for at, source in enumerate(sources)}
        self._text = np.array([number[one.text_id] for one in self.all], dtype=np.intp)
        nothing = np.zeros(vectors.passages.shape[1], dtype=np.float32)
        rows = [vectors.summaries.get(source, nothing) for source in sources]
        self._summaries = np.stack(rows) if rows else np.zeros((0, nothing.size), dtype=np.float32)

    def asked_like(self, vector: Vector, near: float = 2.0) -> Shares:
        """Return for each passage the greatest cosine of a vector with a question it answers.

        Args:
            vector: unit norm.
            near: cosine above which a question counts for nothing.
        """
        found = np.zeros(len(self.vectors.passages))
        if self._questions.size:
            cosines = _cosines(self._questions, vector)
            np.maximum.at(found, self._answered_by, np.where(cosines > near, 0.0, cosines))
        return found

    def likest_asked(self, place: int, vector: Vector, near: float = 2.0) -> frozenset[str]:
        """Return the stems of the likest everyday question of a passage; none if it has none."""
        rows = np.flatnonzero(self._answered_by == place)
        cosines = self._questions[rows] @ vector if rows.size else np.zeros(0)
        kept = np.flatnonzero(cosines <= near)
        if not kept.size:
            return frozenset()
        likest = int(kept[np.argmax(cosines[kept])])
        return frozenset(stems_of(self.passages[place].asked[likest]))

    def greatest_of_passages(self, vector: Vector) -> Shares:
        """Return for each passage the greatest cosine of a vector with one of its sentences."""
        found = np.zeros(len(self.passages))
        np.maximum.at(found, self._passage, _cosines(self.vectors.sentences, vector))
        return found

    def note_cosines(self, vector: Vector) -> Shares:
        """Return for each passage the cosine of a vector with what its source is for."""
        found = np.zeros(len(self.passages))
        found[self._passage] = _cosines(self._summaries, vector)[self._text]
        return found

    def passages_of(self, places: Collection[int]) -> NDArray[np.intp]:
        """Return the places of the passages that some sentences stand in, each once."""
        return np.unique(self._passage[list(places)])

    def section_of(self, place: int) -> int:
        """Return the place of the passage that a sentence stands in."""
        return int(self._passage[place])

    def of_passage(self, place: int) -> NDArray[np.intp]:
        """Return the places of a passage's sentences, in order."""
        return np.flatnonzero(self._passage == place)

    def likeness(self, one: int, other: int) -> float:
        """Return the cosine of two sentences, by their places."""
        rows = self.vectors.sentences
        return float(rows[one] @ rows[other])

    def coverage(self, concepts: Sequence[Concept]) -> tuple[Shares, Shares]:
        """Return the share of the concepts' weight that each sentence holds, and each whole source.

        A source's share stands beside each of its sentences.
        """
        held = np.zeros(len(self.all))
        whole = np.zeros(len(self.all))
        total = 0.0
        for concept in concepts:
            weight = self.weight(concept)
            places = list(self.holders(concept))
            held[places] += weight
            sources = np.unique(self._text[places])
            whole[np.isin(self._text, sources)] += weight
            total += weight
        return (held / total, whole / total) if total else (held, whole)

    def weight(self, concept: Concept) -> float:
        """Return how much a concept tells, by its inverse document frequency.

        log((N + 1) / (n + 0.5)) with N sentences, n holders (after Robertson and Zaragoza 2009,
        section 3.1); by how rare it is in English as well where no sentence holds it.
        """
        holders = len(self.holders(concept))
        weight = math.log((len(self.all) + 1) / (holders + 0.5))
        return weight if holders else weight * UNHELD * self._rarity(concept.label)

    def named_by(self, concept: Concept) -> frozenset[str]:
        """Return the sources that name what a concept names, in whatever form of the word.

        `Australian` is named by `Australia`: words are alike that share all but three letters.
        """
        start = concept.label.lower()[: max(4, len(concept.label) - 3)]
        first = bisect_left(self._in_order, start)
        alike = takewhile(lambda stem: stem.startswith(start), self._in_order[first:])
        places = set(self.holders(concept)).union(*(self._at[stem] for stem in alike))
        return frozenset(self._text_ids[number] for number in {*self._text[list(places)].tolist()})

    def holders(self, concept: Concept) -> frozenset[int]:
        """Return the places of the sentences that say a concept in any of its forms."""
        return frozenset[int]().union(*(self._holding(form) for form in concept.forms))

    def _holding(self, form: tuple[str, ...]) -> frozenset[int]:
        if form not in self._cache:
            telling = [stem for stem in form if stem not in FUNCTION_WORDS] or list(form)
            near = set.intersection(*(self._at.get(stem, set()) for stem in telling))
            self._cache[form] = frozenset(
                place for place in near if contains(self._stems[place], form)
            )
        return self._cache[form]


def _cosines(rows: Matrix, vector: Vector) -> Shares:
    """Return the cosine of a vector with each row, negative ones as 0."""
    found: Shares = np.maximum(rows @ vector, 0.0).astype(np.float64)
    return found


def _sentences(passages: Sequence[Passage]) -> list[Sentence]:
    found: list[Sentence] = []
    number, source = 0, ""
    for passage in passages:
        number = number if passage.source_id == source else 0
        source = passage.source_id
        for span in passage.sentences:
            found.append(Sentence(passage, span, number))
            number += 1
    return found
