"""Sentences that hold what a question asks for: a value, a year, a numbered place of a law."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.answering.sentences import Relevant, Sentences, Shares
from assistant.rules.lexicon import Concept
from assistant.rules.provisions import Provision, provisions_in
from assistant.rules.valued import Valued
from assistant.understanding.query import Query
from corpus.passage import Corpus

LOOKED_AT = 150
"""Sentences, the most relevant first, in which a value is looked for."""

TELLING = 1.0
"""Inverse document frequency from which a concept tells a question from most others."""


class Fitting:
    """Holds sentences against what a question names."""

    def __init__(self, sentences: Sentences, corpus: Corpus) -> None:
        """Keep the sentences, with the works that they rest on."""
        self._sentences = sentences
        self._corpus = corpus

    def fit(
        self, query: Query, concepts: Sequence[Concept], seen: Relevant, score: Shares
    ) -> Shares:
        """Return the relevance of the sentences that hold what is asked for, and 0 for the others.

        That is the value that a question wants, and the year and the place of a law that it names.
        A value is looked for in the most relevant sentences only.
        """
        if places := provisions_in(query.text):
            score = score * self._on(places)
        valued = Valued(query, concepts, [one for one in concepts if self._is_telling(one)])
        if not valued.asks:
            return score
        kept = np.zeros_like(score)
        for place in np.argsort(-score)[:LOOKED_AT]:
            one = self._sentences.all[place]
            title = " ".join(one.passage.heading_path)
            if valued.is_given(one.text, title, float(seen.similarity[place])):
                kept[place] = score[place]
        return kept

    def _is_telling(self, concept: Concept) -> bool:
        """Tell whether few sentences say a concept, or none."""
        sentences = self._sentences
        return sentences.weight(concept) >= TELLING or not sentences.holders(concept)

    def _on(self, places: Collection[Provision]) -> NDArray[np.bool_]:
        """Tell which sentences are on one of some numbered places."""
        return np.array(
            [any(one.is_of(place) for one in own for place in places) for own in self._provisions]
        )

    @cached_property
    def _provisions(self) -> tuple[frozenset[Provision], ...]:
        """The places that each sentence names, or that it rests on."""
        works = {
            (source.id, work.id): work.locator
            for source in self._corpus.sources
            for work in source.references
        }
        return tuple(
            provisions_in(
                "; ".join(
                    [one.text, *(works.get((one.source_id, mark), "") for mark in one.grounds)]
                )
            )
            for one in self._sentences.all
        )
