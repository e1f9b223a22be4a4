"""What pointing words stand for: `it` and `they`, and a place in what was listed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import listed
from assistant.rules.anaphora import Anaphor
from assistant.rules.earlier import Earlier
from assistant.rules.lexicon import stem, words_of
from assistant.rules.openings import Opened
from assistant.rules.parts import NAMED_TYPES, Parts
from assistant.rules.places import Placed, described_in, picked, step_in
from assistant.rules.rephrasing import Rephrasing, replaced, sentence
from assistant.rules.words import Words, distinct
from corpus.structure.graph import Framework, Item

_NUMBER = re.compile(
    r"(?:number |no\.? ?|nr\.? ?|#)?(?P<number>\d{1,2})(?:['\u2019]s\b)?(?P<rest>.*)", re.I
)

FEW = 6
"""Items that `they` may stand for by name."""


class Pointing:
    """Says what pointing words stand for."""

    def __init__(self, framework: Framework, writing: Rephrasing) -> None:
        """Keep the framework, and what writes questions about it."""
        self._framework = framework
        self._writing = writing

    def asked(self, words: Words) -> tuple[str, ...]:
        """Return the kinds that a text asks for, by name or by a word such as who."""
        asking = [
            (place, kind.id)
            for kind in self._framework.kinds
            if (place := words.asks(kind.asked_by)) is not None
        ]
        own = {self._framework.item(one).kind for one in words.items}
        named = [kind for kind in words.kinds if kind not in own]
        return distinct([*named, *(kind for _, kind in sorted(asking))])

    def unfitting(self, kinds: Sequence[str], items: Sequence[str]) -> bool:
        """Tell whether some kinds are no facets of some items: they stand above, or are theirs."""
        above = {one.kind for item in items for one in self._framework.lineage(item)}
        return any(
            kind in above or not self._framework.facet(item, kind)
            for kind in kinds
            for item in items
        )

    def above(self, kinds: Sequence[str], words: Words, before: Earlier) -> str:
        """Ask what the subject stands under: `in which pillar?`."""
        over = {
            one.kind for item in before.subjects[:1] for one in self._framework.lineage(item)[1:]
        }
        if len(kinds) != 1 or len(before.subjects) != 1 or kinds[0] not in over:
            return ""
        kind = self._framework.kind_by_id[kinds[0]]
        if words.counting or kind.singular not in words.said:
            return ""
        return f"Which {kind.singular} is {self._writing.names(before.subjects)} in?"

    def kinds_of(
        self, kinds: Sequence[str], words: Words, before: Earlier, *, led: bool = False
    ) -> str:
        """Ask for kinds of what was talked about; empty where they do not belong to it."""
        subjects = before.subjects
        if not subjects or self.unfitting(kinds, subjects):
            return ""
        if before.compared:
            return self._writing.compared(subjects, kinds)
        counted = bool(words.counting) or (led and before.counted and not words.asks_who)
        return self._writing.of(subjects, kinds, counted=counted)

    def said(self, text: str, words: Words, found: Sequence[Anaphor], before: Earlier) -> str:
        """Put in the place of each pointing word what it stands for; empty if nothing is known."""
        changes = []
        for one in found:
            name = self._stands_for(one, words, before)
            if not name:
                return ""
            start, end = one.start, one.end
            if one.word in ("its", "their", "theirs"):
                end = self._owned(words, one)
                owned = text[one.end : end].strip()
                name = f"the {owned} of {name}" if owned else name
            changes.append(((start, end), name))
        return sentence(replaced(text, changes))

    def _owned(self, words: Words, one: Anaphor) -> int:
        """Return where the noun ends that is said to be `its`."""
        end = one.end
        topic = {token.start for token in words.topic("framework", "entity")}
        topic |= {words.tokens[at].start for mention in words.mentions if mention.type == "kind"
                  for at in range(mention.first, mention.last + 1)}  # fmt: skip
        for token in words.tokens:
            if token.start >= one.end:
                if token.start not in topic:
                    break
                end = token.end
        return end

    def _stands_for(self, one: Anaphor, words: Words, before: Earlier) -> str:
        of_kind = self._kind_of(one.noun, words)
        if of_kind:
            return self._of_kind(of_kind, before)
        if before.subjects:
            return self._of_subjects(one, before)
        if before.query.of_page and words.mentioning:
            return "the page"
        return self._without_subjects(one, before)

    def _of_subjects(self, one: Anaphor, before: Earlier) -> str:
        """Say what a word stands for that may mean the subjects, or the things they have."""
        things = one.plural and one.word != "their" and before.kinds
        if things and not before.compared and not before.related:
            kinds = self._writing.plurals(before.kinds)
            return f"the {kinds} of {self._writing.names(before.subjects)}"
        return self._writing.names(before.subjects[:FEW])

    def _without_subjects(self, one: Anaphor, before: Earlier) -> str:
        if before.query.entities:
            return self._writing.entity(before.query.entities[0])
        if before.notes and before.topic:
            return before.topic
        if one.plural and 0 < len(before.listed) <= FEW:
            return self._writing.names(before.listed)
        if before.query.operation in ("list", "count") and not before.query.topic:
            return "the page"
        return before.topic or (before.notes[0] if before.notes else "")

    def _kind_of(self, noun: str, words: Words) -> str:
        for one in words.mentions:
            said = words.text[words.tokens[one.first].start : words.tokens[one.last].end]
            if one.type == "kind" and said.lower() == noun:
                return one.ids[0]
        return ""

    def _of_kind(self, kind: str, before: Earlier) -> str:
        """Return the item of a kind that was talked about, or all of the kind that were."""
        chain = [one for item in before.subjects for one in self._framework.lineage(item)]
        found = distinct(one.id for one in chain if one.kind == kind)
        found = found or tuple(
            one for one in before.listed if self._framework.item(one).kind == kind
        )
        if found and len(found) <= FEW and self._framework.kind_by_id[kind].titled:
            return self._writing.names(found)
        if before.subjects and not self.unfitting([kind], before.subjects):
            return f"the {self._writing.plurals([kind])} of {self._writing.names(before.subjects)}"
        return ""

    # Places in what was listed

    def found(self, question: Opened, words: Words, before: Earlier, parts: Parts) -> str:
        """Ask for one of what was listed that is told by its words, by number, or by a step."""
        step = step_in(question.text)
        if step and len(before.subjects) == 1:
            row = [one.id for one in self._beside(before.subjects[0])]
            at = row.index(before.subjects[0]) + step
            return self._writing.of(row[at : at + 1], before.kinds) if 0 <= at < len(row) else ""
        number = _NUMBER.fullmatch(question.text)
        left = parts.words(number["rest"]) if number else words
        bare = not (left.topic(*NAMED_TYPES) or left.items or left.entities)
        if number and before.subjects and bare:
            row = [one.id for one in self._beside(before.subjects[0])
                   if one.number == int(number["number"])]  # fmt: skip
            return self._writing.of(row, left.kinds or before.kinds) if row else ""
        return self._described(question, words, before, parts)

    def _beside(self, item_id: str) -> tuple[Item, ...]:
        return self._framework.of_kind(self._framework.item(item_id).kind)

    def _described(self, question: Opened, words: Words, before: Earlier, parts: Parts) -> str:
        one = described_in(question.text)
        if not one or len(before.listed) < 2:
            return ""
        said = {token.stem for token in parts.words(one.words).topic("framework")}
        held = {
            item: said & {stem(word) for word, _, _ in words_of(self._words_of(item))}
            for item in before.listed
        }
        best = max(len(shared) for shared in held.values())
        found = [item for item, shared in held.items() if len(shared) == best and best]
        if len(found) == 1:
            place = Placed(1, 1, "", one.start, one.end)
            return self.put(question, place, found, words, before, parts)
        kinds = before.kinds if before.subjects else ()
        if kinds and question.text.lower().startswith("which one"):
            of = f"Which {self._writing.plurals(kinds)} of {self._writing.names(before.subjects)}"
            return sentence(
                re.sub(r"^which ones? (?:is|are)?", f"{of} are ", question.text, flags=re.I)
            )
        return ""

    def _words_of(self, item_id: str) -> str:
        item = self._framework.item(item_id)
        return f"{item.title} {item.description} {' '.join(item.aliases)}"

    def placed(self, place: Placed, words: Words, before: Earlier) -> tuple[str, ...]:
        """Return the items, or the titles of notes, at a place of the earlier answer."""
        kinds = [one.ids[0] for one in words.mentions if one.type == "kind"]
        items = tuple(
            item
            for one in words.mentions
            if place.noun and one.type == "item" and one.sure
            for item in one.ids
            if words.tokens[one.first].start >= place.start
            and words.tokens[one.last].end <= place.end + 1
        )
        kind = self._framework.item(items[0]).kind if items else (kinds[0] if place.noun and kinds
                                                                  else "")  # fmt: skip
        if place.noun and not kind:
            return ()
        if items and not (before.listed and before.subjects):
            return ()
        found = before.listed
        if kind:
            found = tuple(one for one in found if self._framework.item(one).kind == kind)
            if not found and before.subjects and not self.unfitting([kind], before.subjects[:1]):
                shared = self._framework.facet(before.subjects[0], kind)
                found = tuple(one.id for one in shared[1]) if shared else ()
        if not found and not kind:
            return picked(before.notes, place)
        return picked(found, place)

    def put(
        self,
        question: Opened,
        place: Placed,
        found: Sequence[str],
        words: Words,
        before: Earlier,
        parts: Parts,
    ) -> str:
        """Ask the question of what stands at the place."""
        known = self._framework.item_by_id
        name = self._writing.names(found) if set(found) <= known.keys() else listed(found)
        rest = replaced(question.text, [((place.start, place.end), "")])
        left = parts.words(rest)
        kinds = tuple(one for one in self.asked(left) if not place.noun or one in left.kinds)
        topic = left.topic(*NAMED_TYPES)
        if topic or left.items or left.entities:
            return sentence(replaced(question.text, [((place.start, place.end), name)]))
        if not set(found) <= known.keys():
            return f"Tell me about {name}."
        if not kinds and set(found) <= set(before.subjects):
            kinds = before.kinds
        if kinds and self.unfitting(kinds, found):
            return sentence(replaced(question.text, [((place.start, place.end), name)]))
        return self._writing.of(found, kinds, counted=bool(kinds) and bool(left.counting))

    def offered(self, text: str, found: Sequence[str], before: Earlier) -> tuple[str, ...]:
        """Return what a place was chosen from, as questions, the one that was taken among them."""
        if len(found) != 1 or found[0] not in before.listed:
            return ()
        kinds = before.kinds if set(found) <= set(before.subjects) else ()
        return tuple(
            text if one == found[0] else self._writing.of([one], kinds) for one in before.listed
        )
