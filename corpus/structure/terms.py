"""The records of the glossary: terms, synonyms, senses, and how a wording is looked up."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator

from corpus.passage import Record, Reference

SOURCE_ID = "glossary"
"""Id of the glossary as a source; opens the ids of its passages: `glossary:icse`."""


def _filled(value: object) -> object:
    # TOML has no null, so what is not known of a work is left out of the file.
    blank = {"year": None, "url": "", "locator": ""}
    return blank | value if isinstance(value, dict) else value


Work = Annotated[Reference, BeforeValidator(_filled)]
"""A reference that may leave out year, address and place."""


class Term(Record):
    """One entry: a wording, what it means, and how it stands to other wordings."""

    term: str
    """The wording that the entry is about."""

    expansion: str = ""
    """What it stands for, if it is an abbreviation."""

    synonyms: tuple[str, ...] = ()
    """Other wordings that mean it: abbreviations, spellings, the source's own words."""

    loose: tuple[str, ...] = ()
    """Words that people use for it but that mean other things too: shown, never taken for it."""

    status: Literal["use", "avoid", "alias"] = "use"
    """`use` for a term of the field, `avoid` for a deprecated one, `alias` for a variant or for
    ordinary words that mean the same."""

    preferred: str = ""
    """The term to use instead; its own wording, its expansion or a synonym."""

    under: str = ""
    """A wider term, which this one is also taken for in a question."""

    understood: bool = True
    """Whether its wordings stand for each other in a question; false where the framework names it
    itself, or where its words are too common to be told from it."""

    items: tuple[str, ...] = ()
    """Items of the framework that speak of it whatever their words."""

    related: tuple[str, ...] = ()
    """Items that it bears on though they do not speak of it: for a reader, never for an answer."""

    note: str = ""
    """What it means, in sentences that stand alone; one may end with marks: `[^gsr:C12]`."""

    source: str = ""
    """Id of the work that a sentence without marks rests on; our own usage if empty."""

    @property
    def id(self) -> str:
        """Id of its passage: `glossary:child-pornography`."""
        return f"{SOURCE_ID}:{_slug(self.term)}"

    @property
    def wordings(self) -> tuple[str, ...]:
        """All wordings that mean it, its own first."""
        expansion = (self.expansion,) if self.expansion else ()
        return tuple(dict.fromkeys((self.term, *expansion, *self.synonyms)))

    @property
    def shown(self) -> str:
        """The term in full, its abbreviation behind it."""
        return f"{self.expansion} ({self.term})" if self.expansion else self.term


class Synonyms(Record):
    """Wordings that stand for each other when a question is understood."""

    wordings: tuple[str, ...]
    """The preferred one first; those of deprecated and narrower terms are among them."""

    items: tuple[str, ...] = ()
    """Items of the framework that speak of the concept whatever their words."""


class Sense(Record):
    """One of several things that a word or two like words can mean."""

    name: str
    """What to call it, so that it is not mistaken for another."""

    meaning: str
    """One sentence that stands alone; it may end with marks."""

    tells: tuple[str, ...]
    """Words in a question that tell it from the others."""

    items: tuple[str, ...] = ()
    """Items of the framework that speak of it."""

    source: str = ""
    """Id of the work that its meaning rests on; our own usage if empty."""


class SenseGroup(Record):
    """Senses that must not be confused."""

    id: str
    """Short and stable: `helpline-and-hotline`."""

    title: str
    """What a reader would call the group."""

    difference: str
    """One sentence that says how the senses differ; it may end with marks."""

    senses: tuple[Sense, ...]
    """At least two."""

    @property
    def passage_id(self) -> str:
        """Id of its passage: `glossary:helpline-and-hotline`."""
        return f"{SOURCE_ID}:{self.id}"


class Glossary(Record):
    """All terms and senses."""

    terms: tuple[Term, ...]
    senses: tuple[SenseGroup, ...] = ()
    """In the file's order."""

    references: tuple[Work, ...] = ()
    """The works that notes and meanings rest on."""

    asked: dict[str, tuple[str, ...]] = {}
    """Everyday questions that an entry answers, by its id."""

    as_of: str = ""
    """Day on which it was last checked, ISO 8601."""

    review_by: str = ""
    """Day after which it needs a new check, ISO 8601."""

    sha256: str = ""
    """SHA-256 of the file that was read."""

    @cached_property
    def _by_wording(self) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for term in self.terms:
            for wording in term.wordings:
                found.setdefault(plain(wording), term)
        return found

    @cached_property
    def concepts(self) -> tuple[Synonyms, ...]:
        """Each term with all wordings that stand for it, as a question is understood."""
        members: dict[str, list[Term]] = {}
        for term in self.terms:
            if term.understood:
                root = self._root(term)
                members.setdefault(root.term, [root]).append(term)
        return tuple(_synonyms(terms) for terms in members.values())

    @cached_property
    def abbreviations(self) -> tuple[Synonyms, ...]:
        """Each abbreviation with what it stands for, whether or not questions are read by it."""
        return tuple(_synonyms([term]) for term in self.terms if term.expansion)

    @cached_property
    def deprecated(self) -> dict[str, str]:
        """Each deprecated wording, with the term to use instead as a reader would write it."""
        avoid = [term for term in self.terms if term.status == "avoid"]
        return {word: self.instead_of(term) for term in avoid for word in term.wordings}

    @cached_property
    def by_id(self) -> dict[str, Term]:
        """Entries by the id of their passage; of two with one id the first."""
        return {term.id: term for term in reversed(self.terms)}

    def instead_of(self, term: Term) -> str:
        """Return the wording that is preferred to an entry's, its abbreviation behind it."""
        other = self.term(term.preferred)
        if other and plain(term.preferred) in (plain(other.term), plain(other.expansion)):
            return other.shown
        return term.preferred

    def term(self, word: str) -> Term | None:
        """Return the entry that has this wording, whatever its case; none if there is none."""
        return self._by_wording.get(plain(word))

    def _root(self, term: Term) -> Term:
        """Follow preferred and wider terms to the last that questions are understood by."""
        seen = {term.term}
        while (wider := self.term(term.preferred or term.under)) and wider.understood:
            if wider.term in seen:
                break
            seen.add(wider.term)
            term = wider
        return term


def _synonyms(terms: list[Term]) -> Synonyms:
    wordings = dict.fromkeys(wording for term in terms for wording in term.wordings)
    items = dict.fromkeys(item for term in terms for item in term.items)
    return Synonyms(wordings=tuple(wordings), items=tuple(items))


def plain(wording: str) -> str:
    """Return a wording as it is compared: lower case, single spaces, straight apostrophes."""
    return " ".join(wording.replace("\u2019", "'").lower().split())


def _slug(wording: str) -> str:
    bare = plain(wording).replace("'", "")
    kept = (sign if sign.isascii() and sign.isalnum() else " " for sign in bare)
    return "-".join("".join(kept).split())
