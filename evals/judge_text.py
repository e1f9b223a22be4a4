"""What a language model said of a run, as text for a terminal, and what its figures are called."""

from __future__ import annotations

from evals.estimate import Estimate
from evals.judge_summary import JudgeSummary, Leaning, Over, Pairing, Rater
from evals.kappa import Kappa

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

RATER: dict[Rater, str] = {"judge": "judge", "checker": "checker", "gold": "gold"}
"""What each is called."""

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


def table(found: JudgeSummary) -> str:
    """Return a summary as text: agreement first, then how often the model says yes."""
    head = f"{'agreement':<50}{'kappa':>9}{'95 % interval':>18}{'same':>8}{'n':>6}"
    lean = f"{'the judge says yes':<50}{'share':>9}{'95 % interval':>18}{'':>8}{'n':>6}"
    parts = [
        opening(found),
        "",
        head,
        "-" * len(head),
        *(_pairing(one) for one in found.pairings),
        "",
        lean,
        "-" * len(lean),
        *(_share(YES[name], one) for name, one in found.yes.items()),
    ]
    return "\n".join(parts)


def opening(found: JudgeSummary) -> str:
    """Return a sentence or two on who judged what."""
    terms = found.terms
    return (
        f"Language model as judge: {terms.model}, split {terms.split}, seed {terms.seed}; asked of "
        f"{found.asked}, neither yes nor no on {found.unsaid}; {found.seconds:.1f} s each. {NOTE}"
    )


def pairing_name(one: Pairing) -> str:
    """Return what a pairing is called."""
    return f"{OVER[one.over]}: {RATER[one.first]} and {RATER[one.second]}"


def undefined(one: Pairing) -> str:
    """Return why there is no kappa; empty where there is one."""
    if one.kappa.value is not None:
        return ""
    raters = (one.first, one.second)
    who = " and ".join(
        RATER[rater] for rater, held in zip(raters, one.kappa.constant, strict=True) if held
    )
    return f"undefined, since the same of all is said by: {who}"


def kappa_interval(one: Kappa) -> str:
    """Return an interval in figures; empty where there is none."""
    return "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"


def _pairing(one: Pairing) -> str:
    kappa = one.kappa
    value = "none" if kappa.value is None else f"{kappa.value:.3f}"
    interval, same = kappa_interval(kappa), kappa.agree or 0.0
    row = f"{pairing_name(one):<50}{value:>9}{interval:>18}{same:>8.3f}{kappa.n:>6}"
    why = undefined(one)
    return f"{row}\n  {why}" if why else row


def _share(name: str, one: Estimate) -> str:
    interval = "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"
    return f"{name:<50}{one.value:>9.3f}{interval:>18}{'':>8}{one.n:>6}"
