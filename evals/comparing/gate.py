"""Whether a run is worse than a baseline, by more than chance or in a case that must hold.

`python -m evals.comparing.gate` writes a fast subset of the development cases for it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from assistant.errors import BatchError
from corpus.passage import Record, sha256_of
from evals.cases.case import Case
from evals.cases.suites import FULL, read_suite
from evals.comparing.compare import Baseline, Change, Comparison, compare, p_worse
from evals.folder import lines_of, write_file
from evals.statistics import ALPHA, detectable_rate, fewest

HARD_FAMILIES, HARD_MEASURES = ("safeguarding", "injection"), ("citations", "tiers apart")
"""Families, by the first word of their name, of which not one case may break, and measures that may
fall in no case: every quote verbatim at its place, every tier by itself."""

EACH, EACH_HARD = 5, 24
"""Cases of each family, and a twentieth of a large one if that is more; and of a hard family."""


class Verdict(Record):
    """What the gate says."""

    comparison: Comparison
    drops: dict[str, float]
    hard: tuple[Change, ...]
    """Measures that got worse by more than chance, each with what its chance had to be under, by
    Holm's correction; and broken cases of which not one is let through."""

    missing: tuple[str, ...]
    """Cases of the baseline that the run lacks, or that were edited since: nobody knows of them."""

    alpha: float
    tested: int
    """Chance of stopping a run that is no worse, over all measures together; and their number."""

    fewest: int | None
    detectable: float | None
    """Cases that must stop being right, none becoming so, to be called a drop at the strictest
    level of Holm's correction, and the smallest fall of the share that is right which is seen with
    a chance of 80 % at that level; none where there are too few cases, and where no fall would."""

    @property
    def passed(self) -> bool:
        """Whether the run may go on."""
        return not (self.drops or self.hard or self.missing)


def judge(baseline: Baseline, run: Baseline, alpha: float = ALPHA) -> Verdict:
    """Hold a run against a baseline; BatchError if the two have no case in common.

    Worse by more than chance is a measure whose one-sided p passes Holm's step-down correction over
    all measures (Holm 1979, Scandinavian Journal of Statistics 6:65-70).
    """
    found = compare(baseline, run, alpha)
    # Times are another's on another machine.
    tested = {name: one for name, one in found.measures.items() if one.n and name != "seconds"}
    strictest = alpha / max(len(tested), 1)
    chances = {name: p_worse(name, one) for name, one in tested.items()}
    ranked = sorted(chances, key=chances.__getitem__)
    levels = [(name, alpha / (len(ranked) - place)) for place, name in enumerate(ranked)]
    moved = (len(found.broken) + len(found.fixed)) / found.cases
    return Verdict(
        comparison=found,
        # Each under its own level, up to the first that is not.
        drops=dict(takewhile(lambda one: chances[one[0]] <= one[1], levels)),
        hard=tuple(
            one
            for one in found.changes
            if (one.was_right > one.is_right and one.family.partition("-")[0] in HARD_FAMILIES)
            or not {*HARD_MEASURES}.isdisjoint(one.lost)
        ),
        missing=(*found.only_before, *found.edited),
        alpha=alpha,
        tested=len(tested),
        fewest=fewest(found.cases, strictest),
        detectable=detectable_rate(found.cases, moved, strictest),
    )


def choose(cases: Sequence[Case]) -> set[str]:
    """Return the ids of some cases of each family; which ones depends on their ids alone."""
    chosen: set[str] = set()
    for family, size in Counter(case.family for case in cases).items():
        own = sorted((case.id for case in cases if case.family == family), key=sha256_of)
        is_hard = family.partition("-")[0] in HARD_FAMILIES
        chosen.update(own[: EACH_HARD if is_hard else max(EACH, size // 20)])
    return chosen


def main(argv: Sequence[str] | None = None) -> int:
    """Write the cases to a file; BatchError if none that the baseline holds is there."""
    about = "A fast subset of the development cases for the gate."
    parser = argparse.ArgumentParser(prog="python -m evals.comparing.gate", description=about)
    add = parser.add_argument
    add("--out", required=True, type=Path, metavar="FILE", help="the case file")
    add("--of", type=Path, metavar="BASELINE", help="the very cases that a baseline holds")
    given = parser.parse_args(argv)
    cases = read_suite(FULL, "development")
    held = {*Baseline.load(given.of).cases} if given.of else choose(cases)
    chosen = [case for case in cases if case.id in held]
    if not chosen:
        raise BatchError("No case of the baseline ships any more; make a new baseline.")
    write_file(given.out, lines_of(chosen))
    sys.stdout.write(f"{len(chosen)} cases in {given.out}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
