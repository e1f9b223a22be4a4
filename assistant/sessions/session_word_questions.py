"""Questions of a quiz on words and years: abbreviations, preferred terms, a gap in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.records import Statement
from assistant.sessions.session import Option, QuizItem, Relation
from assistant.sessions.session_questions import DISTRACTORS, Ask, Questions
from assistant.sessions.session_truth import GAP, related
from corpus.structure.terms import Term

NEAR = 9
"""Wordings that look most like the right one, of which the wrong options are drawn."""


class WordQuestions(Questions):
    """Makes questions from the glossary and from sentences of notes."""

    def expansions(self, text: str) -> Iterator[QuizItem]:
        """Ask what an abbreviation of the session stands for."""
        terms = [one for one in self._whole.glossary.terms if one.expansion and one.status == "use"]
        used = [one for one in terms if self._quotes.mentions(text, one.term)]
        for term in self.shuffled(used):
            words = f"What does the abbreviation {term.term} stand for?"
            ask = Ask("expands", term.id, "expansions", words, self._quotes.term(term).citations)
            yield from self._worded(ask, term, terms, lambda one: one.expansion)

    def terms(self, text: str) -> Iterator[QuizItem]:
        """Ask for the term to use instead of one to avoid, where the session is about either."""
        glossary = self._whole.glossary
        avoid = [one for one in glossary.terms if one.status == "avoid"]
        ids = {one.id for one in (*self._scope.tops, *self._scope.named)}
        text = text.lower()
        near = [
            one
            for one in avoid
            if ids.intersection((*one.items, *one.related)) or one.term.lower() in text
        ]
        for term in self.shuffled(near):
            words = f"Which term is preferred to the wording \u201c{term.term}\u201d?"
            cites = self._quotes.term(term).citations
            ask = Ask("preferred", term.id, "preferred terms", words, cites)
            yield from self._worded(ask, term, avoid, glossary.instead_of)

    def _worded(
        self, ask: Ask, term: Term, terms: Sequence[Term], said: Callable[[Term], str]
    ) -> Iterator[QuizItem]:
        def option(one: Term) -> Option:
            why = (
                f"It is what {one.term} stands for."
                if ask.relation == "expands"
                else (f"It is the term to use instead of \u201c{one.term}\u201d.")
            )
            return Option(
                text=said(one),
                right=one == term,
                about=one.id,
                evidence=self._quotes.term(one),
                why=why,
            )

        others = [
            one
            for one in self.shuffled(terms)
            if said(one) and not related(self._whole.glossary, one, term)
        ]
        others.sort(key=lambda one: _distance(said(one), said(term)))
        near = self.false(ask, map(option, others))[:NEAR]
        wrong = self.shuffled(near)[:DISTRACTORS]
        if term.expansion or said(term):
            yield self.item("single", ask, (option(term), *wrong))

    def years(self, messages: Sequence[Statement]) -> Iterator[QuizItem]:
        """Ask for the year of a key message that names one."""
        words = "Which year belongs in the gap?"
        pool = self._sentences(self._quotes.year)
        for message in self.shuffled([one for one in messages if self._quotes.year(one)]):
            year = int(self._quotes.year(message))
            near = sorted(
                self.shuffled(pool), key=lambda one: abs(int(self._quotes.year(one)) - year)
            )
            yield self._gapped("gap", words, message, near, self._quotes.year)

    def bodies(self, messages: Sequence[Statement]) -> Iterator[QuizItem]:
        """Ask for the body that a key message names and rests on."""
        words = "Which body belongs in the gap?"
        pool = self._sentences(self._quotes.body)
        for message in self.shuffled([one for one in messages if self._quotes.body(one)]):
            yield self._gapped("named", words, message, self.shuffled(pool), self._quotes.body)

    def _sentences(self, said: Callable[[Statement], str]) -> list[Statement]:
        """Return the sentences of the session's notes, and of all where those are few."""
        notes = [one for one in self._whole.notes if one.front.review_by >= self._quotes.today]
        for some in (self._scope.notes, notes):
            found = [one for note in some for one in self._quotes.published(note) if said(one)]
            if len({said(one) for one in found}) > DISTRACTORS * 2:
                break
        return found

    def _gapped(
        self,
        relation: Relation,
        words: str,
        message: Statement,
        others: Sequence[Statement],
        said: Callable[[Statement], str],
    ) -> QuizItem:
        value = said(message)
        ask = Ask(
            relation,
            self._quotes.place(message),
            "years" if relation == "gap" else "bodies",
            f"{words} \u201c{message.text.replace(value, GAP)}\u201d",
            message.citations,
        )

        def option(one: Statement) -> Option:
            why = f"It stands in another sentence, in \u201c{one.section}\u201d."
            if one == message:
                why = "It is what the sentence says."
            return Option(
                text=said(one),
                right=one == message,
                about=one.citations[0].passage_id,
                evidence=one,
                why=why,
            )

        wrong = self.false(ask, map(option, (one for one in others if one != message)))
        return self.item("single", ask, (option(message), *wrong[:DISTRACTORS]))


def _distance(one: str, other: str) -> tuple[bool, int]:
    """Return how unlike two wordings look: a name beside a common noun, then length in words."""
    return one[0].isupper() != other[0].isupper(), abs(len(one.split()) - len(other.split()))
