"""How well guidance covers a framework: notes by item, by audience, by confidence and by age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, get_args

from corpus.readers.notes import Audience, Note
from corpus.structure.graph import Framework, Item
from ui.pages.framework.framework_item import counted, full_name, names_in
from ui.words.catalogue import say

SOON_DAYS = 183
"""How long before its review a note is counted as due: half a year."""


class Row(NamedTuple):
    """What is written about one item."""

    item: Item
    """The item."""

    name: str
    """What it is called, with its number."""

    counts: tuple[int, ...]
    """Notes, a number for each column."""


class Coverage(NamedTuple):
    """Notes by item."""

    columns: tuple[str, ...]
    """What is counted; the first counts all notes of an item."""

    rows: tuple[Row, ...]
    """Items that notes can be about, in reading order."""

    today: date
    """The day as of which it was counted."""

    past: int
    """Notes past their review, each counted once."""

    kinds: str
    """How many items of which kinds there are."""

    @classmethod
    def of(cls, framework: Framework, notes: Sequence[Note], today: date) -> Coverage:
        """Count the notes of every item whose kind is numbered, or that a note names."""
        named = {one for note in notes for one in names_in(note)}
        kinds = {kind.id for kind in framework.kinds if kind.numbered}
        kinds |= {item.kind for item in framework.items if item.id in named}
        items = [item for item in framework.items if item.kind in kinds]
        rows = tuple(
            Row(
                item=item,
                name=full_name(framework, item),
                counts=_counts([one for one in notes if item.id in names_in(one)], today),
            )
            for item in items
        )
        return cls(
            columns=(
                say("framework.column_notes"),
                say("framework.column_sure"),
                *(say(f"framework.for_{one}") for one in get_args(Audience)),
                say("framework.column_soon"),
                say("framework.column_past"),
            ),
            rows=rows,
            today=today,
            past=sum(note.front.review_by < today for note in notes),
            kinds=counted(
                (framework.kind_by_id[kind], sum(one.kind == kind for one in items))
                for kind in dict.fromkeys(one.kind for one in items)
            ),
        )

    @property
    def bare(self) -> tuple[Row, ...]:
        """Rows without a note."""
        return tuple(row for row in self.rows if not row.counts[0])

    @property
    def fewest(self) -> tuple[Row, ...]:
        """Rows with the fewest notes; none where a row has no note at all."""
        least = min((row.counts[0] for row in self.rows), default=0)
        return tuple(row for row in self.rows if least and row.counts[0] == least)

    @property
    def most(self) -> int:
        """Most notes of an item below the top; those at the top have many more, and would pale."""
        return max((row.counts[0] for row in self.rows if row.item.parent), default=0) or 1


def _counts(notes: Sequence[Note], today: date) -> tuple[int, ...]:
    fronts = [note.front for note in notes]
    soon = today + timedelta(days=SOON_DAYS)
    return (
        len(fronts),
        sum(one.confidence == "high" for one in fronts),
        *(sum(audience in one.audiences for one in fronts) for audience in get_args(Audience)),
        sum(today <= one.review_by <= soon for one in fronts),
        sum(one.review_by < today for one in fronts),
    )
