"""The sources under an answer: each once, with its places and the works it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from ui.look.markup import escape
from ui.pages.answer.chips import chip
from ui.pages.answer.panel import work_as_html
from ui.words.catalogue import say
from ui.words.footnotes import Entry, Footnote, Listed, list_sources
from ui.words.phrases import publication, standing


def sources_as_html(footnotes: Sequence[Footnote]) -> str:
    """Return the list of what an answer cites; empty where it cites nothing."""
    if not footnotes:
        return ""
    heading = escape(say("ask.sources"))
    groups = "".join(_listed(listed) for listed in list_sources(footnotes))
    return f'<section class="sp-section sp-sources"><h3>{heading}</h3>{groups}</section>'


def _listed(listed: Listed) -> str:
    name = f"{escape(publication(listed.source))}. {standing(listed.source)}"
    entries = "".join(_entry(entry) for entry in listed.entries)
    return f"<p>{name}</p><ul>{entries}</ul>{_grounds(listed)}"


def _entry(entry: Entry) -> str:
    chips = "".join(chip(number, number) for number in entry.numbers)
    return f"<li><span>{chips}</span><span>{escape(entry.place)}</span></li>"


def _grounds(listed: Listed) -> str:
    works = (work_as_html(work, work.marked) for work in listed.works)
    items = [*works, *(escape(other.marked) for other in listed.others)]
    if not items:
        return ""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="sp-works"><p>{escape(say("ask.rests_on"))}</p><ul>{rows}</ul></div>'
