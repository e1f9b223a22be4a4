"""Guidance notes beside the items of a framework: which are about one, and how old they are."""

from __future__ import annotations

from datetime import date

from corpus.passage import Record
from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item
from ui.look.templates import escape
from ui.pages.framework.framework_items import full_name, link_to, question_link
from ui.pages.framework.framework_questions import note_question
from ui.words.catalogue import say
from ui.words.phrases import day


class Page(Record):
    """A framework with what is shown beside its items."""

    framework: Framework
    """The framework."""

    lines: tuple[str, ...]
    """Its source text as printed, line by line."""

    notes: tuple[Note, ...]
    """Guidance beside it."""

    today: date
    """The day as of which a note may be past its review."""

    def about(self, item: Item) -> tuple[Note, ...]:
        """Return the notes whose front matter names an item, those most about it first."""

        def place(note: Note) -> tuple[int, int, str]:
            named = _named(note)
            return named.index(item.id), len(named), note.front.title

        return tuple(sorted((one for one in self.notes if item.id in _named(one)), key=place))


def note_templates(page: Page) -> str:
    """Return the notes that stand in full with an item, each once; the script puts them there."""
    named = {one for item in page.framework.items if item.parent for one in page.about(item)}
    return "".join(_note(page, one) for one in page.notes if one in named)


def notes_as_html(page: Page, item: Item) -> str:
    """Return the notes about an item: those of a column by title, of other items as slots."""
    notes = page.about(item)
    named = {one for note in page.notes for one in _named(note)}
    kinds = {one.kind for one in page.framework.items if one.id in named}
    if notes:
        title = say("framework.notes", n=len(notes))
        if item.parent:
            slots = "".join(f'<li data-note="{escape(one.front.id)}"></li>' for one in notes)
            how = escape(say("framework.notes_ask"))
            return f"<h4>{escape(title)}</h4><p>{how}</p><ul>{slots}</ul>"
        # Those of a whole column are many, and stand in full with the items under it.
        listed = "".join(f"<li>{escape(one.front.title)} {_age(page, one)}</li>" for one in notes)
        return f"<details><summary>{escape(title)}</summary><ul>{listed}</ul></details>"
    if item.kind in kinds:
        title = escape(say("framework.no_notes_title"))
        return f"<h4>{title}</h4><p>{escape(say('framework.no_notes'))}</p>"
    top = page.framework.top(item.id)
    if not (found := page.about(top)):
        return ""
    told = escape(say("framework.notes_above", n=len(found)))
    return f"<p>{told} {link_to(top, full_name(page.framework, top))}</p>"


def _note(page: Page, note: Note) -> str:
    """Return a note as a template: it stands in full with each item that it is about."""
    title = escape(note.front.title)
    # By the name of an item that has no description, Signpost says that it has none.
    if not any(_is_bare(page.framework, one, note) for one in page.framework.items):
        title = question_link(note_question(note.front.title), note.front.title)
    return (
        f'<template data-note="{escape(note.front.id)}">{title}'
        f"<br>{escape(note.front.summary)} {_age(page, note)}</template>"
    )


def _is_bare(framework: Framework, item: Item, note: Note) -> bool:
    described = item.description or not framework.kind_by_id[item.kind].described
    return item.title == note.front.title and not described


def _age(page: Page, note: Note) -> str:
    front = note.front
    past = "" if front.review_by < page.today else " hidden"
    as_of = say("framework.as_of", day=day(front.as_of.isoformat()))
    name = escape(say("phrase.past_review"))
    return (
        f'<span class="sp-framework-age">{escape(as_of)} <strong class="sp-past"'
        f' data-review="{front.review_by.isoformat()}"{past}>{name}</strong></span>'
    )


def _named(note: Note) -> tuple[str, ...]:
    return (*note.front.capabilities, *note.front.pillars)
