"""Whether the suite notices an assistant that got worse.

Faults are injected into the answers of a clean run; each faulty run is scored and held against the
clean one by the gate. A fault that passes is a hole in the suite, a measure that no fault moves is
of no use.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.passage import Record, digest_of
from corpus.whole import Whole
from evals.cases.case import Case, load_cases
from evals.comparing.baseline import Baseline
from evals.comparing.compare import p_worse
from evals.comparing.gate import judge
from evals.comparing.paired import ALPHA, Difference
from evals.folder import (
    ANSWERS,
    CASES,
    CONFIG,
    AnswerRow,
    RunConfig,
    lines_of,
    load_answers,
    load_config,
    write_file,
)
from evals.metrics.score import Scores, score_run
from evals.metrics.summary import summarise
from evals.studies import fault_kinds
from evals.studies.fault_kinds import World, Wrong

Fault = Callable[[AnswerRow, Case, World], AnswerRow | None]
"""Makes a row of a run faulty; `None` where the fault has no hold on it."""

_SHOWN = 4


class Catch(Record):
    """What came of one fault."""

    fault: str
    """Its name."""

    meaning: str
    """What the assistant does wrong, as one sentence."""

    injected: int
    """Answers that it changed."""

    stopped: bool
    """Whether the gate stops the run."""

    hard: int
    """Cases broken of which not one is let through."""

    fell: dict[str, Difference]
    """Measures that got worse by more than chance, each tested alone, the surest first."""

    moved: tuple[str, ...]
    """Every measure of a case, and every metric of the summary, that changed at all."""

    @property
    def caught(self) -> bool:
        """Whether the suite notices: the gate stops it, or a measure fell by more than chance."""
        return self.stopped or bool(self.fell)


class Trial(Record):
    """All faults against one run."""

    cases: int
    """Cases of the run."""

    catches: tuple[Catch, ...]
    """One for each fault that changed an answer."""

    idle: tuple[str, ...]
    """Faults that had no hold on any answer of the run."""

    unmoved: tuple[str, ...]
    """Measures and metrics that no fault changed."""

    useless: tuple[str, ...]
    """Measures that caught no fault: none made them fall by more than chance."""

    def table(self) -> str:
        """Return what came of each fault, as text for a terminal."""
        head = f"{'fault':<24}{'answers':>8}  {'gate':<6}{'broken':>7}  caught by"
        lines = [f"{self.cases} cases.", "", head, "-" * 99]
        for one in self.catches:
            gate = "stops" if one.stopped else "passes"
            seen = "; ".join(_fall(*pair) for pair in list(one.fell.items())[:_SHOWN])
            broken = one.hard or ""
            lines.append(f"{one.fault:<24}{one.injected:>8}  {gate:<6}{broken:>7}  {seen or '-'}")
        missed = [one.fault for one in self.catches if not one.caught]
        for title, names in (
            ("Not caught", missed),
            ("Not injected, since no answer gives a hold", self.idle),
            ("Moved by no fault", self.unmoved),
            ("Moved, and by no fault more than by chance", self.useless),
        ):
            lines += ["", f"{title}: {', '.join(names) or 'none'}"]
        return "\n".join(lines)


def crash(row: AnswerRow, case: Case, world: World) -> AnswerRow:
    """Refuse every question."""
    return row.model_copy(update={"answer": None, "error": "It cannot be read."})


def dawdle(row: AnswerRow, case: Case, world: World) -> AnswerRow:
    """Take three times as long."""
    return row.model_copy(update={"seconds": 3 * row.seconds})


def in_answer(wrong: Wrong) -> Fault:
    """Return what makes a row faulty by making its answer so.

    A judgement on a claim is no answer to a question, and has faults of its own.
    """
    of_claims = wrong in fault_kinds.OF_CLAIMS

    def fault(row: AnswerRow, case: Case, world: World) -> AnswerRow | None:
        fits = row.answer is not None and bool(case.context) == of_claims
        answer = wrong(row.answer, case, world) if row.answer and fits else None
        return row.model_copy(update={"answer": answer}) if answer else None

    fault.__doc__ = wrong.__doc__
    return fault


FAULTS: Mapping[str, Fault] = {
    "crash": crash,
    "dawdle": dawdle,
    **{wrong.__name__: in_answer(wrong) for wrong in (*fault_kinds.ALL, *fault_kinds.OF_CLAIMS)},
}
"""Every fault by name."""


def inject(folder: Path, faults: Mapping[str, Fault] = FAULTS) -> Trial:
    """Inject each fault into a finished run, score it, and hold it against the clean one.

    Raises:
        BatchError: the folder is no run folder, or its files do not fit.
    """
    clean = score_run(folder)
    cases = {case.id: case for case in load_cases(folder / CASES)}
    whole = Whole.read()
    world = World(corpus=whole.corpus, framework=whole.framework)
    rows = load_answers(folder)
    catches, idle = [], []
    for name, fault in faults.items():
        made = ((row, fault(row, cases[row.id], world)) for row in rows)
        faulty = [wrong for row, wrong in made if wrong is not None and wrong != row]
        if faulty:
            scores = _scored(load_config(folder), clean, [cases[one.id] for one in faulty], faulty)
            catches.append(_catch(name, fault, (folder, clean, scores), len(faulty)))
        else:
            idle.append(name)
    measures = _measures(folder, clean)
    known = {*Baseline.of(folder, clean).metrics, *measures}
    moved = {name for one in catches for name in one.moved}
    fell = {name for one in catches for name in one.fell}
    return Trial(
        cases=len(rows),
        catches=tuple(catches),
        idle=tuple(idle),
        unmoved=tuple(sorted(known - moved)),
        useless=tuple(sorted((measures & moved) - fell)),
    )


def _scored(
    config: RunConfig, clean: Scores, cases: Sequence[Case], rows: Sequence[AnswerRow]
) -> Scores:
    """Score what is faulty alone, and put it in the place of what was clean."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        own = config.model_copy(update={"cases": digest_of(cases), "count": len(cases)})
        write_file(folder / CONFIG, own.model_dump_json())
        write_file(folder / CASES, lines_of(cases))
        write_file(folder / ANSWERS, lines_of(rows))
        fresh = {score.id: score for score in score_run(folder).cases}
    scores = tuple(fresh.get(score.id, score) for score in clean.cases)
    return Scores(folder=clean.folder, cases=scores, summary=summarise(config, scores))


