"""The things that a question asks, answered one by one, with a look at what filters hide."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from assistant.answering.decide import join_parts
from assistant.answering.drafting import Drafting
from assistant.draft import REFUSED, is_unanswered
from assistant.records import NO_FILTERS, Draft, Filters
from assistant.rules.narrowing import FILTERED, Narrowing
from assistant.rules.quantity import wanted
from assistant.rules.requests import requested
from assistant.understanding.query import Query
from corpus.whole import Whole

MOST_NARROWINGS = 32
"""Filters of which it is kept what they leave."""


class _Asked(NamedTuple):
    """One thing asked, read under filters and without them."""

    query: Query
    """As it is read under filters."""

    full: Query
    """As it is read without."""


class Answering:
    """Answers whole questions, under filters or without."""

    def __init__(self, whole: Whole, drafting: Drafting) -> None:
        """Keep what answers one thing asked.

        Args:
            whole: framework, notes and glossary, which filters leave a part of.
            drafting: answers from them.
        """
        self._framework = whole.framework
        self._corpus = whole.corpus
        self._drafting = drafting
        self._narrowings: dict[Filters, Narrowing] = {}

    def drafts(self, text: str, today: date, filters: Filters = NO_FILTERS) -> list[Draft]:
        """Answer each thing that a question asks.

        Args:
            text: the question, complete and in one line.
            today: the day on which it is asked.
            filters: what the answers are narrowed to.

        Raises:
            QuestionError: the filters name something that is not there.
        """
        only = self.narrowing(filters)
        defined = self._drafting.definitions.define(text, today)
        if defined:
            whole = only.cut(defined).statements == defined.statements
            return [defined if whole else only.refused(_withheld(defined), defined)]
        if request := requested(text):
            return [only.cut(self._drafting.declined(request, text))]
        return self._answers(text, today, only)

    def told(self, text: str, today: date, filters: Filters) -> Draft:
        """Answer an earlier turn of a conversation, as one draft.

        What filters hide of it may still be what a later turn leans on.
        """
        draft = join_parts(self.drafts(text, today, filters))
        if draft.reason != FILTERED or draft.status not in REFUSED:
            return draft
        return join_parts(self.drafts(text, today))

    def narrowing(self, filters: Filters) -> Narrowing:
        """Return what filters leave of the corpus.

        Raises:
            QuestionError: they name something that is not there.
        """
        if filters not in self._narrowings:
            found = Narrowing(filters, self._framework, self._corpus)
            # One mapping, set at once, as of the vectors below.
            kept = [*self._narrowings.items()][1 - MOST_NARROWINGS :]
            self._narrowings = dict(kept) | {filters: found}
            return found
        return self._narrowings[filters]

    def _answers(self, text: str, today: date, only: Narrowing) -> list[Draft]:
        asked = self._asked(text, only)
        if len(asked) > 1:
            drafts = [self._narrowed(one, today, only, text) for one in asked]
            # A word that stands by itself, such as a greeting, is no thing asked.
            kept = [
                draft
                for one, draft in zip(asked, drafts, strict=True)
                if not is_unanswered(draft) or len(one.full.text.split()) > 1
            ]
            return kept or drafts
        draft = self._narrowed(asked[0], today, only)
        pieces = self._drafting.parts.pieces(text)
        told = [piece for piece in pieces if len(piece.split()) > 1]
        if len(told) == 1 < len(pieces):
            return self._answers(told[0], today, only)
        refused = is_unanswered(draft) or bool(asked[0].full.wants)
        if len(pieces) < 2 or not (refused or any(wanted(piece) for piece in pieces[1:])):
            return [only.cut(self._drafting.definitions.open(draft, text, today))]
        parts = [one for piece in pieces for one in self._asked(piece, only)]
        found = [self._narrowed(one, today, only, text) for one in parts]
        # What filters hide of a part is told, as an answer to it would be.
        given = [not is_unanswered(one) or one.reason == FILTERED for one in found]
        if draft.status in REFUSED:
            return found if any(given) else [draft]
        named = [kept and one.full.named for kept, one in zip(given, parts, strict=True)]
        return found if all(given) or any(named) else [draft]

    def _asked(self, text: str, only: Narrowing) -> list[_Asked]:
        """Read a question twice where filters leave only a part of the framework to it."""
        reading = self._drafting.understanding
        full = reading.read(text)
        if not (only.reads and only.framed):
            return [_Asked(query, query) for query in full]
        return [_Asked(*pair) for pair in zip(reading.read(text, only), full, strict=True)]

    def _narrowed(self, asked: _Asked, today: date, only: Narrowing, whole: str = "") -> Draft:
        """Answer one thing asked under filters, or say why not: with a look at what they hide."""
        query, everything = only.query(asked.query), self.narrowing(NO_FILTERS)
        if not only.any or query is None:
            full = self._drafting.draft(asked.full, today, everything, whole)
            return full if not only.any else only.settled(_withheld(full), full)
        draft = self._drafting.draft(query, today, only, whole)
        draft = only.partly(only.cut(draft), only.lost(asked.query, query))
        if draft.status == "answered":
            return draft
        return only.settled(draft, self._drafting.draft(asked.full, today, everything, whole))


def _withheld(full: Draft) -> Draft:
    """Return what is left of an answer to a question that names what filters leave out."""
    bare = {"statements": (), "hits": (), "nearest": (), "completeness": (), "follow_ups": ()}
    return full.model_copy(update=bare | {"status": "not_covered", "reason": FILTERED})
