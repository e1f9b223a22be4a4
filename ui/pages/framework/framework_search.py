"""What a framework is searched by in the browser: other words for items, and the glossary's terms.

The words that an item shows are read from the page itself; `narrow.js` compares.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from corpus.readers.glossary import Glossary
from corpus.structure.graph import Framework, Item
from corpus.structure.terms import plain
from ui.pages.framework.framework_item import short

_APART = re.compile(r"[^a-z0-9]+")


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
