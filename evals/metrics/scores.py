"""The scores of one answer, and its measures by name, so that two runs can be set side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.records import Operation, Status
from corpus.passage import Record
from evals.cases.case import Split

Value = bool | float
"""A verdict, or a share from 0 to 1."""

Values = dict[str, Value]
"""By name; what had nothing to score is not in it."""

RISK_WITHOUT_ANSWER = "AURC (without an answer)"
"""Area under risk and coverage, where the risk is to answer what nothing answers."""

RISK_NOT_RIGHT = "AURC (not right)"
"""The same, where the risk is an answer that is not right."""

LESS_IS_BETTER = frozenset({"seconds", RISK_WITHOUT_ANSWER, RISK_NOT_RIGHT})
"""Measures in which a fall is no loss; in all others more is better."""

Ranked = dict[str, tuple[bool, float]]
"""By name of a measure over all cases together: whether a case is good, and the confidence."""

_NOT_BETTER_OR_WORSE = frozenset({"abstained", "confidence", "judges_agree", "to_answer"})
"""Fields that look like measures, and of which neither more nor less is better."""

_WANTED_AND_GIVEN = frozenset({"safeguarding"})
"""Fields that hold what should be and what is; any other two texts are a list."""


class FacetScore(Record):
    """One facet of one answer against the gold."""

    gold: int
    """Ids to be found."""

    judged: int
    """Ids listed, without those that are allowed."""

    hit: int
    """Gold among them."""

    missed: tuple[str, ...]
    """Gold that the answer does not cite."""

    stray: tuple[str, ...]
    """What it lists that is neither gold nor allowed."""

    recall: float | None
    precision: float | None


class Score(Record):
    """All scores of one answer; `None` where there is nothing to score.

    Where a field has no words of its own, `metrics` or `behaviour` has a function of its name;
    `noted`, `strings` and `value` are `cites_note`, `has_strings` and `has_value`.
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
    """Hits over gold, facets together."""

    precision: float | None
    """Hits over ids judged, facets together."""

    complete: bool | None
    """Whether all of the gold is listed and nothing else."""

    gold_first: bool | None
    focus: float | None
    """Share of the items cited that are gold, allowed or what those stand under; unlike `precision`
    of every facet, so that it sees partners in an answer about outcomes."""

    noted: bool | None
    note_rank: int | None
    note_focus: float | None
    strings: bool | None
    value: bool | None
    citations: tuple[int, int] | None
    """Citations that are exact, and citations in all."""

    seconds: float
    error: str = ""
    right: bool = False
    to_answer: bool | None = None
    """`metrics.is_to_be_answered`: whether it is; none where either is right."""

    abstained: bool | None = None
    """`metrics.has_abstained`; none where either is right."""

    confidence: float | None = None
    ranking: dict[str, float] = {}
    """By measure, such as `nDCG@10`: `metrics.ranking`; empty without gold or hits."""

    cited_recall: tuple[int, int] | None = None
    """Statements that their own quotes carry by the checker, and statements judged."""

    cited_precision: tuple[int, int] | None = None
    """Citations that are not irrelevant by the checker, and citations judged."""

    gold_recall: tuple[int, int] | None = None
    """Statements that cite a passage of the gold or as good, and statements judged."""

    gold_precision: tuple[int, int] | None = None
    """Citations of a passage of the gold or as good, and citations judged."""

    faithful_gold: tuple[int, int] | None = None
    """Statements whose words stand in the passages that they cite, and statements judged: those
    that cite passages of the gold or as good, and no others."""

    faithful_apart: tuple[int, int] | None = None
    """Statements that the scorer apart holds to be carried, and statements judged."""

    faithful_checker: tuple[int, int] | None = None
    """Statements that the checker holds to be carried, and statements judged."""

    judges_agree: tuple[int, int] | None = None
    """Statements of which scorer apart and checker say the same, and statements judged."""

    resolved: bool | None = None
    """`behaviour.is_resolved`; none without earlier turns or gold."""

    safeguarding: tuple[str, str] | None = None
    """Letter of the safeguarding case by gold and as given; `J` is a policy question."""

    verdict: bool | None = None
    """Whether the checker's verdict on a claim is right; none for a question."""

    personal: bool | None = None
    """Whether the kinds of personal data noticed are those of the gold."""

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
        verdicts = (
            self.status_right,
            self.complete,
            self.noted,
            self.strings,
            self.value,
            self.exact,
            self.safe,
            self.verdict,
            self.personal,
        )
        return all(verdict is not False for verdict in verdicts)


def values_of(score: Score) -> Values:
    """Return every measure of a score, read off its fields so that a new one comes along.

    A field is a measure if it holds a verdict, a share, a part and a whole, whose quotient is
    taken, or what should be and what is, which are compared; those of a record inside carry its
    name (`recall outcomes`). Texts and counts alone are none.
    """
    first: Values = {"right": score.right}
    return first | dict(_of_record(score))


def ranked_of(score: Score) -> Ranked:
    """Return what the measures of confidence are made of; empty where there is no confidence.

    They have no value in a single case: they ask in which order cases stand.
    """
    if score.confidence is None:
        return {}
    found: Ranked = {}
    if score.to_answer is not None:
        found[RISK_WITHOUT_ANSWER] = score.to_answer, score.confidence
    if score.status in ("answered", "partial"):
        found[RISK_NOT_RIGHT] = score.right, score.confidence
    return found


def is_loss(name: str, before: Value, after: Value) -> bool:
    """Return whether a measure got worse.

    >>> is_loss("recall", 1.0, 0.5), is_loss("seconds", 0.1, 0.2), is_loss("right", False, True)
    (True, True, False)
    """
    return after > before if name in LESS_IS_BETTER else after < before


def is_rate(values: Iterable[Value | None]) -> bool:
    """Return whether a measure is a verdict in each case, and so a share over cases.

    >>> is_rate([True, None, False]), is_rate([1.0, 0.0])
    (True, False)
    """
    return all(isinstance(one, bool) for one in values if one is not None)


def _of_record(record: Record, suffix: str = "") -> Iterator[tuple[str, Value]]:
    for name in type(record).model_fields:
        if name not in _NOT_BETTER_OR_WORSE:
            yield from _of_field(name.replace("_", " ") + suffix, getattr(record, name))


def _of_field(label: str, value: object) -> Iterator[tuple[str, Value]]:
    match value:
        case bool() | float():
            yield label, value
        case (int(part), int(whole)) if whole:
            yield label, part / whole
        case (str(wanted), str(given)) if label in _WANTED_AND_GIVEN:
            yield label, wanted == given
        case dict():
            for key, one in value.items():
                inner = isinstance(one, Record)
                yield from _of_record(one, f" {key}") if inner else _of_field(str(key), one)
        case _:
            return
