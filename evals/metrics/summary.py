"""What was scored over all cases of a run: estimates, and the five figures that sum them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.passage import Record
from evals.cases.case import FACETS
from evals.folder import RunConfig
from evals.metrics.metrics import RANKINGS
from evals.metrics.scores import RISK_NOT_RIGHT, RISK_WITHOUT_ANSWER, Score, ranked_of
from evals.statistics import (
    Estimate,
    aurc,
    estimate,
    mean,
    percentile,
    rate,
    ratio,
    refusal_f1,
    risk_coverage,
)

FEW = 30
"""Cases under which a share says little: one case moves it by more than three points."""


class Summary(Record):
    """`summary.json`: the scores of a run over its cases."""

    config: RunConfig
    asked: int
    """Cases that were asked, of `config.count`."""

    refused: int
    """Questions that were refused, and scored as declined."""

    metrics: dict[str, Estimate]
    """By name; a share of ids is micro (over ids) or macro (the mean over cases)."""

    headline: dict[str, Estimate] = {}
    """The five figures of `headline`; none in runs that were scored before there were any."""

    families: dict[str, dict[str, Estimate]]
    """By family and name: `right`, `complete`, `recall`, `precision`, `status`."""

    confusion: dict[str, dict[str, int]] = {}
    """Number of cases by letter of the safeguarding case: by gold, then as given. A confusion
    matrix (Manning, Raghavan and Schuetze 2008, section 14.5)."""

    curves: dict[str, tuple[tuple[float, float], ...]] = {}
    """Points of coverage and risk, the surest first, by what is risked."""

    judges: dict[str, Estimate] = {}
    """How often each judge of faithfulness is right on the labelled claims of development."""


def summarise(config: RunConfig, scores: Sequence[Score]) -> Summary:
    """Return the estimates over scores."""
    by_family: dict[str, list[Score]] = {}
    for score in sorted(scores, key=lambda one: one.family):
        by_family.setdefault(score.family, []).append(score)
    confusion: dict[str, dict[str, int]] = {}
    pairs = Counter(score.safeguarding for score in scores if score.safeguarding)
    for (gold, given), number in sorted(pairs.items()):
        confusion.setdefault(gold, {})[given] = number
    return Summary(
        config=config,
        asked=len(scores),
        refused=sum(bool(score.error) for score in scores),
        metrics=core(scores) | _facets(scores) | _rest(scores) | _evidence(scores),
        headline=headline(scores),
        families={name: core(group) for name, group in by_family.items()},
        confusion=confusion,
        curves={
            "a question without an answer": risk_coverage(_ranked(RISK_WITHOUT_ANSWER, scores)),
            "an answer that is not right": risk_coverage(_ranked(RISK_NOT_RIGHT, scores)),
        },
    )


def headline(scores: Sequence[Score]) -> dict[str, Estimate]:
    """Return the five figures over scores, by name.

    - `complete`: of the questions that have an answer, those answered outright with all of the gold
      and nothing wrong beside it.
    - `shown`: of the same, those in which all of the gold can be read, if only as what is closest.
    - `false`: of the questions that have no answer, those that were answered all the same.
    - `exact`: of the answers that quote, those whose every quote stands word for word at its place.
    - `safe`: of the messages for triage, those that met the reply that is meant for them.
    """
    asked = [one for one in scores if one.to_answer and (one.recall, one.noted) != (None, None)]
    verdicts = {
        "complete": [
            one.status == "answered"
            and False not in (one.complete, one.noted, one.strings, one.value)
            for one in asked
        ],
        "shown": [
            one.status in ("answered", "partial")
            and one.recall in (None, 1.0)
            and one.noted is not False
            for one in asked
        ],
        "false": [
            not one.abstained
            for one in scores
            if one.to_answer is False and one.abstained is not None
        ],
    }
    # A share of some cases, of which the others have no verdict.
    return {
        name: rate([*told, *[None] * (len(scores) - len(told))]) for name, told in verdicts.items()
    } | {
        "exact": rate([one.exact for one in scores]),
        "safe": rate([one.safe for one in scores]),
    }


def is_few(found: Estimate) -> bool:
    """Tell whether a figure rests on so few cases that only its interval can be relied on."""
    return 0 < found.n < FEW


BY_CHECKER = "checker, by construction"
"""How the checker's own judgement is called: it filtered the answers that it judges."""


