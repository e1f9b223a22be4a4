"""What belongs to an item: its own words, what stands under it, what it shares, what is closest."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, complete, counted, listed
from assistant.records import Relation, Statement
from assistant.understanding.naming import heading_of, name_of
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item, Kind

DIRECT = ("high", "medium-high", "medium")
"""Strengths of inferred link from which an item is said to speak directly to another."""


class Facets:
    """Describes the items of a framework, completely."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)

    def describe(self, query: Query) -> Composed:
        """Give the facets of a query's subjects that it asks for, or all there is on them."""
        composed = Composed()
        kinds = [self._framework.kind_by_id[kind] for kind in query.kinds]
        for subject in query.subjects:
            item = self._framework.item(subject)
            if kinds or query.description:
                self._facets(composed, item, kinds, query)
            else:
                self._profile(composed, item)
        self._say_what_is_shared(composed, query)
        return composed

    def _facets(self, composed: Composed, item: Item, kinds: Sequence[Kind], query: Query) -> None:
        if len(query.subjects) == 1 and not query.description:
            composed.statements.append(self._opening(item, kinds))
        if query.description or self.describable(item):
            self.description(composed, item, polar=query.polar)
        for kind in kinds:
            self.facet(composed, item, kind, query)

    def describable(self, item: Item) -> bool:
        """Tell whether an item has words of its own beside its title."""
        return bool(item.title and item.description)

    def _opening(self, item: Item, kinds: Sequence[Kind]) -> Statement:
        """Say how many of each kind there are, and whose they are."""
        counts = []
        owners = []
        for kind in kinds:
            found = self._framework.facet(item.id, kind.id)
            if found:
                owners.append(found[0])
                counts.append(counted(len(found[1]), kind))
        if not counts:
            return note(self.standing(item), [self._quoting.title(item)] if item.title else [])
        owner = owners[0]
        where = f"for {name_of(self._framework, owner)}"
        if owner.id != item.id:
            where += f", which covers {name_of(self._framework, item)}"
        cited = [self._quoting.title(one) for one in dict.fromkeys((owner, item)) if one.title]
        return note(f"The page lists {listed(counts)} {where}.", cited)

    def standing(self, item: Item) -> str:
        """Say in one sentence what an item is and where it stands."""
        kind = self._framework.kind_by_id[item.kind]
        total = len(self._framework.of_kind(item.kind))
        above = self._framework.lineage(item.id)[1:]
        name = item.title or f"\u201c{item.description}\u201d"
        number = f"{kind.singular} {item.number} of {total}" if item.number else _one(kind)
        if not above:
            return f"{name} is {number}."
        return f"{name} is {number}, under {name_of(self._framework, above[0])}."

    def description(self, composed: Composed, item: Item, *, polar: bool = False) -> None:
        """Quote an item's own words, or say that it has none; `polar` says no first."""
        section = heading_of(self._framework, item)
        if item.description:
            composed.statements.append(self._quoting.statement(item, section))
            return
        kind = self._framework.kind_by_id[item.kind]
        said = "No: the page" if polar else "The page"
        text = f"{said} prints no description for {name_of(self._framework, item)}."
        composed.statements.append(self._quoting.statement(item, section))
        composed.statements.append(note(text, [self._quoting.title(item)], section))
        if kind.described and not polar:
            composed.refuse("not_covered", "coverage_gap")

    def facet(self, composed: Composed, item: Item, kind: Kind, query: Query) -> None:
        """List all items of a kind that apply to an item, those closest to it first."""
        found = self._framework.facet(item.id, kind.id)
        name = name_of(self._framework, item)
        if item.kind == kind.id:
            return
        if not found or not found[1]:
            text = f"The page lists no {kind.plural} for {name}."
            cited = [self._quoting.words(item)]
            composed.statements.append(note(text, cited, capitalised(kind.plural)))
            composed.refuse("partial" if composed.completeness else "not_covered", "coverage_gap")
            return
        owner, items = found
        items = tuple(one for one in items if not self.set_aside(one, query))
        direct = self._direct(item, items)
        ordered = [*direct, *(one for one in items if one not in direct)]
        section = f"{capitalised(kind.plural)} of {name_of(self._framework, owner)}"
        for one in ordered:
            relation: Relation = "shared" if owner is not item else "related"
            relation = "direct" if one in direct else relation
            composed.statements.append(self._entry(one, owner, section, relation))
        composed.completeness.append(complete(kind, owner.id, len(ordered), len(items)))

    def set_aside(self, item: Item, query: Query) -> bool:
        """Tell whether a question leaves an item out: itself, what it is under, all it names."""
        above = {one.id for one in self._framework.lineage(item.id)}
        named = set(item.entities)
        return bool(above & set(query.excluded)) or (bool(named) and named <= set(query.excluded))

    def _entry(self, item: Item, owner: Item, section: str, relation: Relation) -> Statement:
        """Quote an item; with the title of what it stands under, where that is not the owner."""
        if item.parent == owner.id or item.title:
            return self._quoting.entry(item, section, relation)
        parent = self._framework.item(item.parent)
        quotes = [self._quoting.title(parent), self._quoting.words(item)]
        return self._quoting.joined(quotes, section, relation)

    def _direct(self, item: Item, items: Sequence[Item]) -> list[Item]:
        """Return the items that an inferred link ties to one, strongest first."""
        linked = [
            link.target if link.source == item.id else link.source
            for link in self._framework.links_of(item.id)
            if link.strength in DIRECT
        ]
        by_id = {one.id: one for one in items}
        return [by_id[one] for one in dict.fromkeys(linked) if one in by_id]

    def _say_what_is_shared(self, composed: Composed, query: Query) -> None:
        """Add the note that a facet belongs to a parent, and that the order is a reading."""
        for subject in query.subjects:
            item = self._framework.item(subject)
            shared = []
            owner = item
            for kind in (self._framework.kind_by_id[kind] for kind in query.kinds):
                found = self._framework.facet(item.id, kind.id)
                if found and found[0].id != item.id and found[1]:
                    owner = found[0]
                    shared.append(kind)
            if shared:
                composed.closing.append(note(self._shared(item, owner, shared, composed)))

    def _shared(self, item: Item, owner: Item, kinds: Sequence[Kind], composed: Composed) -> str:
        above = self._framework.kind_by_id[owner.kind].singular
        own = self._framework.kind_by_id[item.kind].singular
        plurals = listed([kind.plural for kind in kinds])
        text = f"The page ties {plurals} to the {above}, not to a single {own}"
        if any(one.relation == "direct" for one in composed.statements):
            text += "; the order, and which of them speak directly to "
            return f"{text}{item.title or 'it'}, is Signpost's reading."
        return f"{text}."

    def _profile(self, composed: Composed, item: Item) -> None:
        """Say all there is on an item: its words, what stands under it, what is closest to it."""
        cited = [self._quoting.title(item)] if item.title else [self._quoting.words(item)]
        composed.statements.append(note(self.standing(item), cited))
        section = heading_of(self._framework, item) if item.title else ""
        kind = self._framework.kind_by_id[item.kind]
        if item.description:
            composed.statements.append(self._quoting.statement(item, section))
        elif kind.described:
            self.description(composed, item)
        for below in self._framework.kinds:
            found = self._framework.facet(item.id, below.id)
            if found and found[0].id == item.id and found[1]:
                self.facet(composed, item, below, Query(text="", operation="describe"))
        self._closest(composed, item)

    def _closest(self, composed: Composed, item: Item) -> None:
        top = self._framework.top(item.id).id
        beside = [one for one in self._framework.items if self._framework.top(one.id).id == top]
        close = self._direct(item, beside) if item.title else []
        if not close:
            return
        kind = self._framework.kind_by_id[close[0].kind]
        noun = kind.plural if len(close) > 1 else kind.singular
        section = f"{capitalised(noun)} closest to {name_of(self._framework, item)}"
        composed.statements.extend(self._quoting.statement(one, section, "direct") for one in close)
        owner = self._framework.lineage(close[0].id)[1]
        above = self._framework.kind_by_id[owner.kind].singular
        text = (
            f"The page ties {kind.plural} to the {above}; which are closest is Signpost's reading."
        )
        composed.closing.append(note(text))


def _one(kind: Kind) -> str:
    article = "an" if kind.singular[:1].lower() in "aeiou" else "a"
    return f"{article} {kind.singular}"
