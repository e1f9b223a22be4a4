"""Two runs case by case: what was fixed, what broke, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.errors import BatchError
from corpus.passage import Record
from evals.comparing.baseline import Baseline, CaseValues
from evals.folder import load_answers
from evals.metrics.measures import (
    LESS_IS_BETTER,
    RISK_NOT_RIGHT,
    RISK_WITHOUT_ANSWER,
    is_loss,
    is_rate,
)
from evals.metrics.score import shown_text
from evals.statistics import ALPHA, Difference, compare_areas, compare_means, compare_rates

RIGHT = "right"
"""The measure that tells fixed from broken."""


class Said(Record):
    """What one run said in a case."""

    status: str
    text: str
    """Headings and statements; the reason where there are none, or why it was refused."""


class Change(Record):
    """A case in which a measure changed."""

    id: str
    family: str
    held_out: bool
    """Whether it is of a split whose failures stay unread."""

    was_right: bool
    is_right: bool
    lost: tuple[str, ...]
    """Measures that got worse."""

    gained: tuple[str, ...]
    """Measures that got better."""

    before: Said | None = None
    """What was said before; none where there is but a baseline, or the case is held out."""

    after: Said | None = None


class Comparison(Record):
    """A run beside another, over the cases that both have."""

    before: str
    """Edition and settings of the one before: the first 12 characters of each digest."""

    after: str
    cases: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    edited: tuple[str, ...]
    """Cases that both have, but whose question or gold was edited between; not compared."""

    measures: dict[str, Difference]
    """By measure, over all cases."""

    families: dict[str, Difference]
    """Whether the answer is right, by family."""

    changes: tuple[Change, ...]
    """Each case in which a measure changed, in order of the ids; time does not count."""

    @property
    def broken(self) -> tuple[Change, ...]:
        """Cases that were right and no longer are."""
        return tuple(one for one in self.changes if one.was_right and not one.is_right)

    @property
    def fixed(self) -> tuple[Change, ...]:
        """Cases that were not right and now are."""
        return tuple(one for one in self.changes if one.is_right and not one.was_right)

    @property
    def unchanged(self) -> int:
        """Number of cases whose verdict stayed, whatever else moved."""
        return self.cases - len(self.broken) - len(self.fixed)


def compare(before: Baseline, after: Baseline, alpha: float = ALPHA) -> Comparison:
    """Compare two runs by their scores; `alpha` is for the smallest detectable fall.

    Raises:
        BatchError: they have no case in common.
    """
    both = [name for name in before.cases if name in after.cases]
    edited = tuple(name for name in both if before.cases[name].case != after.cases[name].case)
    pairs = [(before.cases[name], after.cases[name]) for name in both if name not in edited]
    if not pairs:
        raise BatchError("The two runs have no case in common; compare runs of the same suite.")
    kept = [name for name in both if name not in edited]
    families = sorted({old.family for old, _ in pairs})
    names = dict.fromkeys(name for pair in pairs for one in pair for name in one.values)
    return Comparison(
        before=f"edition {before.edition[:12]}, settings {before.settings_digest[:12]}",
        after=f"edition {after.edition[:12]}, settings {after.settings_digest[:12]}",
        cases=len(pairs),
        only_before=tuple(name for name in before.cases if name not in after.cases),
        only_after=tuple(name for name in after.cases if name not in before.cases),
        edited=edited,
        measures={name: _differ(name, pairs, alpha) for name in names}
        | {name: _rank(name, pairs) for name in (RISK_WITHOUT_ANSWER, RISK_NOT_RIGHT)},
        families={
            family: _differ(RIGHT, [pair for pair in pairs if pair[0].family == family], alpha)
            for family in families
        },
        changes=_changes(kept, pairs),
    )


def p_worse(name: str, one: Difference) -> float:
    """Return the chance of a measure getting worse by so much if nothing had changed; one-sided."""
    p = one.p_higher if name in LESS_IS_BETTER else one.p_lower
    return 1.0 if p is None else p


def compare_runs(before: Path, after: Path, *, held_out: bool = False) -> Comparison:
    """Compare two run folders, with what each said in the cases that changed.

    What was said in a case that is held out (of any split but development) is left out, unless
    `held_out` asks for it.

    Raises:
        BatchError: one is no run folder, or they have no case in common.
    """
    found = compare(Baseline.of(before), Baseline.of(after))
    said = _said(before), _said(after)
    changes = tuple(
        one
        if one.held_out and not held_out
        else one.model_copy(update={"before": said[0][one.id], "after": said[1][one.id]})
        for one in found.changes
    )
    return found.model_copy(update={"changes": changes})


def _differ(name: str, pairs: Sequence[tuple[CaseValues, CaseValues]], alpha: float) -> Difference:
    values = [(old.values.get(name), new.values.get(name)) for old, new in pairs]
    scored = [None if old is None or new is None else (old, new) for old, new in values]
    test = compare_rates if is_rate(one for pair in values for one in pair) else compare_means
    return test([one and (float(one[0]), float(one[1])) for one in scored], alpha)


def _rank(name: str, pairs: Sequence[tuple[CaseValues, CaseValues]]) -> Difference:
    both = [
        (old.ranked[name], new.ranked[name])
        for old, new in pairs
        if name in old.ranked and name in new.ranked
    ]
    found = compare_areas([old for old, _ in both], [new for _, new in both])
    return found.model_copy(update={"unscored": len(pairs) - len(both)})


def _changes(
    names: Sequence[str], pairs: Iterable[tuple[CaseValues, CaseValues]]
) -> tuple[Change, ...]:
    found = []
    for name, (old, new) in zip(names, pairs, strict=True):
        moved = {
            measure: is_loss(measure, value, new.values[measure])
            for measure, value in old.values.items()
            if measure not in LESS_IS_BETTER and new.values.get(measure) not in (None, value)
        }
        if moved:
            found.append(
                Change(
                    id=name,
                    family=new.family,
                    held_out=new.split != "development",
                    was_right=bool(old.values[RIGHT]),
                    is_right=bool(new.values[RIGHT]),
                    lost=tuple(measure for measure, loss in moved.items() if loss),
                    gained=tuple(measure for measure, loss in moved.items() if not loss),
                )
            )
    return tuple(found)


def _said(folder: Path) -> dict[str, Said]:
    said = {}
    for row in load_answers(folder):
        answer = row.answer
        status = answer.status if answer else "refused"
        text = shown_text(answer).strip() or (answer.reason if answer else row.error)
        if answer and answer.signposting:
            text = answer.signposting.text
        said[row.id] = Said(status=status, text=text)
    return said
