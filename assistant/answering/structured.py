"""The composer of answers that the framework's structure gives; knows no kind by name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.facets import Facets
from assistant.answering.relations import Relations
from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, complete, counted, listed
from assistant.records import Relation, Statement
from assistant.understanding.naming import heading_of, name_of, short_name
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item, Kind

COMPOSER = "structured-1"
"""Name and version of the composer, for an answer's provenance."""

RELATED = ("inverse", "negate", "verify")
"""Operations that say which items something is told of; these leave out what is set aside."""


class Structured:
    """Composes complete answers from a framework."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)
        self._facets = Facets(framework)
        self._relations = Relations(framework)
        self._comparison = Comparison(framework, self._facets, self._relations)
        self._locating = Locating(framework)

    def compose(self, query: Query) -> Composed | None:
        """Answer a query from the structure, or return `None` where it cannot.

        A query is one thing asked; the pipeline joins the answers to several.
        """
        if query.operation == "locate":
            return self._locating.compose(query)
        if query.operation in RELATED:
            return self._related(query)
        if query.operation == "compare":
            return self._comparison.compare(query)
        if query.operation == "count":
            return self._count(query)
        if query.operation == "list":
            return self._list(query)
        if query.operation == "describe" and query.kinds and not query.subjects:
            return self._overview(self._framework.kind_by_id[query.kinds[0]])
        if query.operation == "describe" and query.subjects:
            return self._facets.describe(query)
        return None

    def _related(self, query: Query) -> Composed | None:
        statements = self._relations.compose(query)
        if not statements:
            return None
        composed = Composed()
        composed.statements.extend(statements)
        unexpected = "Yes:" if query.negated else "No:"
        if not query.polar and statements[0].text.startswith(unexpected):
            composed.refuse("not_covered", "false_premise")
        elif query.operation == "verify" and not query.polar:
            told = capitalised(statements[0].text.removeprefix("Yes: "))
            composed.statements[0] = statements[0].model_copy(update={"text": told})
            composed.statements.append(note("The page gives no reason for it."))
            composed.refuse("partial", "coverage_gap")
        return composed

    def _overview(self, top: Kind) -> Composed:
        """Say what the framework is made of."""
        framework = self._framework
        counts = [counted(len(framework.of_kind(kind.id)), kind) for kind in framework.kinds]
        source = framework.source
        text = f"{framework.name} ({source.publisher}): the page has {listed(counts)}."
        composed = Composed()
        composed.statements.append(note(text))
        self._list_all(composed, top, Query(text="", operation="list"))
        composed.statements.pop(1)
        return composed

    def _list(self, query: Query) -> Composed | None:
        composed = Composed()
        for kind in (self._framework.kind_by_id[kind] for kind in query.kinds):
            if query.filtered:
                self._list_matching(composed, kind, query)
            else:
                self._list_all(composed, kind, query)
        return composed if composed.statements else None

    def _list_all(self, composed: Composed, kind: Kind, query: Query) -> None:
        items = [
            one
            for one in self._framework.of_kind(kind.id)
            if not self._facets.set_aside(one, query)
        ]
        composed.statements.append(self._total(kind, items))
        for item in items:
            above = self._framework.lineage(item.id)[1:]
            section = heading_of(self._framework, above[-1]) if above else ""
            composed.statements.append(self._quoting.entry(item, section))
        composed.completeness.append(
            complete(kind, self._framework.source.id, len(items), len(items))
        )

    def _total(self, kind: Kind, items: Sequence[Item]) -> Statement:
        whole = len(items) == len(self._framework.of_kind(kind.id))
        left = "" if whole else "Without what the question sets aside, "
        text = f"{left}{'the' if left else 'The'} page has {counted(len(items), kind)}"
        tops = list(dict.fromkeys(self._framework.top(item.id) for item in items))
        if kind.parent and len(tops) > 1:
            shares = [
                f"{sum(self._framework.top(item.id) is top for item in items)} under "
                f"{short_name(self._framework, top)}"
                for top in tops
            ]
            text += f": {listed(shares)}"
        more = " The same one can stand under several." if kind.shared else ""
        return note(f"{text}.{more}", [self._quoting.words(item) for item in items])

    def _list_matching(self, composed: Composed, kind: Kind, query: Query) -> None:
        found = self._relations.matching(kind, query.matches)
        if not found:
            return
        if not kind.parent:
            # What heads the page has an order of its own; below it the best stands first.
            place = {item.id: number for number, item in enumerate(self._framework.items)}
            found.sort(key=lambda one: place[one[0].id])
        verb = "comes closest to" if len(found) == 1 else "come closest to"
        number = counted(len(found), kind)
        opening = "Within the filters, " if query.narrowed else ""
        composed.statements.append(note(f"{opening}{number} of the page {verb} what is asked."))
        for item, evidence in found:
            above = self._framework.lineage(item.id)[1:]
            section = heading_of(self._framework, above[-1]) if above else ""
            if evidence == [item.id]:
                composed.statements.append(self._quoting.entry(item, section))
                continue
            named = self._quoting.title if item.title else self._quoting.words
            quotes = [named(item)]
            quotes += [self._quoting.words(self._framework.item(one)) for one in evidence]
            tied = any(item not in self._framework.lineage(one) for one in evidence)
            relation: Relation = "direct" if tied else "related"
            composed.statements.append(self._quoting.joined(quotes, section, relation))

    def _count(self, query: Query) -> Composed | None:
        if query.counted in ("most", "least"):
            return self._extreme(query)
        if not query.subjects:
            return self._count_all(query)
        return self._facets.describe(query.model_copy(update={"operation": "describe"}))

    def _count_all(self, query: Query) -> Composed:
        """Tell how many of some kinds there are; of each group, where groups are asked for too."""
        composed = Composed()
        kinds = [self._framework.kind_by_id[kind] for kind in query.kinds]
        top = self._framework.kinds[0]
        within = [kind for kind in kinds if kind.id != top.id]
        by_group = top in kinds and bool(within)
        for kind in kinds:
            items = self._framework.of_kind(kind.id)
            if not by_group:
                composed.statements.append(self._total(kind, items))
            composed.completeness.append(
                complete(kind, self._framework.source.id, len(items), len(items))
            )
        for group in self._framework.of_kind(top.id) if by_group else ():
            below = {kind.id: self._framework.below(group.id, kind.id) for kind in within}
            numbers = listed([counted(len(below[kind.id]), kind) for kind in within])
            said = f"{capitalised(name_of(self._framework, group))}: {numbers}."
            cited = [self._quoting.words(one) for found in below.values() for one in found]
            composed.statements.append(note(said, [self._quoting.title(group), *cited]))
        if by_group:
            totals = listed(
                [counted(len(self._framework.of_kind(kind.id)), kind) for kind in kinds]
            )
            titles = [self._quoting.title(one) for one in self._framework.of_kind(top.id)]
            composed.statements.insert(0, note(f"The page has {totals}.", titles))
        return composed

    def _extreme(self, query: Query) -> Composed | None:
        """Answer `which pillar has the most outcomes` with the numbers of all that are asked."""
        if len(query.kinds) < 2:
            return None
        target, kind = (self._framework.kind_by_id[one] for one in query.kinds[:2])
        numbers = [
            (len(self._framework.below(item.id, kind.id)), item)
            for item in self._framework.of_kind(target.id)
            if not query.subjects or item.id in query.subjects
        ]
        composed = Composed()
        if not any(number for number, _ in numbers):
            text = f"The page ties no {kind.plural} to a single {target.singular}."
            composed.statements.append(note(text))
            composed.refuse("not_covered", "coverage_gap")
            return composed
        choose = max if query.counted == "most" else min
        extreme = choose(number for number, _ in numbers)
        found = [item for number, item in numbers if number == extreme]
        names = listed([name_of(self._framework, item) for item in found])
        verb = "has" if len(found) == 1 else "have"
        text = f"{capitalised(names)} {verb} the {query.counted}: {counted(extreme, kind)}."
        titles = [self._quoting.title(item) for item in found if item.title]
        composed.statements.append(note(text, titles))
        for number, item in numbers:
            words = f"{capitalised(name_of(self._framework, item))}: {counted(number, kind)}."
            below = self._framework.below(item.id, kind.id)
            composed.statements.append(note(words, [self._quoting.words(one) for one in below]))
        return composed


class Comparison:
    """Sets the facets of several items beside each other, and says what they share."""

    def __init__(self, framework: Framework, facets: Facets, relations: Relations) -> None:
        """Keep the framework and what describes it."""
        self._framework = framework
        self._quoting = Quoting(framework)
        self._facets = facets
        self._relations = relations

    def compare(self, query: Query) -> Composed:
        """Set the subjects of a query beside each other."""
        composed = Composed()
        items = [self._framework.item(one) for one in query.subjects]
        kinds = [self._framework.kind_by_id[kind] for kind in query.kinds]
        for kind in kinds or self._framework.kinds:
            if kind.shared and (kinds or self._own(kind, items)):
                composed.statements.extend(self._relations.common(kind, items))
        composed.statements.append(self._contrast(items))
        for item in items:
            if not kinds:
                self._compared_profile(composed, item)
            for kind in kinds:
                self._facets.facet(composed, item, kind, query)
            if kinds and self._facets.describable(item) and query.description:
                self._facets.description(composed, item)
        composed.refuse("answered", "")
        return composed

    def _own(self, kind: Kind, items: Sequence[Item]) -> bool:
        """Tell whether each item has entries of a kind itself, and not through what it is under."""
        found = [self._framework.facet(item.id, kind.id) for item in items]
        return all(one and one[0] is item for one, item in zip(found, items, strict=True))

    def _contrast(self, items: Sequence[Item]) -> Statement:
        names = [name_of(self._framework, item) for item in items]
        above = {self._framework.lineage(item.id)[1].id for item in items if item.parent}
        cited = [self._quoting.title(item) for item in items if item.title]
        if len(above) == 1 and all(item.parent for item in items):
            parent = self._framework.item(above.pop())
            cited.append(self._quoting.title(parent))
            text = (
                f"{capitalised(listed(names))} both stand under {name_of(self._framework, parent)}."
            )
            return note(text.replace(" both", "" if len(items) > 2 else " both"), cited)
        text = "; ".join(capitalised(self._facets.standing(item)).rstrip(".") for item in items)
        return note(f"{text}.", cited)

    def _compared_profile(self, composed: Composed, item: Item) -> None:
        if item.description or self._framework.kind_by_id[item.kind].described:
            self._facets.description(composed, item)
            return
        for kind in self._framework.kinds:
            found = self._framework.facet(item.id, kind.id)
            if found and found[0].id == item.id and found[1]:
                self._facets.facet(composed, item, kind, Query(text="", operation="describe"))


class Locating:
    """Says where a framework speaks of something."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)

    def compose(self, query: Query) -> Composed | None:
        """Name the places of what a query is about, in reading order; `None` where there is none.

        An item is one place; an entity, or what is only spoken of, may have several.
        """
        items = self._places(query)
        if not items:
            return None
        composed = Composed()
        composed.statements.append(self._opening(items))
        for item in items:
            top = self._framework.top(item.id)
            section = heading_of(self._framework, top) if top is not item else ""
            composed.statements.append(self._quoting.entry(item, section))
        return composed

    def _places(self, query: Query) -> list[Item]:
        items = self._framework.items
        if query.entities:
            wanted = set(query.entities)
            return [item for item in items if wanted & set(item.entities)]
        ids = {*(query.matches or query.subjects)}
        return [item for item in items if item.id in ids]

    def _opening(self, items: Sequence[Item]) -> Statement:
        named = [f"{self._lines(item)} ({name_of(self._framework, item)})" for item in items]
        places = "one place" if len(items) == 1 else f"{len(items)} places"
        quotes = [self._quoting.words(item) for item in items]
        return note(capitalised(f"the page speaks of this in {places}: {listed(named)}."), quotes)

    def _lines(self, item: Item) -> str:
        return self._framework.passage_by_id[item.id].locator
