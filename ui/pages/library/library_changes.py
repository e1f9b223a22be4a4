"""Differences between editions: by passage, with the words that changed apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from corpus.editions.difference import Difference
from corpus.passage import Corpus
from ui.pages.library.library_keeper import Compared
from ui.words.catalogue import say
from ui.words.phrases import clean, day

MOST = 100
"""Changes of one kind that are shown; the command line shows all."""

Piece = tuple[str, str]
"""Words, and what became of them: empty, `del` or `ins`."""


class Change(NamedTuple):
    """A passage or source that changed."""

    named: str
    """Its id, or its title."""

    place: str
    """Where it stands, or what changed."""

    pieces: tuple[Piece, ...] = ()
    """Its words."""


def kinds_of(found: Compared, new: Corpus) -> dict[str, list[Change]]:
    """Return what changed from an edition to the one that answers, and what is past its review.

    Changes stand under what they have in common, and how many they are.
    """
    difference, old = found.difference, found.old
    kinds = {
        "added": [_passage(id_, id_, new, _whole(id_, new)) for id_ in difference.added],
        "removed": [_passage(id_, id_, old, _whole(id_, old)) for id_ in difference.removed],
        "reworded": [
            _passage(one.id, one.now, new, tuple(pieces(one.old, one.new)))
            for one in difference.reworded
        ],
        "renumbered": [_passage(one.id, one.now, new) for one in difference.renumbered],
        "resourced": list(_resourced(difference, new)),
        "stale": list(_stale(difference, new)),
    }
    counts = {name: len(getattr(difference, name)) for name in kinds}
    return {say(f"library.{name}", n=counts[name]): own for name, own in kinds.items() if own}


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Yield two wordings as one text: what stays, what was taken out, what was put in.

    >>> list(pieces("keeps all lists", "keeps no lists"))
    [('keeps', ''), ('all', 'del'), ('no', 'ins'), ('lists', '')]
    """
    ours, theirs = clean(old).split(), clean(new).split()
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        before, after = " ".join(ours[a:b]), " ".join(theirs[c:d])
        if kind == "equal":
            yield before, ""
            continue
        if before:
            yield before, "del"
        if after:
            yield after, "ins"


def _whole(id_: str, corpus: Corpus) -> tuple[Piece, ...]:
    return ((corpus.by_id[id_].text, ""),)


def _passage(old: str, now: str, corpus: Corpus, words: tuple[Piece, ...] = ()) -> Change:
    passage = corpus.by_id[now]
    path = " > ".join(map(clean, passage.heading_path)) or clean(passage.locator)
    named = old if now == old else f"{old} {say('library.now')} {now}"
    return Change(named, path, words)


def _resourced(difference: Difference, new: Corpus) -> Iterator[Change]:
    """Yield what changed beside the words, passages of one source together."""
    by_change: dict[tuple[str, str], int] = defaultdict(int)
    for one in difference.resourced:
        said = ", ".join(one.fields)
        if one.checked_again:
            said = say("library.only_days", fields=said)
        by_change[new.by_id[one.now].source_id, said] += 1
    for (source, said), count in by_change.items():
        yield _of_source(source, count, said, new)


def _stale(difference: Difference, new: Corpus) -> Iterator[Change]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for one in difference.stale:
        by_source[new.by_id[one.id].source_id].append(one.review_by)
    for source, days in by_source.items():
        yield _of_source(source, len(days), say("library.stale_since", day=day(days[0])), new)


def _of_source(source: str, count: int, said: str, corpus: Corpus) -> Change:
    counted = say("library.passages", n=count)
    return Change(corpus.source_by_id[source].title, f"{counted}: {said}")


def told_of(found: Compared) -> Iterable[str]:
    """Yield what edition is compared with, and when its sources were last checked."""
    yield say("library.compared", digest=found.digest[:12], n=len(found.old.passages))
    if found.difference.as_of:
        yield say("library.compared_day", day=day(found.difference.as_of))
