"""How a language model that judged stands to checker and gold: kappas, and how it leans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

from corpus.passage import Record
from evals.estimate import Estimate, rate
from evals.judging.judge_rows import JudgedRow, Part, Terms
from evals.judging.kappa import Kappa, Said, kappa

Rater = Literal["judge", "checker", "gold"]
"""Who says yes or no."""

Over = Literal["claims", "statements", "answers", "both"]
"""What they say it of; `both` is answers beside their own question and beside another's."""

Leaning = Literal[
    "carried", "not_carried", "statements", "right", "not_right", "swapped", "yes_first", "no_first"
]
"""Of what the share of yes is told: claims by gold, statements, answers by the suite's verdict,
exchanged answers, and everything by which word was named first."""


class Pairing(Record):
    """How far two of them agree."""

    over: Over
    """Of what."""

    first: Rater
    """The one."""

    second: Rater
    """The other."""

    kappa: Kappa
    """How far."""

    @property
    def constant(self) -> tuple[Rater, ...]:
        """Those of the two who say the same of all."""
        raters = (self.first, self.second)
        return tuple(one for one, held in zip(raters, self.kappa.constant, strict=True) if held)


class JudgeSummary(Record):
    """What a language model said of a run, beside what others say; it changes no score."""

    terms: Terms
    """Which model, and what was drawn."""

    asked: int
    """Things that it was asked of."""

    unsaid: int
    """Those of them on which it said neither yes nor no."""

    pairings: tuple[Pairing, ...]
    """Where there is something of that kind."""

    yes: dict[Leaning, Estimate]
    """Share of yes among its verdicts; what it said neither of is unscored."""

    seconds: float
    """That a reply took, in the mean."""


_PAIRS: tuple[tuple[Over, Rater, Rater], ...] = (
    ("claims", "judge", "gold"),
    ("claims", "checker", "gold"),
    ("claims", "judge", "checker"),
    ("statements", "judge", "checker"),
    ("answers", "judge", "gold"),
    ("both", "judge", "gold"),
)

_PARTS: dict[Over, tuple[Part, ...]] = {
    "claims": ("claims",),
    "statements": ("statements",),
    "answers": ("answers",),
    "both": ("answers", "swapped"),
}

_LEANINGS: dict[Leaning, Callable[[JudgedRow], bool]] = {
    "carried": lambda row: row.part == "claims" and row.gold is True,
    "not_carried": lambda row: row.part == "claims" and row.gold is False,
    "statements": lambda row: row.part == "statements",
    "right": lambda row: row.part == "answers" and row.gold is True,
    "not_right": lambda row: row.part == "answers" and row.gold is False,
    "swapped": lambda row: row.part == "swapped",
    "yes_first": lambda row: row.yes_first,
    "no_first": lambda row: not row.yes_first,
}


def summarise(rows: Sequence[JudgedRow]) -> JudgeSummary | None:
    """Return the summary of rows of one judging; none without rows."""
    if not rows:
        return None
    return JudgeSummary(
        terms=rows[0].terms,
        asked=len(rows),
        unsaid=sum(row.verdict is None for row in rows),
        pairings=tuple(one for names in _PAIRS if (one := _pairing(rows, *names)).kappa.n),
        yes={name: share for name in get_args(Leaning) if (share := _yes(rows, name)).n},
        seconds=sum(row.seconds for row in rows) / len(rows),
    )


def _pairing(rows: Sequence[JudgedRow], over: Over, first: Rater, second: Rater) -> Pairing:
    said = [
        Said(row.unit, one, other)
        for row in rows
        if row.part in _PARTS[over]
        and (one := _verdict(row, first)) is not None
        and (other := _verdict(row, second)) is not None
    ]
    return Pairing(over=over, first=first, second=second, kappa=kappa(said))


def _verdict(row: JudgedRow, rater: Rater) -> bool | None:
    return {"judge": row.verdict, "checker": row.checker, "gold": row.gold}[rater]


def _yes(rows: Sequence[JudgedRow], name: Leaning) -> Estimate:
    return rate([row.verdict for row in rows if _LEANINGS[name](row)])
