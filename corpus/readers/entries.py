"""The glossary as a source: a passage for each entry that says something, and for the senses."""

from __future__ import annotations

from corpus.passage import Passage, Source, sha256_of
from corpus.readers.notes import ON, OWN, parted
from corpus.structure.terms import SOURCE_ID, Glossary, SenseGroup, Term
from corpus.text import split_sentences

KIND = "term"
"""Facet `kind` of the glossary's passages."""

Said = tuple[str, tuple[str, ...]]
"""A sentence, and the ids of what it rests on."""


def glossary_source(glossary: Glossary) -> Source:
    """Return the glossary as the source of its passages."""
    return Source(
        id=SOURCE_ID,
        title="Glossary",
        publisher="Signpost",
        version="",
        published="",
        as_of=glossary.as_of,
        review_by=glossary.review_by,
        licence="as Signpost",
        url="",
        locator="glossary.toml",
        seen="primary",
        sha256=glossary.sha256,
        tier="guidance",
        references=glossary.references,
    )


def glossary_passages(glossary: Glossary) -> tuple[Passage, ...]:
    """Return a passage for each entry that says something, then one for each group of senses."""
    entries = (
        _passage(term.id, term.term, _said_of(term, glossary), (*term.items, *term.related))
        for term in glossary.terms
        if term.expansion or term.note
    )
    return (*entries, *(_group_passage(group) for group in glossary.senses))


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


def _group_passage(group: SenseGroup) -> Passage:
    said = _grounded(group.difference, (OWN,))
    for sense in group.senses:
        said += _grounded(sense.meaning, (sense.source or OWN,))
    items = tuple(item for sense in group.senses for item in sense.items)
    return _passage(group.passage_id, group.title, said, items)


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
