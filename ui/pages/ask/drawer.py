"""The drawer of filters: what of a corpus an answer may be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.answering.narrowing import TIER_NAMES
from corpus.passage import Corpus, Tier
from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import tier_heading


def drawer_as_html(corpus: Corpus) -> str:
    """Return the drawer, closed, and the line that says what is set while it is."""
    groups = groups_of(corpus)
    tiers = dict.fromkeys(source.tier for source in corpus.sources)
    audiences = {
        "": say("ask.anyone"),
        "officer": say("ask.officers"),
        "trainer": say("ask.trainers"),
        "evaluator": say("ask.evaluators"),
    }
    fields = (
        _ticks("pillars", say("ask.filter_pillars"), groups),
        _ticks("facets", say("ask.filter_facets"), _facets(corpus, groups)),
        _ticks("tiers", say("ask.filter_tiers"), {tier: _tier(tier) for tier in tiers}),
        _radios("audience", say("ask.filter_audience"), audiences),
    )
    summary, hint = escape(say("ask.filters")), escape(say("ask.filters_hint"))
    clear = escape(say("ask.clear_filters"))
    return (
        f'<div id="sp-ask-filters"><details><summary>{summary}</summary>'
        f'<p class="sp-aside">{hint}</p>{"".join(fields)}</details>'
        '<p class="sp-ask-only" hidden><span></span>'
        f'<button type="button" data-act="unfilter">{clear}</button></p></div>'
    )


def library_as_html() -> str:
    """Return the choice of a library, hidden until the page has learnt which its reader may see."""
    name, none = escape(say("ask.library")), escape(say("ask.library_none"))
    return (
        f'<p id="sp-library-choice" hidden><label for="sp-library-asked">{name}</label> '
        f'<select id="sp-library-asked"><option value="">{none}</option></select></p>'
    )


def groups_of(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """Return what stands at the top of the framework's structure, by id: name, and short name."""
    return {
        one.id: (
            f"{one.facets['number']}. {one.text}",
            f"{one.facets['kind']} {one.facets['number']}",
        )
        for one in corpus.passages
        if one.facets.get("group") == one.id and one.facets.get("number")
    }


def _facets(corpus: Corpus, groups: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return the kinds of thing that the groups hold, by the name of the facet."""
    held = (one for one in corpus.passages if one.facets.get("parent") in groups)
    names = dict.fromkeys(one.heading_path[-1] for one in held if one.heading_path)
    return {name: (name.capitalize(), name) for name in names}


def _tier(tier: Tier) -> tuple[str, str]:
    return tier_heading(tier), TIER_NAMES[tier]


def _ticks(name: str, legend: str, values: Mapping[str, tuple[str, str]]) -> str:
    return _fields(
        legend,
        (
            f'<label><input type="checkbox" data-filter="{name}" value="{escape(value)}"'
            f' data-short="{escape(short)}"><span>{escape(label)}</span></label>'
            for value, (label, short) in values.items()
        ),
    )


def _radios(name: str, legend: str, values: Mapping[str, str]) -> str:
    return _fields(
        legend,
        (
            f'<label><input type="radio" name="sp-ask-{name}" data-filter="{name}"'
            f' value="{value}" data-short="{escape(label.lower())}"{"" if value else " checked"}>'
            f"<span>{escape(label)}</span></label>"
            for value, label in values.items()
        ),
    )


def _fields(legend: str, inputs: Iterable[str]) -> str:
    inside = "".join(inputs)
    return f"<fieldset><legend>{escape(legend)}</legend>{inside}</fieldset>" if inside else ""
