"""The composer of answers from guidance: whole sentences, from as few notes as answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.answering.selection import AS_GOOD, Selection
from assistant.answering.sentences import Relevant, Sentence, Sentences, Shares
from assistant.citing.citations import cite_from
from assistant.records import Citation, Filters, Statement
from assistant.retrieval.encoder import Vector
from assistant.rules.cues import COMPARISONS
from assistant.rules.fitting import Fitting
from assistant.rules.lexicon import Concept, Lexicon, words_of
from assistant.rules.narrowing import Narrowing
from assistant.rules.parts import Parts
from assistant.rules.provisions import provisions_in
from assistant.rules.replying import asks_yes_or_no, first_word
from assistant.rules.seeking import Seeking
from assistant.understanding.query import Query
from corpus.passage import Corpus
from corpus.readers.entries import KIND as TERM

COMPOSER = "guidance-1"
"""Name and version of the composer, for an answer's provenance."""

SPEAKS = 0.25
"""Relevance from which a sentence may answer a question at all; whether it does is judged of the
whole answer."""

MOST = 8
"""Sentences that the best note gives to an answer."""

MOST_VALUES = 2
"""The same for a question that a number, a date or a name answers."""

NAMED = 0.6
"""Share of the title of a glossary entry that a question says, if the entry is to answer it."""

WHOLE = 0.999
"""Share of its concepts that a sentence holds which holds all."""

MOSTLY = 0.75
"""Share of a question's concepts that a glossary entry holds, if it is to answer an ordinary
one."""

ABOUT = 0.03
"""What being about the framework's own answer adds to a note's relevance."""

COMPARES = 0.06
"""What a note about how things differ gains where that is asked."""

OWN = 0.06
"""What a sentence loses that is our own judgement, or speaks of the framework unasked."""

PLACED = 0.8
"""Share of the best note's relevance from which another on the same place of a law is as good."""

HOLDS = 0.45
"""Share of a question's concepts from which a sentence says yes or no that does not speak of what
is asked in the question's own words."""

RESTING = 3
"""Sentences, the most relevant first, of which it is told what they rest on in the framework."""

NEAREST = 2
"""Sentences that are shown as the closest where none answers."""

NEAR = 0.3
"""Relevance from which a sentence is shown so."""

MOST_LEFT = 32
"""Filters for which it is kept which sentences they leave."""

_ASKS_WORDS = re.compile(
    r"\b(?:mean(?:s|ing|t)?|stands? for|abbreviation|acronym|terms?|terminology|words?|wording"
    r"|phrase|call(?:ed)?|say(?:ing)?|definition|define[sd]?|differ(?:s|ence|ent)?|versus|vs?\.?|same"
    r"|confus\w+|what(?: is|'s) (?:that|this|it))\b",
    re.I,
)


class Told(NamedTuple):
    """What guidance says in reply to a question."""

    statements: tuple[Statement, ...] = ()
    """Sentences in reading order, notes together; none where it does not answer."""

    best: int = 0
    """Which of them is the most relevant, counted from 0."""

    word: str = ""
    """`Yes` or `No`, where that is asked and the best of them settles it."""

    polar: bool = False
    """Whether that is asked."""

    score: float = 0.0
    """Relevance of the best sentence, 0 to 1."""

    ahead: float = 0.0
    """How much more relevant it is than any of another text."""

    agreed: bool = False
    """Whether a search by words and meaning puts the same text first."""

    whole: float = 0.0
    """Share of the question's concepts that its text holds."""

    titled: bool = False
    """Whether its best sentence stands under a title that the question says, and holds the rest."""

    asked: float = 0.0
    """Cosine of the question with the likest everyday question that what is told answers."""

    asked_ahead: float = 0.0
    """How much greater that is than for any other text."""

    says: frozenset[str] = frozenset()
    """Concepts of the question, as typed, that the sources of its statements hold."""

    names: tuple[str, ...] = ()
    """What the question names and the best text does not; all of it where nothing is told."""

    rests: frozenset[str] = frozenset()
    """Passages of other sources that the best of its statements rest on."""

    bears: frozenset[str] = frozenset()
    """Passages of other sources that anything in their notes rests on."""

    nearest: tuple[Citation, ...] = ()
    """What is closest, where guidance does not answer."""


