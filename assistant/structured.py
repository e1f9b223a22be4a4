"""The composer of answers that the framework's structure gives; knows no kind by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.answer import Completeness, Draft, Hit, Scope, Statement, Status
from assistant.citations import Quoting, note
from assistant.relations import Relations
from assistant.subjects import heading_of, name_of, short_name
from assistant.query import Query
from corpus.structure import Framework, Item, Kind

COMPOSER = "structured-1"
"""Name and version of the composer, for an answer's provenance."""

DIRECT = ("high", "medium-high", "medium")
"""Strengths of inferred link from which an item is said to speak directly to another."""

CLOSE = ("high", "medium-high", "medium")
"""Strengths from which a linked item belongs to an explanation."""


class Composed:
    """An answer in the making."""

    def __init__(self) -> None:
        """Start empty."""
        self.statements: list[Statement] = []
        self.completeness: list[Completeness] = []
        self.closing: list[Statement] = []
        self.status: Status = "answered"
        self.reason = ""

    def refuse(self, status: Status, reason: str) -> None:
        """Note that something asked for is not there."""
        self.status = status
        self.reason = reason


class Structured:
    """Composes complete answers from a framework."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)
        self._relations = Relations(framework)

    def compose(self, query: Query) -> Composed | None:
        """Answer a query from the structure, or return `None` where it cannot.

        A query is one thing asked; the pipeline joins the answers to several.
        """
        if query.operation in ("inverse", "negate", "verify"):
            return self._related(query)
        if query.operation == "compare":
            return self._compare(query)
        if query.operation == "count":
            return self._count(query)
        if query.operation == "list":
            return self._list(query)
        if query.operation == "describe" and query.kinds and not query.subjects and not query.topic:
            return self._overview(self._framework.kind_by_id[query.kinds[0]])
        if query.operation in ("describe", "define") and query.subjects:
            return self._beside_the_point(query) or self._describe(query)
        return None

    def _beside_the_point(self, query: Query) -> Composed | None:
        """Refuse a question for yes or no on a matter that what it names does not speak of."""
        if not (query.polar and query.topic and not query.kinds and not query.description):
            return None
        tops = {self._framework.top(one).id for one in query.subjects}
        if any(self._framework.top(one).id in tops for one in query.matches):
            return None
        composed = Composed()
        names = listed([name_of(self._framework, self._framework.item(one)) for one in query.subjects])
        text = f"What the page says on {names} does not speak of \u201c{query.topic}\u201d."
        composed.statements.append(note(text))
        composed.refuse("not_covered", "coverage_gap")
        return composed

    def _related(self, query: Query) -> Composed | None:
        statements = self._relations.compose(query)
        if not statements:
            return None
        composed = Composed()
        composed.statements.extend(statements)
        if not query.polar and statements[0].text.startswith("No:"):
            composed.refuse("not_covered", "false_premise")
        return composed

    def _overview(self, top: Kind) -> Composed:
        """Say what the framework is made of."""
        framework = self._framework
        counts = [counted(len(framework.of_kind(kind.id)), kind) for kind in framework.kinds]
        source = framework.source
        text = f"{framework.name} ({source.publisher}): the page has {listed(counts)}."
        composed = Composed()
        composed.statements.append(note(text))
        self._list_all(composed, top)
        composed.statements.pop(1)
        return composed

    # Describing: facets of subjects

    def _describe(self, query: Query) -> Composed:
        composed = Composed()
        kinds = [self._framework.kind_by_id[kind] for kind in query.kinds]
        for subject in query.subjects:
            item = self._framework.item(subject)
            if kinds or query.description:
                self._facets(composed, item, kinds, query)
            else:
                self._profile(composed, item, brief=query.operation == "define")
        self._say_what_is_shared(composed, query)
        return composed

    def _facets(
        self, composed: Composed, item: Item, kinds: Sequence[Kind], query: Query
    ) -> None:
        if len(query.subjects) == 1 and not query.description:
            composed.statements.append(self._opening(item, kinds))
        if query.description or self._describable(item):
            self._description(composed, item, polar=query.polar)
        for kind in kinds:
            self._facet(composed, item, kind, query)

    def _describable(self, item: Item) -> bool:
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
            return note(self._stands(item), [self._quoting.title(item)] if item.title else [])
        owner = owners[0]
        where = f"for {name_of(self._framework, owner)}"
        if owner.id != item.id:
            where += f", which covers {name_of(self._framework, item)}"
        cited = [self._quoting.title(one) for one in dict.fromkeys((owner, item)) if one.title]
        return note(f"The page lists {listed(counts)} {where}.", cited)

    def _stands(self, item: Item) -> str:
        kind = self._framework.kind_by_id[item.kind]
        total = len(self._framework.of_kind(item.kind))
        above = self._framework.lineage(item.id)[1:]
        name = item.title or name_of(self._framework, item)
        number = f"{kind.singular} {item.number} of {total}" if item.number else f"a {kind.singular}"
        if not above:
            return f"{name} is {number}."
        return f"{name} is {number}, under {name_of(self._framework, above[0])}."

    def _description(self, composed: Composed, item: Item, *, polar: bool = False) -> None:
        section = heading_of(self._framework, item)
        if item.description:
            composed.statements.append(self._quoting.statement(item, section))
            return
        kind = self._framework.kind_by_id[item.kind]
        passage = self._framework.passage_by_id[item.id]
        doubts = " ".join(doubt.basis for doubt in passage.doubts)
        said = "No: the page" if polar else "The page"
        text = f"{said} prints no description for {name_of(self._framework, item)}. {doubts}".strip()
        composed.statements.append(note(text, [self._quoting.title(item)], section))
        if kind.described and not polar:
            composed.refuse("not_covered", "coverage_gap")

    def _facet(self, composed: Composed, item: Item, kind: Kind, query: Query) -> None:
        found = self._framework.facet(item.id, kind.id)
        name = name_of(self._framework, item)
        if item.kind == kind.id:
            return
        if not found or not found[1]:
            text = f"The page lists no {kind.plural} for {name}."
            cited = [self._quoting.words(item)]
            composed.statements.append(note(text, cited, capitalised(kind.plural)))
            spoken = self._spoken(item, query)
            composed.statements.extend(self._quoting.entry(one) for one in spoken)
            some = composed.completeness or spoken
            composed.refuse("partial" if some else "not_covered", "coverage_gap")
            return
        owner, items = found
        direct = self._direct(item, items)
        ordered = [*direct, *(one for one in items if one not in direct)]
        section = f"{capitalised(kind.plural)} of {name_of(self._framework, owner)}"
        for one in ordered:
            relation = "direct" if one in direct else "shared" if owner is not item else "related"
            composed.statements.append(self._entry(one, owner, section, relation))
        composed.completeness.append(complete(kind, owner, len(ordered), len(items)))

    def _entry(self, item: Item, owner: Item, section: str, relation: str) -> Statement:
        """Quote an item; with the title of what it stands under, where that is not the owner."""
        if item.parent == owner.id or item.title:
            return self._quoting.entry(item, section, relation)
        parent = self._framework.item(item.parent)
        quotes = [self._quoting.title(parent), self._quoting.words(item)]
        return self._quoting.joined(quotes, section, relation)

    def _spoken(self, item: Item, query: Query) -> list[Item]:
        """Return what stands under an item and speaks of the question's topic."""
        matches = [self._framework.item(one) for one in query.matches]
        return [one for one in matches if self._framework.top(one.id) is self._framework.top(item.id)]

    def _direct(self, item: Item, items: Sequence[Item], strengths: Sequence[str] = DIRECT) -> list[Item]:
        """Return the items that an inferred link ties to one, strongest first."""
        linked = [
            link.target if link.source == item.id else link.source
            for link in self._framework.links_of(item.id)
            if link.strength in strengths
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

    def _shared(
        self, item: Item, owner: Item, kinds: Sequence[Kind], composed: Composed
    ) -> str:
        above = self._framework.kind_by_id[owner.kind].singular
        own = self._framework.kind_by_id[item.kind].singular
        text = f"The page ties {listed([kind.plural for kind in kinds])} to the {above}, not to a single {own}"
        if any(one.relation == "direct" for one in composed.statements):
            return f"{text}; the order, and which of them speak directly to {item.title or 'it'}, is Signpost's reading."
        return f"{text}."

    def _profile(self, composed: Composed, item: Item, *, brief: bool) -> None:
        """Say all there is on an item: its words, what stands under it, what is closest to it."""
        cited = [self._quoting.title(item)] if item.title else [self._quoting.words(item)]
        composed.statements.append(note(self._stands(item), cited))
        section = heading_of(self._framework, item) if item.title else ""
        kind = self._framework.kind_by_id[item.kind]
        if item.description:
            composed.statements.append(self._quoting.statement(item, section))
        elif kind.described:
            self._description(composed, item)
        for below in self._framework.kinds:
            found = self._framework.facet(item.id, below.id)
            if found and found[0].id == item.id and found[1] and not (brief and item.description):
                self._facet(composed, item, below, Query(text="", operation="describe"))
        if not brief:
            self._closest(composed, item)

    def _closest(self, composed: Composed, item: Item) -> None:
        top = self._framework.top(item.id).id
        beside = [one for one in self._framework.items if self._framework.top(one.id).id == top]
        close = self._direct(item, beside, CLOSE) if item.title else []
        if not close:
            return
        kind = self._framework.kind_by_id[close[0].kind]
        section = f"Closest {kind.plural if len(close) > 1 else kind.singular}"
        composed.statements.extend(self._quoting.statement(one, section, "direct") for one in close)
        owner = self._framework.lineage(close[0].id)[1]
        above = self._framework.kind_by_id[owner.kind].singular
        text = f"The page ties {kind.plural} to the {above}; that these are the closest is Signpost's reading."
        composed.closing.append(note(text))

    # Listing and counting

    def _list(self, query: Query) -> Composed | None:
        composed = Composed()
        for kind in (self._framework.kind_by_id[kind] for kind in query.kinds):
            if query.filtered:
                self._list_matching(composed, kind, query)
            else:
                self._list_all(composed, kind)
        return composed if composed.statements else None

    def _list_all(self, composed: Composed, kind: Kind) -> None:
        items = self._framework.of_kind(kind.id)
        composed.statements.append(self._total(kind, items))
        for item in items:
            above = self._framework.lineage(item.id)[1:]
            section = heading_of(self._framework, above[-1]) if above else ""
            composed.statements.append(self._quoting.entry(item, section))
        composed.completeness.append(
            complete(kind, self._framework.source, len(items), len(items))
        )

    def _total(self, kind: Kind, items: Sequence[Item]) -> Statement:
        text = f"The page has {counted(len(items), kind)}"
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
        text = f"{capitalised(counted(len(found), kind))} of the page speak{'s' if len(found) == 1 else ''} of this."
        composed.statements.append(note(text))
        for item, evidence in found:
            above = self._framework.lineage(item.id)[1:]
            section = heading_of(self._framework, above[-1]) if above else ""
            if evidence == [item.id]:
                composed.statements.append(self._quoting.entry(item, section))
                continue
            quotes = [self._quoting.words(item)]
            quotes += [self._quoting.words(self._framework.item(one)) for one in evidence]
            composed.statements.append(self._quoting.joined(quotes, section))

    def _count(self, query: Query) -> Composed | None:
        if query.counted in ("most", "least"):
            return self._extreme(query)
        if not query.subjects and not query.filtered:
            return self._count_all(query)
        if query.subjects:
            return self._describe(query.model_copy(update={"operation": "describe"}))
        return self._list(query)

    def _count_all(self, query: Query) -> Composed:
        composed = Composed()
        for kind in (self._framework.kind_by_id[kind] for kind in query.kinds):
            items = self._framework.of_kind(kind.id)
            composed.statements.append(self._total(kind, items))
            composed.completeness.append(
                complete(kind, self._framework.source, len(items), len(items))
            )
        return composed

    def _extreme(self, query: Query) -> Composed | None:
        """Answer `which pillar has the most outcomes` with the numbers of all."""
        if len(query.kinds) < 2:
            return None
        target, kind = (self._framework.kind_by_id[one] for one in query.kinds[:2])
        numbers = [
            (len(self._framework.below(item.id, kind.id)), item)
            for item in self._framework.of_kind(target.id)
        ]
        choose = max if query.counted == "most" else min
        extreme = choose(number for number, _ in numbers)
        names = [name_of(self._framework, item) for number, item in numbers if number == extreme]
        verb = "has" if len(names) == 1 else "have"
        text = f"{capitalised(listed(names))} {verb} the {query.counted}: {counted(extreme, kind)}."
        composed = Composed()
        composed.statements.append(note(text))
        for number, item in numbers:
            found = self._framework.below(item.id, kind.id)
            words = f"{capitalised(name_of(self._framework, item))}: {counted(number, kind)}."
            cited = [self._quoting.words(one) for one in found]
            if number == extreme:
                composed.statements.append(self._quoting.statement(item))
            composed.statements.append(note(words, cited))
        return composed

    # Comparing

    def _compare(self, query: Query) -> Composed:
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
                self._facet(composed, item, kind, query)
            if kinds and self._describable(item) and query.description:
                self._description(composed, item)
        for kind in kinds or self._framework.kinds:
            if kind.shared:
                composed.statements.extend(self._relations.common(kind, items))
        return composed

    def _more(self, query: Query, items: Sequence[Item], kinds: Sequence[Kind]) -> Statement:
        """Say yes or no to whether the first item has more of a kind than the second."""
        first, second = (len(self._framework.below(item.id, kinds[0].id)) for item in items[:2])
        more = first > second if query.counted == "more" else first < second
        names = [item.title or item.description for item in items[:2]]
        text = (
            f"{'Yes' if more else 'No'}: {names[0]} has {counted(first, kinds[0])}, "
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
            text = f"{capitalised(listed(names))} both stand under {name_of(self._framework, parent)}."
            return note(text.replace(" both", "" if len(items) > 2 else " both"), cited)
        text = "; ".join(capitalised(self._stands(item)).rstrip(".") for item in items)
        return note(f"{text}.", cited)

    def _compared_profile(self, composed: Composed, item: Item) -> None:
        if item.description or self._framework.kind_by_id[item.kind].described:
            self._description(composed, item)
            return
        for kind in self._framework.kinds:
            found = self._framework.facet(item.id, kind.id)
            if found and found[0].id == item.id and found[1]:
                self._facet(composed, item, kind, Query(text="", operation="describe"))


def draft_of(composed: Composed, scope: Scope) -> Draft:
    """Turn what was composed for one query into a Draft."""
    statements = (*composed.statements, *composed.closing)
    return Draft(
        status=composed.status,
        reason=composed.reason,
        scope=scope,
        composer=COMPOSER,
        statements=statements,
        completeness=tuple(composed.completeness),
        hits=hits_of(statements),
    )


def hits_of(statements: Iterable[Statement]) -> tuple[Hit, ...]:
    """Return the cited passages as hits that the structure led to, in order of first citation."""
    ids = dict.fromkeys(
        citation.passage_id for statement in statements for citation in statement.citations
    )
    return tuple(
        Hit(passage_id=one, rank=rank, score=1 / rank, ranks={"structure": rank})
        for rank, one in enumerate(ids, start=1)
    )


def complete(kind: Kind, owner: object, listed: int, total: int) -> Completeness:
    """Return how many of a kind an answer lists of those that an item or a source has."""
    label = kind.singular if total == 1 else kind.plural
    group = str(getattr(owner, "id", ""))
    return Completeness(facet=kind.facet, group=group, listed=listed, total=total, label=label)


def counted(number: int, kind: Kind) -> str:
    """Return `5 outcomes` or `1 outcome`."""
    return f"{number} {kind.singular if number == 1 else kind.plural}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capitalised(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
