"""The scores of one answer."""

from __future__ import annotations

from assistant.records import Operation, Status
from corpus.passage import Record
from evals.cases.case import Split


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
