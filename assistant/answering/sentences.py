"""Sentences of notes and documents, and how well each speaks of a question."""

import math
from array import array
from collections.abc import Callable, Sequence
from functools import cache, reduce
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from assistant.errors import ModelError
from assistant.retrieval.encoder import Matrix, Vector
from assistant.understanding.lexicon import FUNCTION_WORDS, Concept, contains, stems_of
from corpus.passage import Passage, Span

Shares = NDArray[np.float64]
"""One number for each of several things, 0 to 1."""

Places = NDArray[np.intp]
"""Places of sentences or of rows, in ascending order where nothing else is said."""

UNHELD = 0.5
"""Weight of an ordinary word that no sentence holds: it is more often a word of asking."""

ADAPTER = "query.safetensors"
"""The adapter's matrix, in this package; `python -m evals.training.fit_pairs --adapter` writes
it."""

MATRIX = "matrix"  # Its name in that file.


@cache
def shipped_adapter() -> Matrix:
    """Return the matrix of the query adapter, shape (dimension, dimension).

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        matrix = load((files(__package__) / ADAPTER).read_bytes())[MATRIX]
    except (OSError, SafetensorError, KeyError):
        raise ModelError(f"The file {ADAPTER} cannot be read; install Signpost again.") from None
    return matrix.astype(np.float32)


def turned(vectors: Matrix, adapter: Matrix) -> Matrix:
    """Return vectors of questions, turned towards the texts that answer them: unit norm.

    (v + v M) / |v + v M|: a linear adapter on the side of the question, the texts untouched.

    Args:
        vectors: unit norm, shape (questions, dimension) or (dimension,).
        adapter: M, shape (dimension, dimension).
    """
    moved: Matrix = vectors + vectors @ adapter
    moved /= np.linalg.norm(moved, axis=-1, keepdims=True)
    return moved


class Vectors(NamedTuple):
    """What sentences and what is around them mean, unit vectors of one dimension."""

    sentences: Matrix
    """Of the sentences, or of the pieces that they stand in, in reading order."""

    passages: Matrix
    """Of the passages in reading order, with the titles above them."""

    asked: tuple[Matrix, ...] = ()
    """By passage, of the everyday questions that it answers; of no rows where it has none."""

    rows: Places | None = None
    """For each sentence its row in `sentences`, in any order; none where each has its own."""


class Sentence(NamedTuple):
    """A sentence in its place."""

    passage: Passage
    """The passage that it stands in."""

    span: Span
    """Where in the passage's text."""

    number: int
    """Place in its passage, counted from 0."""

    @property
    def text(self) -> str:
        """Its words."""
        return self.span.of(self.passage.text)

    @property
    def grounds(self) -> tuple[str, ...]:
        """What it rests on: ids of its source's references, of passages, or `signpost`."""
        if not self.passage.grounds:
            return ()
        return self.passage.grounds[self.passage.sentences.index(self.span)]


