"""The figures of one run: measures with n, intervals and what they mean, families, and plots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.checks.signposting import read_signposting, shipped_signposting
from evals.estimate import Estimate
from evals.metrics.scores import Score
from evals.metrics.summary import Summary
from evals.running.shelf import Entry
from ui.exports.reports.report_page import bands
from ui.look.markup import escape
from ui.look.plots import columns, curves, key
from ui.pages.evaluate.evaluate_markup import (
    cell,
    drawn,
    facts,
    go,
    heading,
    interval,
    row,
    share,
    table,
    told,
)
from ui.pages.evaluate.evaluate_query import Query, Show
from ui.words.catalogue import say

FIRST = (
    "right",
    "complete",
    "note cited",
    "citations exact",
    "abstention precision",
    "abstention recall",
    "safeguarding case",
    "latency median (ms)",
)
"""Measures that stand first, where a run has them."""

KINDS = "kinds"
"""Group of the measures of one kind of item."""

GROUPS = {
    "told": ("complete", "recall", "precision", "gold first", "focus", "strings", "value"),
    "notes": ("note cited", "note first", "note in first 3", "note focus"),
    "kept": ("citations exact", "citation", "faithful", "scorer", "tiers", "counts"),
    "refused": ("status", "abstention", "AURC", "safeguarding", "personal", "verdict"),
    "found": ("recall@", "nDCG", "MRR", "follow-up"),
    "time": ("latency",),
}
"""Beginnings of the names of measures, by the group that they stand in; the longest one counts."""

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of coverage for which the risk is told in figures."""

_FACET = re.compile(r"^(recall|precision) ([a-z]+)")


def tabs(query: Query, entry: Entry) -> str:
    """Return the heading of a run with the ways to its views."""
    views: tuple[Show, ...] = ("figures", "families", "cases", "plots", "compare")
    own = Query(run=query.run, against=query.against)
    links = "".join(f"<li>{_tab(own, view, current=query.show == view)}</li>" for view in views)
    config = entry.config
    aside = facts(
        {
            say("evaluate.suite"): config.suite,
            say("evaluate.split"): config.split or say("evaluate.every_split"),
            say("evaluate.family"): config.family or "",
            say("evaluate.cases"): f"{entry.answered:,} / {config.count:,}",
            say("evaluate.day"): config.started[:16].replace("T", " "),
            say("evaluate.edition"): config.edition[:12],
            say("evaluate.settings"): config.settings_digest[:12],
            say("evaluate.answered_by"): config.command or "Signpost",
        }
    )
    return (
        f"{heading(say('evaluate.run_named', run=entry.name))}{aside}"
        f'<nav class="sp-evaluate-tabs" aria-label="{say("evaluate.views")}"><ul>{links}</ul></nav>'
    )


def _tab(query: Query, view: Show, *, current: bool) -> str:
    name = say(f"evaluate.view_{view}")
    return go(query.model_copy(update={"show": view}), name, current=current)


def unscored_as_html(entry: Entry, *, going: bool, can_go_on: bool) -> str:
    """Return a run that has no scores: what can be done with it."""
    config = entry.config
    sentence = say("evaluate.not_scored", done=f"{entry.answered:,}", total=f"{config.count:,}")
    wait = say("evaluate.one_at_a_time") if going else ""
    if not (going or can_go_on) and entry.written_lately and not entry.whole:
        wait = say("evaluate.written_lately")
    forms = ""
    if not going:
        if not entry.whole and can_go_on:
            forms += _act("resume", entry.name, say("evaluate.go_on"))
        if entry.answered:
            forms += _act("score", entry.name, say("evaluate.score"))
    hint = f"<p>{escape(wait)}</p>" if wait else ""
    return (
        f"{heading(say('evaluate.run_named', run=entry.name))}"
        f'{told(sentence)}{hint}<div class="sp-evaluate-acts">{forms}</div>'
    )


