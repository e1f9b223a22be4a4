"""Whole questions: what they ask, answered one thing after the other, under filters or without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from assistant.answering.drafting import Drafting
from assistant.answering.narrowing import FILTERED, Narrowing
from assistant.citing.citations import note
from assistant.draft import is_unanswered
from assistant.errors import ModelError
from assistant.records import NO_FILTERS, Choice, Draft, Filters, Scope
from assistant.understanding.framework_reader import SURE, Understood
from assistant.understanding.query import Query
from assistant.understanding.reading import Reading, query_of, restated
from corpus.checks.orders import is_order, without_orders
from corpus.whole import Whole

LINKED = 0.9
"""Weight from which what leans on an earlier turn means the item that its words are likest."""

MOST_NARROWINGS = 32
"""Filters of which it is kept what they leave."""

ASKING_BACK = "asking-2"
"""Name and version of what asks back, for an answer's provenance."""

_UNCLEAR = "It is not clear what this is about; name it, and ask again."


class Answering:
    """Answers whole questions, under filters or without."""

    def __init__(self, whole: Whole, drafting: Drafting) -> None:
        """Keep what answers one thing asked."""
        self._framework = whole.framework
        self._drafting = drafting
        self.narrowing = lru_cache(maxsize=MOST_NARROWINGS)(
            lambda filters: Narrowing(filters, whole.framework, whole.corpus)
        )

    def understand(self, text: str, turns: Sequence[str] = ()) -> Understood:
        """Return what a question asks after earlier turns; without a reader, what guidance says."""
        text = without_orders(text) or text
        try:
            reader = self._drafting.reader
            return reader.understand(reader.worded(text), turns)
        except ModelError:
            return Understood((Reading(text=text, operation="other"),), text, carried=False)

    def drafts(
        self, understood: Understood, today: date, filters: Filters = NO_FILTERS
    ) -> list[Draft]:
        """Answer each thing that a question asks.

        Raises:
            QuestionError: the filters name something that is not there.
        """
        only = self.narrowing(filters)
        first = understood.readings[0]
        order = is_order(understood.text)
        named = self._drafting.named_in(first.text)
        unworded = first.request == "unworded"
        if first.request and not (order or "absent" in named or (unworded and named)):
            return [only.cut(self._drafting.declined(first.request, understood.text))]
        told = named & {"item", "absent", "entity", "term"}
        linked = first.subjects and first.weight >= LINKED
        if first.leans and not (order or told or understood.carried or linked):
            # A turn says something only with a turn before it, and has none.
            return [
                Draft(
                    status="clarify",
                    reason="ambiguous",
                    scope=Scope(),
                    composer=ASKING_BACK,
                    statements=(note(_UNCLEAR),),
                )
            ]
        readings = _together(understood.readings)
        several = len(readings) > 1
        drafts = [
            self._answered(one, one.text if several else understood.text, today, only)
            for one in readings
        ]
        # A statement beside a question asks nothing; that nothing is found on it is no answer.
        kept = [
            draft
            for one, draft in zip(readings, drafts, strict=True)
            if not (one.text.rstrip().endswith(".") and is_unanswered(draft))
        ]
        return kept or drafts

    def _answered(self, reading: Reading, text: str, today: date, only: Narrowing) -> Draft:
        """Answer one thing asked, or say why not; how it was read stands beside what is unsure."""
        asked = self._drafting.query(reading, text).model_copy(update={"several": reading.several})
        draft = self._narrowed(asked, today, only)
        unsure = reading.certainty < SURE and query_of(reading, text, self._framework)
        if not (unsure and is_unanswered(draft)):
            return draft
        said = restated(reading, self._framework)
        return draft.model_copy(update={"choices": (Choice(label=said, question=said),)})

    def _narrowed(self, asked: Query, today: date, only: Narrowing) -> Draft:
        """Answer a query under filters, or say why not: with a look at what they hide."""
        query = only.query(asked) if only.any else None
        if query is not None:
            draft = only.cut(self._drafting.draft(query, today, only))
            draft = only.partly(draft, only.lost(asked, query))
            if draft.status == "answered":
                return draft
        full = self._drafting.draft(asked, today, self.narrowing(NO_FILTERS))
        if query is None:
            # What a question names is left out: nothing is left of its answer.
            gone = ("statements", "hits", "nearest", "completeness", "follow_ups")
            update = dict.fromkeys(gone, ()) | {"status": "not_covered", "reason": FILTERED}
            draft = full.model_copy(update=update)
        return only.settled(draft, full) if only.any else full


def _together(readings: Sequence[Reading]) -> list[Reading]:
    """Put together what is asked of guidance in a row: the second may lean on the first."""
    found: list[Reading] = []
    for one in readings:
        if found and found[-1].operation == one.operation == "other":
            text = f"{found[-1].text} {one.text}"
            found[-1] = found[-1].model_copy(update={"text": text, "several": True})
        else:
            found.append(one)
    return found