class Sentences:
    """All sentences of some passages, as words and as vectors."""

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        rarity: Callable[[str], float],
        titles: Sequence[str] = (),
    ) -> None:
        """Keep the sentences' stems beside their vectors.

        Args:
            passages: in reading order.
            vectors: of them and of their sentences.
            rarity: tells how telling words are that no sentence holds, 0 to 1.
            titles: what each passage stands under; else the first of the titles above it.
        """
        self.passages = tuple(passages)
        self.all = tuple(
            Sentence(passage, span, number)
            for passage in self.passages
            for number, span in enumerate(passage.sentences)
        )
        self.vectors = vectors
        asked = [rows for rows in vectors.asked if rows.size]
        self._questions = np.concatenate(asked) if asked else np.zeros((0, 0), dtype=np.float32)
        counts = [len(rows) for rows in vectors.asked] or [0] * len(passages)
        self._answered_by = np.repeat(np.arange(len(passages)), counts)
        counts = [len(passage.sentences) for passage in self.passages]
        self._first = np.concatenate(([0], np.cumsum(counts, dtype=np.intp)))
        self._passage = np.repeat(np.arange(len(counts)), counts)
        self._row = np.arange(len(self.all)) if vectors.rows is None else vectors.rows
        self._rarity = rarity
        titles = titles or [" ".join(one.heading_path[:1]) for one in self.passages]
        self._stems = Stems(self.passages, titles)
        self._cache: dict[tuple[str, ...], Places] = {}

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

    def greatest_of_passages(self, vector: Vector) -> Shares:
        """Return for each passage the greatest cosine of a vector with one of its sentences."""
        found = np.zeros(len(self.passages))
        cosines = _cosines(self.vectors.sentences, vector)
        np.maximum.at(found, self._passage, cosines[self._row])
        return found

    def saying(self, concept: Concept) -> NDArray[np.bool_]:
        """Tell for each passage whether one of its sentences says a concept."""
        found = np.zeros(len(self.passages), dtype=np.bool_)
        found[self._passage[self.holders(concept)]] = True
        return found

    def section_of(self, place: int) -> int:
        """Return the place of the passage that a sentence stands in."""
        return int(self._passage[place])

    def of_passage(self, place: int) -> Places:
        """Return the places of a passage's sentences, in order."""
        return np.arange(self._first[place], self._first[place + 1])

    def likeness(self, one: int, other: int) -> float:
        """Return the cosine of two sentences, by their places."""
        return float(self.cosines([one], self.vectors.sentences[self._row[other]])[0])

    def cosines(self, places: Places | Sequence[int], vector: Vector) -> NDArray[np.float32]:
        """Return the cosine of a vector with each of some sentences, -1 to 1."""
        return self.vectors.sentences[self._row[places]] @ vector

    def coverage(self, concepts: Sequence[Concept]) -> Shares:
        """Return the share of the concepts' weight that each sentence holds."""
        held = np.zeros(len(self.all))
        total = 0.0
        for concept in concepts:
            weight = self.weight(concept)
            held[self.holders(concept)] += weight
            total += weight
        return held / total if total else held

    def weight(self, concept: Concept) -> float:
        """Return how much a concept tells, by its inverse document frequency.

        log((N + 1) / (n + 0.5)) with N sentences, n holders (after Robertson and Zaragoza 2009,
        section 3.1); by how rare it is in English as well where no sentence holds it.
        """
        holders = len(self.holders(concept))
        weight = math.log((len(self.all) + 1) / (holders + 0.5))
        return weight if holders else weight * UNHELD * self._rarity(concept.label)

    def holders(self, concept: Concept) -> Places:
        """Return the places of the sentences that say a concept in any of its forms."""
        first, *others = (self._holding(form) for form in concept.forms)
        return np.unique(np.concatenate((first, *others))) if others else first

    def _holding(self, form: tuple[str, ...]) -> Places:
        if len(form) == 1:
            return self._stems.holding(form[0])
        if form not in self._cache:
            telling = [stem for stem in form if stem not in FUNCTION_WORDS] or list(form)
            near = reduce(np.intersect1d, (self._stems.holding(stem) for stem in telling))
            found = [place for place in near if contains(self._stems.of(place), form)]
            self._cache[form] = np.array(found, dtype=np.intp)
        return self._cache[form]


class Stems:
    """The stems of sentences as numbers, so that those of a long library are quick and small."""

    def __init__(self, passages: Sequence[Passage], titles: Sequence[str]) -> None:
        """Read the sentences of passages, each behind what its passage stands under.

        The title says what a sentence is about, even where the sentence names a part of it.
        """
        numbers: dict[str, int] = {}
        said, counts = array("i"), array("i")
        for passage, above in zip(passages, titles, strict=True):
            title = stems_of(above)
            for span in passage.sentences:
                stems = (*title, *stems_of(span.of(passage.text)))
                said.extend([numbers.setdefault(stem, len(numbers)) for stem in stems])
                counts.append(len(stems))
        self._names = list(numbers)
        self._numbers = numbers
        self._said = np.array(said, dtype=np.int32)
        self._first = np.concatenate(([0], np.cumsum(counts, dtype=np.intp)))
        # Each sentence once under each of its stems, stem by stem.
        places = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        order = np.argsort(self._said, kind="stable")
        stem, place = self._said[order], places[order]
        once = np.ones(len(order), dtype=np.bool_)
        once[1:] = (stem[1:] != stem[:-1]) | (place[1:] != place[:-1])
        self._held = place[once]
        self._at = np.searchsorted(stem[once], np.arange(len(numbers) + 1))

    def of(self, place: int) -> list[str]:
        """Return the stems of a sentence in order, those of its title first."""
        said = self._said[self._first[place] : self._first[place + 1]]
        return [self._names[number] for number in said]

    def holding(self, stem: str) -> Places:
        """Return the places of the sentences with a stem."""
        number = self._numbers.get(stem)
        if number is None:
            return np.zeros(0, dtype=np.intp)
        return self._held[self._at[number] : self._at[number + 1]].astype(np.intp)


def _cosines(rows: Matrix, vector: Vector) -> Shares:
    """Return the cosine of a vector with each row, negative ones as 0."""
    found: Shares = np.maximum(rows @ vector, 0.0).astype(np.float64)
    return found
