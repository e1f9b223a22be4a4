"""The glossary: what people call a thing, what the sources call it, and what to call it instead."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import Record


class Term(Record):
    """One concept with all the words for it; any of them stands for any other."""

    term: str
    """The preferred wording."""

    words: tuple[str, ...] = ()
    """Other wordings: abbreviations, synonyms, spellings, the source's own words."""

    avoid: tuple[str, ...] = ()
    """Deprecated wordings, accepted in a question and answered with the preferred one."""

    items: tuple[str, ...] = ()
    """Items of the framework that speak of this concept whatever their words."""

    status: Literal["use", "alias"] = "use"
    """`use` for a term of the field, `alias` for ordinary words that mean the same."""

    note: str = ""
    """One sentence that a reader of the term should know."""

    source: str = ""
    """Where the preference comes from."""


class Glossary(Record):
    """All terms."""

    terms: tuple[Term, ...]
    """In the file's order."""


def shipped_glossary() -> Traversable:
    """Return the glossary that ships with Signpost."""
    return files("corpus") / "glossary.toml"


def read_glossary(file: Traversable) -> Glossary:
    """Read a glossary from TOML.

    Raises:
        CorpusError: the file is no TOML, a field is missing or unknown, or a wording stands twice.
    """
    try:
        glossary = Glossary.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file.name} is no TOML file: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CorpusError(f"{file.name}: {place} is refused: {first['msg']}.") from None
    _refuse_repeats(glossary, file.name)
    return glossary


def _refuse_repeats(glossary: Glossary, name: str) -> None:
    owner: dict[str, str] = {}
    for term in glossary.terms:
        for wording in {word.lower() for word in (term.term, *term.words, *term.avoid)}:
            if wording in owner:
                raise CorpusError(
                    f"{name}: {wording!r} stands under {owner[wording]!r} and "
                    f"{term.term!r}; keep one."
                )
            owner[wording] = term.term
