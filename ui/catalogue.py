"""The one catalogue of the page's words: each is asked for by its key, and filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGE = "en"
"""Language of the catalogue that is shown."""

Words = Mapping[str, str | Mapping[str, str]]
"""Words by key; a plural as its forms."""


def say(key: str, **values: object) -> str:
    """Return words of the catalogue.

    Args:
        key: section and name: `ask.button`.
        values: what fills their braces; `n` chooses between the forms of a plural.

    Raises:
        KeyError: the catalogue lacks the key, or a value is missing.
    """
    section, _, name = key.partition(".")
    found = catalogue()[section][name]
    if not isinstance(found, str):
        found = found["one" if values.get("n") == 1 else "other"]
    return found.format(**values)


@cache
def catalogue(language: str = LANGUAGE) -> Mapping[str, Words]:
    """Return the sections of a language's catalogue."""
    text = (files("ui") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
