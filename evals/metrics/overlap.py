"""A scorer of faithfulness that shares neither code nor weights with the checker: by word overlap.

A claim is carried if each of its sentences finds its words in a few neighbouring sentences of the
context, in whatever order, and says nothing there that those sentences do not: no other number, no
other name, no negation more or less, no stronger word of duty, extent or cause. Words are matched
by their letters (`rapidfuzz`), so it knows no synonyms: a paraphrase far from the source counts as
not carried. Its thresholds were chosen on the labelled claims of development.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

COVERAGE, COPIED, ALIKE = 0.66, 0.9, 75.0
"""Least share of a sentence's words that the context holds, share of them in their order from which
it is taken for a copy, and least similarity of two words, 0 to 100, that counts as a match."""

_SENTENCE = re.compile(r"(?<=[.!?;])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"[’']s?$")
_SMALL = frozenset(
    "a an the of to in on at by for from with and or as is are was were be been being it its this "
    "that these those which who whom whose what there their they them he she his her has have had "
    "do does did so than then also such into over under about between through per if when where "
    "while one out up s".split()
)
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = (
    {word: str(number) for number, word in enumerate(UNITS)}
    | {word: str(10 * number) for number, word in enumerate(_TENS, 2)}
    | {word: word for word in "hundred thousand million billion half third fourth fifth".split()}
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_NEGATORS = frozenset(
    "not no never none neither nor without cannot nothing nobody hardly unable fails lacks "
    "isn’t isn't aren’t aren't doesn’t doesn't don’t don't didn’t didn't won’t won't can’t can't "
    "wasn’t wasn't weren’t weren't shouldn’t shouldn't rejected rejects refused refuses".split()
)
_COUNTING = _NUMBERS | {month: month for month in _MONTHS}
del _COUNTING["one"]  # which mostly counts nothing
_NO_NAMES = _MONTHS | _SMALL
_NO_WORDS = _SMALL | _NUMBERS.keys() | _NEGATORS
_STRONGER = (
    frozenset("must required requires require obliges oblige obliged shall duty mandatory".split()),
    frozenset("all every always each entirely fully only solely exclusively".split()),
    frozenset("most majority mostly".split()),
    frozenset("because therefore thus hence since causes caused cause due led leads".split()),
    frozenset("will guarantees guarantee ensures proves proved proven".split()),
)
"""Words of one strength or kind; a claim may use one only where the source uses one of them."""


class Said(NamedTuple):
    """What a sentence says, as far as it is compared."""

    words: tuple[str, ...]
    """Content words in small letters, without numbers."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[str, ...]
    """Numbers and parts of dates, number words in digits; words with a capital that do not open the
    sentence, in small letters; and what is written in digits, in order."""

    negated: int
    strong: tuple[int, ...]
    """Negating words, and places in `_STRONGER` of which it uses a word."""


def is_carried(context: str, claim: str) -> bool:
    """Return whether a context carries a claim: each sentence of the claim by itself."""
    sentences = [one for one in _sentences(claim) if _WORD.search(one)]
    return bool(sentences) and all(
        stands_in(one, [context]) or _stands(one, _windows(context)) for one in sentences
    )


def stands_in(text: str, passages: Sequence[str]) -> bool:
    """Return whether the words of a statement stand in passages, piece by piece, verbatim.

    A title and what follows its colon, and what a semicolon parts, are pieces. White space and
    case do not count. A statement in other words does not stand there, however true: of a system
    that rewords, this is a lower bound.
    """
    whole, *held = (" ".join(one.split()).casefold() for one in (text, *passages))
    if any(whole in one for one in held):
        return True
    pieces = [piece.strip() for part in whole.split("; ") for piece in part.split(": ")]
    return all(any(piece in one for one in held) for piece in pieces if piece)


def coverage(words: Sequence[str], held: Collection[str]) -> float:
    """Return the share of words of which a like one is held; 1 where there are none.

    Unigram recall, as ROUGE-1 has it (Lin 2004, "ROUGE", section 2), with words of like spelling
    for the same: the similarity of Indel, 0 to 100, at least `ALIKE`.

    >>> coverage(["protects", "adults"], ["protect", "child", "online"])
    0.5
    """
    return sum(one in held or _like(one, held) for one in words) / len(words) if words else 1.0


def _like(word: str, held: Collection[str]) -> bool:
    alike = process.extractOne(word, held, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return len(word) > 3 and alike is not None


def _stands(sentence: str, windows: Sequence[Said]) -> bool:
    if not windows:
        return False
    said = _said(sentence)
    # The nearest alone, and one sentence before two: farther ones would excuse a changed word.
    held = max(windows, key=lambda one: coverage(said.words, frozenset(one.words)))
    words = frozenset(held.words)
    return (
        coverage(said.words, words) >= COVERAGE
        and {*said.numbers} <= {*held.numbers}
        and said.negated % 2 == held.negated % 2
        and {*said.strong} <= {*held.strong}
        and all(one in words or _like(one, words) for one in said.names)
        and not _exchanged(said, held)
    )


def _exchanged(said: Said, held: Said) -> bool:
    """Return whether names or numbers have changed places in a sentence that is else a copy.

    By the longest common subsequence, as ROUGE-L has it (Lin 2004, section 3): nearly all words in
    their order, and names and numbers not.
    """
    if not said.words:
        return False
    same = LCSseq.similarity(said.words, held.words) / len(said.words)
    return same >= COPIED and any(
        LCSseq.similarity(one, other) < len(one)
        for one, other in ((said.names, held.names), (said.figures, held.figures))
    )


@lru_cache(maxsize=256)
def _windows(context: str) -> tuple[Said, ...]:
    """Return each sentence of a context, and each pair of neighbours as one."""
    said = [_said(one) for one in _sentences(context)]
    return (*said, *(Said(*map(add, *pair)) for pair in pairwise(said)))


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]


@lru_cache(maxsize=4096)
def _said(sentence: str) -> Said:
    tokens = [_POSSESSIVE.sub("", one) for one in _WORD.findall(sentence)]
    small = [one.lower() for one in tokens]
    pairs = zip(tokens[1:], small[1:], strict=True)
    return Said(
        words=tuple(one for one in small if not (one[0].isdigit() or one in _NO_WORDS)),
        numbers=tuple(
            one.replace(",", "") if one[0].isdigit() else _COUNTING[one]
            for one in small
            if one[0].isdigit() or one in _COUNTING
        ),
        names=tuple(low for one, low in pairs if one[0].isupper() and low not in _NO_NAMES),
        figures=tuple(one for one in small if one[0].isdigit()),
        negated=sum(one in _NEGATORS for one in small),
        strong=tuple(at for at, group in enumerate(_STRONGER) if not group.isdisjoint(small)),
    )
