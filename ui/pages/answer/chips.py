"""Citation chips: the numbers behind a sentence, which lead to what it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import clean, ranges


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
