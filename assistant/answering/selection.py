"""Which sentences make an answer: the best of the best text, and of any that is as good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from assistant.answering.sentences import Sentences, Shares

BESIDE = 0.6
"""Share of a text's best relevance from which another of its sentences stands beside the best."""

AS_GOOD = 0.97
"""Share of the best text's relevance from which another text is as good."""

TEXTS = 2
"""Texts that an answer draws on."""

FURTHER = 2
"""Sentences that a further text gives."""

SAME = 0.9
"""Cosine from which a sentence repeats another."""

LIKE = 0.05
"""Share of its likeness to a chosen sentence that another loses."""

BESIDE_IT = 0.01
"""What a sentence loses for each chosen one of its section: a section is often one side."""


class Selection:
    """Selects among the sentences of notes, documents and glossary entries."""

    def __init__(self, sentences: Sentences) -> None:
        """Keep the sentences by the text that they stand in."""
        self._sentences = sentences
        self._by_text: dict[str, list[int]] = {}
        for place, one in enumerate(sentences.all):
            self._by_text.setdefault(one.text_id, []).append(place)

    @property
    def texts(self) -> frozenset[str]:
        """Ids of all texts."""
        return frozenset(self._by_text)

    def of(self, text_id: str) -> Sequence[int]:
        """Return the places of a text's sentences."""
        return self._by_text[text_id]

    def choose(self, score: Shares, most: int, as_good: float = AS_GOOD) -> list[int]:
        """Return the sentences of an answer in reading order, texts together, the best text first.

        Args:
            score: relevance of each sentence; one of 0 is never chosen.
            most: sentences of the best text.
            as_good: share of the best text's relevance from which another is drawn on too.
        """
        found = np.flatnonzero(score > 0.0)
        tops: dict[str, float] = {}
        for at in found[np.argsort(-score[found], kind="stable")]:
            tops.setdefault(self._sentences.all[at].text_id, float(score[at]))
        best = max(tops.values())
        ranked = sorted(tops, key=lambda one: -tops[one])
        texts = [one for one in ranked if tops[one] >= as_good * best][:TEXTS]
        chosen: list[int] = []
        for text in texts:
            limit = min(most, FURTHER) if text != texts[0] else most
            chosen.extend(sorted(self._of(text, score, limit)))
        return chosen

    def _of(self, text: str, score: Shares, most: int) -> list[int]:
        """Return a text's most relevant sentences, without one that says what another has said.

        The next is the one of the greatest marginal relevance: its own less a share of its likeness
        to what is chosen already (Carbonell and Goldstein 1998), and less a little for each
        sentence that its section has given.
        """
        places = self._by_text[text]
        top = max(score[at] for at in places)
        near = {at: 0.0 for at in places if score[at] >= BESIDE * top > 0}
        section = {at: self._sentences.all[at].passage.id for at in near}
        given = Counter[str]()
        chosen: list[int] = []
        while near and len(chosen) < most:
            place = max(
                near,
                key=lambda at: score[at] - LIKE * near[at] - BESIDE_IT * given[section[at]],
            )
            if near.pop(place) < SAME:
                chosen.append(place)
                given[section[place]] += 1
                for at in near:
                    near[at] = max(near[at], self._sentences.likeness(at, place))
        return chosen
