"""The reader of the glossary, which refuses what does not hold together."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import sha256_of
from corpus.readers.notes import MARK, OWN
from corpus.structure.faults import Problem
from corpus.structure.terms import Glossary, SenseGroup, Synonyms, Term, plain

__all__ = ["Glossary", "Synonyms", "Term", "glossary_faults", "read_glossary", "shipped_glossary"]


def shipped_glossary() -> Traversable:
    """Return the glossary that ships with Signpost."""
    return files("corpus") / "glossary.toml"


def read_glossary(file: Traversable) -> Glossary:
    """Read a glossary from TOML.

    Raises:
        CorpusError: the file is no TOML, a field is missing or unknown, or it has a fault.
    """
    try:
        text = file.read_text(encoding="utf-8")
        glossary = Glossary.model_validate(tomllib.loads(text) | {"sha256": sha256_of(text)})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file.name} is no TOML file: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CorpusError(f"{file.name}: {place} is refused: {first['msg']}.") from None
    for problem in glossary_faults(glossary):
        raise CorpusError(f"{file.name}: {problem.message}")
    return glossary


def glossary_faults(
    glossary: Glossary, known: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Return what does not hold together, references too where the ids of items are known."""
    found = [*_wording_faults(glossary), *_id_faults(glossary)]
    for term in glossary.terms:
        found += [Problem(id=term.id, message=said) for said in _term_faults(term, glossary)]
    for group in glossary.senses:
        found += [Problem(id=group.passage_id, message=said) for said in _sense_faults(group)]
    return (*found, *_reference_faults(glossary, known))


def _wording_faults(glossary: Glossary) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for term in glossary.terms:
        for wording in dict.fromkeys(plain(one) for one in term.wordings):
            if wording in owner:
                said = f"{wording!r} stands under {owner[wording]!r} and {term.term!r}; keep one."
                yield Problem(id=term.id, message=said)
            owner[wording] = term.term


def _id_faults(glossary: Glossary) -> Iterator[Problem]:
    senses = (group.passage_id for group in glossary.senses)
    ids = Counter((*(term.id for term in glossary.terms), *senses))
    for id_, times in ids.items():
        if times > 1:
            yield Problem(id=id_, message=f"Two entries have the id {id_!r}; rename one.")


def _term_faults(term: Term, glossary: Glossary) -> Iterator[str]:
    name = f"The entry {term.term!r}"
    if term.term.isupper() and not term.expansion:
        yield f"{name} is an abbreviation without 'expansion'; say what it stands for."
    if term.status == "avoid" and not term.preferred:
        yield f"{name} is to be avoided but names no 'preferred' term; name one."
    if term.status == "avoid" and not term.note:
        yield f"{name} is to be avoided but has no 'note'; say why."
    if term.status == "use" and term.preferred:
        yield f"{name} has the status 'use' and a 'preferred' term; drop one of them."
    for field, named in (("preferred", term.preferred), ("under", term.under)):
        other = glossary.term(named) if named else None
        if named and other is None:
            yield f"{name} names the {field} term {named!r}, which is no entry; add it."
        elif other and (other.term == term.term or other.status == "avoid"):
            yield f"{name} names the {field} term {named!r}, which cannot stand for it."


def _sense_faults(group: SenseGroup) -> Iterator[str]:
    if len(group.senses) < 2:
        yield f"The senses {group.id!r} are fewer than two; add what they are told from."
    owner: dict[str, str] = {}
    for sense in group.senses:
        if not sense.tells:
            yield f"The sense {sense.name!r} has no 'tells'; name the words that tell it apart."
        for tell in map(plain, sense.tells):
            if tell in owner:
                yield f"{tell!r} tells {owner[tell]!r} and {sense.name!r}; keep it for one."
            owner[tell] = sense.name


def _reference_faults(glossary: Glossary, known: Collection[str] | None) -> Iterator[Problem]:
    works = {one.id for one in glossary.references}
    for id_, named in _named(glossary):
        if named == OWN or named in works:
            continue
        if ":" not in named:
            said = f"{id_} names the source {named!r}, which is not among the references; add it."
            yield Problem(id=id_, message=said)
        elif known is not None and named not in known:
            said = f"{id_} names {named!r}, which is no item of the framework; correct it."
            yield Problem(id=id_, message=said)


def _named(glossary: Glossary) -> Iterator[tuple[str, str]]:
    """Yield all works and items that are named, each with the id of the entry that names it."""
    for term in glossary.terms:
        marks = (*MARK.findall(term.note), *((term.source,) if term.source else ()))
        yield from ((term.id, one) for one in (*term.items, *term.related, *marks))
    for group in glossary.senses:
        id_ = group.passage_id
        yield from ((id_, one) for one in MARK.findall(group.difference))
        for sense in group.senses:
            marks = (*MARK.findall(sense.meaning), *((sense.source,) if sense.source else ()))
            yield from ((id_, one) for one in (*sense.items, *marks))
