"""Whole questions: what they ask, answered one thing after the other, under filters or without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
        self._corpus = whole.corpus
        self._drafting = drafting
        self._narrowings: dict[Filters, Narrowing] = {}

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
            return [_asking_back()]
        readings = _together(understood.readings)
        several = len(readings) > 1
        drafts = [
            self._narrowed(one, one.text if several else understood.text, today, only)
            for one in readings
        ]
        # A statement beside a question asks nothing; that nothing is found on it is no answer.
        kept = [
            draft
            for one, draft in zip(readings, drafts, strict=True)
            if not (one.text.rstrip().endswith(".") and is_unanswered(draft))
        ]
        return kept or drafts

    def narrowing(self, filters: Filters) -> Narrowing:
        """Return what filters leave of the corpus.

        Raises:
            QuestionError: they name something that is not there.
        """
        if filters not in self._narrowings:
            found = Narrowing(filters, self._framework, self._corpus)
            # One mapping, set at once, as of the vectors of questions.
            kept = [*self._narrowings.items()][1 - MOST_NARROWINGS :]
            self._narrowings = dict(kept) | {filters: found}
            return found
        return self._narrowings[filters]

    def _narrowed(self, reading: Reading, text: str, today: date, only: Narrowing) -> Draft:
        """Answer one thing asked under filters, or say why not: with a look at what they hide."""
        draft = self._answered(reading, text, today, only)
        unsure = reading.certainty < SURE and query_of(reading, text, self._framework)
        if not (unsure and is_unanswered(draft)):
            return draft
        said = restated(reading, self._framework)
        return draft.model_copy(update={"choices": (Choice(label=said, question=said),)})

    def _answered(self, reading: Reading, text: str, today: date, only: Narrowing) -> Draft:
        asked = self._drafting.query(reading, text).model_copy(update={"several": reading.several})
        query = only.query(asked)
        if only.any and query is not None:
            draft = only.cut(self._drafting.draft(query, today, only))
            draft = only.partly(draft, only.lost(asked, query))
            if draft.status == "answered":
                return draft
            return only.settled(draft, self._whole(asked, today))
        full = self._whole(asked, today)
        return only.settled(_withheld(full), full) if only.any else full

    def _whole(self, query: Query, today: date) -> Draft:
        """Answer one thing asked without filters."""
        return self._drafting.draft(query, today, self.narrowing(NO_FILTERS))


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


def _asking_back() -> Draft:
    """Return what a turn gets that says something only with a turn before it, and has none."""
    return Draft(
        status="clarify",
        reason="ambiguous",
        scope=Scope(),
        composer=ASKING_BACK,
        statements=(note(_UNCLEAR),),
    )


def _withheld(full: Draft) -> Draft:
    """Return what is left of an answer to a question that names what filters leave out."""
    bare = {"statements": (), "hits": (), "nearest": (), "completeness": (), "follow_ups": ()}
    return full.model_copy(update=bare | {"status": "not_covered", "reason": FILTERED})
