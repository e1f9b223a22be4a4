"""What is known of one item of a framework: words, lines, doubts, ties, notes and questions."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.passage import Correction, Doubt, Lines, Passage
from corpus.structure.graph import Framework, Item, Link
from ui.look.templates import escape
from ui.pages.framework.framework_items import (
    counted,
    full_name,
    joined,
    link_to,
    name_of,
    question_link,
)
from ui.pages.framework.framework_notes import Page, note_templates, notes_as_html
from ui.pages.framework.framework_questions import questions_of
from ui.words.catalogue import say
from ui.words.phrases import change_of, sentence_of, tier_name


def panel_as_html(framework: Framework) -> str:
    """Return the empty panel; the script fills in a title and what is known of an item."""
    source = say("framework.source", title=framework.source.title, by=framework.source.publisher)
    ask, copy, close = (escape(say(f"framework.{one}")) for one in ("ask", "copy", "close"))
    return (
        '<section id="sp-framework-panel" class="sp-panel sp-framework-panel" tabindex="-1"'
        ' aria-labelledby="sp-framework-title"><div class="sp-panel-head">'
        '<h3 id="sp-framework-title"></h3><span>'
        f'<a class="sp-framework-ask">{ask}</a> '
        f'<button type="button" class="sp-close sp-framework-copy">{copy}</button> '
        f'<button type="button" class="sp-close sp-framework-close">{close}</button>'
        f'</span></div><div class="sp-framework-body"></div>'
        f'<p class="sp-framework-source">{escape(source)}</p></section>'
    )


def details_as_html(page: Page) -> str:
    """Return the details of every item as templates, which a page keeps undrawn."""
    items = "".join(_template(page, item) for item in page.framework.items)
    return f"{items}{note_templates(page)}{_unknown(page.framework)}"


def _template(page: Page, item: Item) -> str:
    title = item.title or name_of(page.framework, item)
    asked = questions_of(page.framework, item, guided=bool(page.about(item)))
    whole = say("framework.ask_about", label=item.title)
    ask = escape(whole if whole in asked else asked[0])
    return (
        f'<template data-detail="{escape(item.id)}" data-title="{escape(title)}"'
        f' data-ask="{ask}">'
        f"{detail_as_html(page, item)}</template>"
    )


def _unknown(framework: Framework) -> str:
    """Return what is said of an address that names no item; the script fills in what it named."""
    kinds = joined([counted(kind, len(framework.of_kind(kind.id))) for kind in framework.kinds])
    example = framework.items[min(1, len(framework.items) - 1)]
    said = escape(say("framework.unknown", name=framework.name, counts=kinds))
    shown = say("framework.unknown_example", label=full_name(framework, example))
    title = escape(say("framework.unknown_title"))
    return (
        f'<template data-detail="" data-title="{title}">'
        f"<p>{escape(say('framework.unknown_asked'))} <strong></strong>. {said}</p>"
        f"<p>{link_to(example, shown)}</p></template>"
    )


def detail_as_html(page: Page, item: Item) -> str:
    """Return what the panel shows of an item."""
    framework = page.framework
    passage = framework.passage_by_id[item.id]
    words = escape(item.description, breaks=True)
    return "".join(
        (
            f'<p class="sp-tier-name">{escape(_kind_line(framework, item))}</p>',
            f'<blockquote class="sp-passage">{words}</blockquote>' if words else "",
            _undescribed(framework, item),
            _changes(passage),
            _ties(framework, item),
            _elsewhere(framework, item),
            _shared(framework, item),
            notes_as_html(page, item),
            _questions(page, item),
            _printed(page, passage),
            _facts(passage),
        )
    )


def _kind_line(framework: Framework, item: Item) -> str:
    """Return the tier, and the name where a title stands above it."""
    tier, name = tier_name(framework.source.tier), name_of(framework, item)
    return say("framework.kind_line", tier=tier, name=name) if item.title else tier


def _undescribed(framework: Framework, item: Item) -> str:
    if item.description or not framework.kind_by_id[item.kind].described:
        return ""
    return f"<p>{escape(say('framework.undescribed'))}</p>"


def _changes(passage: Passage) -> str:
    fixes = [_fix(one) for one in passage.corrections]
    doubts = [_doubt(one) for one in passage.doubts]
    return _block(say("framework.corrections"), fixes) + _block(say("framework.doubts"), doubts)


def _fix(fix: Correction) -> str:
    return escape(_reasoned(fix.lines, f"{change_of(fix)}.", fix))


def _doubt(doubt: Doubt) -> str:
    said = say("framework.doubt", printed=doubt.printed)
    if doubt.suspected:
        said = say("framework.doubt_meant", printed=doubt.printed, meant=doubt.suspected)
    return escape(_reasoned(doubt.lines, said, doubt))


def _reasoned(lines: Lines, said: str, why: Correction | Doubt) -> str:
    sure = say("framework.sure", confidence=why.confidence)
    return f"{_where(lines)}: {said} {sentence_of(why.basis)} {sure}"


def _where(lines: Lines) -> str:
    if lines.first == lines.last:
        return say("framework.line", line=lines.first)
    return say("framework.lines", first=lines.first, last=lines.last)


def _ties(framework: Framework, item: Item) -> str:
    """Return the inferred links of an item, marked so, and why the page cannot say it."""
    links = framework.links_of(item.id)
    if not links:
        return ""
    others = [framework.item(one.target if one.source == item.id else one.source) for one in links]
    heading = "framework.closest" if links[0].source == item.id else "framework.closest_to"
    kind = framework.kind_by_id[others[0].kind]
    rows = [_tie(framework, item, *pair) for pair in zip(links, others, strict=True)]
    why = say(
        "framework.inferred_why",
        other=kind.singular,
        own=framework.kind_by_id[item.kind].singular,
    )
    title = say(heading, kinds=kind.plural.capitalize())
    block = _block(title, rows, escape(why), sign=say("framework.inferred"))
    return f'<div class="sp-framework-ties">{block}</div>'


def _tie(framework: Framework, item: Item, link: Link, other: Item) -> str:
    there, here = framework.top(other.id), framework.top(item.id)
    under = "" if there == here else say("framework.of_other", label=name_of(framework, there))
    strength = say("framework.strength", strength=link.strength)
    return f"{link_to(other, other.label)} {escape(f'({strength}{under})')}"


def _elsewhere(framework: Framework, item: Item) -> str:
    """Return what else names the same body, where a kind is shared."""
    same = [
        one
        for one in framework.items
        if one.id != item.id and set(one.entities) & set(item.entities)
    ]
    known = {one.id: one.label for one in framework.entities}
    label = joined([known[one] for one in item.entities])
    rows = [link_to(one, framework.top(one.id).label) for one in same]
    return _block(say("framework.elsewhere", label=label), rows) if rows else ""


def _shared(framework: Framework, item: Item) -> str:
    """Say what the page ties to the column, and not to the item alone."""
    own: list[str] = []
    shared: dict[str, list[str]] = {}
    for kind in framework.kinds:
        found = framework.facet(item.id, kind.id)
        if not found or not found[1] or kind.id == item.kind:
            continue
        owner, items = found
        part = counted(kind, len(items))
        own.append(part) if owner.id == item.id else shared.setdefault(owner.id, []).append(part)
    said = []
    if own:
        said.append(f"<p>{escape(say('framework.holds', counts=joined(own)))}</p>")
    singular = framework.kind_by_id[item.kind].singular
    for owner_id, parts in shared.items():
        owner = framework.item(owner_id)
        above = framework.kind_by_id[owner.kind].singular
        told = say("framework.shared", counts=joined(parts), kind=singular, above=above)
        said.append(f"<p>{escape(told)} {link_to(owner, full_name(framework, owner))}</p>")
    return f"<h4>{escape(say('framework.belongs'))}</h4>{''.join(said)}" if said else ""


def _questions(page: Page, item: Item) -> str:
    asked = questions_of(page.framework, item, guided=bool(page.about(item)))
    return _block(say("framework.ask"), [question_link(one) for one in asked])


def _printed(page: Page, passage: Passage) -> str:
    """Return the lines of the source as they are printed, with their numbers."""
    lines = passage.lines
    if lines is None:
        return f"<p>{escape(say('framework.not_printed', where=passage.locator))}</p>"
    rows = "".join(f"<li>{escape(one)}</li>" for one in page.lines[lines.first - 1 : lines.last])
    differ = f"<p>{escape(say('framework.differs'))}</p>" if passage.printed else ""
    title = say("framework.as_printed", where=_where(lines).lower())
    return (
        f"<h4>{escape(title)}</h4>{differ}"
        f'<ol class="sp-framework-lines" start="{lines.first}">{rows}</ol>'
    )


def _facts(passage: Passage) -> str:
    rows = (
        (say("framework.under"), " > ".join(passage.heading_path)),
        (say("framework.passage"), passage.id),
    )
    return f"<dl>{''.join(f'<dt>{escape(a)}</dt><dd>{escape(b)}</dd>' for a, b in rows)}</dl>"


def _block(title: str, rows: Iterable[str], after: str = "", *, sign: str = "") -> str:
    """Return a heading with a list; nothing where the list is empty."""
    listed = _list(rows)
    if not listed:
        return ""
    marked = f' <span class="sp-framework-sign">{escape(sign)}</span>' if sign else ""
    told = f"<p>{after}</p>" if after else ""
    return f"<h4>{escape(title)}{marked}</h4>{listed}{told}"


def _list(rows: Iterable[str]) -> str:
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{items}</ul>" if items else ""
