"""The sources of the library: each with its review and its warnings, filtered and sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from corpus.passage import Reference, Source
from ui.words.catalogue import say
from ui.words.phrases import clean, day, kind_of, seen_as

if TYPE_CHECKING:
    from corpus.passage import Corpus, Problem

SOON = 30
"""Days before the day of review from which a source is marked as due soon."""


class Shelved(NamedTuple):
    """A source as it is listed."""

    source: Source
    place: int
    """Its place in the library."""

    kind: str
    """What its tier is called."""

    under: str
    """Publisher, edition and day of publication."""

    state: str
    """How it stands to its review: `fixed`, `past`, `soon` or `good`."""

    review: str
    """The same in words."""

    passages: int
    warnings: int | None
    """How many the last check gave; none before the first."""


ORDERS: Mapping[str, Callable[[Shelved], tuple[object, ...]]] = {
    "order": lambda one: (one.place,),
    "title": lambda one: (clean(one.source.title).casefold(),),
    "review": lambda one: (one.source.review_by or "9999", one.place),
    "as_of": lambda one: (one.source.as_of, one.place),
    "passages": lambda one: (-one.passages, one.place),
    "warnings": lambda one: (-(one.warnings or 0), one.place),
}
"""What sources are sorted by, by name."""


def shelved(
    corpus: Corpus, today: date, warnings: Mapping[str, Sequence[Problem]] | None
) -> list[Shelved]:
    """Return all sources as they are listed."""
    counts = Counter(passage.source_id for passage in corpus.passages)
    found = []
    for place, source in enumerate(corpus.sources):
        state, review = review_of(source, today)
        published = say("library.published", day=day(source.published)) if source.published else ""
        edition = ", ".join(filter(None, map(clean, (source.publisher, source.version))))
        warned = None if warnings is None else len(warnings.get(source.id, ()))
        under = ". ".join(filter(None, (edition, published)))
        kind = kind_of(source)
        found.append(Shelved(source, place, kind, under, state, review, counts[source.id], warned))
    return found


def chosen(found: Iterable[Shelved], words: str, tier: str, past: str, sort: str) -> list[Shelved]:
    """Return the sources that filters leave, sorted; `past` is empty, or asks for those alone."""
    wanted = words.casefold().split()

    def fits(one: Shelved) -> bool:
        source = one.source
        text = f"{source.id} {source.title} {source.publisher} {source.version} {one.kind}"
        return (
            tier in ("", source.tier)
            and (not past or one.state == "past")
            and all(word in clean(text).casefold() for word in wanted)
        )

    return sorted(filter(fits, found), key=ORDERS.get(sort, ORDERS["order"]))


def review_of(source: Source, today: date) -> tuple[str, str]:
    """Return how a source stands to its review: a key and the words; no day, no review.

    Returns:
        `fixed`, `past`, `soon` or `good`, and a sentence.
    """
    try:
        until = date.fromisoformat(source.review_by)
    except ValueError:
        return "fixed", say("library.review_fixed")
    left = (until - today).days
    if left < 0:
        return "past", say("library.review_past", n=-left, day=day(source.review_by))
    state = "soon" if left <= SOON else "good"
    return state, say("library.review_left", n=left, day=day(source.review_by))


def facts_of(one: Shelved) -> dict[str, str]:
    """Return what is known of a source, by name; what is empty is left out."""
    source = one.source
    edition = ", ".join(filter(None, map(clean, (source.version, source.published))))
    rows = {
        "tier": one.kind,
        "publisher": source.publisher,
        "edition": edition or say("library.not_named"),
        "as_of": day(source.as_of),
        "review": one.review,
        "confidence": say(f"library.confidence_{source.confidence}"),
        "licence": source.licence,
        "seen": seen_as(source.seen) or say("library.seen_primary"),
        "where": source.locator,
        "url": source.url,
        "passages": str(one.passages),
        "id": source.id,
        "sha256": source.sha256,
    }
    return {say(f"library.column_{name}"): text for name, text in rows.items() if text}


def works_of(works: Iterable[Reference]) -> list[tuple[Reference, str]]:
    """Return each work once, with edition and all its places in words."""
    same: dict[tuple[object, ...], list[Reference]] = {}
    for work in works:
        key = (work.publisher, work.title, work.year, work.url, work.seen)
        same.setdefault(key, []).append(work)
    found = []
    for work, *others in same.values():
        rest = ", ".join(filter(None, (str(work.year or ""), seen_as(work.seen))))
        places = filter(None, (clean(one.locator) for one in (work, *others)))
        where = "; ".join(dict.fromkeys(places))
        found.append((work, ": ".join(filter(None, (rest, where)))))
    return found
