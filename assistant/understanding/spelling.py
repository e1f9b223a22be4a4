"""Short forms said in full, so that a question is meant and not only abbreviated."""

from __future__ import annotations

import re

from corpus.readers.glossary import Glossary
from corpus.text import whole_words

SURE = 4
"""Letters from which a short form is known in small letters too: `csam`, but not `cac`."""


class Spelling:
    """Says the abbreviations of a glossary in full."""

    def __init__(self, glossary: Glossary) -> None:
        """Keep what each abbreviation stands for."""
        self._full = {term.term: term.expansion for term in glossary.terms if term.expansion}
        self._small = {short.lower(): short for short in self._full if len(short) >= SURE}
        self._form = whole_words({*self._full, *self._small}, inside=r"\w-")

    def in_full(self, text: str) -> str:
        """Return a text with each abbreviation behind what it stands for, once."""
        return self._form.sub(lambda found: self._said(found, text), text)

    def _said(self, found: re.Match[str], text: str) -> str:
        short = found.group()
        full = self._full[self._small.get(short.lower(), short)]
        told = full.lower() in text.lower() or short in text[: found.start()]
        return short if told else f"{full} ({short})"
