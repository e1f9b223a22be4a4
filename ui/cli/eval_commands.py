"""What each subcommand of `signpost eval` does: parse, call, print."""

import argparse
import shutil
from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from assistant.errors import BatchError
from assistant.home import check_free
from assistant.settings import Settings
from evals.comparing.compare import Baseline, Change, Comparison, compare, p_worse
from evals.comparing.gate import Verdict, judge
from evals.comparing.report import audit, gather
from evals.folder import write_file
from evals.metrics.score import score_run
from evals.running.run import Chosen, run_chosen
from evals.statistics import Difference
from ui.cli.batch import meter
from ui.words.phrases import clean, printable

_NAME = 30


def eval_run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Answer the cases of a suite into a run folder.

    --suite NAME!: name of the suite: framework, full for all
    --out RUN!: the run folder
    --limit COUNT: only the first cases
    --family NAME: only the cases of this family
    --split {development,calibration,test}: only this split
    --cases FILE: cases other than those that ship
    --command CMD: what answers in the place of Signpost: reads rows id, question, turns on
        stdin, writes rows id, answer, seconds to stdout
    """
    told = vars(arguments)
    chosen = Chosen(**{name: told[name] for name in Chosen.model_fields if told[name] is not None})
    with meter("Opening the index", "Cases") as show:
        done = run_chosen(chosen, arguments.out, settings, progress=show)
    cases = done.kept + done.asked
    kept = f", {done.kept} answered before" if done.kept else ""
    print(f"{cases} cases in {arguments.out}{kept}; {done.asked} asked in {done.seconds:.1f} s.")
    print(f"Next: signpost eval score {arguments.out}")


def eval_score(arguments: argparse.Namespace, settings: Settings) -> None:
    """Score the answers of a run folder.

    RUN
    """
    print(score_run(arguments.run).table())


def eval_coverage(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what no case asks for, or no answer cites.

    [RUN]: a run folder
    """
    print(audit(arguments.run))


def eval_compare(arguments: argparse.Namespace, settings: Settings) -> None:
    """Compare two runs case by case.

    RUN_A: the run to compare with
    RUN_B: the run that is compared
    --json: print the comparison as JSON
    --held-out
    """
    runs = (arguments.run_a, arguments.run_b)
    before, after = (Baseline.of(score_run(run)) for run in runs)
    found = compare(before, after, held_out=arguments.held_out)
    if arguments.json:
        print(printable(found.model_dump_json(indent=2)))
    else:
        print(comparison_as_text(found, width=max(shutil.get_terminal_size((99, 24)).columns, 60)))