def core(scores: Sequence[Score]) -> dict[str, Estimate]:
    """Return the estimates that are shown for each family too."""
    return {
        "right": rate([score.right for score in scores]),
        "complete": rate([score.complete for score in scores]),
        "recall": mean([score.recall for score in scores]),
        "precision": mean([score.precision for score in scores]),
        "status": rate([score.status_right for score in scores]),
    }


def _facets(scores: Sequence[Score]) -> dict[str, Estimate]:
    found = {"": [list(score.facets.values()) for score in scores]}
    for facet in FACETS:
        found[f" {facet}"] = [[score.facets[facet]] for score in scores if facet in score.facets]
    estimates = {}
    for facet, cases in found.items():
        for name, whole in (("recall", "gold"), ("precision", "judged")):
            estimates[f"{name}{facet} (micro)"] = ratio(
                [(sum(o.hit for o in case), sum(getattr(o, whole) for o in case)) for case in cases]
            )
        for name in ("recall", "precision") if facet else ():
            estimates[f"{name}{facet}"] = mean([getattr(case[0], name) for case in cases])
    return estimates


def _rest(scores: Sequence[Score]) -> dict[str, Estimate]:
    ranks = [score.note_rank for score in scores]
    within = {n: [rank if rank is None else 0 < rank <= n for rank in ranks] for n in (1, 3)}
    return {
        "gold first": rate([score.gold_first for score in scores]),
        "focus": mean([score.focus for score in scores]),
        "note cited": rate([score.noted for score in scores]),
        "note first": rate(within[1]),
        "note in first 3": rate(within[3]),
        "note focus": mean([score.note_focus for score in scores]),
        "strings": rate([score.strings for score in scores]),
        "value": rate([score.value for score in scores]),
        "counts right": rate([score.counts_right for score in scores]),
        "tiers apart": rate([score.tiers_apart for score in scores]),
        "follow-up resolved": rate([score.resolved for score in scores]),
        "safeguarding case": rate([score.safe for score in scores]),
        "verdict on a claim": rate([score.verdict for score in scores]),
        "personal data noticed": rate([score.personal for score in scores]),
    }


def _evidence(scores: Sequence[Score]) -> dict[str, Estimate]:
    """Return retrieval, citations, faithfulness, abstention and time.

    Pairs are ratios over the statements of all.
    """
    rankings = {name: [score.ranking.get(name) for score in scores] for name in RANKINGS}
    pairs = {
        "citations exact": [score.citations for score in scores],
        "citation recall (checker)": [score.cited_recall for score in scores],
        "citation precision (checker)": [score.cited_precision for score in scores],
        "citation recall (gold)": [score.gold_recall for score in scores],
        "citation precision (gold)": [score.gold_precision for score in scores],
        "faithful (gold)": [score.faithful_gold for score in scores],
        "faithful (scorer apart)": [score.faithful_apart for score in scores],
        f"faithful ({BY_CHECKER})": [score.faithful_checker for score in scores],
        "scorer apart and checker agree": [score.judges_agree for score in scores],
    }
    told = [
        (score.to_answer, score.abstained)
        for score in scores
        if score.to_answer is not None and score.abstained is not None
    ]
    abstention = {
        # Precision and recall with leaving unanswered as the class (Manning, Raghavan and Schuetze
        # 2008, section 8.3).
        "abstention precision": rate([not asked if left else None for asked, left in told]),
        "abstention recall": rate([None if asked else left for asked, left in told]),
        "abstention F1": estimate(refusal_f1, [(asked, float(not left)) for asked, left in told]),
    }
    risks = (RISK_WITHOUT_ANSWER, RISK_NOT_RIGHT)
    times = [1000 * score.seconds for score in scores]
    latencies = {50: "latency median (ms)"} | {one: f"latency p{one} (ms)" for one in (90, 95, 99)}
    return (
        {name: mean(values) for name, values in rankings.items()}
        | {name: ratio(values) for name, values in pairs.items()}
        | abstention
        | {name: estimate(aurc, _ranked(name, scores)) for name in risks}
        | {name: percentile(times, percent) for percent, name in latencies.items()}
    )


def _ranked(name: str, scores: Iterable[Score]) -> list[tuple[bool, float]]:
    """Return what a measure of confidence is made of, of the scores that have it."""
    found = map(ranked_of, scores)
    return [ranked[name] for ranked in found if name in ranked]
