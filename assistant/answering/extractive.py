"""The composer of answers from the framework's passages that speak best of something."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.citing.citations import Quoting, cite, note
from assistant.records import Citation, Draft, Hit, Relation, Scope, Statement
from assistant.understanding.naming import heading_of
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


class Extractive:
    """Composes answers from whole passages, in reading order."""

    def __init__(self, framework: Framework, corpus: Corpus) -> None:
        """Keep the passages that are quoted."""
        self._framework = framework
        self._corpus = corpus
        self._quoting = Quoting(framework)

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
                nearest=self._nearest(hits),
            )
        linked = self._linked(chosen)
        return Draft(
            status="answered",
            scope=scope,
            composer=COMPOSER,
            statements=(self._opening(query), *self._statements([*chosen, *linked], linked)),
            hits=self._evidence([*chosen, *linked], hits),
        )

    def ground(self, ids: Collection[str]) -> tuple[Statement, ...]:
        """Quote items that guidance rests on, in reading order; not what heads the page's parts."""
        chosen = [one for one in ids if self._framework.item(one).parent]
        if not chosen:
            return ()
        return (note(_GROUND), *self._statements(chosen, ()))

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

    def _statements(self, chosen: Sequence[str], linked: Sequence[str]) -> tuple[Statement, ...]:
        """Quote the chosen passages in reading order, under the headings of the page."""
        place = {item.id: number for number, item in enumerate(self._framework.items)}
        statements = []
        for item_id in sorted(chosen, key=place.__getitem__):
            item = self._framework.item(item_id)
            top = self._framework.top(item_id)
            section = heading_of(self._framework, top) if top is not item else ""
            relation: Relation = "direct" if item_id in linked else "related"
            statements.append(self._quoting.entry(item, section, relation))
        return (*statements, note(_READING)) if linked else tuple(statements)

    def _evidence(self, chosen: Sequence[str], hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Return the hits, with the chosen passages among them."""
        found = {hit.passage_id for hit in hits}
        more = [one for one in chosen if one not in found]
        extra = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"structure": rank})
            for rank, one in enumerate(more, start=len(hits) + 1)
        ]
        return (*hits, *extra)

    def _opening(self, query: Query) -> Statement:
        """Open with a count; that something is said is no yes to what is asked of it."""
        places = "one place" if len(query.matches) == 1 else f"{len(query.matches)} places"
        within = "Within the filters, the" if query.narrowed else "The"
        return note(f"{within} page speaks of this in {places}.")

    def _nearest(self, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        """Cite the closest passages, for a reader to judge."""
        return tuple(cite(self._corpus.passage(hit.passage_id)) for hit in hits[:NEAREST])
