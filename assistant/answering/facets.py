"""What belongs to an item: its own words, what stands under it, what it shares, what is closest."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, complete, counted, listed
from assistant.records import Citation, Completeness, Relation, Statement
from assistant.understanding.naming import heading_of, name_of, short_name
from assistant.understanding.reading import Query
from corpus.structure.graph import Framework, Item, Kind

DIRECT = ("high", "medium-high", "medium")
"""Strengths of inferred link from which an item is said to speak directly to another."""


class Page:
    """A framework as composers speak of it."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what quotes it."""
        self._framework = framework
        self._quoting = Quoting(framework)

    def kinds(self, ids: Iterable[str]) -> list[Kind]:
        """Return kinds by their ids."""
        return [self._framework.kind_by_id[one] for one in ids]

    def name(self, item: Item) -> str:
        """Return an item's name in a sentence; see `name_of`."""
        return name_of(self._framework, item)

    def standing(self, item: Item) -> str:
        """Say in one sentence what an item is and where it stands."""
        kind, above = self._framework.kind_by_id[item.kind], self._framework.lineage(item.id)[1:]
        what = f"{'an' if kind.singular[:1].lower() in 'aeiou' else 'a'} {kind.singular}"
        if item.number:
            what = f"{kind.singular} {item.number} of {len(self._framework.of_kind(item.kind))}"
        under = f", under {self.name(above[0])}" if above else ""
        name = item.title or f"\u201c{item.description}\u201d"
        return f"{name} is {what}{under}."

    def called(self, item: Item) -> Citation:
        """Cite what an item is called: its title, or the statement itself."""
        return self._quoting.title(item) if item.title else self._quoting.words(item)

    def titles(self, *items: Item) -> list[Citation]:
        """Cite the titles of items, as far as they have any."""
        return [self._quoting.title(one) for one in items if one.title]

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

    @staticmethod
    def held(query: Query, verb: str, *numbers: tuple[Kind, int]) -> str:
        """Say how many there are: no, where another number is claimed; a yes would say too much."""
        told = f"The page {verb} {listed([counted(number, kind) for kind, number in numbers])}"
        claims = ((query.claims.get(kind.id, number), number) for kind, number in numbers)
        if not (wrong := [str(claim) for claim, number in claims if claim != number]):
            return told
        told = f"No: t{told[1:]}" if query.polar else told
        return f"{told}, not {listed(wrong)},"

    @staticmethod
    def others(query: Query, items: Sequence[Item], found: Sequence[Item]) -> str:
        """Name the groups of the page that differ from those found, where nothing is set aside."""
        rest = [one for one in items if one not in found]
        lacking = query.operation == "negate"
        every = query.every and not lacking
        if not (found and rest) or every or query.excluded or rest[0].parent:
            return ""
        verb = ("does" if len(rest) == 1 else "do") + " not" * (not lacking)
        return f"; {listed([one.title or one.description for one in rest])} {verb}"

    def whole(self, kind: Kind, number: int) -> Completeness:
        """Tell that all of a kind on the page are given."""
        return complete(kind, self._framework.source.id, number, number)

    def group_heading(self, item: Item) -> str:
        """Return the heading of the group that an item stands under; empty for a group."""
        top = self._framework.top(item.id)
        return heading_of(self._framework, top) if top is not item else ""

    def headed(self, said: str, ids: Iterable[str]) -> list[Statement]:
        """Quote items under their groups, with something `said` before the groups' headings."""
        items = map(self._framework.item, ids)
        headings = ((one, f"{said}, {self.group_heading(one)}") for one in items)
        return [self._quoting.entry(one, heading, "related") for one, heading in headings]

    def kind_heading(self, kind: Kind, owner: Item) -> str:
        """Return the heading of what an item has of a kind."""
        return f"{capitalised(kind.plural)} of {self.name(owner)}"

    def owned(self, item: Item, kind: Kind) -> tuple[Item, tuple[Item, ...]]:
        """Return whose items of a kind apply to an item, and these: its own and none at the worst.

        See `Framework.facet`.
        """
        return self._framework.facet(item.id, kind.id) or (item, ())


