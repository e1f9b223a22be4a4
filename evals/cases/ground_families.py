"""What the verifier notices, family by family.

Each case is a claim beside a passage of the corpus. A claim of a family differs from a true one
by one change of that family; the controls say in other words what the passage says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from assistant.citing.verifier import Verdict, Verifier
from corpus.passage import Record
from corpus.readers.questions import read_rows
from evals.estimate import Estimate, rate

Split = Literal["development", "test"]
SPLITS: tuple[Split, ...] = ("development", "test")
FOLDER = Path(__file__).with_name("ground")


class GroundCase(Record):
    """A claim, the text that it is held against, and what is true of the two."""

    id: str
    family: str
    """What was changed: `negation`, `numbers`, `dates`, `names`, `modality`, `cause`, `quantifier`,
    `passages` (words of two passages in one claim), or `control` for nothing but the wording."""

    split: Split
    """Whether it may be looked at while tuning; cases on one note are in one split."""

    passages: tuple[str, ...]
    """Ids of the passages that the context is made of."""

    context: str
    """Their text as it was, one passage after the other."""

    claim: str
    verdict: Verdict
    """Whether the context carries it."""


def read_ground_cases(split: Split) -> tuple[GroundCase, ...]:
    """Return the cases of a split."""
    return tuple(read_rows(FOLDER / f"{split}.jsonl", GroundCase))


def rates(cases: Sequence[GroundCase], verifier: Verifier) -> dict[str, Estimate]:
    """Return the share of right verdicts by family; all but `supported` are one."""
    right: dict[str, list[bool]] = {}
    for case in cases:
        verdict = verifier.verify(case.context, case.claim).verdict
        told = (verdict == "supported") == (case.verdict == "supported")
        right.setdefault(case.family, []).append(told)
    return {family: rate(told) for family, told in sorted(right.items())}
