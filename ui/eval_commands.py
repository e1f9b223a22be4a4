"""What the subcommands of `signpost eval` that read finished runs do: parse, call, print."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def compare(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare two runs case by case."""
    from evals.compare import compare_runs

    found = compare_runs(arguments.before, arguments.after, held_out=arguments.held_out)
    if arguments.json:
        from ui.phrases import printable

        print(printable(found.model_dump_json(indent=2)))
    else:
        from ui.comparison_text import comparison_as_text

        print(comparison_as_text(found, width=max(shutil.get_terminal_size((99, 24)).columns, 60)))
    return 0


def baseline(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the scores of a run, which later runs are held against."""
    from evals.baseline import Baseline

    made = Baseline.of(arguments.run)
    made.save(arguments.out)
    print(f"{len(made.cases)} cases of {made.suite} in {arguments.out}.")
    print(f"Next: signpost eval gate RUN --against {arguments.out}")
    return 0


def gate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Hold a run against a baseline; the exit code says whether it is worse."""
    from evals.baseline import Baseline
    from evals.gate import judge
    from ui.comparison_text import verdict_as_text

    held, run = Baseline.load(arguments.against), Baseline.of(arguments.run)
    verdict = judge(held, run, arguments.alpha)
    print(verdict_as_text(verdict))
    return 0 if verdict.passed else 1