def figures_as_html(summary: Summary, entry: Entry, *, going: bool, can_go_on: bool) -> str:
    """Return the measures of a run: the first ones large, then all by group."""
    partly = ""
    if not entry.whole:
        done, total = f"{entry.answered:,}", f"{entry.config.count:,}"
        act = ""
        if can_go_on and not going:
            act = _act("resume", entry.name, say("evaluate.go_on"))
        partly = told(say("evaluate.partly", done=done, total=total)) + act
    found = summary.metrics
    first = "".join(_large(name, found[name]) for name in FIRST if _has(found, name))
    groups = "".join(_group(name, found) for name in (*GROUPS, KINDS))
    confusion = _confusion(summary)
    return (
        f'{partly}<ul class="sp-evaluate-first">{first}</ul>'
        f'<p class="sp-evaluate-aside">{escape(say("evaluate.how_to_read"))}</p>{groups}{confusion}'
    )


def families_as_html(summary: Summary, query: Query) -> str:
    """Return what is right by family, drawn with its interval, with the way to its cases."""
    names = ("right", "complete", "status")
    head = (
        say("evaluate.family"),
        say("evaluate.right_drawn"),
        *(say(f"evaluate.{name}") for name in names),
        say("evaluate.n"),
    )
    rows = (_family(name, one, query) for name, one in sorted(summary.families.items()))
    return (
        f'<p class="sp-evaluate-aside">{escape(say("evaluate.families_about"))}</p>'
        f"{table(say('evaluate.view_families'), head, rows, 'sp-evaluate-scores')}"
    )


def plots_as_html(summary: Summary, scores: Sequence[Score]) -> str:
    """Return risk over coverage, times, and families, each with its numbers as a table."""
    every = ((name, one["right"]) for name, one in summary.families.items())
    # What does worst stands first.
    right = dict(sorted(every, key=lambda pair: pair[1].value or 0.0))
    rows = (
        row(
            escape(name),
            (
                drawn(one),
                cell(share(one.value)),
                cell(interval(one)),
                cell(one.n, name=say("evaluate.n")),
            ),
        )
        for name, one in right.items()
    )
    head = (
        say("evaluate.family"),
        say("evaluate.right_drawn"),
        say("evaluate.right"),
        say("evaluate.interval"),
        say("evaluate.n"),
    )
    return (
        f'<div class="sp-evaluate-plots">{_risk(summary)}{_times(scores)}</div>'
        f"<section><h3>{say('evaluate.view_families')}</h3>"
        f"{table(say('evaluate.view_families'), head, rows, 'sp-evaluate-scores')}</section>"
    )


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


def _has(found: Mapping[str, Estimate], name: str) -> bool:
    return name in found and found[name].value is not None


def _act(what: str, run: str, text: str) -> str:
    return (
        f'<form data-post="/api/evaluate/runs"><input type="hidden" name="{what}"'
        f' value="{escape(run)}"><button>{escape(text)}</button></form>'
    )


def _value(name: str, one: Estimate) -> str:
    return f"{one.value:.0f} ms" if name.endswith("(ms)") else share(one.value)


def _large(name: str, one: Estimate) -> str:
    reach = f"{interval(one)}; n {one.n:,}" if one.low is not None else f"n {one.n:,}"
    return (
        f"<li><span>{escape(name.replace(' (ms)', ''))}</span><strong>{_value(name, one)}</strong>"
        f'<span class="sp-evaluate-small">{escape(reach)}</span></li>'
    )


def _group_of(name: str) -> str:
    if _FACET.match(name):
        return KINDS
    fits = [
        (len(begin), group)
        for group, begins in GROUPS.items()
        for begin in begins
        if name.startswith(begin)
    ]
    return max(fits)[1] if fits else "told"


def _group(group: str, found: Mapping[str, Estimate]) -> str:
    own = {
        name: one
        for name, one in found.items()
        if name != "right" and one.value is not None and _group_of(name) == group
    }
    if not own:
        return ""
    head = (
        say("evaluate.measure"),
        say("evaluate.drawn"),
        say("evaluate.value"),
        say("evaluate.interval"),
        say("evaluate.n"),
        say("evaluate.unscored"),
    )
    rows = (
        row(
            f'{escape(name)}<span class="sp-evaluate-about">{escape(about(name))}</span>',
            (
                "<td></td>" if name.endswith("(ms)") else drawn(one),
                cell(_value(name, one)),
                cell(interval(one)),
                cell(f"{one.n:,}", name=say("evaluate.n")),
                cell(f"{one.unscored:,}"),
            ),
        )
        for name, one in own.items()
    )
    name = say(f"evaluate.group_{group}")
    opened = " open" if group in ("told", "refused") else ""
    count = say("evaluate.measures", n=len(own))
    return (
        f'<details class="sp-evaluate-group"{opened}><summary>{escape(name)} '
        f'<span class="sp-evaluate-small">{count}</span></summary>'
        f"{table(name, head, rows, 'sp-evaluate-scores')}</details>"
    )


