"""Numbered places of legal texts in running words: `Articles 18 to 23`, `section 63D`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_KINDS = {
    "article": r"arts?\.?|articles?",
    "section": r"sect?s?\.|sections?|\u00a7",
    "paragraph": r"paras?\.?|paragraphs?",
    "principle": r"principles?",
    "recital": r"recitals?",
    "standard": r"standards?",
    "rule": r"rules?",
    "schedule": r"schedules?",
}
_NUMBER = r"\d+[A-Z]?(?:\(\w+\))*"
_JOIN = r"\s*(?:,\s*(?:and|or)?|and|or|to|[-\u2013])\s*"
_NAMED = re.compile(
    "|".join(
        rf"(?<!\w)(?:{forms})\s*(?P<{kind}>{_NUMBER}(?:{_JOIN}{_NUMBER})*)"
        for kind, forms in _KINDS.items()
    ),
    re.I,
)
_RANGE = re.compile(r"(\d+)\s*(?:to|[-\u2013])\s*(\d+)", re.I)

LONGEST = 60
"""Places that a range may span; beyond it is no range."""


class Provision(NamedTuple):
    """A numbered place."""

    kind: str
    """What is numbered: `article`."""

    number: str
    """Its number as printed, letters in capitals: `31(1)(E)`."""

    def is_of(self, other: Provision) -> bool:
        """Tell whether one of two places lies within the other, or is the same.

        >>> Provision("article", "31(1)").is_of(Provision("article", "31"))
        True
        >>> Provision("article", "31").is_of(Provision("article", "3"))
        False
        """
        short, long = sorted((self.number, other.number), key=len)
        return self.kind == other.kind and (short == long or long.startswith(f"{short}("))


def provisions_in(text: str) -> frozenset[Provision]:
    """Return every place that a text names, those within a range among them.

    >>> sorted(one.number for one in provisions_in("Articles 18 to 20 and 31(1)(e)"))
    ['18', '19', '20', '31(1)(E)']
    """
    return frozenset(one for match in _NAMED.finditer(text) for one in _named(match))


def _named(match: re.Match[str]) -> Iterator[Provision]:
    kind = str(match.lastgroup)
    said = match[kind].upper()
    for number in re.findall(_NUMBER, said):
        yield Provision(kind, number)
    for first, last in _RANGE.findall(said):
        if 0 < int(last) - int(first) < LONGEST:
            yield from (Provision(kind, str(one)) for one in range(int(first), int(last) + 1))
