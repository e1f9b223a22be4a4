"""The composer of answers from guidance: whole sentences, from as few notes as answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Statement
from assistant.citations import cite_from
from assistant.encoder import Vector
from assistant.lexicon import Concept, Lexicon
from assistant.parts import Parts
from assistant.quantity import counted_in, holds, is_asked_to_be, sets_norm
from assistant.query import Query
from assistant.sentences import Relevant, Sentence, Sentences, Shares
from corpus.entries import KIND as TERM
from corpus.passage import Corpus

COMPOSER = "guidance-1"
"""Name and version of the composer, for an answer's provenance."""

SPEAKS = 0.4
"""Relevance from which a sentence answers a question at all."""

BESIDE = 0.7
"""Share of the best sentence's relevance from which another of its source stands beside it."""

AS_GOOD = 0.97
"""Share of the best note's relevance from which another note is as good."""

ABOUT = 0.03
"""What being about the framework's own answer adds to a note's relevance."""

MOST = 5
"""Sentences that a note gives to an answer."""

FURTHER = 2
"""Sentences that a further note gives."""

MOST_VALUES = 2
"""The same for a question that a number, a date or a name answers."""

ABOUT_IT = 0.45
"""Share of a question's concepts that a source holds, if a value in it is to be the one asked."""

SAME = 0.9
"""Cosine from which a sentence repeats another."""

LOOKED_AT = 150
"""Sentences, the most relevant first, in which a value is looked for."""

NAMED = 0.6
"""Share of the title of a glossary entry that a question says, if the entry is to answer it."""

MOSTLY = 0.75
"""Share of a question's concepts that a glossary entry holds, if it is to answer an ordinary
one."""

OWN = 0.06
"""What a sentence loses that is our own judgement, or speaks of the framework unasked."""

NOTES = 2
"""Notes that an answer draws on."""

