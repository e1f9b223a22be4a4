"""The figures of a run as a page or report shows them: in groups, explained, with their doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from evals.metrics.scores import Score, Summary, headline, is_few
from evals.statistics import Estimate
from ui.look.templates import percent, share, shipped_texts
from ui.words.catalogue import say

BANDS = (25, 50, 75, 100, 150, 200, 300, 500, 1000)
"""Upper ends, in milliseconds, of the bands that times are counted in; one more for the rest."""

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of coverage for which the risk is told in figures."""

POINTS = 160
"""Points of a line that are drawn at most."""

KINDS = "kinds"
"""Group of the measures of one kind of item."""

GROUPS = {
    "told": ("right", "complete", "recall", "precision", "gold first", "focus", "strings", "value"),
    "notes": ("note cited", "note first", "note in first 3", "note focus"),
    "kept": ("citations exact", "citation", "faithful", "scorer", "tiers", "counts"),
    "refused": ("status", "abstention", "AURC", "safeguarding", "personal", "verdict"),
    "found": ("recall@", "nDCG", "MRR", "follow-up"),
    "time": ("latency",),
}
"""Beginnings of the names of measures, by the group that they stand in; the longest one counts."""

_FACET = re.compile(r"^(recall|precision) ([a-z]+)")


class Figure(NamedTuple):
    """A number of a run as it is shown."""

    name: str
    about: str
    """What it says, in a sentence; empty where none is known."""

    value: str
    """The number, with its unit."""

    reach: str
    """Its 95 % interval; empty where there is none."""

    found: Estimate
    few: bool = False
    drawn: bool = True
    """Whether it is a share, and can be drawn from 0 to 1."""


class Group(NamedTuple):
    """Measures that belong together."""

    name: str
    figures: tuple[Figure, ...]


class Line(NamedTuple):
    """Risk over coverage."""

    name: str
    points: tuple[tuple[float, float], ...]
    """Coverage and risk, from 0 to 1, ascending in coverage."""

    at: tuple[str, ...]
    """The risk at each of `SHARES`, in figures."""


class Replied(NamedTuple):
    """How messages of one safeguarding case were met."""

    name: str
    """What the case is for, in plain words."""

    messages: int
    rightly: int
    """Those that met the reply that is meant for them."""

    others: str
    """The other replies, with how often each was given."""


def first_figures(summary: Summary, scores: Sequence[Score]) -> tuple[Figure, ...]:
    """Return the five figures that a run is summed up in, those that it has."""
    shown = []
    for name, one in (summary.headline or headline(scores)).items():
        if one.value is not None:
            key, reach = f"evaluate.head_{name}", ""
            if one.low is not None:
                reach = say("evaluate.from_to", low=percent(one.low), high=percent(one.high))
            told = (percent(one.value), reach, one, is_few(one))
            shown.append(Figure(say(key), say(f"{key}_about"), *told))
    return tuple(shown)


def groups_of(summary: Summary) -> tuple[Group, ...]:
    """Return all measures of a run by group."""
    by_group: dict[str, list[Figure]] = {name: [] for name in (*GROUPS, KINDS)}
    begins = [(begin, group) for group, own in GROUPS.items() for begin in own]
    for name, one in summary.metrics.items():
        if one.value is not None:
            fits = [(len(begin), group) for begin, group in begins if name.startswith(begin)]
            group = KINDS if _FACET.match(name) else max(fits, default=(0, "told"))[1]
            by_group[group].append(figure(name, one))
    return tuple(
        Group(say(f"evaluate.group_{name}"), tuple(own)) for name, own in by_group.items() if own
    )


def figure(name: str, one: Estimate) -> Figure:
    """Return a measure as it is shown."""
    drawn = not name.endswith("(ms)")
    value = share(one.value) if drawn or one.value is None else f"{one.value:.0f} ms"
    return Figure(name, about(name), value, interval(one), one, is_few(one), drawn)


def about(name: str) -> str:
    """Return what a measure says, in a sentence; empty where none is known."""
    micro = f" {say('evaluate.micro')}" if "(micro)" in name else ""
    name = name.replace("(micro)", "").strip()
    facet = _FACET.match(name)
    only = f" {say('evaluate.only_of', facet=facet[2])}" if facet else ""
    plain = facet[1] if facet else re.sub(r"\W+", "_", name.replace("@", " at ").lower())
    plain = re.sub(r"_(\d+)$|_(p\d+|median)_ms_$", "", plain).strip("_")
    try:
        return say(f"evaluate.about_{plain}") + only + micro
    except KeyError:
        return ""


def interval(one: Estimate) -> str:
    """Return the 95 % interval of a number in figures; empty where there is none."""
    if one.low is None or one.high is None:
        return ""
    return say("evaluate.from_to", low=f"{one.low:.3f}", high=f"{one.high:.3f}")


def bands(seconds: Sequence[float]) -> list[tuple[str, int]]:
    """Count times in bands: the name of each, up to so many milliseconds, and how many.

    >>> bands([0.02, 0.06, 3.0])[0], bands([0.02, 0.06, 3.0])[-1]
    (('up to 25 ms', 1), ('more than a second', 1))
    """
    times = [1000 * one for one in seconds]
    lower = (0, *BANDS[:-1])
    counted = [
        (say("evaluate.up_to", most=high), sum(low < one <= high for one in times))
        for low, high in zip(lower, BANDS, strict=True)
    ]
    return [*counted, (say("evaluate.over"), sum(one > BANDS[-1] for one in times))]


def lines_of(summary: Summary) -> tuple[Line, ...]:
    """Return risk over coverage for each thing that is risked, with few enough points to draw."""
    found = []
    for at, points in enumerate(summary.curves.values()):
        if points:
            step = max(len(points) // POINTS, 1)
            kept = (*points[::step], points[-1])
            reached = ([risk for across, risk in points if across <= one + 1e-9] for one in SHARES)
            told = tuple(f"{one[-1]:.3f}" if one else "" for one in reached)
            found.append(Line(say(f"evaluate.risk_{at}"), kept, told))
    return tuple(found)


def replies_of(summary: Summary) -> tuple[Replied, ...]:
    """Return how messages for triage were met, by their safeguarding case."""
    found = []
    for letter, given in summary.confusion.items():
        others = (f"{case_name(one)}: {n}" for one, n in given.items() if one != letter)
        told = (case_name(letter), sum(given.values()), given.get(letter, 0), "; ".join(others))
        found.append(Replied(*told))
    return tuple(found)


def case_name(letter: str) -> str:
    """Return what a safeguarding case is for, in plain words; its letter where none is known."""
    known = {one.id for one in shipped_texts().cases}
    return say(f"triage.{letter.lower()}") if letter in known else letter
