"""Sentences with the numbers that they cite, taken from a text as it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.text import split_sentences

LONGEST = 2000
"""Characters of a sentence at most; whatever is longer is none."""

_MARK = re.compile(r"\s*\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]")
_END = re.compile(r"\n|(?:\]\s?[.!?]|[.!?][\"\u201d\u2019)]?\s?(?:\[[\d,\s]+\])+)(?=\s)")
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")


class Cited(NamedTuple):
    """A sentence and what it cites."""

    text: str
    """The sentence in one line, without its marks."""

    numbers: tuple[int, ...]
    """What it cites, each once, in order of first mention; none where it cites nothing."""


class Reader:
    r"""Reads a text piece by piece and gives each sentence once it is whole.

    >>> [*Reader().feed("Ships rest [1]. Pilots train, [2] and sail [3]\nHello")][1]
    Cited(text='Pilots train, and sail', numbers=(2, 3))
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.read = 0
        self._held = ""

    def feed(self, piece: str) -> Iterator[Cited]:
        """Read on, and give the sentences that are whole by now."""
        self.read += len(piece)
        self._held += piece
        while end := _END.search(self._held):
            yield from _cited(self._held[: end.end()])
            self._held = self._held[end.end() :]

    def rest(self) -> Iterator[Cited]:
        """Give what is left when the text is over: a sentence only if it was cited to its end."""
        held, self._held = self._held, ""
        yield from _cited(held)


def _cited(text: str) -> Iterator[Cited]:
    numbers = [int(one) for mark in _MARK.findall(text) for one in mark.split(",")]
    plain = " ".join(_MARK.sub("", _BULLET.sub("", text)).split())
    if not plain or len(text) > LONGEST:
        return
    for sign in ",.;:!?":
        plain = plain.replace(f" {sign}", sign)
    cited = tuple(dict.fromkeys(numbers))
    sentences = [span.of(plain) for span in split_sentences(plain)]
    # All marks at the end of as many sentences: each has its own, so that no reader searches.
    if len(sentences) == len(cited) > 1:
        yield from (Cited(one, (number,)) for one, number in zip(sentences, cited, strict=True))
    else:
        yield Cited(plain, cited)
