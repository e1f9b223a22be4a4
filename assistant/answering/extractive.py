"""The composer of answers from the passages that speak best of a topic."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.citing.citations import Quoting, cite, note
from assistant.records import Citation, Draft, Hit, Relation, Scope, Statement, Status
from assistant.rules.cues import MENTIONING
from assistant.rules.lexicon import content_stems, stems_of, words_of
from assistant.rules.quantity import holds
from assistant.rules.subjects import heading_of
from assistant.understanding.query import Query
from corpus.passage import Corpus
from corpus.structure.graph import Framework

COMPOSER = "extractive-1"
"""Name and version of the composer, for an answer's provenance."""

NEAREST = 3
"""How many passages are shown where there is no answer."""

_LACKING = {
    "percentage": "a percentage",
    "money": "an amount of money",
    "duration": "a length of time",
    "frequency": "how often",
    "date": "a date",
    "day": "the day",
    "age": "an age",
    "country": "a country",
    "number": "a number",
    "ranking": "an order of merit",
    "place": "where that is",
    "name": "such a name",
    "list": "their names",
    "person": "who that is",
    "actor": "who did it",
    "penalty": "a penalty",
    "contact": "where to call or write",
    "local": "what holds in one's own country",
    "forecast": "what is to come",
    "indicator": "how it is measured",
}


_SPEAKING = MENTIONING | {"named", "listed", "printed", "appear", "appears"}
"""Words that ask what a source says, and not what is so."""

_LOSS = "The page does not speak of \u201c"


_GROUND = "The guidance bears on these words of the page."


def is_loss(statement: Statement) -> bool:
    """Tell whether a statement says that the page lacks a part of what is asked."""
    return statement.kind == "note" and statement.text.startswith(_LOSS)


_LITERAL = re.compile(
    r"\b(?:terms?|words?|phrases?|wording|expression|literally|verbatim)\b(?! (?:on|about|of)\b)",
    re.I,
)
"""Words that ask whether something is said in just these words."""


class Extractive:
    """Composes answers from whole passages, in reading order."""

    def __init__(self, framework: Framework, corpus: Corpus) -> None:
        """Keep the passages that are quoted."""
        self._framework = framework
        self._corpus = corpus
        self._quoting = Quoting(framework)

    def compose(self, query: Query, scope: Scope, hits: Sequence[Hit]) -> Draft:
        """Answer a query from the passages that speak of its topic, or say why there is no answer.

        Args:
            query: what is asked.
            scope: the same in ids.
            hits: what a search for the query found; the closest, where there is no answer.
        """
        chosen = [] if query.premise else self._chosen(query)
        lost = self._lost(query) if chosen else ()
        linked = [] if query.wants or query.polar or query.brief else self._linked(chosen)
        statements: tuple[Statement, ...] = (note(self._refusal(query)),)
        if chosen:
            statements = (
                *lost,
                *self._opening(query, chosen),
                *self._statements([*chosen, *linked], linked),
            )
        return Draft(
            status=self._status(query, bool(chosen), bool(lost)),
            reason="" if chosen and not lost else self._reason(query),
            scope=scope,
            composer=COMPOSER,
            statements=statements,
            hits=self._evidence([*chosen, *linked], hits),
            nearest=() if chosen else self._nearest(hits),
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
        if linked:
            statements.append(
                note(
                    "Which of these go together is Signpost's reading; the page does not print it."
                )
            )
        return tuple(statements)

    def _evidence(self, chosen: Sequence[str], hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Return the hits, with the chosen passages among them."""
        found = {hit.passage_id for hit in hits}
        more = [one for one in chosen if one not in found]
        extra = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"structure": rank})
            for rank, one in enumerate(more, start=len(hits) + 1)
        ]
        return (*hits, *extra)

    def _opening(self, query: Query, chosen: Sequence[str]) -> tuple[Statement, ...]:
        """Open with yes where that is asked and the page holds all of it; else with a count."""
        if query.polar and query.whole and query.of_page and not query.narrowed:
            return (note(self._yes(query, chosen)),)
        places = "one place" if len(chosen) == 1 else f"{len(chosen)} places"
        what = "the rest" if query.missing else "this"
        if query.narrowed:
            return (note(f"Within the filters, the page speaks of {what} in {places}."),)
        return (note(f"The page speaks of {what} in {places}."),)

    def _yes(self, query: Query, chosen: Sequence[str]) -> str:
        """Say yes; where the page has it in other words, say so, and no if the words are asked."""
        said = stems_of(" ".join(self._corpus.passage(one).text for one in chosen))
        if all(one in said for one in content_stems(query.topic)):
            return f"Yes: the page speaks of \u201c{query.topic}\u201d."
        if _LITERAL.search(query.text):
            return f"No: the page speaks of this, but not in the words \u201c{query.topic}\u201d."
        return (
            f"Yes, in other words: the page speaks of this, but not as \u201c{query.topic}\u201d."
        )

    def _lost(self, query: Query) -> tuple[Statement, ...]:
        return tuple(note(f"{_LOSS}{part}\u201d.") for part in query.missing)

    def _status(self, query: Query, answered: bool, lost: bool) -> Status:
        if answered:
            return "partial" if lost else "answered"
        return "out_of_scope" if query.foreign and not query.premise else "not_covered"

    def _reason(self, query: Query) -> str:
        if query.foreign and not query.premise:
            return "other_field"
        return query.reason if query.premise else "coverage_gap"

    def _chosen(self, query: Query) -> list[str]:
        return [one for one in query.matches if self._answers(query, one)]

    def _answers(self, query: Query, passage_id: str) -> bool:
        text = self._corpus.passage(passage_id).text
        return not query.wants or holds(query.wants, text, query.text)

    def _refusal(self, query: Query) -> str:
        """Say what the page lacks, in one sentence."""
        if query.premise:
            return query.premise
        if query.wants:
            return (
                f"The page gives no answer to this: nothing on it states {_LACKING[query.wants]}."
            )
        if query.foreign:
            return "This is not a matter that the page is about."
        if query.polar and query.topic:
            # Where the world is asked about, and not the page, the page's silence is no `no`.
            of_page = query.of_page or _SPEAKING & {word for word, _, _ in words_of(query.text)}
            opening = "No: the" if of_page else "The"
            return f"{opening} page does not speak of \u201c{query.topic}\u201d."
        return "The page does not speak of this."

    def _nearest(self, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        """Cite the closest passages, for a reader to judge."""
        return tuple(cite(self._corpus.passage(hit.passage_id)) for hit in hits[:NEAREST])
