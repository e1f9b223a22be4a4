"""Questions with several readings: what they could mean, and which one a reply picks."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citing.citations import note
from assistant.records import Choice, Draft, Scope
from assistant.rules.cues import NUMBER_WORDS
from assistant.rules.lexicon import Token, contains, content_stems, stem, words_of
from assistant.rules.openings import opened
from assistant.rules.parts import Parts
from assistant.rules.places import place_in
from assistant.rules.rephrasing import Rephrasing
from assistant.rules.subjects import heading_of
from assistant.rules.words import Words
from corpus.readers.glossary import Glossary
from corpus.structure.graph import Framework

COMPOSER = "conversation-1"
"""Name and version of the composer, for an answer's provenance."""

MOST = 4
"""Readings that are offered; words with more are too wide for a choice."""

LONGEST_REPLY = 6
"""Words of a reply that picks one."""


class Readings:
    """Finds the readings of questions about one corpus."""

    def __init__(
        self,
        framework: Framework,
        glossary: Glossary,
        parts: Parts,
        writing: Rephrasing,
    ) -> None:
        """Note which passages hold which words, and which words have several senses."""
        self._framework = framework
        self._parts = parts
        self._writing = writing
        self._senses = [
            [(sense.name, tuple(sense.items)) for sense in group.senses]
            for group in glossary.senses
        ]
        self._tells = {
            _label(sense.name): sense.tells for group in glossary.senses for sense in group.senses
        }
        self._stems = {
            one.id: {stem(word) for word, _, _ in words_of(one.text)} for one in framework.passages
        }

    def of(self, text: str) -> tuple[Choice, ...]:
        """Return what a question can mean, if it has several readings and none stands out.

        A bare word, or what belongs to it, is read in each sense that the glossary tells apart,
        and a name as each item that bears it. Nothing else is ambiguous enough.
        """
        words = self._parts.words(text)
        if words.polar or words.mentioning or words.negated or words.sure or words.entities:
            return ()
        kinds = words.kinds
        named = self._same_named(words)
        if named:
            return self._of_items(named, kinds)
        topic = words.topic("kind", "description")
        if words.items or not topic or not self._is_bare(words, topic):
            return ()
        return self._of_senses({token.stem for token in topic}, kinds)

    def _is_bare(self, words: Words, topic: Sequence[Token]) -> bool:
        """Tell whether a question asks for nothing but some words, or for kinds with them."""
        tops = {kind.id for kind in self._framework.kinds if not kind.parent}
        if set(words.kinds) & tops or words.told_of or words.of_page or len(topic) > 2:
            return False
        return words.opens_with not in ("how", "why", "when", "where", "should")

    def _same_named(self, words: Words) -> tuple[str, ...]:
        """Return items that bear one name, where nothing tells which is meant."""
        named = [one for one in words.mentions if one.type == "item"]
        if len(named) != 1 or named[0].sure:
            return ()
        ids = dict.fromkeys(named[0].ids)
        return tuple(ids) if 1 < len(ids) <= MOST else ()

    def _of_items(self, items: Sequence[str], kinds: tuple[str, ...]) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                label=heading_of(self._framework, self._framework.item(one)),
                question=self._writing.of([one], kinds),
            )
            for one in items
        )

    def _of_senses(self, stems: set[str], kinds: tuple[str, ...]) -> tuple[Choice, ...]:
        """Return the senses of words that only passages of one group of senses hold."""
        holders = {one for one, held in self._stems.items() if stems <= held}
        for group in self._senses:
            own = [(name, [one for one in items if one in holders]) for name, items in group]
            found = [(name, items) for name, items in own if items]
            told = {one for _, items in found for one in items}
            # What only stands under a sense's own item is a part of that sense.
            if holders and holders <= told and 1 < len(found) <= MOST:
                return tuple(
                    Choice(
                        label=_label(name),
                        question=self._writing.of([self._with(kinds, items[0])], kinds),
                    )
                    for name, items in found
                )
        return ()

    def _with(self, kinds: Sequence[str], item_id: str) -> str:
        """Return an item, or what it stands under, that some kinds of thing can be asked of."""
        for item in self._framework.lineage(item_id):
            above = {one.kind for one in self._framework.lineage(item.id)}
            if not above.intersection(kinds):
                return item.id
        return item_id

    def told(self, reply: str, choices: Sequence[Choice]) -> Choice | None:
        """Return the choice whose sense a reply tells by the glossary's words for it."""
        said = [stem(word) for word, _, _ in words_of(reply)]
        found = [
            one
            for one in choices
            if any(contains(said, content_stems(tell)) for tell in self._tells.get(one.label, ()))
        ]
        return found[0] if len(found) == 1 and len(said) <= LONGEST_REPLY else None

    def instead(self, text: str) -> str:
        """Return a question with the other item that its name could mean, if there is one."""
        words = self._parts.words(text)
        named = [one for one in words.mentions if one.type == "item"]
        if len(named) != 1 or named[0].sure:
            return ""
        stems = {token.stem for token in words.tokens[named[0].first : named[0].last + 1]}
        others = [
            one.id
            for one in self._framework.items
            if one.title
            and one.id not in named[0].ids[:1]
            and stems <= {stem(word) for word, _, _ in words_of(one.title)}
        ]
        return self._writing.of(others, words.kinds) if len(others) == 1 else ""

    def is_of(self, question: str, kinds: Sequence[str]) -> bool:
        """Tell whether a question is about an item of one of some kinds."""
        items = self._parts.words(question).items
        return any(self._framework.item(one).kind in kinds for one in items)

    def asking(self, questions: Sequence[str]) -> tuple[Choice, ...]:
        """Return questions as choices, each called by the item that it is about."""
        choices = []
        for one in questions[:MOST]:
            items = self._parts.words(one).items
            item = self._framework.item(items[0]) if items else None
            choices.append(Choice(label=heading_of(self._framework, item) if item else one,
                                  question=one))  # fmt: skip
        return tuple(choices)


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]


