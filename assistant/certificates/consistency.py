"""What a certificate says against itself, whatever corpus there is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.certificates.certificate import Certificate

SHOWN = 80
"""Most characters of a text that a fault shows."""


def contradictions(kept: Certificate) -> Iterator[tuple[int, str]]:
    """Yield what a certificate says against itself, each as one sentence.

    Each comes with the number of the statement that it is about, or 0.
    """
    if (kept.status == "answered") != (not kept.reason):
        yield 0, f"The status {kept.status} and the reason “{shortened(kept.reason)}” do not agree."
    if kept.status == "answered" and not kept.statements:
        yield 0, "The status is answered, but there is no statement."
    quotes = list(kept.quotes)
    hashes = Counter(id_ for id_, _ in {(one.passage_id, one.text_sha256) for one in quotes})
    yield from ((0, f"{id_} is given two hashes.") for id_, count in hashes.items() if count > 1)
    named = sorted({one.source_id for one in quotes})
    if named != sorted(one.id for one in kept.sources):
        yield 0, "The sources that it lists are not those that it quotes."
    for number, one in enumerate(kept.statements, start=1):
        others = {quote.tier for quote in one.quotes} - {one.kind}
        if others and one.kind != "note":
            yield number, f"Statement {number} is called {one.kind}, but quotes {min(others)}."
    yield from _unfiltered(kept)
    yield from _uncounted(kept)


def _unfiltered(kept: Certificate) -> Iterator[tuple[int, str]]:
    """Yield quotes from tiers that the filters leave out."""
    allowed = set(kept.filters.tiers)
    for number, one in enumerate(kept.statements, start=1):
        others = {quote.tier for quote in one.quotes} - allowed
        if allowed and others:
            yield number, f"Statement {number} quotes {min(others)}, which its filters leave out."


def _uncounted(kept: Certificate) -> Iterator[tuple[int, str]]:
    """Yield counts that exceed what there is, or that the notes tell otherwise."""
    notes = [(at, one.text) for at, one in enumerate(kept.statements, 1) if one.kind == "note"]
    for one in kept.completeness:
        if one.listed > one.total:
            yield 0, f"It lists {one.listed} {one.facet} of {one.group}, of {one.total}."
        told = [(at, number) for at, text in notes for number in numbers(text, one.label)]
        if told and one.total not in {number for _, number in told}:
            at, number = told[0]
            yield at, f"Statement {at} counts {number} {one.label}; the list has {one.total}."


def numbers(text: str, label: str) -> set[int]:
    """Return how many of a thing a text speaks of.

    >>> sorted(numbers("The page lists 5 outcomes and 1 partner.", "outcomes"))
    [5]
    """
    found = re.findall(rf"(?<!\d)(\d{{1,9}}) {re.escape(label)}\b", text) if label else []
    return {int(one) for one in found}


def shortened(text: str) -> str:
    """Return a text as it is shown in a sentence about it."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 2]} …"
