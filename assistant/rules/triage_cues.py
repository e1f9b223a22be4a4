"""Cues that a message is about a person and not about policy: which kinds of words it holds.

No cue decides anything by itself; each is one number among many that a fitted model weighs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from assistant.rules.triage_frames import FRAMES
from assistant.rules.triage_words import WORDS

KINDS = {**WORDS, **FRAMES}
"""Kinds of words, those of persons and deeds before those of what a message is written for."""

EXTRA = ("asks", "short", "long", "personal", "subject")
"""Cues beside the kinds of words."""

_PAIRED = (
    "i", "to_me", "i_was", "my_child", "my_pupil", "my_friend", "my_adult", "child", "harm",
    "image", "threat", "money", "found", "worry", "told_me", "attracted", "work", "exhausted",
    "how_to", "where_to", "evade", "policy", "study", "he_she", "abuser", "sexual", "scenario",
    "desk", "way_round", "obtain", "young", "produce", "reviewed", "worn", "suicide",
    "task", "body", "legal", "sources", "at_large",
)  # fmt: skip
"""Kinds of words of which two together say more than each."""


_SUBJECT = (
    "to_me", "child", "harm", "my_image", "threat", "my_thoughts", "attracted", "suicide",
    "exhausted", "sexual", "policy", "i_was", "evade", "young", "way_round", "farewell", "worn",
)  # fmt: skip
"""Kinds of words of which a message about this subject holds one."""

SHORT = 5
"""Words up to which a message is short."""

LONG = 25
"""Words over which it is long."""

OUTSIDE = 3
"""Words that a message needs outside quotation marks for what they hold to be only mentioned."""

_QUOTED = re.compile('"[^"]{4,}"')

_MARKS = re.compile("[\u00ab\u00bb\u201c\u201d\u201e\u300c\u300d]")
"""Quotation marks, of any language."""

_SHORTENED = re.compile(r"'(?=(?:[tmsd]|ll|ve|re)\b)()")
"""An apostrophe of an English short form, which people leave out."""


class Cue(NamedTuple):
    """A kind of words."""

    name: str
    """What they say."""

    pattern: re.Pattern[str]
    """The words, in plain letters and without marks."""


@lru_cache(maxsize=1)
def cues() -> tuple[Cue, ...]:
    """Return every kind of words, compiled once."""
    start, end = "(?<![a-z0-9])(?:", ")(?![a-z0-9])"
    return tuple(
        Cue(name, re.compile(words if name == "quoted" else f"{start}{words}{end}"))
        for name, words in KINDS.items()
    )


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names of all cues, in the order of `read`."""
    pairs = (f"{one}+{other}" for one, other in combinations(_PAIRED, 2))
    return (*KINDS, *EXTRA, *pairs)


def count() -> int:
    """Return how many cues there are."""
    return len(names())


def plain(text: str) -> str:
    """Return a text in small letters, without accents and apostrophes, marks kept.

    >>> plain("J’ai 14 ans, I don't  know")
    'j ai 14 ans, i dont know'
    """
    spread = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in spread if not unicodedata.combining(sign))
    joined = _SHORTENED.sub(r"\1", re.sub("[\u2018\u2019\u00b4`]", "'", letters))
    return " ".join(_MARKS.sub('"', joined).replace("'", " ").split())


def said(text: str) -> str:
    """Return a plain text without what it quotes, unless little else is left.

    >>> said('my slide says "nobody listened", which pillar is it?')
    'my slide says , which pillar is it?'
    >>> said('"he hurts me"')
    '"he hurts me"'
    """
    outside = _QUOTED.sub("", text)
    return " ".join(outside.split()) if len(outside.split()) >= OUTSIDE else text


def read(text: str) -> list[float]:
    """Return the cues of a plain text, each 0 or 1, in the order of `names`."""
    own = said(text)
    seen = {
        cue.name: bool(cue.pattern.search(text if cue.name == "quoted" else own)) for cue in cues()
    }
    length = len(text.split())
    extra = (
        "?" in text,
        length <= SHORT,
        length > LONG,
        seen["i"] and not seen["policy"],
        any(seen[one] for one in _SUBJECT),
    )
    pairs = (seen[one] and seen[other] for one, other in combinations(_PAIRED, 2))
    return [float(one) for one in (*seen.values(), *extra, *pairs)]
