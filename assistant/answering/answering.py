"""The things that a question asks, answered one by one, with a look at what filters hide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.answering.decide import join_parts
from assistant.answering.drafting import Drafting
from assistant.draft import REFUSED, is_unanswered
from assistant.errors import ModelError
from assistant.records import NO_FILTERS, Draft, Filters
from assistant.rules.narrowing import FILTERED, Narrowing
from assistant.rules.quantity import wanted
from assistant.rules.requests import requested
from assistant.understanding.framework_reader import SURE
from assistant.understanding.query import Query
from assistant.understanding.reader import FACETS
from assistant.understanding.reading import Reading, query_of, restated
from corpus.checks.orders import is_order
from corpus.whole import Whole

PLACED = ("age", "country", "date", "penalty", "percentage", "place")
"""Sorts of value that no item of a framework is."""

BARE = 2
"""Words up to which a turn, such as `why?`, says nothing by itself."""

FRAGMENT = 5
"""Words up to which a question is asked back that has no turn before it and leans on one."""

ALONE = 0.85
"""Sureness from which a turn is read without those before it."""

PAGE = 0.8
"""Certainty of its being about the whole page, where a question names no kind of item."""

MOST_NARROWINGS = 32
"""Filters of which it is kept what they leave."""


class _Asked(NamedTuple):
    """One thing asked, read under filters and without them."""

    query: Query
    """As it is read under filters."""

    full: Query
    """As it is read without."""


class _Read(NamedTuple):
    """What the reader made of a question."""

    queries: list[Query]
    """One for each thing asked."""

    restated: str
    """The question as it stands without the turns before it."""


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

    def read(self, text: str, turns: Sequence[str] = ()) -> _Read | None:
        """Return what a question asks of the framework; none where the reader is not sure of it.

        Args:
            text: the question.
            turns: those before it, oldest first.
        """
        if not self._drafting.reader.reads or requested(text) or is_order(text):
            return None
        plain = self._drafting.understanding.read(text)
        if self._is_left(text, plain):
            return None
        alone, found = self._readings(text, turns)
        if not found:
            return None
        words = self._drafting.parts.words(text)
        if not words.kinds and any(one.weight < PAGE and not one.subjects for one in found):
            return None
        if wanted(text) == "number" and any(one.operation != "count" for one in found):
            return None
        if _is_read_better(plain[0], found):
            return None
        queries = self._queries(text, found, plain[0])
        sure = [one for one in queries if one is not None]
        if len(sure) < len(queries) or any(one.certainty < SURE for one in found):
            return None
        carried = [one.asked for one in found] != [one.asked for one in alone]
        said = " ".join(restated(one, self._framework) for one in found) if carried else text
        return _Read(sure, said)

    def _readings(
        self, text: str, turns: Sequence[str]
    ) -> tuple[Sequence[Reading], Sequence[Reading]]:
        """Return readings of a turn by itself and after those before it; none without weights."""
        try:
            alone = self._drafting.reader.read(text)
            if not turns or all(one.certainty * one.weight >= ALONE for one in alone):
                return alone, alone
            return alone, self._drafting.reader.read(text, turns)
        except ModelError:
            return (), ()

    def _queries(self, text: str, found: Sequence[Reading], plain: Query) -> list[Query | None]:
        """Return what readings come to, with what the words of the question say beside it."""
        words = self._drafting.parts.words(text)
        if words.counting in ("most", "least"):
            found = [one.model_copy(update={"extreme": words.counting}) for one in found]
        queries = [query_of(one, text, self._framework) for one in found]
        if words.opens_with == "why":
            queries = [one and one.model_copy(update={"polar": False}) for one in queries]
        return [one and _defining(one) for one in queries] if plain.brief else queries

    def _is_left(self, text: str, plain: Sequence[Query]) -> bool:
        """Tell whether a question is left to the patterns: what they know and the reader cannot.

        A number that no item has, a kind that the reader was not trained on, a value that is no
        number of items, what has more.
        """
        if any(one.premise and not (one.unnamed or one.subjects) for one in plain):
            return True
        if any(one.wants in PLACED for one in plain):
            return True
        words = self._drafting.parts.words(text)
        if words.counting in ("more", "fewer"):
            return True
        return any(self._framework.kind_by_id[one].facet not in FACETS for one in words.kinds)

    def is_asked_back(self, text: str, turns: Sequence[str], draft: Draft | None) -> bool:
        """Tell whether a turn is left to what resolves it: a bare why, or a fragment alone.

        Args:
            text: the turn.
            turns: those before it.
            draft: what asks back, or replies, in place of an answer; if there is one.
        """
        words = len(text.split())
        if draft is None:
            return bool(turns) and words <= BARE
        return bool(draft.choices) or (not turns and words <= FRAGMENT)

    def carried_out(
        self, read: _Read, text: str, today: date, filters: Filters = NO_FILTERS
    ) -> list[Draft]:
        """Answer each thing that was read.

        Raises:
            QuestionError: the filters name something that is not there.
        """
        only = self.narrowing(filters)
        whole = text if len(read.queries) > 1 else ""
        return [self._narrowed(_Asked(one, one), today, only, whole) for one in read.queries]

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


def _is_read_better(plain: Query, found: Sequence[Reading]) -> bool:
    """Tell whether the patterns read what the reader does not: what lacks something, two sides."""
    operation = found[0].operation
    lacks = plain.operation == "negate" and not plain.entities
    if lacks and (plain.topic or plain.description):
        return True
    return operation == plain.operation == "compare" and len(plain.subjects) > 1


def _defining(query: Query) -> Query:
    """Return a query for an item's own words alone, where it is for no kind of item."""
    short = query.operation == "describe" and not query.kinds
    return query.model_copy(update={"operation": "define"}) if short else query


def _withheld(full: Draft) -> Draft:
    """Return what is left of an answer to a question that names what filters leave out."""
    bare = {"statements": (), "hits": (), "nearest": (), "completeness": (), "follow_ups": ()}
    return full.model_copy(update=bare | {"status": "not_covered", "reason": FILTERED})
