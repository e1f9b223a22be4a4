"""What a language model said of a run, in a report: its agreement with others, and its leanings."""

from __future__ import annotations

from collections.abc import Iterator

from evals.judging.judge_summary import JudgeSummary
from evals.judging.judge_text import (
    HEAD,
    LEANING,
    YES,
    figure,
    interval_of,
    opening,
    pairing_name,
    undefined,
)
from ui.exports.reports.report_tables import cell, row, table
from ui.look.markup import escape


def judged_as_html(found: JudgeSummary | None) -> str:
    """Return the block, empty where no model was asked."""
    if found is None:
        return ""
    pairs = (row(name, map(cell, figures)) for name, *figures in pairings(found))
    yes = (row(name, map(cell, figures)) for name, *figures in leanings(found))
    return (
        f"<p>{escape(opening(found))}</p>{table('Agreement with the judge', HEAD, pairs)}"
        f"{table('How often the judge says yes', LEANING, yes)}"
    )


def pairings(found: JudgeSummary) -> Iterator[tuple[str, ...]]:
    """Give the rows on agreement, as text."""
    for one in found.pairings:
        value = undefined(one) or figure(one.kappa.value)
        same = figure(one.kappa.agree)
        yield pairing_name(one), value, interval_of(one.kappa), same, str(one.kappa.n)


def leanings(found: JudgeSummary) -> Iterator[tuple[str, ...]]:
    """Give the rows on the share of yes, as text."""
    for name, one in found.yes.items():
        yield YES[name], figure(one.value), interval_of(one), str(one.n), str(one.unscored)
