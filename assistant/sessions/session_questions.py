"""Questions of a quiz: on the framework, on words and years, with options false for certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from assistant.citing.citations import note
from assistant.draft import capitalised
from assistant.records import Citation, Statement
from assistant.sessions.session import Form, Level, Option, QuizItem, Relation
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope, kinds_below
from assistant.sessions.session_truth import GAP, related, truth
from assistant.sessions.situations import Situations
from assistant.understanding.naming import name_of, short_name
from corpus.structure.graph import Item, Kind
from corpus.structure.terms import Term

T = TypeVar("T")

DISTRACTORS = 3
"""Wrong options that a question with one right option has."""


class Ask(NamedTuple):
    """What a question of the quiz asks, before options are chosen."""

    relation: Relation
    subject: str
    closed_set: str
    words: str
    cites: tuple[Citation, ...]


class Questions:
    """What all questions of a session are made with."""

    def __init__(self, quotes: Quotes, scope: Scope, rng: Random, level: Level) -> None:
        """Keep what questions are made of."""
        self._quotes = quotes
        self._whole = quotes.whole
        self._framework = quotes.whole.framework
        self._scope = scope
        self._rng = rng
        self._level = level

    def false(self, ask: Ask, options: Iterable[Option]) -> list[Option]:
        """Return the options that are false for certain, each text once."""
        found: dict[str, Option] = {}
        for one in options:
            if truth(ask.relation, ask.subject, one, self._whole) is False:
                found.setdefault(one.text.lower(), one)
        return list(found.values())

    def item(self, form: Form, ask: Ask, options: Sequence[Option]) -> QuizItem:
        """Return an item, its options in a new order; nothing of it was checked."""
        return QuizItem(
            id="",
            form=form,
            relation=ask.relation,
            subject=ask.subject,
            closed_set=ask.closed_set,
            stem=note(ask.words, ask.cites).model_copy(update={"verdict": "structural"}),
            options=tuple(self.shuffled(options)),
        )

    def clear(self, items: Iterable[Item]) -> list[Item]:
        """Return the items whose words are not doubted, in a new order."""
        passages = self._framework.passage_by_id
        return self.shuffled(
            [
                one
                for one in items
                if all(doubt.confidence == "low" for doubt in passages[one.id].doubts)
            ]
        )

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Return things in a new order."""
        return self._rng.sample(list(things), len(things))


class JudgingQuestions(Questions):
    """Makes questions from situations: which reply does the guidance support?"""

    def replies(self, chosen: Situations) -> Iterator[QuizItem]:
        """Ask for the reply that fits; each option cites the sentence that decides it."""
        for situation in chosen.quiz:
            words = f"{situation.text} {situation.ask}"
            options = [
                Option(
                    text=reply.text,
                    right=reply.fits,
                    about=sentence.citations[0].passage_id,
                    evidence=sentence,
                    why=f"\u201c{sentence.text}\u201d",
                )
                for reply in situation.replies
                if (sentence := chosen.sentence(reply))
            ]
            cites = next(one.evidence.citations for one in options if one.right)
            ask = Ask("fits", situation.id, "replies", words, cites)
            yield self.item("single", ask, options)


class PageQuestions(Questions):
    """Makes questions from the framework's structure."""

    def members(self) -> Iterator[QuizItem]:
        """Ask which items of a kind stand under a top: one right, or several."""
        for top in self._scope.tops:
            for kind in kinds_below(self._framework):
                own = self.clear(self._framework.below(top.id, kind.id))
                others = [
                    one
                    for one in self.clear(self._framework.of_kind(kind.id))
                    if self._framework.top(one.id) != top
                ]
                ask = Ask(
                    "belongs",
                    top.id,
                    kind.plural,
                    _which(kind, name_of(self._framework, top)),
                    (self._quotes.title(top),),
                )
                yield from self._of_members(ask, own, others)

    def _of_members(
        self, ask: Ask, own: Sequence[Item], others: Sequence[Item]
    ) -> Iterator[QuizItem]:
        wrong = self.false(ask, (self._option(one, ask, right=False) for one in others))
        rights = [self._option(one, ask, right=True) for one in self.shuffled(own)]
        if len(rights) >= 2:
            # How many are right is no pattern that one could guess.
            count = min(self._rng.randint(2, 4), len(rights), max(2, len(wrong) - 1))
            words = f"{ask.words} Choose all that apply."
            options = (*rights[:count], *wrong[: max(2, 5 - count)])
            yield self.item("multiple", ask._replace(words=words), options)
            rights = rights[count:] or rights
        if rights:
            words = ask.words.replace("Which of", "Which one of")
            options = (rights[0], *wrong[:DISTRACTORS])
            yield self.item("single", ask._replace(words=words), options)

    def places(self) -> Iterator[QuizItem]:
        """Ask under which top an item stands."""
        tops = self._framework.of_kind(self._scope.tops[0].kind)
        kind = self._framework.kind_by_id[tops[0].kind]
        for item in self.shuffled(self._scope.named):
            words = f"Under which {kind.singular} does {name_of(self._framework, item)} stand?"
            ask = Ask("under", item.id, kind.plural, words, (self._quotes.title(item),))
            own = self._framework.top(item.id)
            wrong = [
                self._option(one, ask, right=False) for one in self.shuffled(tops) if one != own
            ]
            options = (self._option(own, ask, right=True), *wrong[:DISTRACTORS])
            yield self.item("single", ask, options)

    def descriptions(self) -> Iterator[QuizItem]:
        """Ask with which words the page describes an item."""
        items = [one for one in self.clear(self._framework.items) if one.title and one.description]
        for item in self.shuffled([one for one in self._scope.named if one in items]):
            words = f"With which words does the page describe {name_of(self._framework, item)}?"
            ask = Ask("described", item.id, "descriptions", words, (self._quotes.title(item),))
            near = [one for one in items if self._framework.top(one.id) in self._scope.tops]
            # What stands under the same item is the likelier mistake.
            pool = [*self.shuffled(near), *self.shuffled(items)]
            others = (one for one in pool if one != item)
            wrong = self.false(ask, (self._option(one, ask, right=False) for one in others))
            options = (self._option(item, ask, right=True), *wrong[:DISTRACTORS])
            yield self.item("single", ask, options)

    def _option(self, item: Item, ask: Ask, *, right: bool) -> Option:
        top = self._framework.top(item.id)
        place = short_name(self._framework, top)
        text, evidence = item.label, self._quotes.label(item)
        why = f"The page lists it for {place}."
        if ask.relation == "described":
            text, evidence = item.description, self._quotes.statement(item)
            why = f"The page says it of {name_of(self._framework, item)}."
        elif ask.relation == "under":
            asked = short_name(self._framework, self._framework.item(ask.subject))
            stands = "stands" if right else "does not stand"
            why = f"{capitalised(asked)} {stands} under {place}."
        return Option(text=text, right=right, about=item.id, evidence=evidence, why=why)


def _which(kind: Kind, name: str) -> str:
    """Ask for items of a kind; what can stand under several in other words is asked as printed."""
    if kind.shared:
        return f"Which of these {kind.plural} does the page name, in these words, for {name}?"
    return f"Which of these {kind.plural} does the page list for {name}?"


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
