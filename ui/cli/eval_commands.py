"""What the subcommands of `signpost eval` that read finished runs do: parse, call, print."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def compare(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare two runs case by case."""
    from evals.comparing.compare import compare_runs

    found = compare_runs(arguments.before, arguments.after, held_out=arguments.held_out)
    if arguments.json:
        from ui.words.phrases import printable

        print(printable(found.model_dump_json(indent=2)))
    else:
        from ui.words.comparison_text import comparison_as_text

        print(comparison_as_text(found, width=max(shutil.get_terminal_size((99, 24)).columns, 60)))
    return 0


def baseline(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the scores of a run, which later runs are held against."""
    from evals.comparing.baseline import Baseline

    made = Baseline.of(arguments.run)
    made.save(arguments.out)
    print(f"{len(made.cases)} cases of {made.suite} in {arguments.out}.")
    print(f"Next: signpost eval gate RUN --against {arguments.out}")
    return 0


def gate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Hold a run against a baseline; the exit code says whether it is worse."""
    from evals.comparing.baseline import Baseline
    from evals.comparing.gate import judge
    from ui.words.comparison_text import verdict_as_text

    held, run = Baseline.load(arguments.against), Baseline.of(arguments.run)
    verdict = judge(held, run, arguments.alpha)
    print(verdict_as_text(verdict))
    return 0 if verdict.passed else 1


def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a run as one page, as HTML or Markdown by the name of the file."""
    from assistant.errors import BatchError
    from evals.comparing.report import gather
    from evals.folder import write_file

    kind = arguments.out.suffix.lower()
    if kind not in (".html", ".md"):
        raise BatchError(f"{arguments.out} is neither FILE.html nor FILE.md; name one of them.")
    gathered = gather(arguments.run, arguments.against, held_out=arguments.held_out)
    if kind == ".html":
        from ui.exports.reports.report_page import report_as_html

        write_file(arguments.out, report_as_html(gathered))
    else:
        from ui.exports.reports.report_markdown import report_as_markdown

        write_file(arguments.out, report_as_markdown(gathered))
    print(f"{gathered.summary.asked} cases in {arguments.out}.")
    return 0
