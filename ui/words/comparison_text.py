"""A comparison of two runs, and the verdict of the gate, for the terminal."""

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from evals.comparing.compare import Change, Comparison, p_worse
from evals.comparing.gate import Verdict
from evals.statistics import Difference
from ui.words.phrases import clean

_NAME = 30


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
    for drop in verdict.drops:
        change = drop.difference
        parts.append(
            f"Worse: {drop.measure}, {_number(change.before)} to {_number(change.after)} over "
            f"{change.n} cases (p {p_worse(drop.measure, change):.2g}, under {drop.level:.2g})"
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
