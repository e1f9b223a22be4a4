"""What a question is about in words of its own: the passages that speak of it, if any do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.answering.relevance import WHOLE, Relevance, Relevant
from assistant.rules.lexicon import SHORT_COUNTRIES, Concept, Lexicon, Token
from assistant.rules.quantity import holds
from assistant.rules.words import Words
from assistant.understanding.query import Query
from corpus.structure.graph import Framework

_JOIN = re.compile(r"\b(?:and|or|nor|plus)\b|[,;/]", re.I)

SPEAKS = 0.33
"""Relevance from which a passage speaks of a topic at all."""

SURE = 0.52
"""Cosine from which a passage speaks of a topic whatever its words."""

CERTAIN = 0.65
"""The same for a short topic that turns on a rare word which no passage holds."""

SHORT = 2
"""Concepts up to which a topic is short."""

FOREIGN = 0.2
"""Cosine below which a topic without a word of any passage is of another field."""

TELLING = 0.75
"""Rarity from which words that no passage holds are worth telling."""

WORDED = 0.5
"""Coverage from which a passage speaks of a topic whatever its meaning."""

CLOSE = 0.8
"""Share of a group's best score from which one of its titled items is the subject."""

UNWORDED = 0.3
"""Coverage below which meaning decides which passages speak of a topic."""

MEANT = 0.40
"""Cosine from which it does with fewer of its words."""


