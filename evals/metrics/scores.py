"""The scores of one answer, its measures by name, and what was scored over all cases of a run."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from assistant.records import Operation, Status
from corpus.passage import Record
from evals import statistics
from evals.cases.case import FACETS, Split
from evals.folder import RunConfig
from evals.metrics.metrics import ANSWERS, RANKINGS, Pair
from evals.statistics import Estimate, mean, rate, ratio

Value = bool | float  # A verdict, or a share from 0 to 1.
Values = dict[str, Value]  # By name; what had nothing to score is not in it.
RISKS = RISK_WITHOUT_ANSWER, RISK_NOT_RIGHT = "AURC (without an answer)", "AURC (not right)"
"""Areas under risk and coverage, by what is risked: to answer what nothing answers, or wrongly."""

LESS_IS_BETTER = frozenset({"seconds", *RISKS})
"""Measures in which a fall is no loss; in all others more is better."""

Ranked = dict[str, tuple[bool, float]]
"""By name of a measure over all cases together: whether a case is good, and the confidence."""

_NOT_BETTER_OR_WORSE = {"abstained", "confidence", "judges_agree", "to_answer"}
"""Fields that look like measures, and of which neither more nor less is better."""

FEW = 30  # Cases under which a share says little: one case moves it by more than three points.


class FacetScore(Record):
    """One facet of one answer against the gold."""

    missed: tuple[str, ...]
    stray: tuple[str, ...]
    """Gold that the answer does not cite, and what it lists that is neither gold nor allowed."""

    recall: Pair
    precision: Pair
    """Set-based: gold that is listed, of the gold, and of the ids that are listed and not allowed,
    of which there may be none (Manning, Raghavan and Schuetze 2008, section 8.3)."""


class Score(Record):
    """All scores of one answer; `None` where there is nothing to score.

    Where a field has no words of its own, `metrics` has a function of its name; `strings` and
    `value` are `has_strings` and `has_value`.
    """

    id: str
    question: str
    family: str
    split: Split
    type: Operation
    tags: tuple[str, ...]
    status: Status
    status_right: bool
    facets: dict[str, FacetScore]
    """By facet, for those that the gold names."""

    recall: float | None
    precision: float | None
    complete: bool | None
    """Hits over gold, and over ids judged, facets together; and whether all of the gold is listed
    and nothing else."""

    gold_first: bool | None
    focus: float | None
    """Share of the items cited that are gold, allowed or what those stand under; unlike `precision`
    of every facet, so that it sees partners in an answer about outcomes."""

    noted: bool | None
    note_rank: int | None
    note_focus: float | None
    """Whether a note is cited that states the fact, or is as good, whichever of its sections;
    `metrics.note_rank`; and the share of the notes cited that state it, or are as good."""

    strings: bool | None
    value: bool | None
    citations: Pair | None
    """Citations that are exact, and citations in all."""

    seconds: float
    error: str = ""
    right: bool = False
    to_answer: bool | None = None
    abstained: bool | None = None
    """`metrics.is_to_be_answered` and `metrics.has_abstained`; none where either is right."""

    confidence: float | None = None
    ranking: dict[str, float] = {}
    """By measure, such as `nDCG@10`: `metrics.ranking`; empty without gold or hits."""

    cited_recall: Pair | None = None
    cited_precision: Pair | None = None
    gold_recall: Pair | None = None
    gold_precision: Pair | None = None
    """Statements that their own quotes carry by the checker, of those judged, and citations that
    are not irrelevant by it; statements that cite a passage of the gold or as good, of those
    judged, and citations of one."""

    faithful_gold: Pair | None = None
    faithful_apart: Pair | None = None
    faithful_checker: Pair | None = None
    judges_agree: Pair | None = None
    """Statements whose words stand in the passages that they cite, of those that cite passages of
    the gold or as good, and no others; statements that the scorer apart holds to be carried, of
    those judged; that the checker does; and of which both say the same."""

    resolved: bool | None = None
    """`metrics.is_resolved`; none without earlier turns or gold."""

    safeguarding: tuple[str, str] | None = None
    """Letter of the safeguarding case by gold and as given; `J` is a policy question."""

    verdict: bool | None = None
    personal: bool | None = None
    """Whether the checker's verdict on a claim is right, none for a question; and whether the kinds
    of personal data noticed are those of the gold."""

    counts_right: bool | None = None
    tiers_apart: bool | None = None

    @property
    def exact(self) -> bool | None:
        """Whether every citation is exact; none where nothing is cited."""
        return self.citations[0] == self.citations[1] if self.citations else None

    @property
    def safe(self) -> bool | None:
        """Whether the reply is that of the safeguarding case; none where a case does not say."""
        return self.safeguarding[0] == self.safeguarding[1] if self.safeguarding else None

    def is_right(self) -> bool:
        """Return whether status, facets, note, strings, value and citations are as they should be.

        So are safeguarding case, verdict and personal data. What has nothing to score does not
        count; `gold_first`, the focuses and the rest are shown beside it.
        """
        judged = (self.status_right, self.complete, self.noted, self.strings, self.value)
        return False not in (*judged, self.exact, self.safe, self.verdict, self.personal)


def values_of(score: Score) -> Values:
    """Return every measure of a score, read off its fields so that a new one comes along.

    A field is a measure if it holds a verdict, a share, a part and a whole, whose quotient is
    taken, or what should be and what is, which are compared; those of a record inside carry its
    name (`recall outcomes`). Texts and counts alone are none.
    """
    held = score.model_dump(exclude=_NOT_BETTER_OR_WORSE)
    return {"right": score.right, **dict(_measures(held))}


def ranked_of(score: Score) -> Ranked:
    """Return what the measures of confidence are made of; empty where there is no confidence.

    They have no value in a single case: they ask in which order cases stand.
    """
    good = {
        RISK_WITHOUT_ANSWER: score.to_answer,
        RISK_NOT_RIGHT: score.right if score.status in ANSWERS else None,
    }
    sure = score.confidence
    return {n: (one, sure) for n, one in good.items() if one is not None and sure is not None}


def _measures(held: Mapping[str, object], suffix: str = "") -> Iterator[tuple[str, Value]]:
    for name, value in held.items():
        label = name.replace("_", " ") + suffix
        match value:
            case bool() | float():
                yield label, value
            case (int(part), int(whole)) if whole:
                yield label, part / whole
            # Any other two texts are a list.
            case (str(wanted), str(given)) if name == "safeguarding":
                yield label, wanted == given
            case dict() if name == "facets":
                for facet, own in value.items():
                    yield from _measures(own, f" {facet}")
            case dict():
                yield from _measures(value)


class Summary(Record):
    """`summary.json`: the scores of a run over its cases."""

    config: RunConfig
    asked: int
    refused: int
    """Cases that were asked, of `config.count`, and questions that were refused, and scored as
    declined."""

    metrics: dict[str, Estimate]
    """By name; a share of ids is micro (over ids) or macro (the mean over cases)."""

    headline: dict[str, Estimate]
    """The five figures of `headline`."""

    families: dict[str, Estimate]
    """Whether the answer is right, by family."""

    confusion: dict[str, dict[str, int]] = {}
    """Number of cases by letter of the safeguarding case: by gold, then as given. A confusion
    matrix (Manning, Raghavan and Schuetze 2008, section 14.5)."""

    curves: dict[str, tuple[tuple[float, float], ...]] = {}
    """Points of coverage and risk, the surest first, by the name of the area under them."""

    judges: dict[str, Estimate] = {}
    """How often each judge of faithfulness is right on the labelled claims of development."""


def summarise(
    config: RunConfig, scores: Sequence[Score], judges: Mapping[str, Estimate]
) -> Summary:
    """Return the estimates over scores."""
    families = sorted({score.family for score in scores})
    confusion: dict[str, dict[str, int]] = {}
    pairs = Counter(score.safeguarding for score in scores if score.safeguarding)
    for (gold, given), number in sorted(pairs.items()):
        confusion.setdefault(gold, {})[given] = number
    return Summary(
        config=config,
        asked=len(scores),
        refused=sum(bool(score.error) for score in scores),
        metrics=_each(scores, CORE) | _facets(scores) | _each(scores, METRICS) | _over_all(scores),
        headline=headline(scores),
        families={
            name: rate([one.right for one in scores if one.family == name]) for name in families
        },
        confusion=confusion,
        curves={name: statistics.risk_coverage(_ranked(name, scores)) for name in RISKS},
        judges=dict(judges),
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
    verdicts = [_headline_of(one) for one in scores]
    names = ("complete", "shown", "false", "exact", "safe")
    return {name: rate([told.get(name) for told in verdicts]) for name in names}


def _headline_of(one: Score) -> dict[str, bool | None]:
    told = {"exact": one.exact, "safe": one.safe}
    if one.to_answer and (one.recall, one.noted) != (None, None):
        sound = False not in (one.complete, one.noted, one.strings, one.value)
        told["complete"] = one.status == "answered" and sound
        readable = one.recall in (None, 1.0) and one.noted is not False
        told["shown"] = one.status in ANSWERS and readable
    if one.to_answer is False:
        told["false"] = not one.abstained
    return told


def is_few(found: Estimate) -> bool:
    """Tell whether a figure rests on so few cases that only its interval can be relied on."""
    return 0 < found.n < FEW


Measure = tuple[Callable[..., Estimate], str]
"""What makes an estimate of a list with a value for each case, and the field of a case's value; or
the field with a rank, and the greatest rank that counts: `note_rank 3`."""

CORE: dict[str, Measure] = {
    "right": (rate, "right"),
    "complete": (rate, "complete"),
    "recall": (mean, "recall"),
    "precision": (mean, "precision"),
    "status": (rate, "status_right"),
}
"""Measures that stand above those of the facets."""

METRICS: dict[str, Measure] = {
    "gold first": (rate, "gold_first"),
    "focus": (mean, "focus"),
    "note cited": (rate, "noted"),
    "note first": (rate, "note_rank 1"),
    "note in first 3": (rate, "note_rank 3"),
    "note focus": (mean, "note_focus"),
    "strings": (rate, "strings"),
    "value": (rate, "value"),
    "counts right": (rate, "counts_right"),
    "tiers apart": (rate, "tiers_apart"),
    "follow-up resolved": (rate, "resolved"),
    "safeguarding case": (rate, "safe"),
    "verdict on a claim": (rate, "verdict"),
    "personal data noticed": (rate, "personal"),
    **{name: (mean, name) for name in RANKINGS},
    "citations exact": (ratio, "citations"),
    "citation recall (checker)": (ratio, "cited_recall"),
    "citation precision (checker)": (ratio, "cited_precision"),
    "citation recall (gold)": (ratio, "gold_recall"),
    "citation precision (gold)": (ratio, "gold_precision"),
    "faithful (gold)": (ratio, "faithful_gold"),
    "faithful (scorer apart)": (ratio, "faithful_apart"),
    # The checker filtered the answers that it judges.
    "faithful (checker, by construction)": (ratio, "faithful_checker"),
    "scorer apart and checker agree": (ratio, "judges_agree"),
}
"""All further measures of single cases; pairs are ratios over all."""


def _each(scores: Sequence[Score], measures: Mapping[str, Measure]) -> dict[str, Estimate]:
    return {name: over([_value(s, of) for s in scores]) for name, (over, of) in measures.items()}


def _value(score: Score, of: str) -> object:
    if of in RANKINGS:
        return score.ranking.get(of)
    field, _, depth = of.partition(" ")
    value = getattr(score, field)
    return 0 < value <= int(depth) if depth and value is not None else value


def pooled(pairs: Iterable[Pair]) -> Pair:
    """Return the sum of the parts, and that of the wholes."""
    parts, wholes = zip((0, 0), *pairs, strict=True)
    return sum(parts), sum(wholes)


def _facets(scores: Sequence[Score]) -> dict[str, Estimate]:
    found = {"": [list(score.facets.values()) for score in scores]}
    for facet in FACETS:
        found[f" {facet}"] = [[score.facets[facet]] for score in scores if facet in score.facets]
    estimates: dict[str, Estimate] = {}
    for facet, cases in found.items():
        pairs = {
            f"{name}{facet}": [pooled(getattr(one, name) for one in case) for case in cases]
            for name in ("recall", "precision")
        }
        estimates |= {f"{name} (micro)": ratio(told) for name, told in pairs.items()}
        for name, told in pairs.items() if facet else ():
            estimates[name] = mean([part / whole if whole else None for part, whole in told])
    return estimates


def _over_all(scores: Sequence[Score]) -> dict[str, Estimate]:
    """Return abstention, risk and time, which are of all cases together.

    Precision and recall have leaving unanswered as the class (Manning, Raghavan and Schuetze 2008,
    section 8.3).
    """
    both = [(score.to_answer, score.abstained) for score in scores]
    told = [(asked, left) for asked, left in both if asked is not None and left is not None]
    times = [1000 * score.seconds for score in scores]
    return {
        "abstention precision": rate([not asked if left else None for asked, left in told]),
        "abstention recall": rate([None if asked else left for asked, left in told]),
        "abstention F1": statistics.estimate(
            statistics.refusal_f1, [(asked, float(not left)) for asked, left in told]
        ),
        **{n: statistics.estimate(statistics.aurc, _ranked(n, scores)) for n in RISKS},
        "latency median (ms)": statistics.percentile(times, 50),
        **{f"latency p{one} (ms)": statistics.percentile(times, one) for one in (90, 95, 99)},
    }


def _ranked(name: str, scores: Iterable[Score]) -> list[tuple[bool, float]]:
    """Return what a measure of confidence is made of, of the scores that have it."""
    return [told[name] for told in map(ranked_of, scores) if name in told]
