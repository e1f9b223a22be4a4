"""Questions against the grain of a framework: what has something, what lacks it, whether it has."""

from collections.abc import Sequence

from assistant.answering.facets import Page
from assistant.citing.citations import note
from assistant.draft import capitalised, listed
from assistant.records import Statement
from assistant.understanding.naming import heading_of
from assistant.understanding.reading import Query
from corpus.structure.graph import Framework, Item, Kind


class Relations(Page):
    """Finds which items have what, and shows the proof."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what its entities are called."""
        super().__init__(framework)
        self._label = {entity.id: entity.label for entity in framework.entities}

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
        framework = self._framework
        found: dict[str, list[str]] = {}
        for passage_id in matches:
            tied = [
                framework.item(link.source)
                for link in framework.links_of(passage_id)
                if link.strength == "high" and link.target == passage_id
            ]
            for item in (*framework.lineage(passage_id), *tied):
                if item.kind == kind.id:
                    found.setdefault(item.id, []).append(passage_id)
        return [
            (framework.item(one), [one] if one in evidence else evidence)
            for one, evidence in found.items()
        ]

    def common(self, kind: Kind, items: Sequence[Item]) -> list[Statement]:
        """Say which entities of a shared kind all of several items have."""
        owned = [self._framework.facet(item.id, kind.id) for item in items]
        found = [facet for facet in owned if facet]
        if len({owner.id for owner, _ in found}) < 2 or len(found) < len(owned):
            return []
        entities = [{one for entry in entries for one in entry.entities} for _, entries in found]
        both = [one for one in self._label if all(one in some for some in entities)]
        if not both:
            names = listed([self.name(item) for item in items])
            return [note(f"{capitalised(names)} have no {kind.singular} in common.")]
        labels = listed([self._label[one] for one in both])
        cited = [
            self._quoting.words(entry)
            for _, entries in found
            for entry in entries
            if set(entry.entities) & set(both)
        ]
        who = "Both" if len(items) == 2 else f"All {len(items)}"
        return [note(f"{who} have these {kind.plural}: {labels}.", cited)]

    def _having(self, query: Query) -> list[Statement]:
        """Answer `which pillars list X` and `which do not`, each with its proof."""
        (kind, target), wanted = self.kinds((query.kinds[0], query.target)), set(query.entities)
        lacking = query.operation == "negate"
        labels = (" and " if query.every and not lacking else " or ").join(
            self._label[one] for one in query.entities
        )
        items = [one for one in self._framework.of_kind(target.id) if one.id not in query.excluded]
        proofs: list[tuple[Item, Sequence[Item]]] = []
        for item in items:
            entries = self.owned(item, kind)[1]
            named = [one for one in entries if wanted & set(one.entities)]
            told = {one for entry in named for one in entry.entities}
            has = named and (told >= wanted or lacking or not query.every)
            if bool(has) != lacking:
                proofs.append((item, entries if lacking else named))
        heading = f"{'do not name' if lacking else 'name'} {labels}"
        heading = f"{capitalised(target.plural)} whose {kind.plural} {heading}"
        one_has = len(proofs) == 1
        verb = "lists" if one_has else "list"
        if lacking:
            verb = "does not list" if one_has else "do not list"
        names = _names([item.title or item.description for item, _ in proofs])
        noun = target.singular if len(items) == 1 else target.plural
        whose = f"{'its' if one_has else 'their'} {kind.plural}"
        text = f"{len(proofs) or 'None'} of {len(items)} {noun} {verb} {labels} among {whose}"
        quotes = [
            [self.called(item), *map(self._quoting.words, entries)] for item, entries in proofs
        ]
        each = [self._of_each(query, items, kind)] if query.every and not lacking else []
        statements = [self._quoting.joined(one, heading) for one in quotes]
        return [note(f"{text}{names}."), *each, *statements]

    def _of_each(self, query: Query, items: Sequence[Item], kind: Kind) -> Statement:
        """Say which items have each of several entities, the most first."""
        having = {
            one: [
                item
                for item in items
                if any(one in entry.entities for entry in self.owned(item, kind)[1])
            ]
            for one in query.entities
        }
        order = sorted(having, key=lambda one: -len(having[one]))
        said = [
            f"{self._label[one]}: {len(having[one])}"
            + f" ({listed([item.title or item.description for item in having[one]])})"
            * bool(having[one])
            for one in order
        ]
        cited = dict.fromkeys(item for one in order for item in having[one])
        return note(f"{capitalised('; '.join(said))}.", self.titles(*cited))

    def _above(self, query: Query) -> list[Statement]:
        """Answer `which pillar does X belong to`."""
        statements = []
        for item in map(self._framework.item, query.subjects):
            lineage = self._framework.lineage(item.id)[1:]
            # What stands outside the kind asked for stands under something else, and that is said.
            for parent in [one for one in lineage if one.kind == query.target] or lineage[-1:]:
                text = f"{capitalised(self.name(item))} stands under {self.name(parent)}."
                quotes = [self._quoting.title(parent), self.called(item)]
                statements += [note(text), self._quoting.joined(quotes)]
        return statements

    def _undescribed(self, query: Query) -> list[Statement]:
        items = self._framework.of_kind(query.target)
        bare = [item for item in items if item.title and not item.description]
        target = self._framework.kind_by_id[query.target]
        verb = "has" if len(bare) == 1 else "have"
        text = f"{len(bare) or 'None'} of {len(items)} {target.plural} {verb} no description"
        text += f"{_names([one.title for one in bare])}."
        return [note(text), *(self._quoting.statement(item) for item in bare)]

    def _containment(self, query: Query) -> list[Statement]:
        """Answer `is X part of Y` with yes or no, and with what X does stand under."""
        lineages = [self._framework.lineage(subject) for subject in query.subjects]
        other, lineage = sorted(lineages, key=len)
        below, above = lineage[0], other[0]
        parent = above if above in lineage else lineage[-1]
        word = "Yes" if above in lineage else "No"
        text = f"{word}: {self.name(below)} stands under {self.name(parent)}."
        section = heading_of(self._framework, parent)
        return [note(text, self.titles(parent, below)), self._quoting.entry(below, section)]

    def _verify(self, query: Query) -> list[Statement]:
        """Answer `is X a partner in Y` with yes or no and the proof."""
        statements: list[Statement] = []
        label = listed([self._label[one] for one in query.entities])
        for item in map(self._framework.item, query.subjects):
            for kind in self.kinds(query.kinds):
                owner, entries = self.owned(item, kind)
                named = [one for one in entries if set(one.entities) & set(query.entities)]
                whose = f"among the {kind.plural} of {self.name(owner)}"
                text = f"No: the page does not list {label} {whose}."
                if named:
                    quoted = listed([f"\u201c{one.label}\u201d" for one in named])
                    text = f"Yes: {whose}, the page lists {quoted}."
                cited = [self._quoting.words(one) for one in named] or self.titles(owner)
                section = f"{capitalised(kind.plural)} of {self.name(owner)}"
                ordered = [*named, *(one for one in entries if one not in named)]
                statements.append(note(text, cited))
                statements.extend(self._quoting.entry(one, section) for one in ordered)
        return statements


def _names(labels: Sequence[str]) -> str:
    """Return names behind a colon; nothing where there are none."""
    return f": {listed(labels)}" if labels else ""
