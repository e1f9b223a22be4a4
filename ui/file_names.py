"""Names of files that are handed out: plain ASCII, made from the words of a question or title."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60
"""Characters of a name, at most, without its ending."""


def file_name(words: str, ending: str, fallback: str = "signpost") -> str:
    """Return a name for a file, of small ASCII letters, digits and hyphens.

    Args:
        words: what it is about.
        ending: `docx`, without a dot.
        fallback: what it is called where the words have no such letter.

    >>> file_name("What does Lanzarote’s Article 23 say?", "md")
    'what-does-lanzarote-s-article-23-say.md'
    >>> file_name("\N{HIRAGANA LETTER A}", "txt")
    'signpost.txt'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "replace").decode().lower()
    # An accent that was parted from its letter leaves nothing between the letters around it.
    plain = re.sub(r"(?<=[a-z])\?(?=[a-z])", "-", plain)
    parts = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").split("-")
    name = ""
    for part in filter(None, parts):
        if len(name) + len(part) + 1 > LONGEST_NAME:
            break
        name = f"{name}-{part}" if name else part
    return f"{name or (parts[0][:LONGEST_NAME] or fallback)}.{ending}"
