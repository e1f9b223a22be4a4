"""From the words of a question to what is asked of what; knows no framework's kinds by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.locating import locates, unlocated
from assistant.answering.relevance import Relevant
from assistant.records import Operation, Scope
from assistant.rules.cues import COMPARISONS, DEFINING, EXPLAINING, INVOLVING
from assistant.rules.lexicon import Concept, Token
from assistant.rules.parts import NAMED_TYPES, SIDES, Parts
from assistant.rules.quantity import PERIODS, wanted
from assistant.rules.settled import Settled
from assistant.rules.subjects import name_of, short_name
from assistant.rules.topics import SPEAKS, Topics
from assistant.rules.words import Words, distinct
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Item

if TYPE_CHECKING:
    from assistant.rules.narrowing import Narrowing


class Understanding:
    """Reads questions about one framework."""

    def __init__(self, framework: Framework, parts: Parts, topics: Topics) -> None:
        """Keep what a question's words are held against."""
        self._framework = framework
        self._parts = parts
        self._settled = Settled(framework)
        self._topics = topics

    def read(self, text: str, only: Narrowing | None = None) -> tuple[Query, ...]:
        """Return what a question asks: one query for each thing, in order.

        Args:
            text: the question.
            only: filters; what a topic may mean is looked for in what they leave.
        """
        queries: list[Query] = []
        for words in self._parts.split(text):
            placed = locates(words.text) and not (words.kinds or words.negated)
            words = self._parts.words(unlocated(words.text)) if placed else words
            words.only = only
            query = self._query(words, queries[-1] if queries else None)
            if placed and not query.premise:
                query = query.model_copy(update={"operation": "locate", "polar": False})
            told = {
                "of_page": words.of_page,
                "excluded": words.excluded,
                "named": bool(words.kinds),
                "sure": words.sure,
            }
            queries.append(query.model_copy(update=told))
        return tuple(queries)

    def scope(self, query: Query) -> Scope:
        """Return a query in ids, for the answer's record."""
        kinds = [query.target, *query.kinds] if query.target else [*query.kinds]
        facets = ["description"] if query.description else []
        facets += [self._framework.kind_by_id[kind].facet for kind in kinds]
        return Scope(
            subjects=query.subjects,
            groups=distinct(self._framework.top(one).id for one in query.subjects),
            facets=distinct(facets),
            operation=query.operation,
        )

    def _query(self, words: Words, before: Query | None) -> Query:
        settled = self._settled.read(words)
        if settled:
            return settled.model_copy(update={"wants": wanted(words.text)})
        kinds = self._kinds(words)
        inherited = self._inherited(words, kinds, before) if before else None
        if inherited:
            return inherited
        kinds = kinds or (before.kinds if before and not words.topic(*NAMED_TYPES) else ())
        compared = self._compared(words, kinds)
        if compared:
            return compared
        if words.entities and self._about_entities(words, kinds):
            return self._by_entity(words, kinds)
        if self._contained(words, kinds):
            return self._containment(words)
        asked = self._asked(words, kinds)
        if words.opens_with == "why" and words.of_page and not asked.premise:
            return self._unreasoned(asked)
        return asked.model_copy(update=self._operation(asked, words))

    def _unreasoned(self, asked: Query) -> Query:
        """Answer why the framework lists something: it lists, and gives no reasons."""
        told = {
            "operation": "explain",
            "premise": "The page gives no reasons for what it lists.",
            "reason": "coverage_gap",
            "why": True,
        }
        return asked.model_copy(update=told)

    def _inherited(self, words: Words, kinds: tuple[str, ...], before: Query) -> Query | None:
        """Complete a part that leaves out what the part before it says; set what it is about."""
        if words.items or words.topic(*NAMED_TYPES):
            return None
        if before.entities and words.negated and not words.entities:
            return before.model_copy(update={"operation": "negate", "subjects": ()})
        if not before.subjects and before.matches and kinds and not words.entities:
            return before.model_copy(update={"operation": "list", "kinds": kinds, "filtered": True})
        words.items = before.subjects
        return None

    def _kinds(self, words: Words) -> tuple[str, ...]:
        """Return the kinds asked for, by name or by a word such as who, in the order asked."""
        own = {self._framework.item(one).kind for one in words.items}
        asked = {kind.id: words.asks(kind.asked_by) for kind in self._framework.kinds}
        opening = [kind for kind, place in asked.items() if place == 0]
        if opening and not words.mentioning:
            named = [kind for kind in asked if (asked[kind] or 0) > 0]
            return distinct([*opening, *named])
        later = [kind for kind, place in asked.items() if place is not None]
        if "where" in words.said and not (words.items or words.kinds or later):
            later = [self._framework.kinds[0].id]
        named = [kind for kind in words.kinds if kind not in own]
        others = [kind for kind in named if not words.qualifies(kind)]
        return distinct([*(others or named), *later])

    def _compared(self, words: Words, kinds: tuple[str, ...]) -> Query | None:
        """Set subjects beside each other if the question asks to, or asks which has more."""
        more = words.counting in ("more", "fewer") and bool(kinds)
        common = bool(words.said & {"share", "shared", "both"}) and len(words.items) > 1
        if not (words.said & COMPARISONS or more or common):
            return None
        items = self._sides(words)
        if len(items) < 2:
            return None
        query = self._compare(words, kinds, items)
        told = {"counted": words.counting if more else "", "polar": words.polar}
        return query.model_copy(update=told)

    def _contained(self, words: Words, kinds: tuple[str, ...]) -> bool:
        """Tell whether it is asked, or taken for granted, that one item stands under another."""
        if len(words.items) != 2 or kinds or words.topic(*NAMED_TYPES, "term"):
            return False
        levels = {self._framework.item(one).kind for one in words.items}
        return len(levels) == 2 and (
            words.polar or words.opens_with == "why" or "part" in words.said
        )

    def _containment(self, words: Words) -> Query:
        return Query(text=words.text, operation="verify", subjects=words.items, polar=words.polar)

    def _compare(self, words: Words, kinds: tuple[str, ...], items: tuple[str, ...]) -> Query:
        return Query(
            text=words.text,
            operation="compare",
            kinds=kinds,
            description=words.description,
            subjects=items,
        )

    def _sides(self, words: Words) -> tuple[str, ...]:
        """Resolve each side of a comparison by its own words."""
        found: list[str] = list(words.items)
        for piece in SIDES.split(words.text):
            side = self._parts.words(piece)
            topic = side.topic("item", "kind", "description", "framework", "excluded")
            if not side.items and not all(token.word.isdigit() for token in topic):
                found.extend(self._meant(topic, side)[:1])
        return distinct(found)

    def _meant(self, topic: Sequence[Token], side: Words) -> tuple[str, ...]:
        """Return the titled items that a topic means in other words, best first."""
        if not topic:
            return ()
        ranked, _, _ = self._topics.rank(topic, side)
        titled = [one for one in ranked if self._framework.item(one.passage_id).title]
        return tuple(one.passage_id for one in titled if one.score >= SPEAKS)

    # Entities

    def _about_entities(self, words: Words, kinds: tuple[str, ...]) -> bool:
        """Tell whether the entities are asked for as such, and not as words of a statement."""
        if words.opens_with == "why" and words.items:
            return True
        asked = [self._framework.kind_by_id[kind] for kind in distinct([*kinds, *words.kinds])]
        if asked and all(kind.shared for kind in asked) and words.topic(*NAMED_TYPES):
            return False
        if any(kind.shared for kind in asked):
            return not words.asks_who or not words.items
        if words.topic(*NAMED_TYPES) or (words.mentioning and not words.items):
            return False
        involved = bool(words.said & INVOLVING) and not words.mentioning
        return bool(kinds) or involved or (words.polar and bool(words.items))

    def _by_entity(self, words: Words, kinds: tuple[str, ...]) -> Query:
        by_id = {entity.id: entity for entity in self._framework.entities}
        shared = by_id[words.entities[0]].kind
        targets = [kind for kind in kinds if kind != shared]
        target = targets[0] if targets else self._framework.kind_by_id[shared].parent
        operation: Operation = "negate" if words.negated else "inverse"
        if words.items and (words.polar or not targets or words.opens_with == "why"):
            operation = "verify"
        return Query(
            text=words.text,
            operation=operation,
            kinds=(shared,),
            target=target,
            subjects=words.items if operation == "verify" else (),
            entities=words.entities,
            every=len(words.entities) > 1 and not {"or", "either", "any", "nor"} & words.said,
            negated=words.negated,
            universal=words.polar and bool(words.said & {"every", "all", "each"}),
            polar=words.polar or words.opens_with != "why",
        )

    # Subjects and topics

    def _asked(self, words: Words, kinds: tuple[str, ...]) -> Query:
        """Settle whether a question is about what it names, or about a topic in its own words."""
        left = [] if self._whole(words) else words.topic(*NAMED_TYPES)
        counted = words.counting if kinds else ""
        if counted == "number" and words.counts_other:
            counted = ""
        if (counted in ("most", "least") and len(kinds) < 2) or wanted(words.text) in PERIODS:
            counted = ""
        if words.sure or (words.polar and kinds and words.items):
            topic = left
        else:
            topic = words.topic("kind", "description", "framework", "excluded")
        asked = Query(
            text=words.text,
            operation="describe",
            kinds=kinds,
            description=words.description and not words.said & EXPLAINING,
            subjects=words.items,
            negated=words.negated,
            polar=words.polar,
            told_of=words.told_of,
            wants="" if counted else self._wanted(words),
            counted=counted,
            brief=bool(words.said & DEFINING) and not words.said & EXPLAINING,
        )
        named = words.items and not (words.citing and kinds and not words.sure)
        if not topic or (not left and (named or self._whole(words)) and not asked.wants):
            return asked
        ranked, concepts, sought = self._topics.rank(topic, words, partly=not kinds)
        told = {
            "topic": words.text[topic[0].start : topic[-1].end],
            "sought": sought,
            "uncovered": tuple(one.label for one in self._topics.uncovered(concepts)),
            "missing": self._topics.missing(words, concepts),
            "whole": bool(self._topics.whole(ranked)),
            "strength": ranked[0].score,
            "foreign": not words.items and self._topics.is_foreign(ranked),
        }
        return self._topical(asked.model_copy(update=told), words, ranked, concepts)

    def _whole(self, words: Words) -> bool:
        """Tell whether all of a kind are asked for by their number: `the 26 capabilities`."""
        for mention in words.mentions:
            if mention.type == "kind" and mention.first:
                number = words.tokens[mention.first - 1].word
                if number == str(len(self._framework.of_kind(mention.ids[0]))):
                    return True
        return False

    def _wanted(self, words: Words) -> str:
        """Return the sort of value asked for; who does something may be a kind, who is head not."""
        whole = wanted(words.text)
        if whole == "person" or (whole == "actor" and not (words.items or words.kinds)):
            return whole
        found = wanted(self._without_kinds(words))
        # What the framework asks of everybody, it asks of one's own country too.
        return "" if found == "local" and (words.kinds or words.sure) else found

    def _without_kinds(self, words: Words) -> str:
        """Blank out what asks for a kind: where `deadline` is one, it asks for no other date."""
        text = words.text
        for mention in words.mentions:
            if mention.type == "kind":
                start, end = words.tokens[mention.first].start, words.tokens[mention.last].end
                text = text[:start] + " " * (end - start) + text[end:]
        for kind in self._framework.kinds:
            for phrase in kind.asked_by:
                text = re.sub(rf"\b{re.escape(phrase)}\b", " " * len(phrase), text, flags=re.I)
        return text

    def _topical(
        self,
        asked: Query,
        words: Words,
        ranked: Sequence[Relevant],
        concepts: Sequence[Concept],
    ) -> Query:
        matches = self._topics.speaking(asked, words, ranked, concepts)
        if asked.negated and asked.kinds and (touching := self._topics.touching(words, concepts)):
            # What speaks of any part of it is not silent.
            asked = asked.model_copy(update={"touching": touching})
        if unnamed := self._topics.unnamed(asked, words, concepts):
            premise = f"The page does not name \u201c{unnamed}\u201d."
            return asked.model_copy(update={"premise": premise, "unnamed": unnamed})
        if elsewhere := self._elsewhere(asked, words, ranked):
            return asked.model_copy(update={"premise": elsewhere})
        if asked.polar and asked.kinds and asked.subjects:
            below = {one.id for item in asked.subjects for one in self._under(item)}
            told = [one for one in self._topics.whole(ranked) if one in below]
            return asked.model_copy(update={"matches": tuple(told), "operation": "verify"})
        below = {one.id for item in words.items for one in self._under(item)}
        kept = tuple(one for one in matches if one in below)
        if words.sure and asked.told_of and not asked.kinds and kept:
            subjects = words.items if set(kept) & set(words.items) else ()
            return asked.model_copy(update={"matches": kept, "subjects": subjects})
        if words.sure and not (words.mentioning and asked.kinds):
            return asked.model_copy(update={"matches": matches})
        if words.sure:
            return asked.model_copy(update={"matches": kept, "filtered": bool(kept)})
        return self._about_topic(asked, ranked, matches)

    def _elsewhere(self, asked: Query, words: Words, ranked: Sequence[Relevant]) -> str:
        """Say where the page speaks of a topic that is taken for another's: `Xs on Y of Z`."""
        said = re.search(rf"\b(?:on|about) (?:[\w-]+ )?{re.escape(asked.topic)}", words.text)
        if not (said and words.sure and asked.kinds) or asked.polar or asked.negated:
            return ""
        tops = {self._framework.top(one).id for one in words.items}
        whole = self._topics.whole(ranked)
        held = [one for one in whole if self._framework.item(one).kind in asked.kinds]
        if not held or any(self._framework.top(one).id in tops for one in whole):
            return ""
        place = self._framework.top(held[0])
        name = short_name(self._framework, self._framework.item(words.items[0]))
        found = name_of(self._framework, place)
        return f"The page speaks of \u201c{asked.topic}\u201d under {found}, and not under {name}."

    def _under(self, item_id: str) -> list[Item]:
        framework = self._framework
        return [
            one
            for one in framework.items
            if any(above.id == item_id for above in framework.lineage(one.id))
        ]

    def _about_topic(
        self, asked: Query, ranked: Sequence[Relevant], matches: tuple[str, ...]
    ) -> Query:
        """Find what a topic that names nothing surely is about, in the kinds that are asked."""
        if not asked.kinds:
            named = tuple(one for one in asked.subjects if one in matches)
            lost = matches or asked.missing or asked.told_of
            kept = () if lost else asked.subjects
            subjects = named if len(matches) == 1 else kept
            return asked.model_copy(update={"matches": matches, "subjects": subjects})
        whole = self._topics.whole(ranked)
        if whole and all(any(self._speaks(one, kind) for one in whole) for kind in asked.kinds):
            told = {"matches": whole, "subjects": (), "filtered": True}
            return asked.model_copy(update=told)
        if self._asks_one(asked) and any(self._speaks(one, asked.kinds[0]) for one in matches):
            return asked.model_copy(update={"matches": matches, "subjects": (), "filtered": True})
        subjects = asked.subjects or (self._topics.subject(ranked) if matches else ())
        order = tuple(one.passage_id for one in ranked)
        told = {"matches": matches, "subjects": subjects, "order": order}
        return asked.model_copy(update=told | {"guessed": bool(subjects) and not asked.subjects})

    def _asks_one(self, asked: Query) -> bool:
        """Tell whether one item of a kind is asked for by what it says: `which X is about Y`."""
        if len(asked.kinds) != 1 or asked.subjects or asked.negated or asked.counted:
            return False
        kind = self._framework.kind_by_id[asked.kinds[0]]
        one = re.search(rf"\b(?:which|what) (?:\w+ )?{kind.singular}\b", asked.text, re.I)
        return bool(one) and not kind.shared

    def _speaks(self, passage_id: str, kind: str) -> bool:
        """Tell whether a passage is of a kind asked for, or under an item of it."""
        return any(one.kind == kind for one in self._framework.lineage(passage_id))

    def _operation(self, asked: Query, words: Words) -> dict[str, object]:
        if asked.operation == "verify" or asked.premise:
            return {}
        if asked.counted:
            return self._counts(asked)
        if words.opens_with == "where" and asked.subjects and not asked.kinds:
            top = self._framework.top(asked.subjects[0])
            return {"operation": "inverse", "target": top.kind}
        if asked.negated and asked.kinds:
            target, *others = asked.kinds
            whole = {"matches": asked.touching or (asked.matches if asked.filtered else ())}
            return {"operation": "negate", "target": target, "kinds": tuple(others), **whole}
        if asked.kinds and asked.subjects and not asked.filtered:
            return self._towards(asked)
        if asked.kinds and (asked.filtered or not asked.topic or self._whole(words)):
            return {"operation": "list"}
        if asked.subjects:
            return {"operation": "define" if asked.brief else "describe"}
        return {"operation": "explain"}

    def _counts(self, asked: Query) -> dict[str, object]:
        """Count, unless what is counted is of something that no passage names."""
        named = asked.subjects or asked.filtered or asked.whole or not asked.uncovered
        if named or asked.counted != "number":
            return {"operation": "count"}
        return {"operation": "explain", "kinds": (), "wants": wanted(asked.text)}

    def _towards(self, asked: Query) -> dict[str, object]:
        """Tell asking for what stands above a subject from asking for what belongs to it."""
        framework = self._framework
        above = {one.kind for subject in asked.subjects for one in framework.lineage(subject)[1:]}
        if set(asked.kinds) <= above:
            return {"operation": "inverse", "target": asked.kinds[0], "kinds": ()}
        return {"operation": "describe"}
