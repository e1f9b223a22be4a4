"""A claim and its context as the verifier reads them: sentences, words, amounts, names."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from assistant.citing.amounts import Amount, amounts_in
from assistant.understanding.lexicon import CALENDAR, FUNCTION_WORDS, stem, words_of
from corpus.text import split_sentences

_MARKS = re.compile(r"\s*\[\d+(?:[,;-] ?\d+)*\]|\bhttps?://\S+")
"""Marks of references, and addresses; neither says anything."""

_SHORT = re.compile(
    r"\b(?P<can>can['\u2019]t|cannot)\b|\b(?P<will>won['\u2019]t)\b|(?P<not>n['\u2019]t)\b|&", re.I
)
_FULL = {"can": "can not", "will": "will not", "not": " not"}
_GLUED = re.compile(r"(?<=[a-z)][.!?])(?=[A-Z])")
"""Where a text from a page has lost the blank between two sentences."""

_BREAK = re.compile(r"[,;:()\u2013\u2014\u201c\u201d\"]|\s-\s")

_COMMONEST = 2.5
_RAREST = 7.0
"""Tens logarithms of how many running words there are for each one of a word."""


class Word(NamedTuple):
    """A word, or an amount, in its place."""

    text: str
    """Lower case; for an amount as written."""

    stem: str
    """Snowball stem; for an amount its key."""

    clause: int
    """Which piece between marks of punctuation it stands in, from 0."""

    is_content: bool
    """Whether it says something: an amount, or no function word."""

    is_name: bool
    """Whether it is written large where ordinary words are not, or mixes letters and digits."""

    is_amount: bool


@dataclass(frozen=True)
class Said:
    """A sentence, taken apart."""

    text: str
    """As written, short forms in full."""

    words: tuple[Word, ...]
    """All its words and amounts, in order."""

    amounts: tuple[Amount, ...]
    """Its amounts, with their values."""

    line: int = 0
    """Which line of the text it stands in, from 0."""

    @classmethod
    def of(cls, text: str, line: int = 0) -> Said:
        """Take a sentence apart."""
        text = _SHORT.sub(lambda short: _FULL.get(short.lastgroup or "", " and "), text)
        amounts = amounts_in(text)
        covered = {place: one for one in amounts for place in range(one.start, one.end)}
        breaks = [match.start() for match in _BREAK.finditer(text)]
        words: list[Word] = []
        seen: set[int] = set()
        for word, start, end in words_of(text):
            clause = sum(place < start for place in breaks)
            if amount := covered.get(start):
                if amount.start not in seen:
                    seen.add(amount.start)
                    words.append(Word(amount.text, amount.key, clause, True, False, True))
                continue
            is_content = word not in FUNCTION_WORDS
            is_name = is_content and _is_name(text[start:end], is_first=not words)
            words.append(Word(word, stem(word), clause, is_content, is_name, False))
        return cls(text, tuple(words), amounts, line)

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that say something, in order."""
        return tuple(word for word in self.words if word.is_content)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of what it says."""
        return frozenset(word.stem for word in self.content)

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Stems of all its words."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of the names in it."""
        return frozenset(word.stem for word in self.words if word.is_name)


def _is_name(text: str, *, is_first: bool) -> bool:
    if any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text):
        return True
    if text.lower() in CALENDAR:
        return False
    if any(letter.isupper() for letter in text[1:]) and not text.isupper():
        return True
    if not text[:1].isupper():
        return False
    # The first word is written large in any case; a word that is rare in English, or large
    # throughout, is a name even there.
    return not is_first or (len(text) > 1 and text.isupper()) or rarity(text.lower()) > 0.75


def read_claim(text: str) -> Said:
    """Take a claim apart as one sentence, without the marks of references in it."""
    return Said.of(" ".join(_MARKS.sub("", text).split()))


def read_context(text: str) -> tuple[Said, ...]:
    """Take a context apart, sentence by sentence, in order; none for a text without words."""
    plain = _GLUED.sub(" ", _MARKS.sub("", text))
    sentences = (
        Said.of(span.of(line), number)
        for number, line in enumerate(plain.splitlines())
        for span in split_sentences(line)
    )
    return tuple(said for said in sentences if said.words)


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """Return how much a lower-case word tells, from how rare English has it, 0.05 to 1."""
    count = _counts().get(word, 0)
    log = math.log10(_total() / (count + 0.5))
    return min(1.0, max(0.05, (log - _COMMONEST) / (_RAREST - _COMMONEST)))


@lru_cache(maxsize=1)
def _counts() -> dict[str, int]:
    # A third of a second to load; only what is verified pays it.
    from spellchecker import SpellChecker

    counts: dict[str, int] = SpellChecker().word_frequency.dictionary
    return counts


@lru_cache(maxsize=1)
def _total() -> int:
    return sum(_counts().values())


def weight(word: Word) -> float:
    """Return how much a word tells; an amount tells all."""
    return 1.0 if word.is_amount else rarity(word.text)


def weights(words: Sequence[Word]) -> dict[str, float]:
    """Return the weight of each stem among some words."""
    return {word.stem: weight(word) for word in words}
