"""Questions of a quiz on the framework: what stands where, in which words, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.draft import capitalised
from assistant.rules.subjects import name_of, short_name
from assistant.sessions.session import Option, QuizItem
from assistant.sessions.session_questions import DISTRACTORS, Ask, Questions
from assistant.sessions.session_scope import kinds_below
from assistant.sessions.session_truth import counted
from corpus.structure.graph import Item, Kind


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
            pool = near if self._level == "advanced" and len(near) > DISTRACTORS else items
            others = (one for one in self.shuffled(pool) if one != item)
            wrong = self.false(ask, (self._option(one, ask, right=False) for one in others))
            options = (self._option(item, ask, right=True), *wrong[:DISTRACTORS])
            yield self.item("single", ask, options)

    def names(self) -> Iterator[QuizItem]:
        """Ask for the title that belongs to a description, to be written."""
        items = [one for one in self.clear(self._scope.named) if one.description]
        for item in self.shuffled(items):
            kind = self._framework.kind_by_id[item.kind]
            words = (
                f"Which {kind.singular} does the page describe with the words"
                f" \u201c{item.description}\u201d? Write its name or its number."
            )
            ask = Ask("titled", item.id, "", words, (self._quotes.words(item),))
            option = self._option(item, ask, right=True)
            accepted = (option.text, *((str(item.number),) if item.number else ()))
            yield self.item("short", ask, (option,), accepted)

    def counts(self) -> Iterator[QuizItem]:
        """Ask how many items of a kind the page lists for a top, to be written."""
        for top in self._scope.tops:
            for kind in kinds_below(self._framework):
                number = counted(top.id, kind.id, self._whole)
                if number < 2:
                    continue
                words = (
                    f"How many {kind.plural} does the page list for"
                    f" {name_of(self._framework, top)}? Write a number."
                )
                ask = Ask("count", top.id, "", words, (self._quotes.title(top),))
                items = self._framework.below(top.id, kind.id)
                option = Option(
                    text=str(number),
                    right=True,
                    about=kind.id,
                    evidence=self._quotes.all_of(items),
                    why=f"The page lists {number} {kind.plural} there.",
                )
                yield self.item("short", ask, (option,))

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