_ASKS_WORDS = re.compile(
    r"\b(?:mean(?:s|ing|t)?|stands? for|abbreviation|acronym|terms?|terminology|words?|wording"
    r"|phrase|call(?:ed)?|say(?:ing)?|definition|define[sd]?|differ(?:s|ence|ent)?|versus|vs?\.?|same"
    r"|confus\w+)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DENIES = re.compile(r"\b(not|no|never|nor|cannot|neither|without|unconfirmed)\b", re.I)


class Told(NamedTuple):
    """What guidance says in reply to a question."""

    statements: tuple[Statement, ...] = ()
    """Sentences in reading order, notes together; none where it does not answer."""

    score: float = 0.0
    """Relevance of the best sentence, 0 to 1."""

    says: frozenset[str] = frozenset()
    """Concepts of the question, as typed, that the sources of its statements hold."""

    names: tuple[str, ...] = ()
    """What the question names, where guidance does not answer it."""


class Guidance:
    """Answers questions from the sentences of notes."""

    def __init__(
        self,
        corpus: Corpus,
        sentences: Sentences,
        parts: Parts,
        lexicon: Lexicon,
        titles: Mapping[str, str],
    ) -> None:
        """Keep what a question is held against.

        Args:
            corpus: all passages and their sources.
            sentences: those of guidance.
            parts: takes questions apart.
            lexicon: what is known of words.
            titles: of the framework's items by id.
        """
        self._titles = titles
        self._corpus = corpus
        self._sentences = sentences
        self._parts = parts
        self._lexicon = lexicon
        self._by_source: dict[str, list[int]] = {}
        for place, one in enumerate(sentences.all):
            self._by_source.setdefault(one.source_id, []).append(place)
        kinds = [one.passage.facets["kind"] for one in sentences.all]
        # What we judge, or what the framework says, is told beside what a note is about.
        self._aside = np.array([_is_aside(one, corpus) for one in sentences.all], dtype=np.float64)
        self._notes_only = np.array([kind != TERM for kind in kinds], dtype=np.bool_)

    def sought(self, text: str) -> str:
        """Return the words to search guidance for.

        Who asks a page for something leaves the page out, and an item that is named by its number
        is sought by its title.
        """
        words = self._parts.words(text)
        named = [self._titles[one] for one in words.items if self._titles.get(one)]
        unsaid = [title for title in named if title.lower() not in text.lower()]
        if unsaid:
            left = words.topic("framework", "excluded", "item", "kind", "description")
            return " ".join([*unsaid, *(token.word for token in left)])
        return (words.between(0, len(text)) if words.of_page else "") or text

    def tell(
        self,
        query: Query,
        vector: Vector,
        today: date,
        *,
        about: frozenset[str] = frozenset(),
        whole: str = "",
        terms: bool = True,
    ) -> Told:
        """Return what guidance says, if it answers.

        Args:
            query: one thing asked.
            vector: of what is `sought`.
            today: the day on which it is asked.
            about: items that the framework's own answer rests on; notes about them are preferred.
            whole: the question that this is a part of, if it asks several things.
            terms: whether an entry of the glossary may answer.
        """
        if not self._sentences.all:
            return Told()
        text = whole or query.text
        concepts = self._concepts(self.sought(text))
        seen = self._sentences.relevance(vector, concepts)
        names = [one for one in concepts if self._lexicon.is_name(one, text)]
        named, unnamed = self._naming(names, seen.score)
        if unnamed:
            return Told(names=unnamed)
        worded = self._notes_only | (terms & (seen.titled >= NAMED) & self._is_worded(text, seen))
        if query.wants:
            worded &= (seen.whole >= ABOUT_IT) & self._serving(query.subjects)
        score = np.where(named & worded, seen.score, 0.0)
        score += (self._standing(about) - OWN * self._aside) * (score > 0.0)
        score = self._fitting(query, concepts, score)
        best = int(np.argmax(score))
        if score[best] < SPEAKS:
            return Told(names=tuple(one.label for one in names))
        chosen = self._chosen(best, score, MOST_VALUES if query.wants else MOST)
        return Told(
            statements=tuple(self._statement(place, today) for place in chosen),
            score=float(score[best]),
            says=self._says(chosen, concepts),
        )

    def _concepts(self, text: str) -> tuple[Concept, ...]:
        topic = self._parts.words(text).topic("excluded")
        return self._lexicon.concepts(topic, text) if topic else ()

    def _fitting(self, query: Query, concepts: Sequence[Concept], score: Shares) -> Shares:
        """Return the relevance of the sentences that hold what is asked for, and 0 for the others.

        That is the year that the question names, and the sort of value that it wants, of the thing
        that it counts. Only the most relevant sentences are looked at.
        """
        years = set(_YEAR.findall(query.text))
        if not query.wants and not years:
            return score
        counted = self._counted(query, concepts)
        kept = np.zeros_like(score)
        for place in np.argsort(-score)[:LOOKED_AT]:
            text = self._sentences.all[place].text
            if years and not years & set(_YEAR.findall(text)):
                continue
            if not query.wants or ((counted is None or place in counted) and _holds(query, text)):
                kept[place] = score[place]
        return kept

    def _counted(self, query: Query, concepts: Sequence[Concept]) -> frozenset[int] | None:
        """Return the sentences that speak of what is counted; `None` where nothing is named."""
        said = counted_in(query.text) if query.wants in ("number", "percentage") else ""
        names = [one for one in concepts if one.label in said]
        return frozenset().union(*(self._sentences.holders(one) for one in names)) or None

    def _standing(self, about: frozenset[str]) -> Shares:
        """Return what being about the framework's own answer adds to each sentence."""
        return np.asarray(self._serving(about) * (ABOUT if about else 0.0), dtype=np.float64)

    def _serving(self, items: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sentences stand in a note about one of some items; all if there are none."""
        facets = {f"about:{one}" for one in items}
        return np.array(
            [not facets or bool(facets & one.passage.facets.keys()) for one in self._sentences.all]
        )

    def _is_worded(self, text: str, seen: Relevant) -> NDArray[np.bool_]:
        """Tell which entries of a glossary are asked for: as words, or as all that is asked."""
        if _ASKS_WORDS.search(text):
            return np.ones_like(self._notes_only)
        return seen.held >= MOSTLY

    def _naming(
        self, names: Sequence[Concept], score: Shares
    ) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Tell which sentences' sources name all that a question names; if none, what is missing.

        What is missing is what the source of the best sentence does not name.
        """
        naming = {one.label: self._sentences.named_by(one) for one in names}
        sources = frozenset(self._by_source).intersection(*naming.values())
        named = np.array([one.source_id in sources for one in self._sentences.all])
        nearest = self._sentences.all[int(np.argmax(score))].source_id
        lost = (label for label, found in naming.items() if nearest not in found)
        return named, () if sources else tuple(lost)

    def _says(self, chosen: Sequence[int], concepts: Sequence[Concept]) -> frozenset[str]:
        sources = {self._sentences.all[place].source_id for place in chosen}
        return frozenset(one.label for one in concepts if sources & self._sentences.named_by(one))

    def _chosen(self, best: int, score: Shares, most: int) -> list[int]:
        """Return the sentences of an answer in reading order, notes together, best note first."""
        chosen: list[int] = []
        for place, source in enumerate(self._notes(best, score)[:NOTES]):
            chosen.extend(
                sorted(self._of_note(source, score, min(most, FURTHER) if place else most))
            )
        return chosen

    def _notes(self, best: int, score: Shares) -> list[str]:
        """Return the best note, and those that are as good."""
        first = self._sentences.all[best].source_id
        tops = {
            source: max(score[at] for at in places) for source, places in self._by_source.items()
        }
        others = [one for one in tops if one != first and tops[one] >= AS_GOOD * score[best]]
        return [first, *sorted(others, key=lambda one: -tops[one])]

    def _of_note(self, source: str, score: Shares, most: int) -> list[int]:
        """Return a note's most relevant sentences, without one that says what another has said."""
        places = self._by_source[source]
        top = max(score[at] for at in places)
        near = [at for at in places if score[at] >= BESIDE * top]
        chosen: list[int] = []
        for place in sorted(near, key=lambda at: -score[at]):
            if all(self._sentences.likeness(place, one) < SAME for one in chosen):
                chosen.append(place)
        return chosen[:most]

    def _statement(self, place: int, today: date) -> Statement:
        return said(self._sentences.all[place], self._corpus, today)


def _is_aside(sentence: Sentence, corpus: Corpus) -> bool:
    """Tell whether a sentence rests on no published work."""
    place = sentence.passage.sentences.index(sentence.span)
    works = {one.id for one in corpus.source_by_id[sentence.source_id].references}
    return not works.intersection(sentence.passage.grounds[place])


def _holds(query: Query, text: str) -> bool:
    """Tell whether a sentence gives the value that is asked for; one that denies it does not."""
    if _DENIES.search(text) and not query.negated:
        return False
    if is_asked_to_be(query.text) and not sets_norm(text):
        return False
    return holds(query.wants, text, query.text)


def said(sentence: Sentence, corpus: Corpus, today: date) -> Statement:
    """Quote a sentence of guidance, with its age where that matters."""
    source = corpus.source_by_id[sentence.source_id]
    return Statement(
        text=sentence.text,
        kind="guidance",
        citations=(cite_from(corpus, sentence.passage.id, sentence.span),),
        section=source.title,
        relation="related",
        as_of=source.as_of if source.dated else "",
        past_review=bool(source.review_by) and date.fromisoformat(source.review_by) < today,
    )
