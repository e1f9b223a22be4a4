"""Messages for triage, by case; and how they are misspelt where a model learns from them."""

from __future__ import annotations

import random
import re
from pathlib import Path

from pydantic import Field

from corpus.passage import Record
from corpus.readers.questions import read_rows
from evals.cases.case import TwoSplits

FOLDER = Path(__file__).with_name("triage")

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

    split: TwoSplits


def read_messages(split: TwoSplits) -> tuple[Message, ...]:
    """Return the hand-written messages of a split."""
    return tuple(read_rows(FOLDER / f"{split}.jsonl", Message))


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
