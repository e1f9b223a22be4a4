"""Who does what: things that have changed places, other names, words of several places in one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from assistant.citing.alignment import Alignment
from assistant.citing.claims import Said
from assistant.citing.marks import ALIKE, WHOLE, Finding, clauses

APART = 0.7
"""Share of a claim at most in one line of its context, of which the words are not in one place."""

FULL = 5
"""Telling words from which the order of a sentence tells who does what."""

_IS = frozenset("is are was were be been being get gets got".split())
_DONE = frozenset(
    """
    given made held kept run led set put found told sent done seen shown taken known written built
    brought meant left said read understood sold bought paid won lost drawn chosen
    """.split()
)
"""Participles that do not end like others."""


def order(alignment: Alignment) -> Iterator[Finding]:
    """Find two things that have changed places, unless the voice has changed with them."""
    if _is_passive(alignment.claim) != _is_passive(alignment.source):
        return
    source = [word.stem for word in alignment.source.content]
    claim = [word.stem for word in alignment.claim.content]
    pair = _exchanged(source, claim) if len(claim) >= FULL else None
    if pair:
        one, other = (" ".join(alignment.spelt(stem) for stem in stems) for stems in pair)
        yield Finding("order", f"“{one}” and “{other}” have changed places.")


def _exchanged(source: list[str], claim: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the two runs that have changed places around what stayed, if that is all.

    >>> _exchanged("a b m c d".split(), "a c m b d".split())
    (['b'], ['c'])
    """
    source, claim = _without_common_ends(source, claim)
    if len(source) != len(claim) or sorted(source) != sorted(claim):
        return None
    size = len(source)
    for one in range(1, size - 1):
        for other in range(1, size - one):
            first, middle, last = source[:one], source[one : size - other], source[size - other :]
            if last + middle + first == claim:
                return first, last
    return None


def _without_common_ends(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return one, other


def name(alignment: Alignment) -> Iterator[Finding]:
    """Find a name in the stead of another."""
    claim, source = alignment.claim, alignment.source
    for gone, come in _changes(alignment):
        its = [one for one in gone if one in source.names and one not in claim.all_stems]
        own = [one for one in come if one in claim.names and one not in source.all_stems]
        if its and own and not _is_short_for([*own, *its], alignment):
            yield _of_another(its[0], own[0], alignment)
    yield from _said_of_another(alignment)


def _said_of_another(alignment: Alignment) -> Iterator[Finding]:
    """Find a clause of the claim that the source says of another name."""
    claim, source = alignment.claim, alignment.source
    parts = clauses(source)
    for part in clauses(claim):
        own, rest = part & claim.names, part - claim.names
        told = max(parts, key=lambda one: len(one & rest), default=frozenset())
        its = told & source.names
        alike = len(rest) > 1 and len(told & rest) >= ALIKE * len(rest)
        elsewhere = any(own & other for other in parts)
        if alike and its and elsewhere and not its & part:
            yield _of_another(min(its), min(own), alignment)


def _of_another(its: str, own: str, alignment: Alignment) -> Finding:
    words = alignment.spelt(its), alignment.spelt(own)
    return Finding("name", f"The context says it of “{words[0]}”, not of “{words[1]}”.")


def moved(alignment: Alignment) -> Iterator[Finding]:
    """Find words of another line in the stead of the source's own, or between them."""
    source = alignment.source
    near = alignment.lines[source.line]
    for _, come in _changes(alignment):
        elsewhere = [one for one in come if one not in near]
        if elsewhere and all(one in alignment.known for one in elsewhere):
            words = " ".join(alignment.spelt(one) for one in elsewhere)
            yield Finding("assembled", f"The context speaks of “{words}” in another place.")


def apart(alignment: Alignment) -> Iterator[Finding]:
    """Find a claim whose words are all there, but not together in any line."""
    best = max(alignment.share(stems) for stems in alignment.lines.values())
    if alignment.share(alignment.known) >= WHOLE and best <= APART:
        yield Finding("assembled", "Its words are taken from places that are far apart.")


def _changes(alignment: Alignment) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return what stands in the source and what in its stead in the claim, as runs of stems."""
    source = [word.stem for word in alignment.source.content]
    claim = [word.stem for word in alignment.claim.content]
    matcher = SequenceMatcher(a=source, b=claim, autojunk=False)
    return [
        (tuple(source[a:b]), tuple(claim[c:d]))
        for what, a, b, c, d in matcher.get_opcodes()
        if what in ("replace", "insert")
    ]


def _is_passive(said: Said) -> bool:
    """Tell whether something is done to somebody: `by`, or a form of `be` before a participle."""
    words = [word.text for word in said.words]
    return "by" in words or any(
        one in _IS and any(word.endswith("ed") or word in _DONE for word in words[at + 1 : at + 3])
        for at, one in enumerate(words)
    )


def _is_short_for(names: Collection[str], alignment: Alignment) -> bool:
    """Tell whether a name is made of the first letters of words of the claim or of the source."""
    initials = [
        "".join(word.text[0] for word in said.content)
        for said in (alignment.claim, alignment.source)
    ]
    return any(2 <= len(one) <= 6 and one in run for one in names for run in initials)
