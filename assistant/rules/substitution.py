"""The earlier question with a part of it changed: another subject, place, year or kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.rules.cues import COMPARISONS, DEFINING, EXPLAINING
from assistant.rules.earlier import Earlier
from assistant.rules.lexicon import SHORT_COUNTRIES, countries
from assistant.rules.openings import Opened
from assistant.rules.parts import NAMED_TYPES, Parts
from assistant.rules.quantity import wanted
from assistant.rules.rephrasing import Rephrasing, replaced, sentence
from assistant.rules.words import Words
from corpus.structure.graph import Framework

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PROVISION = re.compile(
    r"\b(?:articles?|sections?|standards?|chapter|part|paragraphs?) \d+\w*(?: ?\(\d+\))?", re.I
)
_PREPOSITION = re.compile(
    r"^(?:in|for|under|within|on|at|by|from|since|before|after|during|outside|with|of|about|to)\b\s*",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|a|an|this|that)\s+", re.I)
CONTINENTS = frozenset("africa asia europe oceania america".split())

LONGEST_TOPIC = 3
"""Words of what can be swapped for another topic; more hold the question itself."""

LONGEST = 9
"""Words of what can be a part that is changed."""


class Substitution:
    """Changes a part of an earlier question."""

    def __init__(self, framework: Framework, parts: Parts, writing: Rephrasing) -> None:
        """Keep the framework, what reads a question's words and what writes questions."""
        self._framework = framework
        self._parts = parts
        self._writing = writing

    def of(self, question: Opened, words: Words, kinds: tuple[str, ...], before: Earlier) -> str:
        """Return the earlier question with what a fragment names put into it.

        Empty where the fragment is a question of its own.
        """
        if len(words.tokens) > LONGEST:
            return ""
        bare = question.text
        tied = question.led or question.corrects
        if words.items or words.absent:
            return self._item(bare, words, kinds, before, tied=tied)
        if not tied:
            return ""
        if words.entities:
            return self._entity(words, before)
        return self._value(bare, before) or self._topic(bare, words, before)

    def kinds(self, kinds: Sequence[str], before: Earlier) -> str:
        """Ask the earlier question for other kinds of thing."""
        words = self._parts.words(before.text)
        if before.related or len(words.kinds) != 1:
            return ""
        return self._writing.swapped(before.text, words, "kind", self._writing.plurals(kinds))

    def _item(
        self, bare: str, words: Words, kinds: tuple[str, ...], before: Earlier, *, tied: bool
    ) -> str:
        """Ask the same of another item."""
        left = words.topic(*NAMED_TYPES)
        if left or not (tied or self._is_fragment(words, kinds, before)):
            return ""
        name = self._writing.names(words.items) if words.items else _ARTICLE.sub("", bare)
        name = _PREPOSITION.sub("", name)
        if kinds and words.items:
            return self._writing.of(words.items, kinds, counted=before.counted)
        earlier = self._parts.words(before.text)
        simple = (
            before.kinds
            and not earlier.absent
            and not (before.compared or before.related or before.query.polar)
        )
        if simple and words.items and not earlier.topic(*NAMED_TYPES, "absent"):
            return self._writing.of(words.items, before.kinds, counted=before.counted)
        if before.compared and bare.lower().startswith("with"):
            return self._writing.swapped(before.text, earlier, "item", name, last=True)
        type_ = "item" if earlier.items else "absent"
        return self._writing.swapped(before.text, earlier, type_, name) or self._instead(
            name, before
        )

    def _is_fragment(self, words: Words, kinds: tuple[str, ...], before: Earlier) -> bool:
        """Tell a name alone, after a question for kinds of thing: the same of that."""
        asks = words.said & (EXPLAINING | DEFINING | COMPARISONS) or words.description
        named = sum(one.last - one.first + 1 for one in words.mentions if one.type == "item")
        alone = len(words.items) == 1 and len(words.tokens) - named <= 1
        return bool(before.kinds) and alone and not (kinds or asks or words.polar)

    def _instead(self, name: str, before: Earlier) -> str:
        """Ask for the same kinds of a subject where the earlier one went by no name."""
        if before.related and before.query.entities and not before.subjects:
            return ""
        return self._writing.about(name, before.kinds, counted=before.counted)

    def _entity(self, words: Words, before: Earlier) -> str:
        """Ask the same of another entity, or whether what was talked about has it."""
        named = [one for one in words.mentions if one.type == "entity"]
        first, last = words.tokens[named[0].first], words.tokens[named[-1].last]
        earlier = self._parts.words(before.text)
        label = words.text[first.start : last.end]
        if earlier.entities:
            return self._writing.swapped(before.text, earlier, "entity", label)
        if before.subjects:
            return self._writing.verified(before.subjects, words.entities[0])
        return ""

    def _value(self, bare: str, before: Earlier) -> str:
        """Put another year, place of a law or country into the earlier question, or add it."""
        for pattern in (_PROVISION, _YEAR, _country_pattern()):
            new, old = pattern.search(bare), pattern.search(before.text)
            if new and old:
                said = new.group()
                if old.group()[0].isupper():
                    said = said[0].upper() + said[1:]
                return sentence(replaced(before.text, [(old.span(), said)]))
        preposition = _PREPOSITION.match(bare)
        country = _country_pattern().search(bare)
        if preposition and (country or _YEAR.search(bare)):
            return sentence(f"{before.text.rstrip(' ?.!')} {bare}")
        return ""

    def _topic(self, bare: str, words: Words, before: Earlier) -> str:
        """Ask the same of another topic."""
        topic = words.topic(*NAMED_TYPES)
        if not topic:
            return ""
        name = _PREPOSITION.sub("", bare)
        if wanted(f"what {name}") and before.subjects:
            return f"What {name} does {self._writing.names(before.subjects)} have?"
        if before.kinds and not before.related and (before.subjects or before.query.topic):
            return self._writing.about(name, before.kinds, counted=before.counted)
        earlier = before.query.topic if before.query.polar else before.topic
        if len(earlier.split()) > LONGEST_TOPIC:
            return ""
        if earlier and earlier in before.text and (before.notes or before.query.polar):
            at = before.text.index(earlier)
            article = _ARTICLE.match(name)
            has = re.search(r"\bthe\s+$", before.text[:at], re.I)
            start = at - len(has.group()) if has and article else at
            return sentence(replaced(before.text, [((start, at + len(earlier)), name)]))
        return ""


def _country_pattern() -> re.Pattern[str]:
    names = sorted(countries() | CONTINENTS, key=len, reverse=True)
    return re.compile(
        rf"\b(?:{'|'.join(sorted(SHORT_COUNTRIES))})\b|\b(?i:{'|'.join(map(re.escape, names))})\b"
    )
