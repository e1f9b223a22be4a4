"""Filters as a reading of the corpus: what they allow, what is left of a query, of a draft."""

from collections.abc import Iterable, Mapping
from typing import get_args

from assistant.citing.citations import note
from assistant.draft import is_unanswered, listed, ranked
from assistant.errors import QuestionError
from assistant.records import (
    CLOSEST,
    NO_FILTERS,
    Completeness,
    Draft,
    Filters,
    Statement,
    Status,
    cited_in,
)
from assistant.retrieval.search import FacetFilter, audiences, group_filter
from assistant.understanding.naming import name_of
from assistant.understanding.reading import Query, Side
from corpus.passage import Corpus, Tier
from corpus.readers.notes import Audience
from corpus.structure.graph import Framework

FILTERED = "filtered"  # Reason where the sources answer, but not within the filters.
TIER_NAMES: Mapping[Tier, str] = {
    "framework": "framework text",
    "guidance": "guidance notes",
    "document": "your own documents",
}
"""What a tier is called where an answer is narrowed to it."""

GIVEN: frozenset[Status] = frozenset({"answered", "partial"})
"""What became of a question that was answered."""

MOST_NAMED = 3  # Groups that are named as where an answer would be found.


class Narrowing:
    """What filters leave of a corpus; the empty ones leave all of it."""

    def __init__(self, filters: Filters, framework: Framework, corpus: Corpus) -> None:
        """Read filters for a corpus.

        Raises:
            QuestionError: they name something that the corpus does not have.
        """
        self.filters = filters
        self._framework = framework
        self._corpus = corpus
        _refuse_unknown(filters, framework, corpus)
        self._grouped = self.everywhere = group_filter(filters, corpus.passages)
        kinds = {kind.id for kind in framework.kinds if kind.facet in filters.facets}
        if kinds:
            # Facets are of the framework; what is beside it has none, and stays.
            beside = frozenset(get_args(Tier)) - {"framework"}
            facets = {"kind": frozenset(kinds), "tier": beside}
            update = {"either": (*self._grouped.either, facets)}
            self.everywhere = self._grouped.model_copy(update=update)
        self._tops = tuple(one.id for one in framework.items if one.id in filters.pillars)
        self.any = filters != NO_FILTERS
        shown = [one.facets for one in corpus.passages if self.everywhere.allows(one.facets)]
        tiers = {facets["tier"] for facets in shown}
        self.framed, self.guided = "framework" in tiers, "guidance" in tiers
        self._kinds = kinds if self.framed else set()

    def within(self, tier: Tier) -> FacetFilter:
        """Return the predicate for a search in one tier."""
        return self.everywhere.model_copy(update={"allowed": {"tier": frozenset({tier})}})

    def shows(self, passage_id: str) -> bool:
        """Return whether a passage may be shown."""
        return self.everywhere.allows(self._corpus.by_id[passage_id].facets)

    def sides(self, sides: Mapping[str, Side]) -> list[Side]:
        """Return what may be shown of each thing that is compared, if of two or more anything."""
        shown = [
            one.model_copy(update={"passages": passages})
            for one in sides.values()
            if (passages := tuple(filter(self.shows, one.passages)))
        ]
        return shown if len(shown) > 1 else []

    def _keeps(self, statement: Statement) -> bool:
        """Return whether a statement may be shown: all that it rests on, and what it lists."""
        ids = [one.passage_id for one in statement.citations]
        # Whatever facet a passage is of, it may say what a statement belongs to.
        held = all(self._grouped.allows(self._corpus.by_id[one].facets) for one in ids)
        return held and (statement.kind == "note" or not ids or any(map(self.shows, ids)))

    # Queries

    def query(self, query: Query) -> Query | None:
        """Return what of a query falls under the filters; none where what it names does not."""
        if not (self.filters.pillars or self.filters.facets):
            return query
        inside = tuple(one for one in query.subjects if self._is_inside(one))
        several = query.operation in ("compare", "verify") and len(query.subjects) > 1
        if (query.subjects and not inside) or (several and inside != query.subjects):
            return None
        if query.subjects and not all(map(self._is_inside, query.excluded)):
            return None
        if self.filters.pillars and query.is_ranked:
            return None
        listing = query.operation in ("describe", "list", "count", "compare")
        asked = query.kinds
        if query.operation == "compare" and not asked:
            asked = tuple(one.id for one in self._framework.kinds if one.id in self._kinds)
        kinds = tuple(one for one in asked if not self._kinds or one in self._kinds)
        if listing and query.kinds and not kinds:
            return None
        is_left = self._is_inside if query.kinds else self.shows
        kept = query.model_copy(
            update={
                "narrowed": True,
                "subjects": inside,
                "kinds": kinds if listing else query.kinds,
                "matches": tuple(filter(is_left, query.matches)),
                "touching": tuple(filter(is_left, query.touching)),
            }
        )
        return kept.model_copy(update=self._of_groups(kept)) if self.filters.pillars else kept

    def _is_inside(self, item_id: str) -> bool:
        if not self.filters.pillars or item_id not in self._framework.item_by_id:
            return True
        return self._framework.top(item_id).id in self.filters.pillars

    def _of_groups(self, query: Query) -> dict[str, object]:
        """Ask of the pillars what is asked of the whole page."""
        if query.operation in ("inverse", "negate") and not query.subjects:
            if query.operation == "negate" and not query.entities:
                return {"subjects": self._tops}
            others = self._framework.of_kind(query.target) if query.target else ()
            aside = tuple(one.id for one in others if not self._is_inside(one.id))
            return {"excluded": (*query.excluded, *aside)}
        below = all(self._framework.kind_by_id[one].parent for one in query.kinds)
        whole = query.kinds and below and not (query.subjects or query.filtered)
        if whole and query.operation in ("list", "count", "describe"):
            operation = "count" if query.operation == "count" else "describe"
            aside = tuple(filter(self._is_inside, query.excluded))
            return {"subjects": self._tops, "operation": operation, "excluded": aside}
        return {}

    # Drafts

    def cut(self, draft: Draft) -> Draft:
        """Return a draft without what the filters leave out; one of which nothing is left refuses.

        Lists of the framework are complete, so what is left of them is complete too.
        """
        if not self.any:
            return draft
        statements = tuple(one for one in draft.statements if self._keeps(one))
        cited = {*cited_in(statements)}
        hits = [one for one in draft.hits if self.shows(one.passage_id) or one.passage_id in cited]
        update: dict[str, object] = {
            "statements": statements,
            "hits": ranked(hits),
            "nearest": tuple(one for one in draft.nearest if self.shows(one.passage_id)),
            "completeness": tuple(
                found for one in draft.completeness if (found := self._counted(one, cited))
            ),
        }
        said = any(one.kind != "note" or one.citations for one in statements)
        if draft.status in GIVEN and len(statements) < len(draft.statements) and not said:
            update |= {"statements": (), "completeness": ()}
            update |= {"status": "not_covered", "reason": FILTERED}
        return draft.model_copy(update=update)

    def _counted(self, count: Completeness, cited: Iterable[str]) -> Completeness | None:
        """Count again what is listed; nothing is said of what the filters leave out."""
        if self.filters.facets and count.facet not in self.filters.facets:
            return None
        framework = self._framework
        if count.group in framework.item_by_id:
            return count if self._is_inside(count.group) else None
        if not self.filters.pillars:
            return count
        kinds = {kind.id for kind in framework.kinds if kind.facet == count.facet}
        now = [one for one in cited if one in framework.item_by_id]
        left = sum(framework.item(one).kind in kinds for one in now)
        return count.model_copy(update={"listed": left}) if left else None

    def partly(self, draft: Draft, query: Query, kept: Query) -> Draft:
        """Say what of a query does not fall under the filters."""
        framework = self._framework
        gone = [one for one in query.subjects if one not in kept.subjects]
        lost = [name_of(framework, framework.item(one)) for one in gone]
        lost += [framework.kind_by_id[one].plural for one in query.kinds if one not in kept.kinds]
        if not lost or draft.status not in GIVEN:
            return draft
        told = note(f"Left out by the filters: {listed(lost)}.")
        update = {"status": "partial", "reason": FILTERED}
        return draft.model_copy(update=update | {"statements": (*draft.statements, told)})

    def settled(self, draft: Draft, full: Draft) -> Draft:
        """Return a draft under filters with a true reason where it does not answer."""
        if draft.status == "answered" or (full.composer == CLOSEST and draft.status in GIVEN):
            return draft
        if is_unanswered(full):
            kept = draft if full.composer == CLOSEST else self.cut(full)
            near = kept.nearest or self.cut(draft).nearest
            return draft if draft.status in GIVEN else kept.model_copy(update={"nearest": near})
        if not is_unanswered(draft):
            if full.status != "answered":
                return draft
            said = (*draft.statements, self._elsewhere(full))
            return draft.model_copy(update={"reason": FILTERED, "statements": said})
        return self._refused(draft, full)

    def _elsewhere(self, full: Draft) -> Statement:
        return note(f"There is an answer without the filters{self._place(full)}.")

    def _refused(self, draft: Draft, full: Draft) -> Draft:
        """Refuse what is answered outside the filters, and say where."""
        names = listed(names_of(self.filters, self._corpus))
        nothing = note(f"Nothing within the filters ({names}) answers this.")
        kept = {name: getattr(draft, name) for name in ("hits", "nearest", "confidence")}
        bare = {
            "statements": (nothing, self._elsewhere(full)),
            "completeness": (),
            "follow_ups": (),
        }
        update = kept | bare | {"status": "not_covered", "reason": FILTERED}
        return self.cut(full.model_copy(update=update))

    def _place(self, full: Draft) -> str:
        """Say where the answer without filters stands: its tiers and its groups."""
        cited = [one for said in full.statements for one in said.citations]
        tiers = [TIER_NAMES[tier] for tier in TIER_NAMES if any(one.tier == tier for one in cited)]
        framework = self._framework
        items = [one.passage_id for one in cited if one.passage_id in framework.item_by_id]
        tops = list(dict.fromkeys(framework.top(one).id for one in items))
        named = [name_of(framework, framework.item(one)) for one in tops]
        under = f", under {listed(named)}" if 0 < len(named) <= MOST_NAMED else ""
        return (f", in the {listed(tiers)}" if tiers else "") + under


