"""What to ask next: deeper, wider and practical, each of which the corpus answers."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from assistant.answering.narrowing import Narrowing
from assistant.draft import listed
from assistant.records import Draft, cited_in
from assistant.retrieval.encoder import Vector
from assistant.retrieval.search import Retriever
from assistant.retrieval.wordings import question_ids
from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item
from corpus.whole import Whole

FOLLOW_UPS = 3
NEAR = 4  # Notes that were found with those cited, from which a question is suggested.

SAME = 0.8  # Cosine from which a question asks what was asked already.
_OPEN = frozenset({"answered", "partial", "not_covered"})
"""Statuses of an answer that goes on somewhere."""


class Suggestions:
    """Questions that a person would ask next, from the structure and from what notes answer."""

    def __init__(self, whole: Whole, retriever: Retriever) -> None:
        """Keep what is suggested, which is looked at when it is first needed."""
        self._framework: Framework = whole.framework
        self._notes = whole.notes
        self._retriever = retriever

    def after(self, draft: Draft, only: Narrowing, vector: Vector | None = None) -> tuple[str, ...]:
        """Return at most three questions different in kind: deeper, wider, practical.

        Args:
            draft: what was answered.
            only: filters; nothing is suggested that they leave out.
            vector: of the question, unit norm; none where its structure answered.
        """
        if draft.status not in _OPEN:
            return ()
        cited = (one.source_id for said in draft.statements for one in said.citations)
        notes = [self._by_source[one] for one in dict.fromkeys(cited) if one in self._by_source]
        item = self._item(draft, notes)
        about = self._about(item) if item else []
        if draft.status == "not_covered":
            notes = []
        # What was found and is not cited is near.
        sources = dict.fromkeys(hit.passage_id.partition("#")[0] for hit in draft.hits)
        found = [self._by_source[one] for one in sources if one in self._by_source]
        others = [one for one in found if one not in notes][:NEAR] if notes else []
        told = {*cited_in(draft.statements)}

        def of(notes: Sequence[Note]) -> str:
            every = [pair for one in notes for pair in one.suggested if pair[0] not in told]
            return self._nearest(every, only, vector)

        beside = of(others)
        # What guidance answers goes on in another note; what the page holds, beside it on the page.
        guided = beside and vector is not None and not draft.scope.subjects
        asked = [
            of(notes[:1] or about),
            beside if guided else self._wider(draft, item, only) or beside,
            self._practical(draft, item, only) or of(about[1:]),
        ]
        return tuple(dict.fromkeys(one for one in asked if one))[:FOLLOW_UPS]

    def _item(self, draft: Draft, notes: Sequence[Note]) -> Item | None:
        """Return the item with a title that an answer is about."""
        framework = self._framework
        ids = [*draft.scope.subjects]
        if notes and not ids:
            ids += _named(notes[0])
        ids += cited_in(draft.statements)
        known = (framework.lineage(one) for one in ids if one in framework.item_by_id)
        return next((one for line in known for one in line if one.title), None)

    def _about(self, item: Item) -> list[Note]:
        """Return the notes about an item, those most about it first."""

        def place(note: Note) -> tuple[int, int, str]:
            named = _named(note)
            return named.index(item.id), len(named), note.front.title

        return sorted((one for one in self._notes if item.id in _named(one)), key=place)

    def _nearest(
        self, suggested: Sequence[tuple[str, str]], only: Narrowing, vector: Vector | None
    ) -> str:
        """Return the question nearest to the one asked, but another; each is behind its section."""
        found = [one for one in suggested if only.guided and only.shows(one[0])]
        if vector is None or not found:
            return found[0][1] if found else ""
        found = [one for one in found if one[1] in self._row]
        _, matrix = self._retriever.wordings("guidance")
        cosines = matrix[[self._row[question] for _, question in found]] @ vector
        for at in np.argsort(-cosines):
            if cosines[at] < SAME:
                return found[int(at)][1]
        return ""

    def _wider(self, draft: Draft, item: Item | None, only: Narrowing) -> str:
        """Ask for what stands beside an item, or who else works with whom a column works with."""
        if item is None or only.any:
            return ""
        top, kind = self._framework.top(item.id), self._framework.kind_by_id[item.kind]
        if top is not item and top.title:
            return f"Which {kind.plural} does {top.title} have?"
        if draft.scope.operation == "inverse":
            return ""
        labels = {one.id: one.label for one in self._framework.entities}
        asked = (
            f"Which {kind.plural} have {labels[entity]} as a {one.singular}?"
            for one in self._framework.kinds
            if one.shared
            for entry in self._framework.below(top.id, one.id)
            for entity in entry.entities
        )
        return next(asked, "")

    def _practical(self, draft: Draft, item: Item | None, only: Narrowing) -> str:
        """Ask what an item aims at and who works on it, where that is not told yet."""
        if item is None or not only.framed:
            return ""
        wanted = only.filters.facets
        plurals = [
            kind.plural
            for kind in self._framework.kinds
            if not (wanted and kind.facet not in wanted)
            and (self._framework.facet(item.id, kind.id) or ((), ()))[1]
            and kind.facet not in draft.scope.facets
            and kind.id != item.kind
        ]
        return f"Which {listed(plurals[-2:])} relate to {item.title}?" if plurals else ""

    @cached_property
    def _by_source(self) -> dict[str, Note]:
        return {one.source.id: one for one in self._notes}

    @cached_property
    def _row(self) -> dict[str, int]:
        """Where the vector of each question stands that is suggested."""
        ids, _ = self._retriever.wordings("guidance")
        rows = {one: at for at, one in enumerate(ids)}
        return {
            question: rows[wording]
            for note in self._notes
            for passage in note.passages
            for wording, question in zip(question_ids(passage), passage.asked, strict=True)
            if wording in rows
        }


def _named(note: Note) -> tuple[str, ...]:
    """Return the items that a note says it is about."""
    return (*note.front.capabilities, *note.front.pillars)
