"""The Framework workspace: the whole page as one picture, each item with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from corpus.passage import Corpus, Lines
from corpus.readers.page import shipped_framework, source_lines
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from ui.look.templates import render
from ui.pages.framework.framework_coverage import Coverage
from ui.pages.framework.framework_item import counted, full_name, known_of, name_of, short
from ui.pages.framework.framework_search import more_of, sought_terms
from ui.words.catalogue import say

PATH = "/framework"


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
