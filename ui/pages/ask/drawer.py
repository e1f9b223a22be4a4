"""The drawer of filters: what of a corpus an answer may be narrowed to."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answering.narrowing import TIER_NAMES
from corpus.passage import Corpus
from ui.look.templates import render
from ui.words.catalogue import say
from ui.words.phrases import tier_heading


def drawer_as_html(corpus: Corpus) -> str:
    """Return the drawer, closed, and the line that says what is set while it is."""
    groups = groups_of(corpus)
    tiers = dict.fromkeys(source.tier for source in corpus.sources)
    names = {"": "anyone", "officer": "officers", "trainer": "trainers", "evaluator": "evaluators"}
    audiences = {one: say(f"ask.{name}") for one, name in names.items()}
    fields = (
        ("pillars", say("ask.filter_pillars"), groups),
        ("facets", say("ask.filter_facets"), _facets(corpus, groups)),
        (
            "tiers",
            say("ask.filter_tiers"),
            {one: (tier_heading(one), TIER_NAMES[one]) for one in tiers},
        ),
        (
            "audience",
            say("ask.filter_audience"),
            {name: (label, label.lower()) for name, label in audiences.items()},
        ),
    )
    return render("ask/drawer", fields=fields)


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
