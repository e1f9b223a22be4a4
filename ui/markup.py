"""Text as inert HTML."""

from __future__ import annotations

import html

from ui.phrases import clean

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
