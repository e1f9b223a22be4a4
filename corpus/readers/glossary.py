"""The glossary: its reader, which refuses what does not hold together, and its passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from corpus.errors import CorpusError
from corpus.passage import Passage, Source, sha256_of
from corpus.readers.notes import MARK, ON, OWN, parted
from corpus.structure.faults import Fault, Problem, problems_of
from corpus.structure.terms import SOURCE_ID, Glossary, SenseGroup, Synonyms, Term, plain
from corpus.text import split_sentences

__all__ = [
    "KIND", "Glossary", "Synonyms", "Term", "glossary_faults", "glossary_passages",
    "glossary_source", "read_glossary", "shipped_glossary",
]  # fmt: skip

KIND = "term"
"""Facet `kind` of the glossary's passages."""

Said = tuple[str, tuple[str, ...]]
"""A sentence, and the ids of what it rests on."""


def shipped_glossary() -> Traversable:
    """Return the glossary that ships with Signpost."""
    return files("corpus") / "glossary.toml"


def read_glossary(file: Traversable) -> Glossary:
    """Read a glossary from TOML.

    Raises:
        CorpusError: the file is no TOML, a field is missing or unknown, or it has a fault.
    """
    read = Glossary.from_toml(file)
    glossary = read.model_copy(update={"sha256": sha256_of(file.read_text(encoding="utf-8"))})
    for problem in glossary_faults(glossary):
        raise CorpusError(f"{file.name}: {problem.message}")
    return glossary


def glossary_faults(
    glossary: Glossary, known: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Return what does not hold together, references too where the ids of items are known."""
    found = [*_wording_faults(glossary)]
    senses = (group.passage_id for group in glossary.senses)
    ids = Counter((*(term.id for term in glossary.terms), *senses))
    twice = (id_ for id_, times in ids.items() if times > 1)
    found += [(id_, f"Two entries have the id {id_!r}; rename one.") for id_ in twice]
    lost = (id_ for id_ in glossary.asked if id_ not in ids)
    found += [(id_, f"There are questions for {id_!r}, which is no entry.") for id_ in lost]
    for term in glossary.terms:
        found += [(term.id, said) for said in _term_faults(term, glossary)]
    for group in glossary.senses:
        found += [(group.passage_id, said) for said in _sense_faults(group)]
    return problems_of((*found, *_reference_faults(glossary, known)))


def _wording_faults(glossary: Glossary) -> Iterator[Fault]:
    owner: dict[str, str] = {}
    for term in glossary.terms:
        for wording in dict.fromkeys(plain(one) for one in term.wordings):
            if wording in owner:
                said = f"{wording!r} stands under {owner[wording]!r} and {term.term!r}; keep one."
                yield term.id, said
            owner[wording] = term.term


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


def _reference_faults(glossary: Glossary, known: Collection[str] | None) -> Iterator[Fault]:
    works = {work.id for work in glossary.references} | {OWN}
    for id_, named in _named(glossary):
        if named in works:
            continue
        if ":" not in named:
            said = f"{id_} names the source {named!r}, which is not among the references; add it."
            yield id_, said
        elif known is not None and named not in known:
            yield id_, f"{id_} names {named!r}, which is no item of the framework; correct it."


def _named(glossary: Glossary) -> Iterator[tuple[str, str]]:
    """Yield all works and items that are named, each with the id of the entry that names it."""
    for term in glossary.terms:
        marks = (*MARK.findall(term.note), *filter(None, [term.source]))
        yield from ((term.id, named) for named in (*term.items, *term.related, *marks))
    for group in glossary.senses:
        marks = tuple(MARK.findall(group.difference))
        for sense in group.senses:
            marks += (*sense.items, *MARK.findall(sense.meaning), *filter(None, [sense.source]))
        yield from ((group.passage_id, named) for named in marks)


def glossary_source(glossary: Glossary) -> Source:
    """Return the glossary as the source of its passages."""
    return Source.stating(
        id=SOURCE_ID,
        title="Glossary",
        publisher="Signpost",
        as_of=glossary.as_of,
        review_by=glossary.review_by,
        licence="as Signpost",
        locator="glossary.toml",
        sha256=glossary.sha256,
        tier="guidance",
        references=glossary.references,
    )


def glossary_passages(glossary: Glossary) -> tuple[Passage, ...]:
    """Return a passage for each entry that says something, then one for each group of senses."""
    entries = [
        _passage(term.id, term.term, _said_of(term, glossary), (*term.items, *term.related))
        for term in glossary.terms
        if term.expansion or term.note
    ]
    for group in glossary.senses:
        said = _grounded(group.difference, (OWN,))
        for sense in group.senses:
            said += _grounded(sense.meaning, (sense.source or OWN,))
        items = tuple(item for sense in group.senses for item in sense.items)
        entries.append(_passage(group.passage_id, group.title, said, items))
    return tuple(
        one.model_copy(update={"asked": glossary.asked.get(one.id, ())}) for one in entries
    )


def _said_of(term: Term, glossary: Glossary) -> list[Said]:
    rests = (term.source or OWN,)
    said: list[Said] = []
    if term.expansion:
        said.append((f"{term.term} stands for {term.expansion}.", rests))
    instead = glossary.instead_of(term)
    if term.status == "avoid":
        opening = f"The wording \u201c{term.term}\u201d is one to avoid"
        said.append((f"{opening}; the preferred term is {instead}.", rests))
    elif instead:
        said.append((f"Signpost prefers the term {instead} to {term.term}.", (OWN,)))
    return said + _grounded(term.note, rests)


def _grounded(text: str, rests: tuple[str, ...]) -> list[Said]:
    """Part a text into sentences; one without marks rests on what the whole rests on.

    >>> _grounded("Help is free. It is near.[^gsr:C9] More.", ("a",))
    [('Help is free.', ('a',)), ('It is near.', ('gsr:C9',)), ('More.', ('a',))]
    """
    said: list[Said] = []
    for piece, marks in parted(text):
        said += [(span.of(piece), rests) for span in split_sentences(piece)]
        if marks:
            said[-1] = (said[-1][0], marks)
    return said


def _passage(id_: str, title: str, said: list[Said], items: tuple[str, ...]) -> Passage:
    text = " ".join(sentence for sentence, _ in said)
    own = {"tier": "guidance", "source": SOURCE_ID, "kind": KIND}
    return Passage(
        id=id_,
        source_id=SOURCE_ID,
        locator=f"entry \u201c{title}\u201d",
        heading_path=("Glossary", title),
        text=text,
        sentences=split_sentences(text),
        facets=own | dict.fromkeys((f"about:{item}" for item in items), ON),
        text_sha256=sha256_of(text),
        grounds=tuple(rests for _, rests in said),
    )