class Topics:
    """Holds the topics of questions against the passages."""

    def __init__(
        self,
        framework: Framework,
        lexicon: Lexicon,
        relevance: Relevance,
        in_full: Callable[[str], str] = str,
    ) -> None:
        """Keep what a topic's words are held against.

        Args:
            framework: that is asked about.
            lexicon: what is known of words.
            relevance: ranks its passages.
            in_full: puts a question as guidance is searched for it.
        """
        self._in_full = in_full
        self._framework = framework
        self._lexicon = lexicon
        self._relevance = relevance

    def uncovered(self, concepts: Sequence[Concept]) -> tuple[Concept, ...]:
        """Return the concepts that no passage holds."""
        return self._relevance.uncovered(concepts)

    def rank(
        self, topic: Sequence[Token], words: Words, *, partly: bool = False
    ) -> tuple[list[Relevant], tuple[Concept, ...], str]:
        """Return all passages, the best for a topic first; its concepts; the words sought.

        Args:
            topic: the words that say what it is about.
            words: the question that they stand in.
            partly: leave out parts of the topic of which no passage speaks, unless that is all.
        """
        concepts = self._lexicon.concepts(topic, words.text)
        lost = [one for part in self._lost(words, concepts) for one in part] if partly else []
        kept = tuple(one for one in concepts if one not in lost) or concepts
        said = words.between(kept[0].start, kept[-1].end)
        ranked = self._relevance.rank(said, kept, self._in_full(words.text))
        if only := words.only:
            # A kind that is asked for stands under what is spoken of; filters by kind come later.
            open_ = only.holds if words.kinds else only.shows
            ranked = [one for one in ranked if open_(one.passage_id)]
        return ranked, concepts, said

    def _lost(self, words: Words, concepts: Sequence[Concept]) -> list[list[Concept]]:
        """Return the parts of a topic of which no passage speaks; common words are no loss."""
        return [
            segment
            for segment in self._segments(words, concepts)
            if segment
            and len(self._relevance.uncovered(segment)) == len(segment)
            and self._lexicon.rarity(_label(words, segment)) >= TELLING
        ]

    def _segments(self, words: Words, concepts: Sequence[Concept]) -> list[list[Concept]]:
        """Part the concepts of a topic where the question says and, or, or puts a comma."""
        segments: list[list[Concept]] = [[]]
        end = 0
        for concept in concepts:
            if segments[-1] and _JOIN.search(words.text[end : concept.start]):
                segments.append([])
            segments[-1].append(concept)
            end = concept.end
        return segments

    def speaking(
        self,
        asked: Query,
        words: Words,
        ranked: Sequence[Relevant],
        concepts: Sequence[Concept],
    ) -> tuple[str, ...]:
        """Return the passages that speak of a topic; none if the best of them hardly does."""
        if asked.wants:
            return self._valued(asked, ranked)
        ranked = [one for one in ranked if one.coverage >= WHOLE or not self._actor(one)]
        if not ranked:
            return ()
        covered = max(one.coverage for one in ranked)
        meant = max(one.similarity for one in ranked)
        telling = not asked.kinds and self._is_telling(concepts)
        if covered < UNWORDED and meant >= (CERTAIN if telling else SURE):
            return self._relevance.nearest(ranked)
        if covered < WORDED and (meant < MEANT or telling):
            return ()
        if ranked[0].score >= SPEAKS:
            return self._relevance.cover(ranked, self._segments(words, concepts))
        return self._relevance.nearest(ranked) if meant >= SURE else ()

    def touching(self, words: Words, concepts: Sequence[Concept]) -> tuple[str, ...]:
        """Return the passages that hold any whole part of a topic: `X`, `Y` or `Z`."""
        parts = [part for part in self._segments(words, concepts) if part]
        return self._relevance.holding_any(parts)

    def _is_telling(self, concepts: Sequence[Concept]) -> bool:
        """Tell whether a short topic turns on a rare word that no passage holds."""
        lost = self._relevance.uncovered(concepts) if len(concepts) <= SHORT else ()
        return any(self._lexicon.rarity(one.label) >= TELLING for one in lost)

    def missing(self, words: Words, concepts: Sequence[Concept]) -> tuple[str, ...]:
        """Return the parts of a topic of which no passage speaks, in the question's words.

        A part is what stands between commas and conjunctions.
        """
        return tuple(_label(words, segment) for segment in self._lost(words, concepts))

    def is_foreign(self, ranked: Sequence[Relevant]) -> bool:
        """Tell whether a topic shares neither words nor meaning with any passage."""
        return all(one.coverage == 0 and one.similarity < FOREIGN for one in ranked)

    def _actor(self, one: Relevant) -> bool:
        """Tell whether a passage only names an actor, which says little of a topic."""
        return self._framework.kind_by_id[self._framework.item(one.passage_id).kind].shared

    def _valued(self, asked: Query, ranked: Sequence[Relevant]) -> tuple[str, ...]:
        """Return the passages that are about a topic and hold the sort of value asked for."""
        texts = self._framework.passage_by_id
        return tuple(
            one.passage_id
            for one in ranked
            if one.coverage >= WORDED and holds(asked.wants, texts[one.passage_id].text, asked.text)
        )

    def whole(self, ranked: Sequence[Relevant]) -> tuple[str, ...]:
        """Return the passages that hold every concept of a topic."""
        return tuple(one.passage_id for one in ranked if one.coverage >= WHOLE)

    def unnamed(self, asked: Query, words: Words, concepts: Sequence[Concept]) -> str:
        """Return what is spoken of as if the page had it: a proper name that no passage holds."""
        if asked.polar or not (asked.subjects or asked.kinds):
            return ""
        for concept in self._relevance.uncovered(concepts):
            named = concept.label[:1].isupper() and not words.text.startswith(concept.label)
            if named and self._telling(concept.label):
                return concept.label.removesuffix("'s").removesuffix("\u2019s")
        return ""

    def _telling(self, label: str) -> bool:
        """Tell a name that says something from initials; of those only countries' count."""
        if len(label) < 3:
            return label in SHORT_COUNTRIES
        return self._lexicon.rarity(label) >= TELLING

    def subject(self, ranked: Sequence[Relevant]) -> tuple[str, ...]:
        """Return the titled item that a topic means: the best of the group that speaks most of it.

        A group speaks by the mean of its three best passages; those that only name an actor are
        left out.
        """
        framework = self._framework
        groups: dict[str, list[Relevant]] = {}
        for one in ranked:
            if not self._actor(one):
                groups.setdefault(framework.top(one.passage_id).id, []).append(one)
        if not groups:
            return ()
        group = max(groups, key=lambda top: sum(one.score for one in groups[top][:3]))
        best = groups[group][0]
        for one in groups[group]:
            titled = bool(framework.item(one.passage_id).title)
            if titled and one.score >= CLOSE * best.score:
                return (one.passage_id,)
        return (group,)


def _label(words: Words, segment: Sequence[Concept]) -> str:
    return words.text[segment[0].start : segment[-1].end]
