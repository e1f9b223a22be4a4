"""Questions of a quiz on words and years: abbreviations, preferred terms, a gap in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.answer import Statement
from assistant.session import Option, QuizItem
from assistant.session_questions import DISTRACTORS, Ask, Questions
from assistant.session_truth import GAP, YEAR, related
from corpus.terms import Term


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
        wrong = self.false(ask, map(option, others))
        if term.expansion or said(term):
            yield self.item("single", ask, (option(term), *wrong[:DISTRACTORS]))

    def years(self, messages: Sequence[Statement]) -> Iterator[QuizItem]:
        """Ask for the year of a key message that names one."""
        dated = [one for one in messages if self._quotes.year(one)]
        pool = [one for note in self._scope.notes for one in self._quotes.dated(note)]
        for message in self.shuffled(dated):
            year, subject = self._quotes.year(message), self._quotes.place(message)
            blank = YEAR.sub(GAP, message.text)
            words = f"Which year belongs in the gap? \u201c{blank}\u201d"
            ask = Ask("gap", subject, "years", words, message.citations)

            def option(
                one: Statement, subject: str = subject, message: Statement = message
            ) -> Option:
                return Option(
                    text=self._quotes.year(one),
                    right=one == message,
                    about=one.citations[0].passage_id,
                    evidence=one,
                    why="It is the year that the sentence gives."
                    if one == message
                    else f"It is the year of another sentence, in \u201c{one.section}\u201d.",
                )

            near = sorted(
                self.shuffled(pool), key=lambda one: abs(int(self._quotes.year(one)) - int(year))
            )
            wrong = self.false(ask, map(option, (one for one in near if one != message)))
            yield self.item("single", ask, (option(message), *wrong[:DISTRACTORS]))
