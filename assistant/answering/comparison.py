"""Two or more items beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.facets import Facets
from assistant.answering.relations import Relations
from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, counted, listed
from assistant.records import Statement
from assistant.rules.subjects import name_of
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item, Kind


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
        if query.counted:
            composed.statements.append(self._more(query, items, kinds))
        composed.statements.append(self._contrast(items))
        for item in items:
            if not kinds:
                self._compared_profile(composed, item)
            for kind in kinds:
                self._facets.facet(composed, item, kind, query)
            if kinds and self._facets.describable(item) and query.description:
                self._facets.description(composed, item)
        for kind in kinds or self._framework.kinds:
            if kind.shared and (kinds or self._own(kind, items)):
                composed.statements.extend(self._relations.common(kind, items))
        composed.refuse("answered", "")
        return composed

    def _own(self, kind: Kind, items: Sequence[Item]) -> bool:
        """Tell whether each item has entries of a kind itself, and not through what it is under."""
        found = [self._framework.facet(item.id, kind.id) for item in items]
        return all(one and one[0] is item for one, item in zip(found, items, strict=True))

    def _more(self, query: Query, items: Sequence[Item], kinds: Sequence[Kind]) -> Statement:
        """Say yes or no to whether the first item has more of a kind than the second."""
        first, second = (len(self._framework.below(item.id, kinds[0].id)) for item in items[:2])
        more = first > second if query.counted == "more" else first < second
        said = ("Yes: " if more else "No: ") if query.polar else ""
        names = [item.title or item.description for item in items[:2]]
        text = (
            f"{said}{names[0]} has {counted(first, kinds[0])}, "
            f"{names[1]} has {counted(second, kinds[0])}."
        )
        return note(text)

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
