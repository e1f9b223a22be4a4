"""A report on a run as one HTML page that asks nobody for anything, and prints."""

from __future__ import annotations

from markupsafe import Markup

from evals.comparing.report import Report
from evals.metrics.scores import LESS_IS_BETTER
from ui.exports.reports import report_figures as figures
from ui.exports.reports.report_cases import Told
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
    summary = report.summary
    lines, replies = figures.lines_of(summary), figures.replies_of(summary)
    optional = {
        "comparison": report.comparison,
        "risk": lines,
        "safeguarding": replies,
        "judges": summary.judges,
    }
    return render(
        "report",
        title=f"Evaluation report: {summary.config.suite}",
        # Both ship with the package.
        style=Markup(stylesheet("plain")),
        script=Markup(asset("narrow.js") + asset("report.js")),
        report=report,
        sections={name: text for name, text in SECTIONS.items() if optional.get(name, True)},
        facts=_facts(report),
        first=figures.first_figures(summary, [one.score for one in report.told]),
        groups=figures.groups_of(summary),
        families=[figures.figure(name, one["right"]) for name, one in summary.families.items()],
        lines=lines,
        shares=figures.SHARES,
        replies=replies,
        judges=[figures.figure(name, one) for name, one in summary.judges.items()],
        bands=figures.bands(report.seconds),
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
