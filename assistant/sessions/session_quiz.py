"""The quiz of a session: cases first, then terms, and only what the structure proves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

from assistant.citing.citations import note
from assistant.records import Citation, Dropped, Statement
from assistant.sessions.session import Option, QuizItem, Relation
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope
from assistant.sessions.session_truth import faults, related, truth
from assistant.sessions.situations import Situations
from corpus.structure.terms import Term

DISTRACTORS = 3
"""Wrong options that a question on a term has."""

PLACES = 3
"""Places, from the first, that keys take in turn."""

FEW = 3
"""Questions from which nobody is asked what an abbreviation stands for."""

NEAR = 9
"""Wordings that look most like the right one, of which the wrong options are drawn."""


class Quizzing:
    """Makes the items of a quiz, and chooses among them."""

    def __init__(self, quotes: Quotes, scope: Scope, rng: Random, chosen: Situations) -> None:
        """Keep what questions are made of."""
        self._quotes = quotes
        self._whole = quotes.whole
        self._scope = scope
        self._rng = rng
        self._chosen = chosen
        self._places: list[int] = []

    def quiz(
        self, count: int, messages: Sequence[Statement]
    ) -> tuple[tuple[QuizItem, ...], list[Dropped]]:
        """Return up to `count` items that stand, and those that do not with why.

        Cases come first; of what tests memory there is one of each kind at most, and last. What an
        abbreviation stands for is asked only where there is little else.

        Args:
            count: how many are wanted.
            messages: the session's key messages; their terms are asked for.
        """
        standing, dropped = self.standing(messages)
        chosen: list[QuizItem] = []
        for item in standing:
            alike = any(one.relation == item.relation for one in chosen)
            enough = len(chosen) >= (FEW if item.relation == "expands" else count)
            if not enough and (item.relation == "fits" or not alike):
                chosen.append(item)
        return numbered(chosen), dropped

    def standing(self, messages: Sequence[Statement]) -> tuple[list[QuizItem], list[Dropped]]:
        """Return all items that stand, the best first, and those that do not with why."""
        found: list[QuizItem] = []
        dropped: list[Dropped] = []
        text = " ".join(one.text for one in messages)
        for maker in (self._cases(), self._terms(text), self._expansions(text)):
            for item in maker:
                if wrong := faults(item, self._whole):
                    dropped.append(Dropped(text=item.stem.text, reason=wrong[0]))
                else:
                    found.append(item)
        return found, dropped

    def _cases(self) -> Iterator[QuizItem]:
        """Ask for the reply that fits; each option cites the sentence that decides it."""
        for situation in self._chosen.quiz:
            options = [
                Option(
                    text=reply.text,
                    right=reply.fits,
                    about=sentence.citations[0].passage_id,
                    evidence=sentence,
                    why=f"\u201c{sentence.text}\u201d",
                )
                for reply in situation.replies
                if (sentence := self._chosen.sentence(reply))
            ]
            cites = next(one.evidence.citations for one in options if one.right)
            words = f"{situation.text} {situation.ask}"
            yield self._item("fits", situation.id, words, cites, options)

    def _item(
        self,
        relation: Relation,
        subject: str,
        words: str,
        cites: tuple[Citation, ...],
        options: Sequence[Option],
    ) -> QuizItem:
        """Return an item whose key takes each place in turn; nothing of it was checked."""
        wrong = [one for one in options if not one.right]
        self._places = self._places or self._rng.sample(range(PLACES), PLACES)
        at, shown = self._places.pop(), self._rng.sample(wrong, len(wrong))
        shown[at:at] = [one for one in options if one.right]
        return QuizItem(
            id="",
            relation=relation,
            subject=subject,
            stem=note(words, cites).model_copy(update={"verdict": "structural"}),
            options=tuple(shown),
        )

    def _terms(self, text: str) -> Iterator[QuizItem]:
        """Ask for the term to use instead of one to avoid, where the session is about either."""
        glossary = self._whole.glossary
        avoid = [one for one in glossary.terms if one.status == "avoid"]
        ids = {one.id for one in (*self._scope.tops, *self._scope.named)}
        near = [
            one
            for one in avoid
            if ids.intersection((*one.items, *one.related)) or one.term.lower() in text.lower()
        ]
        words = "Which term is preferred to the wording \u201c{}\u201d?"
        why = "It is the term to use instead of \u201c{}\u201d."
        yield from self._worded("preferred", near, avoid, glossary.instead_of, words, why)

    def _expansions(self, text: str) -> Iterator[QuizItem]:
        """Ask what an abbreviation of the session stands for."""
        terms = [one for one in self._whole.glossary.terms if one.expansion and one.status == "use"]
        used = [one for one in terms if self._quotes.mentions(text, one.term)]
        words = "What does the abbreviation {} stand for?"
        why = "It is what {} stands for."
        yield from self._worded("expands", used, terms, lambda one: one.expansion, words, why)

    def _worded(
        self,
        relation: Relation,
        asked: Sequence[Term],
        terms: Sequence[Term],
        said: Callable[[Term], str],
        words: str,
        why: str,
    ) -> Iterator[QuizItem]:
        for term in self._rng.sample(asked, len(asked)):
            options = [
                Option(
                    text=said(one),
                    right=one == term,
                    about=one.id,
                    evidence=self._quotes.term(one),
                    why=why.format(one.term),
                )
                for one in self._rng.sample(terms, len(terms))
                if said(one) and (one == term or not related(self._whole.glossary, one, term))
            ]
            right = [one for one in options if one.right]
            false = {
                one.text.lower(): one
                for one in options
                if truth(relation, term.id, one, self._whole) is False
            }
            near = sorted(false.values(), key=lambda one: _distance(one.text, said(term)))[:NEAR]
            wrong = self._rng.sample(near, min(DISTRACTORS, len(near)))
            cites = self._quotes.term(term).citations
            yield self._item(relation, term.id, words.format(term.term), cites, (*right, *wrong))


def numbered(items: Iterable[QuizItem]) -> tuple[QuizItem, ...]:
    """Return items under their places in the quiz: `Q1`."""
    return tuple(one.model_copy(update={"id": f"Q{number}"}) for number, one in enumerate(items, 1))


def is_same(item: QuizItem, other: QuizItem) -> bool:
    """Tell whether one of two items asks what the other asks, or gives its key away."""
    if item.relation != other.relation:
        return False
    if item.relation == "fits":
        return item.subject == other.subject
    mine, theirs = ({one.text for one in two.options} for two in (item, other))
    keys = {one.text for two in (item, other) for one in two.options if one.right}
    return bool(keys & mine & theirs)


def _distance(one: str, other: str) -> tuple[bool, int]:
    """Return how unlike two wordings look: a name beside a common noun, then length in words."""
    return one[0].isupper() != other[0].isupper(), abs(len(one.split()) - len(other.split()))
