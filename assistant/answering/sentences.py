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
from assistant.rules.cues import FUNCTION_WORDS
from assistant.rules.lexicon import Concept, contains, content_stems, stems_of
from corpus.passage import Passage, Span
from corpus.readers.entries import KIND as TERM

WEIGHTS = {
    "words": 0.16,
    "meaning": 0.14,
    "passage": 0.3,
    "whole": 0.1,
    "summary": 0.06,
    "title": 0.07,
    "asked": 0.09,
    "asked_note": 0.08,
}
"""What each part of a sentence's relevance counts for: the question's words that it holds, what it
means, what the passage around it means, the words that its whole source holds, what its source
says that it answers, how much of its title is asked about, and the likest of the everyday questions
that its passage answers, and that its source does. Chosen by search on halves of the development
cases of guidance, each held against the other."""

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


class Relevant(NamedTuple):
    """How well each sentence speaks of a question, each of shape (sentences,) and 0 to 1."""

    score: Shares
    """The weighted sum."""

    held: Shares
    """Share of the question's concepts that it holds."""

    whole: Shares
    """Share of them that its source holds."""

    similarity: Shares
    """Its cosine with the question."""

    titled: Shares
    """Share of its title that the question says."""

    asked: Shares
    """Cosine of the question with the likest everyday question that its passage answers."""


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
        weigh: Callable[[Concept], float] | None = None,
    ) -> None:
        """Keep the sentences' stems beside their vectors.

        Args:
            passages: in reading order.
            vectors: of them and of their sentences.
            rarity: tells how telling words are that no sentence holds, 0 to 1.
            weigh: tells how much a concept tells, where these are not all sentences there are.
        """
        self._weigh = weigh
        self.all = tuple(_sentences(passages))
        self.vectors = vectors
        asked = [rows for rows in vectors.asked if rows.size]
        self._questions = np.concatenate(asked) if asked else np.zeros((0, 0), dtype=np.float32)
        counts = [len(rows) for rows in vectors.asked] or [0] * len(passages)
        self._answered_by = np.repeat(np.arange(len(passages)), counts)
        self._at_place = {
            (one.passage.id, one.span.start): place for place, one in enumerate(self.all)
        }
        at = {passage.id: place for place, passage in enumerate(passages)}
        self._passage = np.array([at[one.passage.id] for one in self.all], dtype=np.intp)
        self._rarity = rarity
        # The title says what a sentence is about, even where the sentence names a part of it.
        self._stems = [
            stems_of(" ".join((*one.passage.heading_path[:1], one.text))) for one in self.all
        ]
        self._titled_by: dict[str, list[int]] = defaultdict(list)
        titles = [frozenset(content_stems(_title(one.passage))) for one in self.all]
        for place, title in enumerate(titles):
            for stem in title:
                self._titled_by[stem].append(place)
        self._title_size = np.array([max(len(title), 1) for title in titles], dtype=np.float64)
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

    def relevance(self, vector: Vector, concepts: Sequence[Concept]) -> Relevant:
        """Return how well each sentence speaks of a question of this vector and these concepts."""
        held, whole = self.coverage(concepts)
        similarity = _cosines(self.vectors.sentences, vector)
        titled = self._titled(concepts)
        asked = self._asked_like(vector)
        parts = {
            "words": held,
            "meaning": similarity,
            "passage": _cosines(self.vectors.passages, vector)[self._passage],
            "whole": whole,
            "summary": _cosines(self._summaries, vector)[self._text],
            "title": titled,
            "asked": asked[self._passage],
            "asked_note": self._greatest(asked),
        }
        score = np.sum([WEIGHTS[name] * part for name, part in parts.items()], axis=0)
        return Relevant(score, held, whole, similarity, titled, parts["asked"])

    def _asked_like(self, vector: Vector) -> Shares:
        """Return for each passage the greatest cosine of a vector with a question it answers."""
        found = np.zeros(len(self.vectors.passages))
        if self._questions.size:
            np.maximum.at(found, self._answered_by, _cosines(self._questions, vector))
        return found

    def _greatest(self, by_passage: Shares) -> Shares:
        """Return for each sentence the greatest value of the passages of its text."""
        best = np.zeros(len(self._text_ids))
        np.maximum.at(best, self._text, by_passage[self._passage])
        return np.asarray(best[self._text], dtype=np.float64)

    def cosine(self, place: tuple[str, int], vector: Vector) -> float:
        """Return the cosine of a vector with the sentence that stands at a place.

        Args:
            place: the passage's id, and where in its text the sentence starts.
            vector: unit norm.
        """
        return float(self.vectors.sentences[self._at_place[place]] @ vector)

    def likeness(self, one: int, other: int) -> float:
        """Return the cosine of two sentences, by their places."""
        rows = self.vectors.sentences
        return float(rows[one] @ rows[other])

    def _titled(self, concepts: Sequence[Concept]) -> Shares:
        """Return the share of each sentence's title that a question says in any form."""
        said = {stem for concept in concepts for form in concept.forms for stem in form}
        shared = np.zeros(len(self.all))
        for stem in said:
            shared[self._titled_by.get(stem, [])] += 1.0
        return np.asarray(shared / self._title_size, dtype=np.float64)

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
        if self._weigh:
            return self._weigh(concept)
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

    def are_of(self, texts: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sentences stand in one of some texts."""
        return np.isin(self._text, [at for at, one in enumerate(self._text_ids) if one in texts])

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


def _title(passage: Passage) -> str:
    """Return the title that tells a passage's topic: its note's, or a term of the glossary."""
    first = passage.facets["kind"] == "note"
    return "".join(passage.heading_path[:1] if first else passage.heading_path[-1:])


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