class Facets(Page):
    """Describes the items of a framework, completely."""

    def describe(self, query: Query) -> Composed:
        """Give the facets of a query's subjects that it asks for, or all there is on them."""
        composed = Composed()
        kinds = self.kinds(query.kinds)
        subjects = [self._framework.item(one) for one in query.subjects]
        if query.counted and len(subjects) > 1:
            composed.say(*(self._numbers(subjects, kind) for kind in kinds))
        for item in subjects:
            self._subject(composed, item, query, alone=len(subjects) == 1)
        for item in subjects:
            composed.closing.extend(self._shared(item, kinds, composed))
        own = {kind.id for kind in kinds} <= {one.kind for one in subjects}
        if own and composed.status == "not_covered" and any(one.description for one in subjects):
            # That the page prints no description of one of them is told beside the others.
            composed.refuse("answered", "")
        return composed

    def _subject(self, composed: Composed, item: Item, query: Query, *, alone: bool) -> None:
        """Give the facets of an item that are asked for, or all there is on it."""
        # An item is no facet of itself: "outcome P2-O1" asks for all there is on it.
        kinds = [one for one in self.kinds(query.kinds) if one.id != item.kind or not item.parent]
        if not (kinds or query.description):
            self._profile(composed, item)
            return
        none = query.polar and not any(self.owned(item, kind)[1] for kind in kinds)
        if alone and not (query.description or none):
            composed.say(*self._opening(item, kinds, query))
        if query.description or (item.title and item.description):
            self.description(composed, item, polar=query.polar)
        for kind in kinds:
            self.facet(composed, item, kind, query.excluded, polar=query.polar)

    def difference(self, query: Query) -> Composed | None:
        """Give what a group has of a shared kind and others have not; `None` for another query."""
        kinds, by_id = self.kinds(query.kinds), self._framework.item_by_id
        groups = [by_id[one] for one in query.subjects]
        aside = [by_id[one] for one in query.excluded if one in by_id]
        others = [one for one in aside if not one.parent and one not in groups]
        if len(kinds) != 1 or not (kinds[0].shared and others) or len(groups) != 1:
            return None
        (group,), (kind,), composed = groups, kinds, Composed()
        if group.parent or len(others) < len(query.excluded) or not self.owned(group, kind)[1]:
            return None
        below = [self._framework.below(one.id, kind.id) for one in others]
        named = {entity for items in below for one in items for entity in one.entities}
        own = self.owned(group, kind)[1]
        # An entry may name a body and a wider sort: others have it if they have both.
        kept = [one for one in own if not one.entities or {*one.entities} - named]
        told = f"{len(kept)} of the {counted(len(own), kind)} of {self.name(group)}"
        verb = "is" if len(kept) == 1 else "are"
        where = listed([self.name(one) for one in others])
        composed.say(note(f"{told} {verb} not named under {where}.", self.titles(group, *others)))
        section = self.kind_heading(kind, group)
        composed.say(*(self._entry(one, group, section, "related") for one in kept))
        beside = f"Named under {where} too"
        shared = (one for one in own if one not in kept)
        composed.say(*(self._entry(one, group, beside, "related") for one in shared))
        composed.completeness.append(complete(kind, group.id, len(own), len(own)))
        return composed

    def ends(self, groups: Sequence[Item], kind: Kind, first: str = "most") -> Iterator[Statement]:
        """Say which of some groups have most of a kind and which fewest, or that they tie."""
        numbers = {one: len(self._framework.below(one.id, kind.id)) for one in groups}
        if len({*numbers.values()}) == 1 < len(groups):
            every = capitalised(listed([*map(self.name, groups)]))
            number = counted(numbers[groups[0]], kind)
            yield note(f"{every} have {number} each.", self.titles(*groups))
            return
        if len(groups) == 2:
            one, other = sorted(groups, key=lambda one: numbers[one], reverse=first == "most")
            more = "more" if first == "most" else "fewer"
            told = f"{self.name(one)} has {more} {kind.plural} than {self.name(other)}"
            said = f"{capitalised(told)}: {numbers[one]} and {numbers[other]}."
            yield note(said, self.titles(one, other))
            return
        ends = {"most": max(numbers.values()), "fewest": min(numbers.values())}
        shares = []
        for end in sorted(ends, key=lambda one: one != first):
            names = [self.name(one) for one in groups if numbers[one] == ends[end]]
            what = f" {kind.plural}" if end == first else ""
            verb = "have" if names[1:] else "has"
            shares.append(f"{listed(names)} {verb} the {end}{what}, {ends[end]}")
        shown = [one for one in groups if numbers[one] in ends.values()]
        yield note(f"{capitalised('; '.join(shares))}.", self.titles(*shown))

    def _opening(self, item: Item, kinds: Sequence[Kind], query: Query) -> Iterator[Statement]:
        """Say how many of each kind there are, and whose, or which groups have most and fewest."""
        found = [(self._framework.facet(item.id, kind.id), kind) for kind in kinds]
        numbers = [(kind, len(facet[1])) for facet, kind in found if facet]
        if not numbers:
            yield note(self.standing(item), self.titles(item))
            return
        owner = next(facet[0] for facet, _ in found if facet)
        where = f"for {self.name(owner)}"
        if owner is not item:
            where += f", which covers {self.name(item)}"
        said = f"{self.held(query, 'lists', *numbers)} {where}."
        yield note(said, self.titles(*dict.fromkeys((owner, item))))
        for kind in kinds if query.is_ranked and not item.parent else ():
            yield from self.ends(self._framework.of_kind(item.kind), kind)

    def _numbers(self, items: Sequence[Item], kind: Kind) -> Statement:
        """Say how many of a kind each of several items has, the most first."""
        owned = {item: self.owned(item, kind)[1] for item in items}
        numbers = {item: len(found) for item, found in owned.items()}
        order = sorted(items, key=lambda item: -numbers[item])
        said = listed([f"{self.name(item)} has {counted(numbers[item], kind)}" for item in order])
        # Two capabilities may have the outcomes of one pillar.
        total = f", {len({*chain(*owned.values())})} in all" * (not kind.shared)
        return note(f"{capitalised(said)}{total}.", self.titles(*order))

    def total(self, kind: Kind, items: Sequence[Item], query: Query) -> Statement:
        """Say how many of a kind there are, and under which groups."""
        whole = len(items) == len(self._framework.of_kind(kind.id))
        text = self.held(query, "has", (kind, len(items))).rstrip(",")
        if not whole:
            text = f"Without what the question sets aside, {text[0].lower()}{text[1:]}"
        tops = [self._framework.top(item.id) for item in items]
        if kind.parent and len(groups := list(dict.fromkeys(tops))) > 1:
            shares = [f"{tops.count(top)} under {self.name(top)}" for top in groups]
            text += f": {listed(shares)}"
        more = f" {self.several(items)}" if kind.shared else ""
        return note(f"{text}.{more}".rstrip(), [self._quoting.words(item) for item in items])

    def several(self, items: Sequence[Item]) -> str:
        """Say which entities some items name under several groups, if any, the most first."""
        label = {one.id: one.label for one in self._framework.entities}
        under = dict[str, dict[str, None]]()
        for item in items:
            top = short_name(self._framework, self._framework.top(item.id))
            for entity in item.entities:
                under.setdefault(label[entity], {})[top] = None
        order = sorted(under.items(), key=lambda one: -len(one[1]))
        said = [f"{one} ({listed([*tops])})" for one, tops in order if len(tops) > 1]
        groups = self._framework.kinds[0].plural
        return f"Named under several {groups}: {'; '.join(said)}." if said else ""

    def contrast(self, items: Sequence[Item], kinds: Sequence[Kind]) -> Statement:
        """Say what items stand under, together or each for itself, and what each has of a kind."""
        above = {item.parent for item in items}
        if len(above) == 1 and all(above):
            parent = self._framework.item(above.pop())
            both = " both" if len(items) < 3 else ""
            names = capitalised(listed([self.name(item) for item in items]))
            tied, cited = self._tied(items[0], kinds) if items[0].title else ("", [])
            text = f"{names}{both} stand under {self.name(parent)}"
            text += tied and f"; the page ties {tied} to that as a whole"
            return note(f"{text}.", [*self.titles(*items), self._quoting.title(parent), *cited])
        told = []
        for item in items:
            below = [(len(self._framework.below(item.id, kind.id)), kind) for kind in kinds]
            numbers = listed([counted(number, kind) for number, kind in below if number])
            standing = capitalised(self.standing(item)).rstrip(".")
            told.append(f"{standing}, and has {numbers}" if numbers else standing)
        return note(f"{'; '.join(told)}.", self.titles(*items))

    def _tied(self, item: Item, kinds: Sequence[Kind]) -> tuple[str, list[Citation]]:
        """Say what of some kinds, or of all, is tied to the group that an item stands under."""
        told, cited = [], list[Citation]()
        for kind in kinds or self._framework.kinds:
            owner, found = self.owned(item, kind)
            if found and owner is not item and kind.id != item.kind:
                names = f" ({'; '.join(one.label for one in found)})" * kind.shared
                told.append(f"{counted(len(found), kind)}{names}")
                cited += [self._quoting.words(one) for one in found] if kind.shared else []
        return listed(told), cited

    def description(self, composed: Composed, item: Item, *, polar: bool = False) -> None:
        """Quote an item's own words, or say that it has none; `polar` says no first."""
        section = heading_of(self._framework, item) if item.title else self.group_heading(item)
        composed.say(self._quoting.statement(item, section))
        if item.description:
            return
        said = "No: the page" if polar else "The page"
        text = f"{said} prints no description for {self.name(item)}."
        composed.say(note(text, [self._quoting.title(item)], section))
        if self._framework.kind_by_id[item.kind].described and not polar:
            composed.refuse("not_covered", "coverage_gap")

    def claimed(self, query: Query) -> Composed:
        """Give the words of an item that something is claimed of, or what under it comes closest.

        Whether the claim holds is the reader's to judge: it may be put in any words.
        """
        composed, item = Composed(), self._framework.item(query.subjects[0])
        near = [self._framework.item(one) for one in query.matches]
        stands = f"{self.standing(item)} "
        if item.parent:
            told = f"{stands}This is all that the page says of it:"
            composed.say(note(told, [self.called(item)]))
            self.description(composed, item)
        elif item.kind in query.kinds:
            composed.say(note(stands.strip(), self.titles(item)))
        elif near and self._framework.top(near[0].id) is item:
            composed.say(note(f"{stands}Under it this comes closest:", self.titles(item)))
            composed.say(*(self._quoting.entry(one) for one in near))
            composed.refuse("partial", "coverage_gap")
        else:
            if near:
                told = f"{stands}Signpost finds what comes closest elsewhere on the page:"
                composed.say(note(told, self.titles(item)))
                composed.say(*(self._quoting.entry(one, self.group_heading(one)) for one in near))
                stands = ""
            kinds = self.kinds(query.kinds)
            plurals = listed([one.plural for one in kinds])
            what = f"These are all {plurals}" if kinds else "This is all"
            told = f"{stands}{what} that the page has under it:"
            composed.say(note(told, self.titles(item)))
            for kind in kinds:
                self.facet(composed, item, kind, polar=query.polar)
            if not kinds:
                self.own_facets(composed, item)
        return composed

    def facet(
        self,
        composed: Composed,
        item: Item,
        kind: Kind,
        excluded: Sequence[str] = (),
        *,
        polar: bool = False,
    ) -> None:
        """List all items of a kind that apply to an item, those closest to it first.

        That there are none is the answer, where yes or no is asked (`polar`), and else a gap.
        """
        if kind.id in {one.kind for one in self._framework.lineage(item.id)}:
            said, told = self.standing(item), [one.text for one in composed.statements]
            if item.kind != kind.id and not any(said.rstrip(".") in text for text in told):
                composed.say(note(said, self.titles(item)))
            return
        owner, items = self.owned(item, kind)
        if not items:
            said = "No: the page" if polar else "The page"
            text = f"{said} lists no {kind.plural} for {self.name(item)}."
            if polar and not (kind.parent or item.parent):
                every = counted(len(self._framework.of_kind(kind.id)), kind)
                text = f"No: {self.name(item)} is not one of the {every}."
            composed.say(note(text, [self._quoting.words(item)], capitalised(kind.plural)))
            if not polar:
                composed.refuse(
                    "partial" if composed.completeness else "not_covered", "coverage_gap"
                )
            return
        items = tuple(one for one in items if not self.set_aside(one, excluded))
        counts = complete(kind, owner.id, len(items), len(items))
        if counts in composed.completeness:
            return
        direct = self._direct(item, items)
        section = self.kind_heading(kind, owner)
        other: Relation = "shared" if owner is not item else "related"
        for one in dict.fromkeys((*direct, *items)):
            relation: Relation = "direct" if one in direct else other
            composed.say(self._entry(one, owner, section, relation))
        composed.completeness.append(counts)

    def own_facets(self, composed: Composed, item: Item) -> None:
        """List all that stands under an item, kind by kind."""
        for kind in self._framework.kinds:
            owner, items = self.owned(item, kind)
            if owner is item and items:
                self.facet(composed, item, kind)

    def set_aside(self, item: Item, excluded: Sequence[str]) -> bool:
        """Tell whether a question leaves an item out: itself, what it is under, all it names."""
        above = {one.id for one in self._framework.lineage(item.id)}
        named = set(item.entities)
        return bool(above & set(excluded)) or (bool(named) and named <= set(excluded))

    def _entry(self, item: Item, owner: Item, section: str, relation: Relation) -> Statement:
        """Quote an item; with the title of what it stands under, where that is not the owner."""
        if item.parent == owner.id or item.title:
            return self._quoting.entry(item, section, relation)
        parent = self._framework.item(item.parent)
        quotes = [self._quoting.title(parent), self._quoting.words(item)]
        return self._quoting.joined(quotes, section, relation)

    def _direct(self, item: Item, items: Sequence[Item]) -> list[Item]:
        """Return the items that an inferred link ties to one, strongest first."""
        linked = [
            link.target if link.source == item.id else link.source
            for link in self._framework.links_of(item.id)
            if link.strength in DIRECT
        ]
        by_id = {one.id: one for one in items}
        return [by_id[one] for one in dict.fromkeys(linked) if one in by_id]

    def _shared(self, item: Item, kinds: Sequence[Kind], composed: Composed) -> list[Statement]:
        """Say that a facet belongs to a parent, and that the order is a reading."""
        found = [(*self.owned(item, kind), kind) for kind in kinds if kind.id != item.kind]
        shared = [(owner, kind) for owner, items, kind in found if owner is not item and items]
        if not shared:
            return []
        above, own = self.kinds((shared[-1][0].kind, item.kind))
        plurals = listed([kind.plural for _, kind in shared])
        text = f"The page ties {plurals} to the {above.singular}, not to a single {own.singular}"
        if any(one.relation == "direct" for one in composed.statements):
            text += "; the order, and which of them speak directly to "
            text += f"{item.title or 'it'}, is Signpost's reading"
        return [note(f"{text}.")]

    def _profile(self, composed: Composed, item: Item) -> None:
        """Say all there is on an item: its words, what stands under it, what is closest to it."""
        composed.say(note(self.standing(item), [self.called(item)]))
        if item.description:
            section = heading_of(self._framework, item) if item.title else ""
            composed.say(self._quoting.statement(item, section))
        elif self._framework.kind_by_id[item.kind].described:
            self.description(composed, item)
        self.own_facets(composed, item)
        top = self._framework.top(item.id)
        beside = [one for one in self._framework.items if self._framework.top(one.id) is top]
        close = self._direct(item, beside) if item.title else []
        if not close:
            return
        kind, above = self.kinds((close[0].kind, self._framework.lineage(close[0].id)[1].kind))
        noun = kind.plural if len(close) > 1 else kind.singular
        section = f"{capitalised(noun)} closest to {self.name(item)}"
        composed.say(*(self._quoting.statement(one, section, "direct") for one in close))
        text = f"The page ties {kind.plural} to the {above.singular}"
        told = note(f"{text}; which are closest is Signpost's reading.")
        composed.closing += [] if told in composed.closing else [told]
