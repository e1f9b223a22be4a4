"""Answers to be judged by reading, and what that says of the suite: `python -m evals.reading RUN`.

Verdicts are written by whoever reads the sheet, and held against the scores afterwards.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from assistant.errors import BatchError, SignpostError
from corpus.passage import Record, sha256_of
from evals.agreement import (
    LENIENT,
    STRICT,
    Agreement,
    Judged,
    Share,
    Verdict,
    agreement,
    confusion,
    disagreements,
)
from evals.case import load_cases
from evals.folder import CASES, SCORES, lines_of, load_answers, write_file
from evals.reading_sheet import mark_of, sheet
from evals.summary import Score

READINGS = Path(__file__).with_name("readings")
"""Verdicts that were given, each file named by the day."""

_VERDICTS: tuple[Verdict, ...] = ("right", "partly", "wrong")


class Drawn(Record):
    """An answer that was drawn, and how likely that was."""

    score: Score
    """What the suite says of it."""

    weight: float
    """How many answers of the run it stands for."""

    @property
    def mark(self) -> str:
        """What the sheet calls it, in place of an id that may tell the family."""
        return mark_of(self.score.id)


class Said(Record):
    """A line of a file of verdicts."""

    id: str
    """What the sheet calls the answer."""

    verdict: Verdict
    """What the reader says."""

    why: str
    """The reader's reason."""


def draw(scores: Sequence[Score], n: int, seed: int) -> tuple[Drawn, ...]:
    """Draw answers to be read, half of them such as the suite does not hold to be right.

    Those that are right and those that are not are the two strata. In each, families stand one
    after the other, cases within them in random order, and every so-manieth is taken from a random
    start: each answer of a stratum has the same chance, and each family gets its share (systematic
    sampling, Cochran 1977, chapter 8). Cases that are held out are left out.

    Args:
        scores: of a whole run.
        n: how many, at least 2; all if there are fewer.
        seed: of the draw.

    Returns:
        them in random order.

    Raises:
        BatchError: one of the strata is empty.
    """
    open_to_all = [score for score in scores if score.split == "development"]
    right = [score for score in open_to_all if score.right]
    wrong = [score for score in open_to_all if not score.right]
    if not right or not wrong:
        raise BatchError(
            "To compare verdicts, a run needs answers that are right and such as are not."
        )
    failures = min(len(wrong), max(n // 2, n - len(right)))
    drawn = [
        *_each(wrong, failures, seed),
        *_each(right, min(len(right), n - failures), seed),
    ]
    return tuple(sorted(drawn, key=lambda one: sha256_of(f"{seed} {one.score.id}")))


def _each(stratum: Sequence[Score], n: int, seed: int) -> Iterator[Drawn]:
    rng = random.Random(seed)
    shuffled = rng.sample(list(stratum), len(stratum))
    ordered = sorted(shuffled, key=lambda one: one.family)
    step = len(ordered) / n
    start = rng.random()
    for at in range(n):
        yield Drawn(score=ordered[int((start + at) * step)], weight=step)


def matched(drawn: Sequence[Drawn], said: Sequence[Said]) -> tuple[Judged, ...]:
    """Return the verdicts beside the scores, in the order of the draw.

    Raises:
        BatchError: one that was drawn has no verdict, or a verdict is of one that was not.
    """
    by_mark = {one.id: one for one in said}
    marks = {one.mark for one in drawn}
    for odd in (*(marks - set(by_mark)), *(set(by_mark) - marks)):
        raise BatchError(
            f"{odd!r} is drawn or judged, and not both; give the run, number and seed of the sheet."
        )
    return tuple(
        Judged(
            id=one.score.id,
            family=one.score.family,
            right=one.score.right,
            weight=one.weight,
            verdict=by_mark[one.mark].verdict,
            why=by_mark[one.mark].why,
        )
        for one in drawn
    )


R = TypeVar("R", bound=Record)


def read_lines(path: Path, kind: type[R]) -> tuple[R, ...]:
    """Read a file with one record a line.

    Raises:
        BatchError: it cannot be read, or a line is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError(f"{path} cannot be read: {error}.") from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError as error:
            told = error.errors()[0]
            place = ".".join(map(str, told["loc"])) or "the line"
            raise BatchError(f"{path}:{number}: {place} is refused: {told['msg']}.") from None
    return tuple(found)


def told(judged: Sequence[Judged]) -> str:
    """Return the agreement as text for a terminal, with each disagreement."""
    cells = confusion(judged)
    lines = ["read (stands for)         " + "".join(f"{one:>14}" for one in _VERDICTS)]
    for side, name in ((True, "suite: right"), (False, "suite: not right")):
        row = [cells.get((side, one), (0, 0.0)) for one in _VERDICTS]
        lines.append(f"{name:26}" + "".join(f"{n:>5} ({stood:6.1f})" for n, stood in row))
    for name, as_right in (("only right is right", STRICT), ("partly is right too", LENIENT)):
        lines += ["", f"{name}:", *_measures_told(agreement(judged, as_right))]
    lines += ["", "disagreements:"]
    lines += [
        f"  {one.id} ({one.family}): suite {'right' if one.right else 'not right'}, "
        f"reading {one.verdict}: {one.why}"
        for one in disagreements(judged)
    ]
    return "\n".join(lines) + "\n"


def _measures_told(one: Agreement) -> Iterator[str]:
    def shown(name: str, share: Share) -> str:
        return f"  {name:42}{share.value:.2f} ({share.low:.2f} to {share.high:.2f})"

    yield shown(f"agreement (n {one.n}, for {one.answers:.0f})", one.agree)
    yield shown("kappa", one.kappa)
    yield shown(f"right by reading (suite {one.by_suite:.2f})", one.by_reading)
    yield shown("suite right, reading not", one.lax)
    yield shown("suite not right, reading right", one.strict)


def main(argv: Sequence[str] | None = None) -> int:
    """Write a sheet, or tell how verdicts agree with the scores; return 0, or 1 after an error."""
    parser = argparse.ArgumentParser(prog="python -m evals.reading", description=__doc__)
    parser.add_argument("run", nargs="?", type=Path, metavar="RUN", help="a run that was scored")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="where the sheet goes")
    parser.add_argument("--n", type=int, default=120, help="how many answers (120)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (1)")
    parser.add_argument(
        "--judged",
        type=Path,
        metavar="FILE.jsonl",
        help="verdicts on the sheet of RUN; without RUN, verdicts that were kept",
    )
    parser.add_argument("--keep", type=Path, metavar="FILE.jsonl", help="keep them with the scores")
    arguments = parser.parse_args(argv)
    try:
        sys.stdout.write(_done(arguments))
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    return 0


def _done(arguments: argparse.Namespace) -> str:
    run, judged = arguments.run, arguments.judged
    if run is None and judged:
        return told(read_lines(judged, Judged))
    if run is None or not (judged or arguments.out):
        raise BatchError("Give RUN and --out for a sheet, or --judged for what came of it.")
    drawn = draw(read_lines(run / SCORES, Score), max(arguments.n, 2), arguments.seed)
    if not judged:
        cases = {case.id: case for case in load_cases(run / CASES)}
        rows = {row.id: row for row in load_answers(run)}
        shown = [(cases[one.score.id], rows[one.score.id]) for one in drawn]
        write_file(arguments.out, sheet(shown))
        return f"{len(drawn)} answers in {arguments.out}.\n"
    found = matched(drawn, read_lines(judged, Said))
    if arguments.keep:
        write_file(arguments.keep, lines_of(found))
    return told(found)


if __name__ == "__main__":
    sys.exit(main())
