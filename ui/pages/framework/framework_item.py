"""What is known of one item of a framework: names, ties, notes, and questions to ask next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from ui.words.catalogue import say
from ui.words.phrases import tier_name

MOST_QUESTIONS = 3
"""Questions beside an item."""


def short(item: Item) -> str:
    """Return an id without its source, as people write it.

    >>> short(Item(id="gsr:C12", kind="capability"))
    'C12'
    """
    return item.id.rpartition(":")[2]


def name_of(framework: Framework, item: Item) -> str:
    """Return what a reader would call an item: `Capability 12`, `Outcome P3-O4`."""
    kind = framework.kind_by_id[item.kind].singular.capitalize()
    return f"{kind} {item.number if item.number is not None else short(item)}"


def full_name(framework: Framework, item: Item) -> str:
    """Return the name of an item with its title or words."""
    return say("framework.full_name", name=name_of(framework, item), label=item.label)


def counted(kinds: Iterable[tuple[Kind, int]]) -> str:
    """Return numbers of items by kind, as a sentence lists them: `5 outcomes and 1 partner`."""
    return joined([f"{n} {kind.singular if n == 1 else kind.plural}" for kind, n in kinds if n])


def joined(parts: Sequence[str]) -> str:
    """Return parts as a sentence lists them: with commas, and a last word between the last two."""
    if len(parts) < 2:
        return "".join(parts)
    return say("framework.last_of_several", before=", ".join(parts[:-1]), last=parts[-1])


def notes_about(notes: Sequence[Note], item: Item) -> tuple[Note, ...]:
    """Return the notes whose front matter names an item, those most about it first."""

    def place(note: Note) -> tuple[int, int, str]:
        named = names_in(note)
        return named.index(item.id), len(named), note.front.title

    return tuple(sorted((one for one in notes if item.id in names_in(one)), key=place))


def names_in(note: Note) -> tuple[str, ...]:
    """Return the ids of the items that a note is about."""
    return (*note.front.capabilities, *note.front.pillars)


class Tie(NamedTuple):
    """An inferred link, from one of its ends."""

    item: Item
    """The other end."""

    told: str
    """How strong it is, and what the other end stands under where that is something else."""


class Aged(NamedTuple):
    """A note beside an item."""

    note: Note
    """The note."""

    question: str
    """What asks for it; empty where Signpost would say that there is nothing to be told."""

    is_past: bool
    """Whether it is past its review."""


def known_of(whole: Whole, item: Item, today: date) -> dict[str, object]:
    """Return what is known of an item beside its words, as of a day, by what the page calls it.

    `ties` are its inferred links, `same` other items that name the same `body`, `held` what stands
    under it, counted, and `shared` what the page ties to an item above and not to this alone.
    `above` says how many notes are about the item at its top, where none can be about its own.
    """
    framework, kind = whole.framework, whole.framework.kind_by_id[item.kind]
    found, top = notes_about(whole.notes, item), framework.top(item.id)
    named = {one for note in whole.notes for one in names_in(note)}
    kinds = {one.kind for one in framework.items if one.id in named}
    tier, name = tier_name(framework.source.tier), name_of(framework, item)
    ties, title, why = _ties(framework, item)
    over = () if found or item.kind in kinds else notes_about(whole.notes, top)
    return {
        "item": item,
        "title": item.title or name,
        "kind_line": say("framework.kind_line", tier=tier, name=name) if item.title else tier,
        "passage": framework.passage_by_id[item.id],
        "is_undescribed": kind.described and not item.description,
        "ties": ties,
        "tied": {one.item.id for one in ties},
        "ties_title": title,
        "ties_why": why,
        "same": [
            one
            for one in framework.items
            if one.id != item.id and set(one.entities) & set(item.entities)
        ],
        "body": joined([one.label for one in framework.entities if one.id in item.entities]),
        "held": counted((one, len(framework.below(item.id, one.id))) for one in framework.kinds),
        "shared": list(_shared(framework, item)),
        "notes": [_aged(framework, one, today) for one in found],
        "lacks_notes": not found and item.kind in kinds,
        "above": (say("framework.notes_above", n=len(over)), top) if over else None,
        "questions": questions_of(framework, item, guided=bool(found)),
    }


def _ties(framework: Framework, item: Item) -> tuple[tuple[Tie, ...], str, str]:
    """Return the inferred links of an item, what they are, and why the page cannot say it."""
    links, ties = framework.links_of(item.id), []
    for link in links:
        other = framework.item(link.target if link.source == item.id else link.source)
        there = framework.top(other.id)
        apart = there != framework.top(item.id)
        under = say("framework.of_other", label=name_of(framework, there)) if apart else ""
        ties.append(Tie(other, say("framework.strength", strength=link.strength) + under))
    if not links:
        return (), "", ""
    heading = "framework.closest" if links[0].source == item.id else "framework.closest_to"
    kind, own = framework.kind_by_id[ties[0].item.kind], framework.kind_by_id[item.kind]
    why = say("framework.inferred_why", other=kind.singular, own=own.singular)
    return tuple(ties), say(heading, kinds=kind.plural.capitalize()), why


def _shared(framework: Framework, item: Item) -> Iterable[tuple[str, Item]]:
    shared: dict[str, list[tuple[Kind, int]]] = {}
    for kind in framework.kinds:
        found = framework.facet(item.id, kind.id)
        if found and found[1] and kind.id != item.kind and found[0].id != item.id:
            shared.setdefault(found[0].id, []).append((kind, len(found[1])))
    singular = framework.kind_by_id[item.kind].singular
    for owner_id, parts in shared.items():
        owner = framework.item(owner_id)
        above = framework.kind_by_id[owner.kind].singular
        told = say("framework.shared", counts=counted(parts), kind=singular, above=above)
        yield told, owner


def _aged(framework: Framework, note: Note, today: date) -> Aged:
    title = note.front.title
    bare = any(
        one.title == title and framework.kind_by_id[one.kind].described and not one.description
        for one in framework.items
    )
    return Aged(note, "" if bare else note_question(title), note.front.review_by < today)


def note_question(title: str) -> str:
    """Return the question that a guidance note answers."""
    return say("framework.ask_guidance", label=title.rstrip("?"))


def questions_of(framework: Framework, item: Item, *, guided: bool) -> tuple[str, ...]:
    """Return two or three questions about an item, in forms that Signpost answers.

    Args:
        framework: its framework.
        item: what is looked at.
        guided: whether guidance is about it.
    """
    top, kind = framework.top(item.id), framework.kind_by_id[item.kind]
    tops = framework.top_kinds[0]
    found: list[str] = []
    if kind.shared:
        found.append(say("framework.ask_who_has", kinds=tops.plural, label=item.label))
    if item.title:
        found += _of_titled(framework, item, guided=guided)
    elif not top.parent and top.kind != tops.id:
        found.append(say("framework.ask_where", label=item.label))
    if not item.title:
        # What a titled item is closest to, where this is that.
        others = (framework.item(link.source) for link in framework.links_of(item.id))
        titles = [one.title for one in others if one.title][:1]
        found += [say("framework.ask_related", kinds=kind.plural, label=one) for one in titles]
    if top.id != item.id:
        found.append(say("framework.ask_list", kinds=kind.plural, label=top.title or top.label))
        found.append(say("framework.ask_about", label=top.title or top.label))
    return tuple(dict.fromkeys(found))[:MOST_QUESTIONS]


def _of_titled(framework: Framework, item: Item, *, guided: bool) -> list[str]:
    kinds = [
        kind.plural
        for kind in framework.kinds
        if kind.id != item.kind and (found := framework.facet(item.id, kind.id)) and found[1]
    ]
    asked = [say("framework.ask_related", kinds=joined(kinds), label=item.title)] if kinds else []
    # Of an item whose description is not printed, there is nothing to be told.
    if item.description or not framework.kind_by_id[item.kind].described:
        asked.append(say("framework.ask_about", label=item.title))
        asked += [note_question(item.title)] if guided else []
    if item.parent:
        parent = framework.item(item.parent)
        kind = framework.kind_by_id[parent.kind].singular
        asked.append(say("framework.ask_under", kind=kind, label=item.title))
    return asked
