"""Where a framework says something: the places, each with its lines."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, listed
from assistant.records import Statement
from assistant.understanding.naming import heading_of, name_of
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item


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
