"""What came of checking a certificate again, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import shorten

from assistant.certificates.recheck import Change, Judged, Verification
from corpus.editions.difference import changed_words
from ui.words.phrases import clean

WIDTH = 160
"""Longest piece of text that is shown, in characters."""

HASH = 12
"""Characters of a hash that are shown."""

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
    shown = ("\n".join(_line(line) for line in block) for block in [lines, *blocks] if block)
    return "\n\n".join(shown)


def _line(text: str) -> str:
    """Return a line without what no reader can see; a forger may have written anything."""
    return " " * (len(text) - len(text.lstrip(" "))) + clean(text)


def _block(heading: str, lines: list[str]) -> list[str]:
    return [f"{heading}: {len(lines)}", *lines] if lines else []


def _change(one: Change) -> str:
    if one.what in ("checker", "settings"):
        return f"{one.what}: {_value(one, one.old)} -> {_value(one, one.new)}"
    if one.what == "count":
        return f"count of {one.field} of {one.id}: {one.old} -> {one.new}"
    if one.field == "id":
        return f"{one.what} {one.id}: it is gone"
    if one.field == "text":
        return f"{one.what} {one.id}: its words changed ({one.old[:HASH]} -> {one.new[:HASH]})"
    return f"{one.what} {one.id}: {one.field} {_value(one, one.old)} -> {_value(one, one.new)}"


def _value(change: Change, value: str) -> str:
    if change.field in ("sha256", "digest"):
        return value[:HASH]
    return f"“{_cut(value)}”"


def _statements(judged: Sequence[Judged], *, whole: bool) -> Iterator[list[str]]:
    """Yield a block for each state; what stands is only counted where all of it does."""
    for state, heading in _STATES.items():
        own = [one for one in judged if one.state == state]
        if own and whole:
            yield [f"{heading}: {len(own)} of {len(judged)} statements"]
        elif own:
            lines = [line for one in own for line in _judged(one)]
            yield [f"{heading}: {len(own)} of {len(judged)} statements", *lines]


def _judged(one: Judged) -> Iterator[str]:
    yield f"  {one.number}. {_cut(one.text)}"
    if one.reason and one.state != "broken":  # the faults above say why
        yield f"     {one.reason}"
    if one.now:
        for old, new in changed_words(one.quote, one.now):
            yield f"     old: {_cut(old)}"
            yield f"     new: {_cut(new)}"


def _cut(text: str) -> str:
    return shorten(text, WIDTH, placeholder=" …")