class Guidance:
    """Answers questions from the sentences of notes."""

    def __init__(
        self,
        corpus: Corpus,
        sentences: Sentences,
        parts: Parts,
        lexicon: Lexicon,
        seeking: Seeking,
    ) -> None:
        """Keep what a question is held against.

        Args:
            corpus: all passages and their sources.
            sentences: those of guidance.
            parts: takes questions apart.
            lexicon: what is known of words.
            seeking: puts questions as they are sought.
        """
        self._seeking = seeking
        self._corpus = corpus
        self._sentences = sentences
        self._parts = parts
        self._lexicon = lexicon
        self._fitting = Fitting(sentences, corpus)
        self._selection = Selection(sentences)
        comparing = {one.text_id for one in sentences.all if _compares(one)}
        # What we judge, or what the framework says, is told beside what a note is about.
        self._aside = _shares(_is_aside(one, corpus) for one in sentences.all)
        self._comparing = _shares(one.text_id in comparing for one in sentences.all)
        self._left: dict[Filters, NDArray[np.bool_]] = {}
        self._notes_only = _shares(one.passage.facets["kind"] != TERM for one in sentences.all) > 0

    def serves(self, item_id: str) -> bool:
        """Tell whether a note is about an item of the framework."""
        return bool(self._serving([item_id]).any())

    def tell(
        self,
        query: Query,
        vector: Vector,
        today: date,
        *,
        about: frozenset[str] = frozenset(),
        whole: str = "",
        terms: bool = True,
        first: str = "",
        only: Narrowing | None = None,
    ) -> Told:
        """Return what guidance says, if it answers.

        Args:
            query: one thing asked.
            vector: of the question as it is sought.
            today: the day on which it is asked.
            about: items that the framework's own answer rests on; notes about them are preferred.
            whole: the question that this is a part of, if it asks several things.
            terms: whether an entry of the glossary may answer.
            first: the passage that a search by words and meaning puts first.
            only: filters; what they leave out does not answer, but what does is held against it: a
                weaker text is no better an answer for being the best that is left.
        """
        kept = self._kept(only)
        if not kept.any():
            return Told()
        text = whole or query.text
        concepts = self._concepts(self._seeking.words(text))
        seen = self._sentences.relevance(vector, concepts)
        everywhere = seen
        seen = seen._replace(score=seen.score * kept, asked=seen.asked * kept)
        names = [one for one in concepts if self._lexicon.is_name(one, text)]
        named, unnamed = self._naming(names, seen.score, kept)
        open_ = kept & named & self._open_to(query, text, seen, terms=terms)
        score = np.where(open_, seen.score + self._standing(text, about), 0.0)
        score = self._fitting.fit(query, concepts, seen, score)
        if score.max() < SPEAKS:
            said = unnamed or tuple(one.label for one in names)
            return Told(names=said, nearest=self._nearest(seen.score))
        as_good = PLACED if provisions_in(query.text) else AS_GOOD
        chosen = self._selection.choose(score, MOST_VALUES if query.wants else MOST, as_good)
        told = self._told(chosen, concepts, score, today)
        best = int(np.argmax(score))
        top = self._sentences.all[best].text_id
        settling, word = self._settling(text, concepts, chosen, seen._replace(score=score))
        other = np.max(score, where=~self._sentences.are_of({top}), initial=0.0)
        hidden = everywhere.score + self._standing(text, about)
        other = np.max(hidden, where=~kept & self._notes_only, initial=other)
        return told._replace(
            names=unnamed,
            ahead=float(score[best] - other),
            agreed=first == top or first.startswith(f"{top}#"),
            whole=float(seen.whole[best]),
            titled=bool(seen.titled[best] >= NAMED and seen.held[best] >= WHOLE),
            asked=float(max(seen.asked[chosen])),
            asked_ahead=self._asked_ahead(chosen, everywhere.asked),
            best=chosen.index(settling if word else best),
            polar=asks_yes_or_no(text),
            word=word,
            nearest=self._nearest(seen.score),
        )

    def _asked_ahead(self, chosen: Sequence[int], asked: Shares) -> float:
        texts = {self._sentences.all[place].text_id for place in chosen}
        other = np.max(asked, where=~self._sentences.are_of(texts), initial=0.0)
        return float(max(asked[chosen]) - other)

    def _settling(
        self, text: str, concepts: Sequence[Concept], chosen: Sequence[int], seen: Relevant
    ) -> tuple[int, str]:
        """Return the sentence that settles a yes-or-no question, and its word; none if empty.

        It is the best that speaks of what is asked, which is what the question says last, names
        aside: `force` of `is the treaty in force in X`. Where none does, it is the best of all, if
        that holds enough of the question.
        """
        end = text.rfind("?") + 1 or len(text)
        before = [one for one in concepts if one.end <= end]
        plain = [one for one in before if not self._lexicon.is_name(one, text)] or before
        if not (plain and asks_yes_or_no(text)):
            return 0, ""
        asked = self._sentences.holders(max(plain, key=lambda one: one.end))
        ranked = sorted(chosen, key=lambda one: -float(seen.score[one]))
        best = [one for one in ranked[:1] if seen.held[one] >= HOLDS]
        for place in (*[one for one in ranked if one in asked][:1], *best):
            held, similarity = float(seen.held[place]), float(seen.similarity[place])
            sentence = self._sentences.all[place].text
            if word := first_word(text, sentence, held=held, similarity=similarity):
                return place, word
        return 0, ""

    def _told(
        self, chosen: Sequence[int], concepts: Sequence[Concept], score: Shares, today: date
    ) -> Told:
        best = sorted(chosen, key=lambda place: -score[place])[:RESTING]
        sentences = [self._sentences.all[place] for place in chosen]
        texts = {one.text_id for one in sentences}
        beside = (self._sentences.all[at] for text in texts for at in self._selection.of(text))
        return Told(
            statements=tuple(said(one, self._corpus, today) for one in sentences),
            score=float(score.max()),
            says=frozenset(one.label for one in concepts if texts & self._sentences.named_by(one)),
            rests=frozenset(one for place in best for one in self._sentences.all[place].grounds),
            bears=frozenset(ground for one in beside for ground in one.grounds),
        )

    def _nearest(self, score: Shares) -> tuple[Citation, ...]:
        places = [at for at in np.argsort(-score)[:NEAREST] if score[at] >= NEAR]
        found = (self._sentences.all[at] for at in places)
        return tuple(cite_from(self._corpus, one.passage.id, one.span) for one in found)

    def _concepts(self, text: str) -> tuple[Concept, ...]:
        topic = self._parts.words(text).topic("excluded")
        return self._lexicon.concepts(topic, text) if topic else ()

    def _open_to(
        self, query: Query, text: str, seen: Relevant, *, terms: bool
    ) -> NDArray[np.bool_]:
        """Tell which sentences may answer at all: by the sort of their text, and what it holds."""
        worded = self._notes_only | (terms & (seen.titled >= NAMED) & self._is_worded(text, seen))
        return worded & self._serving(query.subjects) if query.wants else worded

    def _standing(self, text: str, about: frozenset[str]) -> Shares:
        """Return what is added to each sentence's relevance, whatever the question's topic."""
        compared = bool(COMPARISONS & {word for word, _, _ in words_of(text)})
        added: Shares = COMPARES * compared * self._comparing - OWN * self._aside
        return added + ABOUT * self._serving(about) if about else added

    def _serving(self, items: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sentences stand in a note about one of some items; all if there are none."""
        if not items:
            return np.ones_like(self._notes_only)
        facets = {f"about:{one}" for one in items}
        return np.array([not facets.isdisjoint(one.passage.facets) for one in self._sentences.all])

    def _is_worded(self, text: str, seen: Relevant) -> NDArray[np.bool_]:
        """Tell which entries of a glossary are asked for: as words, or as all that is asked."""
        if _ASKS_WORDS.search(text):
            return np.ones_like(self._notes_only)
        return seen.held >= MOSTLY

    def _kept(self, only: Narrowing | None) -> NDArray[np.bool_]:
        """Tell which sentences filters leave."""
        if only is None or not only.any:
            return np.ones_like(self._notes_only)
        if only.filters not in self._left:
            left = [only.shows(one.passage.id) for one in self._sentences.all]
            if len(self._left) >= MOST_LEFT:
                self._left.clear()
            self._left[only.filters] = np.array(left, dtype=np.bool_)
        return self._left[only.filters]

    def _naming(
        self, names: Sequence[Concept], score: Shares, kept: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Tell which sentences' texts name all that a question names; all if none does.

        What is missing then is what the text of the best sentence does not name.
        """
        naming = {one.label: self._sentences.named_by(one) for one in names}
        texts = self._selection.texts.intersection(*naming.values())
        if texts and not kept.all():
            texts &= {self._sentences.all[at].text_id for at in np.flatnonzero(kept)}
        if texts:
            return self._sentences.are_of(texts), ()
        nearest = self._sentences.all[int(np.argmax(score))].text_id
        lost = (label for label, found in naming.items() if nearest not in found)
        return np.ones_like(self._notes_only), tuple(lost)


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


def _shares(flags: Iterable[bool]) -> Shares:
    return np.array(list(flags), dtype=np.float64)


def _compares(sentence: Sentence) -> bool:
    """Tell whether what stands above a sentence says that its note is about how things differ."""
    told = " ".join((*sentence.passage.heading_path[:1], *sentence.passage.also))
    return bool(COMPARISONS & {word for word, _, _ in words_of(told)})


def _is_aside(sentence: Sentence, corpus: Corpus) -> bool:
    """Tell whether a sentence rests on no published work."""
    works = {one.id for one in corpus.source_by_id[sentence.source_id].references}
    return not works.intersection(sentence.grounds)
