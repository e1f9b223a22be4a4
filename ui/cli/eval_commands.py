"""What each subcommand of `signpost eval` does: parse, call, print."""

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


def eval_run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Answer the cases of a suite into a run folder.

    --suite NAME!: name of the suite: framework, full for all
    --out RUN!: the run folder
    --limit COUNT: only the first cases
    --family NAME: only the cases of this family
    --split {development,calibration,test}: only this split
    --cases FILE: cases other than those that ship
    --command CMD=: what answers in the place of Signpost: reads rows id, question, turns on
        stdin, writes rows id, answer, seconds to stdout
    """
    chosen = Chosen(**{name: getattr(arguments, name) for name in Chosen.model_fields})
    with Bar("Opening the index", "Cases") as bar:
        done = run_chosen(chosen, arguments.out, settings, progress=bar.show)
    kept = f", {done.kept} answered before" if done.kept else ""
    print(f"{done.cases} cases in {done.folder}{kept}; {done.asked} asked in {done.seconds:.1f} s.")
    print(f"Next: signpost eval score {done.folder}")


def eval_score(arguments: argparse.Namespace, settings: Settings) -> None:
    """Score the answers of a run folder.

    RUN
    """
    print(score_run(arguments.run).table())


def eval_coverage(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what no case asks for, or no answer cites.

    [RUN]: a run folder
    """
    print(audit(arguments.run).table())


def eval_compare(arguments: argparse.Namespace, settings: Settings) -> None:
    """Compare two runs case by case.

    RUN_A: the run to compare with
    RUN_B: the run that is compared
    --json: print the comparison as JSON
    --held-out
    """
    found = compare_runs(arguments.run_a, arguments.run_b, held_out=arguments.held_out)
    if arguments.json:
        print(printable(found.model_dump_json(indent=2)))
    else:
        print(comparison_as_text(found, width=max(shutil.get_terminal_size((99, 24)).columns, 60)))


def eval_baseline(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write what later runs are held against.

    RUN
    --out FILE!: the baseline
    """
    made = Baseline.of(arguments.run)
    made.save(arguments.out)
    print(f"{len(made.cases)} cases of {made.suite} in {arguments.out}.")
    print(f"Next: signpost eval gate RUN --against {arguments.out}")


def eval_gate(arguments: argparse.Namespace, settings: Settings) -> int:
    """Fail if a run is worse than a baseline.

    RUN
    --against BASELINE!: a baseline, such as evals/baseline.json, or a run folder
    --alpha SHARE=0.05: chance of failing a run that is no worse

    Exit code: 0 if it is no worse, 1 if it is, with the cases that broke.
    """
    held, run = Baseline.load(arguments.against), Baseline.of(arguments.run)
    verdict = judge(held, run, arguments.alpha)
    print(verdict_as_text(verdict))
    return 0 if verdict.passed else 1


def eval_report(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write a run as one page, with each case.

    RUN
    --against RUN_B: a run to compare it with
    --out FILE!: the page: FILE.html, or FILE.md
    --held-out
    """
    kind = arguments.out.suffix.lower()
    if kind not in (".html", ".md"):
        raise BatchError(f"{arguments.out} is neither FILE.html nor FILE.md; name one of them.")
    from ui.exports.report_page import report_as_html, report_as_markdown

    gathered = gather(arguments.run, arguments.against, held_out=arguments.held_out)
    written = report_as_html if kind == ".html" else report_as_markdown
    write_file(arguments.out, written(gathered))
    print(f"{gathered.summary.asked} cases in {arguments.out}.")