def names_of(filters: Filters, corpus: Corpus) -> tuple[str, ...]:
    """Name what an answer is narrowed to: `pillar 3`, `guidance notes`."""
    return (
        *(_short(one, corpus) for one in filters.pillars),
        *filters.facets,
        *(TIER_NAMES[one] for one in filters.tiers),
        *((f"notes for {filters.audience}s",) if filters.audience else ()),
    )


def pillar_id(text: str, framework: Framework) -> str:
    """Return the id of a pillar that is named by number, or by its id with or without source.

    Whatever names none is returned as it is.
    """
    for item in framework.items:
        short = item.id.partition(":")[2]
        names = {item.id, short, str(item.number)}
        if not item.parent and text.strip().casefold() in {one.casefold() for one in names}:
            return item.id
    return text


def choices_of(framework: Framework, corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Return what filters may name, by field."""
    tiers = {one.facets["tier"] for one in corpus.passages}
    found = {named for one in corpus.passages for named in audiences(one)}
    return {
        "pillars": tuple(one.id for one in framework.items if not one.parent),
        "facets": tuple(kind.facet for kind in framework.kinds),
        "tiers": tuple(one for one in get_args(Tier) if one in tiers),
        "audience": tuple(one for one in get_args(Audience) if one in found),
    }


def _refuse_unknown(filters: Filters, framework: Framework, corpus: Corpus) -> None:
    named = filters.model_dump() | {"audience": (filters.audience,) if filters.audience else ()}
    tops = [f"{one.id} ({one.title})" for one in framework.items if not one.parent]
    called = {"pillars": "pillar", "facets": "facet", "tiers": "tier here"}
    for field, known in choices_of(framework, corpus).items():
        if set(named[field]) - set(known):
            told = tops if field == "pillars" else known
            what = called.get(field, field)
            raise QuestionError(f"There is no such {what}; choose from {listed(told)}.")


def _short(id_: str, corpus: Corpus) -> str:
    """Name an item by its kind and number, or by its title where it has no number."""
    passage = corpus.by_id.get(id_)
    if passage is None:
        return id_
    number = passage.facets.get("number", "")
    return f"{passage.facets['kind']} {number}" if number else passage.text