def _catch(name: str, fault: Fault, runs: tuple[Path, Scores, Scores], injected: int) -> Catch:
    folder, clean, faulty = runs
    before, after = Baseline.of(folder, clean), Baseline.of(folder, faulty)
    verdict = judge(before, after)
    fell = {
        measure: one
        for measure, one in verdict.comparison.measures.items()
        if p_worse(measure, one) <= ALPHA
    }
    return Catch(
        fault=name,
        meaning=(fault.__doc__ or "").partition("\n")[0],
        injected=injected,
        stopped=not verdict.passed,
        hard=len(verdict.hard),
        fell=dict(sorted(fell.items(), key=lambda pair: p_worse(*pair))),
        moved=tuple(_moved(before, after)),
    )


def _moved(before: Baseline, after: Baseline) -> Iterable[str]:
    names = {**before.metrics, **after.metrics}
    yield from (one for one in names if before.metrics.get(one) != after.metrics.get(one))
    found = {
        name
        for case, old in before.cases.items()
        for name in {**old.values, **after.cases[case].values}
        if old.values.get(name) != after.cases[case].values.get(name)
    }
    yield from sorted(found)


def _measures(folder: Path, scores: Scores) -> set[str]:
    cases = Baseline.of(folder, scores).cases.values()
    return {name for case in cases for name in case.values}


def _fall(measure: str, one: Difference) -> str:
    return f"{measure} {one.before:.2f} to {one.after:.2f} (n {one.n})"


def main(argv: Sequence[str] | None = None) -> int:
    """Print what came of each fault; 1 if one is not caught."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.studies.suite_faults", description=__doc__
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="a finished run folder")
    parser.add_argument("--json", action="store_true", help="print the record as JSON")
    arguments = parser.parse_args(argv)
    trial = inject(arguments.run, FAULTS)
    told = trial.model_dump_json(indent=2) if arguments.json else trial.table()
    sys.stdout.write(f"{told}\n")
    return 0 if all(one.caught for one in trial.catches) else 1


if __name__ == "__main__":
    sys.exit(main())
