"""Questions that are settled by what they name: an item that is not there, a place in a list."""

from __future__ import annotations

import re

from assistant.draft import counted, listed
from assistant.rules.cues import (
    CARDINALS,
    COMPARISONS,
    FUNCTION_WORDS,
    GENERAL,
    JUDGING,
    NUMBER_WORDS,
    OWNING,
)
from assistant.rules.lexicon import stem, stems_of, words_of
from assistant.rules.subjects import name_of, short_name
from assistant.rules.words import CUES, Words
from assistant.understanding.query import Query
from corpus.structure.graph import Framework, Kind

CARDINAL_NUMBERS = {word: number for word, number in NUMBER_WORDS.items() if word in CARDINALS}


_POINTING = frozenset(
    ("the", "a", "an", "this", "that", "your", "our", "its", "of", "under", "in", "for")
)
"""Words before the name of a group that is spoken of."""


class Settled:
    """Answers what needs no search: numbers, places, owners, the framework as a whole."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework that is asked about."""
        self._framework = framework

    def read(self, words: Words) -> Query | None:
        """Answer at once what needs no more: the framework itself, an item that is not there."""
        if words.absent:
            return self._absent(words)
        if words.overall:
            top = self._framework.kinds[0].id
            return Query(text=words.text, operation="describe", kinds=(top,))
        if self._asks_owner(words):
            return self._unowned(words)
        return self._by_place(words) or self._misplaced(words)

    def _misplaced(self, words: Words) -> Query | None:
        """Correct what is spoken of as another item's: `the outcome on X of pillar 6`.

        Whether something is another's, and what is not, may be asked.
        """
        if words.polar or words.negated or words.said & COMPARISONS:
            return None
        unnamed = self._not_called(words)
        if unnamed:
            kind, premise = unnamed
            return Query(text=words.text, operation="explain", kinds=(kind.id,), premise=premise)
        premise = (
            self._not_among(words)
            or self._not_listed(words)
            or self._not_under(words)
            or self._not_so_many(words)
            or self._only_one(words)
        )
        if not premise:
            return None
        return Query(text=words.text, operation="explain", subjects=words.items, premise=premise)

    def _not_among(self, words: Words) -> str:
        """Say that an actor is no partner, or whatever a kind is called, of the one item named."""
        shared = [kind for kind in self._framework.kinds if kind.shared and kind.id in words.kinds]
        if len(words.items) != 1 or len(words.entities) != 1 or not shared or words.asks_who:
            return ""
        found = self._framework.facet(words.items[0], shared[0].id)
        if not found or any(words.entities[0] in item.entities for item in found[1]):
            return ""
        labels = {entity.id: entity.label for entity in self._framework.entities}
        label, name = labels[words.entities[0]], name_of(self._framework, found[0])
        return f"The page does not list {label} among the {shared[0].plural} of {name}."

    def _not_listed(self, words: Words) -> str:
        """Say that an actor is none of a shared kind of the one item: `which Xs are partners`."""
        shared = [kind for kind in self._framework.kinds if kind.shared and kind.id in words.kinds]
        if len(words.items) != 1 or not shared or words.entities:
            return ""
        kind = shared[0]
        said = re.search(
            rf"\b(?:which|what) ([\w-]+) are (?:the |listed |named |its |among )*{kind.plural}\b"
            r"|\b([\w-]+) (?:act|work|serve|behave|contribute|do)\b.{0,20}\bas "
            rf"(?:the |listed |named |official )*{kind.plural}\b",
            words.mended,
            re.I,
        )
        found = self._framework.facet(words.items[0], kind.id)
        if not found or not said:
            return ""
        name = next(one for one in said.groups() if one).lower()
        known = " ".join((*kind.asked_by, *kind.words, *(one.description for one in found[1])))
        if name in CUES | GENERAL or stem(name) in stems_of(known):
            return ""
        owner = name_of(self._framework, found[0])
        return f"The page does not list {name} among the {kind.plural} of {owner}."

    def _not_called(self, words: Words) -> tuple[Kind, str] | None:
        """Say what the groups are called where another is spoken of: `the X pillar`."""
        kind = self._framework.kinds[0]
        named = " ".join(one.title for one in self._framework.of_kind(kind.id))
        titles = {stem(word) for word, _, _ in words_of(named)}
        for mention in words.mentions:
            last = words.tokens[mention.last]
            if mention.type != "kind" or mention.ids[0] != kind.id or last.word != kind.singular:
                continue
            first = mention.first
            while first and self._may_name(words, first - 1):
                first -= 1
            called = words.tokens[first : mention.first]
            opened = words.tokens[first - 1].word if first else ""
            if not called or opened not in _POINTING or titles & {one.stem for one in called}:
                continue
            said = words.text[called[0].start : called[-1].end].removesuffix("'s").rstrip("'\u2019")
            items = self._framework.of_kind(kind.id)
            titled = listed([one.title for one in items])
            premise = (
                f"The page has no {kind.singular} called \u201c{said}\u201d; "
                f"its {len(items)} {kind.plural} are {titled}."
            )
            under = self._spoken_of_under({one.stem for one in called})
            spoken = f" It speaks of \u201c{said}\u201d under {listed(under)}." if under else ""
            return kind, premise + spoken
        return None

    def _spoken_of_under(self, stems: set[str]) -> list[str]:
        """Name the groups of which a passage holds all of some words."""
        tops = dict.fromkeys(
            self._framework.top(one.id).id
            for one in self._framework.passages
            if stems <= set(stems_of(one.text))
        )
        return [name_of(self._framework, self._framework.item(one)) for one in tops]

    def _may_name(self, words: Words, place: int) -> bool:
        """Tell whether a word before a kind can be what an item of it is called."""
        token, following = words.tokens[place], words.tokens[place + 1]
        taken = any(
            one.first <= place <= one.last and one.type not in ("term", "entity")
            for one in words.mentions
        )
        together = re.fullmatch(r"(?:['\u2019]s?)? ", words.text[token.end : following.start])
        plain = token.word in CUES | GENERAL | JUDGING or token.word in FUNCTION_WORDS
        return bool(together) and not taken and not plain and not token.word.isdigit()

    def _only_one(self, words: Words) -> str:
        """Say that there is one where a second is spoken of."""
        for mention in words.mentions:
            if mention.type != "item" or not mention.first:
                continue
            kind = self._framework.kind_by_id[self._framework.item(mention.ids[0]).kind]
            before = words.tokens[mention.first - 1].word
            number = 0 if before in CARDINALS else NUMBER_WORDS.get(before, 0)
            alone = words.tokens[mention.last].word in (kind.singular, *kind.words)
            if number > 1 and alone and len(self._framework.of_kind(kind.id)) == 1:
                return f"The page has one {kind.singular}, and no other."
        return ""

    def _not_so_many(self, words: Words) -> str:
        """Say how many there are where another number is taken for granted: `the nine Xs of Y`."""
        for mention in words.mentions if len(words.items) == 1 else ():
            before = [token.word for token in words.tokens[: mention.first][-2:]]
            if mention.type != "kind" or len(before) < 2 or before[0] not in ("the", "all", "its"):
                continue
            number = int(before[1]) if before[1].isdigit() else CARDINAL_NUMBERS.get(before[1])
            found = self._framework.facet(words.items[0], mention.ids[0])
            if number and found and number != len(found[1]):
                kind, name = self._framework.kind_by_id[mention.ids[0]], found[0]
                count = counted(len(found[1]), kind)
                return f"The page lists {count} for {name_of(self._framework, name)}, not {number}."
        return ""

    def _not_under(self, words: Words) -> str:
        """Say where an item stands that is spoken of as standing under another."""
        if len(words.items) != 2 or words.entities:
            return ""
        items = [self._framework.item(one) for one in words.items]
        tops = [one for one in items if self._framework.top(one.id) is one]
        below = [one for one in items if one not in tops]
        if len(tops) != 1 or len(below) != 1 or {below[0].kind} != set(words.kinds):
            return ""
        own = self._framework.top(below[0].id)
        if own is tops[0]:
            return ""
        name, other = name_of(self._framework, below[0]), name_of(self._framework, own)
        said = short_name(self._framework, tops[0])
        return f"The {name} stands under {other}, and not under {said}."

    def _absent(self, words: Words) -> Query:
        """Answer a question about `pillar 7` where there are six."""
        kind = self._framework.kind_by_id[words.absent[0][0]]
        total = len(self._framework.of_kind(kind.id))
        premise = (
            f"The page has {total} {kind.plural}; there is no {kind.singular} {words.absent[0][1]}."
        )
        return Query(text=words.text, operation="explain", kinds=(kind.id,), premise=premise)

    def _by_place(self, words: Words) -> Query | None:
        """Read `the fifth partner of X` and `the last outcome of X`."""
        for mention in words.mentions:
            number = words.ordinal(mention)
            if mention.type != "kind" or number is None or not words.items:
                continue
            kind = self._framework.kind_by_id[mention.ids[0]]
            found = self._framework.facet(words.items[0], kind.id)
            if not found:
                continue
            owner, items = found
            if number <= len(items):
                item = items[number - 1] if number else items[-1]
                return Query(text=words.text, operation="define", subjects=(item.id,), brief=True)
            name = name_of(self._framework, owner)
            premise = f"The page lists {len(items)} {kind.plural} for {name}, and no more."
            return Query(
                text=words.text, operation="explain", subjects=(owner.id,), premise=premise
            )
        return None

    def _unowned(self, words: Words) -> Query:
        """Answer who leads or owns something, where nobody is named as such."""
        actors = [kind for kind in self._framework.kinds if kind.shared and kind.asked_by]
        return Query(
            text=words.text,
            operation="explain",
            kinds=tuple(kind.id for kind in actors),
            subjects=words.items,
            premise=f"The page names {actors[0].plural}, and nobody as owner, lead or funder.",
            reason="coverage_gap",
        )

    def _asks_owner(self, words: Words) -> bool:
        """Tell whether it asks who answers for a thing, where a kind only names who takes part."""
        actors = [kind for kind in self._framework.kinds if kind.shared and kind.asked_by]
        if not words.asks_owner or any(kind.id in words.kinds for kind in actors):
            return False
        names = {
            stem(word)
            for kind in actors
            for name in (kind.singular, *kind.words)
            for word in name.split()
        }
        return bool(actors) and not names & {stem(word) for word in OWNING}