def choosing(text: str, choices: Sequence[Choice]) -> Draft:
    """Ask which of several readings is meant."""
    if not choices:
        return asking_back()
    if text.lower().startswith("tell me"):
        return _clarifying("Which of these do you mean?", choices)
    said = (
        f"\u201c{text.strip(' ?.!')}\u201d can be read in {len(choices)} ways. Which do you mean?"
    )
    return _clarifying(said, choices)


def asking_back() -> Draft:
    """Ask what a question is about that leans on nothing."""
    return _clarifying(
        "This question needs another before it. What is it about? Name a part of the page or a"
        " topic."
    )


def _clarifying(said: str, choices: Sequence[Choice] = ()) -> Draft:
    return Draft(
        status="clarify",
        reason="ambiguous",
        scope=Scope(),
        composer=COMPOSER,
        statements=(note(said),),
        choices=tuple(choices),
    )


def pick(reply: str, choices: Sequence[Choice], parts: Parts) -> Choice | None:
    """Return the choice that a reply picks: by place, by number, or by words of its label."""
    if not choices:
        return None
    place = place_in(reply)
    number = int(reply) if reply.isdigit() else NUMBER_WORDS.get(opened(reply).text.lower())
    at = place.number if place and not place.noun else number
    if at is not None:
        at = len(choices) if at <= 0 else at
        return choices[at - 1] if at <= len(choices) else None
    said = {token.stem for token in parts.words(reply).tokens}
    labels = [{stem(word) for word, _, _ in words_of(one.label)} for one in choices]
    shared = set.intersection(*labels) if len(labels) > 1 else set()
    scores = [len(said & (label - shared)) for label in labels]
    best = max(scores)
    full = len(said) <= LONGEST_REPLY and best > 0 and scores.count(best) == 1
    return choices[scores.index(best)] if full else None
