"""A report on a run as one HTML page that asks nobody for anything, and prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.checks.signposting import read_signposting, shipped_signposting
from evals.comparing.report import Report
from ui.exports.reports.report_cases import cases_as_html
from ui.exports.reports.report_tables import (
    cell,
    compared,
    confusion,
    coverage,
    estimates,
    interval,
    is_share,
    row,
    table,
)
from ui.look.markup import escape
from ui.look.plots import columns, curves, key
from ui.look.theme import asset, colours

BANDS = (25, 50, 75, 100, 150, 200, 300, 500, 1000)
"""Upper ends, in milliseconds, of the columns that times are counted in; one more for the rest."""


def report_as_html(report: Report) -> str:
    """Return the whole page: styles, figures, tables, cases and the script that filters them."""
    light, dark = colours()
    title = f"Evaluation report: {report.summary.config.suite}"
    style = (
        f":root {{ {light}}} @media screen and (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}"
    )
    parts = [part for part in _parts(report) if part[2]]
    links = "".join(f'<li><a href="#{anchor}">{escape(name)}</a></li>' for anchor, name, _ in parts)
    body = "".join(
        f'<section id="{anchor}"><h2>{escape(name)}</h2>{inside}</section>'
        for anchor, name, inside in parts
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
        f"<style>{style}\n{asset('report.css')}</style></head><body><header><h1>{escape(title)}"
        f'</h1>{_config(report)}<nav aria-label="Sections"><ul>{links}</ul></nav></header>'
        f"<main>{body}</main><script>{asset('report.js')}</script></body></html>\n"
    )


def bands(seconds: Sequence[float]) -> list[tuple[str, int]]:
    """Count times in bands: the name of each, up to so many milliseconds, and how many.

    >>> bands([0.02, 0.06, 3.0])[0], bands([0.02, 0.06, 3.0])[-1]
    (('25', 1), ('more', 1))
    """
    times = [1000 * one for one in seconds]
    lower = (0, *BANDS[:-1])
    counted = [
        (str(high), sum(low < one <= high for one in times))
        for low, high in zip(lower, BANDS, strict=True)
    ]
    return [*counted, ("more", sum(one > BANDS[-1] for one in times))]


def _parts(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield each section: its anchor, its name, and what it holds."""
    summary = report.summary
    yield "scores", "Scores", estimates("All cases", summary.metrics)
    right = {name: one["right"] for name, one in summary.families.items()}
    yield "families", "Families", estimates("Right, by family", right)
    yield "comparison", "Comparison", compared(report.comparison) if report.comparison else ""
    yield "risk", "Risk and coverage", _risk(report)
    yield "safeguarding", "Safeguarding", _safeguarding(report)
    yield "judges", "Judges of faithfulness", _judges(report)
    yield "latency", "Latency", _latency(report)
    yield "coverage", "What is asked of the page", _coverage(report)
    yield "cases", "Cases", _cases(report)


def _config(report: Report) -> str:
    summary = report.summary
    config = summary.config
    facts = {
        "Run": report.name,
        "Cases": f"{summary.asked} of {config.count} asked, {summary.refused} refused",
        "Split": config.split or "all",
        "Edition": config.edition[:12],
        "Settings": config.settings_digest[:12],
        "Risk accepted": str(config.settings.get("risk", "")),
        "Begun": config.started,
        "Answered by": config.command or "Signpost",
    }
    rows = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items()
    )
    return f'<dl class="rp-facts">{rows}</dl>'


def _risk(report: Report) -> str:
    lines = report.summary.curves
    if not lines:
        return ""
    shares = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    rows = (
        row(name, (cell(_risk_at(points, share)) for share in shares))
        for name, points in lines.items()
    )
    head = ("What is risked", *(f"{share:.0%}" for share in shares))
    told = "Questions are answered in the order of confidence, the surest first: how often that is "
    return (
        f"<p>{told}wrong, by the share that is answered.</p>"
        f"{curves(dict(lines), label='Risk over coverage; the table has the numbers.')}"
        f"{key(list(lines))}{table('Risk at a coverage of', head, rows)}"
    )


def _risk_at(points: Sequence[tuple[float, float]], share: float) -> str:
    reached = [risk for coverage, risk in points if coverage <= share + 1e-9]
    return f"{reached[-1]:.3f}" if reached else ""


def _safeguarding(report: Report) -> str:
    if not report.summary.confusion:
        return ""
    cases = read_signposting(shipped_signposting()).cases
    return confusion(report.summary.confusion, {case.id: case.name for case in cases})


def _judges(report: Report) -> str:
    if not report.summary.judges:
        return ""
    return estimates("How often each is right on labelled claims", report.summary.judges)


def _latency(report: Report) -> str:
    counted = bands(report.seconds)
    drawn = columns(
        [count for _, count in counted],
        [name for name, _ in counted],
        label="Questions by the time that they took; the table has the numbers.",
        across="Milliseconds, up to",
    )
    rows = [row(f"up to {name} ms", [cell(count)]) for name, count in counted[:-1]]
    rows.append(row(f"more than {BANDS[-1]} ms", [cell(counted[-1][1])]))
    times = {name: one for name, one in report.summary.metrics.items() if not is_share(name)}
    shown = (
        row(
            name,
            (
                cell("" if one.value is None else f"{one.value:.0f}"),
                cell(interval(one)),
                cell(one.n),
            ),
        )
        for name, one in times.items()
    )
    figures = table("Latency", ("Metric", "Value", "95 % interval", "n"), shown)
    return f"{drawn}{figures}{table('Questions by time', ('Time', 'Questions'), rows)}"


def _coverage(report: Report) -> str:
    kinds = dict.fromkeys(one.kind for one in report.covered)
    maps = []
    for place, kind in enumerate(kinds):
        own = [one for one in report.covered if one.kind == kind]
        unasked = sum(not one.asked for one in own)
        uncited = sum(not one.citing for one in own)
        told = f"{len(own)} {kind}; {unasked} that no case asks for, {uncited} that no answer cites"
        opened = " open" if place == 0 else ""
        maps.append(
            f"<details{opened}><summary>{escape(told)}</summary>{coverage(kind, own)}</details>"
        )
    return "".join(maps)


def _cases(report: Report) -> str:
    families = sorted({one.score.family for one in report.told})
    options = "".join(f"<option>{escape(name)}</option>" for name in families)
    unseen = (
        f"<p>{report.held_out} cases of the test and calibration splits are counted above and not "
        "shown, so that nobody tunes by them.</p>"
        if report.held_out
        else ""
    )
    return (
        f'{unseen}<form class="rp-filter" hidden><label>Show <select id="rp-right">'
        '<option value="false">what is not right</option><option value="">all</option>'
        '<option value="true">what is right</option></select></label>'
        f'<label>Family <select id="rp-family"><option value="">all</option>{options}</select>'
        '</label><label>With the words <input id="rp-words" type="search"></label>'
        f'<output id="rp-count"></output></form><div id="rp-cases">{cases_as_html(report)}</div>'
    )
