"""What a framework is searched by in the browser: other words for items, and the glossary's terms.

The words that an item shows are read from the page itself; `framework.js` compares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus.passage import Record
from corpus.readers.glossary import Glossary, Synonyms
from corpus.structure.graph import Framework, Item
from corpus.structure.terms import Term, plain
from ui.look.templates import escape
from ui.pages.framework.framework_items import short

_APART = re.compile(r"[^a-z0-9]+")


class Sought(Record):
    """A term of the glossary as a search box knows it."""

    wordings: tuple[str, ...]
    """What may be typed for it, folded."""

    preferred: str
    """The term to use, as a reader would write it."""

    avoid: bool
    """Whether the wordings are deprecated."""

    items: tuple[str, ...]
    """Ids of the items that speak of it, in reading order."""


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
    known = {entity.id: entity for entity in framework.entities}
    parts = [short(one) for one in framework.lineage(item.id)]
    parts += [kind.singular, kind.plural, *item.aliases]
    for entity in (known[one] for one in item.entities):
        parts += [entity.label, *entity.words]
    return " ".join(dict.fromkeys(" ".join(folded(one) for one in parts).split()))


def sought_terms(framework: Framework, glossary: Glossary) -> tuple[Sought, ...]:
    """Return the terms of a glossary that lead to an item, or that should not be used."""
    texts = {one.id: f" {folded(one.text)} " for one in framework.passages}
    concepts = {plain(one): group for group in glossary.concepts for one in group.wordings}
    found = (_sought(term, glossary, concepts, texts) for term in glossary.terms)
    return tuple(one for one in found if one.items or one.avoid)


def terms_as_html(terms: tuple[Sought, ...]) -> str:
    """Return the terms as a template for the script, which draws nothing."""
    return f'<template id="sp-framework-terms">{"".join(map(_term, terms))}</template>'


def _term(sought: Sought) -> str:
    words, items = escape("|".join(sought.wordings)), escape(" ".join(sought.items))
    avoid = " data-avoid" if sought.avoid else ""
    return f'<i data-words="{words}" data-items="{items}"{avoid}>{escape(sought.preferred)}</i>'


def _sought(
    term: Term, glossary: Glossary, concepts: dict[str, Synonyms], texts: dict[str, str]
) -> Sought:
    concept = concepts.get(plain(term.term))
    alike = (*term.wordings, *(concept.wordings if concept else ()))
    speaks = {*term.items, *(concept.items if concept else ())}
    wanted = {f" {folded(one)} " for one in alike}
    return Sought(
        wordings=tuple(dict.fromkeys(_typed(term))),
        preferred=glossary.instead_of(term) or term.shown,
        avoid=term.status == "avoid",
        items=tuple(
            id_ for id_, text in texts.items() if id_ in speaks or any(w in text for w in wanted)
        ),
    )


def _typed(term: Term) -> Iterator[str]:
    return (word for word in map(folded, term.wordings) if word)