def eval_baseline(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write what later runs are held against.

    RUN
    --out FILE!: a new file, or a baseline to be replaced
    """
    made = Baseline.of(score_run(arguments.run))
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
    run = Baseline.of(score_run(arguments.run))
    verdict = judge(Baseline.load(arguments.against), run, arguments.alpha)
    print(verdict_as_text(verdict))
    return 0 if verdict.passed else 1


def eval_report(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write a run as one page, with each case.

    RUN
    --against RUN_B: a run to compare it with
    --out FILE!: a new file for the page: FILE.html
    --held-out
    """
    if arguments.out.suffix.lower() != ".html":
        raise BatchError(f"A report is a page; name it FILE.html instead of {arguments.out}.")
    check_free(arguments.out, BatchError)
    from ui.exports.report_page import report_as_html

    gathered = gather(arguments.run, arguments.against, held_out=arguments.held_out)
    write_file(arguments.out, report_as_html(gathered))
    print(f"{gathered.run.summary.asked} cases in {arguments.out}.")


def comparison_as_text(found: Comparison, *, width: int) -> str:
    """Return a comparison: measures, families, and what broke or was fixed, side by side."""
    parts = [
        f"{found.cases} cases in both: {len(found.broken)} broken, {len(found.fixed)} fixed, "
        f"{found.unchanged} unchanged.",
        f"Before: {found.before}",
        f"After:  {found.after}",
        *_apart("Only before", found.only_before),
        *_apart("Only after", found.only_after),
        *_apart("Edited between, not compared", found.edited),
        "",
        *_rows("measure", found.measures),
        "",
        *_rows("right, by family", found.families),
        "",
        "Detectable: the smallest fall that this many cases show with a chance of 80 %.",
    ]
    for title, changes in (("Broken", found.broken), ("Fixed", found.fixed)):
        if changes:
            parts += ["", f"{title}:", *(line for one in changes for line in _case(one, width))]
    return "\n".join(parts)


def verdict_as_text(verdict: Verdict) -> str:
    """Return what the gate says: whether the run passes, and what stopped it."""
    found = verdict.comparison
    head = "No worse than the baseline" if verdict.passed else "Worse than the baseline"
    parts = [
        f"{head}: {found.cases} cases compared, {len(found.broken)} broken, "
        f"{len(found.fixed)} fixed."
    ]
    if found.before != found.after:
        parts += [f"Baseline: {found.before}", f"Run:      {found.after}"]
    for measure, level in verdict.drops.items():
        change = found.measures[measure]
        parts.append(
            f"Worse: {measure}, {_number(change.before)} to {_number(change.after)} over "
            f"{change.n} cases (p {p_worse(measure, change):.2g}, under {level:.2g})"
        )
    lost = "Must hold, and does not: {0.id} ({0.family}), lost {1}"
    parts += [lost.format(one, ", ".join(one.lost)) for one in verdict.hard]
    parts += _apart("Not asked as in the baseline", verdict.missing)
    parts += _apart("Not in the baseline", found.only_after)
    if found.broken:
        shown = [one for one in found.broken if not one.held_out]
        unseen = len(found.broken) - len(shown)
        parts.append(f"Broken{f', and {unseen} held out' if unseen else ''}:")
        parts += [f"  {one.id}  lost {', '.join(one.lost)}" for one in shown]
    # How small a drop could have been seen.
    n = found.cases
    if verdict.fewest is None:
        return "\n".join([*parts, f"{n} cases are too few to tell any drop from chance; ask more."])
    least = verdict.detectable
    seen = "" if least is None else f"; with a chance of 80 %, a fall of {least:.3f}"
    parts.append(
        f"Smallest drop that it could see in {n} cases: {verdict.fewest} that stop being right, "
        f"none fixed ({verdict.fewest / n:.3f}){seen}; at {verdict.alpha:g} over {verdict.tested} "
        "measures."
    )
    return "\n".join(parts)


def _apart(title: str, names: tuple[str, ...]) -> list[str]:
    return [f"{title}: {', '.join(names)}"] if names else []


def _rows(title: str, rows: dict[str, Difference]) -> Iterator[str]:
    head = (
        f"{title:<{_NAME}}{'n':>6}{'before':>8}{'after':>8}{'change, 95 % interval':>26}"
        f"{'p':>9}{'detectable':>12}"
    )
    yield head
    yield "-" * len(head)
    for name, one in rows.items():
        if one.n:
            interval = f"{one.change:+.3f} ({one.low:+.3f} to {one.high:+.3f})"
            yield (
                f"{name:<{_NAME}}{one.n:>6}{_number(one.before):>8}{_number(one.after):>8}"
                f"{interval:>26}{one.p:>9.2g}{_number(one.detectable):>12}"
            )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _case(change: Change, width: int) -> Iterator[str]:
    moved = [f"lost {', '.join(change.lost)}"] if change.lost else []
    moved += [f"gained {', '.join(change.gained)}"] if change.gained else []
    yield f"  {change.id} ({change.family}): {'; '.join(moved)}"
    if change.before and change.after:
        column, sides = (width - 7) // 2, []
        for said in (change.before, change.after):
            lines = (said.status.upper(), *clean(said.text, breaks=True).split("\n"))
            sides.append([piece for line in lines for piece in wrap(line, column)])
        for left, right in zip_longest(*sides, fillvalue=""):
            yield f"    {left:<{column}} | {right}".rstrip()
