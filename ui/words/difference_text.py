"""A difference between editions for the terminal, and the saved answers that it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import shorten

from assistant.certificates.affected import Affected, Matching, Quote
from corpus.editions.difference import Difference, Reworded, changed_words
from corpus.passage import Corpus

SHOWN = 3
"""How many changes of wording are shown for a passage."""

WIDTH = 160
"""Longest piece of text that is shown, in characters."""


def difference_as_text(difference: Difference, old: Corpus, new: Corpus) -> str:
    """Return a difference as text, by kind."""
    if difference.is_empty:
        blocks = [["The editions do not differ in words or sources."]]
    else:
        blocks = [
            _block("Added", (_line(id_, new) for id_ in difference.added)),
            _block("Removed", (_line(id_, old) for id_ in difference.removed)),
            _block("Reworded", _reworded(difference, new), len(difference.reworded)),
            _block("Renumbered, words as before", _renumbered(difference, new)),
            _block("Words as before, source or place not", _resourced(difference, new)),
        ]
    stale = _block(f"Past review on {difference.today}", _stale(difference, new))
    return "\n\n".join("\n".join(block) for block in [*blocks, stale] if block)


def matching_as_text(matching: Matching) -> str:
    """Return which saved answers a difference touches, as text."""
    count = len(matching.affected)
    lines = [f"Answers to look at again: {count} of {matching.total}"]
    for affected in matching.affected:
        lines += _affected(affected)
    if matching.foreign:
        named = ", ".join(matching.foreign)
        lines.append(
            f"Made with another edition than the old one, and matched all the same: {named}"
        )
    return "\n".join(lines)


def _block(heading: str, lines: Iterable[str], count: int | None = None) -> list[str]:
    """Head lines with their number; no lines make no block."""
    found = list(lines)
    if not found:
        return []
    return [f"{heading}: {len(found) if count is None else count}", *found]


def _line(id_: str, corpus: Corpus) -> str:
    passage = corpus.by_id[id_]
    return f"  {id_}  {_path(id_, corpus)}: {_cut(passage.text)}"


def _path(id_: str, corpus: Corpus) -> str:
    return " > ".join(corpus.by_id[id_].heading_path) or corpus.by_id[id_].locator


def _reworded(difference: Difference, new: Corpus) -> Iterator[str]:
    for one in difference.reworded:
        yield f"  {_named(one.id, one.now)}  {_path(one.now, new)}"
        yield from _words(one)


def _words(reworded: Reworded) -> Iterator[str]:
    changes = list(changed_words(reworded.old, reworded.new))
    for before, after in changes[:SHOWN]:
        yield f"    old: {_cut(before)}"
        yield f"    new: {_cut(after)}"
    if more := len(changes) - SHOWN:
        yield from ([f"    and {more} more"] if more > 0 else [])


def _renumbered(difference: Difference, new: Corpus) -> Iterator[str]:
    for one in difference.renumbered:
        yield f"  {_named(one.id, one.now)}  {_path(one.now, new)}"


def _resourced(difference: Difference, new: Corpus) -> Iterator[str]:
    by_change: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in difference.resourced:
        said = ", ".join(one.fields) + (
            " (only the days of its checks)" if one.checked_again else ""
        )
        by_change[new.by_id[one.now].source_id, said].append(one.now)
    yield from (f"  {', '.join(ids)}: {said}" for (_, said), ids in by_change.items())


def _stale(difference: Difference, new: Corpus) -> Iterator[str]:
    by_source: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in difference.stale:
        since = "; good when the old edition was last checked" if one.since_old else ""
        said = f"review by {one.review_by}{since}"
        by_source[new.by_id[one.id].source_id, said].append(one.id)
    yield from (f"  {', '.join(ids)}: {said}" for (_, said), ids in by_source.items())


def _affected(affected: Affected) -> Iterator[str]:
    yield f"  {affected.id}: {_cut(affected.question)}"
    for id_, reasons in affected.changed.items():
        yield f"    {id_}: {', '.join(reasons)}"
        yield from (f"      {_quote(one)}" for one in affected.quotes if one.passage_id == id_)
    for count in affected.counts:
        yield f"    {count.facet} of {count.group}: {count.total} in the answer, {count.now} now"


def _quote(quote: Quote) -> str:
    fate = {"stands": "still stands", "moved": f"moved to {quote.now}", "gone": "gone"}[quote.fate]
    return f"{fate}: \u201c{_cut(quote.quote)}\u201d"


def _named(id_: str, now: str) -> str:
    return id_ if id_ == now else f"{id_} -> {now}"


def _cut(text: str) -> str:
    return shorten(text, WIDTH, placeholder=" …")
