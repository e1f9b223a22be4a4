"""What each subcommand of `signpost eval` does: parse, call, print."""

from __future__ import annotations

import argparse
import shutil

from assistant.errors import BatchError
from assistant.settings import Settings
from evals.comparing.compare import Baseline, compare_runs
from evals.comparing.gate import judge
from evals.comparing.report import audit, gather
from evals.folder import write_file
from evals.metrics.score import score_run
from evals.running.run import Chosen, run_chosen
from ui.cli.batch import Bar
from ui.words.comparison_text import comparison_as_text, verdict_as_text
from ui.words.phrases import printable


def eval_run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer the cases of a suite into a run folder."""
    chosen = Chosen(
        suite=arguments.suite,
        split=arguments.split,
        family=arguments.family,
        limit=arguments.limit,
        cases=arguments.cases,
        command=arguments.command,
    )
    with Bar("Opening the index", "Cases") as bar:
        done = run_chosen(chosen, arguments.out, settings, progress=bar.show)
    kept = f", {done.kept} answered before" if done.kept else ""
    print(f"{done.cases} cases in {done.folder}{kept}; {done.asked} asked in {done.seconds:.1f} s.")
    print(f"Next: signpost eval score {done.folder}")
    return 0


def eval_score(arguments: argparse.Namespace, settings: Settings) -> int:
    """Score the answers of a run folder."""
    print(score_run(arguments.run).table())
    return 0


def eval_coverage(arguments: argparse.Namespace, settings: Settings) -> int:
    """Say what of the corpus no case asks for, and what no answer of a run cites."""
    print(audit(arguments.run).table())
    return 0


def eval_compare(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare two runs case by case."""
    found = compare_runs(arguments.run_a, arguments.run_b, held_out=arguments.held_out)
    if arguments.json:
        print(printable(found.model_dump_json(indent=2)))
    else:
        print(comparison_as_text(found, width=max(shutil.get_terminal_size((99, 24)).columns, 60)))
    return 0


def eval_baseline(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the scores of a run, which later runs are held against."""
    made = Baseline.of(arguments.run)
    made.save(arguments.out)
    print(f"{len(made.cases)} cases of {made.suite} in {arguments.out}.")
    print(f"Next: signpost eval gate RUN --against {arguments.out}")
    return 0


def eval_gate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Hold a run against a baseline; the exit code says whether it is worse."""
    held, run = Baseline.load(arguments.against), Baseline.of(arguments.run)
    verdict = judge(held, run, arguments.alpha)
    print(verdict_as_text(verdict))
    return 0 if verdict.passed else 1


def eval_report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a run as one page, as HTML or Markdown by the name of the file."""
    kind = arguments.out.suffix.lower()
    if kind not in (".html", ".md"):
        raise BatchError(f"{arguments.out} is neither FILE.html nor FILE.md; name one of them.")
    gathered = gather(arguments.run, arguments.against, held_out=arguments.held_out)
    if kind == ".html":
        from ui.exports.report_page import report_as_html

        write_file(arguments.out, report_as_html(gathered))
    else:
        from ui.exports.report_markdown import report_as_markdown

        write_file(arguments.out, report_as_markdown(gathered))
    print(f"{gathered.summary.asked} cases in {arguments.out}.")
    return 0
