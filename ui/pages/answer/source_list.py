"""The sources under an answer: each once, with its places and the works it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.look.markup import escape
from ui.pages.answer.panel import work_as_html
from ui.words.catalogue import say
from ui.words.footnotes import Entry, Footnote, Listed, list_sources
from ui.words.phrases import clean, publication, ranges, standing


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


def cited(text: str, numbers: Iterable[int]) -> str:
    """Return a sentence with the chips of what it rests on behind it."""
    chips = [chip(first, last) for first, last in ranges(numbers)]
    if not chips:
        return escape(text)
    # The first number stays on the line of the last word.
    before, space, word = clean(text).rpartition(" ")
    kept = f'<span class="sp-kept">{escape(word)} {chips[0]}</span>'
    return f"{escape(before)}{space}{kept}{''.join(chips[1:])}"


def chip(first: int, last: int) -> str:
    """Return the chip of a source, or of several in a row, which opens the panel of the first."""
    name, shown = say("ask.chip", first=first), f"{first}"
    if last > first:
        name = say("ask.chips", first=first, last=last)
        shown = f"{first}\N{EN DASH}{last}"
    return f'<a class="sp-cite" href="#cite-{first}" aria-label="{name}">{shown}</a>'
