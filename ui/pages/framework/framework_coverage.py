"""How well guidance covers a framework: notes by item, by audience, by confidence and by age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args

from corpus.passage import Record
from corpus.readers.notes import Audience, Note
from corpus.structure.graph import Framework, Item
from ui.look.templates import escape
from ui.pages.framework.framework_items import counted, full_name, joined, link_to, short
from ui.words.catalogue import say
from ui.words.phrases import day

SOON_DAYS = 183
"""How long before its review a note is counted as due: half a year."""


class Row(Record):
    """What is written about one item."""

    item: Item
    """The item."""

    name: str
    """What it is called, with its number."""

    counts: tuple[int, ...]
    """Notes, one number for each column."""


class Coverage(Record):
    """Notes by item."""

    columns: tuple[str, ...]
    """What is counted; the first counts all notes of an item."""

    rows: tuple[Row, ...]
    """Items that notes can be about, in reading order."""

    today: date
    """The day as of which it was counted."""

    bare: tuple[Row, ...]
    """Rows without a note."""

    past: int
    """Notes past their review, each counted once."""

    @classmethod
    def of(cls, framework: Framework, notes: Sequence[Note], today: date) -> Coverage:
        """Count the notes of every item whose kind is numbered, or that a note names."""
        named = {one for note in notes for one in _named(note)}
        kinds = {kind.id for kind in framework.kinds if kind.numbered}
        kinds |= {item.kind for item in framework.items if item.id in named}
        rows = tuple(
            Row(
                item=item,
                name=full_name(framework, item),
                counts=_counts([one for one in notes if item.id in _named(one)], today),
            )
            for item in framework.items
            if item.kind in kinds
        )
        return cls(
            columns=_columns(),
            rows=rows,
            today=today,
            bare=tuple(row for row in rows if row.counts[0] == 0),
            past=sum(note.front.review_by < today for note in notes),
        )


def coverage_as_html(coverage: Coverage, framework: Framework) -> str:
    """Return what the numbers say in sentences: what lacks notes, what has few, what is old."""
    fewest = min((row.counts[0] for row in coverage.rows), default=0)
    told = [_bare(coverage, framework)]
    if fewest:
        least = [row.name for row in coverage.rows if row.counts[0] == fewest]
        told.append(escape(say("framework.coverage_fewest", n=fewest, names="; ".join(least))))
    told.append(escape(say("framework.coverage_past", n=coverage.past)))
    return "".join(f"<p>{one}</p>" for one in told)


def table_as_html(coverage: Coverage) -> str:
    """Return all numbers as a table, folded."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in coverage.columns)
    body = "".join(_row(row) for row in coverage.rows)
    title = escape(say("framework.coverage_table"))
    caption = escape(say("framework.coverage_caption", day=day(coverage.today.isoformat())))
    first = escape(say("framework.coverage_item"))
    return (
        f"<details><summary>{title}</summary>"
        f'<div class="sp-framework-table" tabindex="0" role="region" aria-label="{title}">'
        f"<table><caption>{caption}</caption>"
        f'<thead><tr><th scope="col">{first}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _bare(coverage: Coverage, framework: Framework) -> str:
    """Name what has no note, or say of what each has one."""
    if coverage.bare:
        names = ", ".join(link_to(row.item, row.name) for row in coverage.bare)
        return f"{escape(say('framework.coverage_bare', n=len(coverage.bare)))} {names}."
    kinds = dict.fromkeys(row.item.kind for row in coverage.rows)
    counts = [
        counted(framework.kind_by_id[kind], sum(row.item.kind == kind for row in coverage.rows))
        for kind in kinds
    ]
    return escape(say("framework.coverage_whole", counts=joined(counts)))


def _row(row: Row) -> str:
    cells = "".join(f"<td>{one}</td>" for one in row.counts)
    return f'<tr><th scope="row">{link_to(row.item, row.name)}</th>{cells}</tr>'


def label_of(row: Row, *, wide: bool) -> str:
    """Return what stands beside a row of the picture: its id, and its title where there is room."""
    if not wide:
        return short(row.item)
    label = row.item.label
    cut = label if len(label) <= 46 else f"{label[:45].rstrip()}\N{HORIZONTAL ELLIPSIS}"
    return f"{short(row.item)}  {cut}"


def _columns() -> tuple[str, ...]:
    audiences = (say(f"framework.for_{one}") for one in get_args(Audience))
    return (
        say("framework.column_notes"),
        say("framework.column_sure"),
        *audiences,
        say("framework.column_soon"),
        say("framework.column_past"),
    )


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


def _named(note: Note) -> tuple[str, ...]:
    return (*note.front.capabilities, *note.front.pillars)
