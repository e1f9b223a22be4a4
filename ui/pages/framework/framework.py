"""The Framework workspace: the whole page as one picture, each item with what is known of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple, get_args
from urllib.parse import quote

from markupsafe import Markup

from corpus.passage import Corpus, Lines
from corpus.readers.glossary import Glossary, plain
from corpus.readers.notes import Audience, Note
from corpus.readers.page import shipped_framework, source_lines
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from ui.look.templates import render
from ui.pages.framework.framework_item import counted, full_name, known_of, name_of, names_in, short
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


PATH = "/framework"

_APART = re.compile(r"[^a-z0-9]+")


class Column(NamedTuple):
    """An item at the top, with all that stands under it."""

    top: Item
    """The item."""

    groups: tuple[tuple[Kind, tuple[Item, ...]], ...]
    """What stands under it by kind; an empty group keeps its place beside those of its kind."""


class View(NamedTuple):
    """The workspace as it is shown."""

    title: str
    """Of what is open; empty where nothing is."""

    html: Markup
    """The picture, what is open, and the coverage."""


@cache
def shipped() -> Whole:
    """Return the corpus that ships, read once."""
    return Whole.read()


def is_served(corpus: Corpus) -> bool:
    """Tell whether an assistant answers from the framework that would be drawn."""
    return shipped().framework.source.id in corpus.source_by_id


@lru_cache(maxsize=200)
def shown(asked: str, today: date) -> View:
    """Return the workspace with the framework that ships; see `draw`."""
    return draw(shipped(), source_lines(shipped_framework()), today, asked)


def draw(whole: Whole, lines: tuple[str, ...], today: date, asked: str = "") -> View:
    """Return the workspace.

    Args:
        whole: framework, notes and glossary.
        lines: the framework's source text as printed, line by line.
        today: the day as of which a note may be past its review.
        asked: the item that is open, as an address names it; empty for none.
    """
    framework = whole.framework
    item = found(framework, asked)
    known = known_of(whole, item, today) if item else {}
    kinds = [(kind, len(framework.of_kind(kind.id))) for kind in framework.kinds]
    terms = sought_terms(framework, whole.glossary)
    first = framework.top_kinds[0].id
    columns = tuple(columns_of(framework))
    html = render(
        "framework",
        framework=framework,
        columns=[one for one in columns if one.top.kind == first],
        strips=[one for one in columns if one.top.kind != first],
        counts=counted(kinds),
        asked=asked,
        known=known,
        tied=known.get("tied", ()),
        open_top=framework.top(item.id) if item else None,
        example=framework.items[min(1, len(framework.items) - 1)],
        lines=lines,
        terms=terms,
        terms_of={
            one.id: [word for term in terms if one.id in term.items for word in term.wordings]
            for one in framework.items
        },
        words_of={one.id: more_of(framework, one) for one in framework.items},
        coverage=Coverage.of(framework, whole.notes, today),
        address=address,
        full_name=lambda one: full_name(framework, one),
        name_of=lambda one: name_of(framework, one),
        where=where,
    )
    title = say("framework.unknown_title") if asked else ""
    return View(str(known.get("title", title)), html)


def found(framework: Framework, asked: str) -> Item | None:
    """Return the item that an address names, with or without the source, in any letters."""
    wanted = asked.casefold()
    whole = (one for one in framework.items if one.id.lower() == wanted)
    last = (one for one in framework.items if short(one).lower() == wanted)
    return next(whole, None) or next(last, None)


def address(item: Item) -> str:
    """Return where an item is open."""
    return f"{PATH}?item={quote(item.id, safe=':')}"


def where(lines: Lines) -> str:
    """Say which lines of the source something has."""
    if lines.first == lines.last:
        return say("framework.line", line=lines.first)
    return say("framework.lines", first=lines.first, last=lines.last)


def columns_of(framework: Framework) -> Iterator[Column]:
    """Yield the items at the top with what stands under them, those of the first kind first."""
    for kind in framework.top_kinds:
        kinds = [one for one in framework.kinds if kind.id in _above(framework, one)]
        for top in framework.of_kind(kind.id):
            yield Column(top, tuple((one, framework.below(top.id, one.id)) for one in kinds))


def _above(framework: Framework, kind: Kind) -> Iterator[str]:
    while kind.parent:
        yield kind.parent
        kind = framework.kind_by_id[kind.parent]


class Sought(NamedTuple):
    """A term of the glossary as a search box knows it."""

    wordings: tuple[str, ...]
    """What may be typed for it, folded."""

    preferred: str
    """The term to use, as a reader would write it."""

    avoid: bool
    """Whether the wordings are deprecated."""

    items: tuple[str, ...]
    """Ids of the items that speak of it, in reading order."""

    @property
    def told(self) -> tuple[str, ...]:
        """The wordings of which the reader is told what they are read as."""
        preferred = folded(self.preferred)
        return tuple(one for one in self.wordings if self.avoid or one not in preferred)


def folded(text: str) -> str:
    """Return a text as it is compared: small letters without accents, words one blank apart.

    >>> folded("Café: P3-O4")
    'cafe p3 o4'
    """
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _APART.sub(" ", bare.lower()).strip()


def more_of(framework: Framework, item: Item) -> str:
    """Return the words that an item is found by beside those it shows, folded, each once.

    Its id, its number, the id of what it stands under, its kind, and what else people call it.
    """
    kind = framework.kind_by_id[item.kind]
    parts = [short(one) for one in framework.lineage(item.id)]
    parts += [kind.singular, kind.plural, *item.aliases]
    for entity in framework.entities:
        parts += [entity.label, *entity.words] if entity.id in item.entities else []
    return " ".join(dict.fromkeys(" ".join(folded(one) for one in parts).split()))


def sought_terms(framework: Framework, glossary: Glossary) -> tuple[Sought, ...]:
    """Return the terms of a glossary that lead to an item, or that should not be used."""
    texts = {one.id: f" {folded(one.text)} " for one in framework.passages}
    concepts = {plain(one): group for group in glossary.concepts for one in group.wordings}
    found = []
    for term in glossary.terms:
        concept = concepts.get(plain(term.term))
        alike = (*term.wordings, *(concept.wordings if concept else ()))
        speaks = {*term.items, *(concept.items if concept else ())}
        wanted = {f" {folded(one)} " for one in alike}
        items = tuple(
            key for key, text in texts.items() if key in speaks or any(w in text for w in wanted)
        )
        wordings = tuple(dict.fromkeys(filter(None, map(folded, term.wordings))))
        preferred = glossary.instead_of(term) or term.shown
        found.append(Sought(wordings, preferred, term.status == "avoid", items))
    return tuple(one for one in found if one.items or one.avoid)
