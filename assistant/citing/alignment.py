"""A claim beside its context: which words are found where, and the measures made of that."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.citing.claims import Said, Word, read_claim, read_context, weights

NEAR = 5
"""Words within which two are near each other."""

LETTERS = 4
"""Letters of a piece of a word."""

_NOTHING = Said("", (), ())


@dataclass(frozen=True)
class Alignment:
    """A claim beside its context."""

    claim: Said
    context: tuple[Said, ...]

    @classmethod
    def of(cls, context: str, claim: str) -> Alignment:
        """Take both apart."""
        return cls(read_claim(claim), read_context(context))

    @cached_property
    def weights(self) -> dict[str, float]:
        """How much each stem of the claim tells."""
        return weights(self.claim.content)

    @cached_property
    def known(self) -> frozenset[str]:
        """Stems of the context."""
        return frozenset().union(*(said.stems for said in self.context))

    def share(self, stems: Collection[str], of: Iterable[str] | None = None) -> float:
        """Return the share of the claim, or of some of its stems, that is among some stems."""
        wanted = self.weights if of is None else {one: self.weights[one] for one in of}
        total = sum(wanted.values())
        return sum(w for one, w in wanted.items() if one in stems) / total if total else 0.0

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Share of the claim in each sentence of the context."""
        return tuple(self.share(said.stems) for said in self.context)

    @cached_property
    def source(self) -> Said:
        """The sentence that holds most of the claim, in its order if two hold as much."""
        if not self.context:
            return _NOTHING
        pairs = _pairs(self.claim.content, 2)
        return max(
            zip(self.context, self.shares, strict=True),
            key=lambda one: one[1] + 0.3 * _part(pairs, _near(one[0].content)),
        )[0]

    @cached_property
    def around(self) -> tuple[Said, ...]:
        """The source with the sentences before and after it."""
        place = self.context.index(self.source) if self.context else 0
        return self.context[max(0, place - 1) : place + 2]

    @cached_property
    def closeness(self) -> float:
        """Share of the claim, its amounts apart, that the source holds."""
        plain = [word.stem for word in self.claim.content if not word.is_amount]
        return self.share(self.source.stems, plain) if plain else self.share(self.source.stems)

    @cached_property
    def lines(self) -> dict[int, frozenset[str]]:
        """Stems of each line of the context, by its number."""
        held: dict[int, frozenset[str]] = {}
        for said in self.context:
            held[said.line] = held.get(said.line, frozenset()) | said.stems
        return held

    def spelt(self, stem: str) -> str:
        """Return a word of the claim or of the source as it is spelt there, from its stem."""
        words = (*self.claim.words, *self.source.words)
        return next((word.text for word in words if word.stem == stem), stem)


def measures(alignment: Alignment) -> dict[str, float]:
    """Return what is measured of a claim and its context, by name.

    `neighbours`, `letters` and `amounts` are shares of the claim's neighbouring words, pieces of
    words and amounts that the context has, 0 to 1; `missing_names` is the logarithm of one more
    than the names that it has not.
    """
    claim = alignment.claim
    run = [word for said in alignment.context for word in said.content]
    held = _all(alignment)
    return {
        "neighbours": _part(_pairs(claim.content, 1), frozenset(_pairs(run, 1))),
        "letters": _letters(alignment, run),
        "amounts": _amounts(alignment),
        "missing_names": math.log1p(sum(one not in held for one in claim.names)),
    }


def _all(alignment: Alignment) -> frozenset[str]:
    return frozenset().union(*(said.all_stems for said in alignment.context))


def _part(wanted: Sequence[object], found: Collection[object]) -> float:
    """Return the share of some things that are found; 1 where nothing is wanted."""
    return sum(one in found for one in wanted) / len(wanted) if wanted else 1.0


def _pairs(words: Sequence[Word], reach: int) -> list[tuple[str, str]]:
    """Return the pairs of stems at most `reach` words apart, in order."""
    return [
        (one.stem, other.stem)
        for place, one in enumerate(words)
        for other in words[place + 1 : place + 1 + reach]
    ]


def _near(words: Sequence[Word]) -> frozenset[tuple[str, str]]:
    """Return the pairs of stems that are near each other, in either order."""
    pairs = _pairs(words, NEAR)
    return frozenset(pairs) | frozenset((second, first) for first, second in pairs)


def _letters(alignment: Alignment, run: Sequence[Word]) -> float:
    """Return the share of the claim's pieces of words in the context, by weight."""
    held: set[str] = set()
    for text in {word.text for word in run}:
        held |= _pieces(text)
    by_stem = {word.stem: _pieces(word.text) for word in alignment.claim.content}
    total = sum(alignment.weights.values())
    found = sum(
        alignment.weights[one] * len(pieces & held) / len(pieces) for one, pieces in by_stem.items()
    )
    return found / total if total else 0.0


def _pieces(text: str) -> set[str]:
    padded = f"^{text}$"
    return {padded[at : at + LETTERS] for at in range(max(1, len(padded) - LETTERS + 1))}


def _amounts(alignment: Alignment) -> float:
    """Return the share of the claim's amounts that the context holds; 1 if it has none."""
    held = [one for said in alignment.context for one in said.amounts]
    wanted = alignment.claim.amounts
    found = sum(any(one.is_in(other) for other in held) for one in wanted)
    return found / len(wanted) if wanted else 1.0
