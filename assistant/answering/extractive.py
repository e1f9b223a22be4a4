"""The composer of answers from the framework's passages that speak best of something."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.answering.facets import Page
from assistant.citing.citations import cite, note
from assistant.records import Draft, Hit, Scope, Statement
from assistant.understanding.query import Query
from corpus.passage import Corpus
from corpus.structure.graph import Framework

COMPOSER = "extractive-2"
"""Name and version of the composer, for an answer's provenance."""

NEAREST = 3
"""How many passages are shown where there is no answer."""

_GROUND = "What the framework itself says on this stands below."
_UNTOLD = "The page does not speak of this."
_UNKNOWN = "Signpost finds nothing on this in the framework or the guidance notes."
_READING = "Which of these go together is Signpost's reading; the page does not print it."


class Extractive(Page):
    """Composes answers from whole passages, in reading order."""

    def __init__(self, framework: Framework, corpus: Corpus) -> None:
        """Keep the passages that are quoted."""
        super().__init__(framework)
        self._corpus = corpus

    def compose(self, query: Query, scope: Scope, hits: Sequence[Hit]) -> Draft:
        """Answer a query from the passages that speak of it, or say that none does."""
        chosen = query.matches
        if not chosen:
            said = query.premise or (_UNTOLD if query.of_page else _UNKNOWN)
            return Draft(
                status="not_covered",
                reason="false_premise" if query.premise else "coverage_gap",
                scope=scope,
                composer=COMPOSER,
                statements=(note(said),),
                hits=tuple(hits),
                nearest=tuple(cite(self._corpus.passage(hit.passage_id)) for hit in hits[:NEAREST]),
            )
        linked = self._linked(chosen)
        # That something is said is no yes to what is asked of it: it is only counted.
        places = "one place" if len(chosen) == 1 else f"{len(chosen)} places"
        opening = f"{'Within the filters, the' if query.narrowed else 'The'} page speaks of this in"
        found = {hit.passage_id for hit in hits}
        more = [one for one in (*chosen, *linked) if one not in found]
        extra = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"structure": rank})
            for rank, one in enumerate(more, start=len(hits) + 1)
        ]
        return Draft(
            status="answered",
            scope=scope,
            composer=COMPOSER,
            statements=(note(f"{opening} {places}."), *self._statements(chosen, linked)),
            hits=(*hits, *extra),
        )

    def ground(self, ids: Collection[str]) -> tuple[Statement, ...]:
        """Quote items that guidance rests on, in reading order; not what heads the page's parts."""
        chosen = [one for one in ids if self._framework.item(one).parent]
        return (note(_GROUND), *self._statements(chosen)) if chosen else ()

    def _linked(self, chosen: Sequence[str]) -> list[str]:
        """Return the items of the same group that a strong inferred link ties to the chosen."""
        found = []
        for item_id in chosen:
            for link in self._framework.links_of(item_id):
                other = link.target if link.source == item_id else link.source
                beside = self._framework.top(other) is self._framework.top(item_id)
                if link.strength == "high" and beside and other not in chosen:
                    found.append(other)
        return list(dict.fromkeys(found))

    def _statements(
        self, chosen: Sequence[str], linked: Sequence[str] = ()
    ) -> tuple[Statement, ...]:
        """Quote passages in reading order, under the headings of the page."""
        statements = [
            self._quoting.entry(
                item, self.group_heading(item), "direct" if item.id in linked else "related"
            )
            for item in self._framework.items
            if item.id in (*chosen, *linked)
        ]
        return (*statements, note(_READING)) if linked else tuple(statements)
