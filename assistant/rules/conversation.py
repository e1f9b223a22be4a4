"""A question and the turns before it, resolved to one complete question.

What a conversation is about is worked out anew from its turns; nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from assistant.records import Draft
from assistant.rules.anaphora import anaphors_in
from assistant.rules.choices import Readings, asking_back, choosing, pick
from assistant.rules.cues import COMPARISONS, DEFINING, EXPLAINING
from assistant.rules.earlier import Earlier, earlier
from assistant.rules.openings import Opened, opened
from assistant.rules.parts import ASKING, NAMED_TYPES, Parts
from assistant.rules.places import Placed, described_in, picked, place_in, places_in
from assistant.rules.pointing import Pointing
from assistant.rules.rephrasing import Rephrasing, replaced, sentence
from assistant.rules.replies import Replies
from assistant.rules.requests import is_courtesy
from assistant.rules.responses import insists, reply_of
from assistant.rules.substitution import Substitution
from assistant.rules.understand import Understanding
from assistant.rules.words import Words
from corpus.readers.glossary import Glossary
from corpus.structure.graph import Framework

Answering = Callable[[str], Draft]
"""Answers a complete question."""

OWN = 1
"""Words of its own with which a first question still leans: `is it in force?`."""

LONGEST = 12
"""Words of a comparison that leaves one side out."""

SHORT = 8
"""Words of a reply that may pick one of the choices that were offered."""

_WHOLE = frozenset("all total altogether overall entire whole every each".split())
"""Words that ask for all there is, whatever was talked about."""


_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\bthere\b(?! (?:is|are|was|were)\b)"
    r"|\blike (?:that|this|those|these)\b",
    re.I,
)
"""Words for a place, or for something of its kind, that was said before."""


class Resolved(NamedTuple):
    """What a turn asks, with what earlier turns add."""

    text: str
    """The complete question."""

    draft: Draft | None = None
    """A question back, where it cannot be told what is asked."""

    offered: tuple[str, ...] = ()
    """Complete questions for what it was chosen from, in the order in which that was offered."""


class Conversation:
    """Resolves follow-ups on one corpus."""

    def __init__(
        self,
        framework: Framework,
        glossary: Glossary,
        parts: Parts,
        understanding: Understanding,
    ) -> None:
        """Keep what questions are read with."""
        self._framework = framework
        self._parts = parts
        self._understanding = understanding
        self._writing = Rephrasing(framework)
        self._pointing = Pointing(framework, self._writing)
        self._replies = Replies(framework, self._writing)
        self._substitution = Substitution(framework, parts, self._writing)
        self._readings = Readings(framework, glossary, parts, self._writing)

    def resolve(self, text: str, turns: Sequence[str], answer: Answering) -> Resolved:
        """Return the complete question that a turn asks, or a question back.

        Args:
            text: the turn.
            turns: those before it, oldest first.
            answer: answers a complete question; asked only for turns that are leant on.
        """
        if is_courtesy(text):
            return Resolved(text)
        found = self._followed(text, turns, answer) if turns else None
        if found:
            return found
        question, words = self._read(text)
        if self._leans_on_nothing(question, words):
            return Resolved(text, asking_back())
        choices = self._readings.of(text)
        return Resolved(text, choosing(text, choices) if choices else None)

    def told(self, text: str) -> Draft | None:
        """Return the question back that a complete question is met with, if it is."""
        return self.resolve(text, (), _nothing).draft

    def leans(self, text: str) -> bool:
        """Tell whether a turn may not be read by itself: it points, goes on, or names no subject.

        A reply that only asks why, for more, or for any answer at all has its own reading.
        """
        question, words = self._read(text)
        found = self.points(text)
        if is_courtesy(text) or reply_of(question, words) or (insists(words) and not found):
            return False
        place = place_in(question.text) or described_in(question.text) or _THERE.search(text)
        tied = question.led or question.corrects
        return bool(found or place) or tied or not self._subject_of(words)

    def points(self, text: str) -> bool:
        """Tell whether a text holds a word that stands for something outside of it."""
        return bool(anaphors_in(self._read(text)[1]))

    def bare(self, text: str) -> str:
        """Return a turn without what only ties it to the one before, misspelt words mended."""
        return self._read(text)[1].mended

    def names(self, text: str) -> tuple[str, ...]:
        """Return what a text names: items, entities and terms, misspelt words mended."""
        words = self._parts.words(text)
        kept = [one for one in words.mentions if one.type in ("item", "entity", "absent", "term")]
        return tuple(
            " ".join(token.word for token in words.tokens[one.first : one.last + 1]) for one in kept
        )

    def mended(self, text: str) -> str:
        """Return a text with its misspelt words mended."""
        return self._parts.words(text).mended

    def _read(self, text: str) -> tuple[Opened, Words]:
        """Take off what ties a turn to the one before; misspelt words are mended."""
        question = opened(text)
        words = self._parts.words(question.text)
        mended = words.text
        for token in reversed(words.tokens):
            typed = mended[token.start : token.end]
            if not typed.lower().startswith(token.word) and typed.isascii() and typed.isalpha():
                mended = mended[: token.start] + token.word + mended[token.end :]
        return question._replace(text=mended), self._parts.words(mended)

    def _leans_on_nothing(self, question: Opened, words: Words) -> bool:
        """Tell a first question that only an earlier one would complete: `and its partners?`."""
        named = words.items or words.entities or words.absent
        if named and not words.said & COMPARISONS:
            return False
        place = place_in(question.text)
        rest = [one for one in words.topic(*NAMED_TYPES) if place and one.end > place.end]
        if reply_of(question, words) or (place and not (rest or words.kinds or place.noun)):
            return not named
        found = anaphors_in(words)
        if not found or words.overall or any(one.type == "framework" for one in words.mentions):
            return False
        if words.said & COMPARISONS and len(words.items) == 1:
            return True
        asks_page = words.of_page and not named
        if named or asks_page:
            return False
        own = words.topic("kind", "description", "framework")
        if not own:
            return True
        bare = not words.mentioning and "tell" not in words.said
        named_so = any(words.text[one.start].isupper() for one in own)
        personal = all(one.word in ("it", "its", "they", "them", "their") for one in found)
        return bare and personal and not named_so and len(own) <= OWN

    def _subject_of(self, words: Words) -> bool:
        """Tell whether a question brings words of its own that say what it is about."""
        return bool(words.topic("kind", "description", "framework"))

    def _followed(self, text: str, turns: Sequence[str], answer: Answering) -> Resolved | None:
        """Resolve a turn that leans on the one before it; `None` for one that stands alone."""
        question, words = self._read(text)
        if not self._may_lean(question, words):
            return None
        said = self.resolve(turns[-1], turns[:-1], answer)
        draft = said.draft or answer(said.text)
        before = self._earlier(said.text, draft)
        return self._resolved(question, words, before, said) or self._unresolved(
            question, words, before
        )

    def _may_lean(self, question: Opened, words: Words) -> bool:
        """Tell whether a turn may need the one before it; cheap, and without having it."""
        if question.led or question.corrects:
            return True
        leans = anaphors_in(words) or place_in(question.text) or described_in(question.text)
        sides = words.said & {*COMPARISONS, "than", "same"} or (words.polar and words.entities)
        replies = reply_of(question, words) or insists(words)
        if leans or sides or replies or not self._subject_of(words):
            return True
        return len(words.tokens) <= SHORT and not self._is_complete(question, words)

    def _earlier(self, text: str, draft: Draft) -> Earlier:
        queries = self._understanding.read(text)
        return earlier(text, queries, draft, self._parts.words(text), self._framework)

    def _resolved(
        self, question: Opened, words: Words, before: Earlier, said: Resolved
    ) -> Resolved | None:
        """Try each way in which a turn can lean; the first that fits."""
        choice = pick(question.text, before.choices, self._parts) or self._readings.told(
            question.text, before.choices
        )
        if choice:
            offered = tuple(one.question for one in before.choices)
            return Resolved(choice.question, offered=offered)
        reply = reply_of(question, words)
        if reply == "when" and before.subjects and self._pointing.asked(words):
            reply = ""
        if reply == "other":
            return self._other(before, said)
        if reply:
            return self._again(before, said, self._replies.to(reply, before, question.text))
        if before.refused and insists(words):
            return self._again(before, said, before.text)
        placed = self._placed(question, words, before, said)
        if placed:
            return placed
        found = (
            self._pointing.found(question, words, before, self._parts)
            or self._compared(words, before)
            or self._pointed(question, words, before)
            or self._changed(question, words, before)
        )
        return self._again(before, said, found) if found else None

    def _again(self, before: Earlier, said: Resolved, text: str) -> Resolved:
        """Ask anew; what was asked back before is asked back again."""
        same = text == before.text
        return Resolved(text, said.draft if same else self.told(text))

    def _other(self, before: Earlier, said: Resolved) -> Resolved:
        """Take what was offered and not taken; ask back if that was not one thing."""
        others = tuple(one for one in said.offered if one != before.text)
        if not others and len(before.subjects) == 1:
            reading = self._readings.instead(before.text)
            others = (reading,) if reading else ()
        if len(others) == 1:
            return Resolved(others[0], self.told(others[0]), said.offered)
        return Resolved(before.text, choosing(before.text, self._readings.asking(others)))

    def _placed(
        self, question: Opened, words: Words, before: Earlier, said: Resolved
    ) -> Resolved | None:
        """Resolve a place in what the earlier answer listed, or in what it was chosen from."""
        several = places_in(question.text)
        if len(several) > 1 and not before.refused:
            return self._several(several, words, before)
        place = place_in(question.text)
        if not place:
            return None
        rest = self._parts.words(replaced(question.text, [((place.start, place.end), "")]))
        bare = not (rest.topic(*NAMED_TYPES) or rest.kinds or place.noun)
        if said.offered and bare and (again := picked(said.offered, place)):
            return Resolved(again[0], self.told(again[0]), said.offered)
        if before.refused:
            return None
        found = self._pointing.placed(place, words, before)
        if not found:
            return None
        text = self._pointing.put(question, place, found, words, before, self._parts)
        return Resolved(text, self.told(text), self._pointing.offered(text, found, before))

    def _several(self, places: Sequence[Placed], words: Words, before: Earlier) -> Resolved | None:
        """Resolve several places in what the earlier answer listed."""
        found = [one for place in places for one in self._pointing.placed(place, words, before)]
        if len(found) < 2 or not set(found) <= self._framework.item_by_id.keys():
            return None
        kinds = () if self._pointing.unfitting(words.kinds, found) else words.kinds
        compares = bool(words.said & COMPARISONS)
        write = self._writing.compared if compares else self._writing.of
        text = write(found, kinds)
        return Resolved(text, self.told(text))

    def _compared(self, words: Words, before: Earlier) -> str:
        """Set what was talked about beside what is named now: `compare it with X`."""
        more = "than" in words.said and words.counting
        compares = words.said & COMPARISONS or more or {"same", "as"} <= words.said
        if not compares or len(words.tokens) > LONGEST or before.refused or not before.subjects:
            return ""
        if more:
            return self._more_than(words, before)
        plural = any(one.plural for one in anaphors_in(words))
        kinds = words.kinds or (before.kinds if plural else ())
        others = tuple(one for one in words.items if one not in before.subjects)
        if len(words.items) > 1 or self._pointing.unfitting(kinds, before.subjects):
            return ""
        if not others:
            sides = before.subjects if len(before.subjects) > 1 else before.listed
            same = len(sides) in (2, 3) and not words.topic(*NAMED_TYPES)
            return self._writing.compared(sides, kinds) if same else ""
        return self._writing.compared((*before.subjects[:1], *others), kinds)

    def _more_than(self, words: Words, before: Earlier) -> str:
        """Ask which of two has more: `more than pillar 2?`."""
        kinds = words.kinds or before.kinds
        if len(words.items) != 1 or len(before.subjects) != 1 or len(kinds) != 1:
            return ""
        fewer = "fewer" if words.counting == "fewer" or "less" in words.said else "more"
        return self._writing.which_more(fewer, kinds[0], (*before.subjects, *words.items))

    def _pointed(self, question: Opened, words: Words, before: Earlier) -> str:
        """Say what `it`, `they` and `that` stand for."""
        found = anaphors_in(words)
        if not found:
            return ""
        own = words.items or words.entities or words.absent
        kinds = self._pointing.asked(words)
        if before.refused and not own and not (kinds and before.subjects) and not words.mentioning:
            return before.text
        topic = words.topic(*NAMED_TYPES)
        if kinds and not own and not topic and not (words.polar or words.asks_owner):
            simple = self._pointing.kinds_of(kinds, words, before)
            if simple:
                return simple
        return self._pointing.said(question.text, words, found, before)

    def _changed(self, question: Opened, words: Words, before: Earlier) -> str:
        """Ask the earlier question with a part of it changed: `and for pillar 4?`."""
        kinds = self._pointing.asked(words)
        own = words.items or words.entities or words.absent or words.topic(*NAMED_TYPES)
        if words.polar and words.entities and before.subjects and not self._more(words):
            if words.negated or {"any", "without", "no"} & words.said:
                return ""
            return self._writing.verified(before.subjects, words.entities[0])
        if kinds and not own:
            return self._facets(question, words, kinds, before)
        if self._is_complete(question, words):
            return sentence(question.text) if question.corrects else ""
        return self._substitution.of(question, words, kinds, before)

    def _more(self, words: Words) -> bool:
        """Tell whether a question names more than an entity and kinds."""
        return bool(words.items or words.absent or words.topic(*NAMED_TYPES)) or any(
            one.type == "framework" for one in words.mentions
        )

    def _facets(
        self, question: Opened, words: Words, kinds: tuple[str, ...], before: Earlier
    ) -> str:
        """Ask for other kinds of thing of the same subject: `only the outcomes`, `who?`."""
        if question.corrects and (text := self._meant_kind(words, before)):
            return text
        if words.said & _WHOLE or any(one.type == "framework" for one in words.mentions):
            return ""
        without = bool(words.said & {"without", "except", "not", "excluding"})
        if without and before.kinds:
            kinds = tuple(one for one in before.kinds if one not in kinds)
        if kinds and before.subjects and not self._pointing.unfitting(kinds, before.subjects):
            return self._pointing.kinds_of(kinds, words, before, led=question.led)
        if before.subjects:
            return self._pointing.above(kinds, words, before)
        tied = question.led or question.corrects
        return self._substitution.kinds(kinds, before) if tied else ""

    def _meant_kind(self, words: Words, before: Earlier) -> str:
        """Take the other reading of a name, where a correction says of what kind it is."""
        reading = self._readings.instead(before.text)
        return reading if reading and self._readings.is_of(reading, words.kinds) else ""

    def _is_complete(self, question: Opened, words: Words) -> bool:
        """Tell a question that stands alone, whatever tied it to the one before."""
        return words.opens_with in ASKING | EXPLAINING | DEFINING | COMPARISONS and bool(
            self._subject_of(words) or words.items or words.entities or words.absent
        )

    def _unresolved(self, question: Opened, words: Words, before: Earlier) -> Resolved | None:
        """Keep a refusal a refusal; ask back where nothing says what is meant."""
        if not self._leans_on_nothing(question, words):
            return None
        if before.refused or before.choices:
            return Resolved(before.text, self.told(before.text))
        return Resolved(sentence(question.text), asking_back())


def _nothing(text: str) -> Draft:
    del text
    return asking_back()
