"""A report on a run as one HTML page that asks nobody for anything, and prints."""

from __future__ import annotations

from markupsafe import Markup

from evals.comparing.report import Report
from evals.metrics.measures import LESS_IS_BETTER
from ui.exports.reports.report_cases import Told
from ui.exports.reports.report_figures import (
    SHARES,
    bands,
    figure,
    first_figures,
    groups_of,
    lines_of,
    replies_of,
)
from ui.look.templates import render
from ui.look.theme import asset, stylesheet

SECTIONS = {
    "scores": "Scores",
    "families": "Right, by family",
    "comparison": "Comparison",
    "risk": "Risk and coverage",
    "safeguarding": "Safeguarding",
    "judges": "How often each judge of faithfulness is right on labelled claims",
    "latency": "Time",
    "coverage": "What is asked of the page",
    "cases": "Cases",
}
"""What stands in a report, by anchor."""


def report_as_html(report: Report) -> str:
    """Return the whole page: styles, figures, tables, cases and the script that filters them."""
    summary, lines, replies = report.summary, lines_of(report.summary), replies_of(report.summary)
    missing = {
        name
        for name, held in (
            ("comparison", report.comparison),
            ("risk", lines),
            ("safeguarding", replies),
            ("judges", summary.judges),
        )
        if not held
    }
    return render(
        "report",
        title=f"Evaluation report: {summary.config.suite}",
        # Both ship with the package.
        style=Markup(stylesheet("plain")),
        script=Markup(asset("narrow.js") + asset("report.js")),
        report=report,
        sections={name: text for name, text in SECTIONS.items() if name not in missing},
        facts=_facts(report),
        first=first_figures(summary, [one.score for one in report.told]),
        groups=groups_of(summary),
        families=[figure(name, one["right"]) for name, one in summary.families.items()],
        lines=lines,
        shares=SHARES,
        replies=replies,
        judges=[figure(name, one) for name, one in summary.judges.items()],
        bands=bands(report.seconds),
        covered=report.covered,
        cases=[Told.of(one.case, one.row, one.score, report.passages) for one in report.told],
        less=LESS_IS_BETTER,
    )


def _facts(report: Report) -> dict[str, str]:
    config, summary = report.summary.config, report.summary
    return {
        "Run": report.name,
        "Cases": f"{summary.asked} of {config.count} asked, {summary.refused} refused",
        "Split": config.split or "all",
        "Edition": config.edition[:12],
        "Settings": config.settings_digest[:12],
        "Risk accepted": str(config.settings.get("risk", "")),
        "Begun": config.started,
        "Answered by": config.command or "Signpost",
    }
