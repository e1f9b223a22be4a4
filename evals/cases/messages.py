"""Messages for triage: hand-written ones by case, and patterns that more of them are made of."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from corpus.passage import Record
from corpus.readers.questions import read_rows

Split = Literal["development", "test"]
"""What may be looked at while tuning, and what is run once at the end."""

FOLDER = Path(__file__).with_name("triage")

_SLOT = re.compile(r"\{(\w+)\}")
_NESTED = 4
_SPACED = 6
"""Words of which one is misspelt."""


class Message(Record):
    """What somebody might type, and which case it is."""

    id: str
    message: str
    case: str = Field(pattern=r"^[A-J]$")
    """Letter of the case that answers it."""

    language: str = Field(pattern=r"^[a-z]{2}$")
    manner: str
    """Whose way of writing it is, or what is particular about it: `teen`, `wrapped`, `typo`."""

    split: Split


class Pattern(Record):
    """A message with slots that words are put into."""

    case: str = Field(pattern=r"^[A-J]$")
    language: Literal["en", "fr", "es"]
    pattern: str
    """The message; `{adult}` stands for one of the words of that slot."""


def read_messages(split: Split) -> tuple[Message, ...]:
    """Return the hand-written messages of a split."""
    return tuple(read_rows(FOLDER / f"{split}.jsonl", Message))


def read_patterns() -> tuple[Pattern, ...]:
    """Return the patterns of development."""
    return tuple(read_rows(FOLDER / "patterns.jsonl", Pattern))


@lru_cache(maxsize=1)
def read_words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the words of each slot, by language."""
    words: dict[str, dict[str, list[str]]] = json.loads(
        (FOLDER / "words.json").read_text(encoding="utf-8")
    )
    return words


def filled(pattern: Pattern, most: int, chance: random.Random) -> tuple[str, ...]:
    """Return up to `most` messages of a pattern, no two alike."""
    words = read_words()[pattern.language]
    found: dict[str, None] = {}
    for _ in range(2 * most):
        text = pattern.pattern
        for _ in range(_NESTED):
            text = _SLOT.sub(lambda slot: chance.choice(words[slot[1]]), text)
        found[text[0].upper() + text[1:] if chance.random() < 0.5 else text] = None
        if len(found) == most:
            break
    return tuple(found)


def misspelt(text: str, chance: random.Random) -> str:
    """Return a text with a letter wrong in one word of six: turned, left out, doubled, another."""
    words = text.split()
    for _ in range(max(1, len(words) // _SPACED)):
        place = chance.randrange(len(words))
        if len(words[place]) > 3:
            words[place] = _slipped(words[place], chance)
    return " ".join(words)


def bare(text: str) -> str:
    """Return a text in small letters and without marks.

    >>> bare("Help me, I'm scared!")
    'help me im scared'
    """
    return re.sub(r"[^\w\s]", "", text).lower()


def _slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, here, after = word[:at], word[at], word[at + 1 :]
    kinds = (
        before + after[0] + here + after[1:],
        before + after,
        before + here + here + after,
        before + chance.choice("aeiourstn") + after,
    )
    return chance.choices(kinds, weights=(4, 3, 2, 2))[0]
