"""One of several things that were listed: by its place, by a step, by a word that tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.rules.cues import CARDINALS, NUMBER_WORDS

_STEP = re.compile(
    r"\b(?:the )?(?:(?P<on>next|following)|previous|preceding)(?: ones?)?$"
    r"|\bthe one (?:(?P<after>after)|before)(?: (?:that|it|this))?$",
    re.I,
)
_DESCRIBED = re.compile(
    r"\b(?:the|that|which) ones? (?:(?:is |are |that (?:is |are )?)?"
    r"(?:about|on|for|with|mention\w*|speak\w* (?:of|about)|talk\w* about|deal\w* with|covers?"
    r"|says?) )(?P<about>.+)$"
    r"|\b(?:the|that) (?P<what>"
    r"(?:(?!(?:is|are|was|were|of|and|in|on)\b)[\w\u2019'/-]+ ){1,4}?)ones?(?:'s)?\b",
    re.I,
)

_ORDINAL_WORDS = [word for word in NUMBER_WORDS if word not in CARDINALS]
_PLACE = "|".join(
    sorted(
        (
            *_ORDINAL_WORDS,
            "last",
            "final",
            "former",
            "latter",
            "top",
            "penultimate",
            "second to last",
            "second last",
            "last but one",
        ),
        key=len,
    )[::-1]
)
_COUNT = r"(?: (?P<count>two|three|four|five|\d))?"
_ORDINAL = re.compile(
    rf"\b(?:the )?(?:(?P<place>{_PLACE})|(?P<digits>\d{{1,2}})(?:st|nd|rd|th)){_COUNT}"
    r"(?: (?P<noun>ones?\b(?:'s)?|of (?:them|those|these)|[a-z]+))?|"
    r"\b(?:number|no\.?|nr|option|#) ?(?P<number>\d{1,2}|one|two|three|four|five)\b",
    re.I,
)
_LINKING = frozenset("of in under for on from with about and is are have has do does".split())
"""Words that may follow a noun with a place before it: `the second outcome of it`."""

_NOUNS_AFTER = frozenset("one ones point item entry option choice bullet bit".split())


class Described(NamedTuple):
    """One of several things, told from the others by a word: the one about funding."""

    words: str
    """The words."""

    start: int
    """First character."""

    end: int
    """One past the last."""


def step_in(text: str) -> int:
    """Return the step that a text takes from what was talked about: 1, -1, or 0 for none."""
    found = _STEP.search(text)
    if not found:
        return 0
    return 1 if found["on"] or found["after"] else -1


def described_in(text: str) -> Described | None:
    """Return how a text tells one of several things from the others, if it does."""
    found = _DESCRIBED.search(text)
    if not found or (found["what"] and place_in(found.group())):
        return None
    return Described((found["about"] or found["what"]).strip(), found.start(), found.end())


class Placed(NamedTuple):
    """A place in a list: the second, the last two, number 4."""

    number: int
    """From 1; 0 or less counts from the end: 0 is the last, -1 the one before."""

    many: int
    """How many, from there on or up to there."""

    noun: str
    """A noun behind it that may name a kind; empty for `one` and the like."""

    start: int
    """First character."""

    end: int
    """One past the last."""


def places_in(text: str) -> tuple[Placed, ...]:
    """Return all places that a text speaks of: `the first and the third`.

    >>> [one.number for one in places_in("explain the first and the third")]
    [1, 3]
    """
    found: list[Placed] = []
    for piece in re.finditer(r"(?:(?! (?:and|from|with|or|versus|vs) ).)+", text):
        place = place_in(piece.group())
        if place:
            at = piece.start()
            found.append(place._replace(start=place.start + at, end=place.end + at))
    return tuple(found)


def place_in(text: str) -> Placed | None:
    """Return the place in an earlier list that a text speaks of, if it speaks of one.

    >>> place_in("what about the second one?")[:3]
    (2, 1, '')
    >>> place_in("the last two")[:3]
    (0, 2, '')
    """
    for match in _ORDINAL.finditer(text):
        noun = (match["noun"] or "").lower().removesuffix("'s")
        end = match.end()
        if noun.startswith("of ") or noun in _NOUNS_AFTER:
            noun = ""
        elif noun:
            rest = text[match.end() :].strip(" ?.!")
            if rest and not match["count"] and rest.split()[0].lower() not in _LINKING:
                continue
        count = match["count"]
        pointed = match.group().lower().startswith("the ") or match["number"]
        if (match["place"] or "").lower() == "top" and not count:
            continue
        alone = not text[: match.start()].strip() and not noun
        if not (pointed or alone or count or match["noun"] in _NOUNS_AFTER):
            continue
        if not noun and pointed and not match["noun"] and text[end:].strip(" ?.!"):
            continue
        return Placed(_number(match), _cardinal(count) if count else 1, noun, match.start(), end)
    return None


def _number(match: re.Match[str]) -> int:
    if match["digits"]:
        return int(match["digits"])
    if match["number"]:
        return _cardinal(match["number"])
    word = match["place"].lower()
    if word in ("second to last", "second last", "last but one", "penultimate"):
        return -1
    return 1 if word in ("former", "top") else NUMBER_WORDS.get(word, 0)


def _cardinal(word: str) -> int:
    return int(word) if word.isdigit() else NUMBER_WORDS[word.lower()]


def picked(found: Sequence[str], place: Placed) -> tuple[str, ...]:
    """Return what stands at a place of a list; nothing if the list is shorter.

    >>> picked(["a", "b", "c"], Placed(0, 2, "", 0, 0)), picked(["a"], Placed(2, 1, "", 0, 0))
    (('b', 'c'), ())
    """
    if place.number <= 0:
        last = len(found) + place.number
        return tuple(found[max(last - place.many, 0) : last])
    at = place.number - 1
    return tuple(found[at : at + place.many])
