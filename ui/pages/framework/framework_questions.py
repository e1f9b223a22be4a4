"""Questions that a reader of an item may want to ask next, in forms that Signpost answers."""

from __future__ import annotations

from corpus.structure.graph import Framework, Item
from ui.pages.framework.framework_items import joined
from ui.words.catalogue import say

MOST = 3
"""Questions beside an item."""


def questions_of(framework: Framework, item: Item, *, guided: bool) -> tuple[str, ...]:
    """Return two or three questions about an item, the nearest first.

    Args:
        framework: its framework.
        item: what is looked at.
        guided: whether guidance is about it.
    """
    top = framework.top(item.id)
    found: list[str] = []
    if framework.kind_by_id[item.kind].shared:
        found.append(say("framework.ask_who_has", kinds=_top_kinds(framework), label=item.label))
    if item.title:
        found += _of_titled(framework, item, guided=guided)
    elif not top.parent and not _has_columns(framework, top):
        found.append(say("framework.ask_where", label=item.label))
    found += _of_links(framework, item)
    if top.id != item.id:
        kind = framework.kind_by_id[item.kind]
        found.append(say("framework.ask_list", kinds=kind.plural, label=top.title or top.label))
        found.append(say("framework.ask_about", label=top.title or top.label))
    return tuple(dict.fromkeys(found))[:MOST]


def note_question(title: str) -> str:
    """Return the question that a guidance note answers."""
    return say("framework.ask_guidance", label=title.rstrip("?"))


def _of_titled(framework: Framework, item: Item, *, guided: bool) -> list[str]:
    kinds = [
        kind.plural
        for kind in framework.kinds
        if kind.id != item.kind and _has(framework, item, kind.id)
    ]
    found = [say("framework.ask_related", kinds=joined(kinds), label=item.title)] if kinds else []
    # Of an item whose description is not printed, there is nothing to be told.
    if item.description or not framework.kind_by_id[item.kind].described:
        found.append(say("framework.ask_about", label=item.title))
        found += [note_question(item.title)] if guided else []
    if item.parent:
        parent = framework.item(item.parent)
        kind = framework.kind_by_id[parent.kind].singular
        found.append(say("framework.ask_under", kind=kind, label=item.title))
    return found


def _of_links(framework: Framework, item: Item) -> list[str]:
    """Ask for what a titled item is closest to, where an untitled one is that."""
    if item.title:
        return []
    kind = framework.kind_by_id[item.kind]
    others = (framework.item(link.source) for link in framework.links_of(item.id))
    return [
        say("framework.ask_related", kinds=kind.plural, label=one.title)
        for one in others
        if one.title
    ][:1]


def _has(framework: Framework, item: Item, kind: str) -> bool:
    found = framework.facet(item.id, kind)
    return bool(found and found[1])


def _has_columns(framework: Framework, top: Item) -> bool:
    return top.kind == framework.top_kinds[0].id


def _top_kinds(framework: Framework) -> str:
    return framework.top_kinds[0].plural
