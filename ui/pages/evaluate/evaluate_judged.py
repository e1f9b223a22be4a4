"""What a language model said of a run, beside its figures: agreement with others, and leanings."""

from __future__ import annotations

from evals.estimate import Estimate
from evals.judging.judge_summary import JudgeSummary, Leaning, Pairing
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import cell, drawn, interval, row, share, table
from ui.words.catalogue import say


def judged_as_html(found: JudgeSummary | None) -> str:
    """Return the block, closed at first; empty where no model was asked."""
    if found is None:
        return ""
    title = say("evaluate.judged")
    about = say(
        "evaluate.judged_about",
        model=found.terms.model,
        split=found.terms.split,
        asked=f"{found.asked:,}",
        unsaid=f"{found.unsaid:,}",
    )
    return (
        f'<details class="sp-evaluate-group"><summary>{escape(title)}</summary>'
        f'<p class="sp-evaluate-aside">{escape(about)}</p>{_agreement(found)}'
        f'<p class="sp-evaluate-aside">{escape(say("evaluate.judged_kappa_about"))}</p>'
        f"{_leanings(found)}</details>"
    )


def _agreement(found: JudgeSummary) -> str:
    head = (
        say("evaluate.judged_agreement"),
        say("evaluate.judged_kappa"),
        say("evaluate.interval"),
        say("evaluate.judged_same"),
        say("evaluate.n"),
    )
    rows = (_pairing(one) for one in found.pairings)
    return table(say("evaluate.judged_agreement"), head, rows)


def _pairing(one: Pairing) -> str:
    name = say(
        "evaluate.judged_pair",
        over=say(f"evaluate.judged_over_{one.over}"),
        first=say(f"evaluate.judged_rater_{one.first}"),
        second=say(f"evaluate.judged_rater_{one.second}"),
    )
    value = "; ".join(say(f"evaluate.judged_undefined_{who}") for who in one.constant)
    cells = (
        cell(value or share(one.kappa.value)),
        cell(interval(one.kappa)),
        cell(share(one.kappa.agree)),
        cell(f"{one.kappa.n:,}", name=say("evaluate.n")),
    )
    return row(escape(name), cells)


def _leanings(found: JudgeSummary) -> str:
    head = (
        say("evaluate.judged_yes"),
        say("evaluate.drawn"),
        say("evaluate.value"),
        say("evaluate.interval"),
        say("evaluate.n"),
        say("evaluate.judged_neither"),
    )
    rows = (_leaning(name, one) for name, one in found.yes.items())
    return table(say("evaluate.judged_yes"), head, rows, "sp-evaluate-scores")


def _leaning(name: Leaning, one: Estimate) -> str:
    cells = (
        drawn(one),
        cell(share(one.value)),
        cell(interval(one)),
        cell(f"{one.n:,}", name=say("evaluate.n")),
        cell(f"{one.unscored:,}"),
    )
    return row(escape(say(f"evaluate.judged_yes_{name}")), cells)
