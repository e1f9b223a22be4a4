"""Questions of a quiz in the making: what each asks, with options that are false for certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from assistant.citing.citations import note
from assistant.records import Citation
from assistant.sessions.session import Form, Level, Option, QuizItem, Relation
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope
from assistant.sessions.session_truth import truth
from corpus.structure.graph import Item

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
        """Keep what questions are made of.

        Args:
            quotes: of the corpus.
            scope: what the session is about.
            rng: chooses among what is equal.
            level: advanced questions take distractors that stand nearer.
        """
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

    def item(
        self, form: Form, ask: Ask, options: Sequence[Option], accepted: tuple[str, ...] = ()
    ) -> QuizItem:
        """Return an item, its options in a new order; nothing of it was checked."""
        shown = options if form == "short" else self.shuffled(options)
        return QuizItem(
            id="",
            form=form,
            relation=ask.relation,
            subject=ask.subject,
            closed_set=ask.closed_set,
            stem=note(ask.words, ask.cites).model_copy(update={"verdict": "structural"}),
            options=tuple(shown),
            accepted=accepted,
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
