"""Text as inert HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable

from ui.words.phrases import clean

_OUTSIDE = 'rel="noopener noreferrer" target="_blank"'


def escape(text: str, *, breaks: bool = False) -> str:
    """Return `text` as inert HTML: invisible characters gone, markup and template marks escaped.

    Line breaks become spaces, unless `breaks` keeps them.
    """
    escaped = html.escape(clean(text, breaks=breaks), quote=True)
    for mark in "{}`$":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def link(url: str, text: str) -> str:
    """Return `text` linked to a page outside, or alone where `url` is no web address."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url)}" {_OUTSIDE}>{escape(text)}</a>'


def highlight(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` as inert HTML with the characters of some spans marked; line breaks stay.

    Spans may overlap; what several hold is marked once.
    """
    pieces, done = [], 0
    for start, end in sorted(spans):
        first = max(start, done)
        if end > first:
            pieces += [_piece(text[done:first]), f"<mark>{_piece(text[first:end])}</mark>"]
            done = end
    return "".join([*pieces, _piece(text[done:])])


def _piece(text: str) -> str:
    """Escape a piece that others stand beside: it is stripped, so the spaces are put back."""
    if not text.strip():
        return _space(text)
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{_space(before)}{escape(text, breaks=True)}{_space(after)}"


def _space(between: str) -> str:
    """Return white space as blanks and line breaks: some of it is control characters."""
    return "".join("\n" if sign == "\n" else " " for sign in between)
