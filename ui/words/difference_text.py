"""How editions differ, which answers that touches, and certificates checked again, as text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten

from assistant.certificates.affected import Affected, Matching
from assistant.certificates.recheck import Change, Judged, Verification
from corpus.editions.difference import Difference, Renumbered, Reworded, changed_words
from corpus.passage import Corpus
from ui.words.phrases import clean

SHOWN = 3

WIDTH = 160
"""Longest piece of text that is shown, in characters."""

HASH = 12

_HEADS = {
    "valid": "Valid: all that the certificate rests on is as it was.",
    "stale": "Stale: something that the certificate rests on is not as it was.",
    "broken": "Broken: the certificate is not to be relied on.",
}

_STATES = {
    "broken": "Not as the certificate claims",
    "falls": "No longer stand",
    "moved": "Stand elsewhere now",
    "stands": "Still stand",
}


def difference_as_text(difference: Difference, old: Corpus, new: Corpus) -> str:
    """Return a difference as text, by kind."""
    renumbered = (f"  {_place(one, new)}" for one in difference.renumbered)
    resourced, stale = [], []
    for changed in difference.resourced:
        only = " (only the days of its checks)" if changed.checked_again else ""
        resourced.append((changed.now, ", ".join(changed.fields) + only))
    for past in difference.stale:
        since = "; good when the old edition was last checked" if past.since_old else ""
        stale.append((past.id, f"review by {past.review_by}{since}"))
    blocks = [
        ["The editions do not differ in words or sources."] if difference.is_empty else [],
        _block("Added", (_line(id_, new) for id_ in difference.added)),
        _block("Removed", (_line(id_, old) for id_ in difference.removed)),
        _block("Reworded", _reworded(difference, new), len(difference.reworded)),
        _block("Renumbered, words as before", renumbered),
        _block("Words as before, source or place not", _by_source(resourced, new)),
        _block(f"Past review on {difference.today}", _by_source(stale, new)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def matching_as_text(matching: Matching) -> str:
    """Return which saved answers a difference touches, as text."""
    lines = [f"Answers to look at again: {len(matching.affected)} of {matching.total}"]
    for affected in matching.affected:
        lines += _affected(affected)
    if named := ", ".join(matching.foreign):
        other = "Made with another edition than the old one, and matched all the same"
        lines.append(f"{other}: {named}")
    return "\n".join(lines)


def _block(heading: str, lines: Iterable[str], count: int | None = None) -> list[str]:
    """Head lines with their number; no lines make no block."""
    found = list(lines)
    if not found:
        return []
    return [f"{heading}: {len(found) if count is None else count}", *found]


def _line(id_: str, corpus: Corpus) -> str:
    return f"  {id_}  {_path(id_, corpus)}: {_cut(corpus.by_id[id_].text)}"


def _path(id_: str, corpus: Corpus) -> str:
    return " > ".join(corpus.by_id[id_].heading_path) or corpus.by_id[id_].locator


def _place(one: Reworded | Renumbered, new: Corpus) -> str:
    named = one.id if one.id == one.now else f"{one.id} -> {one.now}"
    return f"{named}  {_path(one.now, new)}"


def _reworded(difference: Difference, new: Corpus) -> Iterator[str]:
    for one in difference.reworded:
        yield f"  {_place(one, new)}"
        changes = list(changed_words(one.old, one.new))
        yield from _sides(changes[:SHOWN], "    ")
        if len(changes) > SHOWN:
            yield f"    and {len(changes) - SHOWN} more"


def _sides(changes: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    for old, new in changes:
        yield f"{indent}old: {_cut(old)}"
        yield f"{indent}new: {_cut(new)}"


def _by_source(found: Iterable[tuple[str, str]], corpus: Corpus) -> Iterator[str]:
    """Gather ids of one source of which the same is said."""
    gathered: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, said in found:
        gathered[corpus.by_id[id_].source_id, said].append(id_)
    yield from (f"  {', '.join(ids)}: {said}" for (_, said), ids in gathered.items())


def _affected(affected: Affected) -> Iterator[str]:
    yield f"  {affected.id}: {_cut(affected.question)}"
    for id_, reasons in affected.changed.items():
        yield f"    {id_}: {', '.join(reasons)}"
        for one in affected.quotes:
            if one.passage_id == id_:
                fates = {"stands": "still stands", "moved": f"moved to {one.now}", "gone": "gone"}
                yield f"      {fates[one.fate]}: \u201c{_cut(one.quote)}\u201d"
    for count in affected.counts:
        yield f"    {count.facet} of {count.group}: {count.total} in the answer, {count.now} now"


def _cut(text: str) -> str:
    return shorten(text, WIDTH, placeholder=" …")


def verification_as_text(found: Verification, name: str) -> str:
    """Return what was found as text: the result first, then why, then each statement."""
    lines = [_HEADS[found.result], f"File: {name}"]
    if found.question:
        lines.append(f"Question: {_cut(found.question)} (answered {found.certified[:10]})")
        lines.append(f"Checked against: edition {found.edition[:HASH]}")
    blocks = [
        _block("Faults", [f"  {one}" for one in found.faults]),
        _block("Changed", [f"  {_change(one)}" for one in found.changes]),
        *_statements(found.statements, whole=found.result == "valid"),
        [f"Remark: {one}" for one in found.remarks],
    ]
    shown = ("\n".join(_seen(line) for line in block) for block in [lines, *blocks] if block)
    return "\n\n".join(shown)


def _seen(text: str) -> str:
    """Return a line without what no reader can see; a forger may have written anything."""
    return " " * (len(text) - len(text.lstrip(" "))) + clean(text)


def _change(one: Change) -> str:
    named = f"{one.what} {one.id}"
    old, new = f"“{_cut(one.old)}”", f"“{_cut(one.new)}”"
    if one.field in ("sha256", "digest", "text"):
        old, new = one.old[:HASH], one.new[:HASH]
    if one.what in ("checker", "settings"):
        return f"{one.what}: {old} -> {new}"
    if one.what == "count":
        return f"count of {one.field} of {one.id}: {one.old} -> {one.new}"
    if one.field == "id":
        return f"{named}: it is gone"
    if one.field == "text":
        return f"{named}: its words changed ({old} -> {new})"
    return f"{named}: {one.field} {old} -> {new}"


def _statements(judged: Sequence[Judged], *, whole: bool) -> Iterator[list[str]]:
    """Yield a block for each state; what stands is only counted where all of it does."""
    for state, heading in _STATES.items():
        own = [one for one in judged if one.state == state]
        lines = [] if whole else [line for one in own for line in _judged(one)]
        if own:
            yield [f"{heading}: {len(own)} of {len(judged)} statements", *lines]


def _judged(one: Judged) -> Iterator[str]:
    yield f"  {one.number}. {_cut(one.text)}"
    if one.reason and one.state != "broken":  # the faults above say why
        yield f"     {one.reason}"
    if one.now:
        yield from _sides(changed_words(one.quote, one.now), "     ")
