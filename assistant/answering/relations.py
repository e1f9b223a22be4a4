"""Questions against the grain of a framework: what has something, what lacks it, whether it has."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.citations import Quoting, note
from assistant.draft import capitalised, listed
from assistant.records import Statement
from assistant.understanding.naming import heading_of, name_of
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item, Kind


class Relations:
    """Finds which items have what, and shows the proof."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)
        self._entity = {entity.id: entity for entity in framework.entities}

    def compose(self, query: Query) -> list[Statement]:
        """Answer an inverse, negated or verifying query; without a statement if it cannot."""
        if query.operation == "verify":
            return self._verify(query) if query.kinds else self._containment(query)
        if query.operation == "inverse" and query.subjects:
            return self._above(query)
        if query.entities:
            return self._having(query)
        if query.operation == "negate" and query.description:
            return self._undescribed(query)
        return []

    def matching(self, kind: Kind, matches: Sequence[str]) -> list[tuple[Item, list[str]]]:
        """Return the items of a kind that speak of something, each with the passages that do.

        An item speaks by its own words, by those of what stands under it, or by those of an item
        that a strong inferred link ties to it.
        """
        found: dict[str, list[str]] = {}
        for passage_id in matches:
            for item in (*self._framework.lineage(passage_id), *self._tied(passage_id)):
                if item.kind == kind.id:
                    found.setdefault(item.id, []).append(passage_id)
        own = {one: [one] if one in evidence else evidence for one, evidence in found.items()}
        return [(self._framework.item(one), evidence) for one, evidence in own.items()]

    def _tied(self, passage_id: str) -> list[Item]:
        return [
            self._framework.item(link.source)
            for link in self._framework.links_of(passage_id)
            if link.strength == "high" and link.target == passage_id
        ]

    def common(self, kind: Kind, items: Sequence[Item]) -> list[Statement]:
        """Say which entities of a shared kind all of several items have."""
        owned = [self._framework.facet(item.id, kind.id) for item in items]
        owners = {found[0].id for found in owned if found}
        if len(owners) < 2 or not all(owned):
            return []
        entities = [
            {one for entry in found[1] for one in entry.entities} for found in owned if found
        ]
        both = [one for one in self._entity if all(one in some for some in entities)]
        names = listed([name_of(self._framework, item) for item in items])
        if not both:
            return [note(f"{capitalised(names)} have no {kind.singular} in common.")]
        labels = listed([self._entity[one].label for one in both])
        cited = [
            self._quoting.words(entry)
            for found in owned
            if found
            for entry in found[1]
            if set(entry.entities) & set(both)
        ]
        who = "Both" if len(items) == 2 else f"All {len(items)}"
        return [note(f"{who} have these {kind.plural}: {labels}.", cited)]

    def _entries(self, item: Item, query: Query) -> tuple[list[Item], list[Item]]:
        """Return an item's entries of the shared kind: those that name an entity, and all."""
        found = self._framework.facet(item.id, query.kinds[0])
        entries = list(found[1]) if found else []
        named = [one for one in entries if set(one.entities) & set(query.entities)]
        said = {one for entry in named for one in entry.entities}
        if query.every and not query.negated and not said.issuperset(query.entities):
            named = []
        return named, entries

    def _having(self, query: Query) -> list[Statement]:
        """Answer `which pillars list X` and `which do not`, each with its proof."""
        items = [
            item for item in self._framework.of_kind(query.target) if item.id not in query.excluded
        ]
        split = [(item, *self._entries(item, query)) for item in items]
        has = [one for one in split if one[1]]
        lacks = [one for one in split if not one[1]]
        chosen = lacks if query.operation == "negate" else has
        statements = [self._verdict(query, [one[0] for one in chosen], len(items))]
        for item, named, entries in chosen:
            proof = entries if query.operation == "negate" else named
            quotes = [self._quoting.title(item) if item.title else self._quoting.words(item)]
            quotes += [self._quoting.words(entry) for entry in proof]
            statements.append(self._quoting.joined(quotes, self._heading(query)))
        return statements

    def _heading(self, query: Query) -> str:
        kind = self._framework.kind_by_id[query.kinds[0]]
        target = self._framework.kind_by_id[query.target]
        lacking = "do not name" if query.operation == "negate" else "name"
        return f"{capitalised(target.plural)} whose {kind.plural} {lacking} {self._labels(query)}"

    def _labels(self, query: Query) -> str:
        joint = " and " if query.every and not query.negated else " or "
        return joint.join(self._entity[one].label for one in query.entities)

    def _verdict(self, query: Query, chosen: Sequence[Item], total: int) -> Statement:
        target = self._framework.kind_by_id[query.target]
        kind = self._framework.kind_by_id[query.kinds[0]]
        verb = "lists" if len(chosen) == 1 else "list"
        if query.operation == "negate":
            verb = "does not list" if len(chosen) == 1 else "do not list"
        names = ": " + listed([one.title or one.description for one in chosen]) if chosen else ""
        noun = target.singular if total == 1 else target.plural
        number = str(len(chosen)) if chosen else "None"
        text = (
            f"{number} of {total} {noun} {verb} {self._labels(query)} among "
            f"{'its' if len(chosen) == 1 else 'their'} {kind.plural}{names}."
        )
        return note(text)

    def _above(self, query: Query) -> list[Statement]:
        """Answer `which pillar does X belong to`."""
        statements = []
        for subject in query.subjects:
            item = self._framework.item(subject)
            lineage = self._framework.lineage(subject)[1:]
            # What stands outside the kind asked for stands under something else, and that is said.
            above = [one for one in lineage if one.kind == query.target] or lineage[-1:]
            for parent in above:
                text = (
                    f"{capitalised(name_of(self._framework, item))} stands under "
                    f"{name_of(self._framework, parent)}."
                )
                statements.append(note(text))
                quotes = [self._quoting.title(parent), self._quoting.words(item)]
                if item.title:
                    quotes[1] = self._quoting.title(item)
                statements.append(self._quoting.joined(quotes))
        return statements

    def _undescribed(self, query: Query) -> list[Statement]:
        items = self._framework.of_kind(query.target)
        bare = [item for item in items if item.title and not item.description]
        target = self._framework.kind_by_id[query.target]
        names = ": " + listed([one.title for one in bare]) if bare else ""
        verb = "has" if len(bare) == 1 else "have"
        number = str(len(bare)) if bare else "None"
        text = f"{number} of {len(items)} {target.plural} {verb} no description{names}."
        return [note(text), *(self._quoting.statement(item) for item in bare)]

    def _containment(self, query: Query) -> list[Statement]:
        """Answer `is X part of Y` with yes or no, and with what X does stand under."""
        one, other = (self._framework.item(subject) for subject in query.subjects)
        deep = len(self._framework.lineage(one.id)) > len(self._framework.lineage(other.id))
        below, above = (one, other) if deep else (other, one)
        lineage = self._framework.lineage(below.id)
        word = "Yes" if above in lineage else "No"
        parent = above if above in lineage else lineage[-1]
        text = (
            f"{word}: {name_of(self._framework, below)} stands under "
            f"{name_of(self._framework, parent)}."
        )
        cited = [self._quoting.title(item) for item in (parent, below) if item.title]
        return [note(text, cited), self._quoting.entry(below, heading_of(self._framework, parent))]

    def _verify(self, query: Query) -> list[Statement]:
        """Answer `is X a partner in Y` with yes or no and the proof."""
        statements: list[Statement] = []
        for subject in query.subjects:
            item = self._framework.item(subject)
            for kind in (self._framework.kind_by_id[kind] for kind in query.kinds):
                found = self._framework.facet(subject, kind.id)
                owner, entries = found if found else (item, ())
                named = [one for one in entries if self._is_named(one, query)]
                statements.append(self._yes_or_no(query, owner, kind, named))
                section = f"{capitalised(kind.plural)} of {name_of(self._framework, owner)}"
                ordered = [*named, *(one for one in entries if one not in named)]
                statements.extend(self._quoting.entry(one, section) for one in ordered)
        return statements

    def _is_named(self, item: Item, query: Query) -> bool:
        return bool(set(item.entities) & set(query.entities))

    def _yes_or_no(self, query: Query, owner: Item, kind: Kind, named: Sequence[Item]) -> Statement:
        name = name_of(self._framework, owner)
        label = listed([self._entity[one].label for one in query.entities])
        if named:
            quoted = listed([f"\u201c{one.label}\u201d" for one in named])
            text = f"Yes: among the {kind.plural} of {name}, the page lists {quoted}."
        else:
            text = f"No: the page does not list {label} among the {kind.plural} of {name}."
        cited = [self._quoting.words(one) for one in named]
        return note(text, cited or [self._quoting.title(owner)] * bool(owner.title))
