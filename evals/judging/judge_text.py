"""What a language model said of a run, as text for a terminal, and what its figures are called."""

from __future__ import annotations

import textwrap

from evals.estimate import Estimate
from evals.judging.judge_summary import JudgeSummary, Leaning, Over, Pairing
from evals.judging.kappa import Kappa

NOTE = (
    "It stands beside the scores and replaces none of them; neither the scores nor the gate look "
    "at it."
)

OVER: dict[Over, str] = {
    "claims": "labelled claims",
    "statements": "statements beside their quotes",
    "answers": "answers beside their question",
    "both": "the same with exchanged answers",
}
"""What two of them are held against one another on."""

YES: dict[Leaning, str] = {
    "carried": "claims that are carried",
    "not_carried": "claims that are not",
    "statements": "statements beside their quotes",
    "right": "answers that the suite holds right",
    "not_right": "answers that it does not",
    "swapped": "answers to another question",
    "yes_first": "asked with yes named first",
    "no_first": "asked with no named first",
}
"""Of what the share of yes is told."""

HEAD = ("Agreement", "Kappa", "95 % interval", "Same", "n")
"""Columns of the agreement of two."""

LEANING = ("The judge says yes", "Share", "95 % interval", "n", "Neither")
"""Columns of the share of yes."""


def table(found: JudgeSummary) -> str:
    """Return a summary as text: agreement first, then how often the model says yes."""
    heads = (_row(*HEAD), _row(*LEANING))
    return "\n".join(
        [
            *textwrap.wrap(opening(found), 95),
            "",
            heads[0],
            "-" * len(heads[0]),
            *(_pairing(one) for one in found.pairings),
            "",
            heads[1],
            "-" * len(heads[1]),
            *(_share(YES[name], one) for name, one in found.yes.items()),
        ]
    )


def opening(found: JudgeSummary) -> str:
    """Return a sentence or two on who judged what."""
    terms = found.terms
    return (
        f"Language model as judge: {terms.model}, split {terms.split}, seed {terms.seed}; asked of "
        f"{found.asked}, neither yes nor no on {found.unsaid}; {found.seconds:.1f} s each. {NOTE}"
    )


def pairing_name(one: Pairing) -> str:
    """Return what a pairing is called."""
    return f"{OVER[one.over]}: {one.first} and {one.second}"


def undefined(one: Pairing) -> str:
    """Return why there is no kappa; empty where there is one."""
    if one.kappa.value is not None:
        return ""
    return f"undefined, since the same is said of all by: {' and '.join(one.constant)}"


def figure(value: float | None) -> str:
    """Return a number in figures; empty where there is none."""
    return "" if value is None else f"{value:.3f}"


def interval_of(one: Kappa | Estimate) -> str:
    """Return an interval in figures; empty where there is none."""
    return "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"


def _row(name: str, value: str, interval: str, *rest: str) -> str:
    return f"{name:<50}{value:>9}{interval:>18}" + "".join(f"{one:>9}" for one in rest)


def _pairing(one: Pairing) -> str:
    kappa, why = one.kappa, undefined(one)
    value = "none" if why else figure(kappa.value)
    row = _row(pairing_name(one), value, interval_of(kappa), figure(kappa.agree), str(kappa.n))
    return f"{row}\n  {why}" if why else row


def _share(name: str, one: Estimate) -> str:
    return _row(name, figure(one.value), interval_of(one), str(one.n), str(one.unscored))
