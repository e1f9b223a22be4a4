"""The picture of a framework: its columns with all that stands in them, and the strips beneath."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.structure.graph import Framework, Item, Kind
from ui.look.templates import escape
from ui.pages.framework.framework_items import counted, joined, link_to, name_of, sign_of, tops
from ui.pages.framework.framework_search import more_of
from ui.words.catalogue import say


def head_as_html(framework: Framework) -> str:
    """Return the framework's name, what it holds, and the box to search it."""
    counts = [
        counted(kind, number)
        for kind in framework.kinds
        if (number := len(framework.of_kind(kind.id)))
    ]
    about = say("framework.about", publisher=framework.source.publisher, counts=joined(counts))
    total = len(framework.items)
    return (
        f'<div class="sp-framework-head"><div><h2>{escape(framework.name)}</h2>'
        f'<p class="sp-framework-about">{escape(about)}'
        f' <span class="sp-framework-choose">{escape(say("framework.choose"))}</span></p></div>'
        f'<div class="sp-framework-search" role="search" data-total="{total}">'
        f'<label for="sp-framework-query">{escape(say("framework.search"))}</label>'
        '<input type="search" id="sp-framework-query" autocomplete="off" spellcheck="false"'
        ' aria-describedby="sp-framework-how">'
        f'<p id="sp-framework-how">{escape(say("framework.how_to_search"))}</p>'
        '<p id="sp-framework-count" role="status"></p></div></div>'
    )


def picture_as_html(framework: Framework) -> str:
    """Return the whole of a framework, each item once, as a link that opens it."""
    first = framework.top_kinds[0].id
    columns = "".join(_column(framework, top) for top in tops(framework) if top.kind == first)
    strips = "".join(_strip(framework, top) for top in tops(framework) if top.kind != first)
    rows = 1 + len(_kinds_in(framework, framework.top_kinds[0]))
    return (
        f'<div class="sp-framework-picture" style="--sp-rows: {rows}">'
        f'<div class="sp-framework-columns">{columns}</div>{strips}</div>'
    )


def _column(framework: Framework, top: Item) -> str:
    kind = framework.kind_by_id[top.kind]
    groups = "".join(_group(framework, top, one) for one in _kinds_in(framework, kind))
    return _section(framework, top, groups, "sp-framework-pillar")


def _strip(framework: Framework, top: Item) -> str:
    groups = "".join(
        _group(framework, top, one) for one in _kinds_in(framework, framework.kind_by_id[top.kind])
    )
    return _section(framework, top, groups, "sp-framework-pillar sp-framework-strip")


def _section(framework: Framework, top: Item, groups: str, classes: str) -> str:
    name = escape(top.id)
    unfold = say("framework.unfold", name=name_of(framework, top))
    return (
        f'<section class="{classes}" aria-labelledby="sp-framework-{name}">'
        f'<div class="sp-framework-top sp-framework-cell" {_data(framework, top)}>'
        f'<h3 id="sp-framework-{name}">{_number(top)}<span>{link_to(top, top.label)}'
        f"{sign_of(framework.passage_by_id[top.id])}</span></h3>"
        '<button type="button" class="sp-framework-fold" aria-expanded="false">'
        f'<span class="sp-unseen">{escape(unfold)}</span></button></div>{groups}</section>'
    )


def _kinds_in(framework: Framework, top: Kind) -> list[Kind]:
    """Return the kinds of what stands under a kind, at any depth."""
    return [kind for kind in framework.kinds if top.id in _kinds_above(framework, kind)]


def _kinds_above(framework: Framework, kind: Kind) -> Iterable[str]:
    while kind.parent:
        yield kind.parent
        kind = framework.kind_by_id[kind.parent]


def _group(framework: Framework, top: Item, kind: Kind) -> str:
    items = framework.below(top.id, kind.id)
    if not items:
        # Its row stays empty, so that rows of the same kind stand side by side.
        return '<div class="sp-framework-group"></div>'
    cells = "".join(_cell(framework, top, item) for item in items)
    return (
        f'<div class="sp-framework-group"><h4>{escape(kind.plural.capitalize())}</h4>'
        f"<ul>{cells}</ul></div>"
    )


def _cell(framework: Framework, top: Item, item: Item) -> str:
    sign = sign_of(framework.passage_by_id[item.id])
    said = f"<p>{escape(item.description)}</p>" if item.title and item.description else ""
    # What stands deeper than a column is named with what it stands under.
    above = "" if item.parent == top.id else framework.item(item.parent).label
    under = f'<p class="sp-framework-under">{escape(above)}</p>' if above else ""
    titled = " sp-framework-titled" if item.title else ""
    return (
        f'<li class="sp-framework-cell{titled}" {_data(framework, item)}>{under}'
        f"<div>{_number(item)}<span>{link_to(item, item.label)}{sign}</span></div>{said}</li>"
    )


def _number(item: Item) -> str:
    if item.number is None:
        return ""
    return f'<span class="sp-framework-number">{item.number}</span> '


def _data(framework: Framework, item: Item) -> str:
    more = escape(more_of(framework, item))
    return f'data-id="{escape(item.id)}" data-more="{more}"'