def _family(name: str, one: Mapping[str, Estimate], query: Query) -> str:
    wanted = query.model_copy(update={"show": "cases", "family": name, "page": 1, "verdict": ""})
    right = one["right"]
    reach = f'<span class="sp-evaluate-small">{interval(right)}</span>'
    return row(
        go(wanted, name, more=say("evaluate.its_cases")),
        (
            drawn(right),
            f"<td>{share(right.value)} {reach}</td>",
            *(
                cell(share(one[measure].value), name=say(f"evaluate.{measure}"))
                for measure in ("complete", "status")
            ),
            cell(right.n, name=say("evaluate.n")),
        ),
    )


def _risk(summary: Summary) -> str:
    lines = {name: points for name, points in summary.curves.items() if points}
    if not lines:
        return f"<section><h3>{say('evaluate.risk')}</h3>{told(say('evaluate.no_risk'))}</section>"
    names = {name: say(f"evaluate.risk_{at}") for at, name in enumerate(lines)}
    plot = curves(
        dict(lines),
        label=say("evaluate.risk_plot"),
        across=say("evaluate.coverage"),
        up=say("evaluate.risk_axis"),
    )
    rows = (
        row(escape(names[name]), (cell(_risk_at(points, one)) for one in SHARES))
        for name, points in lines.items()
    )
    head = (say("evaluate.risked"), *(f"{one:.0%}" for one in SHARES))
    return (
        f"<section><h3>{say('evaluate.risk')}</h3><p>{escape(say('evaluate.risk_about'))}</p>"
        f"{plot}{key(list(names.values()))}{table(say('evaluate.risk'), head, rows)}</section>"
    )


def _risk_at(points: Sequence[tuple[float, float]], wanted: float) -> str:
    reached = [risk for coverage, risk in points if coverage <= wanted + 1e-9]
    return f"{reached[-1]:.3f}" if reached else ""


def _times(scores: Sequence[Score]) -> str:
    counted = bands([one.seconds for one in scores])
    plot = columns(
        [count for _, count in counted],
        [name if name != "more" else say("evaluate.more") for name, _ in counted],
        label=say("evaluate.times_plot"),
        across=say("evaluate.milliseconds"),
        up=say("evaluate.cases"),
    )
    lines = [
        say("evaluate.up_to", most=name) if name != "more" else say("evaluate.over")
        for name, _ in counted
    ]
    rows = (row(escape(line), [cell(n)]) for line, (_, n) in zip(lines, counted, strict=True))
    head = (say("evaluate.took"), say("evaluate.cases"))
    return (
        f"<section><h3>{say('evaluate.times')}</h3>{plot}"
        f"{table(say('evaluate.times'), head, rows)}</section>"
    )


def _confusion(summary: Summary) -> str:
    if not summary.confusion:
        return ""
    names = {one.id: one.name for one in read_signposting(shipped_signposting()).cases}
    head = (
        say("evaluate.by_gold"),
        say("evaluate.n"),
        say("evaluate.as_gold"),
        say("evaluate.else"),
    )
    rows = (_replied(letter, given, names) for letter, given in summary.confusion.items())
    title = say("evaluate.safeguarding")
    return (
        f'<details class="sp-evaluate-group"><summary>{escape(title)}</summary>'
        f"{table(title, head, rows)}</details>"
    )


def _replied(letter: str, given: Mapping[str, int], names: Mapping[str, str]) -> str:
    others = ", ".join(_others(letter, given))
    cells = (cell(sum(given.values())), cell(given.get(letter, 0)), cell(others))
    return row(escape(f"{letter} {names.get(letter, '')}"), cells)


def _others(letter: str, given: Mapping[str, int]) -> Iterator[str]:
    for other, count in given.items():
        if other != letter:
            yield f"{other} {count}"
