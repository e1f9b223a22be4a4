"""Answers that the framework's structure gives, or its passages; no kind is known by name."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from assistant.answering.facets import Facets, Page
from assistant.answering.page_search import lacking
from assistant.citing.citations import cite, note
from assistant.draft import Composed, after_colon, capitalised, counted, listed
from assistant.records import Citation, Draft, Hit, Relation, Scope, Statement
from assistant.understanding.naming import heading_of, short_name
from assistant.understanding.reading import Query
from corpus.passage import Corpus
from corpus.structure.graph import Framework, Item, Kind

COMPOSER = "structured-1"  # Name and version of the composer, for an answer's provenance.
EXTRACTIVE = "extractive-2"  # The same of the one that shows passages.
MOST_NAMED = 8  # Items that are named in one sentence at most; they follow it in any case.
NEAREST = 3  # How many passages are shown where there is no answer.
NO_REASON = "The page gives no reason for it."
UNTOLD = "Signpost finds nothing on this on the page."
_UNKNOWN = "Signpost finds nothing on this in the framework or the guidance notes."


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
        if query.operation == "negate" and (query.description or query.kinds):
            return self._lacking(query)
        return []

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
        apart = dict[str, list[Citation]]()
        for (owner, entries), own in zip(found, entities, strict=True):
            only = own - {one for some in entities if some is not own for one in some}
            if only:
                named = listed([label for one, label in self._label.items() if one in only])
                proof = [self._quoting.words(one) for one in entries if only & set(one.entities)]
                apart[f"only {self.name(owner)}: {named}"] = proof
        labels = listed([self._label[one] for one in both])
        cited = [
            self._quoting.words(entry)
            for _, entries in found
            for entry in entries
            if set(entry.entities) & set(both)
        ]
        who = "Both" if len(items) == 2 else f"All {len(items)}"
        told = note(f"{who} have these {kind.plural}: {labels}.", cited)
        proofs = [cited for some in apart.values() for cited in some]
        return [told, note(f"{capitalised('; '.join(apart))}.", proofs)] if apart else [told]

    def _having(self, query: Query) -> list[Statement]:
        """Answer `which pillars list X` and `which do not`, each with its proof."""
        (kind, target), wanted = self.kinds((query.kinds[0], query.target)), set(query.entities)
        lacking = query.operation == "negate"
        labels = (" and " if query.every and not lacking else " or ").join(
            self._label[one] for one in query.entities
        )
        items = [one for one in self._framework.of_kind(target.id) if one.id not in query.excluded]
        proofs: list[tuple[Item, Sequence[Item]]] = []
        some: list[Item] = []
        for item in items:
            entries = self.owned(item, kind)[1]
            named = [one for one in entries if wanted & set(one.entities)]
            some += [item] if named else []
            told = {one for entry in named for one in entry.entities}
            if bool(named and (told >= wanted or lacking or not query.every)) != lacking:
                proofs.append((item, entries if lacking else named))
        heading = f"{'do not name' if lacking else 'name'} {labels}"
        heading = f"{capitalised(target.plural)} whose {kind.plural} {heading}"
        one_has = len(proofs) == 1
        verb = ("do not list", "does not list") if lacking else ("list", "lists")
        shown = proofs if len(proofs) <= MOST_NAMED else ()
        names = after_colon([item.title or item.description for item, _ in shown])
        names += self.others(query, items, [item for item, _ in proofs])
        noun = target.singular if len(items) == 1 else target.plural
        beside = [self.name(self._framework.item(one)) for one in query.excluded]
        noun += f" beside {listed(beside)}" * bool(beside)
        whose = f"{'its' if one_has else 'their'} {kind.plural}"
        text = (
            f"{len(proofs) or 'None'} of {len(items)} {noun} {verb[one_has]} {labels} among {whose}"
        )
        if query.excluded and not lacking:
            text = f"{'Yes' if proofs else 'No'}: {text[0].lower()}{text[1:]}"
        quotes = [
            [self.called(item), *map(self._quoting.words, entries)] for item, entries in proofs
        ]
        statements = [self._quoting.joined(one, heading) for one in quotes]
        if lacking or len(query.entities) < 2 or (query.every and len(some) == len(proofs)):
            return [note(f"{text}{names}."), *statements]
        each = self._of_each(query, items, kind)
        if query.every:
            any_of = after_colon([item.title or item.description for item in some])
            names += f"; {len(some)} of {len(items)} list at least one of them{any_of}"
        return [note(f"{text}{names}."), each, *statements]

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
        named = {one: [item.title or item.description for item in having[one]] for one in order}
        pairs = ((f"{self._label[one]}: {len(told)}", listed(told)) for one, told in named.items())
        said = [number + f" ({told})" * bool(told) for number, told in pairs]
        cited = dict.fromkeys(item for one in order for item in having[one])
        return note(f"{capitalised('; '.join(said))}.", self.titles(*cited))

    def _above(self, query: Query) -> list[Statement]:
        """Answer `which pillar does X belong to`."""
        statements: list[Statement] = []
        for item in map(self._framework.item, query.subjects):
            lineage = self._framework.lineage(item.id)[1:]
            # What stands outside the kind asked for stands under something else, and that is said.
            for parent in [one for one in lineage if one.kind == query.target] or lineage[-1:]:
                text = f"{capitalised(self.name(item))} stands under {self.name(parent)}."
                # What it is also tells that it is none of the kind above it.
                text = self.standing(item) if parent is lineage[0] else text
                statements += self._under(item, parent, text)
        return statements

    def _under(self, item: Item, parent: Item, text: str) -> list[Statement]:
        """Say where an item stands, and quote it there."""
        said = note(text, self.titles(parent, item))
        return [said, self._quoting.entry(item, heading_of(self._framework, parent))]

    def _lacking(self, query: Query) -> list[Statement]:
        """Answer `which have no description`, or nothing of a kind."""
        target, *kinds = self.kinds((query.target, *query.kinds))
        items, below = self._framework.of_kind(target.id), self._framework.below
        if kinds:
            has = {one: len(below(one.id, kinds[0].id)) for one in items}
        else:
            has = {one: len(one.description or one.label * (not one.title)) for one in items}
        what = kinds[0].plural if kinds else "a description"
        bare = [one for one in items if not has[one]]
        if kinds and len(bare) == len(items):
            return [note(f"The page ties no {what} to a single {target.singular}.")]
        text = f"{len(bare)} of {len(items)} {target.plural} {'have' if bare[1:] else 'has'} no "
        text += f"{what.removeprefix('a ')}{after_colon([one.label for one in bare])}"
        beside = list[Item]()
        if not bare:
            each = [f"{short_name(self._framework, one)} has {has[one]}" for one in items if kinds]
            text = f"All {len(items)} {target.plural} have {what}{after_colon(each)}"
        if kinds and not (bare or target.parent):
            # Who asks for a part that lacks it may mean one that stands beside them.
            heads = [one for one in self._framework.items if not (one.parent or one in has)]
            beside = [one for one in heads if not below(one.id, kinds[0].id)]
            text += "".join(f"; {self.name(one)} has none" for one in beside)
        cited = self.titles(*(bare or (*items, *beside)))
        return [note(f"{text}.", cited), *map(self._quoting.statement, bare)]

    def _containment(self, query: Query) -> list[Statement]:
        """Answer `is X part of Y` with yes or no, and with what X does stand under."""
        lineages = [self._framework.lineage(subject) for subject in query.subjects]
        top = self._framework.kinds[0].id
        other, lineage = sorted(lineages, key=lambda one: (len(one), one[0].kind != top))
        below, above = lineage[0], other[0]
        parent = above if above in lineage else lineage[-1]
        told = f"{self.name(below)} stands under {self.name(parent)}."
        told = self.standing(below) if parent in lineage[:2] else told
        # What stands there is no pillar itself, where that is what was thought.
        word = ("" if query.target else "Yes: ") if above in lineage else "No: "
        return self._under(below, parent, f"{word}{told}" if word else capitalised(told))

    def _verify(self, query: Query) -> list[Statement]:
        """Answer `is X a partner in Y` with yes or no and the proof."""
        statements, listing = list[Statement](), list[Statement]()
        label = listed([self._label[one] for one in query.entities])
        for item in map(self._framework.item, query.subjects):
            for kind in self.kinds(query.kinds):
                owner, entries = self.owned(item, kind)
                named = [one for one in entries if set(one.entities) & set(query.entities)]
                whose = f"among the {kind.plural} of {self.name(owner)}"
                text = f"No: the page does not list {label} {whose}."
                if named:
                    quoted = listed([f"\u201c{one.label}\u201d" for one in named])
                    more = len(entries) - len(named)
                    others = f", with {more} other{'s' * (more > 1)}" * bool(more)
                    text = f"Yes{others}: {whose}, the page lists {quoted}."
                cited = [self._quoting.words(one) for one in named] or self.titles(owner)
                section = self.kind_heading(kind, owner)
                ordered = [*named, *(one for one in entries if one not in named)]
                statements.append(note(text, cited))
                listing.extend(self._quoting.entry(one, section) for one in ordered)
        for one in query.entities if query.target else ():
            having = query.model_copy(update={"operation": "inverse", "entities": (one,)})
            told, *proofs = self._having(having)
            cited = [one for each in proofs for one in each.citations]
            statements.append(note(told.text, cited))
        return [*statements, *listing]


class Structured(Facets):
    """Composes complete answers from a framework."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework and what tells which of its items have what."""
        super().__init__(framework)
        self._relations = Relations(framework)

    def compose(self, query: Query) -> Composed | None:
        """Answer a query from the structure, or return `None` where it cannot.

        A query is one thing asked; the pipeline joins the answers to several.
        """
        match query.operation:
            case "inverse" | "negate" | "verify":
                return self._related(query)
            case "compare":
                return self._compare(query)
            case "list":
                return self._list(query)
            case "count" if query.is_ranked or not query.subjects:
                return self._extreme(query) if query.is_ranked else self._count(query)
            case "count" | "describe" if query.subjects:
                return self.difference(query) or self._described(query)
            case "describe" if query.kinds:
                return self._overview(self._framework.kind_by_id[query.kinds[0]], query)
        return None

    def _described(self, query: Query) -> Composed:
        """Describe the subjects, and say first what several groups share."""
        composed = self.describe(query)
        groups = [one for one in map(self._framework.item, query.subjects) if not one.parent]
        for kind in self.kinds(query.kinds):
            if kind.shared and len(groups) > 1 and not query.counted:
                composed.statements[:0] = self._relations.common(kind, groups)
        return composed

    def _related(self, query: Query) -> Composed | None:
        """Say which items have what; refuse what is untrue, unless yes or no is asked."""
        if query.operation == "verify" and query.description:
            return self.claimed(query)
        if not (statements := self._relations.compose(query)):
            return None
        composed = Composed()
        composed.say(*statements)
        if not query.polar and statements[0].text.startswith("No:"):
            composed.refuse("not_covered", "false_premise")
        elif query.operation == "verify" and not query.polar:
            told = capitalised(statements[0].text.partition(": ")[2])
            composed.statements[0] = statements[0].model_copy(update={"text": told})
            composed.say(note(NO_REASON))
            composed.refuse("partial", "coverage_gap")
        return composed

    def _overview(self, top: Kind, query: Query) -> Composed:
        """Say what the framework is made of."""
        framework = self._framework
        counts = [counted(len(framework.of_kind(kind.id)), kind) for kind in framework.kinds]
        publisher = framework.source.publisher
        composed = Composed()
        self._list_all(composed, top, query)
        text = f"{framework.name} ({publisher}): the page has {listed(counts)}."
        composed.statements[0] = note(text)
        return composed

    def _list(self, query: Query) -> Composed | None:
        composed, kinds = Composed(), self.kinds(query.kinds)
        apart = sum(bool(kind.parent) for kind in kinds) > 1
        for kind in kinds:
            if query.filtered:
                self._list_matching(composed, kind, query)
            else:
                self._list_all(composed, kind, query, apart=apart)
        if apart and not query.filtered:
            # Group by group, and in each kind by kind.
            composed.statements.sort(key=self._place)
        return composed if composed.statements else None

    def _place(self, said: Statement) -> int:
        """Return the place of the group that a statement stands under; -1 under no heading."""
        top = said.section and self._framework.top(said.citations[0].passage_id)
        return self._framework.items.index(top) if isinstance(top, Item) else -1

    def _list_all(
        self, composed: Composed, kind: Kind, query: Query, *, apart: bool = False
    ) -> None:
        """List all of a kind under their groups, `apart` from others; only count what heads."""
        whole = self._framework.of_kind(kind.id)
        items = [one for one in whole if not self.set_aside(one, query.excluded)]
        composed.say(self.total(kind, items, query))
        for item in items if kind.parent or len(query.kinds) < 2 else ():
            section = self.group_heading(item)
            if apart and section:
                section = self.kind_heading(kind, self._framework.top(item.id))
            # Of a whole page of them no more than titles is asked for.
            bare = item.title and not query.description
            said = self._quoting.joined([self._quoting.title(item)], section) if bare else None
            composed.say(said or self._quoting.entry(item, section))
        composed.completeness.append(self.whole(kind, len(items)))

    def _list_matching(self, composed: Composed, kind: Kind, query: Query) -> None:
        if not (found := self.matching(kind, query.matches)):
            return
        if not kind.parent:
            # What heads the page has an order of its own; below it the best stands first.
            found.sort(key=lambda one: self._framework.items.index(one[0]))
        verb = "come closest to" if query.near else "bear on"
        verb = verb.replace(" ", "s ", 1) if len(found) == 1 else verb
        opening = "Within the filters, Signpost" if query.narrowed else "Signpost"
        titled = len(found) <= NEAREST and all(item.title for item, _ in found)
        names = after_colon([self.name(item) for item, _ in found]) if titled else ""
        number = counted(len(found), kind)
        composed.say(note(f"{opening} finds {number} that {verb} what is asked{names}."))
        if query.near:
            composed.refuse("partial", "coverage_gap")
        for item, evidence in found:
            section = self.group_heading(item)
            if evidence == [item.id]:
                composed.say(self._quoting.entry(item, section))
                continue
            proof = [self._quoting.words(self._framework.item(one)) for one in evidence]
            tied = any(item not in self._framework.lineage(one) for one in evidence)
            relation: Relation = "direct" if tied else "related"
            composed.say(self._quoting.joined([self.called(item), *proof], section, relation))
        composed.say(*self.headed("Less directly", query.touching))

    def _count(self, query: Query) -> Composed:
        """Tell how many of some kinds there are; of each group, where groups are asked for too."""
        composed = Composed()
        top, kinds = self._framework.kinds[0], self.kinds(query.kinds)
        within = [kind for kind in kinds if kind.id != top.id]
        by_group = top in kinds and bool(within) and not query.claims
        whole = {kind.id: self._framework.of_kind(kind.id) for kind in (top, *kinds)}
        # What is claimed and untrue is said first.
        kinds.sort(key=lambda one: query.claims.get(one.id, 0) in (0, len(whole[one.id])))
        composed.completeness.extend(self.whole(kind, len(whole[kind.id])) for kind in kinds)
        against = query.polar and not query.claims and len(within) == 2
        if against:
            composed.say(*self._difference(within, whole[top.id] if by_group else ()))
        if not by_group:
            composed.say(*(self.total(kind, whole[kind.id], query) for kind in kinds))
            return composed
        totals = listed([counted(len(whole[kind.id]), kind) for kind in kinds])
        composed.say(note(f"The page has {totals}.", [*map(self._quoting.title, whole[top.id])]))
        for kind in within if not against else ():
            composed.say(*self.ends(whole[top.id], kind))
        for group in whole[top.id]:
            below = [(self._framework.below(group.id, kind.id), kind) for kind in within]
            numbers = listed([counted(len(items), kind) for items, kind in below])
            cited = [self._quoting.words(one) for items, _ in below for one in items]
            called = "; ".join(one.label for items, kind in below if kind.shared for one in items)
            said = f"{capitalised(self.name(group))}: {numbers}{called and f' ({called})'}."
            composed.say(note(said, [self._quoting.title(group), *cited]))
        return composed

    def _difference(self, kinds: Sequence[Kind], groups: Sequence[Item]) -> Iterator[Statement]:
        """Say of which of two kinds the page has more, and which groups have more of which."""
        of_kind, below = self._framework.of_kind, self._framework.below
        one, other = sorted(kinds, key=lambda kind: -len(of_kind(kind.id)))
        numbers = [len(of_kind(kind.id)) for kind in (one, other)]
        more = f", {numbers[0] - numbers[1]} more" * (numbers[0] > numbers[1])
        said = listed([counted(n, kind) for n, kind in zip(numbers, (one, other), strict=True)])
        yield note(f"The page has {said}{more}.", [*map(self.called, groups or of_kind(one.id))])
        told = {f"more {one.plural}": 1, f"more {other.plural}": -1, "as many of both": 0}
        gaps = {at: len(below(at.id, one.id)) - len(below(at.id, other.id)) for at in groups}
        for words, sign in told.items():
            if found := [at for at, gap in gaps.items() if (gap > 0) - (gap < 0) == sign]:
                names = capitalised(listed([*map(self.name, found)]))
                yield note(
                    f"{names} {'have' if found[1:] else 'has'} {words}.", self.titles(*found)
                )

    def _extreme(self, query: Query) -> Composed | None:
        """Answer `which pillar has the most outcomes` with the numbers of all that are asked."""
        if len(query.kinds) < 2:
            return None
        target, kind = self.kinds(query.kinds[:2])
        every, asked = self._framework.of_kind(target.id), query.subjects
        groups = [one for one in every if not asked or one.id in asked]
        below = {one: self._framework.below(one.id, kind.id) for one in groups}
        composed = Composed()
        if not any(below.values()):
            composed.say(note(f"The page ties no {kind.plural} to a single {target.singular}."))
            composed.refuse("not_covered", "coverage_gap")
            return composed
        composed.say(*self.ends(groups, kind, "fewest" if query.counted == "least" else "most"))
        if kind.shared and not query.subjects and (wide := self.several([*chain(*below.values())])):
            composed.say(note(wide))
        for item, items in below.items():
            words = f"{capitalised(self.name(item))}: {counted(len(items), kind)}."
            composed.say(note(words, [*map(self._quoting.words, items)]))
        return composed

    def _compare(self, query: Query) -> Composed:
        """Set the facets of several items beside each other, and say what they share."""
        composed = Composed()
        items = [one for one in self._framework.items if one.id in query.subjects]
        kinds = self.kinds(query.kinds)
        for kind in kinds or self._framework.kinds:
            # Without a kind asked for, each has to have entries itself, not by what it is under.
            found = [self._framework.facet(item.id, kind.id) for item in items]
            pairs = zip(found, items, strict=True)
            if kind.shared and (kinds or all(one and one[0] is item for one, item in pairs)):
                composed.say(*self._relations.common(kind, items))
        pair = len(items) == 2 and len(kinds) == 1 and not any(one.parent for one in items)
        composed.say(*(self.ends(items, kinds[0]) if pair else [self.contrast(items, kinds)]))
        self._beside(composed, items, query)
        composed.refuse("answered", "")
        return composed

    def _beside(self, composed: Composed, items: Sequence[Item], query: Query) -> None:
        """Give what each of several items says itself, and what it has; what two share, once."""
        told, kinds = set[tuple[str, str]](), self.kinds(query.kinds)
        for item in items:
            own = item.description or self._framework.kind_by_id[item.kind].described
            if item.title and item.description if kinds else own:
                self.description(composed, item)
            elif not kinds:
                self.own_facets(composed, item)
            for kind in kinds:
                if (place := (self.owned(item, kind)[0].id, kind.id)) not in told:
                    self.facet(composed, item, kind, query.excluded)
                told.add(place)


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
            said = query.premise or (UNTOLD if query.of_page else _UNKNOWN)
            return Draft(
                status="not_covered",
                reason="false_premise" if query.premise else "coverage_gap",
                scope=scope,
                composer=EXTRACTIVE,
                statements=(note(said),),
                hits=tuple(hits),
                nearest=tuple(cite(self._corpus.passage(hit.passage_id)) for hit in hits[:NEAREST]),
            )
        lost = [note(lacking(query.unnamed))] if query.unnamed else []
        places = "one place" if len(chosen) == 1 else f"{len(chosen)} places"
        page = f"{'Within the filters, the' if query.narrowed else 'The'} page"
        told = f"{page} has something on this in {places}."
        said = "This comes closest on the page." if query.near or query.unnamed else told
        found = {hit.passage_id for hit in hits}
        more = [one for one in chosen if one not in found]
        extra = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"structure": rank})
            for rank, one in enumerate(more, start=len(hits) + 1)
        ]
        less = self.headed("Less directly", query.touching)
        return Draft(
            status="partial" if query.near else "answered",
            reason="coverage_gap" if query.near else "",
            scope=scope,
            composer=EXTRACTIVE,
            statements=(*lost, note(said), *self._statements(chosen), *less),
            hits=(*hits, *extra),
        )

    def ground(self, ids: Collection[str]) -> tuple[Statement, ...]:
        """Quote items that guidance rests on, in reading order; not what heads the page's parts."""
        return self._statements([one for one in ids if self._framework.item(one).parent])

    def _statements(self, chosen: Sequence[str]) -> tuple[Statement, ...]:
        """Quote passages in reading order, under the headings of the page."""
        items = [one for one in self._framework.items if one.id in chosen]
        return tuple(self._quoting.entry(one, self.group_heading(one), "related") for one in items)
