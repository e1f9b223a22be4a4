"""The corpus as pages of headed sections: the text that every contestant of a bench gets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.passage import Passage, Record
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from evals.peers.runners.peer_rows import Page, Section, markdown

Held = tuple[Section, tuple[str, ...]]
"""A section with the ids of the passages whose words it holds."""


class PeerCorpus(Record):
    """The pages, and what is known of each name that a quote may give as its source."""

    pages: tuple[Page, ...]
    """One for each item at the top of the framework, each note and each entry of the glossary."""

    held: dict[str, tuple[str, ...]]
    """By page or section: the passages that it holds, in reading order."""

    words: dict[str, str]
    """By page, section or passage: its words."""

    passages: dict[str, Passage]

    @classmethod
    def of(cls, whole: Whole, *, framework_only: bool = False) -> PeerCorpus:
        """Lay the corpus out: the framework's pages, then the notes', then the glossary's."""
        pages: list[Page] = []
        held: dict[str, tuple[str, ...]] = {}
        guidance = () if framework_only else _guidance(whole)
        for page_id, title, sections in (*_framework(whole.framework), *guidance):
            page = Page(page_id, title, tuple(section for section, _ in sections))
            pages.append(page)
            held |= {section.id: ids for section, ids in sections}
            held[page.id] = tuple(one for _, ids in sections for one in ids)
        passages = whole.corpus.by_id
        words = {passage.id: passage.text for passage in passages.values()}
        words |= {page.id: markdown(page) for page in pages}
        words |= {section.id: section.text for page in pages for section in page.sections}
        return cls(pages=tuple(pages), held=held, words=words, passages=passages)


def file_name(passage_id: str) -> str:
    """Return an id as the name of a page.

    >>> file_name("note:barnahus#2")
    'note-barnahus-2'
    """
    return re.sub(r"[^\w-]+", "-", passage_id)


def _framework(framework: Framework) -> Iterator[tuple[str, str, list[Held]]]:
    page_id = file_name(framework.source.id)
    tops = [_listed(page_id, kind, framework.of_kind(kind.id)) for kind in framework.top_kinds]
    yield page_id, framework.source.title, tops
    for kind in framework.top_kinds:
        for item in framework.of_kind(kind.id):
            yield file_name(item.id), _name(item, kind), list(_sections(item, framework))


def _sections(top: Item, framework: Framework) -> Iterator[Held]:
    for kind in framework.kinds:
        items = framework.below(top.id, kind.id)
        if not items:
            continue
        yield _listed(file_name(top.id), kind, items)
        if kind.described:
            for item in items:
                words = item.description or item.title
                yield Section(file_name(item.id), _name(item, kind), words), (item.id,)


def _listed(page_id: str, kind: Kind, items: tuple[Item, ...]) -> Held:
    lines = "\n".join(f"- {_name(item, kind)}" for item in items)
    section = Section(f"{page_id}-{kind.facet}", kind.plural.capitalize(), lines)
    return section, tuple(item.id for item in items)


def _name(item: Item, kind: Kind) -> str:
    numbered = f"{kind.singular.capitalize()} {item.number}: " if item.number is not None else ""
    return numbered + item.label


def _guidance(whole: Whole) -> Iterator[tuple[str, str, list[Held]]]:
    for note in whole.notes:
        yield (
            file_name(note.source.id),
            note.source.title,
            [_passage(passage, " > ".join(passage.heading_path[1:])) for passage in note.passages],
        )
    glossary = [one for one in whole.corpus.passages if one.facets.get("source") == "glossary"]
    for passage in glossary:
        yield file_name(passage.id), passage.heading_path[-1], [_passage(passage, "")]


def _passage(passage: Passage, heading: str) -> Held:
    return Section(f"{file_name(passage.id)}-words", heading, passage.text), (passage.id,)
