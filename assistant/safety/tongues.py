"""Which case a message is in a language that the reader hardly knows, by a small lexicon.

The reader was trained on English, French and Spanish above all. In other
languages the phrases of `tongues.toml` are looked for, and fixed rules say which of them together
make a case. It sees plain wordings only.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from assistant.understanding.reader import CASES, Floats

KINDS = (
    "done_to_me", "die", "my_picture", "threat", "drawn", "mine", "hurt", "found", "picture",
    "bare", "child", "mate", "looks", "seek", "evade", "work", "worn", "policy",
)  # fmt: skip
"""What a phrase says: something done to whoever writes, a wish to die, a picture of oneself, a
threat, being drawn to children, a child one knows, harm, coming across, pictures, nakedness or
sex, a child, an adult one knows, what that one does, seeking, evading, work, being worn out, and
policy talk."""

RULES = (
    ("H", ("die",), ()),
    ("A", ("done_to_me",), ("mine",)),
    ("D", ("threat", "my_picture"), ()),
    ("D", ("threat", "mine", "picture"), ("policy",)),
    ("E", ("drawn",), ("policy",)),
    ("G", ("seek", "child", "bare"), ("policy",)),
    ("G", ("seek", "child", "evade"), ("policy",)),
    ("F", ("mate", "child", "looks"), ("policy",)),
    ("F", ("mate", "child", "bare"), ("policy",)),
    ("C", ("found", "picture", "child"), ("policy", "mate")),
    ("B", ("mine", "hurt"), ("policy",)),
    ("I", ("work", "worn"), ()),
)
"""Cases with the kinds that make them, and those that speak against them."""

SURE = 0.9
"""Chance that a message is no policy question where a rule holds; chosen, not fitted."""

GAP = 40
"""Signs that may stand for `~` in a phrase."""

SCRIPTS = {
    "CYRILLIC": "CYRILLIC", "ARABIC": "ARABIC", "DEVANAGARI": "DEVANAGARI", "CJK": "CJK",
    "HIRAGANA": "KANA", "KATAKANA": "KANA",
}  # fmt: skip
"""First words of the names of letters, and what their script is called in `tongues.toml`."""


OUTSIDE = 3
"""Words that a message needs outside quotation marks for what they hold to be only mentioned."""

_QUOTED = re.compile('"[^"]{4,}"')

_MARKS = re.compile("[\u00ab\u00bb\u201c\u201d\u201e\u300c\u300d]")
"""Quotation marks, of any language."""


def plain(text: str) -> str:
    """Return a text in small letters, without accents and apostrophes, marks kept.

    >>> plain("J’ai 14 ans, «non»")
    'j ai 14 ans, "non"'
    """
    spread = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in spread if not unicodedata.combining(sign))
    spaced = re.sub("[\u2018\u2019\u00b4`']", " ", letters)
    return " ".join(_MARKS.sub('"', spaced).split())


def said(text: str) -> str:
    """Return a plain text without what it quotes, unless little else is left.

    >>> said('my slide says "nobody listened", which pillar is it?')
    'my slide says , which pillar is it?'
    >>> said('"he hurts me"')
    '"he hurts me"'
    """
    outside = _QUOTED.sub("", text)
    return " ".join(outside.split()) if len(outside.split()) >= OUTSIDE else text


class Tongue(NamedTuple):
    """A language of the lexicon."""

    code: str
    """Its two letters."""

    script: str
    """Its script; empty for Latin letters."""

    common: frozenset[str]
    """Frequent words, in plain letters."""

    kinds: Mapping[str, re.Pattern[str]]
    """For each kind the pattern of its phrases."""


@lru_cache(maxsize=1)
def tongues() -> tuple[Tongue, ...]:
    """Return the languages of the lexicon, compiled once."""
    return tuple(_tongue(table) for table in _table()["tongue"])


@lru_cache(maxsize=1)
def known() -> tuple[frozenset[str], ...]:
    """Return the frequent words of the languages that the reader knows."""
    return tuple(frozenset(plain(words).split()) for words in _table()["known"].values())


def tongue_of(line: str) -> Tongue | None:
    """Return the language of a message; none where the reader knows it, or nothing is told.

    Another script tells it; of languages in Latin letters, the one with most frequent words, if it
    has more of them than any that the reader knows.

    Args:
        line: in plain letters.
    """
    scripts = Counter(_script(sign) for sign in line if sign.isalpha())
    script = max(scripts, key=lambda one: (scripts[one], one), default="")
    if scripts.get("KANA"):
        script = "KANA"  # Japanese mixes its own letters with Chinese ones
    words = re.findall(r"\w+", line)
    told = max((sum(word in common for word in words) for common in known()), default=0)
    best, most = None, told if not script else -1
    for one in tongues():
        number = sum(word in one.common for word in words)
        if one.script == script and number > most:
            best, most = one, number
    return best


class Told(NamedTuple):
    """What the lexicon says of a message."""

    language: str
    """Two letters of its language."""

    cases: Floats
    """How likely each case is, shape (10,)."""


def reading(text: str) -> Told | None:
    """Return what the lexicon says of a message; none where it does not know its language.

    What is only quoted does not count.
    """
    line = plain(text)
    tongue = tongue_of(line)
    if tongue is None:
        return None
    own = said(line)
    seen = {kind for kind, pattern in tongue.kinds.items() if pattern.search(own)}
    letters = {
        letter
        for letter, needed, against in RULES
        if seen.issuperset(needed) and not seen.intersection(against)
    }
    row = np.zeros(len(CASES), dtype=np.float64)
    row[-1] = 1.0 - SURE if letters else 1.0
    for letter in letters:
        row[CASES.index(letter)] = SURE / len(letters)
    return Told(tongue.code, row)


def _script(sign: str) -> str:
    return SCRIPTS.get(unicodedata.name(sign, "").split(" ", 1)[0], "")


def _tongue(table: Mapping[str, object]) -> Tongue:
    start = "" if table.get("joined") else r"(?<!\w)"
    kinds = {kind: _pattern(str(table.get(kind, "")), start) for kind in KINDS}
    return Tongue(
        str(table["code"]),
        str(table.get("script", "")),
        frozenset(plain(str(table["common"])).split()),
        kinds,
    )


def _pattern(phrases: str, start: str) -> re.Pattern[str]:
    found = sorted(plain(one) for one in phrases.split(",") if one.strip())
    escaped = (re.escape(one).replace("\\~", f".{{0,{GAP}}}?") for one in found)
    return re.compile(f"{start}(?:{'|'.join(escaped)})")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((files(__package__) / "tongues.toml").read_text("utf-8"))
    return table
