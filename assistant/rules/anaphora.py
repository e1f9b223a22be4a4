"""Words that stand for something said before: `it`, `they`, `that one`."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.rules.cues import COMPARISONS, EVENTS
from assistant.rules.words import Words

_ANAPHORS = frozenset("it its they them their theirs".split())
_POINTING = frozenset("this that these those".split())
_BEFORE_POINTING = frozenset(
    """
    about for with of on to in under behind between versus vs compare compared than
    from by like does do did is are was were has have can could will would should
    against into within explain
    """.split()
)
_CLAUSE = frozenset(
    """
    and but or if when that which who because as so while where what how before after until
    """.split()
)
_AFTER_POINTING = frozenset(
    """
    mean means work works include includes involve involves cover covers matter matters help helps
    relate relates apply applies say says mention mentions need needs require requires belong
    belongs sit sits come comes and or cost costs
    """.split()
)
_OWN_ENOUGH = 2
"""Nouns before a pointing word, of which one is what it stands for."""

_TOO_MANY = 6
"""Words of a subject of its own with which a question leans on nothing."""

_NOUNS = frozenset(
    """
    one ones convention treaty law act rules directive note topic item report number tool database
    system programme program service organisation organization body network list project group
    idea concept initiative scheme campaign thing subject point answer two three four five
    """.split()
)
_PREDICATES = frozenset(
    """
    true legal illegal lawful possible necessary ok okay right wrong correct mandatory important
    required likely fair safe normal allowed better best hard easy worth called enough
    """.split()
)
_DUMMY_AFTER = frozenset("that to for if when whether".split())
_EVENT_WORDS = frozenset().union(*EVENTS)


class Anaphor(NamedTuple):
    """A word that stands for something said before, with the noun that it points with."""

    word: str
    """The word, in lower case."""

    noun: str
    """The noun behind a pointing word: the `pillar` of `that pillar`; else empty."""

    start: int
    """First character."""

    end: int
    """One past the last, of the noun if there is one."""

    @property
    def plural(self) -> bool:
        """Whether it stands for several things."""
        return self.word in {"they", "them", "their", "theirs", "these", "those"}


def anaphors_in(words: Words) -> tuple[Anaphor, ...]:
    """Return the words that stand for something outside the text, in order."""
    return tuple(
        found
        for place, token in enumerate(words.tokens)
        if (found := _anaphor(words, place)) and not _is_inside(words, place, token.word)
    )


def _anaphor(words: Words, place: int) -> Anaphor | None:
    tokens = words.tokens
    token = tokens[place]
    if _is_named(words, place):
        return None
    if token.word in _ANAPHORS:
        return None if _is_dummy(words, place) else _at(words, place, place)
    if token.word not in _POINTING:
        return None
    kinds = {one.first: one.last for one in words.mentions if one.type == "kind"}
    if place + 1 in {one.first for one in words.mentions if one.type == "framework"}:
        return None
    if place + 1 in kinds:
        return _at(words, place, kinds[place + 1])
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following and following.word in _NOUNS:
        return _at(words, place, place + 1)
    before = tokens[place - 1].word if place else ""
    gap = words.text[token.end : following.start] if following else "."
    closes = following is None or bool(set(gap) & set(",;.?!"))
    verbs = _BEFORE_POINTING | _AFTER_POINTING | _EVENT_WORDS | COMPARISONS
    goes_on = following is not None and following.word in verbs
    asks = before in _BEFORE_POINTING and (closes or goes_on)
    opens = not place and goes_on
    verb = closes and before not in ("all", "of", "like") and token.word in ("this", "that")
    return _at(words, place, place) if asks or opens or verb else None


def _at(words: Words, first: int, last: int) -> Anaphor:
    tokens = words.tokens
    noun = words.text[tokens[first + 1].start : tokens[last].end] if last > first else ""
    return Anaphor(tokens[first].word, noun.lower(), tokens[first].start, tokens[last].end)


def _is_named(words: Words, place: int) -> bool:
    """Tell a word of a name: `Take It Down`."""
    token = words.tokens[place]
    large = place > 0 and words.text[token.start].isupper() and not words.text.isupper()
    types = ("term", "item", "framework")
    return large or any(
        one.type in types and one.first <= place <= one.last for one in words.mentions
    )


def _is_dummy(words: Words, place: int) -> bool:
    """Tell the `it` of `is it legal to`, which stands for nothing."""
    if words.tokens[place].word != "it":
        return False
    said = [token.word for token in words.tokens[place + 1 :]]
    said = said[1:] if said[:1] in (["is"], ["was"]) else said
    if said[:2] in (["cost", "to"], ["take", "to"]):
        return True
    return bool(said[:1]) and said[0] in _PREDICATES and bool(set(said[1:3]) & _DUMMY_AFTER)


def _is_inside(words: Words, place: int, word: str) -> bool:
    """Tell whether the text itself says before what a word stands for.

    `its` may stand for what is named in its own clause; `it` only for what an earlier one names.
    """
    tokens = words.tokens
    types = ("item", "entity", "absent", "framework")
    ends = [one.last for one in words.mentions if one.type in types]
    topic = {token.start for token in words.topic("kind", "description", "framework")}
    if len(topic) >= _TOO_MANY:
        return True
    ends += [
        at
        for at, token in enumerate(tokens[:place])
        if token.start in topic and token.word not in _EVENT_WORDS and not token.word.endswith("ed")
    ]
    ends = [one for one in ends if one < place]
    if not ends:
        return False
    if word in ("its", "their") or len(ends) >= _OWN_ENOUGH:
        return True
    between = words.text[tokens[min(ends)].end : tokens[place].start]
    apart = {token.word for token in tokens[min(ends) + 1 : place]} & _CLAUSE
    return bool(apart or re.search(r"[,;.?!:]|\s[-\u2013\u2014]\s", between))
