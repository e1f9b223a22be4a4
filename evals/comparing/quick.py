"""A fast subset of the development cases for the gate."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import BatchError
from corpus.passage import sha256_of
from evals.cases.case import Case
from evals.cases.suites import FULL, read_suite
from evals.comparing.compare import Baseline
from evals.comparing.gate import HARD_FAMILIES
from evals.folder import lines_of, write_file

EACH = 5
"""Cases of each family, and a twentieth of a large one if that is more."""

EACH_HARD = 24
"""Cases of a family of which not one may break."""


def choose(cases: Sequence[Case], each: int = EACH, hard: int = EACH_HARD) -> tuple[Case, ...]:
    """Return some cases of each family, in their order; which ones depends on their ids alone."""
    sizes = Counter(case.family for case in cases)
    left = {name: max(each, size // 20) for name, size in sizes.items()}
    left |= {name: hard for name in left if name.partition("-")[0] in HARD_FAMILIES}
    chosen = set()
    for case in sorted(cases, key=lambda one: sha256_of(one.id)):
        if left[case.family]:
            left[case.family] -= 1
            chosen.add(case.id)
    return tuple(case for case in cases if case.id in chosen)


def those_of(baseline: Baseline, cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the cases that a baseline holds.

    Raises:
        BatchError: none of them is there.
    """
    found = tuple(case for case in cases if case.id in baseline.cases)
    if not found:
        raise BatchError("No case of the baseline ships any more; make a new baseline.")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Write the cases to a file."""
    parser = argparse.ArgumentParser(prog="python -m evals.comparing.quick", description=__doc__)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the case file")
    parser.add_argument(
        "--of", type=Path, metavar="BASELINE", help="the very cases that a baseline holds"
    )
    parser.add_argument("--each", type=int, default=EACH, metavar="N", help="cases of a family")
    arguments = parser.parse_args(argv)
    cases = read_suite(FULL, "development")
    if arguments.of:
        chosen = those_of(Baseline.load(arguments.of), cases)
    else:
        chosen = choose(cases, arguments.each)
    write_file(arguments.out, lines_of(chosen))
    sys.stdout.write(f"{len(chosen)} cases in {arguments.out}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
